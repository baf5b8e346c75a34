//! Opens a repository without trusting it, and finds commits in it.
//!
//! Nothing of its configuration is executed and no git binary is used: filters, hooks, diff drivers and file system
//! monitors come to nothing, because the repository is opened as one that somebody else owns, whoever owns it.

use super::GatherError;
use crate::words::{Known, Unknown};
use gix::bstr::BStr;
use gix::sec::Trust;
use gix::{ObjectId, Repository, ThreadSafeRepository};
use std::path::Path;

/// Memory for objects that are looked at again and again, such as commits while a merge base is searched.
const OBJECT_CACHE: usize = 4 << 20;

/// Opens the repository whose git folder, or folder with a `.git`, this is.
pub(super) fn open(path: &Path) -> Result<ThreadSafeRepository, GatherError> {
    gix::open::Options::isolated()
        .with(Trust::Reduced)
        .open(path)
        .map_err(|error| GatherError::Repository { path: path.display().to_string(), reason: chain(&error) })
}

/// A handle for this thread.
pub(super) fn local(repo: &ThreadSafeRepository) -> Repository {
    let mut repo = repo.to_thread_local();
    repo.object_cache_size_if_unset(OBJECT_CACHE);
    repo
}

/// The repository cannot be read any further.
pub(super) fn broken(repo: &Repository, error: &gix::Error) -> GatherError {
    GatherError::Repository { path: repo.path().display().to_string(), reason: chain(error) }
}

/// The error in one line; the first part is often only "something could not be done".
fn chain(error: &gix::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        let part = error.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        source = error.source();
    }
    text.replace('\n', " ")
}

/// The commit that the revision names.
pub(super) fn commit(repo: &Repository, revision: &str) -> Result<ObjectId, GatherError> {
    let missing = || GatherError::Revision { revision: revision.to_owned(), shallow: shallow(repo) };
    let object = repo.rev_parse_single(BStr::new(revision)).and_then(|id| id.object());
    let commit = object.and_then(gix::Object::peel_to_commit).map_err(|_| missing())?;
    Ok(commit.id)
}

/// The commit that is checked out; none where there is no commit yet.
pub(super) fn head(repo: &Repository) -> Result<Option<ObjectId>, GatherError> {
    let head = repo.head().map_err(|error| broken(repo, &error))?;
    if head.is_unborn() {
        return Ok(None);
    }
    let commit = head.into_peeled_object().and_then(gix::Object::peel_to_commit);
    Ok(Some(commit.map_err(|error| broken(repo, &error))?.id))
}

/// The tree of a commit.
pub(super) fn tree(repo: &Repository, commit: ObjectId) -> Result<ObjectId, GatherError> {
    let tree = repo.find_commit(commit).and_then(|commit| commit.tree_id().map(gix::Id::detach));
    tree.map_err(|error| broken(repo, &error))
}

/// The parents that the commit names, whether or not they are here.
pub(super) fn parents(repo: &Repository, commit: ObjectId) -> Result<Vec<ObjectId>, GatherError> {
    let commit = repo.find_commit(commit).map_err(|error| broken(repo, &error))?;
    Ok(commit.parent_ids().map(gix::Id::detach).collect())
}

/// Whether the history of this clone is cut.
pub(super) fn shallow(repo: &Repository) -> bool {
    repo.is_shallow().unwrap_or(false)
}

/// The tip of the branch that changes are merged into by default, with its name.
pub(super) fn default_branch(repo: &Repository) -> Option<(ObjectId, String)> {
    const NAMES: [&str; 5] = [
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
        "refs/remotes/origin/master",
        "refs/heads/main",
        "refs/heads/master",
    ];
    NAMES.iter().find_map(|name| {
        let mut reference = repo.try_find_reference(*name).ok().flatten()?;
        let id = reference.peel_to_id().ok()?.detach();
        let commit = repo.find_object(id).ok()?.peel_to_commit().ok()?.id;
        Some((commit, name.trim_start_matches("refs/").trim_start_matches("heads/").to_owned()))
    })
}

/// Where the head was branched off the base. `named` is how people call the base.
pub(super) fn merge_base(
    repo: &Repository,
    base: ObjectId,
    named: &str,
    head: ObjectId,
) -> Result<Known<ObjectId>, GatherError> {
    if base == head {
        return Ok(Known::Known(base));
    }
    // The merge commit of a pull request was made from the base: what it was made from is all that is needed, and a
    // clone with two commits has it.
    let parents = parents(repo, head)?;
    if parents.len() > 1 && parents[0] == base {
        return Ok(Known::Known(base));
    }
    match repo.merge_base(base, head) {
        Ok(Some(found)) => Ok(Known::Known(found.detach())),
        _ if shallow(repo) => Ok(Known::Unknown(cut())),
        Ok(None) => Err(GatherError::Unrelated { base: named.to_owned() }),
        Err(error) => Err(broken(repo, &error)),
    }
}

/// The history of this clone ends before the merge base.
pub(super) fn cut() -> Unknown {
    Unknown::because(
        "the history of this clone is cut, so what changed cannot be told; with actions/checkout set `fetch-depth: 2` \
         for the merge commit of a pull request, or `fetch-depth: 0` for everything",
    )
}
