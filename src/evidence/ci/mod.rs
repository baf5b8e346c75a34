//! CI pipelines as a model: what starts them, what they run, and what takes away a failure.
//!
//! Reading is per file and pure; what a command leads to in other files is followed in [`resolve`].

mod call;
mod command;
mod follow;
mod generic;
mod github;
mod jenkins;
mod resolve;
mod shell;

pub use command::Purpose;
pub use resolve::{Run, Runs, runs};
pub use shell::Command;
pub(super) use shell::commands;

use crate::document::{self, Format};

/// The system that runs a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    /// GitHub Actions, and the forges that speak its language.
    GitHubWorkflow,
    /// A composite action of the repository.
    GitHubAction,
    /// GitLab CI.
    GitLab,
    /// Jenkins: a program, of which only the shell commands are understood.
    Jenkins,
    /// Any other that is configured in YAML.
    Other,
}

/// One file of CI configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Whose it is.
    pub system: System,
    /// What starts it.
    pub triggers: Vec<Trigger>,
    /// What it does.
    pub jobs: Vec<Job>,
    /// Parts that the file takes from elsewhere and that cannot be seen here.
    pub outside: Vec<String>,
    /// Why the file could not be read.
    pub problem: Option<String>,
}

/// An event that starts a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trigger {
    /// `push`, `pull_request`, `schedule`, ...
    pub event: String,
    /// Where it is written.
    pub line: u32,
    /// Whether it is limited to some branches or tags.
    pub branches: bool,
    /// Whether it is limited to some paths.
    pub paths: bool,
}

/// A job of a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// Its key.
    pub id: String,
    /// Where it is written.
    pub line: u32,
    /// Its `if:`.
    pub condition: Option<String>,
    /// Whether its failure does not count.
    pub forgiving: Option<&'static str>,
    /// The reusable workflow that it calls, with the line.
    pub uses: Option<(String, u32)>,
    /// Name of the deployment environment.
    pub environment: Option<String>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// Where it is written.
    pub line: u32,
    /// Its `if:`.
    pub condition: Option<String>,
    /// Whether its failure does not count.
    pub forgiving: Option<&'static str>,
    /// The action it uses, with the line.
    pub uses: Option<(String, u32)>,
    /// Parameters of the action.
    pub with: Vec<(String, String)>,
    /// The commands it runs.
    pub commands: Vec<Command>,
    /// Folder it runs in, relative to the root; empty for the root.
    pub folder: String,
}

/// Paths of CI configuration.
pub(super) const PIPELINES: [&str; 21] = [
    ".github/workflows/*.{yml,yaml}",
    ".gitea/workflows/*.{yml,yaml}",
    ".forgejo/workflows/*.{yml,yaml}",
    "**/action.{yml,yaml}",
    ".gitlab-ci.{yml,yaml}",
    ".gitlab/**/*.{yml,yaml}",
    ".circleci/config.{yml,yaml}",
    ".travis.{yml,yaml}",
    "azure-pipelines*.{yml,yaml}",
    ".azure-pipelines/**/*.{yml,yaml}",
    ".azure/pipelines/**/*.{yml,yaml}",
    ".buildkite/*.{yml,yaml}",
    ".woodpecker.{yml,yaml}",
    ".woodpecker/*.{yml,yaml}",
    ".drone.{yml,yaml}",
    ".cirrus.{yml,yaml}",
    "{.appveyor,appveyor}.{yml,yaml}",
    "bitbucket-pipelines.{yml,yaml}",
    ".semaphore/*.{yml,yaml}",
    ".builds/*.{yml,yaml}",
    "{Jenkinsfile,.jenkins/Jenkinsfile,ci/Jenkinsfile}",
];

/// Reads a file of CI configuration; the path tells which system it is for.
pub fn read_pipeline(path: &str, text: &str) -> Pipeline {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if name == "jenkinsfile" {
        return jenkins::read(text);
    }
    let system = match path {
        _ if path.contains("/workflows/") => System::GitHubWorkflow,
        _ if name.starts_with("action.") => System::GitHubAction,
        _ if path.starts_with(".gitlab") => System::GitLab,
        _ => System::Other,
    };
    let documents = match document::parse_all(Format::Yaml, text) {
        Ok(documents) => documents,
        Err(error) => {
            let problem = Some(format!("{path} cannot be read: {error}"));
            return Pipeline { system, triggers: vec![], jobs: vec![], outside: vec![], problem };
        }
    };
    let mut pipeline = Pipeline { system, triggers: vec![], jobs: vec![], outside: vec![], problem: None };
    for node in &documents {
        match system {
            System::GitHubWorkflow => github::workflow(node, &mut pipeline),
            System::GitHubAction => github::action(node, &mut pipeline),
            _ => generic::read(&name, node, &mut pipeline),
        }
    }
    pipeline
}
