//! `workflow`: a workflow of GitHub Actions is dangerous to whoever trusts it.

use super::{Check, Kind, build, schema};
use crate::evidence::{Facet, Needs, OneOrMany, Pipeline, Purpose, Risk, System, View, hazards, unlimited};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "workflow",
    summary: "A workflow of GitHub Actions carries one of these risks.",
    details: "\
Reads the workflows and the actions of the repository, and tells each place.

* `untrusted_code`: `pull_request_target`, `workflow_run` or `issue_comment` checks out the head of a pull request and then runs \
something of it, with secrets or a token that may write. A job that compares the repositories, waits for an environment or has neither secret \
nor right is left out, and so is `actions/checkout` from version 7 on, which refuses.
* `injection`: a title, body, branch or message that a stranger chooses stands as `${{ ... }}` inside a script, by way of `env.X` \
too, on an event that runs with the rights of the repository. `injection_by_pull_request`: the same on `pull_request`, where the author \
could change the script as well.
* `write_all`: `permissions: write-all`.
* `unlimited_tokens`: no workflow has `permissions`, and one of them writes or deploys. `default_token`: one workflow has none.
* `broad_token`: several jobs share a right to write. `unpinned`: an action of a third party by tag or branch. `self_hosted`: pull \
requests run on machines of one's own.

False where there are no workflows; a workflow that cannot be read has no risk.",
    example: "workflow: { has: [untrusted_code, injection, write_all] }",
    schema: schema::<WorkflowCheck>,
    build: build::<WorkflowCheck>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WorkflowCheck {
    /// Risks, of which any counts.
    has: OneOrMany<Risk>,
}

impl Check for WorkflowCheck {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.insert(Facet::Ci);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let mut found = Vec::new();
        for (file, pipeline) in view.tree.pipelines() {
            let asked = hazards(pipeline).into_iter().filter(|hazard| self.has.0.contains(&hazard.risk));
            found.extend(asked.map(|hazard| hazard.because(&file.path)));
        }
        if self.has.0.contains(&Risk::UnlimitedTokens) {
            found.extend(unlimited_tokens(view));
        }
        if found.is_empty() {
            return Judgement::no(vec![Because::note("no workflow carries such a risk")]);
        }
        Judgement::yes(found)
    }
}

/// Places that write or deploy where no workflow limits its token.
fn unlimited_tokens(view: &View<'_>) -> Vec<Because> {
    let own = |pipeline: &&Pipeline| pipeline.system == System::GitHubWorkflow;
    let all: Vec<&Pipeline> = view.tree.pipelines().map(|(_, pipeline)| pipeline).filter(own).collect();
    let limits = |pipeline: &&Pipeline| {
        pipeline.permissions.is_some() || pipeline.jobs.iter().any(|job| job.permissions.is_some())
    };
    if all.iter().any(limits) || !all.iter().any(|pipeline| unlimited(pipeline)) {
        return Vec::new();
    }
    let purposes = ["deploy", "pages", "repository_write"].iter().filter_map(|id| Purpose::of(id));
    let runs =
        purposes.flat_map(|purpose| view.tree.sites().runs(purpose, &["!pull_request".to_owned()]).found);
    let note = "no workflow has `permissions`, so the token of this one may do whatever the settings give it, to write everything in older repositories";
    let of_github =
        |because: &Because| because.path.as_ref().is_some_and(|path| path.contains("/workflows/"));
    runs.filter(|run| run.started)
        .map(|run| run.because)
        .filter(of_github)
        .map(|because| because.noted(note))
        .collect()
}
