//! What a tree consists of before anything is read: its entries, and where their content is to be had.

use super::GatherError;
use crate::evidence::FileKind;
use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::objs::tree::EntryKind;
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

/// Entries of one tree that are listed at most. Trees of git can name the same subtree again and again, so that a
/// few objects stand for billions of files.
pub(super) const MAX_ENTRIES: usize = 1_000_000;

/// One entry of a listing.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// For people and globs: bytes that are not UTF-8 are replaced.
    pub(super) path: Arc<str>,
    /// The name as it really is, where `path` is not.
    pub(super) raw: Option<Arc<[u8]>>,
    pub(super) kind: FileKind,
    pub(super) executable: bool,
    /// 0 where it is not known.
    pub(super) size: u64,
    /// What git calls this content; none where only the disk knows it.
    pub(super) id: Option<ObjectId>,
    pub(super) origin: Origin,
}

/// Where content is to be had.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// In the work tree.
    Disk,
    /// In the object database, by the entry's id.
    Object,
    /// Right here.
    Memory(Arc<str>),
}

impl Entry {
    pub(super) fn new(name: &[u8], kind: FileKind, origin: Origin) -> Self {
        let (path, raw) = match name.to_str_lossy() {
            Cow::Borrowed(text) => (Arc::from(text), None),
            Cow::Owned(text) => (Arc::from(text), Some(Arc::from(name))),
        };
        Self { path, raw, kind, executable: false, size: 0, id: None, origin }
    }

    /// The name as it really is.
    pub(super) fn name(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.path.as_bytes())
    }

    /// The name for the file system; none where it cannot have such a name.
    pub(super) fn disk_path(&self) -> Option<Cow<'_, Path>> {
        gix::path::from_bstr(BStr::new(self.name())).ok()
    }

    /// Whether git knows both, and as the same content.
    pub(super) fn same_content(&self, other: &Self) -> bool {
        self.kind == other.kind && self.id.is_some() && self.id == other.id
    }

    /// By what entries are ordered and joined.
    pub(super) fn key(&self) -> (&str, Option<&[u8]>) {
        (&self.path, self.raw.as_deref())
    }
}

/// In order of path, each path once.
pub(super) fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|a, b| a.key().cmp(&b.key()));
    entries.dedup_by(|a, b| a.key() == b.key());
    entries
}

/// Lists the tree of a commit, or a part of it below `prefix` (empty, or ending with `/`).
pub(super) fn of_tree(
    repo: &gix::Repository,
    tree: ObjectId,
    prefix: &[u8],
) -> Result<Vec<Entry>, GatherError> {
    let broken = |error: gix::Error| super::git::broken(repo, &error);
    let mut entries = Vec::new();
    let mut todo = vec![(tree, prefix.to_vec())];
    let mut seen = 0_usize;
    while let Some((id, prefix)) = todo.pop() {
        let tree = repo.find_tree(id).map_err(broken)?;
        for item in tree.iter() {
            let item = item.map_err(broken)?;
            seen += 1;
            if seen > MAX_ENTRIES {
                return Err(GatherError::TooMany { limit: MAX_ENTRIES });
            }
            let mut name = prefix.clone();
            name.extend_from_slice(item.filename());
            if item.mode().is_tree() {
                name.push(b'/');
                todo.push((item.object_id(), name));
            } else {
                let kind = kind_of(item.kind());
                let id = Some(item.object_id());
                let executable = item.kind() == EntryKind::BlobExecutable;
                entries.push(Entry { executable, id, ..Entry::new(&name, kind, Origin::Object) });
            }
        }
    }
    Ok(sorted(entries))
}

const fn kind_of(kind: EntryKind) -> FileKind {
    match kind {
        EntryKind::Link => FileKind::Symlink,
        EntryKind::Commit => FileKind::Submodule,
        EntryKind::Blob | EntryKind::BlobExecutable | EntryKind::Tree => FileKind::Regular,
    }
}
