//! A policy that is whole and valid: what the rest of the program works with.

use super::example::Example;
use crate::checks::Condition;
use crate::document::Problem;
use crate::evidence::{Capability, StackId};
use crate::words::{Enforce, OnUnknown, Scope, Severity, Stage};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A policy with all that it extends merged in.
#[derive(Debug)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// SHA-256 over all sources, as `sha256:...`.
    pub digest: String,
    /// The documents it was made of, in the order they were merged.
    pub sources: Vec<Source>,
    /// What the repository must meet.
    pub stage: Stage,
    /// A custom property of the repository whose value is the stage instead.
    pub stage_property: Option<String>,
    /// Which failures block.
    pub enforce: Enforce,
    /// What an unknown outcome does, unless the rule says otherwise.
    pub on_unknown: OnUnknown,
    /// Globs that no check looks at, beyond the built-in ones.
    pub ignore: Vec<String>,
    /// Services of a monorepo.
    pub services: Vec<Service>,
    /// The built-in catalogue with the policy's additions.
    pub capabilities: Vec<Capability>,
    /// Rules in policy order; those with severity `off` are left out.
    pub rules: Vec<Rule>,
    /// Waivers.
    pub waivers: Vec<Waiver>,
    /// What a run would need and cannot honour yet, each at its place: see [`Policy::unsupported`].
    pub pending: Vec<Problem>,
}

impl Policy {
    /// What a run would need and cannot honour yet. Where there is anything, a run must refuse to decide.
    pub fn unsupported(&self) -> &[Problem] {
        &self.pending
    }
}

/// A document that a policy was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// As it was named: a path, `builtin:NAME`, ...
    pub source: String,
    /// The commit it was read at, where it came from git.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// SHA-256 of its text, as `sha256:...`.
    pub digest: String,
}

/// What must hold, why, and how to get there.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case id.
    pub id: String,
    /// What must hold, in a sentence.
    pub title: String,
    /// From which stage on it can block.
    pub stage: Stage,
    /// How much a failure matters.
    pub severity: Severity,
    /// Before this day it warns only.
    pub since: Option<NaiveDate>,
    /// What it is judged for.
    pub scope: Scope,
    /// Where this does not hold, the rule does not apply.
    pub when: Option<Condition>,
    /// What must, or must not, hold.
    pub demand: Demand,
    /// Why it matters.
    pub why: String,
    /// How to meet it.
    pub fix: String,
    /// How to meet it with a stack.
    pub fix_for: BTreeMap<StackId, String>,
    /// Where to read more.
    pub docs: Option<String>,
    /// Signs of an outgrown prototype that it belongs to.
    pub signs: Vec<String>,
    /// What an unknown outcome does, where the rule says so itself.
    pub on_unknown: Option<OnUnknown>,
    /// Examples, run by `roadworthy policy test`.
    pub examples: Vec<Example>,
}

impl Rule {
    /// Whether it has to be evaluated after the others, because it asks which stages are met.
    pub fn last(&self) -> bool {
        self.demand.condition().last() || self.when.as_ref().is_some_and(Condition::last)
    }
}

/// What a rule demands.
#[derive(Debug)]
pub enum Demand {
    /// Must be true; each place that makes it false is a finding.
    Require(Condition),
    /// Must not be true; each place that makes it true is a finding.
    Forbid(Condition),
}

impl Demand {
    /// The condition.
    pub const fn condition(&self) -> &Condition {
        match self {
            Self::Require(condition) | Self::Forbid(condition) => condition,
        }
    }
}

/// A part of a monorepo with a stage of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Service {
    /// Name.
    pub name: String,
    /// Folder.
    pub path: String,
    /// Stage that it must meet, where it differs.
    pub stage: Option<Stage>,
}

/// A failure that is accepted until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Id of the rule.
    pub rule: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who accepts it.
    pub owner: String,
    /// Last day that it counts.
    pub until: NaiveDate,
    /// Only findings in these paths, where given.
    pub paths: Vec<String>,
}
