//! What the platform says of the repository itself: rules of branches, environments, alerts. Plain data; and for each fact
//! the one place that knows where it is read and which permission it takes (github-facts 6).

use super::terms::Day;
use crate::words::{Known, Unknown};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something that only the platform knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// The pull request's commits.
    Commits,
    /// The pull request's approving reviews.
    Approvals,
    /// The rules in force on the branch that changes are merged into.
    Branch,
    /// Environments that are deployed to.
    Environments,
    /// Open alerts of Dependabot.
    Dependabot,
    /// Open alerts of code scanning.
    CodeScanning,
    /// What GitHub finds wrong with CODEOWNERS.
    OwnersErrors,
    /// Custom properties of the repository.
    Properties,
}

impl Fact {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Commits,
        Self::Approvals,
        Self::Branch,
        Self::Environments,
        Self::Dependabot,
        Self::CodeScanning,
        Self::OwnersErrors,
        Self::Properties,
    ];

    /// Where it is read, below `repos/OWNER/NAME/`, and the least permission that shows it.
    pub const fn source(self) -> (&'static str, &'static str) {
        match self {
            Self::Commits => ("pulls/N/commits", "pull-requests: read"),
            Self::Approvals => ("pulls/N/reviews", "pull-requests: read"),
            // One query of GraphQL for rulesets and what is visible of classic protection; where its schema lacks them,
            // `rules/branches/B`, which every token reads (metadata).
            Self::Branch => ("ref.rules and ref.refUpdateRule (GraphQL)", "contents: read"),
            Self::Environments => ("environments", "actions: read"),
            Self::Dependabot => ("dependabot/alerts", "vulnerability-alerts: read"),
            Self::CodeScanning => ("code-scanning/alerts", "security-events: read"),
            Self::OwnersErrors => ("codeowners/errors", "contents: read"),
            Self::Properties => ("properties/values", "metadata: read"),
        }
    }

    /// The `permissions:` line that it takes.
    pub const fn permission(self) -> &'static str {
        self.source().1
    }

    /// Whether it is about a pull request, and not about the repository.
    pub const fn of_pull_request(self) -> bool {
        matches!(self, Self::Commits | Self::Approvals)
    }
}

/// What the platform says of the repository. What no rule asked for is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// The repository, where there is somebody to ask.
    pub repository: Known<String>,
    /// The rules in force on the branch that changes are merged into.
    pub branch: Known<BranchRules>,
    /// Environments that are deployed to.
    pub environments: Known<Vec<DeployEnvironment>>,
    /// Open alerts of Dependabot.
    pub dependabot: Known<Vec<Alert>>,
    /// Open alerts of code scanning.
    pub code_scanning: Known<Vec<Alert>>,
    /// What GitHub finds wrong with CODEOWNERS; absent without such a file.
    pub owners_errors: Known<Vec<OwnersError>>,
    /// Custom properties.
    pub properties: Known<BTreeMap<String, Vec<String>>>,
}

impl Platform {
    /// Nothing is known, for this reason.
    pub fn unknown(unknown: &Unknown) -> Self {
        Self {
            repository: Known::Absent(unknown.reason.clone()),
            branch: Known::Unknown(unknown.clone()),
            environments: Known::Unknown(unknown.clone()),
            dependabot: Known::Unknown(unknown.clone()),
            code_scanning: Known::Unknown(unknown.clone()),
            owners_errors: Known::Unknown(unknown.clone()),
            properties: Known::Unknown(unknown.clone()),
        }
    }
}

/// What a branch demands of changes: rulesets and classic protection together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BranchRules {
    /// Its name.
    pub name: String,
    /// Whether it changes only by pull requests.
    pub pull_request: bool,
    /// How many approving reviews are required.
    pub reviews: u32,
    /// Whether code owners have to approve of changes to what they own.
    pub code_owners: bool,
    /// Whether a new commit dismisses approvals; none where it is not shown.
    pub dismiss_stale: Option<bool>,
    /// Names of the checks that must pass, sorted.
    pub checks: Vec<String>,
    /// Why there may be more that this token cannot see.
    pub hidden: Option<String>,
}

/// An environment that is deployed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeployEnvironment {
    /// Its name.
    pub name: String,
    /// How many people and teams may let a deployment pass; none are required where it is 0.
    pub reviewers: u32,
    /// Minutes that a deployment waits.
    pub wait: u32,
    /// Whether only some branches may be deployed to it.
    pub branches: bool,
}

/// How bad an alert is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AlertSeverity {
    /// Low.
    #[default]
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl AlertSeverity {
    /// By GitHub's word for it, those of code scanning's own levels too.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "low" | "note" => Some(Self::Low),
            "medium" | "moderate" | "warning" => Some(Self::Medium),
            "high" | "error" => Some(Self::High),
            "critical" => Some(Self::Critical),
            _ => None,
        }
    }

    /// The severity as people type it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// An open alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// Its number.
    pub number: u64,
    /// The package or rule that it is about.
    pub about: String,
    /// How bad it is; one of a kind that nobody knows counts as critical.
    pub severity: AlertSeverity,
    /// The day it was opened.
    pub since: Day,
}

/// What GitHub finds wrong with a line of CODEOWNERS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OwnersError {
    /// The file.
    pub path: String,
    /// The line.
    pub line: u32,
    /// What is wrong.
    pub kind: String,
}
