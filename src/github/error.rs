//! Why a question to the API has no answer. No text here ever holds the token.

use crate::words::Unknown;

/// Why a question to the API has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The client could not be built.
    #[error("the GitHub API cannot be called: {0}")]
    Setup(String),
    /// 401.
    #[error("the GitHub API refused the token for {what} (401): it is wrong, expired or revoked")]
    Unauthorized {
        /// What was asked for.
        what: &'static str,
    },
    /// 403 or 404: not allowed to see it, or not there.
    #[error("the GitHub API did not show {what} ({status}: {message})")]
    Refused {
        /// What was asked for.
        what: &'static str,
        /// Status of the reply.
        status: u16,
        /// What the server said.
        message: String,
        /// The `permissions:` line that is needed.
        permission: String,
    },
    /// A rate limit that lasts too long to wait for.
    #[error("the GitHub API's rate limit stopped the question for {what}; {resets}")]
    Limited {
        /// What was asked for.
        what: &'static str,
        /// When to try again.
        resets: String,
    },
    /// 409, 422 and the like: understood, and not done.
    #[error("the GitHub API rejected {what} ({status}: {message})")]
    Rejected {
        /// What was asked for.
        what: &'static str,
        /// Status of the reply.
        status: u16,
        /// What the server said.
        message: String,
    },
    /// A write whose reply was lost. It is not repeated, so that nothing is done twice.
    #[error("the GitHub API did not say whether {what} was done: {detail}")]
    Uncertain {
        /// What was asked for.
        what: &'static str,
        /// The last thing that happened.
        detail: String,
    },
    /// Errors of the server or the network that did not go away.
    #[error("the GitHub API did not answer the question for {what}: {detail}")]
    Unavailable {
        /// What was asked for.
        what: &'static str,
        /// The last thing that happened.
        detail: String,
    },
    /// A reply that makes no sense.
    #[error("the GitHub API's answer for {what} makes no sense: {detail}")]
    Malformed {
        /// What was asked for.
        what: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// More than is read.
    #[error("the GitHub API has more {what} than {limit}, so the list is not complete")]
    TooMany {
        /// What was asked for.
        what: &'static str,
        /// How many are read.
        limit: usize,
    },
    /// The run's time for the network is used up.
    #[error("the time for calls to the GitHub API was used up before {what} could be read")]
    OutOfTime {
        /// What was asked for.
        what: &'static str,
    },
}

impl From<ApiError> for Unknown {
    fn from(error: ApiError) -> Self {
        let reason = error.to_string();
        // A permission stays missing in the next run; everything else may well be mended by then.
        let outage = !matches!(error, ApiError::Refused { .. } | ApiError::TooMany { .. });
        let permission = match error {
            ApiError::Refused { permission, .. } => Some(permission),
            _ => None,
        };
        Self { reason, permission, outage }
    }
}
