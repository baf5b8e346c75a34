//! Runs the examples inside our own rules that name only checks which exist, and those of the checks.

use super::World;
use crate::checks::{Condition, REGISTRY, kind};
use crate::words::{Judgement, Truth};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_kind_is_documented_by_an_example_that_builds() {
    let names: BTreeSet<&str> = REGISTRY.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), REGISTRY.len(), "names are unique");
    for kind in REGISTRY {
        let example: Value = serde_yaml::from_str(kind.example).unwrap();
        assert!(example.get(kind.name).is_some(), "{}", kind.name);
        Condition::build(example).unwrap();
        assert!(kind.summary.ends_with('.') && kind.details.len() > 100, "{}", kind.name);
        assert!((kind.build)(serde_json::json!({ "unheard-of": 1 })).is_err(), "{}", kind.name);
    }
}

#[derive(Deserialize)]
struct Policy {
    rules: BTreeMap<String, Rule>,
}

#[derive(Deserialize)]
struct Rule {
    when: Option<Value>,
    require: Option<Value>,
    forbid: Option<Value>,
    #[serde(default)]
    tests: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    name: String,
    files: BTreeMap<String, String>,
    base: Option<BTreeMap<String, String>>,
    #[serde(default)]
    changed: BTreeSet<String>,
    expect: String,
}

impl Rule {
    fn outcome(&self, world: &World) -> (&'static str, Judgement) {
        if let Some(judgement) =
            self.when.as_ref().map(|when| world.judge(when)).filter(|it| it.truth != Truth::True)
        {
            return (if judgement.truth == Truth::False { "not_applicable" } else { "unknown" }, judgement);
        }
        let (good, condition) = match (&self.require, &self.forbid) {
            (Some(require), None) => (Truth::True, require),
            (None, Some(forbid)) => (Truth::False, forbid),
            _ => panic!("a rule demands one thing"),
        };
        let judgement = world.judge(condition);
        let outcome = match judgement.truth {
            Truth::Unknown => "unknown",
            truth if truth == good => "pass",
            _ => "fail",
        };
        (outcome, judgement)
    }
}

fn names_known_checks(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.iter().all(|(key, value)| match key.as_str() {
            "all" | "any" => value.as_array().is_some_and(|parts| parts.iter().all(names_known_checks)),
            "not" => names_known_checks(value),
            name => kind(name).is_some(),
        }),
        _ => false,
    }
}

#[test]
fn examples_of_rules_hold() {
    let policies = [
        include_str!("../../../policies/roadmap/assessment.yml"),
        include_str!("../../../policies/roadmap/foundation.yml"),
        include_str!("../../../policies/roadmap/changes.yml"),
    ];
    let mut wrong = Vec::new();
    for text in policies {
        let policy: Policy = serde_yaml::from_str(text).unwrap();
        for (id, rule) in &policy.rules {
            let conditions = [&rule.when, &rule.require, &rule.forbid];
            if !conditions.into_iter().flatten().all(names_known_checks) {
                continue;
            }
            for example in &rule.tests {
                let world =
                    World { files: example.files.clone(), base: example.base.clone(), ..World::default() };
                let changed: BTreeSet<String> = world
                    .change()
                    .known()
                    .iter()
                    .flat_map(|change| &change.files)
                    .map(|file| file.path.clone())
                    .collect();
                assert_eq!(changed, example.changed, "{id}: {}: what differs is what changed", example.name);
                let (outcome, judgement) = rule.outcome(&world);
                if outcome != example.expect {
                    wrong.push(format!(
                        "{id}: {}: {outcome}, expected {}: {judgement:?}",
                        example.name, example.expect
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
