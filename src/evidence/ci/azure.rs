//! Azure Pipelines: stages, jobs and steps, templates of the repository, and tasks as the commands that they are.

use super::github::script_line;
use super::model::{Forgiving, Job, Pipeline, Step, Text, Trigger};
use crate::document::{Node, Value};
use crate::evidence::nodes::{at, entries, get, is_map, items, plain, text, truthy};

/// Nested stages, jobs, steps and conditions.
const MAX_DEPTH: usize = 12;

pub(super) fn read(path: &str, node: &Node, pipeline: &mut Pipeline) {
    pipeline.triggers = triggers(path, node);
    if let Some(extends) = get(node, "extends") {
        let template = get(extends, "template").and_then(plain).unwrap_or_default();
        if template.contains('@') {
            pipeline.outside.push(format!("line {}: extends {template}", extends.pos.line));
        } else {
            pipeline.jobs.push(called(path, &template, extends));
        }
        // What is handed to the template is run by it.
        if let Some(node) = get(extends, "parameters") {
            collect(path, node, &Job::default(), pipeline, 0);
        }
    }
    for parameter in get(node, "parameters").map(items).unwrap_or_default() {
        pipeline.inputs.extend(
            get(parameter, "name")
                .and_then(plain)
                .map(|name| (name, get(parameter, "default").and_then(plain))),
        );
    }
    collect(path, node, &Job { line: node.pos.line, ..Job::default() }, pipeline, 0);
}

/// Whether the document is a pipeline of Azure: files of any name can be.
pub(super) fn is(node: &Node) -> bool {
    let has = |key| get(node, key).is_some();
    let first = get(node, "steps").map(items).and_then(|steps| steps.first());
    let known = |step: &Node| ["script", "task", "bash", "pwsh"].iter().any(|key| get(step, key).is_some());
    let own = ["trigger", "pool", "pr", "resources", "parameters"].iter().any(|key| has(key));
    (has("steps") || has("jobs") || has("stages") || has("extends")) && (own || first.is_some_and(known))
}

/// Each change starts it unless the file says otherwise; a template is only called.
fn triggers(path: &str, node: &Node) -> Vec<Trigger> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let has = |key: &str| get(node, key).is_some();
    let stands_alone = has("trigger") || has("pr") || has("schedules") || has("pool") || has("extends");
    if !stands_alone && !name.starts_with("azure-pipelines") {
        return vec![Trigger::plain("workflow_call", 1)];
    }
    let off = |key: &str| get(node, key).and_then(plain).is_some_and(|value| value == "none");
    let mut found = Vec::new();
    if !off("trigger") {
        found.push(Trigger::plain("push", 1));
    }
    if !off("pr") {
        let paths = get(node, "pr").is_some_and(|pr| get(pr, "paths").is_some());
        found.push(Trigger { paths, ..Trigger::plain("pull_request", 1) });
    }
    found.extend(has("schedules").then(|| Trigger::plain("schedule", 1)));
    if found.is_empty() {
        found.push(Trigger::plain("manual", 1));
    }
    found
}

/// Finds jobs and steps; `outer` carries what holds for everything inside.
fn collect(path: &str, node: &Node, outer: &Job, pipeline: &mut Pipeline, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| collect(path, item, outer, pipeline, depth + 1)),
        Value::Map(_) => {
            if let Some(template) = get(node, "template").and_then(plain) {
                if template.contains('@') {
                    pipeline.outside.push(format!("line {}: template {template}", node.pos.line));
                } else {
                    pipeline.jobs.push(Job { only: outer.only.clone(), ..called(path, &template, node) });
                }
                return;
            }
            let mut job = outer.clone();
            job.steps.clear();
            narrow(node, &mut job);
            if let Some(list) = get(node, "steps") {
                job.line = node.pos.line;
                steps(path, list, &mut job, pipeline, depth);
                pipeline.jobs.push(job.clone());
                job.steps.clear();
            }
            for (key, value) in entries(node) {
                let name = text(key).unwrap_or_default();
                let inner = [
                    "stages",
                    "jobs",
                    "strategy",
                    "runOnce",
                    "rolling",
                    "canary",
                    "deploy",
                    "preDeploy",
                    "on",
                ];
                if inner.contains(&name) || name.starts_with("${{") {
                    let mut job = job.clone();
                    inserted(name, &mut job);
                    collect(path, value, &job, pipeline, depth + 1);
                }
            }
        }
        Value::Scalar(_) => {}
    }
}

/// A call of a template.
fn called(path: &str, template: &str, node: &Node) -> Job {
    let home = path.rsplit_once('/').map_or("", |(home, _)| home);
    let target = match template.strip_prefix('/') {
        Some(rooted) => rooted.to_owned(),
        None => super::folder::normal(&format!("{home}/{template}")),
    };
    let given = get(node, "parameters").into_iter().flat_map(entries);
    let given = given
        .filter_map(|(key, value)| Some((plain(key)?, Text { text: plain(value)?, line: value.pos.line })));
    let line = node.pos.line;
    Job {
        id: template.to_owned(),
        line,
        uses: Some(Text { text: format!("./{target}"), line }),
        with: given.collect(),
        ..Job::default()
    }
}

/// What a mapping says of when it runs and whether its failure counts.
fn narrow(node: &Node, job: &mut Job) {
    for key in ["job", "stage", "deployment"] {
        if let Some(name) = get(node, key).and_then(plain) {
            job.id = name;
        }
    }
    if let Some(on) = get(node, "environment") {
        let name = get(on, "name").unwrap_or(on);
        job.environment = plain(name).map(|text| Text { text, line: name.pos.line });
    }
    if get(node, "continueOnError").is_some_and(truthy) {
        job.forgiving = Some(Forgiving { told: "continueOnError: true".into(), when: None });
    }
    job.matrix.extend(matrix(node));
    if let Some(condition) = get(node, "condition").and_then(plain) {
        job.only =
            events(&condition).map(|events| (events, format!("condition: {condition}"))).or(job.only.take());
    }
}

fn matrix(node: &Node) -> Vec<(String, String)> {
    let legs = at(node, &["strategy", "matrix"]).into_iter().flat_map(entries);
    let pair = |(key, value)| Some((format!("${}", plain(key)?), plain(value)?));
    legs.flat_map(|(_, leg)| entries(leg)).filter_map(pair).collect()
}

/// `${{ if ... }}:` around jobs and steps.
fn inserted(key: &str, job: &mut Job) {
    if let Some(condition) = key.strip_prefix("${{").map(|rest| rest.trim_end_matches("}}").trim())
        && let Some(events) = events(condition)
    {
        job.only = Some((events, condition.to_owned()));
    }
}

/// The events to which a condition limits, as far as it is of the usual sorts.
fn events(condition: &str) -> Option<Vec<&'static str>> {
    let compact: String =
        condition.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let reason =
        |function: &str| compact.contains(&format!("{function}(variables['build.reason'],'pullrequest')"));
    let branch = [
        "eq(variables['build.sourcebranch'],'refs/heads/",
        "eq(variables['build.sourcebranchname'],",
        "startswith(variables['build.sourcebranch'],'refs/tags",
    ]
    .iter()
    .any(|part| compact.contains(part));
    match () {
        () if matches!(compact.as_str(), "false" | "failed()") => Some(vec![]),
        () if compact.contains("or(") => None,
        () if reason("eq") => Some(vec!["pull_request"]),
        () if reason("ne") || branch => Some(vec!["push", "schedule", "manual"]),
        () => None,
    }
}

/// The steps of a job, with those that a condition inserts.
fn steps(path: &str, list: &Node, job: &mut Job, pipeline: &mut Pipeline, depth: usize) {
    for node in items(list).iter().filter(|node| is_map(node)) {
        if get(node, "template").is_some() {
            collect(path, node, job, pipeline, depth + 1);
            continue;
        }
        let condition =
            entries(node).next().filter(|(key, _)| text(key).is_some_and(|key| key.starts_with("${{")));
        if let Some((key, inner)) = condition.filter(|_| depth < MAX_DEPTH) {
            let mut part = Job { steps: Vec::new(), ..job.clone() };
            inserted(text(key).unwrap_or_default(), &mut part);
            steps(path, inner, &mut part, pipeline, depth + 1);
            pipeline.jobs.push(part);
            continue;
        }
        if get(node, "enabled").and_then(plain).is_some_and(|enabled| enabled == "false") {
            continue;
        }
        job.steps.extend(step(node));
    }
}

fn step(node: &Node) -> Option<Step> {
    let line = node.pos.line;
    let field = |key: &str| get(node, key).and_then(plain);
    let script = ["script", "bash", "pwsh", "powershell"].iter().find_map(|key| get(node, key));
    let script = match script {
        Some(script) => Text { text: plain(script)?, line: script_line(script) },
        None => Text { text: task(node)?, line },
    };
    let only = field("condition")
        .and_then(|condition| Some((events(&condition)?, format!("condition: {condition}"))));
    let env = get(node, "env")
        .into_iter()
        .flat_map(entries)
        .filter_map(|(key, value)| plain(key).zip(plain(value)));
    Some(Step {
        line,
        name: field("displayName").unwrap_or_default(),
        only,
        forgiving: get(node, "continueOnError")
            .is_some_and(truthy)
            .then(|| Forgiving { told: "continueOnError: true".into(), when: None }),
        uses: get(node, "task").and_then(|task| Some(Text { text: plain(task)?, line: task.pos.line })),
        with: at(node, &["inputs"])
            .into_iter()
            .flat_map(entries)
            .filter_map(|(key, value)| {
                Some((plain(key)?, Text { text: plain(value)?, line: value.pos.line }))
            })
            .collect(),
        scripts: vec![script],
        env: env.collect(),
        folder: field("workingDirectory")
            .unwrap_or_default()
            .replace("$(System.DefaultWorkingDirectory)", "")
            .replace("$(Build.SourcesDirectory)", ""),
        ..Step::default()
    })
}

/// `task: Maven@3` and its kin, as the command that they are; empty where it is none.
fn task(node: &Node) -> Option<String> {
    let task = get(node, "task").and_then(text)?;
    let input = |key: &str| at(node, &["inputs", key]).and_then(plain).unwrap_or_default();
    let or = |text: String, default: &str| if text.is_empty() { default.to_owned() } else { text };
    Some(match task.split('@').next().unwrap_or(task) {
        "Maven" => format!("mvn {} {}", or(input("goals"), "package"), input("options")),
        "Gradle" => format!("./gradlew {} {}", or(input("tasks"), "build"), input("options")),
        "DotNetCoreCLI" => format!("dotnet {} {}", input("command"), input("arguments")),
        "VSTest" => "dotnet vstest".into(),
        "Npm" => match input("command").as_str() {
            "custom" => format!("npm {}", input("customCommand")),
            command => format!("npm {command}"),
        },
        "Go" => format!("go {} {}", input("command"), input("arguments")),
        "Docker" if input("command").to_ascii_lowercase().contains("push") => {
            format!("docker push {}", input("repository"))
        }
        "Bash" | "PowerShell" | "ShellScript" => or(input("script"), &input("filePath")),
        "CmdLine" => input("script"),
        "AzureCLI" => or(input("inlineScript"), &input("scriptPath")),
        _ => String::new(),
    })
}
