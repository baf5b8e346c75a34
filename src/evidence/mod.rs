//! Everything known of the repository, the change, the pull request and the platform: plain data and look-ups.
//!
//! Must not read the outside world (that is `gather`) and must not judge (that is `checks`).
//! The parsers here are pure: text in, model out, no panic on any text.

mod api;
mod behaviour;
mod catalogue;
mod change;
mod ci;
mod class;
mod compare;
mod contract;
mod debt;
mod deployables;
mod diagram;
mod env_keys;
mod environments;
mod facets;
mod file_text;
mod guard;
mod history;
mod infra;
mod keys;
mod languages;
mod lexer;
mod lockfiles;
mod locks;
mod manifests;
mod migrations;
mod needs;
mod nodes;
mod novelty;
mod outline;
mod owners;
mod parts;
mod paths;
mod platform;
mod probes;
mod pull_request;
mod reports;
mod routes;
mod secrets;
mod signals;
mod stacks;
mod subjects;
mod tasks;
mod terms;
mod tree;
mod xml;

pub use api::{Announcement, ApiFile, Difference, Documents, Level, announced, compare};
pub use behaviour::{Altered, Behaviour, Grown, Line, altered, behaviour};
pub use catalogue::{Capability, ConfigSignal, Proofs, SettingSignal, Signal, inventory};
pub use change::{Change, ChangeKind, ChangedFile, Hunk, LineSet};
pub use ci::{
    Access, Command, Forgiving, Hazard, Job, Only, Permissions, Pipeline, Purpose, Risk, Run, Runs, Sites,
    Step, System, Text, Trigger, hazards, read_pipeline, unlimited,
};
pub use class::{Class, Classes, says_generated};
pub use compare::{Comparison, Steps, shown};
pub use contract::{Contract, Proto, Schema, compare_graphql, compare_proto};
pub use debt::{Debt, Kind as DebtKind};
pub use deployables::{Deployables, deployables, needs_of_deployables};
pub use diagram::{Diagram, diagram};
pub use env_keys::{Unnamed, examples, needs_of_keys, unnamed};
pub use environments::{
    Environment, EnvironmentFile, Group, Layout, Part, Setting, debugs, defaults_of, environment_file,
    environments_of, groups, layouts, names_secret, read_environment, serve_enough,
};
pub use facets::{facet_globs, read_facets};
pub use file_text::{Documents as ParsedDocuments, FileText};
pub use guard::{Guard, GuardPart, Loss, guard, losses};
pub use history::{History, HistoryNeed};
pub use infra::{
    Base, BaseUser, BuildStage, Copied, Declared, Dockerfile, Image, ImageName, Infra, Placed, Resource,
    Start, Variable, images, pod_of, read_dockerfile, read_infra,
};
pub use keys::{Key, Keys};
pub use lexer::{Masks, code_differs, masked};
pub use lockfiles::{Lock, LockFault, read_lock};
pub use locks::{LockState, Locked, Locks, Stale};
pub use manifests::{Dependency, DependencyScope, InLock, Manifest, read_manifest};
pub use migrations::{Harm, Migration, dialect_of, is_migration, kind_says};
pub use needs::{AUTHOR_DAYS, DocumentNeed, Facet, Keep, Mask, Needs, PatternNeed, Selection};
pub use novelty::{NewLanguage, established, new_languages, new_technologies, technologies};
pub use outline::{CodeBlock, Heading, Link, OUTLINES, Outline, read_outline};
pub use owners::{CODEOWNERS, OwnerLine, Owners, read_owners};
pub(crate) use paths::{GlobTable, lowercase};
pub use paths::{PathSet, valid_glob};
pub use platform::{Alert, AlertSeverity, BranchRules, DeployEnvironment, Fact, OwnersError, Platform};
pub use probes::{Asked, Probe, needs_of_probes, probes};
pub use pull_request::{Approval, CommitMessage, PullRequest};
pub use reports::{
    Coverage, CoveredFile, LoadTest, Located, Locator, Report, ReportBody, ReportKind, Reports, Sarif,
    SarifLevel, SarifResult, TestCase, TestOutcome, TestReport, Threshold, how_to_make, report_globs,
};
pub use routes::{describes_itself, route_needs, route_parts};
pub use secrets::{
    Form, Replaced, SecretKind, SecretSort, conceal, concealed, entropy, genuine, secret_kinds, stands_in,
};
pub use signals::name_matches;
pub use stacks::{Stack, StackId, stack_ids, stacks, text_for};
pub use subjects::{ExpectedTest, expected_test, stem, subject};
pub use tasks::{Runner, Task};
pub use terms::{Day, Glob, Globs, OneOrMany, Pattern, valid_day, valid_regex};
pub use tree::{Counts, Facts, File, FileKind, Hit, PatternIndex, Reading, Tree};

use crate::words::{Because, Known, Stage};
use chrono::NaiveDate;

/// All that the rules are judged on. Gathered first, then never touched again.
#[derive(Debug)]
pub struct Evidence {
    /// The tree that is judged.
    pub head: Tree,
    /// The tree of the merge base, where there is one.
    pub base: Known<Tree>,
    /// What the change does to the files.
    pub change: Known<Change>,
    /// The pull request, where there is one.
    pub pull_request: Known<PullRequest>,
    /// What the platform says of the repository.
    pub platform: Platform,
    /// How many people work on it, by the commits of the last [`AUTHOR_DAYS`] days before the head.
    pub authors: Known<usize>,
    /// In what the change weakens the policy that judges it.
    pub policy_weakened: Known<Vec<Because>>,
    /// Which pattern has which number in the trees.
    pub patterns: PatternIndex,
    /// The day that counts as today.
    pub today: NaiveDate,
}

/// What a check sees while it judges one tree.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The tree under judgement: the head's, or the merge base's for the delta.
    pub tree: &'a Tree,
    /// The change; absent while the merge base is judged.
    pub change: &'a Known<Change>,
    /// The pull request; absent while the merge base is judged.
    pub pull_request: &'a Known<PullRequest>,
    /// What the platform says of the repository; the same on both sides.
    pub platform: &'a Platform,
    /// In what the change weakens the policy; absent while the merge base is judged.
    pub policy_weakened: &'a Known<Vec<Because>>,
    /// How many people work on it; the same on both sides.
    pub authors: &'a Known<usize>,
    /// The tree of the merge base, for checks that compare; absent while the merge base itself is judged.
    pub base: &'a Known<Tree>,
    /// The catalogue: built-in capabilities with the policy's additions.
    pub capabilities: &'a [Capability],
    /// What was proved of each capability in this tree.
    pub proofs: &'a Proofs,
    /// Which pattern has which number in the trees.
    pub patterns: &'a PatternIndex,
    /// The day that counts as today.
    pub today: NaiveDate,
    /// The stages that are met; known only for rules that are evaluated last.
    pub reached: Option<&'a [Stage]>,
}
