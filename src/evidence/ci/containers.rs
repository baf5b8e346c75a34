//! Systems whose steps are containers: Woodpecker, Drone, Google Cloud Build, AWS CodeBuild.

use super::github::script_line;
use super::model::{EXTERNAL, Forgiving, Job, Only, Pipeline, Step, Text, Trigger};
use crate::document::Node;
use crate::evidence::nodes::{at, entries, get, is_map, items, plain, strings, text, texts, truthy};

/// Names of events, as both systems and this model call them.
const EVENTS: [(&str, &str); 8] = [
    ("push", "push"),
    ("pull_request", "pull_request"),
    ("tag", "tag"),
    ("cron", "schedule"),
    ("manual", "manual"),
    ("custom", "manual"),
    ("deployment", "deployment"),
    ("promote", "deployment"),
];

/// Woodpecker and Drone: steps with `when`, in a pipeline with `when` or `trigger`.
pub(super) fn steps(node: &Node, pipeline: &mut Pipeline) {
    let kind = get(node, "kind").and_then(plain);
    if kind.is_some_and(|kind| kind != "pipeline") {
        return;
    }
    if pipeline.triggers.is_empty() {
        let events = ["push", "pull_request", "tag", "schedule", "manual", "deployment"];
        pipeline.triggers = events.map(|event| Trigger::plain(event, 1)).to_vec();
    }
    let whole = get(node, "when").or_else(|| get(node, "trigger")).and_then(when);
    let Some(list) = get(node, "steps").or_else(|| get(node, "pipeline")) else { return };
    let named = entries(list).map(|(key, step)| (text(key).unwrap_or_default().to_owned(), step));
    let listed = items(list).iter().map(|step| (get(step, "name").and_then(plain).unwrap_or_default(), step));
    for (name, body) in named.chain(listed) {
        let own = get(body, "when").and_then(when);
        let ignored = get(body, "failure").and_then(plain).is_some_and(|failure| failure == "ignore");
        pipeline.jobs.push(Job {
            id: name,
            line: body.pos.line,
            only: both(whole.clone(), own),
            forgiving: ignored.then(|| Forgiving { told: "failure: ignore".into(), when: None }),
            env: get(body, "environment")
                .into_iter()
                .flat_map(entries)
                .filter_map(|(key, value)| plain(key).zip(plain(value)))
                .collect(),
            steps: container(body),
            ..Job::default()
        });
    }
}

/// What a container does: its commands, or what its image does by itself.
fn container(body: &Node) -> Vec<Step> {
    let line = body.pos.line;
    let mut steps = Vec::new();
    if let Some(image) = get(body, "image").filter(|_| get(body, "commands").is_none()) {
        let uses = plain(image).map(|text| Text { text: image_name(&text), line: image.pos.line });
        let with = get(body, "settings").into_iter().flat_map(entries);
        let with = with.filter_map(|(key, value)| {
            Some((plain(key)?, Text { text: plain(value)?, line: value.pos.line }))
        });
        steps.push(Step { line, uses, with: with.collect(), ..Step::default() });
    }
    steps.extend(joined(get(body, "commands")));
    steps
}

/// The lines of one script: a list whose items run one after the other.
pub(super) fn joined(list: Option<&Node>) -> Option<Step> {
    let list = list?;
    let lines = texts(list);
    let line = lines.first().map(|(_, node)| script_line(node))?;
    let mut script = String::new();
    for (text, node) in lines {
        // Items of an alias stand elsewhere in the file: their lines do not follow each other.
        let ahead = script_line(node).saturating_sub(line) as usize;
        let have = script.matches('\n').count();
        if !script.is_empty() {
            script.push_str(&"\n".repeat(ahead.saturating_sub(have).clamp(1, 500)));
        }
        script.push_str(&text);
    }
    Some(Step { line: list.pos.line, scripts: vec![Text { text: script, line }], ..Step::default() })
}

fn image_name(image: &str) -> String {
    let name = image.split('@').next().unwrap_or(image);
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name.to_owned(),
        _ => name.to_owned(),
    }
}

/// The events that `when` lets through; a list of them lets through what any does.
fn when(node: &Node) -> Option<Only> {
    if !items(node).is_empty() {
        let all: Option<Vec<Only>> = items(node).iter().map(when).collect();
        let all = all?;
        let told = all.iter().map(|(_, told)| told.clone()).collect::<Vec<_>>().join("; ");
        return Some((all.into_iter().flat_map(|(events, _)| events).collect(), told));
    }
    let known = |name: &str| EVENTS.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours);
    let event = get(node, "event");
    let (mut events, mut told): (Vec<&'static str>, Vec<String>) = (Vec::new(), Vec::new());
    if let Some(event) = event {
        let named = strings(get(event, "include").unwrap_or(event));
        let excluded = get(event, "exclude").map(strings).unwrap_or_default();
        let named = named.iter().filter_map(|name| known(name));
        let left = EVENTS
            .iter()
            .filter(|(theirs, _)| !excluded.iter().any(|name| name == theirs))
            .map(|(_, ours)| *ours);
        events = if excluded.is_empty() { named.collect() } else { left.collect() };
        told.push(format!("event: {}", strings(event).join(", ")));
    }
    // The branch of a pull request is the one that it goes to.
    let status = get(node, "status").map(strings).unwrap_or_default();
    if !status.is_empty() && !status.iter().any(|status| status == "success") {
        return Some((Vec::new(), format!("status: {}", status.join(", "))));
    }
    (event.is_some()).then(|| (events, told.join("; ")))
}

fn both(outer: Option<Only>, inner: Option<Only>) -> Option<Only> {
    match (outer, inner) {
        (Some((outer, _)), Some((inner, told))) => {
            Some((inner.into_iter().filter(|event| outer.contains(event)).collect(), told))
        }
        (one, None) | (None, one) => one,
    }
}

/// Whether these are steps of Google Cloud Build, whose names are images.
pub(super) fn is_cloud_build(node: &Node) -> bool {
    let steps = get(node, "steps").map(items).unwrap_or_default();
    let name = |step: &Node| get(step, "name").and_then(plain).unwrap_or_default();
    let runs = |step: &Node| ["args", "entrypoint", "script"].iter().any(|key| get(step, key).is_some());
    let foreign =
        |step: &Node| ["uses", "run", "image", "task", "bash"].iter().any(|key| get(step, key).is_some());
    !steps.is_empty()
        && get(node, "apiVersion").is_none()
        && steps.iter().all(|step| !name(step).is_empty() && !name(step).contains(' ') && !foreign(step))
        && steps.iter().any(|step| name(step).contains('/') && runs(step))
}

/// Google Cloud Build: what starts it is set elsewhere.
pub(super) fn cloud_build(node: &Node, pipeline: &mut Pipeline) {
    pipeline.triggers = vec![Trigger::plain(EXTERNAL, 1)];
    let mut job = Job { id: "build".into(), line: node.pos.line, ..Job::default() };
    for step in get(node, "steps").map(items).unwrap_or_default() {
        let field = |key: &str| get(step, key).and_then(plain);
        let image = field("name").map(|name| image_name(&name)).unwrap_or_default();
        let program =
            field("entrypoint").unwrap_or_else(|| image.rsplit('/').next().unwrap_or(&image).to_owned());
        let args: Vec<String> = get(step, "args").map(strings).unwrap_or_default();
        let line = step.pos.line;
        let text = match get(step, "script") {
            Some(script) => Text { text: plain(script).unwrap_or_default(), line: script_line(script) },
            // `bash -c SCRIPT` keeps its script in one argument.
            None => match &args[..] {
                [flag, script] if flag.starts_with('-') && flag.ends_with('c') => {
                    Text { text: script.clone(), line }
                }
                _ => Text { text: format!("{program} {}", args.join(" ")), line },
            },
        };
        let uses = Some(Text { text: image, line });
        let folder = field("dir").unwrap_or_default();
        let forgiven = get(step, "allowFailure").is_some_and(truthy);
        let forgiving = forgiven.then(|| Forgiving { told: "allowFailure: true".into(), when: None });
        job.steps.push(Step { line, uses, scripts: vec![text], folder, forgiving, ..Step::default() });
    }
    // Images that are listed are pushed at the end.
    if let Some(images) = get(node, "images") {
        let push =
            strings(images).iter().map(|image| format!("docker push {image}")).collect::<Vec<_>>().join("\n");
        let line = images.pos.line;
        job.steps.push(Step { line, scripts: vec![Text { text: push, line }], ..Step::default() });
    }
    pipeline.jobs.push(job);
}

/// AWS `CodeBuild`: phases with commands.
pub(super) fn code_build(node: &Node, pipeline: &mut Pipeline) {
    pipeline.triggers = vec![Trigger::plain(EXTERNAL, 1)];
    let mut job = Job { id: "build".into(), line: node.pos.line, ..Job::default() };
    for (_, phase) in get(node, "phases").into_iter().flat_map(entries).filter(|(_, phase)| is_map(phase)) {
        job.steps.extend(joined(get(phase, "commands")));
    }
    job.env = at(node, &["env", "variables"])
        .into_iter()
        .flat_map(entries)
        .filter_map(|(key, value)| plain(key).zip(plain(value)))
        .collect();
    pipeline.jobs.push(job);
}
