//! Examples inside a rule: a small repository, perhaps a change, and what the rule has to say of it.

use crate::evidence::{Alert, BranchRules, DeployEnvironment, OwnersError, Platform};
use crate::words::{Known, Unknown};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An example of a rule, run by `roadworthy policy test`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What the example shows, in a few words.
    #[schemars(length(min = 1))]
    pub name: String,
    /// The repository: path -> text.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// The merge base, where it matters: path -> text.
    #[serde(default)]
    pub base: Option<BTreeMap<String, String>>,
    /// Paths that the change touches, where no `base` says it.
    #[serde(default)]
    pub changed: Option<Vec<String>>,
    /// The pull request, where it matters.
    #[serde(default)]
    pub pull_request: Option<ExamplePullRequest>,
    /// What GitHub says of the repository, where it matters.
    #[serde(default)]
    pub platform: Option<ExamplePlatform>,
    /// What the rule has to come to.
    pub expect: Expect,
    /// Where the finding has to be: `path` or `path:line`.
    #[serde(default)]
    pub at: Option<String>,
}

/// The pull request of an example. What is left out is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExamplePullRequest {
    /// Title.
    pub title: String,
    /// Description.
    pub body: String,
    /// Labels.
    pub labels: Vec<String>,
    /// Login of the author.
    pub author: String,
    /// Whether the author is a bot.
    pub bot: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether it comes from another repository.
    pub fork: bool,
    /// Branch that is merged.
    pub branch: String,
    /// Branch that it is merged into.
    pub base_branch: String,
    /// Messages of its commits; left out, they are not known.
    pub commits: Option<Vec<String>>,
    /// Logins of those who approve; left out, they are not known.
    pub approvals: Option<Vec<String>>,
}

/// What GitHub says of the repository of an example. What is left out is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExamplePlatform {
    /// What its branch demands.
    pub branch: Option<BranchRules>,
    /// Its environments.
    pub environments: Option<Vec<DeployEnvironment>>,
    /// Open alerts of Dependabot.
    pub dependabot: Option<Vec<Alert>>,
    /// Open alerts of code scanning.
    pub code_scanning: Option<Vec<Alert>>,
    /// Errors of CODEOWNERS.
    pub owners_errors: Option<Vec<OwnersError>>,
    /// Custom properties.
    pub properties: Option<BTreeMap<String, Vec<String>>>,
}

impl ExamplePlatform {
    /// The same as evidence.
    pub fn platform(self) -> Platform {
        fn said<T>(value: Option<T>) -> Known<T> {
            value.map_or_else(|| Known::Unknown(Unknown::because("the example does not say")), Known::Known)
        }
        Platform {
            repository: Known::Known("acme/app".to_owned()),
            branch: said(self.branch),
            environments: said(self.environments),
            dependabot: said(self.dependabot),
            code_scanning: said(self.code_scanning),
            owners_errors: said(self.owners_errors),
            properties: said(self.properties),
        }
    }
}

/// What a rule has to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// What must hold, holds.
    Pass,
    /// It does not.
    Fail,
    /// The rule makes no sense here.
    NotApplicable,
    /// It cannot be established.
    Unknown,
}
