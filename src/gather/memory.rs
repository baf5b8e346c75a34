//! The same assembly from texts in memory: for the examples inside a policy, and for tests.

use super::MAX_FILE_SIZE;
use super::assemble::assemble;
use super::listing::{Entry, Origin, sorted};
use super::renames::blob_id;
use super::reports::reports;
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
    let reports = reports(plan, &source, &head_entries, &[], None);
    let absent = || "no change is given".to_owned();
    (
        done.head.with_reports(reports),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{ChangeKind, Classes, Keep, Mask, Needs, PathSet, PatternNeed, Selection};

    type Texts = BTreeMap<String, String>;

    fn texts(files: &[(&str, &str)]) -> Texts {
        files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect()
    }

    fn gather(head: &Texts, base: Option<&Texts>, changed: &[&str]) -> (Tree, Known<Tree>, Known<Change>) {
        let need = PatternNeed {
            files: Selection::of(["**"]),
            regex: "needle".into(),
            mask: Mask::Nothing,
            keep: Keep::Added,
        };
        let needs = Needs { patterns: [need].into(), ..Needs::default() };
        let plan = Plan::new(needs, Classes::new(PathSet::default())).unwrap();
        let changed: Vec<String> = changed.iter().map(ToString::to_string).collect();
        memory(&plan, head, base, &changed)
    }

    fn kinds(change: &Known<Change>) -> Vec<(ChangeKind, &str)> {
        let Known::Known(change) = change else { panic!("{change:?}") };
        change.files.iter().map(|file| (file.kind, file.path.as_str())).collect()
    }

    #[test]
    fn changed_paths_are_added_and_the_rest_was_there() {
        let head = texts(&[("new", "needle"), ("old", "needle")]);
        let (tree, base, change) = gather(&head, None, &["new", "gone"]);
        assert_eq!(kinds(&change), [(ChangeKind::Deleted, "gone"), (ChangeKind::Added, "new")]);
        let found: Vec<&str> = tree.hits(0).map(|(file, _)| &*file.path).collect();
        assert_eq!(found, ["new"], "only the added line counts");
        assert_eq!(base.known().unwrap().files().len(), 2);
    }

    #[test]
    fn a_base_is_compared_and_without_one_nothing_is() {
        let head = texts(&[("a", "1\n2\n"), ("same", "x")]);
        let base = texts(&[("a", "1\n"), ("same", "x")]);
        let (_, _, change) = gather(&head, Some(&base), &[]);
        assert_eq!(kinds(&change), [(ChangeKind::Modified, "a")]);
        assert_eq!(change.known().unwrap().files[0].added.ranges(), [(2, 2)]);
        let (tree, base, change) = gather(&head, None, &[]);
        assert_eq!(tree.files().len(), 2);
        assert!(matches!((base, change), (Known::Absent(_), Known::Absent(_))));
    }
}
