//! The registry of checks: what every kind of check owes its readers.

use roadworthy::checks::{Condition, REGISTRY};
use std::collections::BTreeSet;
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
