//! Reads single files by name, to get a policy from the work tree or from a commit. Never through a link.

use super::source::{Content, read};
use super::{GatherError, MAX_FILE_SIZE, git};
use crate::policy::Files;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use gix::objs::tree::EntryKind;
use gix::{ObjectId, ThreadSafeRepository};
use std::io::ErrorKind;
use std::path::{Component, Path};

const LINK: &str = "it is, or lies behind, a symbolic link, which is not followed";
const TOO_LARGE: &str = "it is larger than 1 MiB";

/// The files of a folder or work tree.
#[derive(Debug)]
pub struct FolderFiles {
    dir: Dir,
    limit: u64,
}

impl FolderFiles {
    /// The files of this folder.
    pub fn open(root: &Path) -> Result<Self, GatherError> {
        Self::up_to(root, MAX_FILE_SIZE)
    }

    /// The files of this folder, up to so many bytes each.
    pub fn up_to(root: &Path, limit: u64) -> Result<Self, GatherError> {
        Ok(Self { dir: open_dir(root)?, limit })
    }
}

impl Files for FolderFiles {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let path = relative(path)?;
        for ancestor in path.ancestors().filter(|ancestor| !ancestor.as_os_str().is_empty()) {
            match self.dir.symlink_metadata(ancestor) {
                Ok(metadata) if metadata.is_symlink() => return Err(LINK.to_owned()),
                Ok(_) => {}
                Err(error) if missing(error.kind()) => return Ok(None),
                Err(error) => return Err(error.to_string()),
            }
        }
        match read(&self.dir, path, self.limit) {
            Ok(Content::Text(bytes) | Content::Binary(bytes)) => Ok(Some(bytes)),
            Ok(Content::TooLarge(_)) => Err(format!("it is larger than {} MiB", self.limit >> 20)),
            Ok(Content::Failed(reason)) => Err(reason),
            Err(error) => Err(error.to_string()),
        }
    }
}

const fn missing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// The files of a commit.
#[derive(Debug)]
pub struct CommitFiles {
    repository: ThreadSafeRepository,
    commit: ObjectId,
    tree: ObjectId,
}

impl CommitFiles {
    pub(super) const fn new(repository: ThreadSafeRepository, commit: ObjectId, tree: ObjectId) -> Self {
        Self { repository, commit, tree }
    }
}

impl Files for CommitFiles {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let text = |error: gix::Error| error.to_string();
        let path = relative(path)?;
        let repo = git::local(&self.repository);
        let mut tree = self.tree;
        let mut names = path.components().peekable();
        while let Some(name) = names.next() {
            let folder = repo.find_tree(tree).map_err(text)?;
            let name = gix::path::os_str_into_bstr(name.as_os_str()).map_err(|error| error.to_string())?;
            let mut entries = folder.iter().filter_map(Result::ok);
            let Some(entry) = entries.find(|entry| entry.filename() == name) else { return Ok(None) };
            match (entry.kind(), names.peek()) {
                (EntryKind::Tree, Some(_)) => tree = entry.object_id(),
                (EntryKind::Link, _) => return Err(LINK.to_owned()),
                (EntryKind::Blob | EntryKind::BlobExecutable, None) => {
                    let size = repo.find_header(entry.object_id()).map_err(text)?.size();
                    if size > MAX_FILE_SIZE {
                        return Err(TOO_LARGE.to_owned());
                    }
                    let mut blob = repo.find_blob(entry.object_id()).map_err(text)?;
                    return Ok(Some(blob.take_data()));
                }
                (EntryKind::Tree | EntryKind::Commit, None) => return Err("it is a folder".to_owned()),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    fn commit(&self) -> Option<String> {
        Some(self.commit.to_string())
    }
}

/// Opens a folder that nothing leads out of.
pub(super) fn open_dir(root: &Path) -> Result<Dir, GatherError> {
    Dir::open_ambient_dir(root, ambient_authority())
        .map_err(|error| GatherError::Path { path: root.display().to_string(), reason: error.to_string() })
}

/// The path, if it is one that stays below the root.
pub(super) fn relative(path: &str) -> Result<&Path, String> {
    let path = Path::new(path);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    if inside && path.components().next().is_some() {
        Ok(path)
    } else {
        Err("the path must be relative to the repository and stay inside it".to_owned())
    }
}
