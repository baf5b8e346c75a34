//! The registry of checks: what every kind of check owes its readers.

use roadworthy::checks::{Check, Condition, REGISTRY};
use roadworthy::evidence::{Classes, Needs, PathSet, View};
use roadworthy::gather;
use roadworthy::plan::Plan;
use roadworthy::words::{Judgement, Known, Truth, Unknown};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

#[test]
fn every_kind_is_documented_and_its_example_builds() {
    for kind in REGISTRY {
        let name = kind.name;
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}: names are snake_case");
        assert!(kind.summary.ends_with('.'), "{name}: the summary is a sentence");
        assert!(kind.details.len() > 40, "{name}: the details say what it looks at and when it is unknown");
        let example: serde_json::Value = serde_yaml::from_str(kind.example).unwrap();
        assert!(example.get(name).is_some(), "{name}: the example uses the check");
        Condition::build(example).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn names_are_unique_and_every_file_is_registered() {
    let names: BTreeSet<&str> = REGISTRY.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), REGISTRY.len(), "two kinds share a name");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let text = if path.is_file() { fs::read_to_string(&path).unwrap() } else { continue };
        let has_kind = text.contains("const KIND: Kind");
        assert_eq!(has_kind, names.contains(stem), "src/checks/{stem}.rs and the registry differ");
    }
}

#[derive(Debug)]
struct Fixed(Truth);

impl Check for Fixed {
    fn needs(&self, _: &mut Needs) {}

    fn judge(&self, _: &View<'_>) -> Judgement {
        let unknown = if self.0 == Truth::Unknown { vec![Unknown::because("no")] } else { Vec::new() };
        Judgement { truth: self.0, because: Vec::new(), unknown }
    }
}

fn leaf(letter: char) -> Condition {
    let truth = match letter {
        't' => Truth::True,
        'f' => Truth::False,
        _ => Truth::Unknown,
    };
    Condition::Check(Box::new(Fixed(truth)))
}

/// What a condition comes to on a tree of empty files, as a letter.
fn letter(condition: &Condition, files: &[&str]) -> char {
    let mut needs = Needs::default();
    condition.needs(&mut needs);
    let plan = Plan::new(needs, Classes::new(PathSet::default())).unwrap();
    let files: BTreeMap<String, String> =
        files.iter().map(|path| ((*path).to_owned(), String::new())).collect();
    let (tree, base, change) = gather::memory(&plan, &files, None, &[]);
    let view = View {
        tree: &tree,
        base: &base,
        change: &change,
        pull_request: &Known::Absent(String::new()),
        policy_weakened: &Known::Absent(String::new()),
        capabilities: &[],
        patterns: &plan.index,
        today: chrono::NaiveDate::default(),
        reached: None,
    };
    match condition.judge(&view).truth {
        Truth::True => 't',
        Truth::False => 'f',
        Truth::Unknown => 'u',
    }
}

#[test]
fn joints_follow_kleene() {
    // One part, the other; all of them, any of them.
    for row in ["tttt", "tfft", "tuut", "ffff", "fufu", "uuuu"] {
        let row: Vec<char> = row.chars().collect();
        let parts = || vec![leaf(row[0]), leaf(row[1])];
        assert_eq!(letter(&Condition::All(parts()), &[]), row[2], "all {row:?}");
        assert_eq!(letter(&Condition::Any(parts()), &[]), row[3], "any {row:?}");
    }
    for (part, opposite) in [('t', 'f'), ('f', 't'), ('u', 'u')] {
        assert_eq!(letter(&Condition::Not(Box::new(leaf(part))), &[]), opposite);
    }
}

#[test]
fn a_mapping_of_several_checks_means_all_of_them() {
    let condition = Condition::build(serde_json::json!({ "file": "a", "not": { "file": "b" } })).unwrap();
    assert_eq!(letter(&condition, &["a"]), 't');
    assert_eq!(letter(&condition, &["a", "b"]), 'f');
}

#[test]
fn what_is_no_condition_is_told() {
    for value in [serde_json::json!("file"), serde_json::json!({}), serde_json::json!({ "fil": "a" })] {
        assert!(Condition::build(value.clone()).is_err(), "{value}");
    }
}
