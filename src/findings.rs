//! What evaluation comes to: the result of every rule, and the findings.
//!
//! Plain data in the shape of the report's contract; judged in `evaluate`, never here.

use crate::words::{Because, Delta, Outcome, Scope, Severity, Stage, Unknown};
use serde::{Deserialize, Serialize};

/// What became of a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RuleResult {
    /// Its id.
    pub id: String,
    /// What must hold.
    pub title: String,
    /// Its stage.
    pub stage: Stage,
    /// Its severity.
    pub severity: Severity,
    /// What it was judged for.
    pub scope: Scope,
    /// The service, for rules of that scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Against the merge base.
    pub delta: Delta,
    /// Whether it decides the verdict.
    pub blocking: bool,
    /// What happened, in a sentence.
    pub message: String,
    /// What the outcome rests on.
    pub because: Vec<Because>,
    /// Why it matters.
    pub why: String,
    /// How to meet it.
    pub fix: String,
    /// Where to read more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Signs of an outgrown prototype that it belongs to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<String>,
    /// The waiver that covers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<WaiverInfo>,
    /// Why it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Unknown>,
}

/// A waiver that covers a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WaiverInfo {
    /// Why.
    pub reason: String,
    /// Who accepts it.
    pub owner: String,
    /// Last day that it counts.
    pub until: String,
}

/// A place (or the repository as a whole) where a rule fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Id of the rule.
    pub rule: String,
    /// Where; none for the repository as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// First line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Last line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    /// Column in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What is wrong here.
    pub message: String,
    /// Against the merge base.
    pub delta: Delta,
    /// Whether it blocks.
    pub blocking: bool,
    /// Stable over line shifts: made of rule, path and the text at fault.
    pub fingerprint: String,
}
