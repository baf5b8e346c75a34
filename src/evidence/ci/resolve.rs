//! What the pipelines of a tree run, followed through reusable workflows, actions, tasks and scripts.

use super::command::{Purpose, action_serves, task_says};
use super::follow::Found;
use super::shell::{Command, commands};
use super::{Job, Pipeline, Step, System};
use crate::evidence::tree::Tree;
use crate::words::Because;

/// How far a command is followed from one file into the next.
pub(super) const MAX_DEPTH: usize = 8;
/// Commands that are looked at for one question; what lies beyond is not found.
const MAX_STEPS: usize = 50_000;

/// A place where a pipeline serves a purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The step, and what it leads to.
    pub because: Because,
    /// Whether one of the events asked for starts it.
    pub started: bool,
    /// The events that start it.
    pub events: Vec<String>,
    /// What takes away its failure, or keeps it from running.
    pub lost: Option<String>,
    /// Whether a path filter may skip it.
    pub filtered: bool,
}

/// What the pipelines of a tree do for a purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runs {
    /// Whether the tree has a pipeline at all.
    pub pipelines: usize,
    /// The places.
    pub found: Vec<Run>,
    /// Why more may be run than can be seen.
    pub outside: Vec<String>,
}

/// Where the pipelines of the tree serve the purpose, judged for these events.
pub fn runs(tree: &Tree, purpose: Purpose, on: &[String]) -> Runs {
    let mut walk = Walk { tree, purpose, on, left: MAX_STEPS, runs: Runs::default() };
    for (file, pipeline) in tree.pipelines() {
        if pipeline.system != System::GitHubAction {
            walk.pipeline(&file.path, pipeline);
        }
    }
    walk.runs
}

/// A walk through the pipelines of a tree.
pub(super) struct Walk<'a> {
    pub(super) tree: &'a Tree,
    pub(super) purpose: Purpose,
    on: &'a [String],
    pub(super) left: usize,
    runs: Runs,
}

/// Where a walk stands: which file, started by what, and what has been lost on the way.
#[derive(Clone)]
struct Place<'a> {
    path: &'a str,
    events: Vec<String>,
    started: bool,
    filtered: bool,
    lost: Option<String>,
    via: Option<Because>,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn pipeline(&mut self, path: &'a str, pipeline: &'a Pipeline) {
        self.runs.pipelines += 1;
        self.runs.outside.extend(pipeline.problem.clone());
        let outside = pipeline.outside.iter().map(|part| format!("{path}: {part}"));
        self.runs.outside.extend(outside);
        let matching: Vec<_> =
            pipeline.triggers.iter().filter(|trigger| asked(self.on, &trigger.event)).collect();
        let place = Place {
            path,
            events: pipeline.triggers.iter().map(|trigger| trigger.event.clone()).collect(),
            started: !matching.is_empty(),
            filtered: !matching.is_empty() && matching.iter().all(|trigger| trigger.paths),
            lost: None,
            via: None,
            depth: 0,
        };
        // Started only by other workflows: those are walked, and lead here.
        if place.events.iter().all(|event| event == "workflow_call") && !place.events.is_empty() {
            return;
        }
        pipeline.jobs.iter().for_each(|job| self.job(job, &place));
    }

    fn job(&mut self, job: &'a Job, place: &Place<'a>) {
        let mut place = place.clone();
        place.lost = place.lost.or_else(|| job.forgiving.map(str::to_owned));
        place.lost = place.lost.or_else(|| self.excluded(job.condition.as_deref()));
        if let Some((uses, line)) = &job.uses {
            self.reusable(job, uses, *line, &place);
        }
        job.steps.iter().for_each(|step| self.step(step, &place));
    }

    fn reusable(&mut self, job: &Job, uses: &str, line: u32, place: &Place<'a>) {
        let Some(path) = uses.strip_prefix("./") else {
            if place.started
                && place.lost.is_none()
                && (task_says(&job.id, self.purpose) || telling(uses, self.purpose))
            {
                self.runs.outside.push(format!("{}:{line} calls {uses}, which cannot be read", place.path));
            }
            return;
        };
        let Some(file) = self.tree.file(path) else { return };
        let called = file.facts.as_ref().and_then(|facts| facts.pipeline.as_ref());
        if let Some(called) = called.filter(|_| place.depth < MAX_DEPTH) {
            let mut inner = place.clone();
            inner.depth += 1;
            inner.path = &file.path;
            inner.via = inner.via.or_else(|| Some(Because::line(place.path, line, uses)));
            called.jobs.iter().for_each(|job| self.job(job, &inner));
        }
    }

    fn step(&mut self, step: &'a Step, place: &Place<'a>) {
        let mut place = place.clone();
        place.lost = place.lost.or_else(|| step.forgiving.map(str::to_owned));
        place.lost = place.lost.or_else(|| self.excluded(step.condition.as_deref()));
        for command in &step.commands {
            if let Some(found) = self.follow(command, &step.folder, 0) {
                self.record(command, &found, &place);
            }
        }
        if let Some((uses, line)) = &step.uses {
            self.action(step, uses, *line, &place);
        }
    }

    fn action(&mut self, step: &'a Step, uses: &'a str, line: u32, place: &Place<'a>) {
        if let Some(folder) = uses.strip_prefix("./") {
            let folder = folder.trim_end_matches('/');
            let file = ["action.yml", "action.yaml"]
                .iter()
                .find_map(|name| self.tree.file(&format!("{folder}/{name}")));
            let called = file.and_then(|file| Some((&*file.path, file.facts.as_ref()?.pipeline.as_ref()?)));
            if let Some((path, called)) = called.filter(|_| place.depth < MAX_DEPTH) {
                let mut inner = place.clone();
                inner.depth += 1;
                inner.path = path;
                inner.via = inner.via.or_else(|| Some(Because::line(place.path, line, uses)));
                called.jobs.iter().flat_map(|job| &job.steps).for_each(|step| self.step(step, &inner));
            }
            return;
        }
        let pushes = |step: &Step| step.with.iter().any(|(key, value)| key == "push" && value != "false");
        if action_serves(uses, self.purpose)
            && (!uses.starts_with("docker/build-push-action")
                || self.purpose == Purpose::Build
                || pushes(step))
        {
            let command = Command { words: vec!["uses:".into(), uses.into()], line, swallowed: None };
            self.record(&command, &Found::default(), place);
        }
        for command in with_commands(step, uses, line) {
            if let Some(found) = self.follow(&command, &step.folder, 0) {
                self.record(&command, &found, place);
            }
        }
    }

    fn record(&mut self, command: &Command, found: &Found, place: &Place<'a>) {
        let mut because = Because::line(place.path, command.line, &command.text());
        let mut notes = found.chain.clone();
        if let Some(via) = place.via.as_ref().and_then(Because::place) {
            notes.insert(0, format!("called from {via}"));
        }
        if !notes.is_empty() {
            because = because.noted(notes.join("; "));
        }
        let swallowed = command.swallowed.or(found.swallowed).map(str::to_owned);
        let run = Run {
            because,
            started: place.started,
            events: place.events.clone(),
            lost: place.lost.clone().or(swallowed),
            filtered: place.filtered,
        };
        if !self.runs.found.contains(&run) {
            self.runs.found.push(run);
        }
    }

    /// Why a condition keeps a part from running on the events asked for.
    fn excluded(&self, condition: Option<&str>) -> Option<String> {
        let condition = condition?;
        let bare = condition.trim().trim_start_matches("${{").trim_end_matches("}}").trim();
        let told = Some(format!("if: {bare}"));
        if bare == "false" || bare.starts_with("when: ") || bare.starts_with("only: ") {
            return if bare == "false" { told } else { Some(bare.to_owned()) };
        }
        let compact: String =
            bare.chars().filter(|letter| !letter.is_whitespace() && *letter != '"').collect();
        if compact.contains("||") || !self.on.iter().any(|event| event.starts_with("pull_request")) {
            return None;
        }
        let others = ["push", "schedule", "workflow_dispatch", "release", "workflow_run"];
        let elsewhere = others.iter().any(|event| compact.contains(&format!("github.event_name=='{event}'")))
            || compact.contains("github.event_name!='pull_request'")
            || compact.contains("github.ref=='refs/heads/")
            || compact.contains("startsWith(github.ref,'refs/tags")
            || compact.contains("github.event.pull_request.merged")
            || compact == "failure()";
        elsewhere.then_some(told).flatten()
    }
}

/// Whether this event is one of those asked for; none asked for means any.
fn asked(on: &[String], event: &str) -> bool {
    on.is_empty()
        || on
            .iter()
            .any(|wanted| wanted == event || wanted == "pull_request" && event == "pull_request_target")
}

/// Whether a reusable workflow of somewhere else says by its name that it may serve the purpose.
fn telling(uses: &str, purpose: Purpose) -> bool {
    let file = uses.split('@').next().unwrap_or(uses).rsplit('/').next().unwrap_or(uses);
    let stem = file.split('.').next().unwrap_or(file);
    task_says(stem, purpose)
        || stem.split(['-', '_']).any(|word| ["ci", "checks", "pipeline", "pr"].contains(&word))
}

/// Parameters of actions that hold commands.
fn with_commands(step: &Step, uses: &str, line: u32) -> Vec<Command> {
    let with = |key: &str| step.with.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    let prefix = match uses.split('@').next().unwrap_or(uses) {
        "actions-rs/cargo" | "clechasseur/rs-cargo" => "cargo ",
        "gradle/gradle-build-action" | "gradle/actions/setup-gradle" | "burrunan/gradle-cache-action" => {
            "gradle "
        }
        "borales/actions-yarn" | "Borales/actions-yarn" => "yarn ",
        _ => "",
    };
    let keys = [
        "command",
        "run",
        "arguments",
        "script",
        "cmd",
        "args",
        "cmdline",
        "inlineScript",
        "runCmd",
        "commands",
    ];
    keys.iter()
        .filter_map(|key| with(key))
        .flat_map(|text| commands(&format!("{prefix}{text}"), line))
        .collect()
}
