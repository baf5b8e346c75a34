//! `gate`: what the change takes away from the gate itself.

mod owners;
mod pipelines;

use super::{Check, Kind, build, schema};
use crate::evidence::{Facet, GuardPart, Needs, OneOrMany, PatternNeed, Selection, Tree, View, losses};
use crate::words::{Because, Judgement, Known, Truth, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "gate",
    summary: "The change weakens the gate.",
    details: "\
Compares the change's two sides. `weakened` names what to look at:

* `policy`: the head's policy asks for less than the one that binds;
* `tests`: test files, or cases in them, are deleted while what they test stays, and no others come in their place;
* `skips`: a test that was there before is switched off whatever happens (`it.skip`, `.only`, `@Disabled`, `t.Skip` outside of a condition ...);
* `thresholds`: the coverage that must be reached is lowered or gone, in the configuration of the tool or on a command line;
* `linters`: a linter is switched off for a whole file that it saw before, a rule is turned off in its configuration, its level is lowered;
* `baselines`: the list of what a linter lets through grows;
* `pipelines`: tests, a linter or a build that CI ran on pull requests do not run there any more or cannot fail it, a step's failure is forgiven, or it is switched off;
* `workflow`: the workflow that runs this gate is gone, runs it no more, or takes more risks (rights, actions that are not pinned);
* `owners`: the policy, the workflows or CODEOWNERS itself lose their owners, or other files the one they had.

What only moves from one file to another is not lost. False where there is no change. Unknown where a side could not be read.",
    example: "gate: { weakened: [policy, tests, skips, workflow, owners] }",
    schema: schema::<Gate>,
    build: build::<Gate>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Gate {
    /// What to look at.
    weakened: OneOrMany<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Part {
    /// The policy asks for less.
    Policy,
    /// Tests are deleted.
    Tests,
    /// Tests are switched off.
    Skips,
    /// Numbers that must be reached are lowered.
    Thresholds,
    /// Linters are silenced.
    Linters,
    /// Lists of what is let through grow.
    Baselines,
    /// CI runs less on pull requests.
    Pipelines,
    /// The gate is not run any more.
    Workflow,
    /// Nobody owns the gate's files any more.
    Owners,
}

/// A step that runs the gate: the action, or the command.
fn runs_gate() -> PatternNeed {
    PatternNeed {
        files: Selection::of([".github/workflows/*.{yml,yaml}"]),
        regex: r"(?i)^\s*-?\s*(?:uses:\s*\S*roadworthy|run:.*\broadworthy\s+(?:check|action))|^\s*roadworthy\s+(?:check|action)".into(),
        mask: crate::evidence::Mask::Comments,
        keep: crate::evidence::Keep::All,
    }
}

impl Check for Gate {
    fn needs(&self, needs: &mut Needs) {
        if self.weakened.0.contains(&Part::Workflow) {
            needs.patterns.insert(runs_gate());
        }
        if self.weakened.0.contains(&Part::Workflow) || self.weakened.0.contains(&Part::Pipelines) {
            needs.facets.insert(Facet::Ci);
        }
        if self.weakened.0.contains(&Part::Owners) {
            needs.facets.insert(Facet::Owners);
        }
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let (mut because, mut unknown) = (Vec::new(), Vec::new());
        for part in &self.weakened.0 {
            match weakened(*part, view) {
                Known::Known(found) => because.extend(found),
                Known::Absent(_) => {}
                Known::Unknown(reason) => unknown.push(reason),
            }
        }
        match (because.is_empty(), unknown.is_empty()) {
            (false, _) => Judgement::yes(because),
            (true, false) => Judgement { truth: Truth::Unknown, because, unknown },
            (true, true) => Judgement::no(vec![Because::note("the change takes nothing away from the gate")]),
        }
    }
}

fn weakened(part: Part, view: &View<'_>) -> Known<Vec<Because>> {
    if part == Part::Policy {
        return view.policy_weakened.clone();
    }
    let change = match view.change {
        Known::Known(change) => change,
        Known::Absent(reason) => return Known::Absent(reason.clone()),
        Known::Unknown(unknown) => return Known::Unknown(unknown.clone()),
    };
    let lost = |wanted: Option<GuardPart>| {
        let found = losses(change).into_iter().filter(|loss| loss.part == wanted);
        Known::Known(found.map(|loss| loss.because).collect())
    };
    match part {
        Part::Tests => return lost(None),
        Part::Skips => return lost(Some(GuardPart::Skips)),
        Part::Thresholds => return lost(Some(GuardPart::Thresholds)),
        Part::Linters => return lost(Some(GuardPart::Linters)),
        Part::Baselines => return lost(Some(GuardPart::Baselines)),
        Part::Policy | Part::Pipelines | Part::Workflow | Part::Owners => {}
    }
    match view.base {
        Known::Known(base) => Known::Known(match part {
            Part::Workflow => workflow(view, base),
            Part::Pipelines => pipelines::lost(view.tree, base, change),
            _ => owners::lost(view.tree, base),
        }),
        Known::Absent(reason) => Known::Absent(reason.clone()),
        Known::Unknown(unknown) => Known::Unknown(Unknown::clone(unknown)),
    }
}

fn workflow(view: &View<'_>, base: &Tree) -> Vec<Because> {
    let Some(number) = view.patterns.get(&runs_gate()) else { return Vec::new() };
    if view.tree.hits(number).next().is_some() {
        let runs = |tree: &Tree| tree.hits(number).map(|(file, _)| file.path.to_string()).collect::<Vec<_>>();
        return pipelines::riskier(view.tree, base, &runs(view.tree), &runs(base));
    }
    let lost = base
        .hits(number)
        .map(|(file, _)| Because::file(&*file.path).noted("ran this gate; nothing does now"));
    lost.collect()
}
