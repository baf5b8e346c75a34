//! Everything that the pipelines of a tree run: each command and action with when it runs, whether its failure counts,
//! and what it leads to. Jobs are followed into reusable workflows, steps into actions of the repository.

use super::command::{action_name, starts_throwaway};
use super::folder::normal;
use super::follow::{Leaf, Tasks};
use super::model::{Access, EXTERNAL, Job, Pipeline, Step, System, Text, Trigger};
use super::place::{MAX_DEPTH, Occasion, Place, defaults, occasions};
use super::purpose::table;
use super::scope::Scope;
use super::shell::commands;
use super::triggers::Triggers;
use crate::evidence::paths::PathSet;
use crate::evidence::signals::name_matches;
use crate::evidence::tree::{File, Tree};
use crate::words::Because;
use std::cell::OnceCell;
use std::collections::HashSet;

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

/// A workflow of another repository that a job calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct External {
    pub(super) because: Because,
    pub(super) job: String,
    pub(super) uses: String,
    pub(super) occasions: Vec<Occasion>,
    /// Scopes that its token may write.
    pub(super) writes: Vec<String>,
    pub(super) via: Option<String>,
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
        let mut walk = Walk {
            tree,
            tasks: Tasks::of(tree),
            triggers: OnceCell::new(),
            left: MAX_COMMANDS,
            job: 0,
            sites: Self::default(),
        };
        for (file, pipeline) in tree.pipelines() {
            match pipeline.system {
                System::GitHubAction => {}
                // Other files of GitLab are part of this one, or of nothing.
                System::GitLab if !file.path.starts_with(".gitlab-ci.") => {}
                _ => walk.pipeline(&file.path, pipeline),
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
    /// What starts pipelines that do not say it themselves.
    triggers: OnceCell<Triggers>,
    left: usize,
    job: usize,
    sites: Sites,
}

impl<'a> Walk<'a> {
    fn pipeline(&mut self, path: &'a str, pipeline: &'a Pipeline) {
        self.sites.pipelines += 1;
        self.sites.outside.extend(pipeline.problem.clone());
        self.sites.outside.extend(pipeline.outside.iter().map(|part| format!("{path}: {part}")));
        let occasions = match self.started_by(path, pipeline) {
            given if given.is_empty() => occasions(&pipeline.triggers),
            given => occasions(&given),
        };
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
        for (file, part) in self.included(pipeline) {
            self.sites.outside.extend(part.outside.iter().map(|outside| format!("{}: {outside}", file.path)));
            self.jobs(part, &Place { path: &file.path, ..place.clone() });
        }
    }

    /// The triggers of a pipeline whose start is set elsewhere, where the repository says that too.
    fn started_by(&self, path: &str, pipeline: &Pipeline) -> Vec<Trigger> {
        if !pipeline.starts_on(EXTERNAL) {
            return Vec::new();
        }
        self.triggers.get_or_init(|| Triggers::of(self.tree)).of_file(path)
    }

    /// The files of the repository that are part of a pipeline, through any number of others.
    fn included(&self, pipeline: &'a Pipeline) -> Vec<(&'a File, &'a Pipeline)> {
        let mut found: Vec<(&File, &Pipeline)> = Vec::new();
        let mut globs: Vec<&String> = pipeline.includes.iter().collect();
        while let Some(glob) = globs.pop() {
            let Ok(set) = PathSet::new(&[glob.trim_start_matches('/')]) else { continue };
            for (file, part) in self.tree.pipelines().filter(|(file, _)| set.contains(&file.path)) {
                if !found.iter().any(|(other, _)| other.path == file.path) {
                    found.push((file, part));
                    globs.extend(&part.includes);
                }
            }
        }
        found
    }

    fn jobs(&mut self, pipeline: &'a Pipeline, place: &Place<'a>) {
        let mut place = place.clone();
        place.scope.env.extend(pipeline.env.iter().cloned());
        for job in &pipeline.jobs {
            let mut place = place.clone();
            place.block_job(pipeline, job);
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
        for template in self.templates(job) {
            template.steps.iter().for_each(|step| self.step(step, &place));
        }
    }

    /// Templates of other files that a job gets its steps from.
    fn templates(&self, job: &Job) -> Vec<&'a Job> {
        if job.extends.is_empty() {
            return Vec::new();
        }
        let all = self.tree.pipelines().flat_map(|(_, pipeline)| &pipeline.templates);
        all.filter(|template| job.extends.contains(&template.id)).take(MAX_DEPTH).collect()
    }

    fn reusable(&mut self, job: &'a Job, uses: &'a Text, place: &Place<'a>) {
        let because = Because::line(place.path, uses.line, &uses.text);
        let Some(path) = uses.text.strip_prefix("./") else {
            self.add(because.clone(), Some((uses.text.clone(), Vec::new())), Vec::new(), place);
            let writes = job.permissions.iter().flat_map(|permissions| &permissions.scopes);
            let writes =
                writes.filter(|(_, access)| *access == Access::Write).map(|(scope, _)| scope.text.clone());
            self.sites.externals.push(External {
                because,
                job: job.id.clone(),
                uses: uses.text.clone(),
                occasions: place.occasions.clone(),
                writes: writes.collect(),
                via: place.via.clone(),
            });
            return;
        };
        let Some(file) = self.tree.file(path) else { return };
        let called = file.facts.as_ref().and_then(|facts| facts.pipeline.as_deref());
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
        place.limit(step.only.as_ref());
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
            let called = file.and_then(|file| Some((&*file.path, file.facts.as_ref()?.pipeline.as_deref()?)));
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

/// The commands that an action is told to run by its parameters.
fn scripted(uses: &str, step: &Step) -> Option<(String, u32)> {
    let name = action_name(uses);
    let entry =
        table().scripted.iter().find(|entry| name_matches(&entry.uses.to_ascii_lowercase(), &name))?;
    let (mut line, mut script) = (None, Vec::new());
    for piece in &entry.run {
        let parameter = piece.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|(key, _)| key);
        let Some(key) = parameter else {
            script.push(piece.clone());
            continue;
        };
        let Some((_, value)) = step.with.iter().find(|(name, _)| name == key) else { continue };
        line = line.or(Some(value.line));
        script.push(piece.replace(&format!("{{{key}}}"), &value.text));
    }
    (script.len() > usize::from(!entry.run[0].contains('{')))
        .then(|| (script.join(" "), line.unwrap_or(step.line)))
}
