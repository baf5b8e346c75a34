//! The payload of an event -> [`Context`]: what is to be judged, as plain data.
//!
//! Parsed leniently, because payloads differ between GitHub and its enterprise servers (github-facts 5); but
//! without the object that the event is about, or the commits that bound it, there is nothing to judge and that is an error.

use super::environment::Environment;
use super::payload::{at, commit_id, pull_request, repository_name, text};
use crate::evidence::PullRequest;
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Largest payload that is read. GitHub caps webhook payloads at 25 MB.
const MAX_BYTES: u64 = 25 << 20;

/// What a run is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Name of the event.
    pub event: String,
    /// `owner/name`.
    pub repository: Option<String>,
    /// Name of the default branch.
    pub default_branch: Option<String>,
    /// What happened.
    pub trigger: Trigger,
}

/// What happened, with what bounds the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// `pull_request` and `pull_request_target`.
    PullRequest {
        /// The pull request.
        pull: Box<PullRequest>,
        /// Tip of the branch that is merged.
        head: String,
        /// Tip of the branch that it is merged into, when the event happened. Not the merge base.
        base: Option<String>,
        /// Whether the event is `pull_request_target`, which checks out the default branch.
        target: bool,
    },
    /// `merge_group`: a merge queue asks about a group.
    MergeGroup {
        /// Parent of the group; may itself be queued.
        base: String,
        /// The commit that would be merged.
        head: String,
        /// The branch that it would be merged into.
        branch: Option<String>,
    },
    /// `push`.
    Push {
        /// What the ref was before; none for a new ref.
        before: Option<String>,
        /// What it is now.
        after: String,
        /// The ref, e.g. `refs/heads/main`.
        reference: String,
    },
    /// `schedule`, `workflow_dispatch`, a deleted ref: the whole tree, no change.
    WholeTree,
}

impl Trigger {
    /// The pull request, where it is about one.
    pub fn pull_request(&self) -> Option<&PullRequest> {
        match self {
            Self::PullRequest { pull, .. } => Some(pull),
            Self::MergeGroup { .. } | Self::Push { .. } | Self::WholeTree => None,
        }
    }
}

/// Why an event cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// A variable of the runner is missing.
    #[error(
        "{name} is not set: `roadworthy action` runs inside a GitHub Action; use `roadworthy check` elsewhere"
    )]
    NotInAction {
        /// The variable.
        name: &'static str,
    },
    /// The payload cannot be read.
    #[error("cannot read the event's payload {}: {source}", path.display())]
    Unreadable {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The payload is too large.
    #[error("the event's payload {} has more than {} MiB", path.display(), MAX_BYTES >> 20)]
    TooLarge {
        /// Where it is.
        path: PathBuf,
    },
    /// The payload is not JSON.
    #[error("the event's payload is not whole JSON: {0}")]
    Broken(#[from] serde_json::Error),
    /// The payload belongs to another event.
    #[error("the event is `{event}`, but its payload has no usable `{missing}`")]
    Mismatch {
        /// Name of the event.
        event: String,
        /// What is missing.
        missing: &'static str,
    },
    /// The event is none that can be judged.
    #[error(
        "the event {event:?} is not supported; run the gate on {}",
        SUPPORTED.join(", ")
    )]
    Unsupported {
        /// Name of the event.
        event: String,
    },
}

/// Events that can be judged.
const SUPPORTED: [&str; 6] =
    ["pull_request", "pull_request_target", "merge_group", "push", "schedule", "workflow_dispatch"];

impl Context {
    /// The context of this run: `GITHUB_EVENT_NAME` and the file at `GITHUB_EVENT_PATH`.
    pub fn read(env: &Environment) -> Result<Self, EventError> {
        let variable = |name| env.get(name).ok_or(EventError::NotInAction { name });
        let event = variable("GITHUB_EVENT_NAME")?;
        let payload = read_payload(Path::new(variable("GITHUB_EVENT_PATH")?))?;
        let mut context = Self::parse(event, &payload)?;
        // A scheduled run has no repository in its payload.
        context.repository = context.repository.or_else(|| repository_name(env.get("GITHUB_REPOSITORY")?));
        Ok(context)
    }

    /// The context of an event with this payload.
    pub fn parse(event: &str, payload: &[u8]) -> Result<Self, EventError> {
        if !SUPPORTED.contains(&event) {
            return Err(EventError::Unsupported { event: event.chars().take(80).collect() });
        }
        let payload: Value = serde_json::from_slice(payload)?;
        let repository = text(&payload, "/repository/full_name").and_then(repository_name);
        let trigger = match event {
            "pull_request" | "pull_request_target" => pull_trigger(event, &payload, repository.as_deref()),
            "merge_group" => merge_group(&payload),
            "push" => push(&payload),
            _ => Ok(Trigger::WholeTree),
        }
        .map_err(|missing| EventError::Mismatch { event: event.to_owned(), missing })?;
        let default_branch = text(&payload, "/repository/default_branch").map(str::to_owned);
        Ok(Self { event: event.to_owned(), repository, default_branch, trigger })
    }
}

impl Context {
    /// The branch that changes are merged into, where the payload names it.
    pub fn merged_into(&self) -> Option<String> {
        match &self.trigger {
            Trigger::PullRequest { pull, .. } => Some(pull.base_ref.clone()),
            Trigger::MergeGroup { branch, .. } if branch.is_some() => branch.clone(),
            _ => self.default_branch.clone(),
        }
    }
}

pub(super) fn read_payload(path: &Path) -> Result<Vec<u8>, EventError> {
    let unreadable = |source| EventError::Unreadable { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(EventError::TooLarge { path: path.to_owned() });
    }
    Ok(bytes)
}

fn pull_trigger(event: &str, payload: &Value, repository: Option<&str>) -> Result<Trigger, &'static str> {
    let object = at(payload, "/pull_request").ok_or("pull_request")?;
    let pull = pull_request(object, repository).ok_or("pull_request.number")?;
    Ok(Trigger::PullRequest {
        pull: Box::new(pull),
        head: commit_id(object, "/head/sha").ok_or("pull_request.head.sha")?,
        base: commit_id(object, "/base/sha"),
        target: event == "pull_request_target",
    })
}

fn merge_group(payload: &Value) -> Result<Trigger, &'static str> {
    let group = at(payload, "/merge_group").ok_or("merge_group")?;
    Ok(Trigger::MergeGroup {
        base: commit_id(group, "/base_sha").ok_or("merge_group.base_sha")?,
        head: commit_id(group, "/head_sha").ok_or("merge_group.head_sha")?,
        branch: text(group, "/base_ref").and_then(|name| name.strip_prefix("refs/heads/")).map(str::to_owned),
    })
}

fn push(payload: &Value) -> Result<Trigger, &'static str> {
    let before = commit_id(payload, "/before").ok_or("before")?;
    let after = commit_id(payload, "/after").ok_or("after")?;
    // An id of zeros stands for "no commit": a new ref has none before, a deleted one none after (github-facts 5).
    let none = |id: &str| id.bytes().all(|byte| byte == b'0');
    if none(&after) {
        return Ok(Trigger::WholeTree);
    }
    let reference = text(payload, "/ref").ok_or("ref")?.to_owned();
    Ok(Trigger::Push { before: (!none(&before)).then_some(before), after, reference })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(event: &str, payload: &str) -> String {
        Context::parse(event, payload.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_be_judged_is_said() {
        let cases = [
            ("pull_request", "{\"pull_request\": {", "not whole JSON"),
            ("pull_request", "", "not whole JSON"),
            ("pull_request", "[]", "no usable `pull_request`"),
            ("pull_request", r#"{"before": "x"}"#, "no usable `pull_request`"),
            ("pull_request", r#"{"pull_request": {"number": 1}}"#, "no usable `pull_request.head.sha`"),
            ("merge_group", r#"{"merge_group": {"base_sha": "HEAD"}}"#, "no usable `merge_group.base_sha`"),
            ("push", r#"{"ref": "refs/heads/main"}"#, "no usable `before`"),
            ("issue_comment", "{}", "run the gate on pull_request, pull_request_target"),
        ];
        for (event, payload, expected) in cases {
            let text = missing(event, payload);
            assert!(text.contains(expected), "{event} {payload}: {text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let text = missing("push", &"[".repeat(100_000));
        assert!(text.contains("recursion limit"), "{text}");
    }

    #[test]
    fn the_runners_variables_are_needed() {
        let error = Context::read(&Environment::default()).unwrap_err();
        assert!(error.to_string().contains("GITHUB_EVENT_NAME is not set"), "{error}");
        let env = [("GITHUB_EVENT_NAME", "push"), ("GITHUB_EVENT_PATH", "/nowhere/event.json")];
        let error = Context::read(&env.into_iter().collect()).unwrap_err();
        assert!(error.to_string().contains("/nowhere/event.json"), "{error}");
    }
}
