//! `growth`: the change lets functions and files grow beyond what can be overlooked.

use super::select::{Paths, takes};
use super::{Check, Kind, build, schema};
use crate::evidence::{ChangeKind, ChangedFile, Class, Needs, View};
use crate::regexes::Late;
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "growth",
    summary: "The change lets a function or a file grow long, or puts a second version beside the first.",
    details: "\
Looks at the product code that the change touches in `in` (all by default), and counts lines of code without blanks, comments and tests.

* `function`: a function that the change makes longer than that, by `by` lines or more (10 by default), or that is new and so long.
* `file`: a file that the change makes longer than that, by `by_file` lines or more (50 by default).
* `copies: true`: a new file or folder such as `service_v2`, `service-old` or `ServiceLegacy` beside `service`. Versions of an API do not count.

Each place is told with what it was before. A function begins at its signature, and its indentation tells where it ends. False where there is no change, unknown where there is one that could not be read.",
    example: "growth: { function: 80, file: 800, copies: true }",
    schema: schema::<Growth>,
    build: build::<Growth>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Growth {
    /// Most lines of a function.
    #[serde(default)]
    function: Option<u32>,
    /// By how many lines a function must grow to count.
    #[serde(default = "ten")]
    by: u32,
    /// Most lines of a file.
    #[serde(default)]
    file: Option<u32>,
    /// By how many lines a file must grow to count.
    #[serde(default = "fifty")]
    by_file: u32,
    /// Whether second versions count.
    #[serde(default)]
    copies: bool,
    /// Globs of the files.
    #[serde(default)]
    r#in: Paths,
}

const fn ten() -> u32 {
    10
}

const fn fifty() -> u32 {
    50
}

/// How many times as long a new function may be.
const NEW: u32 = 2;

impl Check for Growth {
    fn needs(&self, _: &mut Needs) {}

    fn judge(&self, view: &View<'_>) -> Judgement {
        view.change.judge(Judgement::no, |change| {
            let here = change
                .files
                .iter()
                .filter(|file| takes(&[Class::Product], file.class) && self.r#in.set.contains(&file.path));
            let mut found = Vec::new();
            for file in here.filter(|file| file.kind != ChangeKind::Deleted) {
                found.extend(self.functions(file));
                found.extend(self.file(file));
                if self.copies && file.kind == ChangeKind::Added {
                    found.extend(copy(file, view));
                }
            }
            found.dedup_by(|a, b| {
                a.note == b.note && a.note.is_some() && a.line.is_none() && b.line.is_none()
            });
            if found.is_empty() {
                return Judgement::no(vec![Because::note("nothing grows beyond that")]);
            }
            Judgement::yes(found)
        })
    }
}

impl Growth {
    fn functions(&self, file: &ChangedFile) -> Vec<Because> {
        let (Some(most), Some(behaviour)) = (self.function, file.behaviour.as_ref()) else {
            return Vec::new();
        };
        // What only moved here with its file is not new.
        let fresh = file.kind != ChangeKind::Renamed;
        let long = behaviour.grown.iter().filter(|one| match one.before {
            Some(before) => one.after > most && one.after - before >= self.by,
            None => fresh && one.after > most.saturating_mul(NEW),
        });
        let told = long.map(|one| {
            let text = format!("{}()", one.name);
            let note = match one.before {
                Some(before) => format!("`{}` grows from {before} to {} lines", one.name, one.after),
                None => format!("`{}` is new and {} lines long", one.name, one.after),
            };
            Because::line(&file.path, one.line, &text).noted(note)
        });
        told.collect()
    }

    fn file(&self, file: &ChangedFile) -> Option<Because> {
        let (before, after) = file.behaviour.as_ref()?.size;
        let most = self.file?;
        let grows = before > 0 && after > most && after >= before.saturating_add(self.by_file);
        let line = file.added.first();
        grows.then(|| {
            Because { line, ..Because::file(&file.path) }
                .noted(format!("this file grows from {before} to {after} lines of code"))
        })
    }
}

static VERSION: Late = Late::of(
    r"^(?P<name>.{3,}?)(?:[_.-](?:v[2-9]|old|legacy|copy|rewrite|rewritten|refactored|deprecated|bak|backup)|(?:V[2-9]|Old|Legacy|Copy|Rewrite|Refactored))$",
);
/// Folders whose versions somebody else calls: promises, not copies.
const CALLED: [&str; 12] = [
    "api",
    "apis",
    "routes",
    "controllers",
    "proto",
    "protos",
    "schemas",
    "schema",
    "dto",
    "migrations",
    "graphql",
    "handlers",
];

/// A second version of something that stays.
fn copy(file: &ChangedFile, view: &View<'_>) -> Option<Because> {
    let parts: Vec<&str> = file.path.split('/').collect();
    if parts.iter().any(|part| CALLED.contains(&part.to_lowercase().as_str())) {
        return None;
    }
    (0..parts.len()).find_map(|at| copied(file, &parts, at, view))
}

/// The same for one part of the path: a folder, or the file at the end.
fn copied(file: &ChangedFile, parts: &[&str], at: usize, view: &View<'_>) -> Option<Because> {
    let (part, last) = (*parts.get(at)?, at + 1 == parts.len());
    let (stem, ending) = if last { part.rsplit_once('.')? } else { (part, "") };
    let name = VERSION.captures(stem)?.name("name")?.as_str();
    let above = match parts[..at].join("/") {
        root if root.is_empty() => root,
        folder => format!("{folder}/"),
    };
    let changed = |path: &str| view.change.known().and_then(|change| change.file(path));
    let stays = |path: &str| changed(path).is_none_or(|file| file.kind == ChangeKind::Modified);
    if last {
        let old = format!("{above}{name}.{ending}");
        let there = view.tree.file(&old).is_some_and(|file| file.class == Class::Product);
        let note = format!("a second version beside `{old}`");
        return (there && stays(&old)).then(|| Because::line(&file.path, 1, stem).noted(note));
    }
    let folder = format!("{above}{name}/");
    let mut files = view.tree.files().iter();
    let there =
        files.any(|file| file.class == Class::Product && file.path.starts_with(&folder) && stays(&file.path));
    let note = format!("`{above}{part}` is a second version beside `{folder}`");
    there.then(|| Because::file(&file.path).noted(note))
}
