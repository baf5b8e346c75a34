//! What makes a workflow of GitHub Actions dangerous to whoever trusts it: strangers' code and texts in a run that may write or
//! knows secrets, tokens that may do more than they need, actions that somebody else can change.
//!
//! Per file and pure. What guards a job (a comparison of repositories, an approval) is believed.

mod code;
mod texts;

use super::model::{Access, Job, Permissions, Pipeline, Step, System, Text};
use crate::words::Because;
use schemars::JsonSchema;
use serde::Deserialize;

/// A sort of danger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Code of a pull request is run by an event that gives it secrets or a token that may write.
    UntrustedCode,
    /// A text that a stranger chooses becomes part of a script, on an event of the repository itself.
    Injection,
    /// The same on `pull_request`, where the author can change the script as well.
    InjectionByPullRequest,
    /// `permissions: write-all`.
    WriteAll,
    /// Nothing limits the token of a workflow, and nothing of any other, though one of them writes or deploys.
    UnlimitedTokens,
    /// Nothing limits the token of a workflow.
    DefaultToken,
    /// The token of every job may write, though the workflow has several.
    BroadToken,
    /// An action or workflow of somebody else that its owner can change: a tag or a branch.
    Unpinned,
    /// A machine of one's own runs pull requests.
    SelfHosted,
}

/// A danger, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hazard {
    /// Its sort.
    pub risk: Risk,
    /// The line.
    pub line: u32,
    /// What stands there.
    pub text: String,
    /// Why it is dangerous.
    pub note: String,
}

impl Hazard {
    fn new(risk: Risk, at: &Text, note: impl Into<String>) -> Self {
        Self { risk, line: at.line, text: at.text.clone(), note: note.into() }
    }

    /// The danger as a place of this file.
    pub fn because(&self, path: &str) -> Because {
        Because::line(path, self.line, &self.text).noted(&self.note)
    }
}

/// Owners of actions that the platform itself answers for.
const PLATFORM: [&str; 2] = ["actions", "github"];

/// The dangers of one workflow or composite action.
pub fn hazards(pipeline: &Pipeline) -> Vec<Hazard> {
    let mut found = Vec::new();
    match pipeline.system {
        System::GitHubWorkflow => {
            code::untrusted(pipeline, &mut found);
            tokens(pipeline, &mut found);
            machines(pipeline, &mut found);
        }
        System::GitHubAction => {}
        _ => return found,
    }
    texts::injected(pipeline, &mut found);
    unpinned(pipeline, &mut found);
    found.sort_by_key(|hazard| (hazard.line, hazard.risk));
    found.dedup();
    found
}

/// Whether nothing limits what the token of some job may do.
pub fn unlimited(pipeline: &Pipeline) -> bool {
    pipeline.permissions.is_none() && pipeline.jobs.iter().any(|job| job.permissions.is_none())
}

fn tokens(pipeline: &Pipeline, found: &mut Vec<Hazard>) {
    let of_jobs = pipeline.jobs.iter().filter_map(|job| job.permissions.as_ref());
    for permissions in pipeline.permissions.iter().chain(of_jobs) {
        if permissions.all == Some(Access::Write) {
            let at = Text { text: "permissions: write-all".into(), line: permissions.line };
            found.push(Hazard::new(Risk::WriteAll, &at, "the token may change everything in the repository"));
        }
    }
    let called_only = pipeline.triggers.iter().all(|trigger| trigger.event == "workflow_call");
    if let Some(job) = pipeline.jobs.iter().find(|_| unlimited(pipeline) && !called_only) {
        let at = Text { text: format!("{}:", job.id), line: job.line };
        let note = "no `permissions`: the token may do whatever the settings of the repository or organisation give it";
        found.push(Hazard::new(Risk::DefaultToken, &at, note));
    }
    broad(pipeline, found);
}

/// Scopes to write that every job of several gets.
fn broad(pipeline: &Pipeline, found: &mut Vec<Hazard>) {
    let Some(permissions) = &pipeline.permissions else { return };
    let inherit = pipeline.jobs.iter().filter(|job| job.permissions.is_none()).count();
    for (scope, access) in permissions.scopes.iter().filter(|_| inherit > 1) {
        if *access == Access::Write {
            let at = Text { text: format!("{}: write", scope.text), line: scope.line };
            let note = format!("all {inherit} jobs may write it; give it to the job that does");
            found.push(Hazard::new(Risk::BroadToken, &at, note));
        }
    }
}

fn machines(pipeline: &Pipeline, found: &mut Vec<Hazard>) {
    let pulls = ["pull_request", "pull_request_target"].iter().any(|event| pipeline.starts_on(event));
    for label in pipeline.jobs.iter().filter(|_| pulls).flat_map(|job| &job.runs_on) {
        if label.text == "self-hosted" {
            let note = "if strangers can open pull requests here, their code runs on a machine that you keep";
            found.push(Hazard::new(Risk::SelfHosted, label, note));
        }
    }
}

fn unpinned(pipeline: &Pipeline, found: &mut Vec<Hazard>) {
    let steps = pipeline.jobs.iter().flat_map(|job| &job.steps);
    let all = steps
        .filter_map(|step| step.uses.as_ref())
        .chain(pipeline.jobs.iter().filter_map(|job| job.uses.as_ref()));
    for uses in all {
        let Some((name, version)) = uses.text.split_once('@') else { continue };
        let owner = name.split('/').next().unwrap_or(name);
        let local = name.starts_with("./") || name.starts_with("docker://");
        let fixed = version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !local && !fixed && !PLATFORM.contains(&owner) && name.contains('/') {
            found.push(Hazard::new(
                Risk::Unpinned,
                uses,
                "who owns it can change what this tag means; pin the commit",
            ));
        }
    }
}

/// What the token of a job may do; none where nothing says.
fn permissions<'a>(pipeline: &'a Pipeline, job: &'a Job) -> Option<&'a Permissions> {
    job.permissions.as_ref().or(pipeline.permissions.as_ref())
}

/// All texts of a step that are not its name.
fn step_texts(step: &Step) -> impl Iterator<Item = &str> {
    let scripts = step.scripts.iter().chain(step.with.iter().map(|(_, value)| value));
    scripts.map(|text| text.text.as_str()).chain(step.env.iter().map(|(_, value)| value.as_str()))
}
