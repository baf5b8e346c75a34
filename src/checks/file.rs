//! `file`: a file exists.

use super::{Check, Kind, build, schema};
use crate::evidence::{Needs, PathSet, View};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "file",
    summary: "A file exists whose path matches one of the globs.",
    details: "TODO",
    example: "file: [\"ARCHITECTURE*\", \"docs/architecture/**\"]",
    schema: schema::<File>,
    build: build::<File>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
struct File(String);

impl Check for File {
    fn needs(&self, _: &mut Needs) {}

    fn judge(&self, view: &View<'_>) -> Judgement {
        let set = PathSet::new(&[&self.0]).unwrap_or_default();
        let found: Vec<Because> = view.tree.matching(&set).map(|file| Because::file(&*file.path)).collect();
        Judgement::new(!found.is_empty(), found)
    }
}
