//! Rendered text -> stdout, files, the files by which a job talks to its runner, and GitHub's comment, check run and status.
//!
//! Renders nothing and decides nothing. Only stdout has to work: what another channel could not take becomes a
//! line for the log and never changes the verdict (github-facts 0).

mod check_run;
mod comment;
mod files;
mod status;

pub use check_run::{CheckRun, MAX_ANNOTATIONS};
pub use comment::{Comment, Written};
pub use files::{Delivery, FileReport, PublishError, append_summary, deliver, write_outputs};
pub use status::{Status, attaches};

use crate::github::ApiError;
use serde_json::Value;

/// The id of what a reply says was made or changed. A reply without one is none of GitHub's, whatever its status.
fn id(what: &'static str, reply: &Value) -> Result<u64, ApiError> {
    let id = reply.get("id").and_then(Value::as_u64);
    id.ok_or_else(|| ApiError::Malformed { what, detail: "it has no id".to_owned() })
}
