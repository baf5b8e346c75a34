//! What is kept of a package manifest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DependencyScope {
    /// The product needs it to run.
    Runtime,
    /// Only developing and testing need it.
    Dev,
    /// Only building needs it.
    Build,
    /// The product can use it.
    Optional,
    /// Another dependency brings it.
    Indirect,
}

/// Whether the lock file of the manifest holds a dependency by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InLock {
    /// It does, or it is stale.
    #[default]
    Must,
    /// It depends: another source, an alias, a condition.
    May,
    /// It is no package.
    Never,
}

/// One dependency of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name in the registry: `group:artifact` for the JVM, the normalised name for Python.
    pub name: String,
    /// What versions will do, as it is written.
    pub version: Option<String>,
    /// What it is for.
    pub scope: DependencyScope,
    /// Where it is written.
    pub line: u32,
    /// Whether a lock file holds it.
    pub lock: InLock,
    /// Key under which another manifest, such as a version catalogue, says what is meant.
    pub reference: Option<String>,
}

/// What a manifest says of a dependency that others declare: a managed version, an entry of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Managed {
    /// What others call it.
    pub(super) key: String,
    /// Its name in the registry.
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) scope: Option<DependencyScope>,
    /// Whether a lock file holds it; never what lies in this repository.
    pub(super) lock: InLock,
}

/// A package manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The tool that reads it: `npm`, `cargo`, `gradle`, `requirements` ...
    pub tool: &'static str,
    /// Where its names come from: `npm`, `pypi`, `cargo`, `go`, `maven`, `rubygems`, `packagist`, `nuget`, `hex`,
    /// `pub`, `swift`.
    pub ecosystem: &'static str,
    /// Name of the package.
    pub name: Option<String>,
    /// What it depends on, in order of the text.
    pub dependencies: Vec<Dependency>,
    /// Globs of the folders that are members of this workspace.
    pub members: Vec<String>,
    /// Whether it is the root of a workspace.
    pub workspace: bool,
    /// Whether it says that it is a library, or not.
    pub library: Option<bool>,
    /// Whether every dependency has exactly one version: a compiled list.
    pub pinned: bool,
    /// The package manager that it names, of several that could read it.
    pub manager: Option<String>,
    /// Files with versions that it points to, relative to its folder.
    pub constraints: Vec<String>,
    /// Files whose requirements it takes in, as written.
    pub includes: Vec<String>,
    /// What it says of dependencies that others declare.
    pub(super) managed: Vec<Managed>,
    /// Named texts, of which versions are made.
    pub(super) properties: BTreeMap<String, String>,
    /// Path of the manifest that it inherits from, and the name that one has to have.
    pub(super) parent: Option<(String, String)>,
}

/// Dependencies that are kept of one manifest.
const MAX_DEPENDENCIES: usize = 5000;

impl Manifest {
    pub(super) fn of(tool: &'static str, ecosystem: &'static str) -> Self {
        Self { tool, ecosystem, ..Self::default() }
    }

    /// Adds a dependency; gives it back where more is to be said of it.
    pub(super) fn add(
        &mut self,
        name: &str,
        version: Option<String>,
        scope: DependencyScope,
        line: u32,
    ) -> Option<&mut Dependency> {
        let name = name.trim();
        if name.is_empty() || self.dependencies.len() >= MAX_DEPENDENCIES {
            return None;
        }
        let lock = InLock::Must;
        self.dependencies.push(Dependency {
            name: name.to_owned(),
            version,
            scope,
            line,
            lock,
            reference: None,
        });
        self.dependencies.last_mut()
    }

    /// Whether it says what version others get of a dependency.
    pub(in crate::evidence) fn manages(&self, key: &str) -> bool {
        self.managed.iter().any(|one| one.key == key)
    }

    pub(super) fn manage(&mut self, key: &str, name: &str, version: Option<String>) -> Option<&mut Managed> {
        if self.managed.len() >= MAX_DEPENDENCIES {
            return None;
        }
        let (key, name) = (key.to_owned(), name.trim().to_owned());
        self.managed.push(Managed { key, name, version, scope: None, lock: InLock::Must });
        self.managed.last_mut()
    }
}

/// Words in the names of groups and files that only developers need.
const DEV_WORDS: [&str; 48] = [
    "dev",
    "devel",
    "develop",
    "development",
    "test",
    "tests",
    "testing",
    "lint",
    "linting",
    "linters",
    "linter",
    "docs",
    "doc",
    "documentation",
    "typing",
    "types",
    "typecheck",
    "mypy",
    "style",
    "format",
    "formatting",
    "coverage",
    "cov",
    "ci",
    "check",
    "checks",
    "qa",
    "quality",
    "local",
    "debug",
    "notebook",
    "notebooks",
    "jupyter",
    "bench",
    "benchmark",
    "benchmarks",
    "profiling",
    "release",
    "tox",
    "nox",
    "example",
    "examples",
    "e2e",
    "rubocop",
    "precommit",
    "tooling",
    "tools",
    "cucumber",
];

/// Whether a group or file with this name is for developers.
pub(super) fn is_dev(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| DEV_WORDS.contains(&word))
}
