//! GitHub Actions: workflows and composite actions, as they are written.

use super::model::{Access, Forgiving, Job, Permissions, Pipeline, Step, Text, Trigger};
use crate::document::Node;
use crate::evidence::nodes::{at, entries, get, items, plain, strings, text, texts};

/// Shells whose scripts are commands; others run programs in their own language.
const SHELLS: [&str; 6] = ["bash", "sh", "pwsh", "powershell", "cmd", "zsh"];

pub(super) fn workflow(node: &Node, pipeline: &mut Pipeline) {
    if let Some(on) = get(node, "on").or_else(|| get(node, "true")) {
        pipeline.triggers = triggers(on);
        for event in ["workflow_call", "workflow_dispatch"] {
            pipeline.inputs.extend(at(on, &[event, "inputs"]).map(inputs).unwrap_or_default());
        }
    }
    pipeline.name = get(node, "name").and_then(plain);
    pipeline.permissions = get(node, "permissions").map(permissions);
    pipeline.env = pairs(node, "env");
    let defaults = Defaults::default().with(node);
    if let Some(jobs) = get(node, "jobs") {
        pipeline.jobs.extend(entries(jobs).map(|(key, value)| job(key, value, &defaults)));
    }
}

pub(super) fn action(node: &Node, pipeline: &mut Pipeline) {
    pipeline.inputs = get(node, "inputs").map(inputs).unwrap_or_default();
    if let Some(list) = at(node, &["runs", "steps"]) {
        let steps = items(list).iter().map(|node| step(node, &Defaults::default())).collect();
        pipeline.jobs.push(Job { id: "runs".into(), line: list.pos.line, steps, ..Job::default() });
    }
}

/// `defaults.run` of a workflow and a job.
#[derive(Clone, Default)]
struct Defaults {
    folder: String,
    shell: Option<String>,
}

impl Defaults {
    fn with(&self, node: &Node) -> Self {
        let of = |key| at(node, &["defaults", "run", key]).and_then(plain);
        Self {
            folder: of("working-directory").unwrap_or_else(|| self.folder.clone()),
            shell: of("shell").or_else(|| self.shell.clone()),
        }
    }
}

fn triggers(on: &Node) -> Vec<Trigger> {
    let named = |(event, node): (String, &Node)| Trigger::plain(&event, node.pos.line);
    let plain_list = texts(on).into_iter().map(named);
    let mapped = entries(on).filter_map(|(key, value)| {
        let list = |name: &str| get(value, name).map(strings).unwrap_or_default();
        let branches = list("branches");
        // `branches: ["**"]` is every branch.
        let every = branches.iter().any(|glob| glob == "**" || glob == "*");
        Some(Trigger {
            event: plain(key)?,
            line: key.pos.line,
            tags: get(value, "tags").is_some()
                && branches.is_empty()
                && get(value, "branches-ignore").is_none(),
            branches: if every { Vec::new() } else { branches },
            paths: get(value, "paths").or_else(|| get(value, "paths-ignore")).is_some(),
            types: list("types"),
        })
    });
    plain_list.chain(mapped).collect()
}

/// `permissions:` of a workflow or a job.
fn permissions(node: &Node) -> Permissions {
    let access = |text: &str| match text {
        "write" | "write-all" => Some(Access::Write),
        "read" | "read-all" => Some(Access::Read),
        "none" => Some(Access::None),
        _ => None,
    };
    let scope = |(key, value): (&Node, &Node)| {
        let scope = Text { text: plain(key)?, line: key.pos.line };
        Some((scope, access(text(value)?)?))
    };
    Permissions {
        line: node.pos.line,
        all: text(node).and_then(access),
        scopes: entries(node).filter_map(scope).collect(),
    }
}

fn inputs(node: &Node) -> Vec<(String, Option<String>)> {
    let input = |(key, value)| Some((plain(key)?, get(value, "default").and_then(plain)));
    entries(node).filter_map(input).collect()
}

/// The mapping under a key, as names and values.
fn pairs(node: &Node, key: &str) -> Vec<(String, String)> {
    let pair = |(key, value)| Some((plain(key)?, plain(value)?));
    get(node, key).map(|node| entries(node).filter_map(pair).collect()).unwrap_or_default()
}

fn placed(node: &Node) -> Option<Text> {
    Some(Text { text: plain(node)?, line: script_line(node) })
}

fn with(node: &Node) -> Vec<(String, Text)> {
    let pair = |(key, value)| Some((plain(key)?, placed(value)?));
    get(node, "with").map(|node| entries(node).filter_map(pair).collect()).unwrap_or_default()
}

fn job(key: &Node, node: &Node, defaults: &Defaults) -> Job {
    let defaults = defaults.with(node);
    let environment = get(node, "environment").map(|node| get(node, "name").unwrap_or(node));
    let labels = get(node, "runs-on").map(|node| get(node, "labels").unwrap_or(node));
    let label = |(text, node): (String, &Node)| Text { text, line: node.pos.line };
    Job {
        group: 0,
        id: text(key).unwrap_or_default().to_owned(),
        line: key.pos.line,
        condition: get(node, "if").and_then(placed),
        only: None,
        forgiving: forgiving(node),
        needs: get(node, "needs").map(strings).unwrap_or_default(),
        uses: get(node, "uses").and_then(placed),
        with: with(node),
        environment: environment.and_then(placed),
        permissions: get(node, "permissions").map(permissions),
        env: pairs(node, "env"),
        matrix: at(node, &["strategy", "matrix"]).map(matrix).unwrap_or_default(),
        extends: Vec::new(),
        runs_on: labels.map(|node| texts(node).into_iter().map(label).collect()).unwrap_or_default(),
        steps: get(node, "steps")
            .map(|list| items(list).iter().map(|node| step(node, &defaults)).collect())
            .unwrap_or_default(),
    }
}

fn forgiving(node: &Node) -> Option<Forgiving> {
    let value = get(node, "continue-on-error").and_then(plain)?;
    let told = format!("continue-on-error: {value}");
    (value != "false").then(|| Forgiving { told, when: value.contains("${{").then_some(value) })
}

fn step(node: &Node, defaults: &Defaults) -> Step {
    let shell = get(node, "shell").and_then(plain).or_else(|| defaults.shell.clone());
    let commands = shell.is_none_or(|shell| {
        let program = shell.split_whitespace().next().unwrap_or_default();
        program.contains("${{") || SHELLS.contains(&program.rsplit('/').next().unwrap_or(program))
    });
    let folder = get(node, "working-directory").and_then(plain);
    Step {
        line: node.pos.line,
        name: get(node, "name").and_then(plain).unwrap_or_default(),
        condition: get(node, "if").and_then(placed),
        only: None,
        forgiving: forgiving(node),
        uses: get(node, "uses").and_then(placed),
        with: with(node),
        scripts: get(node, "run").filter(|_| commands).and_then(placed).into_iter().collect(),
        env: pairs(node, "env"),
        folder: folder.unwrap_or_else(|| defaults.folder.clone()),
    }
}

/// The line at which the text of a scalar starts. The place of a block is that of its first line that is not empty.
pub(super) fn script_line(node: &Node) -> u32 {
    let block = node.end.line > node.pos.line;
    let empty = text(node).map_or(0, |text| text.bytes().take_while(|byte| *byte == b'\n').count());
    node.pos.line.saturating_sub(if block { u32::try_from(empty).unwrap_or(0) } else { 0 })
}

/// Every key of a matrix with each of its values; those of a value that is a mapping as `key.part`.
fn matrix(node: &Node) -> Vec<(String, String)> {
    let mut values = Vec::new();
    let mut add = |key: String, value: &Node| {
        values.extend(plain(value).map(|text| (key.clone(), text)));
        for (part, value) in entries(value) {
            values.extend(text(part).zip(plain(value)).map(|(part, text)| (format!("{key}.{part}"), text)));
        }
    };
    for (key, value) in entries(node) {
        match text(key) {
            Some("include") => {
                for (key, value) in items(value).iter().flat_map(entries) {
                    if let Some(key) = text(key) {
                        add(key.to_owned(), value);
                    }
                }
            }
            Some("exclude") | None => {}
            Some(key) => items(value).iter().for_each(|item| add(key.to_owned(), item)),
        }
    }
    values
}
