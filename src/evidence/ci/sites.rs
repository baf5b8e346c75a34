//! Everything that the pipelines of a tree run: each command and action with when it runs, whether its failure counts,
//! and what it leads to. Jobs are followed into reusable workflows, steps into actions of the repository.

use super::command::{action_name, starts_throwaway};
use super::expression::Facts;
use super::folder::normal;
use super::follow::{Leaf, Tasks};
use super::model::{Forgiving, Job, Pipeline, Step, System, Text};
use super::purpose::table;
use super::scope::Scope;
use super::shell::commands;
use crate::evidence::signals::name_matches;
use crate::evidence::tree::Tree;
use crate::words::Because;
use std::collections::HashSet;

/// How far jobs and steps are followed from one file into the next.
const MAX_DEPTH: usize = 8;
/// Commands that are looked at in one tree; what lies beyond is not found.
const MAX_COMMANDS: usize = 50_000;
/// Sites that are kept of one tree.
const MAX_SITES: usize = 10_000;

/// A command or an action that a pipeline runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Site {
    /// Where it is written.
    pub(super) because: Because,
    /// What the file it is written in is called by.
    pub(super) via: Option<String>,
    /// The events that start it.
    pub(super) occasions: Vec<Occasion>,
    /// What takes away its failure.
    pub(super) lost: Option<String>,
    /// Number of the job in the walk.
    pub(super) job: usize,
    /// Names of the job and the step, for people.
    pub(super) names: [String; 2],
    /// The action that it is, with its parameters.
    pub(super) action: Option<(String, Vec<(String, String)>)>,
    /// The commands that it comes to.
    pub(super) leaves: Vec<Leaf>,
}

/// An event that starts a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Occasion {
    pub(super) event: String,
    /// Whether a path filter may skip it.
    pub(super) filtered: bool,
    /// Why it does not run then after all.
    pub(super) blocked: Option<String>,
    types: Vec<String>,
}

/// A workflow of another repository that a job calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct External {
    pub(super) because: Because,
    pub(super) job: String,
    pub(super) uses: String,
    pub(super) occasions: Vec<Occasion>,
}

/// All that the pipelines of a tree run.
#[derive(Debug, Default)]
pub struct Sites {
    /// How many pipelines there are.
    pub(super) pipelines: usize,
    pub(super) all: Vec<Site>,
    pub(super) externals: Vec<External>,
    /// Parts that are kept elsewhere, and files that cannot be read.
    pub(super) outside: Vec<String>,
    /// Jobs that work on a cluster which they throw away.
    pub(super) throwaway: HashSet<usize>,
}

impl Sites {
    /// Walks through all pipelines.
    pub(in crate::evidence) fn of(tree: &Tree) -> Self {
        let mut walk =
            Walk { tree, tasks: Tasks::of(tree), left: MAX_COMMANDS, job: 0, sites: Self::default() };
        for (file, pipeline) in tree.pipelines() {
            if pipeline.system != System::GitHubAction {
                walk.pipeline(&file.path, pipeline);
            }
        }
        let mut sites = walk.sites;
        let actions = &table().throwaway.actions;
        let throws_away = |site: &&Site| {
            let action = site
                .action
                .as_ref()
                .is_some_and(|(name, with)| actions.iter().any(|entry| entry.matches(name, with)));
            action || site.leaves.iter().any(|leaf| starts_throwaway(&leaf.words))
        };
        sites.throwaway = sites.all.iter().filter(throws_away).map(|site| site.job).collect();
        sites
    }
}

struct Walk<'a> {
    tree: &'a Tree,
    tasks: Tasks<'a>,
    left: usize,
    job: usize,
    sites: Sites,
}

/// Where the walk stands: which file, started by what, and what has been lost on the way.
#[derive(Clone)]
struct Place<'a> {
    path: &'a str,
    occasions: Vec<Occasion>,
    lost: Option<String>,
    via: Option<String>,
    depth: usize,
    scope: Scope,
    names: [String; 2],
}

impl<'a> Walk<'a> {
    fn pipeline(&mut self, path: &'a str, pipeline: &'a Pipeline) {
        self.sites.pipelines += 1;
        self.sites.outside.extend(pipeline.problem.clone());
        self.sites.outside.extend(pipeline.outside.iter().map(|part| format!("{path}: {part}")));
        let occasions: Vec<Occasion> = pipeline
            .triggers
            .iter()
            .filter(|trigger| trigger.event != "workflow_call")
            .map(|trigger| {
                let tests = ["opened", "synchronize", "reopened", "ready_for_review", "edited"];
                let pull = trigger.event.starts_with("pull_request") && !trigger.event.contains("review");
                let other = pull
                    && !trigger.types.is_empty()
                    && !trigger.types.iter().any(|kind| tests.contains(&kind.as_str()));
                Occasion {
                    event: trigger.event.clone(),
                    filtered: trigger.paths,
                    blocked: other.then(|| format!("types: {}", trigger.types.join(", "))),
                    types: trigger.types.clone(),
                }
            })
            .collect();
        // Started only by other workflows: those are walked, and lead here.
        if occasions.is_empty() && !pipeline.triggers.is_empty() {
            return;
        }
        let place = Place {
            path,
            occasions,
            lost: None,
            via: None,
            depth: 0,
            scope: Scope { inputs: defaults(&pipeline.inputs), ..Scope::default() },
            names: Default::default(),
        };
        self.jobs(pipeline, &place);
    }

    fn jobs(&mut self, pipeline: &'a Pipeline, place: &Place<'a>) {
        let mut place = place.clone();
        place.scope.env.extend(pipeline.env.iter().cloned());
        for job in &pipeline.jobs {
            let mut place = place.clone();
            block_job(&mut place, pipeline, job, 0);
            self.job(job, place);
        }
    }

    fn job(&mut self, job: &'a Job, mut place: Place<'a>) {
        self.job += 1;
        place.scope.env.extend(job.env.iter().cloned());
        place.scope.matrix.clone_from(&job.matrix);
        place.names = [job.id.clone(), String::new()];
        place.lose(job.forgiving.as_ref());
        if let Some(uses) = &job.uses {
            self.reusable(job, uses, &place);
        }
        job.steps.iter().for_each(|step| self.step(step, &place));
    }

    fn reusable(&mut self, job: &'a Job, uses: &'a Text, place: &Place<'a>) {
        let because = Because::line(place.path, uses.line, &uses.text);
        let Some(path) = uses.text.strip_prefix("./") else {
            let (job, uses) = (job.id.clone(), uses.text.clone());
            self.sites.externals.push(External { because, job, uses, occasions: place.occasions.clone() });
            return;
        };
        let Some(file) = self.tree.file(path) else { return };
        let called = file.facts.as_ref().and_then(|facts| facts.pipeline.as_ref());
        if let Some(called) = called.filter(|_| place.depth < MAX_DEPTH) {
            let mut inner = place.clone();
            inner.enter(&file.path, because.place(), &job.with, &called.inputs);
            inner.scope.env.clear();
            self.jobs(called, &inner);
        }
    }

    fn step(&mut self, step: &'a Step, place: &Place<'a>) {
        let mut place = place.clone();
        place.scope.env.extend(step.env.iter().cloned());
        place.block(step.condition.as_ref());
        place.lose(step.forgiving.as_ref());
        place.names[1].clone_from(&step.name);
        for script in &step.scripts {
            for folder in place.scope.variants(&step.folder) {
                for text in place.scope.variants(&script.text) {
                    self.script(&text, script.line, &folder, &place);
                }
            }
        }
        if let Some(uses) = &step.uses {
            self.action(step, uses, &place);
        }
    }

    fn script(&mut self, text: &str, line: u32, folder: &str, place: &Place<'a>) {
        for command in commands(text, line) {
            let leaves = self.tasks.leaves(&command, &normal(folder), &mut self.left);
            let because = Because::line(place.path, command.line, &command.text());
            self.add(because, None, leaves, place);
        }
    }

    fn action(&mut self, step: &'a Step, uses: &'a Text, place: &Place<'a>) {
        let because = Because::line(place.path, uses.line, &uses.text);
        if let Some(folder) = uses.text.strip_prefix("./") {
            let file = ["action.yml", "action.yaml"]
                .iter()
                .find_map(|name| self.tree.file(&normal(&format!("{folder}/{name}"))));
            let called = file.and_then(|file| Some((&*file.path, file.facts.as_ref()?.pipeline.as_ref()?)));
            if let Some((path, called)) = called.filter(|_| place.depth < MAX_DEPTH) {
                let mut inner = place.clone();
                inner.enter(path, because.place(), &step.with, &called.inputs);
                called.jobs.iter().flat_map(|job| &job.steps).for_each(|step| self.step(step, &inner));
            }
            return;
        }
        let value = |text: &Text| place.scope.variants(&text.text).remove(0);
        let with: Vec<(String, String)> =
            step.with.iter().map(|(key, text)| (key.clone(), place.known(&value(text)))).collect();
        self.add(because, Some((uses.text.clone(), with.clone())), Vec::new(), place);
        if let Some((text, line)) = scripted(&uses.text, step) {
            for text in place.scope.variants(&text) {
                self.script(&text, line, &step.folder, place);
            }
        }
    }

    fn add(
        &mut self,
        because: Because,
        action: Option<(String, Vec<(String, String)>)>,
        leaves: Vec<Leaf>,
        place: &Place<'a>,
    ) {
        if self.sites.all.len() < MAX_SITES {
            self.sites.all.push(Site {
                because,
                via: place.via.clone(),
                occasions: place.occasions.clone(),
                lost: place.lost.clone(),
                job: self.job,
                names: place.names.clone(),
                action,
                leaves,
            });
        }
    }
}

impl Place<'_> {
    /// Takes away the events for which a condition does not hold.
    fn block(&mut self, condition: Option<&Text>) {
        let Some(condition) = condition else { return };
        for occasion in self.occasions.iter_mut().filter(|occasion| occasion.blocked.is_none()) {
            let facts = Facts { event: &occasion.event, types: &occasion.types, scope: &self.scope };
            if facts.holds(&condition.text) == Some(false) {
                let bare = condition.text.trim().trim_start_matches("${{").trim_end_matches("}}").trim();
                occasion.blocked = Some(format!("if: {bare}"));
            }
        }
    }

    /// Records that a failure does not count, where that is so for every event.
    fn lose(&mut self, forgiving: Option<&Forgiving>) {
        let Some(forgiving) = forgiving.filter(|_| self.lost.is_none()) else { return };
        let sure = forgiving.when.as_ref().is_none_or(|when| {
            let sure = |occasion: &Occasion| {
                let facts = Facts { event: &occasion.event, types: &occasion.types, scope: &self.scope };
                facts.holds(when) == Some(true)
            };
            self.occasions.iter().all(sure)
        });
        self.lost = sure.then(|| forgiving.told.clone());
    }

    /// A parameter's value where an expression can be decided for every event that is left.
    fn known(&self, text: &str) -> String {
        if !text.contains("${{") {
            return text.to_owned();
        }
        let live = self.occasions.iter().filter(|occasion| occasion.blocked.is_none());
        let holds = |occasion: &Occasion| {
            Facts { event: &occasion.event, types: &occasion.types, scope: &self.scope }.holds(text)
        };
        let never = live.map(holds).all(|truth| truth == Some(false));
        if never { "false".to_owned() } else { text.to_owned() }
    }
}

impl<'a> Place<'a> {
    /// Goes on in the file that is called.
    fn enter(
        &mut self,
        path: &'a str,
        from: Option<String>,
        with: &[(String, Text)],
        inputs: &[(String, Option<String>)],
    ) {
        let handed: Vec<(String, String)> =
            with.iter().map(|(key, text)| (key.clone(), self.scope.variants(&text.text).remove(0))).collect();
        let missing =
            defaults(inputs).into_iter().filter(|(name, _)| !handed.iter().any(|(key, _)| key == name));
        self.scope.inputs = handed.iter().cloned().chain(missing).collect();
        self.scope.called = true;
        self.depth += 1;
        self.path = path;
        self.via = self.via.take().or(from);
    }
}

/// Takes away the events on which a job does not run: by its own conditions, or because a job that it needs does not.
fn block_job(place: &mut Place<'_>, pipeline: &Pipeline, job: &Job, depth: usize) {
    if let Some((events, told)) = &job.only {
        for occasion in place.occasions.iter_mut().filter(|occasion| occasion.blocked.is_none()) {
            if !events.contains(&occasion.event.as_str()) {
                occasion.blocked = Some(told.clone());
            }
        }
    }
    place.block(job.condition.as_ref());
    let regardless = ["always()", "failure()", "cancelled()"];
    let goes_on = |text: &Text| regardless.iter().any(|function| text.text.contains(function));
    if depth >= MAX_DEPTH || job.condition.as_ref().is_some_and(goes_on) {
        return;
    }
    let needed = pipeline.jobs.iter().filter(|other| job.needs.contains(&other.id) && other.id != job.id);
    for other in needed.take(MAX_DEPTH) {
        block_job(place, pipeline, other, depth + 1);
    }
}

fn defaults(inputs: &[(String, Option<String>)]) -> Vec<(String, String)> {
    inputs.iter().filter_map(|(name, default)| Some((name.clone(), default.clone()?))).collect()
}

/// The commands that an action is told to run by its parameters.
fn scripted(uses: &str, step: &Step) -> Option<(String, u32)> {
    let name = action_name(uses);
    let entry =
        table().scripted.iter().find(|entry| name_matches(&entry.uses.to_ascii_lowercase(), &name))?;
    let values: Vec<&str> = entry.keys.iter().filter_map(|key| step.parameter(key)).collect();
    let line =
        step.with.iter().find(|(key, _)| entry.keys.contains(key)).map_or(step.line, |(_, text)| text.line);
    (!values.is_empty()).then(|| (format!("{} {}", entry.program, values.join(" ")).trim().to_owned(), line))
}
