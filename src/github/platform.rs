//! The questions about a pull request, and their answers read from replies.

use super::api::{Api, Ask};
use super::error::ApiError;
use super::payload::{commit_id, pull_request, text};
use crate::evidence::{Approval, CommitMessage, PullRequest};
use serde_json::Value;
use std::collections::BTreeMap;

/// Entries of one list that are read at most.
const ENTRIES: usize = 1000;

/// Commits of a pull request that GitHub lists at most (github-facts 4).
const COMMITS: usize = 250;

/// What reading a pull request needs.
const PERMISSION: &str = "pull-requests: read";

/// The questions about a pull request. Each call blocks, and ends within bounds.
pub trait Platform {
    /// The commits of a pull request, oldest first.
    fn commits(&self, number: u64) -> Result<Vec<CommitMessage>, ApiError>;
    /// Who approves of a pull request: each reviewer's latest word counts. Sorted.
    fn approvals(&self, number: u64) -> Result<Vec<Approval>, ApiError>;
    /// A pull request with the commits at the tips of its two sides, for a run that no event describes.
    fn pull_request_at(&self, number: u64) -> Result<(PullRequest, String, String), ApiError>;
    /// A pull request as it is now; the payload of a re-run is the old one.
    fn pull_request(&self, number: u64) -> Result<PullRequest, ApiError>;
}

impl<T: Api + ?Sized> Platform for T {
    fn commits(&self, number: u64) -> Result<Vec<CommitMessage>, ApiError> {
        let what = "the pull request's commits";
        let entries = list(self, what, &format!("pulls/{number}/commits"))?;
        if entries.len() >= COMMITS {
            return Err(ApiError::TooMany { what, limit: COMMITS });
        }
        let commit = |entry: &Value| {
            let owned = |pointer| text(entry, pointer).map(str::to_owned);
            Some(CommitMessage { id: owned("/sha")?, message: owned("/commit/message")? })
        };
        let commits: Option<Vec<_>> = entries.iter().map(commit).collect();
        commits.ok_or_else(|| malformed(what, "a commit without id or message"))
    }

    fn approvals(&self, number: u64) -> Result<Vec<Approval>, ApiError> {
        let what = "the pull request's reviews";
        let reviews = list(self, what, &format!("pulls/{number}/reviews"))?;
        approving(&reviews).ok_or_else(|| malformed(what, "a review without state"))
    }

    fn pull_request(&self, number: u64) -> Result<PullRequest, ApiError> {
        one(self, number)?.1.ok_or_else(|| malformed(PULL, "no number"))
    }

    fn pull_request_at(&self, number: u64) -> Result<(PullRequest, String, String), ApiError> {
        let (reply, pull) = one(self, number)?;
        let pull = pull.ok_or_else(|| malformed(PULL, "no number"))?;
        let tip = |pointer| commit_id(&reply, pointer).ok_or_else(|| malformed(PULL, "no commits"));
        Ok((pull, tip("/head/sha")?, tip("/base/sha")?))
    }
}

/// What it is about, for errors.
const PULL: &str = "the pull request";

fn one<T: Api + ?Sized>(api: &T, number: u64) -> Result<(Value, Option<PullRequest>), ApiError> {
    let path = format!("/repos/{}/pulls/{number}", api.repository());
    let reply = api.get(Ask { what: PULL, path: &path, permission: PERMISSION })?;
    let pull = pull_request(&reply, Some(api.repository()));
    Ok((reply, pull))
}

fn list<T: Api + ?Sized>(api: &T, what: &'static str, tail: &str) -> Result<Vec<Value>, ApiError> {
    let path = format!("/repos/{}/{tail}", api.repository());
    api.get_all(Ask { what, path: &path, permission: PERMISSION }, None, ENTRIES)
}

/// Reviewers whose last word is an approval. Comments change nothing; a dismissal or a request for changes does.
fn approving(reviews: &[Value]) -> Option<Vec<Approval>> {
    let mut last_word = BTreeMap::new();
    for review in reviews {
        let state = text(review, "/state")?;
        // The account of a reviewer can be gone; a ghost approves of nothing.
        let Some(reviewer) = text(review, "/user/login") else { continue };
        if matches!(state, "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED") {
            last_word.insert(reviewer, state == "APPROVED");
        }
    }
    let approving = last_word.into_iter().filter(|(_, approves)| *approves);
    Some(approving.map(|(reviewer, _)| Approval { reviewer: reviewer.to_owned() }).collect())
}

fn malformed(what: &'static str, detail: &str) -> ApiError {
    ApiError::Malformed { what, detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_last_word_of_each_reviewer_counts() {
        let review = |login: &str, state: &str| json!({"user": {"login": login}, "state": state});
        let reviews = [
            review("cleo", "APPROVED"),
            review("ann", "CHANGES_REQUESTED"),
            review("bob", "APPROVED"),
            review("ann", "APPROVED"),
            review("bob", "DISMISSED"),
            review("cleo", "COMMENTED"),
            review("dan", "PENDING"),
            json!({"user": null, "state": "APPROVED"}),
        ];
        let names: Vec<String> = approving(&reviews).unwrap().into_iter().map(|one| one.reviewer).collect();
        assert_eq!(names, ["ann", "cleo"]);
        assert_eq!(approving(&[json!({})]), None);
    }
}
