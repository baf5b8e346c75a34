//! `shape`: the change replaces what there is, instead of changing it.

use super::select::Paths;
use super::{Check, Kind, build, schema};
use crate::evidence::{ChangeKind, ChangedFile, Class, Needs, Tree, View};
use crate::words::{Because, Judgement, Known};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "shape",
    summary: "The change replaces a large part of the product at once, or grows a second tree beside it.",
    details: "\
* `rewrite`: the share (0 to 1) of the product code that the change deletes or replaces while it brings as much that is new. A file is replaced when it loses more than half of itself, and what only \
moved does not count; nothing is told below `least` bytes of code that go (60000 by default).
* `parallel`: a new folder called `v2`, `new`, `next` or `rewrite` that mirrors its neighbours: so many of its new files, and half of them, have a name that stands beside it already. Versions of an API, which stand \
beside a `v1`, do not count.

True with what was found, false where there is no change or no base.",
    example: "shape: { rewrite: 0.4, parallel: 4 }",
    schema: schema::<Shape>,
    build: build::<Shape>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Shape {
    /// The share of the product that may be replaced at once.
    #[serde(default)]
    rewrite: Option<f64>,
    /// Bytes of code below which nothing is a rewrite.
    #[serde(default = "least")]
    least: u64,
    /// Files of a second tree.
    #[serde(default)]
    parallel: Option<usize>,
    /// Globs of the files that count.
    #[serde(default)]
    r#in: Paths,
}

const fn least() -> u64 {
    60_000
}

/// Folders of a second tree.
const SECOND: [&str; 8] = ["v2", "v3", "new", "next", "rewrite", "v2-new", "refactored", "nextgen"];
/// Folders whose versions somebody else calls.
const CALLED: [&str; 12] = [
    "api",
    "apis",
    "routes",
    "controllers",
    "proto",
    "protos",
    "schemas",
    "schema",
    "graphql",
    "openapi",
    "pages",
    "docs",
];

impl Check for Shape {
    fn needs(&self, _: &mut Needs) {}

    fn judge(&self, view: &View<'_>) -> Judgement {
        view.change.judge(Judgement::no, |change| {
            let Known::Known(base) = view.base else {
                return Judgement::no(vec![Because::note("there is no base to compare with")]);
            };
            let product =
                |file: &&ChangedFile| file.class == Class::Product && self.r#in.set.contains(&file.path);
            let files: Vec<&ChangedFile> = change.files.iter().filter(product).collect();
            let mut found = Vec::new();
            found.extend(self.rewrite.and_then(|share| self.rewritten(&files, share, view.tree, base)));
            found.extend(self.parallel.map(|least| parallel(&files, least, base)).unwrap_or_default());
            if found.is_empty() {
                return Judgement::no(vec![Because::note("the change replaces no large part")]);
            }
            Judgement::yes(found)
        })
    }
}

impl Shape {
    fn rewritten(&self, files: &[&ChangedFile], share: f64, head: &Tree, base: &Tree) -> Option<Because> {
        let size = |tree: &Tree, path: &str| tree.file(path).map_or(0, |file| file.size);
        let code = base.files().iter().filter(|file| file.class == Class::Product && file.language.is_some());
        let all: u64 = code.map(|file| file.size).sum();
        let (mut gone, mut new, mut count) = (0_u64, 0_u64, 0_usize);
        for file in files {
            match file.kind {
                ChangeKind::Deleted => {
                    gone += size(base, &file.path);
                    count += 1;
                }
                ChangeKind::Added => new += size(head, &file.path),
                ChangeKind::Modified if replaced(file) => {
                    gone += size(base, &file.path);
                    new += size(head, &file.path);
                    count += 1;
                }
                ChangeKind::Modified | ChangeKind::Renamed => {}
            }
        }
        // Shares of sizes need no more than 52 bits.
        #[allow(clippy::cast_precision_loss)]
        let part = gone.min(new) as f64 / all.max(1) as f64;
        if gone.min(new) < self.least || part < share {
            return None;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let percent = (part * 100.0).min(100.0) as u32;
        Some(Because::note(format!(
            "the change takes away or replaces {percent} % of the product's code ({count} files) and brings as much anew"
        )))
    }
}

/// Whether a file lost more than half of itself.
fn replaced(file: &ChangedFile) -> bool {
    let Some(behaviour) = &file.behaviour else { return false };
    let (before, _) = behaviour.size;
    before > 0 && file.removed > before / 2 && file.added.len() > before / 2
}

/// Folders of new files that mirror what stands beside them.
fn parallel(files: &[&ChangedFile], least: usize, base: &Tree) -> Vec<Because> {
    let mut trees: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for file in files.iter().filter(|file| file.kind == ChangeKind::Added) {
        let parts: Vec<&str> = file.path.split('/').collect();
        let Some(at) = parts
            .iter()
            .take(parts.len() - 1)
            .position(|part| SECOND.contains(&part.to_lowercase().as_str()))
        else {
            continue;
        };
        let above = match parts[..at].join("/") {
            root if root.is_empty() => root,
            folder => format!("{folder}/"),
        };
        let called = parts[..at].iter().any(|part| CALLED.contains(&part.to_lowercase().as_str()));
        let versions = base.files().iter().any(|old| old.path.starts_with(&format!("{above}v1/")));
        let known = base.files().iter().any(|old| old.path.starts_with(&format!("{above}{}/", parts[at])));
        if called || versions || known {
            continue;
        }
        let below = parts[at + 1..].join("/");
        let beside = |prefix: &str| base.file(&format!("{above}{prefix}{below}")).is_some();
        let mirrored = beside("") || beside("old/") || beside("src/") || beside("app/");
        let tree = trees.entry(format!("{above}{}", parts[at])).or_default();
        tree.0 += 1;
        tree.1 += usize::from(mirrored);
    }
    let second = trees.into_iter().filter(|(_, (new, mirrored))| *mirrored >= least && mirrored * 2 >= *new);
    second
        .map(|(folder, (new, mirrored))| {
            let note = format!("`{folder}` is a second tree beside the old one: {mirrored} of its {new} files stand there too");
            Because::note(note)
        })
        .collect()
}
