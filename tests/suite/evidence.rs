//! Evidence that takes several files to establish: lock files, and what pipelines lead to.

use crate::world::{Texts, World, plan};
use roadworthy::evidence::{Facet, LockState, Locks, Needs, Purpose, Run, Runs, Tree};
use serde::Deserialize;

/// Files, and what they come to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case<T> {
    name: String,
    files: Texts,
    is: T,
}

/// Runs cases given as YAML on what a facet reads.
fn hold<T>(yaml: &str, facet: Facet, shown: fn(&Tree) -> T)
where
    T: for<'de> Deserialize<'de> + PartialEq + std::fmt::Debug,
{
    let cases: Vec<Case<T>> = serde_yaml::from_str(yaml).unwrap();
    let plan = plan(Needs { facets: [facet].into(), ..Needs::default() });
    let mut wrong = Vec::new();
    for case in cases {
        let got = World::of(&case.files).see(&plan, |view| shown(view.tree));
        if got != case.is {
            wrong.push(format!("{}: {got:?}, not {:?}", case.name, case.is));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn pipelines_are_understood_for_pull_requests() {
    hold(include_str!("../cases/ci.yml"), Facet::Ci, |tree| {
        tests(&tree.sites().runs(Purpose::TESTS, &["pull_request".to_owned()]))
    });
}

fn tests(runs: &Runs) -> String {
    match runs.found.first() {
        Some(Run { blocked: Some(how), .. }) => format!("blocked: {how}"),
        Some(Run { lost: Some(how), started: true, .. }) => format!("lost: {how}"),
        Some(Run { started: true, .. }) => "counts".into(),
        Some(_) => "elsewhere".into(),
        None if runs.outside.is_empty() => "none".into(),
        None => "outside".into(),
    }
}

#[test]
fn manifests_say_things_of_one_another() {
    hold(include_str!("../cases/manifest-trees.yml"), Facet::Manifests, |tree| {
        let shown = tree.manifests().flat_map(|(file, manifest)| {
            manifest.dependencies.iter().map(|one| {
                let version = one.version.as_deref().unwrap_or("-");
                format!("{}: {} {version} {:?}", file.path, one.name, one.scope)
            })
        });
        shown.collect::<Vec<_>>()
    });
}

#[test]
fn every_manifest_is_held_against_the_lock_that_covers_it() {
    hold(include_str!("../cases/locks.yml"), Facet::Manifests, |tree| {
        let state = |state| match state {
            LockState::File(lock) => lock,
            LockState::Pinned => "pinned".into(),
            LockState::Missing(fix) => format!("missing, {fix}"),
            LockState::Stale(stale) => {
                let lacks: Vec<String> =
                    stale.lacks.iter().map(|(name, line)| format!("{name} ({line})")).collect();
                format!("{} lacks {}, {}", stale.lock, lacks.join(" "), stale.fix)
            }
            LockState::Broken { lock, fault, .. } => format!("{lock} is {fault:?}"),
        };
        let all = Locks::of(tree).all().into_iter();
        all.map(|one| format!("{}: {}", one.path, state(one.state))).collect::<Vec<_>>()
    });
}
