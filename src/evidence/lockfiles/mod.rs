//! Lock files: the packages that they hold, and whether they are whole.
//!
//! One registry here, the formats beside it. Each text is read once and only names and versions are kept. A format that
//! is not understood gives a lock of which nothing is known, and then nobody may be blamed for what it lacks.

mod json;
mod lines;
mod toml;

use super::paths::PathSet;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a lock file holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Versions by name, in the form of [`normal`].
    packages: BTreeMap<String, Vec<String>>,
    /// Folders of the packages of this repository that it covers.
    folders: Vec<String>,
    /// What is wrong with the file itself.
    pub fault: Option<LockFault>,
}

/// Why a file is no lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockFault {
    /// It holds nothing at all.
    Empty,
    /// A merge left its marks, in this line.
    Conflict(u32),
    /// It cannot be parsed: where and why.
    Broken(u32, String),
}

/// Packages that are kept of one lock file.
const MAX_PACKAGES: usize = 50_000;
/// Versions of one package that are kept.
const MAX_VERSIONS: usize = 20;

impl Lock {
    fn add(&mut self, name: &str, version: Option<&str>) {
        if name.is_empty() || self.packages.len() >= MAX_PACKAGES {
            return;
        }
        let versions = self.packages.entry(name.to_owned()).or_default();
        if let Some(version) = version.filter(|version| !versions.iter().any(|known| known == version))
            && versions.len() < MAX_VERSIONS
        {
            versions.push(version.to_owned());
        }
    }

    /// Whether anything is known of what it holds.
    pub fn is_known(&self) -> bool {
        self.fault.is_none() && !self.packages.is_empty()
    }

    /// Whether it holds a package of this name.
    pub fn holds(&self, ecosystem: &str, name: &str) -> bool {
        self.packages.contains_key(&normal(ecosystem, name))
    }

    /// The versions of a package that it holds.
    pub fn versions(&self, ecosystem: &str, name: &str) -> &[String] {
        self.packages.get(&normal(ecosystem, name)).map_or(&[], Vec::as_slice)
    }

    /// Whether it says that it covers the package in this folder.
    pub fn covers(&self, folder: &str) -> bool {
        self.folders.iter().any(|known| known == folder)
    }
}

/// The form in which names of an ecosystem are compared.
fn normal(ecosystem: &str, name: &str) -> String {
    match ecosystem {
        "pypi" => name.to_ascii_lowercase().replace(['_', '.'], "-"),
        "cargo" => name.replace('_', "-"),
        "nuget" | "packagist" => name.to_lowercase(),
        "swift" => name.rsplit('/').next().unwrap_or(name).to_lowercase(),
        _ => name.to_owned(),
    }
}

/// A kind of lock file: its names, and how it is read.
struct Reader {
    globs: &'static [&'static str],
    read: Read,
}

/// Fills what a lock file holds.
enum Read {
    /// Takes what it can; nothing can be told to be broken.
    Leniently(fn(text: &str, lock: &mut Lock)),
    /// An error where the tool itself could not read it.
    Strictly(fn(text: &str, lock: &mut Lock) -> Result<(), LockFault>),
}

use Read::{Leniently, Strictly};

const READERS: &[Reader] = &[
    Reader { globs: &["**/package-lock.json", "**/npm-shrinkwrap.json"], read: Strictly(json::npm) },
    Reader { globs: &["**/yarn.lock"], read: Leniently(lines::yarn) },
    Reader { globs: &["**/pnpm-lock.yaml"], read: Leniently(lines::pnpm) },
    Reader { globs: &["**/bun.lock"], read: Leniently(json::bun) },
    Reader {
        globs: &["**/{poetry,uv,pdm}.lock", "**/pylock.toml", "**/pylock.*.toml"],
        read: Strictly(|text, lock| toml::packages("pypi", text, lock)),
    },
    Reader { globs: &["**/Cargo.lock"], read: Strictly(|text, lock| toml::packages("cargo", text, lock)) },
    Reader { globs: &["**/Pipfile.lock"], read: Strictly(json::pipenv) },
    Reader { globs: &["**/go.sum"], read: Leniently(lines::go) },
    Reader { globs: &["**/Gemfile.lock", "**/gems.locked"], read: Leniently(lines::bundler) },
    Reader { globs: &["**/composer.lock"], read: Strictly(json::composer) },
    Reader { globs: &["**/mix.lock"], read: Leniently(lines::mix) },
    Reader { globs: &["**/pubspec.lock"], read: Leniently(lines::pub_dev) },
    Reader { globs: &["**/packages.lock.json"], read: Strictly(json::nuget) },
    Reader { globs: &["**/Package.resolved"], read: Strictly(json::swift) },
    Reader { globs: &["**/*.lockfile"], read: Leniently(lines::gradle) },
];

fn sets() -> &'static [(PathSet, &'static Reader)] {
    static SETS: OnceLock<Vec<(PathSet, &'static Reader)>> = OnceLock::new();
    SETS.get_or_init(|| {
        READERS.iter().filter_map(|reader| Some((PathSet::new(reader.globs).ok()?, reader))).collect()
    })
}

/// Globs of all lock files that are read.
pub(super) fn lock_globs() -> impl Iterator<Item = &'static str> {
    READERS.iter().flat_map(|reader| reader.globs.iter().copied())
}

/// Reads a lock file; none where the path is no lock file's.
pub fn read_lock(path: &str, text: &str) -> Option<Lock> {
    let (_, reader) = sets().iter().find(|(set, _)| set.contains(path))?;
    let mut lock = Lock::default();
    lock.fault = if text.trim().is_empty() {
        Some(LockFault::Empty)
    } else if let Some(line) = conflict(text) {
        Some(LockFault::Conflict(line))
    } else {
        match reader.read {
            Leniently(read) => {
                read(text, &mut lock);
                None
            }
            Strictly(read) => read(text, &mut lock).err(),
        }
    };
    Some(lock)
}

/// The line of the first mark that a merge left, where it left both.
fn conflict(text: &str) -> Option<u32> {
    let at = if text.starts_with("<<<<<<< ") { 0 } else { text.find("\n<<<<<<< ")? + 1 };
    text.get(at..)?.find("\n>>>>>>> ")?;
    u32::try_from(text.get(..at)?.matches('\n').count() + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        path: String,
        text: String,
        #[serde(default)]
        packages: Vec<String>,
        #[serde(default)]
        covers: Vec<String>,
        fault: Option<String>,
    }

    #[test]
    fn every_lock_file_gives_its_packages() {
        let cases: Vec<Case> =
            serde_yaml::from_str(include_str!("../../../tests/cases/lockfiles.yml")).unwrap();
        let mut wrong = Vec::new();
        for case in &cases {
            let lock =
                read_lock(&case.path, &case.text).unwrap_or_else(|| panic!("{} is not read", case.path));
            let packages: Vec<String> = lock
                .packages
                .iter()
                .map(|(name, versions)| format!("{name} {}", versions.join(" ")).trim().to_owned())
                .collect();
            let fault = lock.fault.as_ref().map(|fault| match fault {
                LockFault::Empty => "empty".to_owned(),
                LockFault::Conflict(line) => format!("conflict {line}"),
                LockFault::Broken(line, _) => format!("broken {line}"),
            });
            if packages != case.packages || fault != case.fault || lock.folders != case.covers {
                wrong.push(format!("{}: {packages:#?} {fault:?} {:?}", case.path, lock.folders));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        for (set, reader) in sets() {
            assert!(cases.iter().any(|case| set.contains(&case.path)), "no case for {:?}", reader.globs);
        }
    }
}
