//! GitHub Actions: workflows and composite actions.

use super::shell::commands;
use super::{Job, Pipeline, Step, Trigger};
use crate::document::Node;
use crate::evidence::nodes::{at, entries, get, items, plain, text, texts, truthy};

/// Variants of a command that a matrix makes.
const MAX_VARIANTS: usize = 24;

pub(super) fn workflow(node: &Node, pipeline: &mut Pipeline) {
    if let Some(on) = get(node, "on").or_else(|| get(node, "true")) {
        pipeline.triggers = triggers(on);
    }
    let folder = at(node, &["defaults", "run", "working-directory"]).and_then(plain).unwrap_or_default();
    if let Some(jobs) = get(node, "jobs") {
        pipeline.jobs.extend(entries(jobs).map(|(key, value)| job(key, value, &folder)));
    }
}

pub(super) fn action(node: &Node, pipeline: &mut Pipeline) {
    if let Some(list) = at(node, &["runs", "steps"]) {
        let steps = items(list).iter().map(|node| step(node, "", &[])).collect();
        pipeline.jobs.push(Job { id: "runs".into(), line: list.pos.line, steps, ..Job::default() });
    }
}

fn triggers(on: &Node) -> Vec<Trigger> {
    let named = |(event, node): (String, &Node)| Trigger { event, line: node.pos.line, ..Trigger::default() };
    let plain_list = texts(on).into_iter().map(named);
    let mapped = entries(on).filter_map(|(key, value)| {
        let branches = ["branches", "branches-ignore", "tags"].iter().filter_map(|name| get(value, name));
        // `branches: ["**"]` is every branch.
        let limited =
            branches.clone().any(|list| texts(list).iter().all(|(glob, _)| glob != "**" && glob != "*"));
        Some(Trigger {
            event: plain(key)?,
            line: key.pos.line,
            branches: limited,
            paths: get(value, "paths").or_else(|| get(value, "paths-ignore")).is_some(),
        })
    });
    plain_list.chain(mapped).collect()
}

fn job(key: &Node, node: &Node, folder: &str) -> Job {
    let folder = at(node, &["defaults", "run", "working-directory"]).and_then(plain).unwrap_or(folder.into());
    let matrix = at(node, &["strategy", "matrix"]).map(matrix).unwrap_or_default();
    let environment = get(node, "environment");
    Job {
        id: text(key).unwrap_or_default().to_owned(),
        line: key.pos.line,
        condition: get(node, "if").and_then(plain),
        forgiving: forgiving(node),
        uses: get(node, "uses").and_then(|uses| Some((plain(uses)?, uses.pos.line))),
        environment: environment.and_then(|node| plain(node).or_else(|| get(node, "name").and_then(plain))),
        steps: get(node, "steps")
            .map(|list| items(list).iter().map(|node| step(node, &folder, &matrix)).collect())
            .unwrap_or_default(),
    }
}

fn forgiving(node: &Node) -> Option<&'static str> {
    get(node, "continue-on-error").filter(|value| truthy(value)).map(|_| "continue-on-error: true")
}

fn step(node: &Node, folder: &str, matrix: &[(String, String)]) -> Step {
    let own = get(node, "working-directory").and_then(plain);
    let run = get(node, "run").and_then(|run| Some((text(run)?, script_line(run))));
    let with = get(node, "with").map(|with| {
        entries(with).filter_map(|(key, value)| Some((plain(key)?, plain(value)?))).collect::<Vec<_>>()
    });
    let variants = run.map(|(run, line)| (variants(run, matrix), line));
    let commands = variants.map(|(texts, line)| texts.iter().flat_map(|text| commands(text, line)).collect());
    let folder = own.unwrap_or_else(|| folder.to_owned());
    Step {
        line: node.pos.line,
        condition: get(node, "if").and_then(plain),
        forgiving: forgiving(node),
        uses: get(node, "uses").and_then(|uses| Some((plain(uses)?, uses.pos.line))),
        with: with.unwrap_or_default(),
        commands: commands.unwrap_or_default(),
        folder: variants_of_folder(&folder, matrix),
    }
}

/// The line at which the text of a scalar starts: block scalars start one line below their mark.
pub(super) fn script_line(node: &Node) -> u32 {
    let block = node.end.line > node.pos.line && text(node).is_some_and(|text| text.contains('\n'));
    node.pos.line + u32::from(block)
}

/// Every key of a matrix with each of its values.
fn matrix(node: &Node) -> Vec<(String, String)> {
    let mut values = Vec::new();
    for (key, value) in entries(node) {
        let Some(key) = text(key) else { continue };
        if key == "include" {
            for (key, value) in items(value).iter().flat_map(entries) {
                values.extend(text(key).zip(plain(value)).map(|(key, value)| (key.to_owned(), value)));
            }
        } else {
            for item in items(value) {
                values.extend(plain(item).map(|value| (key.to_owned(), value)));
                for (part, value) in entries(item) {
                    values.extend(
                        text(part).zip(plain(value)).map(|(part, value)| (format!("{key}.{part}"), value)),
                    );
                }
            }
        }
    }
    values
}

/// The script with the values of the matrix put in, one key at a time.
fn variants(run: &str, matrix: &[(String, String)]) -> Vec<String> {
    if !run.contains("matrix.") {
        return vec![run.to_owned()];
    }
    let mut found: Vec<String> = Vec::new();
    for (key, value) in matrix {
        let marks = [format!("${{{{ matrix.{key} }}}}"), format!("${{{{matrix.{key}}}}}")];
        if found.len() < MAX_VARIANTS && marks.iter().any(|mark| run.contains(mark.as_str())) {
            found.push(marks.iter().fold(run.to_owned(), |run, mark| run.replace(mark.as_str(), value)));
        }
    }
    if found.is_empty() { vec![run.to_owned()] } else { found }
}

/// A folder that depends on the matrix is nowhere in particular: its first value stands for all.
fn variants_of_folder(folder: &str, matrix: &[(String, String)]) -> String {
    let folder = variants(folder, matrix).remove(0);
    folder.trim_start_matches("./").trim_end_matches('/').trim_matches('.').to_owned()
}
