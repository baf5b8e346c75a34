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
        // Only an id: a name such as `HEAD` in a payload would be resolved to whatever is checked out.
        let id = matches!(commit.len(), 40 | 64) && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        id && self.resolve_commit(commit).is_ok()
    }
}
