//! CI systems that are configured in YAML, other than GitHub Actions: jobs are the mappings that hold scripts.

use super::github::script_line;
use super::model::{Forgiving, Job, Pipeline, Step, Text, Trigger};
use crate::document::{Node, Value};
use crate::evidence::nodes::{at, entries, get, items, plain, text, texts, truthy};

/// Keys whose texts are shell commands.
const SCRIPTS: [&str; 15] = [
    "script",
    "before_script",
    "after_script",
    "commands",
    "command",
    "run",
    "test_script",
    "build_script",
    "bash",
    "pwsh",
    "powershell",
    "sh",
    "install",
    "build",
    "tasks",
];
/// Keys that say that a failure does not count.
const FORGIVING: [(&str, &str); 5] = [
    ("allow_failure", "allow_failure: true"),
    ("allow_failures", "allow_failures: true"),
    ("soft_fail", "soft_fail: true"),
    ("continueOnError", "continueOnError: true"),
    ("ignore_failure", "failure: ignore"),
];

pub(super) fn read(name: &str, node: &Node, pipeline: &mut Pipeline) {
    pipeline.triggers = triggers(name, node);
    if let Some(include) = get(node, "include") {
        let outside = |part: &Node| {
            ["project", "remote", "template", "component"].iter().any(|key| get(part, key).is_some())
        };
        let parts = std::iter::once(include).chain(items(include));
        pipeline.outside.extend(
            parts.filter(|part| outside(part)).map(|part| format!("line {}: include", part.pos.line)),
        );
    }
    if let Some(orbs) = get(node, "orbs") {
        pipeline.outside.push(format!("line {}: orbs", orbs.pos.line));
    }
    collect(node, "", &Job::default(), pipeline);
    if name.starts_with(".travis.") && get(node, "script").is_none() && get(node, "jobs").is_none() {
        travis_default(node, pipeline);
    }
}

/// All of these run on each change unless the file says otherwise.
fn triggers(name: &str, node: &Node) -> Vec<Trigger> {
    let off = |key: &str| get(node, key).and_then(plain).is_some_and(|value| value == "none");
    let azure = name.contains("azure");
    if azure && off("pr") {
        let event = if off("trigger") { "schedule" } else { "push" };
        return vec![Trigger::plain(event, 1)];
    }
    vec![Trigger::plain("push", 1), Trigger::plain("pull_request", 1)]
}

/// Finds the mappings that hold scripts. `outer` carries what holds for everything inside.
fn collect(node: &Node, key: &str, outer: &Job, pipeline: &mut Pipeline) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| collect(item, key, outer, pipeline)),
        Value::Map(_) => {
            let mut job = Job { id: key.to_owned(), line: node.pos.line, ..outer.clone() };
            job.steps.clear();
            narrow(node, &mut job);
            for (name, value) in entries(node) {
                let name = text(name).unwrap_or_default();
                if SCRIPTS.contains(&name) {
                    job.steps.extend(scripts(value, node));
                }
            }
            job.steps.extend(azure_task(node));
            let inner = Job { steps: Vec::new(), ..job.clone() };
            if !job.steps.is_empty() {
                pipeline.jobs.push(job);
            }
            for (name, value) in entries(node) {
                collect(value, text(name).unwrap_or_default(), &inner, pipeline);
            }
        }
        Value::Scalar(_) => {}
    }
}

/// What a mapping says of when its scripts run and whether they count.
fn narrow(node: &Node, job: &mut Job) {
    for (key, told) in FORGIVING {
        if get(node, key).is_some_and(truthy) {
            job.forgiving = Some(Forgiving { told: told.to_owned(), when: None });
        }
    }
    if get(node, "when").and_then(plain).is_some_and(|when| when == "manual") {
        job.only = Some((vec!["manual"], "when: manual".into()));
    }
    let only: Vec<String> = get(node, "only")
        .map(|only| get(only, "refs").unwrap_or(only))
        .map(texts)
        .unwrap_or_default()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let changes = ["branches", "merge_requests", "external_pull_requests", "pushes"];
    if !only.is_empty() && !only.iter().any(|name| changes.contains(&name.as_str()) || name.starts_with('/'))
    {
        job.only = Some((vec!["push"], format!("only: {}", only.join(", "))));
    }
}

fn scripts(node: &Node, holder: &Node) -> Vec<Step> {
    let folder = ["working_directory", "workingDirectory", "dir"]
        .iter()
        .find_map(|key| get(holder, key))
        .and_then(plain);
    let folder = folder.unwrap_or_default().trim_start_matches("./").trim_matches(['.', '/', '~']).to_owned();
    let step = |script: &str, node: &Node| Step {
        line: node.pos.line,
        scripts: vec![Text { text: script.to_owned(), line: script_line(node) }],
        folder: folder.clone(),
        ..Step::default()
    };
    let mut steps: Vec<Step> = texts(node).iter().map(|(script, node)| step(script, node)).collect();
    // `run: { command: ... }` is met again as a mapping of its own.
    steps.extend(
        items(node)
            .iter()
            .flat_map(|item| texts(item).into_iter().filter(|_| !items(item).is_empty()))
            .map(|(script, node)| step(&script, node)),
    );
    steps
}

/// `task: Maven@3` and its kin, as the command that they are.
fn azure_task(node: &Node) -> Option<Step> {
    let task = get(node, "task").and_then(text)?;
    let input = |key: &str| at(node, &["inputs", key]).and_then(plain).unwrap_or_default();
    let name = task.split('@').next().unwrap_or(task);
    let command = match name {
        "Maven" => format!("mvn {}", or(input("goals"), "package")),
        "Gradle" => format!("./gradlew {}", or(input("tasks"), "build")),
        "DotNetCoreCLI" => format!("dotnet {} {}", input("command"), input("arguments")),
        "VSTest" => "dotnet vstest".into(),
        "Npm" => format!("npm {} {}", input("command"), input("customCommand")),
        "Bash" | "PowerShell" => input("script"),
        _ => return None,
    };
    let line = node.pos.line;
    Some(Step { line, scripts: vec![Text { text: command, line }], ..Step::default() })
}

fn or(text: String, default: &str) -> String {
    if text.is_empty() { default.to_owned() } else { text }
}

/// What Travis runs where no script is given.
fn travis_default(node: &Node, pipeline: &mut Pipeline) {
    let language = get(node, "language");
    let command = match language.and_then(text).unwrap_or("ruby") {
        "node_js" => "npm test",
        "go" => "go test ./...",
        "rust" => "cargo test",
        "java" | "kotlin" | "groovy" => "mvn test",
        "scala" => "sbt test",
        "ruby" => "rake",
        "php" => "phpunit",
        "elixir" => "mix test",
        _ => return,
    };
    let line = language.map_or(1, |node| node.pos.line);
    let step = Step { line, scripts: vec![Text { text: command.to_owned(), line }], ..Step::default() };
    pipeline.jobs.push(Job { id: "script".into(), line, steps: vec![step], ..Job::default() });
}
