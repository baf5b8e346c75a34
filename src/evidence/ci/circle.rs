//! CircleCI: the jobs that workflows run, their steps, and the commands that the file defines.

use super::github::script_line;
use super::model::{Job, Only, Pipeline, Step, Text, Trigger};
use crate::document::Node;
use crate::evidence::nodes::{at, entries, get, is_map, items, plain, strings, text, texts};

/// How far commands lead to other commands.
const MAX_DEPTH: usize = 8;
/// Steps that are looked at for one job.
const MAX_STEPS: usize = 2000;
/// Longest script that parameters are put into.
const MAX_SCRIPT: usize = 20_000;

pub(super) fn read(node: &Node, pipeline: &mut Pipeline) {
    pipeline.triggers =
        ["push", "pull_request", "tag", "manual"].map(|event| Trigger::plain(event, 1)).to_vec();
    if get(node, "setup").and_then(plain).is_some_and(|setup| setup == "true") {
        pipeline.outside.push("line 1: the configuration is made by a set-up workflow".into());
    }
    let workflows = get(node, "workflows");
    for (group, (name, workflow)) in workflows.into_iter().flat_map(entries).enumerate() {
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
            let mut job = Job { group, ..job(node, name, key, settings) };
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
            let mut steps = Steps { root, left: MAX_STEPS };
            for part in [setting("pre-steps").map(items).unwrap_or_default(), list] {
                job.steps.extend(part.iter().flat_map(|node| steps.read(node, &folder, 0)));
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

/// Reads steps: `run`, commands of the file, and those of orbs.
struct Steps<'a> {
    root: &'a Node,
    /// How many are still looked at: commands can lead to many others.
    left: usize,
}

impl Steps<'_> {
    fn read(&mut self, node: &Node, folder: &str, depth: usize) -> Vec<Step> {
        if depth > MAX_DEPTH || self.left == 0 {
            return Vec::new();
        }
        self.left -= 1;
        let (name, body) = match entries(node).next() {
            Some((key, body)) => (text(key).unwrap_or_default(), Some(body)),
            None => (text(node).unwrap_or_default(), None),
        };
        match (name, body) {
            ("run", Some(body)) => run(node, body, folder).into_iter().collect(),
            ("when" | "unless", Some(body)) => self.list(body, folder, depth),
            _ => match at(self.root, &["commands", name]) {
                Some(command) => {
                    let parameters = parameters(command, &pairs(body));
                    let mut found = self.list(command, folder, depth);
                    for script in found.iter_mut().flat_map(|step| &mut step.scripts) {
                        put(script, &parameters);
                    }
                    found
                }
                None if name.contains('/') => {
                    let line = node.pos.line;
                    let with = body.into_iter().flat_map(entries).filter_map(|(key, value)| {
                        Some((plain(key)?, Text { text: plain(value)?, line: value.pos.line }))
                    });
                    let uses = Some(Text { text: orb(self.root, name), line });
                    vec![Step { line, uses, with: with.collect(), ..Step::default() }]
                }
                None => Vec::new(),
            },
        }
    }

    fn list(&mut self, body: &Node, folder: &str, depth: usize) -> Vec<Step> {
        let list = get(body, "steps").map(items).unwrap_or_default();
        list.iter().flat_map(|node| self.read(node, folder, depth + 1)).collect()
    }
}

fn run(node: &Node, body: &Node, folder: &str) -> Option<Step> {
    let field = |key: &str| get(body, key);
    let script = field("command").or(Some(body)).filter(|node| !is_map(node))?;
    let failed = field("when").and_then(plain).filter(|when| when == "on_fail");
    let own = field("working_directory").and_then(plain);
    Some(Step {
        line: node.pos.line,
        name: field("name").and_then(plain).unwrap_or_default(),
        condition: failed.map(|_| Text { text: "failure()".into(), line: node.pos.line }),
        scripts: vec![Text { text: plain(script)?, line: script_line(script) }],
        env: pairs(field("environment")),
        folder: own.unwrap_or_else(|| folder.to_owned()).replace("~/project", "").replace('~', ""),
        ..Step::default()
    })
}

/// `<< parameters.x >>` with its value.
fn put(script: &mut Text, parameters: &[(String, String)]) {
    for (name, value) in parameters.iter().filter(|(_, value)| value.len() < 300) {
        if script.text.len() > MAX_SCRIPT {
            return;
        }
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
