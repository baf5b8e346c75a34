//! What the action has to know of the checkout's commits before it can say what is judged against what.

use super::action::{HeadCommit, History};
use gix::open::Options;
use std::path::Path;

/// The git repository of a work tree, where there is one.
pub struct Checkout(Option<gix::Repository>);

impl Checkout {
    /// Looks for a repository at the folder and above it. Configuration of the machine is not read, and a
    /// repository of another user is opened: a container runs as root over the runner's files (github-facts 1).
    pub fn open(folder: &Path) -> Self {
        let options = gix::sec::trust::Mapping { full: Options::isolated(), reduced: Options::isolated() };
        let found = gix::ThreadSafeRepository::discover_opts(
            folder,
            gix::discover::upwards::Options::default(),
            options,
        );
        Self(found.ok().map(|repository| repository.to_thread_local()))
    }
}

impl History for Checkout {
    fn head(&self) -> Option<HeadCommit> {
        let commit = self.0.as_ref()?.head_commit().ok()?;
        let parents = commit.parent_ids().map(|id| id.to_string()).collect();
        Some(HeadCommit { id: commit.id.to_string(), parents })
    }

    fn has(&self, commit: &str) -> bool {
        let Some(repository) = &self.0 else { return false };
        gix::ObjectId::from_hex(commit.as_bytes()).is_ok_and(|id| repository.find_commit(id).is_ok())
    }
}
