//! What starts a pipeline whose own file does not say it: triggers of Google Cloud Build and webhooks of AWS `CodeBuild`, as
//! Terraform, `CloudFormation` or Config Connector declare them. Must not guess: a file that no trigger names stays as it is.

use super::model::Trigger;
use crate::document::{Node, Value};
use crate::evidence::infra::Resource;
use crate::evidence::nodes::{at, get, items, plain, strings, truthy};
use crate::evidence::paths::PathSet;
use crate::evidence::tree::Tree;
use std::collections::HashMap;

/// How Terraform refers to a project of `CodeBuild`.
const REFERENCE: &str = "aws_codebuild_project.";
/// Triggers that are looked at in one tree.
const MAX_TRIGGERS: usize = 500;

/// The triggers of a tree, each with the files that it runs.
#[derive(Debug, Default)]
pub(super) struct Triggers(Vec<(PathSet, Vec<Trigger>)>);

impl Triggers {
    pub(super) fn of(tree: &Tree) -> Self {
        let projects = Projects::of(tree);
        let all = tree.resources().iter().map(|declared| &declared.resource);
        let found = all.filter_map(|resource| match resource.kind.as_str() {
            "google_cloudbuild_trigger" => cloud_build(&resource.attributes),
            "CloudBuildTrigger" => cloud_build(get(&resource.attributes, "spec")?),
            "aws_codebuild_webhook" => webhook(&resource.attributes, &projects),
            "AWS::CodeBuild::Project" => project(&resource.attributes),
            _ => None,
        });
        let sets =
            found.filter_map(|(file, triggers)| Some((PathSet::new(&[&*glob(&file)?]).ok()?, triggers)));
        Self(sets.take(MAX_TRIGGERS).collect())
    }

    /// What starts the pipeline of this file; nothing where no trigger names it.
    pub(super) fn of_file(&self, path: &str) -> Vec<Trigger> {
        let own = self.0.iter().filter(|(set, _)| set.contains(path));
        own.flat_map(|(_, triggers)| triggers.clone()).collect()
    }
}

/// The path as a glob, in which anything stands for what only a variable says; none where that is the whole of it.
fn glob(file: &str) -> Option<String> {
    let mut glob = String::new();
    let mut rest = file.trim_start_matches("./").trim_start_matches('/');
    while let Some((before, after)) = rest.split_once("${") {
        glob.push_str(before);
        glob.push('*');
        rest = after.split_once('}')?.1;
    }
    glob.push_str(rest);
    let plain = glob.chars().all(|c| c.is_ascii_alphanumeric() || "._-/*".contains(c));
    (plain && glob.ends_with("ml") && !glob.starts_with('*')).then_some(glob)
}

/// The mapping, or the first of a list of them: a block may be written once or often.
fn block<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    let value = get(node, key)?;
    match value.value {
        Value::List(_) => items(value).first(),
        _ => Some(value),
    }
}

/// `filename` and what happens in a repository; a message, a webhook or a hand that starts it is none of these.
fn cloud_build(node: &Node) -> Option<(String, Vec<Trigger>)> {
    if get(node, "disabled").is_some_and(truthy) {
        return None;
    }
    let file = get(node, "filename").and_then(plain)?;
    let line = node.pos.line;
    let paths = ["included_files", "ignored_files", "includedFiles", "ignoredFiles"];
    let paths = paths.iter().any(|key| get(node, key).is_some());
    let mut triggers = Vec::new();
    let repositories = [
        "github",
        "repository_event_config",
        "bitbucket_server_trigger_config",
        "gitlab_enterprise_trigger_config",
    ];
    for repository in repositories.iter().filter_map(|key| block(node, key)) {
        if block(repository, "pull_request").or_else(|| block(repository, "pullRequest")).is_some() {
            triggers.push(Trigger { paths, ..Trigger::plain("pull_request", line) });
        }
        if let Some(push) = block(repository, "push") {
            triggers.push(pushed(push, "branch", "tag", paths, line));
        }
    }
    if let Some(push) = block(node, "trigger_template") {
        triggers.push(pushed(push, "branch_name", "tag_name", paths, line));
    } else if let Some(push) = block(node, "triggerTemplate") {
        triggers.push(pushed(push, "branchName", "tagName", paths, line));
    }
    if triggers.is_empty() {
        triggers.push(Trigger::plain("manual", line));
    }
    Some((file, triggers))
}

fn pushed(push: &Node, branch: &str, tag: &str, paths: bool, line: u32) -> Trigger {
    let branches: Vec<String> = get(push, branch).map(strings).unwrap_or_default();
    let tags = branches.is_empty() && get(push, tag).is_some();
    Trigger { branches, tags, paths, ..Trigger::plain(if tags { "tag" } else { "push" }, line) }
}

/// Projects by the name that Terraform gives them, and by their own.
struct Projects<'a>(HashMap<String, &'a Resource>);

impl<'a> Projects<'a> {
    fn of(tree: &'a Tree) -> Self {
        let all = tree.resources().iter().map(|declared| &declared.resource);
        let all = all.filter(|resource| resource.kind == "aws_codebuild_project");
        let names = all.flat_map(|one| {
            let own = get(&one.attributes, "name").and_then(plain);
            own.into_iter().chain([format!("{REFERENCE}{}", one.name)]).map(move |name| (name, one))
        });
        Self(names.collect())
    }

    /// The project that is meant: `aws_codebuild_project.ci.name`, or its name.
    fn named(&self, name: &str) -> Option<&'a Resource> {
        let referred = name.find(REFERENCE).map(|at| {
            let rest = &name[at + REFERENCE.len()..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
            format!("{REFERENCE}{}", &rest[..end.unwrap_or(rest.len())])
        });
        self.0.get(referred.as_deref().unwrap_or(name)).copied()
    }
}

/// A webhook of Terraform, with the project that it starts.
fn webhook(node: &Node, projects: &Projects<'_>) -> Option<(String, Vec<Trigger>)> {
    let project = projects.named(&get(node, "project_name").and_then(plain)?)?;
    let given = block(&project.attributes, "source").and_then(|source| get(source, "buildspec"));
    let groups = get(node, "filter_group").map(|groups| match groups.value {
        Value::List(_) => items(groups).iter().collect(),
        _ => vec![groups],
    });
    let filters = groups.unwrap_or_default().into_iter().map(|group| match get(group, "filter") {
        Some(filter) if items(filter).is_empty() => vec![filter],
        Some(filters) => items(filters).iter().collect(),
        None => Vec::new(),
    });
    let keys = ["type", "pattern"];
    Some((build_spec(given)?, events(filters.collect(), keys, node.pos.line)))
}

/// A project of `CloudFormation`, with its own webhook.
fn project(node: &Node) -> Option<(String, Vec<Trigger>)> {
    let triggers = get(node, "Triggers").filter(|triggers| get(triggers, "Webhook").is_some_and(truthy))?;
    let groups = get(triggers, "FilterGroups").map(items).unwrap_or_default();
    let filters = groups.iter().map(|group| items(group).iter().collect()).collect();
    let file = build_spec(at(node, &["Source", "BuildSpec"]))?;
    Some((file, events(filters, ["Type", "Pattern"], triggers.pos.line)))
}

/// The file that is named; the usual one where nothing is said. Steps that stand there themselves are no file.
fn build_spec(given: Option<&Node>) -> Option<String> {
    let Some(text) = given.and_then(plain) else {
        return given.is_none().then(|| "buildspec.yml".to_owned());
    };
    let inner = text
        .split_once("file(\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or(&*text, |(path, _)| path);
    let inner = inner.trim_start_matches("${path.module}/").trim_start_matches("${path.root}/");
    (!inner.contains(['\n', ' '])).then(|| inner.trim_start_matches("../").to_owned())
}

/// The events of groups of filters; without any, each push and each pull request starts it.
fn events(groups: Vec<Vec<&Node>>, [kind, pattern]: [&str; 2], line: u32) -> Vec<Trigger> {
    if groups.is_empty() {
        return ["push", "pull_request"].map(|event| Trigger::plain(event, line)).to_vec();
    }
    let mut found: Vec<Trigger> = Vec::new();
    for group in groups {
        let of = |wanted: &str| {
            let one = group
                .iter()
                .find(|filter| get(filter, kind).and_then(plain).is_some_and(|kind| kind == wanted));
            one.and_then(|filter| get(filter, pattern)).and_then(plain)
        };
        let paths = of("FILE_PATH").is_some();
        for event in of("EVENT").unwrap_or_default().split(',').map(str::trim) {
            let event = match event {
                "PUSH" | "PULL_REQUEST_MERGED" => "push",
                "PULL_REQUEST_CREATED" | "PULL_REQUEST_UPDATED" | "PULL_REQUEST_REOPENED" => "pull_request",
                "RELEASED" | "PRERELEASED" => "release",
                _ => continue,
            };
            let trigger = Trigger { paths, ..Trigger::plain(event, line) };
            if !found.contains(&trigger) {
                found.push(trigger);
            }
        }
    }
    found
}
