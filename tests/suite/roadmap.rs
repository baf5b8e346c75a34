//! The built-in policy and catalogue carry examples: enough of them, and all come out as they say.

use crate::world::{World, plan};
use roadworthy::app::examples;
use roadworthy::evidence::{Capability, Needs, found};
use roadworthy::policy::{self, Expect, Files};

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }
}

#[test]
fn rules_come_out_as_their_examples_say() {
    let policy = policy::load("builtin:roadmap", &NoFiles).unwrap();
    let mut wrong = Vec::new();
    for rule in &policy.rules {
        for expect in [Expect::Pass, Expect::Fail, Expect::NotApplicable] {
            if !rule.examples.iter().any(|example| example.expect == expect) {
                wrong.push(format!("{}: no example comes to {expect:?}", rule.id));
            }
        }
    }
    let outcomes = examples::outcomes(&policy).unwrap();
    assert_eq!(outcomes.len(), policy.rules.iter().map(|rule| rule.examples.len()).sum::<usize>());
    for outcome in outcomes {
        wrong.extend(
            outcome.problem.map(|problem| format!("{}: {}: {problem}", outcome.rule, outcome.example)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each file of an example must prove the signal by itself.
#[test]
fn capabilities_are_found_in_the_examples_of_their_signals() {
    let mut wrong = Vec::new();
    for capability in policy::catalogue().unwrap() {
        for (number, signal) in capability.signals.iter().enumerate() {
            let id = format!("{} {number} {:?}", capability.id, signal.name);
            if signal.example.is_empty() {
                wrong.push(format!("{id}: no example"));
            }
            let alone = Capability { signals: vec![signal.clone()], ..capability.clone() };
            let mut needs = Needs::default();
            alone.needs(&mut needs);
            let plan = plan(needs);
            for file in &signal.example {
                if World::of([file]).see(&plan, |view| found(&alone, view).is_empty()) {
                    wrong.push(format!("{id}: not found in {}", file.0));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
