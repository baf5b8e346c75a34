//! The event `workflow_run`: another workflow's run is done, and a privileged job says what it found.

use super::environment::Environment;
use super::event::{EventError, read_payload};
use super::payload::{commit_id, repository_name, text};
use serde_json::Value;
use std::path::Path;

/// The run that is done. `pull_requests` of the payload is empty for forks (github-facts 5), so it is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowRun {
    /// The repository that both runs belong to, `owner/name`.
    pub repository: String,
    /// The tip of the pull request.
    pub head: String,
    /// The event that the run was about.
    pub event: String,
}

impl WorkflowRun {
    /// Name of the event.
    pub const EVENT: &'static str = "workflow_run";

    /// The run that this job was started by.
    pub fn read(env: &Environment) -> Result<Self, EventError> {
        let variable = |name| env.get(name).ok_or(EventError::NotInAction { name });
        variable("GITHUB_EVENT_NAME")?;
        let payload = read_payload(Path::new(variable("GITHUB_EVENT_PATH")?))?;
        Self::parse(&payload)
    }

    /// The run of this payload.
    pub fn parse(payload: &[u8]) -> Result<Self, EventError> {
        let payload: Value = serde_json::from_slice(payload)?;
        let mismatch = |missing| EventError::Mismatch { event: Self::EVENT.to_owned(), missing };
        let repository = text(&payload, "/repository/full_name").and_then(repository_name);
        Ok(Self {
            repository: repository.ok_or_else(|| mismatch("repository.full_name"))?,
            head: commit_id(&payload, "/workflow_run/head_sha")
                .ok_or_else(|| mismatch("workflow_run.head_sha"))?,
            event: text(&payload, "/workflow_run/event")
                .ok_or_else(|| mismatch("workflow_run.event"))?
                .to_owned(),
        })
    }
}
