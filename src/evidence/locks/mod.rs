//! Which manifests of a tree have to be locked, and which are: a lock file that covers them, whole and not stale.
//!
//! The pairs are data: `policies/data/ecosystems.yml`. In doubt a lock file counts: it may lack a dependency for reasons
//! that cannot be seen here, and nobody is blamed for these.

mod judge;
mod table;

use super::class::Class;
use super::lockfiles::{Lock, LockFault};
use super::manifests::{Dependency, DependencyScope, InLock, Manifest};
use super::paths::PathSet;
use super::tree::{File, Tree};
use judge::judged;
use std::collections::BTreeMap;
use table::{Locking, Manager, locking};

/// Whether the dependencies of a manifest are exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockState {
    /// By this lock file.
    File(String),
    /// Every version in the manifest itself is.
    Pinned,
    /// They are not; this makes the lock file.
    Missing(String),
    /// The lock file lacks some; this takes them in.
    Stale(Stale),
    /// The lock file is none; this makes it anew.
    Broken {
        /// Path of the lock file.
        lock: String,
        /// What is wrong with it.
        fault: LockFault,
        /// The command.
        fix: String,
    },
}

/// A lock file that is older than its manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Path of the lock file.
    pub lock: String,
    /// The dependencies that it lacks, with their lines in the manifest.
    pub lacks: Vec<(String, u32)>,
    /// The command.
    pub fix: String,
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

/// The manifests of a tree and what locks them.
#[derive(Debug)]
pub struct Locks<'a> {
    tree: &'a Tree,
    by_folder: BTreeMap<&'a str, Vec<(&'a File, &'a Manifest)>>,
}

/// The lock files that can cover a manifest, those of the manager that is used first.
struct Cover<'a> {
    files: Vec<(String, &'static Manager, Option<&'a Lock>)>,
    /// The manifest is in the same folder, or the workspace says that it is a member.
    certain: bool,
}

impl<'a> Locks<'a> {
    /// Of this tree, tests and documents left out.
    pub fn of(tree: &'a Tree) -> Self {
        let mut by_folder: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for (file, manifest) in tree.manifests() {
            if !matches!(file.class, Class::Test | Class::Docs) {
                by_folder.entry(parent(&file.path)).or_default().push((file, manifest));
            }
        }
        Self { tree, by_folder }
    }

    /// Every manifest that has to be locked, in order of path.
    pub fn all(&self) -> Vec<Locked> {
        let manifests = self.by_folder.values().flatten();
        let mut all: Vec<Locked> =
            manifests.filter_map(|(file, manifest)| self.locked(&file.path, manifest)).collect();
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all
    }

    /// The version of a dependency that the lock file of its manifest holds, where that is one.
    pub fn version(&self, path: &str, manifest: &Manifest, one: &Dependency) -> Option<&'a str> {
        let cover = self.cover(path, manifest, locking(manifest)?)?;
        let locks = cover.files.into_iter().filter_map(|(_, _, lock)| lock.filter(|lock| lock.is_known()));
        let mut found = locks.map(|lock| lock.versions(manifest.ecosystem, &one.name));
        let versions = found.find(|versions| !versions.is_empty())?;
        let wanted = one.version.as_deref().and_then(|wanted| semver::VersionReq::parse(wanted).ok());
        let meets = |version: &&String| {
            let version = semver::Version::parse(version);
            wanted.as_ref().is_some_and(|wanted| version.is_ok_and(|version| wanted.matches(&version)))
        };
        match versions {
            [version] => Some(version),
            // The project gets its own, whatever others bring along.
            several => several.iter().find(meets).map(String::as_str),
        }
    }

    fn locked(&self, path: &str, manifest: &Manifest) -> Option<Locked> {
        let locking = locking(manifest).filter(|locking| locking.none.is_none())?;
        let first = manifest
            .dependencies
            .iter()
            .find(|one| one.scope != DependencyScope::Indirect && one.lock != InLock::Never)?;
        if self.library(path, manifest) {
            return None;
        }
        let state = match self.cover(path, manifest, locking) {
            Some(cover) => judged(path, manifest, &cover),
            None if manifest.pinned => LockState::Pinned,
            None => self.compiled(path, manifest).unwrap_or_else(|| {
                let manager = self.manager(path, manifest, locking);
                LockState::Missing(manager.map_or_else(String::new, |manager| manager.fix(path)))
            }),
        };
        Some(Locked { path: path.to_owned(), line: first.line, state })
    }

    /// The lock files beside the manifest, or those of the workspace that it belongs to.
    fn cover(&self, path: &str, manifest: &Manifest, locking: &'static Locking) -> Option<Cover<'a>> {
        let folder = parent(path);
        let here = self.beside(folder, manifest, locking);
        if !here.is_empty() {
            return Some(Cover { files: here, certain: true });
        }
        // What was compiled is a lock of its own, whatever a folder above holds.
        if manifest.pinned && manifest.tool == "requirements" {
            return None;
        }
        ancestors(folder).find_map(|above| {
            let files = self.beside(above, manifest, locking);
            let member = || self.member(locking, above, folder);
            let signed = || locking.members.iter().any(|name| self.tree.file(&join(above, name)).is_some());
            let (certain, covers) = match files.is_empty() {
                true => return None,
                false if member() => (true, true),
                false => (false, locking.above || signed()),
            };
            let relative = relative(above, folder);
            let named = files.iter().filter_map(|(_, _, lock)| *lock).any(|lock| {
                let own = manifest.name.as_deref().is_some_and(|name| lock.holds(manifest.ecosystem, name));
                lock.covers(relative) || own && matches!(manifest.tool, "cargo" | "pyproject")
            });
            covers.then_some(Cover { files, certain: certain || named })
        })
    }

    fn beside(
        &self,
        folder: &str,
        manifest: &Manifest,
        locking: &'static Locking,
    ) -> Vec<(String, &'static Manager, Option<&'a Lock>)> {
        let mut files: Vec<_> = locking
            .locks()
            .filter_map(|(manager, name)| {
                let file = self.tree.file(&join(folder, name))?;
                let lock = file.facts.as_ref().and_then(|facts| facts.lock.as_deref());
                Some((file.path.to_string(), manager, lock))
            })
            .collect();
        files.sort_by_key(|(_, manager, _)| manifest.manager.as_ref() != Some(&manager.name));
        files
    }

    /// Whether the workspace in the folder above has this folder as a member.
    fn member(&self, locking: &Locking, above: &str, folder: &str) -> bool {
        let relative = relative(above, folder);
        let roots = self.by_folder.get(above).into_iter().flatten();
        let same =
            |manifest: &Manifest| table::locking(manifest).is_none_or(|other| std::ptr::eq(other, locking));
        roots.filter(|(_, manifest)| manifest.workspace && same(manifest)).any(|(_, manifest)| {
            let globs: Vec<&str> = manifest
                .members
                .iter()
                .map(|glob| glob.trim_start_matches("./").trim_end_matches('/'))
                .collect();
            PathSet::new(&globs).is_ok_and(|set| set.contains(relative))
        })
    }

    /// A list of exact versions that was made of the manifest: `requirements.txt` of `requirements.in` or `pyproject.toml`.
    fn compiled(&self, path: &str, manifest: &Manifest) -> Option<LockState> {
        if manifest.tool == "requirements" {
            let compiled = path.strip_suffix(".in").map(|stem| format!("{stem}.txt"));
            let lock = compiled.filter(|path| self.tree.file(path).is_some());
            let constrained =
                || manifest.constraints.iter().find_map(|file| self.constraints(path, manifest, file));
            return lock.or_else(constrained).or_else(|| self.taken_in(path, 4)).map(LockState::File);
        }
        let pinned = |manifest: &Manifest| {
            manifest.tool == "requirements" && manifest.pinned && !manifest.dependencies.is_empty()
        };
        let here = self.by_folder.get(parent(path)).into_iter().flatten();
        let mut lock = here.filter(|(_, other)| manifest.tool == "pyproject" && pinned(other));
        lock.next().map(|(file, _)| LockState::File(file.path.to_string()))
    }

    /// What was compiled of a `.in` file that takes this one in, at most so many files away.
    fn taken_in(&self, path: &str, far: u8) -> Option<String> {
        let takes = |(other, manifest): &(&File, &Manifest)| {
            let folder = parent(&other.path);
            let mut files = manifest.includes.iter();
            *other.path != *path
                && files.any(|file| super::manifests::joined(folder, file).is_some_and(|file| file == path))
        };
        let mut others = self.by_folder.values().flatten().filter(|one| far > 0 && takes(one));
        others.find_map(|(other, _)| {
            let compiled = other.path.strip_suffix(".in").map(|stem| format!("{stem}.txt"));
            let compiled = compiled.filter(|path| self.tree.file(path).is_some());
            compiled.or_else(|| self.taken_in(&other.path, far - 1))
        })
    }

    /// A file of constraints that names one version of every dependency.
    fn constraints(&self, path: &str, manifest: &Manifest, file: &str) -> Option<String> {
        let found = super::manifests::joined(parent(path), file)?;
        let mut here = self.by_folder.get(parent(&found))?.iter();
        let (_, constraints) = here.find(|(other, _)| *other.path == *found)?;
        let pinned = |one: &Dependency| constraints.manages(&one.name);
        (constraints.pinned && manifest.dependencies.iter().all(pinned)).then_some(found)
    }

    /// The manager that the manifest, the workspace or a file beside or above it names; the first where none does.
    fn manager(
        &self,
        path: &str,
        manifest: &Manifest,
        locking: &'static Locking,
    ) -> Option<&'static Manager> {
        let named = |name: &String| locking.managers.iter().find(|manager| manager.name == *name);
        let folders = || std::iter::once(parent(path)).chain(ancestors(parent(path)));
        let by_name = || {
            folders().find_map(|folder| {
                let here = self.by_folder.get(folder).into_iter().flatten();
                here.filter_map(|(_, manifest)| manifest.manager.as_ref()).find_map(named)
            })
        };
        let by_sign = || {
            folders().find_map(|folder| {
                locking.managers.iter().find(|manager| {
                    let mut files = manager.signs.iter().chain(&manager.locks);
                    files.any(|name| self.tree.file(&join(folder, name)).is_some())
                })
            })
        };
        let own = manifest.manager.as_ref().and_then(named);
        own.or_else(by_name).or_else(by_sign).or_else(|| locking.managers.first())
    }

    /// Whether the package is a library, whose users do the locking.
    fn library(&self, path: &str, manifest: &Manifest) -> bool {
        let folder = parent(path);
        let has = |name: &str| self.tree.file(&join(folder, name)).is_some();
        match manifest.tool {
            "cargo" => {
                let member_of_nothing = manifest.library != Some(false) && !manifest.workspace;
                member_of_nothing
                    && has("src/lib.rs")
                    && !has("src/main.rs")
                    && !under(self.tree, &join(folder, "src/bin/"))
            }
            // A test project or a class library is restored with the application that uses it.
            "nuget" => false,
            _ => manifest.library == Some(true),
        }
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

fn relative<'a>(above: &str, folder: &'a str) -> &'a str {
    folder.strip_prefix(above).unwrap_or(folder).trim_start_matches('/')
}

/// The folders above, nearest first, the root last.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors((!folder.is_empty()).then(|| parent(folder)), |folder| {
        (!folder.is_empty()).then(|| parent(folder))
    })
}
