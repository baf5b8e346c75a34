//! The registry of checks: what every kind of check owes its readers, and the cases of `tests/cases/checks`.

use crate::world::{Texts, World};
use roadworthy::app::examples;
use roadworthy::checks::{Check, Condition, REGISTRY};
use roadworthy::evidence::{Capability, Needs, View};
use roadworthy::gather::MAX_FILE_SIZE;
use roadworthy::policy::{ExamplePlatform, ExamplePullRequest};
use roadworthy::words::{Because, Judgement, Known, Stage, Truth, Unknown};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Names of the files of a folder without their endings.
fn stems(folder: &str) -> BTreeSet<String> {
    let files = fs::read_dir(root(folder)).unwrap().map(|entry| entry.unwrap().path());
    let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    files.filter(|path| path.is_file()).map(stem).collect()
}

/// A case of a check: what it comes to in a small world.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    check: Value,
    #[serde(default)]
    files: Texts,
    base: Option<Texts>,
    /// Files that are too large to be read.
    #[serde(default)]
    unread: BTreeSet<String>,
    pull_request: Option<ExamplePullRequest>,
    /// When files were last changed, where there is a history.
    dates: Option<BTreeMap<String, chrono::NaiveDate>>,
    platform: Option<ExamplePlatform>,
    /// How many people work on it.
    authors: Option<usize>,
    /// Whether the history is cut.
    #[serde(default)]
    shallow: bool,
    /// In what the policy is weakened.
    weakened: Option<Vec<String>>,
    #[serde(default)]
    capabilities: BTreeMap<String, Capability>,
    /// Stages that are met.
    reached: Option<Vec<Stage>>,
    truth: String,
    /// Everything that decided it, as `path:line` or `path`.
    places: Option<Vec<String>>,
}

impl Case {
    fn world(&self) -> World {
        let mut world = World::of(&self.files);
        let size = usize::try_from(MAX_FILE_SIZE).unwrap();
        for path in &self.unread {
            world.files.get_mut(path).unwrap().push_str(&" ".repeat(size));
        }
        world.base.clone_from(&self.base);
        if let Some(pull_request) = &self.pull_request {
            world.pull_request = Known::Known(examples::pull_request(pull_request));
        }
        world.dates.clone_from(&self.dates);
        if let Some(platform) = &self.platform {
            world.platform = platform.clone().platform();
        }
        if let Some(authors) = self.authors {
            world.authors = Known::Known(authors);
        }
        if self.shallow {
            world.authors = Known::Unknown(Unknown::because("cut"));
        }
        if let Some(notes) = &self.weakened {
            world.weakened = Known::Known(notes.iter().map(Because::note).collect());
        }
        let capability = |(id, one): (&String, &Capability)| Capability { id: id.clone(), ..one.clone() };
        world.capabilities = self.capabilities.iter().map(capability).collect();
        world.reached.clone_from(&self.reached);
        world
    }

    /// In what it comes out otherwise than it says.
    fn problem(&self) -> Option<String> {
        let judgement = self.world().judge(&self.check);
        let places: Vec<String> = judgement.because.iter().filter_map(Because::place).collect();
        let right = letter(judgement.truth) == self.truth.chars().next()?
            && judgement.unknown.is_empty() == (judgement.truth != Truth::Unknown)
            && self.places.as_ref().is_none_or(|expected| *expected == places);
        (!right).then(|| format!("{}: {judgement:?}", self.name))
    }
}

#[test]
fn every_kind_comes_out_as_its_cases_say() {
    let names: BTreeSet<String> = REGISTRY.iter().map(|kind| kind.name.to_owned()).collect();
    assert_eq!(stems("tests/cases/checks"), names, "every kind has its cases");
    let mut wrong = Vec::new();
    for name in names {
        let text = fs::read_to_string(root(&format!("tests/cases/checks/{name}.yml"))).unwrap();
        let cases: Vec<Case> =
            serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}.yml: {error}"));
        let truths: BTreeSet<&str> = cases.iter().map(|case| case.truth.as_str()).collect();
        assert!(truths.is_superset(&["false", "true"].into()), "{name}.yml has cases on both sides");
        assert!(truths.is_subset(&["false", "true", "unknown"].into()), "{name}.yml: {truths:?}");
        assert!(cases.iter().all(|case| case.check.get(&name).is_some()), "{name}.yml is about `{name}`");
        wrong.extend(cases.iter().filter_map(Case::problem).map(|problem| format!("{name}: {problem}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_is_documented_and_its_example_builds() {
    for kind in REGISTRY {
        let name = kind.name;
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}: names are snake_case");
        assert!(kind.summary.ends_with('.'), "{name}: the summary is a sentence");
        assert!(kind.details.len() > 100, "{name}: the details say what it looks at and when it is unknown");
        let example: Value = serde_yaml::from_str(kind.example).unwrap();
        assert!(example.get(name).is_some(), "{name}: the example uses the check");
        Condition::build(example).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            (kind.build)(serde_json::json!({ "unheard-of": 1 })).is_err(),
            "{name}: an unknown parameter"
        );
    }
}

#[test]
fn names_are_unique_and_every_file_is_registered() {
    let names: BTreeSet<&str> = REGISTRY.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), REGISTRY.len(), "two kinds share a name");
    for stem in stems("src/checks") {
        let text = fs::read_to_string(root(&format!("src/checks/{stem}.rs"))).unwrap();
        let has_kind = text.contains("const KIND: Kind");
        assert_eq!(has_kind, names.contains(&*stem), "src/checks/{stem}.rs and the registry differ");
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

const fn letter(truth: Truth) -> char {
    match truth {
        Truth::True => 't',
        Truth::False => 'f',
        Truth::Unknown => 'u',
    }
}

/// What a condition comes to on a tree of empty files, as a letter.
fn on(files: &[&str], condition: &Condition) -> char {
    letter(World::of(files.iter().map(|path| (path, ""))).judge_built(condition).truth)
}

#[test]
fn joints_follow_kleene() {
    // One part, the other; all of them, any of them.
    for row in ["tttt", "tfft", "tuut", "ffff", "fufu", "uuuu"] {
        let row: Vec<char> = row.chars().collect();
        let parts = || vec![leaf(row[0]), leaf(row[1])];
        assert_eq!(on(&[], &Condition::All(parts())), row[2], "all {row:?}");
        assert_eq!(on(&[], &Condition::Any(parts())), row[3], "any {row:?}");
    }
    for (part, opposite) in [('t', 'f'), ('f', 't'), ('u', 'u')] {
        assert_eq!(on(&[], &Condition::Not(Box::new(leaf(part)))), opposite);
    }
}

#[test]
fn a_mapping_of_several_checks_means_all_of_them() {
    let condition = Condition::build(serde_json::json!({ "file": "a", "not": { "file": "b" } })).unwrap();
    assert_eq!(on(&["a"], &condition), 't');
    assert_eq!(on(&["a", "b"], &condition), 'f');
}

#[test]
fn what_is_no_condition_is_told() {
    for value in [serde_json::json!("file"), serde_json::json!({}), serde_json::json!({ "fil": "a" })] {
        assert!(Condition::build(value.clone()).is_err(), "{value}");
    }
}
