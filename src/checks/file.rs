//! `file`: files exist.

use super::select::{Paths, build_short, few, short_schema};
use super::{Check, Kind};
use crate::evidence::{Class, File as TreeFile, Keep, Mask, Needs, PatternNeed, Reading, View};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "file",
    summary: "A file exists whose path matches one of the globs.",
    details: "\
Looks at the paths of the tree; nothing is read unless `not_empty` asks for it. Globs start at the root, letters match in either case. \
Ignored files (vendored, generated, fixtures, examples) do not count unless `classes` names them.

A text or a list is short for `exists`. `not_empty` leaves out files that hold nothing but blanks, `at_least` asks for several. \
Never unknown.",
    example: "file: [\"ARCHITECTURE*\", \"docs/architecture/**\"]",
    schema: short_schema::<File>,
    build: |value| build_short::<File>("exists", value),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    /// Globs of the files.
    exists: Paths,
    /// Files without content do not count.
    #[serde(default)]
    not_empty: bool,
    /// Classes of files that count.
    #[serde(default)]
    classes: Vec<Class>,
    /// How many there must be.
    #[serde(default = "one")]
    at_least: usize,
}

const fn one() -> usize {
    1
}

impl Check for File {
    fn needs(&self, needs: &mut Needs) {
        needs.patterns.extend(self.not_empty.then(|| self.filled()));
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let mut files: Vec<&TreeFile> = self.exists.files(view.tree, &self.classes).collect();
        if self.not_empty {
            let hits = view.patterns.get(&self.filled()).map(|number| view.tree.hits(number));
            let filled: BTreeSet<&str> = hits.into_iter().flatten().map(|(file, _)| &*file.path).collect();
            // What is no text, or could not be read, is something.
            files.retain(|file| filled.contains(&*file.path) || file.reading != Reading::Read);
        }
        let found: Vec<Because> = files.iter().map(|file| Because::file(&*file.path)).collect();
        if found.len() >= self.at_least {
            return Judgement::yes(few(found, "files"));
        }
        let note = match found.len() {
            0 if self.exists.shown() == "`**`" => format!("there is no {} file", named(&self.classes)),
            0 => format!("no file matches {}", self.exists.shown()),
            count => format!("{count} files match {}, {} are asked for", self.exists.shown(), self.at_least),
        };
        Judgement::no(vec![Because::note(note)])
    }
}

impl File {
    /// The first sign of a file that is no blank.
    fn filled(&self) -> PatternNeed {
        PatternNeed {
            files: self.exists.selection(&self.classes),
            regex: r"\A\s*\S".into(),
            mask: Mask::Nothing,
            keep: Keep::All,
        }
    }
}

/// Classes for people.
fn named(classes: &[Class]) -> String {
    let names: Vec<String> = classes.iter().map(|class| format!("{class:?}").to_lowercase()).collect();
    names.join(" or ")
}
