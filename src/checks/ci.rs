//! `ci`: the pipelines run something on given events, and its failure fails them.

use super::{Check, Kind, build, schema};
use crate::evidence::{Facet, Needs, OneOrMany, Purpose, Run, View};
use crate::words::{Because, Judgement, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "ci",
    summary: "CI runs tests, a linter, a build or a deployment on given events.",
    details: "Reads the pipelines as their system does (GitHub Actions in depth; GitLab with its rules, CircleCI, Azure, Bitbucket, Travis, \
        Buildkite, Woodpecker, Drone, Cirrus, AppVeyor, Semaphore, Cloud Build and CodeBuild with the triggers that Terraform or CloudFormation gives them; of a Jenkinsfile its shell commands), and \
        follows commands into npm scripts (in workspaces too), make, just, task, tox, nox, rake, gradle, cargo aliases, composer, mix, mise, skaffold, \
        images, compose files, shell scripts, here-documents and what ssh has another machine run, jobs into reusable workflows, and \
        steps into actions of the repository. Values of \
        variables, inputs and matrices are put in, conditions are decided for the event.\n\n\
        `on` lists the events, one of which must start it; without it any will do, and `!` in front takes one away. Other systems than \
        GitHub Actions have `push`, `pull_request`, `tag`, `schedule`, `manual`. With `blocking: true` (the default) a command \
        whose failure is swallowed (`|| true`, `continue-on-error`, `if: false`) does not count, and is told. It is unknown where all that is \
        left to look at lies outside the repository.",
    example: "ci: { runs: tests, on: pull_request }",
    schema: schema::<CiCheck>,
    build: build::<CiCheck>,
};

/// Parameters of `ci`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CiCheck {
    /// What must be run.
    runs: Purpose,
    /// Events that must start it: `pull_request`, `push`, ...
    #[serde(default)]
    on: Option<OneOrMany<String>>,
    /// Whether its failure must fail the pipeline.
    #[serde(default = "yes")]
    blocking: bool,
}

const fn yes() -> bool {
    true
}

/// Places that are told.
const MAX_TOLD: usize = 5;

impl Check for CiCheck {
    fn needs(&self, needs: &mut Needs) {
        // Triggers of Cloud Build and CodeBuild are infrastructure.
        needs.facets.extend([Facet::Ci, Facet::Infra]);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let on: &[String] = self.on.as_ref().map_or(&[], |on| &on.0);
        let runs = view.tree.sites().runs(self.runs, on);
        let counts = |run: &&Run| run.started && (!self.blocking || run.lost.is_none());
        let good: Vec<&Run> = runs.found.iter().filter(counts).collect();
        if !good.is_empty() {
            return Judgement::yes(good.into_iter().take(MAX_TOLD).map(told).collect());
        }
        if !runs.outside.is_empty() && runs.found.iter().all(|run| run.lost.is_none() && run.started) {
            let reason = runs.outside.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
            return Judgement::unknown(Unknown::because(reason));
        }
        if runs.found.is_empty() {
            return Judgement::no(vec![Because::note(format!("no pipeline runs {}", self.runs.title()))]);
        }
        Judgement::no(runs.found.iter().take(MAX_TOLD).map(|run| lost(run, on)).collect())
    }
}

fn told(run: &Run) -> Because {
    if run.filtered { add(&run.because, "a path filter can skip it") } else { run.because.clone() }
}

fn lost(run: &Run, on: &[String]) -> Because {
    if let Some(how) = &run.blocked {
        return add(&run.because, &format!("does not run then: {how}"));
    }
    if let Some(how) = run.lost.as_ref().filter(|_| run.started) {
        return add(&run.because, &format!("does not count: {how}"));
    }
    let events = run.events.join(", ");
    let wanted: Vec<&str> = on.iter().map(String::as_str).filter(|event| !event.starts_with('!')).collect();
    if wanted.is_empty() {
        return add(&run.because, &format!("runs on {events} only"));
    }
    add(&run.because, &format!("runs on {events} only; add `{}` to what starts it", wanted.join("`, `")))
}

fn add(because: &Because, note: &str) -> Because {
    let note = because.note.as_ref().map_or_else(|| note.to_owned(), |before| format!("{before}; {note}"));
    because.clone().noted(note)
}
