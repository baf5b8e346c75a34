//! `size`: how large the change is.

use super::select::{Paths, takes};
use super::{Check, Kind, build, schema};
use crate::evidence::{ChangeKind, ChangedFile, Class, Needs, View, is_migration};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "size",
    summary: "The change is no larger than the limits.",
    details: "\
Counts the lines that the change adds and takes away, and the files it touches. Lock files, vendored and generated code, fixtures \
and examples are left out, and so are files that are only moved or formatted. Deleted files count as files; their lines count only with `deletions: true`, because \
a deletion is quickly reviewed.

False when a limit is passed, with the numbers and a way to split the change along the folders that it touches: first what it does to the schema of the data, then each folder, \
the largest first, last what is only deleted. Tests that do not count are told apart. True where there is no change to measure.",
    example: "size: { lines: 800, files: 40 }",
    schema: schema::<Size>,
    build: build::<Size>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Size {
    /// Most lines, added and removed.
    #[serde(default)]
    lines: Option<u64>,
    /// Most files.
    #[serde(default)]
    files: Option<u64>,
    /// Globs of the files that count; all by default.
    #[serde(default)]
    r#in: Paths,
    /// Classes of files that count; by default all but lock files and what is ignored.
    #[serde(default)]
    classes: Vec<Class>,
    /// Whether the lines of deleted files count.
    #[serde(default)]
    deletions: bool,
}

/// Folders that are told.
const FOLDERS: usize = 4;

/// Folders of a path that are looked at.
const DEEPEST: usize = 9;

/// What a change could be split into.
#[derive(Default)]
struct Parts {
    schema: u64,
    files: Vec<(String, u64)>,
    deleted: u64,
    tests: u64,
}

impl Size {
    fn takes(&self, file: &ChangedFile) -> bool {
        let lock = self.classes.is_empty() && file.class == Class::Lock;
        let moved = file.kind == ChangeKind::Renamed && file.added.is_empty() && file.removed == 0;
        let formatted = matches!(file.kind, ChangeKind::Modified | ChangeKind::Renamed)
            && file.code_differs == Some(false);
        !lock
            && !moved
            && !formatted
            && takes(&self.classes, file.class)
            && self.r#in.set.contains(&file.path)
    }

    fn lines(&self, file: &ChangedFile) -> u64 {
        match file.kind {
            ChangeKind::Deleted if !self.deletions => 0,
            _ => u64::from(file.added.len()) + u64::from(file.removed),
        }
    }
}

impl Check for Size {
    fn needs(&self, _: &mut Needs) {}

    fn judge(&self, view: &View<'_>) -> Judgement {
        view.change.judge(Judgement::yes, |change| {
            let (mut lines, mut files) = (0_u64, 0_u64);
            let mut parts = Parts::default();
            for file in &change.files {
                if self.takes(file) {
                    lines += self.lines(file);
                    files += 1;
                    parts.add(file, self.lines(file));
                } else if file.class == Class::Test {
                    parts.tests += u64::from(file.added.len());
                }
            }
            let within = |limit: Option<u64>, count| limit.is_none_or(|limit| count <= limit);
            let limits = [
                self.lines.map(|limit| format!("{limit} lines")),
                self.files.map(|limit| format!("{limit} files")),
            ];
            let limits: Vec<String> = limits.into_iter().flatten().collect();
            let limits = limits.join(" and ");
            let tests =
                if parts.tests > 0 { format!(" (and {} of tests)", parts.tests) } else { String::new() };
            let mut note = format!(
                "the change counts {lines} lines in {files} files{tests}; at most {limits} fit a review"
            );
            let fits = within(self.lines, lines) && within(self.files, files);
            if !fits {
                let _ = write!(note, ". Split it: {}", parts.told());
            }
            Judgement::new(fits, vec![Because::note(note)])
        })
    }
}

impl Parts {
    fn add(&mut self, file: &ChangedFile, lines: u64) {
        if file.kind == ChangeKind::Deleted {
            self.deleted += 1;
        } else if is_migration(&file.path) {
            self.schema += lines;
        } else {
            self.files.push((file.path.clone(), lines));
        }
    }

    /// In which order it can be merged, part by part.
    fn told(self) -> String {
        let mut steps = Vec::new();
        if self.schema > 0 {
            steps.push(format!("the migrations ({} lines)", self.schema));
        }
        let mut folders = folders(&self.files);
        folders.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let more = folders.len().saturating_sub(FOLDERS);
        steps
            .extend(folders.into_iter().take(FOLDERS).map(|(name, lines)| format!("{name} ({lines} lines)")));
        if more > 0 {
            steps.push(format!("{more} more folders"));
        }
        if self.deleted > 0 {
            steps.push(format!("what is only deleted ({} files)", self.deleted));
        }
        steps.join(", then ")
    }
}

/// Folders with their lines: the upper ones, but where one of them holds nearly all, those below it.
fn folders(files: &[(String, u64)]) -> Vec<(String, u64)> {
    let all: u64 = files.iter().map(|(_, lines)| lines).sum();
    let mut found = Vec::new();
    for depth in 2..=DEEPEST {
        let mut sums: BTreeMap<String, u64> = BTreeMap::new();
        for (path, lines) in files.iter().filter(|(_, lines)| *lines > 0) {
            *sums.entry(folder(path, depth)).or_default() += lines;
        }
        found = sums.into_iter().collect();
        if found.iter().all(|(_, lines)| *lines <= all / 3 * 2) {
            break;
        }
    }
    found
}

/// The first folders of a path: the part by which a change is split.
fn folder(path: &str, depth: usize) -> String {
    let folders: Vec<&str> = path.split('/').collect();
    match folders.len() {
        1 => "the root".into(),
        len => folders[..(len - 1).min(depth)].join("/"),
    }
}
