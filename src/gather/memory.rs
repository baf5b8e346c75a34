//! The same assembly from texts in memory: for the examples inside a policy, and for tests.

use super::MAX_FILE_SIZE;
use super::assemble::assemble;
use super::listing::{Entry, Origin, sorted};
use super::renames::blob_id;
use super::source::Source;
use crate::evidence::{Change, FileKind, Tree};
use crate::plan::Plan;
use crate::words::Known;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Trees and change of these files (path -> text). Without a `base`, the paths in `changed` are what the change adds
/// (or deletes, where the head does not have them), and everything else was there before; with neither there is no
/// change.
pub fn memory(
    plan: &Plan,
    head: &BTreeMap<String, String>,
    base: Option<&BTreeMap<String, String>>,
    changed: &[String],
) -> (Tree, Known<Tree>, Known<Change>) {
    let source = Source { limit: MAX_FILE_SIZE, ..Source::default() };
    let head_entries = entries(head);
    let base_entries = match base {
        Some(base) => Some(entries(base)),
        None if changed.is_empty() => None,
        None => {
            let gone = changed.iter().filter(|path| !head.contains_key(*path)).map(|path| entry(path, ""));
            let kept = head_entries.iter().filter(|entry| !changed.iter().any(|path| **path == *entry.path));
            Some(sorted(gone.chain(kept.cloned()).collect()))
        }
    };
    let done = assemble(plan, &source, &head_entries, base_entries.as_deref());
    let absent = || "no change is given".to_owned();
    (
        done.head,
        done.base.map_or_else(|| Known::Absent(absent()), Known::Known),
        done.change.map_or_else(|| Known::Absent(absent()), Known::Known),
    )
}

fn entries(files: &BTreeMap<String, String>) -> Vec<Entry> {
    sorted(files.iter().map(|(path, text)| entry(path, text)).collect())
}

fn entry(path: &str, text: &str) -> Entry {
    let origin = Origin::Memory(Arc::from(text));
    let size = text.len() as u64;
    Entry { id: blob_id(text.as_bytes()), size, ..Entry::new(path.as_bytes(), FileKind::Regular, origin) }
}
