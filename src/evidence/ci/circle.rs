//! CircleCI: the jobs that workflows run, their steps, and the commands that the file defines.

use super::github::script_line;
use super::model::{Job, Only, Pipeline, Step, Text, Trigger};
use crate::document::Node;
use crate::evidence::nodes::{at, entries, get, is_map, items, plain, strings, text, texts};

/// How far commands lead to other commands.
const MAX_DEPTH: usize = 8;

pub(super) fn read(node: &Node, pipeline: &mut Pipeline) {
    pipeline.triggers =
        ["push", "pull_request", "tag", "manual"].map(|event| Trigger::plain(event, 1)).to_vec();
    if get(node, "setup").and_then(plain).is_some_and(|setup| setup == "true") {
        pipeline.outside.push("line 1: the configuration is made by a set-up workflow".into());
    }
    let workflows = get(node, "workflows");
    for (name, workflow) in workflows.into_iter().flat_map(entries) {
        if text(name) == Some("version") {
            continue;
        }
        let scheduled = get(workflow, "triggers").is_some();
        for item in get(workflow, "jobs").map(items).unwrap_or_default() {
            let (key, settings) = match entries(item).next() {
                Some((key, settings)) => (key, Some(settings)),
                None => (item, None),
            };
            let Some(name) = text(key) else { continue };
            let mut job = job(node, name, key, settings);
            if scheduled {
                job.only = Some((vec!["schedule"], "triggers: schedule".into()));
            }
            pipeline.jobs.push(job);
        }
    }
    if workflows.is_none() {
        // Without workflows the job called `build` runs.
        for (key, _) in get(node, "jobs").into_iter().flat_map(entries) {
            if let Some("build") = text(key) {
                pipeline.jobs.push(job(node, "build", key, None));
            }
        }
    }
}

/// A job of a workflow: one of the file's own, or of an orb.
fn job(root: &Node, name: &str, key: &Node, settings: Option<&Node>) -> Job {
    let line = key.pos.line;
    let setting = |key: &str| settings.and_then(|settings| get(settings, key));
    let given: Vec<(String, String)> = settings
        .into_iter()
        .flat_map(entries)
        .filter_map(|(key, value)| Some((plain(key)?, plain(value)?)))
        .chain(
            settings
                .and_then(|settings| at(settings, &["matrix", "parameters"]))
                .into_iter()
                .flat_map(entries)
                .flat_map(|(key, value)| {
                    texts(value).into_iter().filter_map(move |(value, _)| Some((plain(key)?, value)))
                }),
        )
        .collect();
    let mut job = Job {
        id: setting("name").and_then(plain).unwrap_or_else(|| name.to_owned()),
        line,
        needs: setting("requires").map(strings).unwrap_or_default(),
        only: filters(setting("filters")),
        ..Job::default()
    };
    if setting("type").and_then(plain).is_some_and(|kind| kind == "approval") {
        return job;
    }
    match at(root, &["jobs", name]) {
        Some(body) => {
            job.env = pairs(get(body, "environment"));
            let folder = get(body, "working_directory").and_then(plain).unwrap_or_default();
            let parameters = parameters(body, &given);
            job.matrix = parameters;
            let list = get(body, "steps").map(items).unwrap_or_default();
            for part in [setting("pre-steps").map(items).unwrap_or_default(), list] {
                job.steps.extend(part.iter().flat_map(|node| steps(root, node, &folder, 0)));
            }
        }
        None => job.uses = Some(Text { text: orb(root, name), line }),
    }
    job
}

/// `branches` and `tags` of a job's filters.
fn filters(filters: Option<&Node>) -> Option<Only> {
    let filters = filters?;
    let list = |path: &[&str]| at(filters, path).map(strings).unwrap_or_default();
    let (only, ignore) = (list(&["branches", "only"]), list(&["branches", "ignore"]));
    let tags = get(filters, "tags").is_some();
    let all = |globs: &[String]| globs.iter().any(|glob| matches!(glob.as_str(), "/.*/" | ".*" | "/.+/"));
    let long = ["main", "master", "develop", "staging", "production", "release"];
    let special = |name: &String| long.iter().any(|long| name.contains(long)) || !name.starts_with('/');
    if all(&ignore) {
        let events = if tags { vec!["tag"] } else { vec![] };
        return Some((events, "filters: branches are ignored".into()));
    }
    if !only.is_empty() && !all(&only) && only.iter().all(special) {
        let events = if tags { vec!["push", "tag"] } else { vec!["push"] };
        return Some((events, format!("filters: only {}", only.join(", "))));
    }
    None
}

/// Parameters with what is given, or their defaults.
fn parameters(body: &Node, given: &[(String, String)]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = given.to_vec();
    for (name, value) in get(body, "parameters").into_iter().flat_map(entries) {
        let Some(name) = plain(name).filter(|name| !given.iter().any(|(key, _)| key == name)) else {
            continue;
        };
        found.extend(get(value, "default").and_then(plain).map(|value| (name, value)));
    }
    found
}

fn pairs(node: Option<&Node>) -> Vec<(String, String)> {
    node.into_iter().flat_map(entries).filter_map(|(key, value)| plain(key).zip(plain(value))).collect()
}

/// `run`, commands of the file, and those of orbs.
fn steps(root: &Node, node: &Node, folder: &str, depth: usize) -> Vec<Step> {
    if depth > MAX_DEPTH {
        return Vec::new();
    }
    let (name, body) = match entries(node).next() {
        Some((key, body)) => (text(key).unwrap_or_default(), Some(body)),
        None => (text(node).unwrap_or_default(), None),
    };
    let field = |key: &str| body.and_then(|body| get(body, key));
    match (name, body) {
        ("run", Some(body)) => {
            let Some(script) = field("command").or(Some(body)).filter(|node| !is_map(node)) else {
                return Vec::new();
            };
            let failed = field("when").and_then(plain).filter(|when| when == "on_fail");
            let own = field("working_directory").and_then(plain);
            vec![Step {
                line: node.pos.line,
                name: field("name").and_then(plain).unwrap_or_default(),
                condition: failed.map(|_| Text { text: "failure()".into(), line: node.pos.line }),
                scripts: plain(script)
                    .map(|text| Text { text, line: script_line(script) })
                    .into_iter()
                    .collect(),
                env: pairs(field("environment")),
                folder: own.unwrap_or_else(|| folder.to_owned()).replace("~/project", "").replace('~', ""),
                ..Step::default()
            }]
        }
        ("when" | "unless", Some(body)) => {
            let list = get(body, "steps").map(items).unwrap_or_default();
            list.iter().flat_map(|node| steps(root, node, folder, depth + 1)).collect()
        }
        _ => match at(root, &["commands", name]) {
            Some(command) => {
                let given = pairs(body);
                let parameters = parameters(command, &given);
                let list = get(command, "steps").map(items).unwrap_or_default();
                let mut found: Vec<Step> =
                    list.iter().flat_map(|node| steps(root, node, folder, depth + 1)).collect();
                found
                    .iter_mut()
                    .flat_map(|step| &mut step.scripts)
                    .for_each(|script| put(script, &parameters));
                found
            }
            None if name.contains('/') => {
                let line = node.pos.line;
                let with = body.into_iter().flat_map(entries).filter_map(|(key, value)| {
                    Some((plain(key)?, Text { text: plain(value)?, line: value.pos.line }))
                });
                let uses = Some(Text { text: orb(root, name), line });
                vec![Step { line, uses, with: with.collect(), ..Step::default() }]
            }
            None => Vec::new(),
        },
    }
}

/// `<< parameters.x >>` with its value.
fn put(script: &mut Text, parameters: &[(String, String)]) {
    for (name, value) in parameters.iter().filter(|(_, value)| value.len() < 300) {
        for mark in [format!("<< parameters.{name} >>"), format!("<<parameters.{name}>>")] {
            script.text = script.text.replace(&mark, value);
        }
    }
}

/// `node/test` as `circleci/node/test`, by the orbs that the file names.
fn orb(root: &Node, name: &str) -> String {
    let Some((alias, rest)) = name.split_once('/') else { return name.to_owned() };
    let full = at(root, &["orbs", alias]).and_then(plain);
    let full = full.as_deref().and_then(|full| full.split('@').next()).unwrap_or(alias);
    format!("{full}/{rest}")
}
