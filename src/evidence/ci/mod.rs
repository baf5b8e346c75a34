//! CI pipelines as a model: what starts them, what they run, and what takes away a failure.
//!
//! Reading is per file and pure ([`model`], one reader for each system); what a pipeline leads to in other files is walked
//! once for a tree ([`sites`]), and asked by purpose ([`runs`]).

mod call;
mod command;
mod expression;
mod folder;
mod follow;
mod generic;
mod github;
mod jenkins;
mod lex;
mod model;
mod packages;
mod purpose;
mod runs;
mod scope;
mod shell;
mod sites;

pub use model::{Access, Forgiving, Job, Permissions, Pipeline, Step, System, Text, Trigger};
pub use purpose::Purpose;
pub use runs::{Run, Runs};
pub use shell::Command;
pub(super) use shell::commands;
pub use sites::Sites;

use crate::document::{self, Format};

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
    let mut pipeline = Pipeline::of(system);
    match document::parse_all(Format::Yaml, text) {
        Err(error) => pipeline.problem = Some(format!("{path} cannot be read: {error}")),
        Ok(documents) => {
            for node in &documents {
                match system {
                    System::GitHubWorkflow => github::workflow(node, &mut pipeline),
                    System::GitHubAction => github::action(node, &mut pipeline),
                    _ => generic::read(&name, node, &mut pipeline),
                }
            }
        }
    }
    pipeline
}
