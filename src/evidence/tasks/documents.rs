//! Task files that are JSON, YAML or TOML.

use super::{Runner, Task};
use crate::document::Node;
use crate::evidence::ci::{Command, commands};
use crate::evidence::nodes::{at, entries, get, items, plain, strings, text, texts};

/// Scripts of `package.json`.
pub(super) fn npm(node: &Node) -> Vec<Task> {
    scripts(node, "scripts", Runner::Npm)
}

/// Tasks of `deno.json`.
pub(super) fn deno(node: &Node) -> Vec<Task> {
    scripts(node, "tasks", Runner::Deno)
}

/// Scripts of `composer.json`.
pub(super) fn composer(node: &Node) -> Vec<Task> {
    scripts(node, "scripts", Runner::Composer)
}

/// Targets of a project of nx, by their executor or their commands. They are asked for like scripts.
pub(super) fn nx(node: &Node) -> Vec<Task> {
    let target = |(name, value): (&Node, &Node)| {
        let line = name.pos.line;
        let executor = get(value, "executor").and_then(text).unwrap_or_default();
        let given = ["command", "commands"]
            .iter()
            .filter_map(|key| at(value, &["options", key]).or_else(|| get(value, key)));
        let lines = given.flat_map(|node| {
            texts(node)
                .into_iter()
                .chain(items(node).iter().filter_map(|item| Some((plain(get(item, "command")?)?, item))))
        });
        let mut all: Vec<Command> =
            lines.flat_map(|(script, node)| commands(&script, node.pos.line)).collect();
        if !executor.is_empty() && executor != "nx:run-commands" {
            all.push(Command::plain(vec![executor.to_owned()], line));
        }
        Some(Task { commands: all, ..Task::new(Runner::Npm, text(name)?, line) })
    };
    get(node, "targets").into_iter().flat_map(entries).filter_map(target).collect()
}

/// Aliases of `.cargo/config.toml`.
pub(super) fn cargo(node: &Node) -> Vec<Task> {
    let alias = |(name, value): (&Node, &Node)| {
        let line = name.pos.line;
        let script = texts(value).into_iter().map(|(word, _)| word).collect::<Vec<_>>().join(" ");
        Some(Task {
            commands: commands(&format!("cargo {script}"), line),
            ..Task::new(Runner::Cargo, text(name)?, line)
        })
    };
    get(node, "alias").into_iter().flat_map(entries).filter_map(alias).collect()
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
            Some(Task { commands, needs, ..Task::new(runner, text(name)?, name.pos.line) })
        })
        .collect()
}

/// Tasks of poe, pdm, hatch, pixi and tox in `pyproject.toml`.
pub(super) fn python(node: &Node) -> Vec<Task> {
    let tools: [(&[&str], &str); 5] = [
        (&["tool", "poe"], "tasks"),
        (&["tool", "pdm"], "scripts"),
        (&["tool", "hatch", "envs", "default"], "scripts"),
        (&["tool", "hatch", "envs", "test"], "scripts"),
        (&["tool", "pixi"], "tasks"),
    ];
    let found = tools.iter().filter_map(|(path, key)| Some((at(node, path)?, key)));
    let mut tasks: Vec<Task> = found.flat_map(|(node, key)| scripts(node, key, Runner::Python)).collect();
    if let Some(tox) = at(node, &["tool", "tox"]) {
        if let Some(ini) = get(tox, "legacy_tox_ini").and_then(text) {
            tasks.extend(super::python::tox(ini));
        }
        tasks.extend(get(tox, "env_run_base").map(|env| environment(env, "")));
        let named = get(tox, "env").into_iter().flat_map(entries);
        tasks.extend(named.filter_map(|(name, env)| Some(environment(env, text(name)?))));
    }
    tasks
}

/// An environment of tox, whose commands are lists of words.
fn environment(node: &Node, name: &str) -> Task {
    let command = |list: &Node| {
        let words = texts(list).into_iter().map(|(word, _)| word).collect();
        Command::plain(words, list.pos.line)
    };
    let commands = get(node, "commands").map(items).unwrap_or_default().iter().map(command).collect();
    Task { commands, ..Task::new(Runner::Tox, name, node.pos.line) }
}

/// Tasks of mise: `name = "command"`, or a table with `run` and `depends`.
pub(super) fn mise(node: &Node) -> Vec<Task> {
    let task = |(name, value): (&Node, &Node)| {
        let run = get(value, "run").unwrap_or(value);
        let lines = texts(run).into_iter();
        let commands = lines.flat_map(|(script, node)| commands(&script, node.pos.line)).collect();
        let needs = get(value, "depends").map(strings).unwrap_or_default();
        let needs = needs.iter().filter_map(|need| need.split_whitespace().next()).map(str::to_owned);
        Some(Task { commands, needs: needs.collect(), ..Task::new(Runner::Mise, text(name)?, name.pos.line) })
    };
    get(node, "tasks").into_iter().flat_map(entries).filter_map(task).collect()
}

/// Tasks of go-task.
pub(super) fn taskfile(node: &Node) -> Vec<Task> {
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
            Some(Task { commands, needs, ..Task::new(Runner::Taskfile, text(name)?, name.pos.line) })
        })
        .collect()
}

/// What skaffold runs to test images and to verify what is deployed, in this file and in those that it requires.
pub(super) fn skaffold(documents: &[Node]) -> Vec<Task> {
    let mut test = Task::new(Runner::Skaffold, "test", 1);
    let mut verify = Task::new(Runner::Skaffold, "verify", 1);
    for node in documents {
        let list = |key: &str| get(node, key).map(items).unwrap_or_default();
        for custom in list("test").iter().flat_map(|one| get(one, "custom").map(items).unwrap_or_default()) {
            let Some(command) = get(custom, "command") else { continue };
            test.commands
                .extend(plain(command).into_iter().flat_map(|text| commands(&text, command.pos.line)));
        }
        for container in list("verify").iter().filter_map(|one| get(one, "container")) {
            let given = ["command", "args"].iter().filter_map(|key| get(container, key));
            let words: Vec<String> = given.flat_map(texts).map(|(word, _)| word).collect();
            if !words.is_empty() {
                verify.commands.push(Command::plain(words, container.pos.line));
            }
        }
        for required in list("requires").iter().filter_map(|one| get(one, "path")) {
            let Some(path) = plain(required) else { continue };
            let file = if path.ends_with("ml") { path } else { format!("{path}/skaffold.yaml") };
            for task in [&mut test, &mut verify] {
                let command = format!("skaffold {} -f {file}", task.name);
                task.commands.extend(commands(&command, required.pos.line));
            }
        }
    }
    vec![test, verify]
}
