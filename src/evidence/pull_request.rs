//! The pull request as the rules see it. Its texts are an outsider's words.

use crate::words::Known;

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Number in the repository.
    pub number: u64,
    /// Title.
    pub title: String,
    /// Description; empty when there is none.
    pub body: String,
    /// Name of the branch that is merged. Chosen by the author.
    pub head_ref: String,
    /// Name of the branch that it is merged into.
    pub base_ref: String,
    /// Names of the labels, sorted.
    pub labels: Vec<String>,
    /// Login of the author.
    pub author: String,
    /// Whether the author is a bot.
    pub bot: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether it comes from another repository.
    pub fork: bool,
    /// Its commits; read from the platform only when a rule asks.
    pub commits: Known<Vec<CommitMessage>>,
    /// Latest review of each reviewer that approves; read from the platform only when a rule asks.
    pub approvals: Known<Vec<Approval>>,
}

/// A commit of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitMessage {
    /// Object id.
    pub id: String,
    /// Whole message.
    pub message: String,
}

/// An approving review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Login of the reviewer.
    pub reviewer: String,
}
