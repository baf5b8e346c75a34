//! Bitbucket Pipelines: steps under the events that start them.

use super::github::script_line;
use super::model::{Job, Pipeline, Step, Text, Trigger};
use crate::document::Node;
use crate::evidence::nodes::{entries, get, items, plain, text};

/// Nested `parallel`, `stage` and `step`.
const MAX_DEPTH: usize = 8;

pub(super) fn read(node: &Node, pipeline: &mut Pipeline) {
    pipeline.triggers =
        ["push", "pull_request", "tag", "manual"].map(|event| Trigger::plain(event, 1)).to_vec();
    let Some(pipelines) = get(node, "pipelines") else { return };
    for (key, value) in entries(pipelines) {
        let section = text(key).unwrap_or_default();
        // `default` runs for every branch that no other section names.
        let (events, globbed): (&[&'static str], bool) = match section {
            "default" => (&["push", "pull_request"], false),
            "branches" => (&["push"], true),
            "pull-requests" => (&["pull_request"], true),
            "tags" => (&["tag"], true),
            "custom" => (&["manual"], true),
            _ => continue,
        };
        let lists: Vec<(&Node, &Node)> = if globbed { entries(value).collect() } else { vec![(key, value)] };
        for (glob, list) in lists {
            let glob = text(glob).unwrap_or_default();
            let every = section == "branches" && matches!(glob, "*" | "**");
            let events = if every { &["push", "pull_request"][..] } else { events };
            let told = if globbed { format!("{section}: {glob}") } else { section.to_owned() };
            let job = Job {
                id: told.clone(),
                line: list.pos.line,
                only: (!events.contains(&"pull_request") || !events.contains(&"push"))
                    .then(|| (events.to_vec(), told)),
                ..Job::default()
            };
            for item in items(list) {
                collect(item, &job, pipeline, 0);
            }
        }
    }
}

fn collect(node: &Node, outer: &Job, pipeline: &mut Pipeline, depth: usize) {
    for (key, value) in entries(node) {
        match text(key) {
            Some("step") => pipeline.jobs.push(step(value, outer)),
            Some("parallel" | "stage" | "steps") if depth < MAX_DEPTH => {
                let list = get(value, "steps").unwrap_or(value);
                for item in items(list) {
                    collect(item, outer, pipeline, depth + 1);
                }
            }
            _ => {}
        }
    }
}

fn step(node: &Node, outer: &Job) -> Job {
    let mut job = Job { line: node.pos.line, ..outer.clone() };
    job.id = get(node, "name").and_then(plain).unwrap_or_else(|| outer.id.clone());
    if get(node, "trigger").and_then(plain).is_some_and(|trigger| trigger == "manual") {
        job.only = Some((vec!["manual"], "trigger: manual".into()));
    }
    if let Some(node) = get(node, "deployment") {
        job.environment = plain(node).map(|text| Text { text, line: node.pos.line });
    }
    for item in get(node, "script").map(items).unwrap_or_default() {
        let line = item.pos.line;
        if let Some(script) = plain(item) {
            let scripts = vec![Text { text: script, line: script_line(item) }];
            job.steps.push(Step { line, scripts, ..Step::default() });
        } else if let Some(pipe) = get(item, "pipe").and_then(plain) {
            let name = pipe.split(':').next().unwrap_or(&pipe).to_owned();
            job.steps.push(Step { line, uses: Some(Text { text: name, line }), ..Step::default() });
        }
    }
    job
}
