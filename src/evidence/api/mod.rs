//! Descriptions of APIs, and what another version of one breaks for its clients.
//!
//! Reading is per file; comparing takes the files of both sides, because a description may be spread over many. Nothing
//! is fetched: a reference that leads out of the files stays unresolved, and is told.

mod levels;
mod media;
mod openapi;
mod operations;
mod reference;
mod schema;
mod shape;
mod version;

#[cfg(test)]
pub(super) use levels::all as all_levels;
pub(super) use levels::of as level_of;
pub use openapi::compare;
pub use reference::Documents;
pub use version::{Announcement, announced};

use super::file_text::FileText;
use crate::document::Node;
use std::sync::Arc;

/// How bad a difference is for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Clients go on as before.
    Info,
    /// Some clients may break.
    Warning,
    /// Clients that did what the description says break.
    Breaking,
}

/// A difference between two versions of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What sort, in kebab-case: `operation-removed`.
    pub kind: String,
    /// How bad.
    pub level: Level,
    /// The file of the newer version.
    pub file: String,
    /// The line there: what changed, or what the thing was removed from.
    pub line: u32,
    /// In a sentence.
    pub message: String,
}

/// A file of an API's description.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiFile {
    /// Whether a description starts here; else it is a part that others may refer to.
    pub root: bool,
    /// The document, which is the only one of its file.
    documents: Arc<[Node]>,
}

impl ApiFile {
    /// The document.
    pub fn node(&self) -> &Node {
        &self.documents[0]
    }
}

/// Files that can hold a description or a part of one.
pub(super) const API_FILES: [&str; 1] = ["**/*.{yml,yaml,json}"];

/// Words of which every file of a description holds one.
const WORDS: [&str; 6] = ["openapi", "swagger", "$ref", "properties", "responses", "parameters"];

/// Keys at the top of a file that is a part of a description.
const PARTS: [&str; 17] = [
    "get",
    "put",
    "post",
    "delete",
    "patch",
    "head",
    "options",
    "parameters",
    "components",
    "schemas",
    "definitions",
    "properties",
    "allOf",
    "oneOf",
    "anyOf",
    "$ref",
    "paths",
];

/// Reads a file; nothing where it is neither a description nor a part of one.
pub(super) fn read_api(file: &FileText<'_>) -> Option<ApiFile> {
    // Most files of these formats are something else: not worth parsing.
    if !WORDS.iter().any(|word| file.text.contains(word)) {
        return None;
    }
    let documents = file.documents()?.as_ref().ok()?;
    let [node] = &**documents else { return None };
    let of = |root| ApiFile { root, documents: Arc::clone(documents) };
    if is_root(node) {
        return Some(of(true));
    }
    let keys = node.as_map()?.iter().filter_map(|(key, _)| key.as_str());
    let part = keys.into_iter().any(|key| PARTS.contains(&key)) && node.get("$schema").is_none();
    part.then(|| of(false))
}

/// OpenAPI 3, or Swagger 2.
fn is_root(node: &Node) -> bool {
    let version = |key: &str| node.get(key).is_some_and(|version| version.as_scalar().is_some());
    (version("openapi") || version("swagger")) && node.get("paths").or_else(|| node.get("webhooks")).is_some()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
