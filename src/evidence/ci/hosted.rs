//! Systems that run plain scripts on each change: Travis, Buildkite, Cirrus, `AppVeyor`, Semaphore, sourcehut.

use super::containers::joined;
use super::github::script_line;
use super::model::{Forgiving, Job, Only, Pipeline, Step, Text, Trigger};
use crate::document::Node;
use crate::evidence::nodes::{at, entries, get, is_map, items, plain, text, truthy};

/// Nested groups of steps.
const MAX_DEPTH: usize = 8;

fn each_change(pipeline: &mut Pipeline) {
    let events = ["push", "pull_request", "tag", "manual"];
    pipeline.triggers = events.map(|event| Trigger::plain(event, 1)).to_vec();
}

fn script(node: &Node, keys: &[&str]) -> Vec<Step> {
    keys.iter().filter_map(|key| joined(get(node, key))).collect()
}

fn forgiving(node: &Node, key: &str) -> Option<Forgiving> {
    let told = format!("{key}: true");
    get(node, key)
        .filter(|value| truthy(value) || !items(value).is_empty())
        .map(|_| Forgiving { told, when: None })
}

/// Travis: `script` of the whole file and of `jobs.include`; what its language does by itself where there is none.
pub(super) fn travis(node: &Node, pipeline: &mut Pipeline) {
    each_change(pipeline);
    let phases = ["install", "before_script", "script", "after_success"];
    let job = |body: &Node, id: &str| Job {
        id: get(body, "name").or_else(|| get(body, "stage")).and_then(plain).unwrap_or_else(|| id.to_owned()),
        line: body.pos.line,
        only: get(body, "if").and_then(plain).and_then(|condition| travis_events(&condition)),
        steps: script(body, &phases),
        ..Job::default()
    };
    let whole = job(node, "script");
    let jobs = get(node, "jobs").or_else(|| get(node, "matrix"));
    let included = jobs.and_then(|jobs| get(jobs, "include")).map(items).unwrap_or_default();
    let own: Vec<Job> = included.iter().map(|body| job(body, "jobs.include")).collect();
    let scripted = own.iter().any(|job| !job.steps.is_empty());
    if get(node, "script").is_none() && !scripted {
        travis_default(node, pipeline);
    }
    pipeline.jobs.extend(std::iter::once(whole).chain(own));
    for deploy in get(node, "deploy")
        .map(|deploy| if items(deploy).is_empty() { std::slice::from_ref(deploy) } else { items(deploy) })
        .unwrap_or_default()
    {
        let Some(provider) = get(deploy, "provider").and_then(plain) else { continue };
        let line = deploy.pos.line;
        let mut step = Step {
            line,
            uses: Some(Text { text: format!("travis/deploy/{provider}"), line }),
            ..Step::default()
        };
        if let Some(command) = get(deploy, "script").and_then(plain) {
            step.scripts.push(Text { text: command, line });
        }
        let only = Some((vec!["push", "tag"], "deploy".to_owned()));
        pipeline.jobs.push(Job { id: "deploy".into(), line, only, steps: vec![step], ..Job::default() });
    }
}

/// `type = push`, `branch = main`, `tag IS present`.
fn travis_events(condition: &str) -> Option<Only> {
    let compact: String =
        condition.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let told = format!("if: {condition}");
    match () {
        () if compact.contains("or") && compact.contains("pull_request") => None,
        () if compact.contains("type=pull_request") => Some((vec!["pull_request"], told)),
        () if [
            "type=push",
            "type!=pull_request",
            "typein(push",
            "tagispresent",
            "tag=~",
            "type=cron",
            "type=api",
        ]
        .iter()
        .any(|part| compact.contains(part)) =>
        {
            Some((vec!["push", "tag", "schedule"], told))
        }
        () => None,
    }
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
        "ruby" => "rake test",
        "php" => "phpunit",
        "elixir" => "mix test",
        _ => return,
    };
    let line = language.map_or(1, |node| node.pos.line);
    let step = Step { line, scripts: vec![Text { text: command.to_owned(), line }], ..Step::default() };
    pipeline.jobs.push(Job { id: "script".into(), line, steps: vec![step], ..Job::default() });
}

/// Buildkite: steps, in groups too.
pub(super) fn buildkite(node: &Node, pipeline: &mut Pipeline) {
    each_change(pipeline);
    pipeline.env = get(node, "env")
        .into_iter()
        .flat_map(entries)
        .filter_map(|(key, value)| plain(key).zip(plain(value)))
        .collect();
    let list = get(node, "steps").unwrap_or(node);
    buildkite_steps(list, pipeline, 0);
}

fn buildkite_steps(list: &Node, pipeline: &mut Pipeline, depth: usize) {
    for body in items(list).iter().filter(|body| is_map(body)) {
        if let Some(inner) = get(body, "steps").filter(|_| depth < MAX_DEPTH) {
            buildkite_steps(inner, pipeline, depth + 1);
            continue;
        }
        let field = |key: &str| get(body, key).and_then(plain);
        let mut steps = script(body, &["command", "commands"]);
        for plugin in get(body, "plugins").map(items).unwrap_or_default() {
            let (name, settings) =
                entries(plugin).next().map_or((plugin, None), |(key, value)| (key, Some(value)));
            let with = settings.into_iter().flat_map(entries).filter_map(|(key, value)| {
                Some((plain(key)?, Text { text: plain(value)?, line: value.pos.line }))
            });
            let uses = plain(name).map(|text| Text {
                text: text.split('#').next().unwrap_or(&text).to_owned(),
                line: name.pos.line,
            });
            steps.push(Step { line: name.pos.line, uses, with: with.collect(), ..Step::default() });
        }
        pipeline.jobs.push(Job {
            id: field("label").or_else(|| field("key")).unwrap_or_default(),
            line: body.pos.line,
            only: buildkite_events(field("if"), field("branches")),
            forgiving: forgiving(body, "soft_fail"),
            steps,
            ..Job::default()
        });
    }
}

fn buildkite_events(condition: Option<String>, branches: Option<String>) -> Option<Only> {
    if let Some(condition) = condition {
        let compact: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
        let told = format!("if: {condition}");
        let open = compact.contains("||");
        if !open && compact.contains("build.pull_request.id!=null") {
            return Some((vec!["pull_request"], told));
        }
        let elsewhere = [
            "build.branch==\"",
            "build.branch=='",
            "build.tag!=null",
            "build.pull_request.id==null",
            "build.branch==pipeline.default_branch",
        ];
        if !open && elsewhere.iter().any(|part| compact.contains(part)) {
            return Some((vec!["push", "tag", "schedule", "manual"], told));
        }
    }
    let branches = branches?;
    let some = branches.split_whitespace().all(|glob| !glob.starts_with('!') && !glob.contains('*'));
    some.then(|| (vec!["push", "manual"], format!("branches: {branches}")))
}

/// Cirrus: tasks with scripts of any name.
pub(super) fn cirrus(node: &Node, pipeline: &mut Pipeline) {
    each_change(pipeline);
    for (key, body) in entries(node) {
        let Some(name) = text(key).filter(|name| *name == "task" || name.ends_with("_task")) else {
            continue;
        };
        let only = get(body, "only_if").and_then(plain).and_then(|condition| {
            let compact: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
            let told = format!("only_if: {condition}");
            let tag = compact.contains("CIRRUS_TAG!=")
                || compact.contains("CIRRUS_BRANCH==")
                || compact.contains("CIRRUS_PR==''");
            (tag && !compact.contains("||")).then(|| (vec!["push", "tag"], told))
        });
        let scripts = entries(body)
            .filter(|(key, _)| text(key).is_some_and(|key| key == "script" || key.ends_with("_script")));
        let steps = scripts.filter_map(|(_, node)| joined(Some(node))).collect();
        let id = get(body, "name").and_then(plain).unwrap_or_else(|| name.to_owned());
        let line = key.pos.line;
        pipeline.jobs.push(Job {
            id,
            line,
            only,
            forgiving: forgiving(body, "allow_failures"),
            steps,
            ..Job::default()
        });
    }
}

/// `AppVeyor`: scripts for each phase. Without any it looks for tests by itself.
pub(super) fn appveyor(node: &Node, pipeline: &mut Pipeline) {
    each_change(pipeline);
    let off =
        |key: &str| get(node, key).and_then(plain).is_some_and(|value| value == "off" || value == "false");
    if get(node, "test_script").is_none()
        && !off("test")
        && get(node, "build_script").is_none()
        && !off("build")
    {
        pipeline.outside.push("AppVeyor looks for tests by itself".into());
    }
    let parts = [
        "install",
        "before_build",
        "build_script",
        "after_build",
        "before_test",
        "test_script",
        "after_test",
    ];
    let steps = parts.iter().filter_map(|key| get(node, key)).flat_map(|list| {
        // `- cmd: ...`, `- ps: ...`, `- sh: ...`
        let tagged = items(list).iter().flat_map(entries).map(|(_, value)| value).filter_map(|value| {
            let text = Text { text: plain(value)?, line: script_line(value) };
            Some(Step { line: value.pos.line, scripts: vec![text], ..Step::default() })
        });
        joined(Some(list)).into_iter().chain(tagged).collect::<Vec<_>>()
    });
    pipeline.jobs.push(Job {
        id: "build".into(),
        line: node.pos.line,
        steps: steps.collect(),
        ..Job::default()
    });
    for provider in get(node, "deploy").map(items).unwrap_or_default() {
        if let Some(name) = get(provider, "provider").and_then(plain) {
            let line = provider.pos.line;
            let uses = Some(Text { text: format!("appveyor/deploy/{name}"), line });
            let only = Some((vec!["push", "tag"], "deploy".to_owned()));
            let steps = vec![Step { line, uses, ..Step::default() }];
            pipeline.jobs.push(Job { id: "deploy".into(), line, only, steps, ..Job::default() });
        }
    }
}

/// Semaphore: blocks of jobs; pipelines of other files are started by promotion.
pub(super) fn semaphore(name: &str, node: &Node, pipeline: &mut Pipeline) {
    each_change(pipeline);
    if !name.starts_with("semaphore.") {
        pipeline.triggers = ["push", "manual"].map(|event| Trigger::plain(event, 1)).to_vec();
    }
    for block in get(node, "blocks").map(items).unwrap_or_default() {
        let run = at(block, &["run", "when"])
            .and_then(plain)
            .filter(|when| when.contains("branch =") && !when.contains("pull_request"));
        let never = at(block, &["skip", "when"]).and_then(plain).filter(|when| when == "true");
        let only = run
            .map(|when| (vec!["push", "manual"], format!("run: {when}")))
            .or(never.map(|_| (vec![], "skip: true".to_owned())));
        let Some(task) = get(block, "task") else { continue };
        let before = at(task, &["prologue", "commands"]);
        for job in get(task, "jobs").map(items).unwrap_or_default() {
            pipeline.jobs.push(Job {
                id: get(job, "name").and_then(plain).unwrap_or_default(),
                line: job.pos.line,
                only: only.clone(),
                steps: joined(before).into_iter().chain(joined(get(job, "commands"))).collect(),
                ..Job::default()
            });
        }
    }
}

/// sourcehut: a list of named scripts.
pub(super) fn sourcehut(node: &Node, pipeline: &mut Pipeline) {
    each_change(pipeline);
    let tasks = get(node, "tasks").map(items).unwrap_or_default().iter().flat_map(entries);
    pipeline.jobs.extend(tasks.filter_map(|(key, value)| {
        let text = Text { text: plain(value)?, line: script_line(value) };
        let step = Step { line: key.pos.line, scripts: vec![text], ..Step::default() };
        Some(Job { id: plain(key)?, line: key.pos.line, steps: vec![step], ..Job::default() })
    }));
}
