//! `size`: how large the change is.

use super::select::{Paths, takes};
use super::{Check, Kind, build, schema};
use crate::evidence::{ChangeKind, ChangedFile, Class, Needs, View};
use crate::words::{Because, Judgement, Known};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "size",
    summary: "The change is no larger than the limits.",
    details: "\
Counts the lines that the change adds and takes away, and the files it touches. Lock files, vendored and generated code, fixtures \
and examples are left out, and so are files that are only moved. Deleted files count as files; their lines count only with `deletions: true`, because \
a deletion is quickly reviewed.

False when a limit is passed, with the numbers and the folders that carry most of the change. True where there is no change to measure.",
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
const FOLDERS: usize = 3;

impl Size {
    fn takes(&self, file: &ChangedFile) -> bool {
        let lock = self.classes.is_empty() && file.class == Class::Lock;
        let moved = file.kind == ChangeKind::Renamed && file.added.is_empty() && file.removed == 0;
        !lock && !moved && takes(&self.classes, file.class) && self.r#in.set.contains(&file.path)
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
        let change = match view.change {
            Known::Known(change) => change,
            Known::Absent(reason) => return Judgement::yes(vec![Because::note(reason.clone())]),
            Known::Unknown(unknown) => return Judgement::unknown(unknown.clone()),
        };
        let (mut lines, mut files) = (0_u64, 0_u64);
        let mut folders: BTreeMap<String, u64> = BTreeMap::new();
        for file in change.files.iter().filter(|file| self.takes(file)) {
            lines += self.lines(file);
            files += 1;
            *folders.entry(folder(&file.path)).or_default() += self.lines(file);
        }
        let within = |limit: Option<u64>, count| limit.is_none_or(|limit| count <= limit);
        let limits = [
            self.lines.map(|limit| format!("{limit} lines")),
            self.files.map(|limit| format!("{limit} files")),
        ];
        let limits: Vec<String> = limits.into_iter().flatten().collect();
        let limits = limits.join(" and ");
        let note = format!("the change counts {lines} lines in {files} files; at most {limits} fit a review");
        let mut because = vec![Because::note(note)];
        let fits = within(self.lines, lines) && within(self.files, files);
        if !fits {
            let mut heaviest: Vec<(String, u64)> =
                folders.into_iter().filter(|(_, lines)| *lines > 0).collect();
            heaviest.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            let told =
                heaviest.into_iter().take(FOLDERS).map(|(name, lines)| format!("{name} ({lines} lines)"));
            because.push(Because::note(format!("most of it: {}", told.collect::<Vec<_>>().join(", "))));
        }
        Judgement::new(fits, because)
    }
}

/// The first two folders of a path: the part by which a change is split.
fn folder(path: &str) -> String {
    let folders: Vec<&str> = path.split('/').collect();
    match folders.len() {
        1 => "the root".into(),
        len => folders[..(len - 1).min(2)].join("/"),
    }
}
