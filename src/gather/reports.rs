//! Finds the reports that other jobs left: files of the tree, and files that git ignores, in folders that a glob names.
//!
//! Bounded in count, size and depth; no link is followed, and `node_modules` is never entered.

use super::listing::{Entry, Origin};
use super::source::{Content, Reader, Source};
use crate::evidence::{Class, FileKind, Report, Reports};
use crate::plan::{Plan, Way};
use cap_std::fs::Dir;
use gix::{ObjectId, Repository};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// Largest report that is read.
const MAX_SIZE: u64 = 64 << 20;
/// Reports that are read.
const MAX_REPORTS: usize = 1000;
/// Entries of ignored folders that are looked at.
const MAX_SEEN: usize = 100_000;
/// Folders below one that git ignores.
const MAX_DEPTH: usize = 12;

/// Something in the work tree that git ignores, or that nobody tracks and that lies where reports lie.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Left {
    pub(super) path: String,
    pub(super) folder: bool,
}

/// When the commit that is judged was made.
pub(super) fn made(repo: Option<&Repository>, head: Option<ObjectId>) -> Option<i64> {
    repo?.find_commit(head?).ok()?.time().ok().map(|time| time.seconds)
}

/// Reads the reports among the entries of the tree and among what lies beside it.
pub(super) fn reports(
    plan: &Plan,
    source: &Source,
    entries: &[Entry],
    left: &[Left],
    head: Option<i64>,
) -> Reports {
    let mut found: BTreeMap<String, (Entry, bool)> = BTreeMap::new();
    if plan.reports.is_empty() {
        return Reports { files: Vec::new(), head };
    }
    let tracked = source.objects.is_some() || source.blobs.is_some();
    for entry in entries.iter().filter(|entry| takes(plan, &entry.path) && entry.kind == FileKind::Regular) {
        found.insert(entry.path.to_string(), (entry.clone(), tracked));
    }
    if let Some(dir) = &source.dir {
        let mut finder = Finder { plan, dir, seen: 0, found: Vec::new() };
        for one in left {
            finder.left(one);
        }
        found.extend(finder.found.into_iter().map(|path| {
            let entry = Entry::new(path.as_bytes(), FileKind::Regular, Origin::Disk);
            (path, (entry, false))
        }));
    }
    let source = Source {
        dir: source.dir.as_ref().and_then(|dir| dir.try_clone().ok()),
        objects: source.objects.clone(),
        limit: MAX_SIZE,
        ..Source::default()
    };
    let found: Vec<(String, (Entry, bool))> = found.into_iter().take(MAX_REPORTS).collect();
    let read = |reader: &mut Reader<'_>, (path, (entry, tracked)): (String, (Entry, bool))| {
        let written = source.dir.as_ref().filter(|_| !tracked).and_then(|dir| written(dir, &path));
        match reader.read(&entry) {
            Content::Text(bytes) => Report::new(path, Ok(&super::extract::text(&bytes)), tracked, written),
            Content::Binary(_) => Report::new(path, Err("it is not text".to_owned()), tracked, written),
            Content::TooLarge(_) => {
                Report::new(path, Err(format!("it is larger than {} MiB", MAX_SIZE >> 20)), tracked, written)
            }
            Content::Failed(reason) => Report::new(path, Err(reason), tracked, written),
        }
    };
    let files = found.into_par_iter().map_init(|| source.reader(), read).collect();
    Reports { files, head }
}

/// Whether a report can be there: nobody's fixture, and nothing of somebody else.
pub(super) fn takes(plan: &Plan, path: &str) -> bool {
    let class = || plan.classes.of(path).0;
    plan.reports.contains(path)
        && !matches!(class(), Class::Vendored | Class::Fixture | Class::Example | Class::Ignored)
}

/// When the file was written.
fn written(dir: &Dir, path: &str) -> Option<i64> {
    let time = dir.symlink_metadata(path).ok()?.modified().ok()?.into_std();
    let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

struct Finder<'a> {
    plan: &'a Plan,
    dir: &'a Dir,
    seen: usize,
    found: Vec<String>,
}

impl Finder<'_> {
    fn left(&mut self, left: &Left) {
        if !left.folder {
            if takes(self.plan, &left.path) {
                self.found.push(left.path.clone());
            }
            return;
        }
        let (parent, name) = left.path.rsplit_once('/').unwrap_or(("", &left.path));
        let way = self.plan.reports.step(&self.plan.reports.way(parent), name, true);
        self.folder(&left.path, &way, 0);
    }

    fn folder(&mut self, path: &str, way: &Way, depth: usize) {
        if way.ends() || depth > MAX_DEPTH || name_of(path) == "node_modules" || name_of(path) == ".git" {
            return;
        }
        let Ok(entries) = self.dir.read_dir(Path::new(path)) else { return };
        let mut names: Vec<(String, bool, bool)> = Vec::new();
        for entry in entries.flatten() {
            self.seen += 1;
            if self.seen > MAX_SEEN {
                return;
            }
            if let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) {
                names.push((name, kind.is_dir(), kind.is_file()));
            }
        }
        names.sort();
        for (name, is_folder, is_file) in names {
            let below = format!("{path}/{name}");
            let way = self.plan.reports.step(way, &name, true);
            if is_folder {
                self.folder(&below, &way, depth + 1);
            } else if is_file && self.plan.reports.arrived(&way) && takes(self.plan, &below) {
                self.found.push(below);
            }
        }
    }
}
