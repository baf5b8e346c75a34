//! When files were last changed, by the commits before a commit.
//!
//! Bounded in commits. Where the history of a clone is cut, what was not met before the cut is not known. Merges are not looked at:
//! what they bring stands in the commits of their branches.

use super::git;
use super::listing::Entry;
use crate::evidence::{History, HistoryNeed, PathSet};
use crate::words::{Known, Unknown};
use gix::diff::tree::recorder::Change;
use gix::objs::TreeRefIter;
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;
use gix::{ObjectId, Repository};
use std::collections::BTreeSet;

/// Commits that are looked at.
const MAX_COMMITS: usize = 20_000;

/// What the history before a commit says of the files of a tree.
pub(super) fn history(
    repo: Option<&Repository>,
    head: Option<ObjectId>,
    entries: &[Entry],
    needs: &BTreeSet<HistoryNeed>,
) -> Known<History> {
    let (Some(repo), Some(head)) = (repo, head) else {
        return Known::Absent("there is no history here".to_owned());
    };
    let mut search = Search::new(entries, needs);
    match search.walk(repo, head) {
        Ok(()) => Known::Known(search.found),
        Err(error) => Known::Unknown(Unknown::because(format!("the history could not be read: {error}"))),
    }
}

struct Search {
    /// Files whose own date is asked for, not met yet.
    open: BTreeSet<String>,
    /// Sets of which the newest date is asked for, not met yet.
    sets: Vec<(HistoryNeed, PathSet)>,
    found: History,
}

impl Search {
    fn new(entries: &[Entry], needs: &BTreeSet<HistoryNeed>) -> Self {
        let mut search = Self { open: BTreeSet::new(), sets: Vec::new(), found: History::default() };
        for need in needs {
            let set = PathSet::new(&need.globs).unwrap_or_default();
            let files = || entries.iter().filter(|entry| set.contains(&entry.path));
            // What no commit holds is as new as can be.
            let new = files().filter(|entry| entry.id.is_none());
            search.found.uncommitted.extend(new.map(|entry| entry.path.to_string()));
            if need.each {
                let old = files().filter(|entry| entry.id.is_some());
                search.open.extend(old.map(|entry| entry.path.to_string()));
            } else {
                search.sets.push((need.clone(), set));
            }
        }
        search
    }

    fn walk(&mut self, repo: &Repository, head: ObjectId) -> Result<(), String> {
        let sorting = Sorting::ByCommitTime(CommitTimeOrder::NewestFirst);
        let mut walked = 0;
        for info in repo.rev_walk([head]).sorting(sorting).all().map_err(text)? {
            if self.open.is_empty() && self.sets.is_empty() {
                return Ok(());
            }
            walked += 1;
            if walked > MAX_COMMITS {
                self.found.cut = true;
                return Ok(());
            }
            let commit = info.map_err(text)?.object().map_err(text)?;
            let mut parents = commit.parent_ids();
            let (parent, more) = (parents.next(), parents.next());
            if more.is_some() {
                continue;
            }
            let parent = match parent {
                Some(parent) => match parent.try_object().map_err(text)? {
                    Some(parent) => Some(parent.peel_to_commit().map_err(text)?),
                    // The history is cut here: whatever the commit holds may be older.
                    None => continue,
                },
                None => None,
            };
            let time = commit.time().map_err(text)?.seconds;
            self.see(&changed(repo, parent.as_ref(), &commit)?, time);
        }
        self.found.cut = git::shallow(repo);
        Ok(())
    }

    fn see(&mut self, paths: &[String], time: i64) {
        for path in paths {
            if self.open.remove(path) {
                self.found.dates.insert(path.clone(), time);
            }
        }
        let found = &mut self.found;
        self.sets.retain(|(need, set)| match paths.iter().find(|path| set.contains(path)) {
            Some(path) => {
                found.newest.insert(need.globs.clone(), (path.clone(), time));
                false
            }
            None => true,
        });
    }
}

/// Paths that a commit changes against its parent.
fn changed(
    repo: &Repository,
    parent: Option<&gix::Commit<'_>>,
    commit: &gix::Commit<'_>,
) -> Result<Vec<String>, String> {
    let new = commit.tree().map_err(text)?;
    let old = match parent {
        Some(parent) => parent.tree().map_err(text)?,
        None => repo.empty_tree(),
    };
    let mut recorder = gix::diff::tree::Recorder::default();
    let kind = repo.object_hash();
    gix::diff::tree(
        TreeRefIter::from_bytes(&old.data, kind),
        TreeRefIter::from_bytes(&new.data, kind),
        gix::diff::tree::State::default(),
        &repo.objects,
        &mut recorder,
    )
    .map_err(text)?;
    let path = |change| {
        let (Change::Addition { path, .. }
        | Change::Deletion { path, .. }
        | Change::Modification { path, .. }) = change;
        path.to_string()
    };
    Ok(recorder.records.into_iter().map(path).collect())
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
