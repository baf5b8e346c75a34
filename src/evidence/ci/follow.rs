//! Follows one command into the tasks and scripts that it leads to.

use super::call::Call;
use super::command::unwrapped;
use super::shell::{Command, commands};
use crate::evidence::tasks::{Runner, Task};
use crate::evidence::tree::{File, Tree};
use std::collections::{HashMap, HashSet};

/// How far a command is followed from one file into the next.
const MAX_DEPTH: usize = 8;

/// A command that a pipeline runs, itself or through what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) words: Vec<String>,
    pub(super) swallowed: Option<&'static str>,
    /// The tasks that lead to it, each with its file.
    pub(super) tasks: Vec<(String, String)>,
}

/// The task files of a tree by their names.
pub(super) struct Tasks<'a>(HashMap<&'a str, Vec<(&'a File, &'a [Task])>>);

impl<'a> Tasks<'a> {
    pub(super) fn of(tree: &'a Tree) -> Self {
        let mut all: HashMap<&str, Vec<(&File, &[Task])>> = HashMap::new();
        for file in tree.files().iter().filter(|file| !file.class.ignored()) {
            let Some(facts) = file.facts.as_ref().filter(|facts| !facts.tasks.is_empty()) else { continue };
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            all.entry(name).or_default().push((file, &facts.tasks));
            // Files that the main file of their folder takes in, whatever they are called.
            for (ending, key) in [(".mk", "*.mk"), (".rake", "*.rake")] {
                if name.ends_with(ending) {
                    all.entry(key).or_default().push((file, &facts.tasks));
                }
            }
        }
        Self(all)
    }

    fn named(&self, name: &str) -> &[(&'a File, &'a [Task])] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The files that the call can lead to.
    fn reached(&self, call: &Call) -> Vec<(&'a File, &'a [Task])> {
        if let Some(exact) = call.exact() {
            let name = exact.rsplit('/').next().unwrap_or(&exact);
            let found = self.named(name).iter().filter(|(file, _)| *file.path == exact);
            let found: Vec<_> = found.copied().collect();
            if !found.is_empty() {
                return found;
            }
        }
        let names = call.files.iter().map(|path| path.rsplit('/').next().unwrap_or(path));
        let all = names.flat_map(|name| self.named(name));
        all.filter(|(file, _)| call.leads_to(&file.path)).copied().collect()
    }

    /// Every command that this one comes to, itself first. `left` bounds how many.
    pub(super) fn leaves(&self, command: &Command, folder: &str, left: &mut usize) -> Vec<Leaf> {
        let mut walk = Walk { tasks: self, seen: HashSet::new(), found: Vec::new(), left };
        walk.follow(command, &Here { start: Some(folder), script: folder }, &[], None);
        walk.found
    }
}

/// Where a script runs, and where it lies.
struct Here<'p> {
    start: Option<&'p str>,
    script: &'p str,
}

struct Walk<'a, 'w> {
    tasks: &'w Tasks<'a>,
    seen: HashSet<(String, String)>,
    found: Vec<Leaf>,
    left: &'w mut usize,
}

impl<'a> Walk<'a, '_> {
    fn follow(
        &mut self,
        command: &Command,
        here: &Here<'_>,
        via: &[(String, String)],
        lost: Option<&'static str>,
    ) {
        if via.len() > MAX_DEPTH || *self.left == 0 {
            return;
        }
        *self.left -= 1;
        let lost = lost.or(command.swallowed);
        self.found.push(Leaf { words: command.words.clone(), swallowed: lost, tasks: via.to_vec() });
        let folder = here.start.and_then(|start| command.folder.at(start, here.script));
        for words in unwrapped(&command.words) {
            if let Some(script) = shell_script(words) {
                let here = Here { start: folder.as_deref(), script: here.script };
                for inner in commands(&script, command.line) {
                    // A script inside a script is as deep as a task.
                    let via = [via, &[(String::new(), String::new())]].concat();
                    self.follow(&inner, &here, &via, lost);
                }
            } else if let Some(call) = Call::of(words, folder.as_deref()) {
                self.call(&call, via, lost);
            }
        }
    }

    fn call(&mut self, call: &Call, via: &[(String, String)], lost: Option<&'static str>) {
        let mut found = false;
        for (file, tasks) in self.tasks.reached(call) {
            for name in call.names_in(tasks) {
                found |= self.named(file, tasks, call, &name, via, lost);
            }
        }
        // Targets of an included file, and `part:task` of an included Taskfile.
        let included: &[&str] = match call.runner {
            Runner::Make => &["*.mk"],
            Runner::Taskfile => &["Taskfile.yml", "Taskfile.yaml", "taskfile.yml"],
            _ => &[],
        };
        for (file, tasks) in included.iter().flat_map(|name| self.tasks.named(name)).filter(|_| !found) {
            for name in &call.names {
                let name = name.rsplit(':').next().unwrap_or(name);
                self.named(file, tasks, call, name, via, lost);
            }
        }
    }

    fn named(
        &mut self,
        file: &'a File,
        tasks: &'a [Task],
        call: &Call,
        name: &str,
        via: &[(String, String)],
        lost: Option<&'static str>,
    ) -> bool {
        let own: Vec<&Task> =
            tasks.iter().filter(|task| task.runner == call.runner && task.name == name).collect();
        if own.is_empty() || !self.seen.insert((file.path.to_string(), name.to_owned())) {
            return !own.is_empty();
        }
        let home = file.path.rsplit_once('/').map_or("", |(home, _)| home);
        let start = if call.runner == Runner::Script { call.folder.as_deref() } else { Some(home) };
        let via = [via, &[(name.to_owned(), file.path.to_string())]].concat();
        for task in own {
            for need in task.needs.iter().filter(|_| via.len() <= MAX_DEPTH) {
                self.named(file, tasks, call, need, &via, lost);
            }
            for command in &task.commands {
                self.follow(command, &Here { start, script: home }, &via, lost);
            }
        }
        true
    }
}

/// The script of `bash -c "..."` and of `eval ...`.
fn shell_script(words: &[String]) -> Option<String> {
    if let [program, script @ ..] = words
        && program == "eval"
    {
        return Some(script.join(" "));
    }
    let [program, flag, script, ..] = words else { return None };
    let program = program.rsplit('/').next().unwrap_or(program);
    let shell = matches!(program, "bash" | "sh" | "zsh" | "dash" | "nix-shell" | "pwsh");
    let takes = flag.starts_with('-') && !flag.starts_with("--") && flag.ends_with('c')
        || flag == "--run"
        || flag == "-Command";
    (shell && takes).then(|| script.clone())
}
