//! A world in memory for the tests of checks and rules, and cases as data.

mod rules;

use super::Condition;
use crate::document::{Format, parse};
use crate::evidence::{
    Capability, Change, ChangeKind, ChangedFile, Classes, Counts, Facts, File, FileKind, Hit, LineSet, Needs,
    PathSet, PatternIndex, PatternNeed, PullRequest, Reading, Tree, View, code_differs, masked, read_facets,
};
use crate::words::{Because, Judgement, Known, Stage, Truth};
use chrono::NaiveDate;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Runs the cases of `tests/cases/checks/NAME.yml`.
macro_rules! cases {
    ($name:literal) => {
        #[test]
        fn cases_hold() {
            crate::checks::testing::run_cases(include_str!(concat!(
                "../../tests/cases/checks/",
                $name,
                ".yml"
            )));
        }
    };
}
pub(crate) use cases;

/// Texts of a tree, before and after.
pub(crate) struct World {
    /// The head.
    pub(crate) files: BTreeMap<String, String>,
    /// The merge base; no change without it.
    pub(crate) base: Option<BTreeMap<String, String>>,
    /// Files that are too large to be read.
    pub(crate) unread: BTreeSet<String>,
    /// The pull request.
    pub(crate) pull_request: Known<PullRequest>,
    /// In what the policy is weakened.
    pub(crate) weakened: Known<Vec<Because>>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            files: BTreeMap::new(),
            base: None,
            unread: BTreeSet::new(),
            pull_request: Known::Absent("there is no pull request".into()),
            weakened: Known::Absent("there is no change".into()),
        }
    }
}

impl World {
    /// Judges a condition given as in a policy.
    pub(crate) fn judge(&self, condition: &Value) -> Judgement {
        self.run(condition, None)
    }

    /// The same when these stages are reached.
    pub(crate) fn judge_reached(&self, condition: &Value, reached: &[Stage]) -> Judgement {
        self.run(condition, Some(reached))
    }

    fn run(&self, condition: &Value, reached: Option<&[Stage]>) -> Judgement {
        let condition = Condition::build(condition.clone()).unwrap();
        let mut needs = Needs::default();
        condition.needs(&mut needs);
        let index: HashMap<_, _> = needs.patterns.iter().cloned().zip(0_u32..).collect();
        let patterns = PatternIndex(index);
        let change = self.change();
        let head = self.tree(&self.files, &needs, &patterns, change.known());
        let base = match &self.base {
            Some(files) => Known::Known(self.tree(files, &needs, &patterns, None)),
            None => Known::Absent("there is no change".into()),
        };
        let capabilities: &[Capability] = &[];
        condition.judge(&View {
            tree: &head,
            change: &change,
            pull_request: &self.pull_request,
            policy_weakened: &self.weakened,
            base: &base,
            capabilities,
            patterns: &patterns,
            today: NaiveDate::from_ymd_opt(2026, 1, 31).unwrap(),
            reached,
        })
    }

    fn tree(
        &self,
        files: &BTreeMap<String, String>,
        needs: &Needs,
        index: &PatternIndex,
        change: Option<&Change>,
    ) -> Tree {
        let classes = Classes::new(PathSet::default());
        let compiled: Vec<(PathSet, Regex)> = needs.patterns.iter().map(compile).collect();
        let globs: Vec<&String> = needs.documents.iter().collect();
        let documents = PathSet::new(&globs).unwrap();
        let read = |(path, text): (&String, &String)| {
            let (class, language) = classes.of(path);
            let unread = self.unread.contains(path);
            let mut facts = Facts { lines: u32::try_from(text.lines().count()).unwrap(), ..Facts::default() };
            for (need, (set, regex)) in needs.patterns.iter().zip(&compiled) {
                if !set.contains(path) || !need.files.takes(class) {
                    continue;
                }
                let added = change.and_then(|change| change.file(path)).map(|file| &file.added);
                let kept = |line| !need.added || added.is_some_and(|added| added.contains(line));
                let searched = masked(language, text, need.mask);
                let hits: Vec<Hit> =
                    search(regex, &searched, text).into_iter().filter(|hit| kept(hit.line)).collect();
                if !hits.is_empty() {
                    facts.hits.push((index.get(need).unwrap(), hits));
                }
            }
            facts.hits.sort_by_key(|(number, _)| *number);
            if documents.contains(path) {
                facts.document = Format::of_path(path).map(|format| parse(format, text));
            }
            read_facets(path, text, &needs.facets, &mut facts);
            File {
                path: Arc::from(path.as_str()),
                kind: FileKind::Regular,
                size: text.len() as u64,
                class,
                language,
                reading: if unread { Reading::TooLarge } else { Reading::Read },
                facts: (!unread).then(|| Arc::new(facts)),
            }
        };
        Tree::new(files.iter().map(read).collect(), needs.patterns.len(), Counts::default())
    }

    fn change(&self) -> Known<Change> {
        let Some(base) = &self.base else { return Known::Absent("there is no change".into()) };
        let classes = Classes::new(PathSet::default());
        let paths: BTreeSet<&String> = base.keys().chain(self.files.keys()).collect();
        let files = paths.into_iter().filter_map(|path| {
            let (old, new) = (base.get(path), self.files.get(path));
            if old == new {
                return None;
            }
            let kind = match (old, new) {
                (None, _) => ChangeKind::Added,
                (_, None) => ChangeKind::Deleted,
                _ => ChangeKind::Modified,
            };
            let (old, new) = (old.map_or("", String::as_str), new.map_or("", String::as_str));
            let (class, language) = classes.of(path);
            let before: BTreeSet<&str> = old.lines().collect();
            let after: BTreeSet<&str> = new.lines().collect();
            let mut added = LineSet::default();
            for (line, _) in (1_u32..).zip(new.lines()).filter(|(_, line)| !before.contains(line)) {
                added.push(line, line);
            }
            let removed = u32::try_from(old.lines().filter(|line| !after.contains(line)).count()).unwrap();
            let code_differs = code_differs(language, old, new);
            Some(ChangedFile {
                path: path.clone(),
                old_path: None,
                kind,
                class,
                added,
                removed,
                binary: false,
                code_differs,
            })
        });
        Known::Known(Change { files: files.collect() })
    }
}

fn compile(need: &PatternNeed) -> (PathSet, Regex) {
    (
        PathSet::new(&need.files.globs).unwrap(),
        RegexBuilder::new(&need.regex).multi_line(true).build().unwrap(),
    )
}

fn search(regex: &Regex, searched: &str, text: &str) -> Vec<Hit> {
    let line_of = |at: usize| u32::try_from(searched[..at].matches('\n').count()).unwrap() + 1;
    let hit = |groups: regex::Captures<'_>| {
        let whole = groups.get(1).or_else(|| groups.get(0)).unwrap();
        let line = line_of(whole.start());
        let start = searched[..whole.start()].rfind('\n').map_or(0, |at| at + 1);
        Hit {
            line,
            end_line: line_of(whole.end()),
            column: u32::try_from(text[start..whole.start()].chars().count()).unwrap() + 1,
            text: text.lines().nth(line as usize - 1).unwrap_or("").trim().into(),
            matched: whole.as_str().into(),
        }
    };
    regex.captures_iter(searched).map(hit).collect()
}

/// A case of a check.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    check: Value,
    #[serde(default)]
    files: BTreeMap<String, String>,
    base: Option<BTreeMap<String, String>>,
    #[serde(default)]
    unread: BTreeSet<String>,
    /// In what the policy is weakened.
    #[serde(default)]
    weakened: Vec<String>,
    truth: String,
    /// Places that must be among what decided it, as `path:line` or `path`.
    #[serde(default)]
    places: Option<Vec<String>>,
}

/// Runs cases given as YAML.
pub(crate) fn run_cases(text: &str) {
    let cases: Vec<Case> = serde_yaml::from_str(text).unwrap();
    let truths: BTreeSet<&str> = cases.iter().map(|case| case.truth.as_str()).collect();
    assert!(truths.contains("true") && truths.contains("false"), "cases on both sides");
    for case in &cases {
        let weakened = match case.weakened.as_slice() {
            [] => Known::Absent("there is no change".into()),
            notes => Known::Known(notes.iter().map(Because::note).collect()),
        };
        let world = World {
            files: case.files.clone(),
            base: case.base.clone(),
            unread: case.unread.clone(),
            weakened,
            ..World::default()
        };
        let judgement = world.judge(&case.check);
        let truth = match judgement.truth {
            Truth::True => "true",
            Truth::False => "false",
            Truth::Unknown => "unknown",
        };
        assert_eq!(truth, case.truth, "{}: {judgement:?}", case.name);
        assert_eq!(judgement.unknown.is_empty(), judgement.truth != Truth::Unknown, "{}", case.name);
        if let Some(expected) = &case.places {
            let places: Vec<String> = judgement.because.iter().filter_map(Because::place).collect();
            assert_eq!(&places, expected, "{}", case.name);
        }
    }
}
