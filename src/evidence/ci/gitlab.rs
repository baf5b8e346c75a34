//! GitLab CI: jobs with their templates, and the events on which their rules let them run.

use super::github::script_line;
use super::gitlab_rules::{Known, Truth, holds};
use super::model::{Forgiving, Job, Only, Pipeline, Step, Text, Trigger};
use crate::document::Node;
use crate::evidence::nodes::{at, entries, get, is_map, items, plain, strings, text, texts, truthy};
use std::cell::Cell;

/// Keys at the top that are no jobs.
const RESERVED: [&str; 13] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "before_script",
    "after_script",
    "cache",
    "spec",
    "types",
    "script",
];
/// How far templates are followed.
const MAX_EXTENDS: usize = 10;
/// Look-ups of keys and items that one file may take: templates can lead to many others.
const MAX_LOOKUPS: usize = 100_000;

/// The events that start a pipeline, each with what is known when it does; a branch with an open merge request has two sorts.
const EVENTS: [(&str, Known); 6] = [
    ("pull_request", Known::MergeRequest),
    ("pull_request", Known::Branch),
    ("push", Known::DefaultBranch),
    ("tag", Known::Tag),
    ("schedule", Known::Schedule),
    ("manual", Known::Web),
];

/// Whether the document looks like a part of a pipeline: every mapping of it has a script or is a template.
pub(super) fn is_part(node: &Node) -> bool {
    let mut jobs = entries(node)
        .filter(|(key, body)| is_map(body) && !text(key).is_some_and(|key| RESERVED.contains(&key)));
    jobs.any(|(_, body)| get(body, "script").is_some_and(|script| !is_map(script)))
        && get(node, "on").is_none()
        && get(node, "kind").is_none()
}

pub(super) fn read(node: &Node, pipeline: &mut Pipeline) {
    pipeline.triggers =
        ["push", "pull_request", "tag", "schedule", "manual"].map(|event| Trigger::plain(event, 1)).to_vec();
    for (key, value) in get(node, "variables").into_iter().flat_map(entries) {
        let value = get(value, "value").unwrap_or(value);
        pipeline.env.extend(plain(key).zip(plain(value)));
    }
    includes(node, pipeline);
    let file = Whole { root: node, left: Cell::new(MAX_LOOKUPS) };
    for (key, body) in entries(node) {
        let Some(name) = text(key).filter(|name| !RESERVED.contains(name) && is_map(body)) else { continue };
        if !name.starts_with('.')
            && ["script", "extends"].iter().any(|key| file.inherited(body, key, 0).is_some())
        {
            pipeline.jobs.push(file.job(name, key.pos.line, body));
        }
        // A pipeline of its own, started by this one.
        let child = at(body, &["trigger", "include"]);
        pipeline.includes.extend(child.and_then(plain));
        let parts = child.map(items).unwrap_or_default().iter();
        pipeline.includes.extend(parts.flat_map(|part| get(part, "local").map(strings).unwrap_or_default()));
    }
    for (key, body) in entries(node) {
        // What other files may build on.
        if let Some(name) = text(key).filter(|name| name.starts_with('.') && get(body, "script").is_some()) {
            pipeline.templates.push(file.job(name, key.pos.line, body));
        }
    }
}

/// Parts that are taken from elsewhere: files of the repository are walked with this one, templates may serve a purpose by
/// their name, everything else cannot be seen.
fn includes(node: &Node, pipeline: &mut Pipeline) {
    let Some(include) = get(node, "include") else { return };
    let parts = if items(include).is_empty() { std::slice::from_ref(include) } else { items(include) };
    for part in parts {
        if let Some(path) = plain(part).filter(|path| !path.contains("://")) {
            pipeline.includes.push(path);
        } else if let Some(local) = get(part, "local") {
            pipeline.includes.extend(strings(local));
        } else if let Some(template) = get(part, "template").or_else(|| get(part, "component")) {
            for (name, node) in texts(template) {
                let uses =
                    Text { text: name.split('@').next().unwrap_or(&name).to_owned(), line: node.pos.line };
                let step = Step { line: uses.line, uses: Some(uses), ..Step::default() };
                pipeline.jobs.push(Job { id: name, line: step.line, steps: vec![step], ..Job::default() });
            }
        } else {
            pipeline.outside.push(format!("line {}: include", part.pos.line));
        }
    }
}

/// The whole file, in which jobs refer to each other.
struct Whole<'a> {
    root: &'a Node,
    left: Cell<usize>,
}

impl<'a> Whole<'a> {
    /// The value of a key, from the job itself or the templates that it extends.
    fn inherited(&self, body: &'a Node, key: &str, depth: usize) -> Option<&'a Node> {
        if self.left.get() == 0 {
            return None;
        }
        self.left.set(self.left.get() - 1);
        if let Some(own) = get(body, key) {
            return Some(own);
        }
        let parents = get(body, "extends").map(strings).unwrap_or_default();
        let mut parents = parents.iter().rev().filter(|_| depth < MAX_EXTENDS);
        parents.find_map(|name| self.inherited(get(self.root, name)?, key, depth + 1))
    }

    fn job(&self, name: &str, line: u32, body: &'a Node) -> Job {
        let own = |key: &str| self.inherited(body, key, 0);
        let mut steps = Vec::new();
        for key in ["before_script", "script"] {
            let script = own(key)
                .or_else(|| at(self.root, &["default", key]))
                .or_else(|| get(self.root, key).filter(|_| key != "script"));
            steps.extend(script.map(|script| self.lines(script, 0)).unwrap_or_default());
        }
        let variables = own("variables").into_iter().flat_map(entries);
        let parallel = own("parallel").and_then(|node| get(node, "matrix")).map(items).unwrap_or_default();
        let matrix = parallel.iter().flat_map(entries).flat_map(|(key, value)| {
            texts(value).into_iter().filter_map(move |(value, _)| Some((format!("${}", plain(key)?), value)))
        });
        let forgives = own("allow_failure").filter(|node| truthy(node));
        let environment = own("environment").map(|node| get(node, "name").unwrap_or(node));
        Job {
            id: name.to_owned(),
            line,
            only: self.only(body),
            forgiving: forgives.map(|_| Forgiving { told: "allow_failure: true".into(), when: None }),
            needs: Vec::new(),
            environment: environment.and_then(|node| Some(Text { text: plain(node)?, line: node.pos.line })),
            env: variables.filter_map(|(key, value)| plain(key).zip(plain(value))).collect(),
            matrix: matrix.collect(),
            extends: own("script")
                .is_none()
                .then(|| own("extends").map(strings))
                .flatten()
                .unwrap_or_default(),
            steps,
            ..Job::default()
        }
    }

    /// The scripts of a list; `!reference [job, key]` stands for those of another job.
    fn lines(&self, node: &'a Node, depth: usize) -> Vec<Step> {
        let step = |script: String, node: &Node| Step {
            line: node.pos.line,
            scripts: vec![Text { text: script, line: script_line(node) }],
            ..Step::default()
        };
        if let Some(script) = plain(node) {
            return vec![step(script, node)];
        }
        let mut found = Vec::new();
        // One shell runs all of them, so that a `cd` holds on.
        let mut joined: Option<(String, &Node)> = None;
        for item in items(node) {
            if self.left.get() == 0 {
                break;
            }
            self.left.set(self.left.get() - 1);
            if let Some(script) = plain(item) {
                match &mut joined {
                    Some((text, first)) if script_line(item) >= script_line(first) => {
                        let gap = script_line(item).saturating_sub(script_line(first)) as usize;
                        let have = text.matches('\n').count();
                        text.push_str(&"\n".repeat(gap.saturating_sub(have).clamp(1, 500)));
                        text.push_str(&script);
                    }
                    _ => {
                        found.extend(joined.take().map(|(text, node)| step(text, node)));
                        joined = Some((script, item));
                    }
                }
                continue;
            }
            found.extend(joined.take().map(|(text, node)| step(text, node)));
            let parts = strings(item);
            let referenced = match &parts[..] {
                [name, key] => get(self.root, name).and_then(|body| self.inherited(body, key, 0)),
                _ => None,
            };
            if depth < MAX_EXTENDS {
                found.extend(self.lines(referenced.unwrap_or(item), depth + 1));
            }
        }
        found.extend(joined.map(|(text, node)| step(text, node)));
        found
    }

    /// The events to which `rules`, `only`, `except` and `when` limit a job; none where it runs on each change.
    fn only(&self, body: &'a Node) -> Option<Only> {
        let own = |key: &str| self.inherited(body, key, 0);
        let pipeline = at(self.root, &["workflow", "rules"]);
        let manual = own("when").and_then(plain).is_some_and(|when| when == "manual");
        let mut events: Vec<&str> = Vec::new();
        let mut told = String::new();
        for (event, known) in EVENTS {
            if pipeline.is_some_and(|rules| decide(rules, known).0 == When::Never) {
                continue;
            }
            let (when, why) = match own("rules") {
                Some(rules) => decide(rules, known),
                None => old_rules(own("only"), own("except"), known),
            };
            match when {
                When::Runs if !manual => events.push(event),
                When::Runs | When::Manual => events.push("manual"),
                When::Never => {}
            }
            if event == "pull_request" && when != When::Runs && !why.is_empty() {
                told = why;
            }
        }
        events.dedup();
        if events.contains(&"pull_request") && events.contains(&"push") {
            return None;
        }
        if manual {
            told = "when: manual".into();
        }
        Some((events, if told.is_empty() { "rules".into() } else { told }))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Runs,
    Manual,
    Never,
}

/// What a list of rules comes to, and the rule that decides.
fn decide(rules: &Node, known: Known) -> (When, String) {
    let mut told = Vec::new();
    // A rule may be a list of rules that it was taken from.
    let flat = items(rules)
        .iter()
        .flat_map(|rule| if items(rule).is_empty() { std::slice::from_ref(rule) } else { items(rule) });
    for rule in flat {
        let condition = get(rule, "if").and_then(plain);
        told.extend(condition.clone().map(|condition| format!("if: {condition}")));
        let truth = condition.map_or(Truth::True, |condition| holds(&condition, known));
        let when = get(rule, "when").and_then(plain).unwrap_or_default();
        let narrowed = get(rule, "changes").is_some() || get(rule, "exists").is_some();
        match (truth, when.as_str()) {
            (Truth::True, "never") if !narrowed => {
                return (When::Never, format!("{}when: never", sentence(&told)));
            }
            (Truth::False, _) | (_, "never") => {}
            (_, "manual") => return (When::Manual, "when: manual".into()),
            _ => return (When::Runs, String::new()),
        }
    }
    (When::Never, format!("rules: {}", told.join("; ")))
}

fn sentence(told: &[String]) -> String {
    told.last().map(|last| format!("{last}, ")).unwrap_or_default()
}

/// `only` and `except`, lists of branches, tags and sorts of pipelines.
fn old_rules(only: Option<&Node>, except: Option<&Node>, known: Known) -> (When, String) {
    let refs = |node: &Node| strings(get(node, "refs").unwrap_or(node));
    let narrowed = |node: &Node| is_map(node) && get(node, "refs").is_none();
    if let Some(only) = only.filter(|only| !narrowed(only)) {
        let refs = refs(only);
        if !refs.iter().any(|name| known.is_ref(name)) {
            return (When::Never, format!("only: {}", refs.join(", ")));
        }
    } else if only.is_none() && known == Known::MergeRequest {
        // Without rules a job is for branches and tags.
        return (When::Never, String::new());
    }
    if let Some(except) = except.filter(|except| !narrowed(except)) {
        let refs = refs(except);
        if refs.iter().any(|name| known.is_ref(name)) {
            return (When::Never, format!("except: {}", refs.join(", ")));
        }
    }
    (When::Runs, String::new())
}
