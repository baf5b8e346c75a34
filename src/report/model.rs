//! The report as data: the contract `roadworthy/report/v1`, to which things are only added.
//!
//! The order of fields is the order of the JSON. Rules stand in policy order, findings by rule, path and line.

use crate::findings::{Finding, RuleResult};
use crate::policy::Source;
use crate::verdict::{LadderStep, Summary};
use crate::words::{Because, Enforce, Grade, Stage, Verdict};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// Name of the contract.
pub const SCHEMA: &str = "roadworthy/report/v1";

/// Name of the program.
pub const NAME: &str = "roadworthy";

/// Everything a run has to tell.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    #[serde(deserialize_with = "schema")]
    pub schema: Cow<'static, str>,
    /// Who made it.
    pub tool: Tool,
    /// The day that counted as today, `YYYY-MM-DD`.
    pub date: String,
    /// By what was judged.
    pub policy: PolicyInfo,
    /// What was judged.
    pub subject: Subject,
    /// The decision.
    pub verdict: Verdict,
    /// Why the verdict is `undecided`, for people; empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided_because: Vec<String>,
    /// Counts.
    pub summary: Summary,
    /// The stages.
    pub ladder: Vec<LadderStep>,
    /// Every rule.
    pub rules: Vec<RuleResult>,
    /// Every place where a rule fails.
    pub findings: Vec<Finding>,
    /// What the repository is made of.
    pub inventory: Inventory,
    /// What the run cost.
    pub usage: Usage,
    /// What a reader must know to trust the rest: limits met, fallbacks taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The program.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tool {
    /// [`NAME`].
    #[serde(deserialize_with = "name")]
    pub name: Cow<'static, str>,
    /// Its version.
    pub version: String,
}

/// The policy that was used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyInfo {
    /// Its name.
    pub name: String,
    /// Digest over all sources.
    pub digest: String,
    /// Documents it was made of.
    pub sources: Vec<Source>,
    /// Stage that must be met.
    pub stage: Stage,
    /// Which failures block.
    pub enforce: Enforce,
}

/// What was judged.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Subject {
    /// `owner/name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Commit id of the merge base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Commit id of the head; none for a work tree that no commit holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// Name of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The pull request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<PullRequestInfo>,
}

/// The pull request that was judged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PullRequestInfo {
    /// Its number.
    pub number: u64,
    /// Commit id of its tip. `head` of the subject is what was checked out: the test merge, as a rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

/// What the repository is made of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Inventory {
    /// Languages of the product code, most files first.
    pub languages: Vec<String>,
    /// Services of the policy.
    pub services: Vec<ServiceInfo>,
    /// Capabilities that were found.
    pub capabilities: Vec<CapabilityFound>,
}

/// A service of the policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServiceInfo {
    /// Name.
    pub name: String,
    /// Folder.
    pub path: String,
}

/// A capability that was found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CapabilityFound {
    /// Its id.
    pub id: String,
    /// The strongest grade of proof.
    pub grade: Grade,
    /// The proof.
    pub because: Vec<Because>,
}

/// What the run cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Requests to the platform.
    pub api_calls: u64,
    /// Entries of the head's tree.
    pub files_listed: u64,
    /// Files read, head and merge base together.
    pub files_read: u64,
    /// Their bytes.
    pub bytes_read: u64,
    /// Files that were asked for but are not text.
    pub files_binary: u64,
    /// Files that were asked for but are over the size limit.
    pub files_too_large: u64,
    /// Files that could not be read.
    pub files_failed: u64,
    /// Files that are vendored, generated, fixtures, examples or named in `ignore`.
    pub files_ignored: u64,
}

/// Only reports of this contract are read back.
fn schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'static, str>, D::Error> {
    constant(deserializer, SCHEMA)
}

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'static, str>, D::Error> {
    constant(deserializer, NAME)
}

fn constant<'de, D: Deserializer<'de>>(
    deserializer: D,
    wanted: &'static str,
) -> Result<Cow<'static, str>, D::Error> {
    let found = String::deserialize(deserializer)?;
    if found == wanted { Ok(wanted.into()) } else { Err(D::Error::custom(format!("it is not `{wanted}`"))) }
}
