//! Package manifests: what a project is called, and what it depends on, with line and scope of each.
//!
//! One file for each family of tools, one registry here. Pure: text in, model out. A manifest that cannot be
//! read gives no manifest, and whoever needed it says so.

mod cargo;
mod dotnet;
mod go;
mod gradle;
mod lines;
mod maven;
mod npm;
mod php;
mod python;
mod ruby;

use super::paths::PathSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

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
}

impl Manifest {
    fn of(tool: &'static str, ecosystem: &'static str) -> Self {
        Self { tool, ecosystem, ..Self::default() }
    }

    fn add(&mut self, name: &str, version: Option<String>, scope: DependencyScope, line: u32) {
        let name = name.trim();
        if !name.is_empty() && self.dependencies.len() < MAX_DEPENDENCIES {
            self.dependencies.push(Dependency { name: name.to_owned(), version, scope, line });
        }
    }
}

/// Dependencies that are kept of one manifest.
const MAX_DEPENDENCIES: usize = 5000;

/// A kind of manifest: its paths, and how it is read.
struct Reader {
    globs: &'static [&'static str],
    read: fn(path: &str, text: &str) -> Option<Manifest>,
}

/// Every kind of manifest.
const READERS: &[Reader] = &[
    Reader { globs: &["**/package.json"], read: |_, text| npm::read(text) },
    Reader { globs: &["**/pyproject.toml"], read: |_, text| python::pyproject(text) },
    Reader {
        globs: &[
            "**/*requirements*.txt",
            "**/requirements/*.txt",
            "**/requirements*.in",
            "**/requirements/*.in",
        ],
        read: |path, text| Some(python::requirements(path, text)),
    },
    Reader { globs: &["**/Pipfile"], read: |_, text| python::pipfile(text) },
    Reader { globs: &["**/setup.py"], read: |_, text| Some(python::setup(text)) },
    Reader { globs: &["**/Cargo.toml"], read: |_, text| cargo::read(text) },
    Reader { globs: &["**/go.mod"], read: |_, text| Some(go::read(text)) },
    Reader { globs: &["**/pom.xml"], read: |_, text| maven::read(text) },
    Reader { globs: &["**/build.gradle", "**/build.gradle.kts"], read: |_, text| Some(gradle::read(text)) },
    Reader { globs: &["**/gradle/*.versions.toml"], read: |_, text| gradle::catalogue(text) },
    Reader { globs: &["**/Gemfile", "**/gems.rb"], read: |_, text| Some(ruby::read(text)) },
    Reader { globs: &["**/composer.json"], read: |_, text| php::read(text) },
    Reader { globs: &["**/*.{csproj,fsproj,vbproj}", "**/Directory.Packages.props"], read: dotnet::read },
    Reader { globs: &["**/mix.exs"], read: |_, text| Some(lines::mix(text)) },
    Reader { globs: &["**/pubspec.yaml"], read: |_, text| lines::pubspec(text) },
    Reader { globs: &["**/Package.swift"], read: |_, text| Some(lines::swift(text)) },
    Reader {
        globs: &["**/build.sbt", "**/project/Dependencies.scala"],
        read: |_, text| Some(lines::sbt(text)),
    },
];

fn sets() -> &'static [(PathSet, &'static Reader)] {
    static SETS: OnceLock<Vec<(PathSet, &'static Reader)>> = OnceLock::new();
    SETS.get_or_init(|| {
        READERS.iter().filter_map(|reader| Some((PathSet::new(reader.globs).ok()?, reader))).collect()
    })
}

/// Globs of all manifests.
pub(super) fn manifest_globs() -> impl Iterator<Item = &'static str> {
    READERS.iter().flat_map(|reader| reader.globs.iter().copied())
}

/// Reads a manifest; none where the path is no manifest's, or the text cannot be read.
pub fn read_manifest(path: &str, text: &str) -> Option<Manifest> {
    let (_, reader) = sets().iter().find(|(set, _)| set.contains(path))?;
    (reader.read)(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name version scope line`, one for each dependency.
    fn shown(path: &str, text: &str) -> Vec<String> {
        let manifest = read_manifest(path, text).unwrap_or_else(|| panic!("{path} is not read"));
        let show = |dependency: &Dependency| {
            let version = dependency.version.as_deref().unwrap_or("-");
            format!("{} {version} {:?} {}", dependency.name, dependency.scope, dependency.line)
        };
        manifest.dependencies.iter().map(show).collect()
    }

    #[derive(Deserialize)]
    struct Case {
        path: String,
        text: String,
        dependencies: Vec<String>,
    }

    #[test]
    fn every_kind_of_manifest_gives_its_dependencies_with_lines() {
        let cases: Vec<Case> =
            serde_yaml::from_str(include_str!("../../../tests/cases/manifests.yml")).unwrap();
        for case in &cases {
            assert_eq!(shown(&case.path, &case.text), case.dependencies, "{}", case.path);
        }
        for (set, reader) in sets() {
            assert!(cases.iter().any(|case| set.contains(&case.path)), "no case for {:?}", reader.globs);
        }
    }

    #[test]
    fn broken_manifests_are_no_panic() {
        let paths = [
            "package.json",
            "pyproject.toml",
            "requirements.txt",
            "Pipfile",
            "setup.py",
            "Cargo.toml",
            "go.mod",
            "pom.xml",
            "build.gradle",
            "gradle/libs.versions.toml",
            "Gemfile",
            "composer.json",
            "a.csproj",
            "mix.exs",
            "pubspec.yaml",
            "Package.swift",
            "build.sbt",
        ];
        for path in paths {
            for text in
                ["", "{", "[", "\"", "<a", "<a>", "a:", "[a]\nb = ", "(", "\u{0}", "implementation '", "é\"é"]
            {
                let _ = read_manifest(path, text);
            }
        }
    }
}
