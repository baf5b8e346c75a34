//! `gate`: what the change takes away from the gate itself.

use super::owners::codeowners;
use super::{Check, Kind, build, schema};
use crate::evidence::{
    Change, ChangeKind, Class, Facet, Needs, OneOrMany, PatternNeed, Selection, Tree, View,
    stem, subject,
};
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
* `tests`: test files are deleted while what they test stays, and no others come in their place;
* `workflow`: the workflow that runs this gate is gone, or runs it no more;
* `owners`: the policy, the workflows or CODEOWNERS itself lose their owners.

False where there is no change. Unknown where a side could not be read.",
    example: "gate: { weakened: [policy, tests, workflow, owners] }",
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
        added: false,
    }
}

impl Check for Gate {
    fn needs(&self, needs: &mut Needs) {
        if self.weakened.0.contains(&Part::Workflow) {
            needs.patterns.insert(runs_gate());
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
    if part == Part::Tests {
        return Known::Known(tests(change));
    }
    match view.base {
        Known::Known(base) if part == Part::Workflow => Known::Known(workflow(view, base)),
        Known::Known(base) => Known::Known(owners(view.tree, base)),
        Known::Absent(reason) => Known::Absent(reason.clone()),
        Known::Unknown(unknown) => Known::Unknown(Unknown::clone(unknown)),
    }
}

/// Deleted tests whose subject stays, when fewer new ones come.
fn tests(change: &Change) -> Vec<Because> {
    let of = |class, kind| change.files.iter().filter(move |file| file.class == class && file.kind == kind);
    let mut gone: Vec<String> =
        of(Class::Product, ChangeKind::Deleted).map(|file| subject(&file.path)).collect();
    // What tests share has tests of its own: `token.go` and `token_test.go`.
    let named: Vec<String> = of(Class::Test, ChangeKind::Deleted)
        .map(|file| (stem(&file.path), subject(&file.path)))
        .filter(|(stem, subject)| stem != subject)
        .map(|(_, subject)| subject)
        .collect();
    gone.extend(
        of(Class::Test, ChangeKind::Deleted).map(|file| stem(&file.path)).filter(|stem| named.contains(stem)),
    );
    let lost: Vec<_> =
        of(Class::Test, ChangeKind::Deleted).filter(|file| !gone.contains(&subject(&file.path))).collect();
    if of(Class::Test, ChangeKind::Added).count() >= lost.len() {
        return Vec::new();
    }
    lost.into_iter().map(|file| Because::file(&file.path).noted("this test is deleted")).collect()
}

fn workflow(view: &View<'_>, base: &Tree) -> Vec<Because> {
    let Some(number) = view.patterns.get(&runs_gate()) else { return Vec::new() };
    if view.tree.hits(number).next().is_some() {
        return Vec::new();
    }
    let lost = base
        .hits(number)
        .map(|(file, _)| Because::file(&*file.path).noted("ran this gate; nothing does now"));
    lost.collect()
}

fn owners(head: &Tree, base: &Tree) -> Vec<Because> {
    let Some((file, Some(before))) = codeowners(base) else { return Vec::new() };
    let after = codeowners(head);
    let guarded = head.files().iter().filter(|file| is_guarded(&file.path) && before.owned(&file.path));
    let owned = |path: &str| after.is_some_and(|(_, owners)| owners.is_none_or(|owners| owners.owned(path)));
    let lost: Vec<Because> = guarded
        .filter(|file| !owned(&file.path))
        .map(|file| Because::file(&*file.path).noted("had an owner and has none now"))
        .collect();
    match after {
        None => vec![Because::file(&*file.path).noted("CODEOWNERS is deleted")],
        Some(_) => lost,
    }
}

fn is_guarded(path: &str) -> bool {
    path.starts_with(".github/workflows/") || path.ends_with("roadworthy.yml") || path.ends_with("CODEOWNERS")
}
