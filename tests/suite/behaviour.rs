//! `tests/cases/behaviour.yml`: two texts of a file, and the lines of the second that change what it does.

use roadworthy::evidence::{Change, ChangeKind, ChangedFile, Class, Hunk, LineSet, altered, behaviour};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    language: String,
    #[serde(default)]
    old: String,
    new: String,
    /// Lines that matter.
    #[serde(default)]
    lines: Vec<u32>,
    /// Whether a test stands in it.
    #[serde(default)]
    tests: bool,
}

/// One hunk from the first line that differs to the last.
fn hunk(old: &str, new: &str) -> Hunk {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let first = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let last = old[first..].iter().rev().zip(new[first..].iter().rev()).take_while(|(a, b)| a == b).count();
    let number = |number: usize| u32::try_from(number).unwrap();
    Hunk { before: number(first)..number(old.len() - last), after: number(first)..number(new.len() - last) }
}

#[test]
fn only_lines_that_change_what_happens_count() {
    let cases: Vec<Case> = serde_yaml::from_str(include_str!("../cases/behaviour.yml")).unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let hunks = [hunk(&case.old, &case.new)];
        let found = behaviour(Some(&case.language), Class::Product, &case.old, &case.new, &hunks).unwrap();
        let tests = found.tests;
        let file = ChangedFile {
            path: "a".into(),
            old_path: None,
            kind: ChangeKind::Modified,
            class: Class::Product,
            added: LineSet::default(),
            removed: 0,
            binary: false,
            code_differs: Some(true),
            behaviour: Some(found),
            guard: None,
        };
        let change = Change { files: vec![file] };
        let lines: Vec<u32> =
            altered(&change).iter().flat_map(|one| &one.lines).map(|line| line.number).collect();
        if (&lines, tests) != (&case.lines, case.tests) {
            wrong.push(format!("{}: {lines:?} {tests}, not {:?} {}", case.name, case.lines, case.tests));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
