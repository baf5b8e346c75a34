//! Where the walk through the pipelines stands: which file, started by which events, and what has been lost on the way.

use super::expression::Facts;
use super::model::{Forgiving, Job, Only, Pipeline, Text, Trigger};
use super::scope::Scope;

/// How far jobs and steps are followed from one file into the next.
pub(super) const MAX_DEPTH: usize = 8;
/// Jobs that are looked at to see whether one of them runs.
const MAX_NEEDED: usize = 50;

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

/// Where the walk stands: which file, started by what, and what has been lost on the way.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub(super) path: &'a str,
    pub(super) occasions: Vec<Occasion>,
    pub(super) lost: Option<String>,
    pub(super) via: Option<String>,
    pub(super) depth: usize,
    pub(super) scope: Scope,
    pub(super) names: [String; 2],
}

/// The events of these triggers; calls by other workflows are none.
pub(super) fn occasions(triggers: &[Trigger]) -> Vec<Occasion> {
    triggers
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
        .collect()
}

impl Place<'_> {
    /// Takes away the events on which a job does not run: by its own conditions, or because a job that it needs does not.
    pub(super) fn block_job(&mut self, pipeline: &Pipeline, job: &Job) {
        let regardless = ["always()", "failure()", "cancelled()"];
        let goes_on = |text: &Text| regardless.iter().any(|function| text.text.contains(function));
        let mut needed = vec![job];
        let mut next = 0;
        while let Some(job) = needed.get(next).copied().filter(|_| next < MAX_NEEDED) {
            next += 1;
            self.limit(job.only.as_ref());
            self.block(job.condition.as_ref());
            if !job.condition.as_ref().is_some_and(goes_on) {
                let more = pipeline
                    .jobs
                    .iter()
                    .filter(|other| other.group == job.group && job.needs.contains(&other.id));
                let more: Vec<&Job> =
                    more.filter(|other| !needed.iter().any(|one| one.id == other.id)).collect();
                needed.extend(more);
            }
        }
    }

    /// Takes away the events that are not among these.
    pub(super) fn limit(&mut self, only: Option<&Only>) {
        let Some((events, told)) = only else { return };
        for occasion in self.occasions.iter_mut().filter(|occasion| occasion.blocked.is_none()) {
            if !events.contains(&occasion.event.as_str()) {
                occasion.blocked = Some(told.clone());
            }
        }
    }

    /// Takes away the events for which a condition does not hold.
    pub(super) fn block(&mut self, condition: Option<&Text>) {
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
    pub(super) fn lose(&mut self, forgiving: Option<&Forgiving>) {
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
    pub(super) fn known(&self, text: &str) -> String {
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
    pub(super) fn enter(
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

/// Inputs with their defaults.
pub(super) fn defaults(inputs: &[(String, Option<String>)]) -> Vec<(String, String)> {
    inputs.iter().filter_map(|(name, default)| Some((name.clone(), default.clone()?))).collect()
}
