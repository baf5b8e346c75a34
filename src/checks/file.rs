//! `file`: files exist.

use super::select::{Paths, build_short, few, short_schema};
use super::{Check, Kind};
use crate::evidence::{Class, Needs, View};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "file",
    summary: "A file exists whose path matches one of the globs.",
    details: "\
Looks at the paths of the tree alone; nothing is read. Globs start at the root, letters match in either case. \
Ignored files (vendored, generated, fixtures, examples) do not count unless `classes` names them.

A text or a list is short for `exists`. `not_empty` leaves out files without content, `at_least` asks for several. \
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
    fn needs(&self, _: &mut Needs) {}

    fn judge(&self, view: &View<'_>) -> Judgement {
        let files =
            self.exists.files(view.tree, &self.classes).filter(|file| !self.not_empty || file.size > 0);
        let found: Vec<Because> = files.map(|file| Because::file(&*file.path)).collect();
        if found.len() >= self.at_least {
            return Judgement::yes(few(found, "files"));
        }
        let note = match found.len() {
            0 => format!("no file matches {}", self.exists.shown()),
            count => format!("{count} files match {}, {} are asked for", self.exists.shown(), self.at_least),
        };
        Judgement::no(vec![Because::note(note)])
    }
}
