//! Environments of tox and sessions of nox.

use super::{Runner, Task, quoted};
use crate::evidence::ci::{Command, commands};

/// `[testenv:NAME]` with its `commands`.
pub(super) fn tox(source: &str) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let (mut inside, mut key) = (false, String::new());
    for (number, line) in (1_u32..).zip(source.lines()) {
        let line = line.split(" #").next().unwrap_or(line);
        if let Some(section) = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = section.starts_with("testenv");
            key.clear();
            if inside {
                let name = section.strip_prefix("testenv:").unwrap_or_default().to_owned();
                tasks.push(Task::new(Runner::Tox, name, number));
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
pub(super) fn nox(source: &str) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    for (number, line) in (1_u32..).zip(source.lines()) {
        if let Some(rest) = line.strip_prefix("def ") {
            let name = rest.split('(').next().unwrap_or_default().to_owned();
            tasks.push(Task::new(Runner::Nox, name, number));
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
