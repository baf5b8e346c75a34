//! Follows one command into the tasks and scripts that it leads to.

use super::call::{Call, ends_in};
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

/// Longest command that is told whole.
const MAX_TOLD: usize = 300;

impl Leaf {
    /// The command as one line, for people.
    pub(super) fn text(&self) -> String {
        let line = self.words.join(" ");
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() > MAX_TOLD {
            line.chars().take(MAX_TOLD).chain("...".chars()).collect()
        } else {
            line
        }
    }
}

/// A task file, and what it holds.
type TaskFile<'a> = (&'a File, &'a [Task]);

/// The task files of a tree.
pub(super) struct Tasks<'a> {
    /// By their names.
    files: HashMap<&'a str, Vec<TaskFile<'a>>>,
    /// Those that a main file can take in, by each task that they hold.
    parts: HashMap<Runner, HashMap<&'a str, Vec<TaskFile<'a>>>>,
}

impl<'a> Tasks<'a> {
    pub(super) fn of(tree: &'a Tree) -> Self {
        let mut all = Self { files: HashMap::new(), parts: HashMap::new() };
        for file in tree.files().iter().filter(|file| !file.class.ignored()) {
            let Some(facts) = file.facts.as_ref().filter(|facts| !facts.tasks.is_empty()) else { continue };
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            let one = (file, &facts.tasks[..]);
            all.files.entry(name).or_default().push(one);
            // Files that the main file of their folder takes in, whatever they are called.
            if ends_in(name, "rake") {
                all.files.entry("*.rake").or_default().push(one);
            }
            for task in facts.tasks.iter().filter(|task| is_part(name, task.runner)) {
                let of_runner = all.parts.entry(task.runner).or_default();
                let same = of_runner.entry(&task.name).or_default();
                if same.last().is_none_or(|(last, _)| last.path != file.path) {
                    same.push(one);
                }
            }
        }
        all
    }

    fn named(&self, name: &str) -> &[TaskFile<'a>] {
        self.files.get(name).map_or(&[], Vec::as_slice)
    }

    /// The files that hold this task, which another file takes in: `part:task` of a Taskfile, `part::task` of just.
    fn parts(&self, runner: Runner, name: &str) -> &[TaskFile<'a>] {
        let name = name.rsplit(':').next().unwrap_or(name);
        let same = self.parts.get(&runner).and_then(|of_runner| of_runner.get(name));
        same.map_or(&[], Vec::as_slice)
    }

    /// The files that the call can lead to.
    fn reached(&self, call: &Call) -> Vec<TaskFile<'a>> {
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
            if let Some(script) = remote_script(words) {
                for inner in commands(&script, command.line) {
                    for words in unwrapped(&inner.words) {
                        let words = [&[REMOTE.to_owned()], words].concat();
                        self.found.push(Leaf { words, swallowed: lost, tasks: via.to_vec() });
                    }
                    let via = [via, &[(String::new(), String::new())]].concat();
                    self.follow(&inner, &Here { start: None, script: here.script }, &via, lost);
                }
            } else if let Some(script) = shell_script(words) {
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
        let mut known = HashSet::new();
        for (file, tasks) in self.tasks.reached(call) {
            for name in call.names_in(tasks) {
                if self.named(file, tasks, call, &name, via, lost) {
                    known.insert(name);
                }
            }
        }
        for name in call.names.iter().filter(|name| !known.contains(*name)) {
            self.part(call, name, via, lost);
        }
    }

    /// The task of a file that the main file takes in.
    fn part(&mut self, call: &Call, name: &str, via: &[(String, String)], lost: Option<&'static str>) {
        let tasks = self.tasks;
        for (file, tasks) in tasks.parts(call.runner, name).iter().copied() {
            let name = name.rsplit(':').next().unwrap_or(name);
            self.named(file, tasks, call, name, via, lost);
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
                if !self.named(file, tasks, call, need, &via, lost) {
                    self.part(call, need, &via, lost);
                }
            }
            for command in &task.commands {
                self.follow(command, &Here { start, script: home }, &via, lost);
            }
        }
        true
    }
}

/// Whether a file of this name is one that others take in.
fn is_part(name: &str, runner: Runner) -> bool {
    match runner {
        Runner::Make => ends_in(name, "mk"),
        Runner::Just => true,
        Runner::Taskfile => name.to_ascii_lowercase().starts_with("taskfile."),
        _ => false,
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

/// What stands in front of a command that another machine is told to run.
const REMOTE: &str = "remote";
/// Flags of ssh that have a value.
const SSH_VALUED: &str = "BbcDEeFIiJLlmOopQRSWw";

/// What `ssh host ...` has another machine run: all behind the flags, their values and the host.
fn remote_script(words: &[String]) -> Option<String> {
    let (program, mut words) = words.split_first()?;
    if program.rsplit('/').next() != Some("ssh") {
        return None;
    }
    loop {
        let (word, rest) = words.split_first()?;
        let Some(flags) = word.strip_prefix('-') else {
            let host = word.rsplit('@').next().unwrap_or(word);
            let here = host == "localhost" || host.starts_with("127.");
            return Some(rest.join(" ")).filter(|script| !here && !script.is_empty());
        };
        let valued = flags.len() == 1 && SSH_VALUED.contains(flags);
        words = if valued { rest.get(1..)? } else { rest };
    }
}
