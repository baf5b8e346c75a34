//! Task files: npm scripts, make and just recipes, tox and nox, composer and mix, shell scripts.
//!
//! Only what a command of a pipeline leads to; nothing is expanded.

use super::ci::{Command, commands};
use super::nodes::{entries, get, items, plain, text, texts};
use super::recipes::recipes;
use crate::document::{self, Format, Node};

/// The program that runs a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Runner {
    /// npm, pnpm, yarn, bun: `package.json`.
    Npm,
    /// make.
    Make,
    /// just.
    Just,
    /// go-task.
    Taskfile,
    /// tox: environments.
    Tox,
    /// nox: sessions.
    Nox,
    /// composer.
    Composer,
    /// mix aliases.
    Mix,
    /// Scripts of `pyproject.toml`: poe, pdm, hatch, pixi.
    Python,
    /// deno.
    Deno,
    /// Aliases of cargo.
    Cargo,
    /// rake.
    Rake,
    /// A script of its own: the whole file.
    Script,
}

/// A named list of commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Who runs it.
    pub runner: Runner,
    /// Its name; empty for scripts.
    pub name: String,
    /// Where it is written.
    pub line: u32,
    /// What it runs.
    pub commands: Vec<Command>,
    /// Tasks of the same file that run first.
    pub needs: Vec<String>,
}

/// Paths of task files.
pub(super) const TASK_FILES: [&str; 21] = [
    "**/package.json",
    "**/{GNUmakefile,Makefile,makefile,*.mk}",
    "**/{justfile,.justfile}",
    "**/{Taskfile,taskfile}.{yml,yaml}",
    "**/tox.ini",
    "**/noxfile.py",
    "**/composer.json",
    "**/mix.exs",
    "**/pyproject.toml",
    "**/deno.{json,jsonc}",
    "**/*.{sh,bash}",
    "script/*",
    "scripts/**",
    "bin/*",
    "ci/**",
    ".ci/**",
    ".github/**/*.sh",
    ".travis/*",
    "tools/*",
    "hack/*",
    "**/scripts/*",
];

/// The tasks of a file; none where it is no task file.
pub(super) fn read_tasks(path: &str, text: &str) -> Vec<Task> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let parsed = |format| document::parse(format, text).ok();
    match name {
        "package.json" => parsed(Format::Json).map(|node| scripts(&node, "scripts", Runner::Npm)),
        "deno.json" | "deno.jsonc" => parsed(Format::Json).map(|node| scripts(&node, "tasks", Runner::Deno)),
        "composer.json" => parsed(Format::Json).map(|node| scripts(&node, "scripts", Runner::Composer)),
        "pyproject.toml" => parsed(Format::Toml).map(|node| python(&node)),
        "tox.ini" => Some(tox(text)),
        "noxfile.py" => Some(nox(text)),
        "mix.exs" => Some(mix(text)),
        "justfile" | ".justfile" => Some(recipes(text, Runner::Just)),
        _ if name.to_ascii_lowercase().ends_with("makefile") || has_extension(name, "mk") => {
            Some(recipes(text, Runner::Make))
        }
        _ if name.to_ascii_lowercase().starts_with("taskfile.") => {
            parsed(Format::Yaml).map(|node| taskfile(&node))
        }
        _ if text.starts_with("#!") && shell_line(text)
            || has_extension(name, "sh")
            || has_extension(name, "bash") =>
        {
            let commands = commands(text, 1);
            Some(vec![Task { runner: Runner::Script, name: String::new(), line: 1, commands, needs: vec![] }])
        }
        _ => None,
    }
    .unwrap_or_default()
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, last)| last.eq_ignore_ascii_case(extension))
}

fn shell_line(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.trim_end().ends_with("sh") || first.contains("sh -") || first.contains("bash ")
}

/// A mapping of names to commands.
fn scripts(node: &Node, key: &str, runner: Runner) -> Vec<Task> {
    let Some(scripts) = get(node, key) else { return Vec::new() };
    entries(scripts)
        .filter_map(|(name, value)| {
            let lines = get(value, "command").or_else(|| get(value, "cmd")).unwrap_or(value);
            let commands = texts(lines)
                .iter()
                .flat_map(|(script, node)| {
                    commands(
                        &script.replace("@php ", "php ").replace("@composer ", "composer "),
                        node.pos.line,
                    )
                })
                .collect();
            let needs = get(value, "dependencies").map(texts).unwrap_or_default();
            let needs = needs.into_iter().map(|(name, _)| name).collect();
            Some(Task { runner, name: text(name)?.to_owned(), line: name.pos.line, commands, needs })
        })
        .collect()
}

fn python(node: &Node) -> Vec<Task> {
    let tools: [(&[&str], &str); 5] = [
        (&["tool", "poe"], "tasks"),
        (&["tool", "pdm"], "scripts"),
        (&["tool", "hatch", "envs", "default"], "scripts"),
        (&["tool", "hatch", "envs", "test"], "scripts"),
        (&["tool", "pixi"], "tasks"),
    ];
    let found = tools.iter().filter_map(|(path, key)| Some((super::nodes::at(node, path)?, key)));
    found.flat_map(|(node, key)| scripts(node, key, Runner::Python)).collect()
}

fn taskfile(node: &Node) -> Vec<Task> {
    let Some(tasks) = get(node, "tasks") else { return Vec::new() };
    entries(tasks)
        .filter_map(|(name, value)| {
            let list = get(value, "cmds").or_else(|| get(value, "cmd")).unwrap_or(value);
            let mut needs: Vec<String> = Vec::new();
            for part in get(value, "deps").map(items).unwrap_or_default().iter().chain(items(list)) {
                needs.extend(get(part, "task").and_then(plain));
            }
            let lines = texts(list);
            let commands = lines.iter().flat_map(|(script, node)| commands(script, node.pos.line)).collect();
            Some(Task {
                runner: Runner::Taskfile,
                name: text(name)?.to_owned(),
                line: name.pos.line,
                commands,
                needs,
            })
        })
        .collect()
}

/// `[testenv:NAME]` with its `commands`.
fn tox(source: &str) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let (mut inside, mut key) = (false, String::new());
    for (number, line) in (1_u32..).zip(source.lines()) {
        let line = line.split(" #").next().unwrap_or(line);
        if let Some(section) = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = section.starts_with("testenv");
            key.clear();
            if inside {
                let name = section.strip_prefix("testenv:").unwrap_or_default().to_owned();
                tasks.push(Task { runner: Runner::Tox, name, line: number, commands: vec![], needs: vec![] });
            }
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        let mut value = line.trim();
        if !indented && let Some((name, rest)) = line.split_once('=') {
            name.trim().clone_into(&mut key);
            value = rest.trim();
        }
        if inside && key.starts_with("commands") && !value.is_empty() && !value.starts_with('#') {
            // `py: pytest` runs for one factor only.
            let script = value.split_once(": ").map_or(value, |(_, rest)| rest);
            if let Some(task) = tasks.last_mut() {
                task.commands.extend(commands(script, number));
            }
        }
    }
    tasks
}

/// `def NAME(session)` with its `session.run("...")`.
fn nox(source: &str) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    for (number, line) in (1_u32..).zip(source.lines()) {
        if let Some(rest) = line.strip_prefix("def ") {
            let name = rest.split('(').next().unwrap_or_default().to_owned();
            tasks.push(Task { runner: Runner::Nox, name, line: number, commands: vec![], needs: vec![] });
        }
        if let Some((_, call)) = line.split_once("session.run") {
            let words: Vec<String> = quoted(call.split_once('(').map_or(call, |(_, rest)| rest));
            if let (Some(task), false) = (tasks.last_mut(), words.is_empty()) {
                task.commands.push(Command::plain(words, number));
            }
        }
    }
    tasks
}

/// Aliases of a `mix.exs`: `name: ["task a", "task b"]` or `"name": [...]`.
fn mix(source: &str) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut inside = false;
    for (number, line) in (1_u32..).zip(source.lines()) {
        let code = line.split(" #").next().unwrap_or(line).trim();
        if code.starts_with("def") {
            inside = code.contains("aliases");
        } else if inside
            && let Some((name, rest)) = code.split_once(": ").filter(|(name, _)| !name.contains(' '))
        {
            let commands = mix_commands(rest, number);
            let name = name.trim_matches('"').to_owned();
            tasks.push(Task { runner: Runner::Mix, name, line: number, commands, needs: vec![] });
        } else if inside && let Some(task) = tasks.last_mut() {
            task.commands.extend(mix_commands(code, number));
        }
    }
    tasks
}

fn mix_commands(code: &str, line: u32) -> Vec<Command> {
    quoted(code).iter().flat_map(|task| commands(&format!("mix {task}"), line)).collect()
}

/// The texts in double or single quotes.
pub(super) fn quoted(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find(['"', '\'']) {
        let quote = rest[start..].chars().next().unwrap_or('"');
        let body = &rest[start + 1..];
        let Some(end) = body.find(quote) else { break };
        found.push(body[..end].to_owned());
        rest = &body[end + 1..];
    }
    found
}
