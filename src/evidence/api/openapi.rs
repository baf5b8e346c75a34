//! OpenAPI 3 and Swagger 2: the paths and operations of two versions, side by side.

use super::operations::{self, Side};
use super::reference::{At, Documents};
use super::{Difference, levels};
use chrono::NaiveDate;

/// The methods of a path, as both versions of the format have them.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Differences that are kept of one description.
const MAX_DIFFERENCES: usize = 500;

/// One operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation<'a> {
    pub(super) method: &'a str,
    /// The path as it is written.
    pub(super) path: &'a str,
    /// Line of the method's key.
    pub(super) line: u32,
    pub(super) at: At<'a>,
    /// The path's own object, whose parameters are everybody's.
    pub(super) item: At<'a>,
}

/// What breaks, or may, or changed, for clients of the description in `base_file` when it becomes that of `head_file`.
/// `today` decides whether a sunset has come.
pub fn compare(
    base: &Documents<'_>,
    base_file: &str,
    head: &Documents<'_>,
    head_file: &str,
    today: NaiveDate,
) -> Vec<Difference> {
    let (Some(before), Some(after)) = (base.root(base_file), head.root(head_file)) else { return Vec::new() };
    let base = Side { documents: base, root: before };
    let head = Side { documents: head, root: after };
    let mut found = Found { differences: Vec::new(), at: String::new() };
    let (old, new) = (operations_of(&base), operations_of(&head));
    for operation in &old {
        found.at = format!("{} {}", operation.method.to_uppercase(), operation.path);
        match new.iter().find(|other| other.method == operation.method && same(other.path, operation.path)) {
            Some(other) => operations::compare(&base, *operation, &head, *other, &mut found),
            None => removed(operation, &head, &new, today, &mut found),
        }
    }
    for operation in &new {
        if !old.iter().any(|other| other.method == operation.method && same(other.path, operation.path)) {
            found.at = format!("{} {}", operation.method.to_uppercase(), operation.path);
            found.add("operation-added", operation.at.file, operation.line, "is new");
        }
    }
    found
        .differences
        .sort_by(|a, b| (&a.file, a.line, &a.kind, &a.message).cmp(&(&b.file, b.line, &b.kind, &b.message)));
    found.differences.dedup();
    found.differences.truncate(MAX_DIFFERENCES);
    found.differences
}

/// What has been found so far, and where the comparison stands.
pub(super) struct Found {
    differences: Vec<Difference>,
    /// The operation, for people.
    at: String,
}

impl Found {
    pub(super) fn add(&mut self, kind: impl Into<String>, file: &str, line: u32, what: &str) {
        if self.differences.len() < MAX_DIFFERENCES * 2 {
            let (kind, message) = (kind.into(), format!("{}: {what}", self.at));
            let level = levels::of(&kind);
            self.differences.push(Difference { kind, level, file: file.to_owned(), line, message });
        }
    }

    /// At a value.
    pub(super) fn at(&mut self, kind: impl Into<String>, at: At<'_>, what: &str) {
        self.add(kind, at.file, at.node.pos.line, what);
    }
}

/// Parameters of a path have names that no client sees.
fn same(one: &str, other: &str) -> bool {
    let bare =
        |part: &str| part.starts_with('{').then_some("{}").map_or_else(|| part.to_owned(), str::to_owned);
    let (one, other) = (one.trim_end_matches('/'), other.trim_end_matches('/'));
    one == other || one.split('/').map(bare).eq(other.split('/').map(bare))
}

fn operations_of<'a>(side: &Side<'a>) -> Vec<Operation<'a>> {
    let mut found = Vec::new();
    for (path, _, item) in side.documents.entries(side.documents.get(side.root, "paths")) {
        for (key, line, at) in side.documents.entries(Some(item)) {
            if let Some(method) = METHODS.iter().find(|method| **method == key) {
                found.push(Operation { method, path, line, at, item });
            }
        }
    }
    found
}

fn removed(
    operation: &Operation<'_>,
    head: &Side<'_>,
    new: &[Operation<'_>],
    today: NaiveDate,
    found: &mut Found,
) {
    let paths = head.documents.get(head.root, "paths").unwrap_or(head.root);
    let place = new.iter().find(|other| same(other.path, operation.path)).map_or(paths, |other| other.item);
    let (kind, what) = if new.iter().any(|other| same(other.path, operation.path)) {
        ("operation-removed", "is removed")
    } else {
        ("path-removed", "is removed with its path")
    };
    let (kind, what) = match sunset(operation) {
        _ if !deprecated(operation) => (kind, what.to_owned()),
        Some(day) if day <= today => ("sunset-operation-removed", "is removed after its sunset".to_owned()),
        Some(day) => ("operation-removed-before-sunset", format!("is removed before its sunset, {day}")),
        None => (
            "deprecated-operation-removed",
            "was deprecated and is removed; no sunset told clients by when".to_owned(),
        ),
    };
    found.at(kind, place, &what);
}

pub(super) fn deprecated(operation: &Operation<'_>) -> bool {
    operation.at.node.get("deprecated").and_then(crate::document::Node::as_bool) == Some(true)
}

/// `x-sunset`: the day from which an operation may be gone.
pub(super) fn sunset(operation: &Operation<'_>) -> Option<NaiveDate> {
    let text = operation.at.node.get("x-sunset")?.to_string();
    NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()
}
