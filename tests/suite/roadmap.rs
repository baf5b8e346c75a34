//! The built-in policy and catalogue carry examples: enough of them, and all come out as they say.

use roadworthy::app::examples;
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

#[test]
fn capabilities_are_found_in_the_examples_of_their_signals() {
    let capabilities = policy::catalogue().unwrap();
    let mut wrong = Vec::new();
    for capability in &capabilities {
        for (number, signal) in capability.signals.iter().enumerate() {
            if signal.example.is_empty() {
                wrong.push(format!("{}: signal {} has no example", capability.id, number + 1));
            }
        }
    }
    for outcome in examples::signals(&capabilities).unwrap() {
        wrong.extend(
            outcome.problem.map(|problem| format!("{}: {}: {problem}", outcome.rule, outcome.example)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
