//! A commit status, for events whose job does not attach to the commit that is judged.

use crate::github::{Api, ApiError, Ask, Method};
use serde_json::json;

const WHAT: &str = "the commit status";

/// A status to be set.
#[derive(Debug, Clone, Copy)]
pub struct Status<'a> {
    /// The commit.
    pub commit: &'a str,
    /// `success`, `failure` or `error`.
    pub state: &'static str,
    /// Its name.
    pub context: &'a str,
    /// One line; GitHub refuses more than 140 characters (github-facts 3).
    pub description: &'a str,
    /// The page of the run.
    pub target: Option<&'a str>,
}

impl Status<'_> {
    /// Sets it.
    pub fn publish(&self, api: &dyn Api) -> Result<(), ApiError> {
        let path = format!("/repos/{}/statuses/{}", api.repository(), self.commit);
        let ask = Ask { what: WHAT, path: &path, permission: "statuses: write" };
        let mut body =
            json!({ "state": self.state, "context": self.context, "description": self.description });
        if let (Some(address), Some(object)) = (self.target, body.as_object_mut()) {
            object.insert("target_url".to_owned(), address.into());
        }
        // The same status twice is one status with a history.
        let reply = api.send(Method::Post, ask, &body)?;
        super::id(WHAT, &reply).map(|_| ())
    }
}

/// Whether the job of this event shows at the commit that is judged. Elsewhere it stands at the default branch's tip
/// (github-facts 5), and only a status tells the pull request (github-facts 11).
pub fn attaches(event: &str) -> bool {
    !matches!(event, "pull_request_target" | "workflow_run" | "issue_comment")
}
