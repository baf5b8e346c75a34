//! Reads a repository on the platform, without a checkout: listings of head and merge base, and of the contents only what
//! the plan needs. The same assembly as for everything else judges them.

use super::assemble::assemble;
use super::extract::Wanted;
use super::files::relative;
use super::listing::{Entry, Origin, sorted};
use super::renames::blob_id;
use super::source::Source;
use super::{GatherError, Gathered, MAX_FILE_SIZE, Progress, reports};
use crate::evidence::FileKind;
use crate::github::{Api, ApiError, BLOBS, TreeEntry, blob, merge_base, texts, tree};
use crate::plan::Plan;
use crate::policy::Files;
use crate::words::{Known, Unknown};
use gix::ObjectId;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// Contents of a run that are read at most, in number and in bytes.
const MAX_BLOBS: usize = 20_000;
const MAX_BYTES: u64 = 256 << 20;

/// Bytes of texts that are asked for at once.
const BATCH: u64 = 4 << 20;

/// A larger text comes cut by GraphQL (github-facts 4).
const WHOLE: u64 = 400 << 10;

/// Contents by what git calls them; an error is what kept a single one from being read.
pub(super) type Blobs = HashMap<ObjectId, Result<Vec<u8>, String>>;

/// A pull request on the platform. Cloning shares what was read.
#[derive(Clone)]
pub struct Hosted(Rc<Inner>);

struct Inner {
    api: Rc<dyn Api>,
    head: String,
    merge_base: String,
    listings: RefCell<BTreeMap<String, Rc<Vec<Entry>>>>,
    blobs: RefCell<Blobs>,
}

impl fmt::Debug for Hosted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Hosted").field("head", &self.0.head).finish_non_exhaustive()
    }
}

impl Hosted {
    /// The commit that is judged, against where it branched off the base.
    pub fn open(api: Rc<dyn Api>, head: &str, base: &str) -> Result<Self, GatherError> {
        let merge_base = merge_base(&*api, base, head)?;
        Ok(Self(Rc::new(Inner {
            api,
            head: head.to_owned(),
            merge_base,
            listings: RefCell::default(),
            blobs: RefCell::default(),
        })))
    }

    /// The id of the commit that is judged.
    pub fn head(&self) -> &str {
        &self.0.head
    }

    /// The id of the merge base.
    pub fn merge_base(&self) -> &str {
        &self.0.merge_base
    }

    /// The files of a commit, to read a policy from.
    pub fn files_at(&self, commit: &str) -> HostedFiles {
        HostedFiles { hosted: self.clone(), commit: commit.to_owned() }
    }

    /// Everything that the plan asks for.
    pub fn gather(&self, plan: &Plan, progress: &Arc<Progress>) -> Result<Gathered, GatherError> {
        let head = self.listing(&self.0.head)?;
        let base = self.listing(&self.0.merge_base)?;
        let wanted: BTreeMap<ObjectId, u64> = needed(plan, &head, &base)
            .filter(|entry| entry.size <= MAX_FILE_SIZE)
            .filter_map(|entry| Some((entry.id?, entry.size)))
            .collect();
        self.fetch(&wanted)?;
        let source = Source {
            limit: MAX_FILE_SIZE,
            blobs: Some(self.0.blobs.take()),
            progress: Arc::clone(progress),
            ..Source::default()
        };
        let done = assemble(plan, &source, &head, Some(&base));
        let reports = reports::reports(plan, &source, &head, &[], None);
        let unseen = "the history is not read where nothing is checked out";
        let absent = || "nothing was compared".to_owned();
        Ok(Gathered {
            head: done.head.with_reports(reports),
            base: done.base.map_or_else(|| Known::Absent(absent()), Known::Known),
            change: done.change.map_or_else(|| Known::Absent(absent()), Known::Known),
            authors: Known::Unknown(Unknown::because(unseen)),
            head_id: Some(self.0.head.clone()),
            base_id: Some(self.0.merge_base.clone()),
            notes: done.notes,
        })
    }

    /// The entries of a commit, asked for once.
    fn listing(&self, commit: &str) -> Result<Rc<Vec<Entry>>, ApiError> {
        if let Some(found) = self.0.listings.borrow().get(commit) {
            return Ok(Rc::clone(found));
        }
        let listed = tree(&*self.0.api, commit)?;
        let listed = Rc::new(sorted(listed.iter().filter_map(entry).collect()));
        self.0.listings.borrow_mut().insert(commit.to_owned(), Rc::clone(&listed));
        Ok(listed)
    }

    /// Reads these contents, many at once; what is binary or too long for that one by one.
    fn fetch(&self, wanted: &BTreeMap<ObjectId, u64>) -> Result<(), ApiError> {
        let what = "contents of files";
        let mut blobs = self.0.blobs.borrow_mut();
        let missing: Vec<(ObjectId, u64)> =
            wanted.iter().filter(|(id, _)| !blobs.contains_key(*id)).map(|(id, size)| (*id, *size)).collect();
        if missing.len() > MAX_BLOBS || missing.iter().map(|(_, size)| size).sum::<u64>() > MAX_BYTES {
            return Err(ApiError::TooMany { what, limit: MAX_BLOBS });
        }
        let mut single = BTreeSet::new();
        for batch in batches(&missing) {
            let ids: Vec<String> = batch.iter().map(ToString::to_string).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let mut found = texts(&*self.0.api, &ids)?;
            for (id, name) in batch.iter().zip(ids) {
                // What GitHub made of the bytes is only taken where it is exactly them.
                match found.remove(name).map(String::into_bytes).filter(|bytes| blob_id(bytes) == Some(*id)) {
                    Some(bytes) => drop(blobs.insert(*id, Ok(bytes))),
                    None => drop(single.insert(*id)),
                }
            }
        }
        single.extend(missing.iter().filter(|(_, size)| *size > WHOLE).map(|(id, _)| *id));
        for id in single {
            let bytes = match blob(&*self.0.api, &id.to_string()) {
                Ok(bytes) if blob_id(&bytes) == Some(id) => Ok(bytes),
                Ok(_) => Err("its content is not the one that its id stands for".to_owned()),
                // One object that cannot be had is told at its file; everything else ends the run.
                Err(ApiError::Refused { status: 404, .. }) => {
                    Err("GitHub does not have its content".to_owned())
                }
                Err(error) => return Err(error),
            };
            blobs.insert(id, bytes);
        }
        Ok(())
    }
}

/// The entries whose content is asked for: what the plan wants to know of the head, and both sides of what differs.
fn needed<'a>(plan: &Plan, head: &'a [Entry], base: &'a [Entry]) -> impl Iterator<Item = &'a Entry> {
    let of = |entries: &'a [Entry]| -> BTreeMap<&'a str, &'a Entry> {
        entries.iter().map(|entry| (&*entry.path, entry)).collect()
    };
    let (new, old) = (of(head), of(base));
    let wanted = |entry: &Entry| {
        Wanted::of(plan, &entry.path, plan.classes.of(&entry.path).0).some()
            || reports::takes(plan, &entry.path)
    };
    let differs = move |entry: &Entry, others: &BTreeMap<&str, &Entry>| {
        others.get(&*entry.path).is_none_or(|other| !other.same_content(entry))
    };
    let of_head: Vec<&Entry> = head.iter().filter(|entry| differs(entry, &old) || wanted(entry)).collect();
    let of_base = base.iter().filter(|entry| differs(entry, &new)).collect::<Vec<_>>();
    of_head.into_iter().chain(of_base).filter(|entry| entry.kind == FileKind::Regular)
}

/// Pieces that one query can answer.
fn batches(missing: &[(ObjectId, u64)]) -> Vec<Vec<ObjectId>> {
    let (mut batches, mut batch, mut bytes) = (Vec::new(), Vec::new(), 0);
    for (id, size) in missing.iter().filter(|(_, size)| *size <= WHOLE) {
        if batch.len() == BLOBS || bytes + size > BATCH {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        batch.push(*id);
        bytes += size;
    }
    batches.extend(Some(batch).filter(|batch| !batch.is_empty()));
    batches
}

fn entry(listed: &TreeEntry) -> Option<Entry> {
    let kind = match listed.mode.as_str() {
        "120000" => FileKind::Symlink,
        "160000" => FileKind::Submodule,
        _ => FileKind::Regular,
    };
    let id = ObjectId::from_hex(listed.id.as_bytes()).ok()?;
    let executable = listed.mode == "100755";
    let entry = Entry::new(listed.path.as_bytes(), kind, Origin::Object);
    Some(Entry { executable, id: Some(id), size: listed.size, ..entry })
}

/// The error, with the permission that would help.
fn told(error: ApiError) -> String {
    let unknown = Unknown::from(error);
    match unknown.permission {
        Some(permission) => format!("{}; it takes `{permission}`", unknown.reason),
        None => unknown.reason,
    }
}

/// The files of a commit on the platform.
#[derive(Debug)]
pub struct HostedFiles {
    hosted: Hosted,
    commit: String,
}

impl Files for HostedFiles {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let path = relative(path)?.to_str().ok_or("the path is not UTF-8")?.to_owned();
        let listing = self.hosted.listing(&self.commit).map_err(told)?;
        // A link on the way is an entry of its own: below it there is nothing.
        let is_link = |entry: &&Entry| entry.kind == FileKind::Symlink;
        let above =
            |entry: &&Entry| path.strip_prefix(&*entry.path).is_some_and(|rest| rest.starts_with('/'));
        if listing.iter().filter(is_link).any(|entry| *entry.path == *path || above(&entry)) {
            return Err("it is, or lies behind, a symbolic link, which is not followed".to_owned());
        }
        let Some(entry) = listing.iter().find(|entry| *entry.path == *path) else { return Ok(None) };
        let Some(id) = entry.id.filter(|_| entry.kind == FileKind::Regular) else {
            return Err("it is a folder".to_owned());
        };
        if entry.size > MAX_FILE_SIZE {
            return Err("it is larger than 1 MiB".to_owned());
        }
        self.hosted.fetch(&[(id, entry.size)].into()).map_err(told)?;
        match self.hosted.0.blobs.borrow().get(&id) {
            Some(Ok(bytes)) => Ok(Some(bytes.clone())),
            Some(Err(reason)) => Err(reason.clone()),
            None => Err("its content was not read".to_owned()),
        }
    }

    fn commit(&self) -> Option<String> {
        Some(self.commit.clone())
    }
}
