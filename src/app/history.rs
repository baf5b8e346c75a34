//! What the action has to know of the checkout's commits before it can say what is judged against what.

use super::action::{HeadCommit, History};
use crate::gather::Place;

impl History for Place {
    fn head(&self) -> Option<HeadCommit> {
        let id = self.resolve_commit("HEAD").ok()?;
        let parents = self.commit_parents(&id).ok()?;
        Some(HeadCommit { id, parents })
    }

    fn has(&self, commit: &str) -> bool {
        self.resolve_commit(commit).is_ok()
    }
}
