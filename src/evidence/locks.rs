//! Which manifests of a tree have to be locked, and which are. The pairs are data: `policies/data/ecosystems.yml`.

use super::class::Class;
use super::manifests::{DependencyScope, InLock, Manifest};
use super::paths::PathSet;
use super::tree::{File, Tree};
use serde::Deserialize;
use std::sync::OnceLock;

/// How one tool locks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Locking {
    tool: String,
    #[serde(default)]
    locks: Vec<String>,
    /// A lock file in a folder above counts.
    #[serde(default)]
    above: bool,
    /// Files that make the folder the root of a workspace.
    #[serde(default)]
    workspace: Vec<String>,
    #[serde(default)]
    none: Option<String>,
    #[serde(default)]
    fix: String,
}

fn table() -> &'static [Locking] {
    static TABLE: OnceLock<Vec<Locking>> = OnceLock::new();
    // A test reads the file; a table that does not parse cannot be built into a release.
    TABLE.get_or_init(|| {
        serde_yaml::from_str(include_str!("../../policies/data/ecosystems.yml")).unwrap_or_default()
    })
}

/// Whether the dependencies of a manifest are exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockState {
    /// By this lock file.
    File(String),
    /// Every version in the manifest itself is.
    Pinned,
    /// They are not; this makes the lock file.
    Missing(String),
}

/// A manifest that has to be locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// Path of the manifest.
    pub path: String,
    /// Line of its first dependency.
    pub line: u32,
    /// Whether it is.
    pub state: LockState,
}

/// Every manifest that has to be locked, in order of path.
pub fn locks(tree: &Tree) -> Vec<Locked> {
    let manifests: Vec<(&File, &Manifest)> =
        tree.manifests().filter(|(file, _)| !matches!(file.class, Class::Test | Class::Docs)).collect();
    manifests.iter().filter_map(|(file, manifest)| locked(tree, &manifests, &file.path, manifest)).collect()
}

fn locked(tree: &Tree, all: &[(&File, &Manifest)], path: &str, manifest: &Manifest) -> Option<Locked> {
    let locking = table().iter().find(|locking| locking.tool == manifest.tool)?;
    let first = manifest
        .dependencies
        .iter()
        .find(|one| one.scope != DependencyScope::Indirect && one.lock != InLock::Never)?;
    if locking.none.is_some() || library(tree, path, manifest) {
        return None;
    }
    let folder = parent(path);
    let line = first.line;
    let done = |state| Some(Locked { path: path.to_owned(), line, state });
    if let Some(lock) = beside(tree, folder, &locking.locks) {
        return done(LockState::File(lock));
    }
    if manifest.tool == "requirements" {
        if manifest.pinned {
            return done(LockState::Pinned);
        }
        // `requirements.in` is the source, `requirements.txt` what was compiled from it.
        let compiled = path.strip_suffix(".in").map(|stem| format!("{stem}.txt"));
        if let Some(lock) = compiled.filter(|path| tree.file(path).is_some()) {
            return done(LockState::File(lock));
        }
    }
    if manifest.tool == "pyproject"
        && let Some(lock) = compiled_requirements(all, folder)
    {
        return done(LockState::File(lock));
    }
    for above in ancestors(folder) {
        let root = locking.above || workspace(tree, all, locking, above, folder);
        if let Some(lock) = beside(tree, above, &locking.locks).filter(|_| root) {
            return done(LockState::File(lock));
        }
    }
    done(LockState::Missing(locking.fix.clone()))
}

fn beside(tree: &Tree, folder: &str, names: &[String]) -> Option<String> {
    names.iter().map(|name| join(folder, name)).find(|path| tree.file(path).is_some())
}

/// Whether the folder above is a workspace that has this folder as a member.
fn workspace(tree: &Tree, all: &[(&File, &Manifest)], locking: &Locking, above: &str, folder: &str) -> bool {
    if beside(tree, above, &locking.workspace).is_some() {
        return true;
    }
    let relative = folder.strip_prefix(above).unwrap_or(folder).trim_start_matches('/');
    all.iter().filter(|(file, manifest)| parent(&file.path) == above && manifest.tool == locking.tool).any(
        |(_, manifest)| {
            let globs: Vec<&str> = manifest
                .members
                .iter()
                .map(|glob| glob.trim_start_matches("./").trim_end_matches('/'))
                .collect();
            manifest.workspace && PathSet::new(&globs).is_ok_and(|set| set.contains(relative))
        },
    )
}

/// A fully pinned requirements file beside a `pyproject.toml` is its lock.
fn compiled_requirements(all: &[(&File, &Manifest)], folder: &str) -> Option<String> {
    let lock = all.iter().find(|(file, manifest)| {
        manifest.tool == "requirements"
            && manifest.pinned
            && !manifest.dependencies.is_empty()
            && parent(&file.path) == folder
    });
    lock.map(|(file, _)| file.path.to_string())
}

/// Whether the package is a library, whose users do the locking.
fn library(tree: &Tree, path: &str, manifest: &Manifest) -> bool {
    let folder = parent(path);
    let has = |name: &str| tree.file(&join(folder, name)).is_some();
    match manifest.tool {
        "cargo" => {
            let member_of_nothing = manifest.library != Some(false) && !manifest.workspace;
            member_of_nothing
                && has("src/lib.rs")
                && !has("src/main.rs")
                && !under(tree, &join(folder, "src/bin/"))
        }
        // A test project or a class library is restored with the application that uses it.
        "nuget" => false,
        _ => manifest.library == Some(true),
    }
}

fn under(tree: &Tree, prefix: &str) -> bool {
    let at = tree.files().partition_point(|file| &*file.path < prefix);
    tree.files().get(at).is_some_and(|file| file.path.starts_with(prefix))
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The folders above, nearest first, the root last.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors((!folder.is_empty()).then(|| parent(folder)), |folder| {
        (!folder.is_empty()).then(|| parent(folder))
    })
}
