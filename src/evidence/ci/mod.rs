//! CI pipelines as a model: what starts them, what they run, and what takes away a failure.
//!
//! Reading is per file and pure ([`model`], one reader for each system); what a pipeline leads to in other files is walked
//! once for a tree ([`sites`]), and asked by purpose ([`runs`]).

mod azure;
mod bitbucket;
mod call;
mod circle;
mod command;
mod containers;
mod expression;
mod folder;
mod follow;
mod github;
mod gitlab;
mod gitlab_rules;
mod hosted;
mod jenkins;
mod lex;
mod model;
mod packages;
mod place;
mod purpose;
mod risks;
mod runs;
mod scope;
mod shell;
mod sites;
mod triggers;

pub use model::{Access, Forgiving, Job, Only, Permissions, Pipeline, Step, System, Text, Trigger};
pub use purpose::Purpose;
pub use risks::{Hazard, Risk, hazards, unlimited};
pub use runs::{Run, Runs};
pub use shell::Command;
pub(super) use shell::commands;
pub use sites::Sites;

use super::file_text::FileText;
use crate::document::Node;

/// Paths of CI configuration. Files of other names can be parts of pipelines of GitLab and Azure, which [`read_pipeline`] tells.
pub(super) const PIPELINES: [&str; 31] = [
    ".github/workflows/*.{yml,yaml}",
    ".gitea/workflows/*.{yml,yaml}",
    ".forgejo/workflows/*.{yml,yaml}",
    ".depot/workflows/*.{yml,yaml}",
    "**/action.{yml,yaml}",
    "**/.gitlab-ci.{yml,yaml}",
    ".gitlab/**/*.{yml,yaml}",
    "{ci,.ci,gitlab-ci,.gitlab-ci,gitlab}/**/*.{yml,yaml}",
    "**/*.gitlab-ci.{yml,yaml}",
    ".circleci/config.{yml,yaml}",
    ".travis.{yml,yaml}",
    "**/azure-pipelines*.{yml,yaml}",
    "{.azure-pipelines,azure-pipelines,.azure,.azuredevops,.pipelines,pipelines,eng,build}/**/*.{yml,yaml}",
    "{ci,build,pipeline}.{yml,yaml}",
    ".buildkite/**/*.{yml,yaml}",
    ".woodpecker.{yml,yaml}",
    ".woodpecker/**/*.{yml,yaml}",
    ".drone.{yml,yaml}",
    ".cirrus.{yml,yaml}",
    "{.appveyor,appveyor}.{yml,yaml}",
    "bitbucket-pipelines.{yml,yaml}",
    ".semaphore/**/*.{yml,yaml}",
    ".build.{yml,yaml}",
    ".builds/*.{yml,yaml}",
    "**/cloudbuild*.{yml,yaml}",
    "**/{cloudbuild,.cloudbuild,cloud-build}/**/*.{yml,yaml}",
    "**/buildspec*.{yml,yaml}",
    "Jenkinsfile*",
    "**/Jenkinsfile",
    "**/*.jenkinsfile",
    ".teamcity/settings.kts",
];

/// Folders that hold pipelines and nothing else.
const OWN_FOLDERS: [&str; 5] = [".circleci/", ".woodpecker/", ".buildkite/", ".semaphore/", ".builds/"];

/// Reads a file of CI configuration; none where it is something else in spite of its place.
pub fn read_pipeline(file: &FileText<'_>) -> Option<Pipeline> {
    let FileText { path, text, .. } = *file;
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if name.contains("jenkinsfile") {
        return Some(jenkins::read(text));
    }
    let mut pipeline = Pipeline::of(match path {
        _ if path.contains("/workflows/") => System::GitHubWorkflow,
        _ if name.starts_with("action.") => System::GitHubAction,
        _ if name == "settings.kts" => System::Jenkins,
        _ if path.contains("gitlab") => System::GitLab,
        _ => System::Other,
    });
    if name == "settings.kts" {
        pipeline.outside.push("a TeamCity project is a program that is not run here".into());
        return Some(pipeline);
    }
    let documents = match file.documents()? {
        Ok(documents) => documents,
        // Files of the folder `ci` need not be pipelines at all.
        Err(_)
            if pipeline.system == System::Other
                && !name.starts_with('.')
                && !OWN_FOLDERS.iter().any(|folder| path.starts_with(folder)) =>
        {
            return None;
        }
        Err(error) => {
            pipeline.problem = Some(format!("{path} cannot be read: {error}"));
            return Some(pipeline);
        }
    };
    let mut understood = false;
    for node in documents.iter() {
        understood |= read_document(path, &name, node, &mut pipeline);
    }
    understood.then_some(pipeline)
}

fn read_document(path: &str, name: &str, node: &Node, pipeline: &mut Pipeline) -> bool {
    let folder = |folder: &str| path.starts_with(folder);
    match pipeline.system {
        System::GitHubWorkflow => github::workflow(node, pipeline),
        System::GitHubAction => github::action(node, pipeline),
        System::GitLab => gitlab::read(node, pipeline),
        _ if folder(".circleci/") => circle::read(node, pipeline),
        _ if name.starts_with("bitbucket-") => bitbucket::read(node, pipeline),
        _ if folder(".woodpecker") || folder(".drone") => containers::steps(node, pipeline),
        _ if folder(".buildkite/") => hosted::buildkite(node, pipeline),
        _ if folder(".semaphore/") => hosted::semaphore(name, node, pipeline),
        _ if folder(".build.") || folder(".builds/") => hosted::sourcehut(node, pipeline),
        _ if name.starts_with(".travis.") => hosted::travis(node, pipeline),
        _ if name.starts_with(".cirrus.") => hosted::cirrus(node, pipeline),
        _ if name.contains("appveyor") => hosted::appveyor(node, pipeline),
        _ if name.starts_with("cloudbuild") || containers::is_cloud_build(node) => {
            containers::cloud_build(node, pipeline);
        }
        _ if name.starts_with("buildspec") => containers::code_build(node, pipeline),
        _ if path.contains("azure") || path.contains("pipelines/") || azure::is(node) => {
            azure::read(path, node, pipeline);
        }
        _ if gitlab::is_part(node) => {
            pipeline.system = System::GitLab;
            gitlab::read(node, pipeline);
        }
        _ => return false,
    }
    true
}
