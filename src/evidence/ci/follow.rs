//! Follows one command into the tasks and scripts that it leads to.

use super::call::Call;
use super::command::{Purpose, serves, task_says, unwrapped};
use super::resolve::{MAX_DEPTH, Walk};
use super::shell::{Command, commands};
use crate::evidence::tasks::{Runner, Task};

impl<'a> Walk<'a> {
    /// Whether the command serves the purpose, itself or through what it leads to.
    pub(super) fn follow(&mut self, command: &Command, folder: &str, depth: usize) -> Option<Found> {
        if depth > MAX_DEPTH || self.left == 0 {
            return None;
        }
        self.left -= 1;
        if serves(&command.words, self.purpose) {
            return Some(Found::default());
        }
        for words in unwrapped(&command.words) {
            let found = match shell_script(words) {
                Some(script) => {
                    let inner = commands(script, command.line);
                    inner.iter().find_map(|inner| {
                        self.follow(inner, folder, depth + 1).map(|found| found.after(inner))
                    })
                }
                None => self.task(words, folder, depth),
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Follows `npm test`, `make check`, `./ci/test.sh` into their files.
    fn task(&mut self, words: &[String], folder: &str, depth: usize) -> Option<Found> {
        let call = Call::of(words, folder)?;
        let tree = self.tree;
        let files = tree.files().iter().filter(|file| !file.class.ignored() && call.leads_to(&file.path));
        for file in files {
            let Some(facts) = file.facts.as_ref() else { continue };
            let home = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            for name in call.names(&facts.tasks) {
                if let Some(mut found) = self.named(&facts.tasks, call.runner, &name, home, depth) {
                    let task = if name.is_empty() {
                        file.path.to_string()
                    } else {
                        format!("{} in {}", name, file.path)
                    };
                    found.chain.insert(0, format!("runs {task}"));
                    return Some(found);
                }
            }
        }
        None
    }

    fn named(
        &mut self,
        tasks: &'a [Task],
        runner: Runner,
        name: &str,
        home: &str,
        depth: usize,
    ) -> Option<Found> {
        let home = if runner == Runner::Script { "" } else { home };
        for task in tasks.iter().filter(|task| task.runner == runner && task.name == name) {
            for command in &task.commands {
                if let Some(found) = self.follow(command, home, depth + 1) {
                    return Some(found.after(command));
                }
            }
            for need in &task.needs {
                if depth < MAX_DEPTH
                    && need != name
                    && let Some(found) = self.named(tasks, runner, need, home, depth + 1)
                {
                    return Some(found);
                }
            }
            // What a task called `test` starts is taken for a test, whatever program that is.
            if task_says(name, self.purpose)
                && let Some(command) = task.commands.iter().find(|command| self.runs_something(command))
            {
                return Some(Found { chain: vec![command.text()], swallowed: command.swallowed });
            }
        }
        None
    }

    fn runs_something(&self, command: &Command) -> bool {
        let idle = [
            "echo", "exit", "true", ":", "cd", "export", "set", "printf", "mkdir", "rm", "sleep", "source",
            "wait",
        ];
        !command.words.first().is_some_and(|word| idle.contains(&word.as_str()))
            && [Purpose::Lint, Purpose::Build, Purpose::Tests]
                .iter()
                .all(|other| *other == self.purpose || !serves(&command.words, *other))
    }
}

/// What was found behind a command.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) chain: Vec<String>,
    pub(super) swallowed: Option<&'static str>,
}

impl Found {
    fn after(mut self, command: &Command) -> Self {
        self.swallowed = self.swallowed.or(command.swallowed);
        if self.chain.is_empty() {
            self.chain.push(command.text());
        }
        self
    }
}

/// The script of `bash -c "..."`.
fn shell_script(words: &[String]) -> Option<&str> {
    let [program, flag, script, ..] = words else { return None };
    let shell = matches!(program.as_str(), "bash" | "sh" | "zsh" | "/bin/sh" | "/bin/bash" | "nix-shell");
    let takes = flag.starts_with('-') && !flag.starts_with("--") && flag.ends_with('c') || flag == "--run";
    (shell && takes).then_some(script.as_str())
}
