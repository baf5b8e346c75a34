//! The only code that reads the outside world: work tree, git objects, platform. Plan -> Evidence.
//!
//! ```text
//! Place (what is there) -> listings of head and merge base -> one pass that reads and compares -> trees, change
//! ```
//!
//! Must not judge. Nothing that it reads is trusted: no link is followed, no program of a repository's configuration is
//! run, and size, count and memory are bounded. What is left out is counted or noted, never silently dropped.

mod assemble;
mod authors;
mod diff;
mod differing;
mod error;
mod extract;
mod files;
mod folder;
mod git;
mod history;
mod hosted;
mod listing;
mod memory;
mod pairs;
mod place;
mod progress;
mod remote;
mod renames;
mod reports;
mod site;
mod source;
mod worktree;

pub use error::GatherError;
pub use files::{CommitFiles, FolderFiles};
pub use hosted::{Hosted, HostedFiles};
pub use memory::memory;
pub use place::Place;
pub use progress::Progress;
pub use remote::Remote;
pub use site::Site;

use crate::evidence::{Change, Tree};
use crate::plan::Plan;
use crate::words::Known;
use assemble::assemble;
use gix::{ObjectId, Repository};
use listing::Entry;
use place::Commits;
use reports::Left;
use source::Source;
use std::borrow::Cow;
use std::sync::Arc;

/// Largest file that is read, unless the request says otherwise.
pub const MAX_FILE_SIZE: u64 = 1 << 20;
/// Whatever the request says: line numbers are 32 bits wide, and a file is held in memory.
const MAX_MAX_FILE_SIZE: u64 = 256 << 20;

/// What is compared with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What the change is measured against.
    pub base: Base,
    /// What is judged.
    pub head: Head,
    /// Largest file that is read, in bytes.
    pub max_file_size: u64,
}

impl Default for Request {
    fn default() -> Self {
        Self { base: Base::Default, head: Head::WorkTree, max_file_size: MAX_FILE_SIZE }
    }
}

/// What a change is measured against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// The merge base with the default branch, where there is one.
    Default,
    /// The merge base with this revision.
    Revision(String),
    /// Nothing: the tree alone is judged.
    None,
}

/// What is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// The work tree, or the folder.
    WorkTree,
    /// The tree of this revision.
    Revision(String),
}

/// What was gathered of a folder or repository.
#[derive(Debug)]
pub struct Gathered {
    /// The tree that is judged.
    pub head: Tree,
    /// The tree of the merge base.
    pub base: Known<Tree>,
    /// What differs between them.
    pub change: Known<Change>,
    /// How many people work on it; looked at where a rule asks.
    pub authors: Known<usize>,
    /// Id of the commit that is judged; none for a work tree that no commit holds.
    pub head_id: Option<String>,
    /// Id of the merge base.
    pub base_id: Option<String>,
    /// What a reader must know to trust the rest.
    pub notes: Vec<String>,
}

/// Gathers from a folder or repository.
pub fn local(plan: &Plan, place: &Place, request: &Request) -> Result<Gathered, GatherError> {
    local_with(plan, place, request, &Arc::default())
}

/// The same for somebody who wants to know how far it is.
pub fn local_with(
    plan: &Plan,
    place: &Place,
    request: &Request,
    progress: &Arc<Progress>,
) -> Result<Gathered, GatherError> {
    let commits = place.commits(&request.base, &request.head)?;
    let mut notes = place.notes().to_vec();
    let source = Source {
        dir: (request.head == Head::WorkTree).then(|| files::open_dir(place.root())).transpose()?,
        objects: place.repository().cloned(),
        limit: request.max_file_size.min(MAX_MAX_FILE_SIZE),
        progress: Arc::clone(progress),
        ..Source::default()
    };
    let repo = place.repository().map(git::local);
    let authors = if plan.authors {
        authors::authors(repo.as_ref(), commits.head)
    } else {
        Known::Absent("no rule asks who works on it".to_owned())
    };
    let (head, left) = list_head(plan, place, repo.as_ref(), &source, &commits, &mut notes)?;
    let base = match (&commits.base, &repo) {
        (Known::Known(base), Some(repo)) => Known::Known(list_commit(repo, *base)?),
        (Known::Unknown(unknown), _) => {
            notes.push(unknown.reason.clone());
            Known::Unknown(unknown.clone())
        }
        (Known::Absent(reason), _) => Known::Absent(reason.clone()),
        (Known::Known(_), None) => Known::Absent("there is no repository".to_owned()),
    };
    let head_id = judged_id(repo.as_ref(), &commits, &request.head, &head, base.known())?;
    let done = assemble(plan, &source, &head, base.known().map(Vec::as_slice));
    notes.extend(done.notes);
    let made = reports::made(repo.as_ref(), commits.head);
    let reports = reports::reports(plan, &source, &head, &left, made);
    let dated = |tree: Tree, commit, entries: &[Entry]| {
        if plan.history.is_empty() {
            return tree;
        }
        tree.with_history(history::history(repo.as_ref(), commit, entries, &plan.history))
    };
    let base_entries = base.known().map_or(&[][..], Vec::as_slice);
    let old = done.base.map(|tree| dated(tree, commits.base.known().copied(), base_entries));
    Ok(Gathered {
        head: dated(done.head, commits.head, &head).with_reports(reports),
        base: carry(&base, old),
        change: carry(&base, done.change),
        authors,
        head_id: head_id.map(|id| id.to_string()),
        base_id: commits.base.known().map(ToString::to_string),
        notes,
    })
}

/// The commit that is judged; none for a work tree that differs from what is checked out.
fn judged_id(
    repo: Option<&Repository>,
    commits: &Commits,
    asked: &Head,
    head: &[Entry],
    base: Option<&Vec<Entry>>,
) -> Result<Option<ObjectId>, GatherError> {
    match (repo, commits.head, asked) {
        (_, Some(id), Head::Revision(_)) => Ok(Some(id)),
        (Some(repo), Some(id), Head::WorkTree) => {
            let committed = match base.filter(|_| commits.base.known() == Some(&id)) {
                Some(base) => Cow::Borrowed(base),
                None => Cow::Owned(list_commit(repo, id)?),
            };
            Ok(same(head, &committed).then_some(id))
        }
        _ => Ok(None),
    }
}

/// The entries of the tree, and what lies beside it where reports can lie.
fn list_head(
    plan: &Plan,
    place: &Place,
    repo: Option<&Repository>,
    source: &Source,
    commits: &Commits,
    notes: &mut Vec<String>,
) -> Result<(Vec<Entry>, Vec<Left>), GatherError> {
    match (repo, &source.dir, commits.head) {
        (Some(repo), Some(dir), _) => worktree::list(repo, dir, &plan.reports),
        (Some(repo), None, Some(head)) => Ok((list_commit(repo, head)?, Vec::new())),
        _ => {
            let walked = folder::list(place.root())?;
            if walked.failures > 0 {
                notes.push(format!("{} folder(s) could not be listed: {}", walked.failures, walked.failure));
            }
            Ok((walked.entries, Vec::new()))
        }
    }
}

fn list_commit(repo: &Repository, commit: ObjectId) -> Result<Vec<Entry>, GatherError> {
    listing::of_tree(repo, git::tree(repo, commit)?, b"")
}

/// Whether the listings are of the same tree.
fn same(ours: &[Entry], theirs: &[Entry]) -> bool {
    ours.len() == theirs.len()
        && ours.iter().zip(theirs).all(|(our, their)| {
            our.key() == their.key() && our.same_content(their) && our.executable == their.executable
        })
}

/// What came of the base, or why there is none.
fn carry<T>(base: &Known<Vec<Entry>>, value: Option<T>) -> Known<T> {
    match (value, base) {
        (Some(value), _) => Known::Known(value),
        (None, Known::Unknown(unknown)) => Known::Unknown(unknown.clone()),
        (None, Known::Absent(reason)) => Known::Absent(reason.clone()),
        (None, Known::Known(_)) => Known::Absent("nothing was compared".to_owned()),
    }
}
