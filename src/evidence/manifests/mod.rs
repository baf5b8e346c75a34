//! Package manifests: what a project is called, and what it depends on, with line and scope of each.
//!
//! One file for each family of tools, one registry here. Pure: text in, model out. A manifest that cannot be
//! read gives no manifest, and whoever needed it says so. What one manifest says of another is in `resolve`.

mod cargo;
mod dotnet;
mod go;
mod gradle;
mod maven;
mod model;
mod npm;
mod php;
mod programs;
mod python;
mod requirements;
mod resolve;
mod ruby;
mod sbt;
mod tokens;

pub use model::{Dependency, DependencyScope, InLock, Manifest};
pub(super) use resolve::{joined, resolve};

use super::paths::PathSet;
use std::sync::OnceLock;

/// A kind of manifest: its paths, and how it is read.
struct Reader {
    globs: &'static [&'static str],
    read: fn(path: &str, text: &str) -> Option<Manifest>,
}

/// Every kind of manifest.
const READERS: &[Reader] = &[
    Reader { globs: &["**/package.json"], read: |_, text| npm::read(text) },
    Reader { globs: &["**/pnpm-workspace.yaml", "**/.yarnrc.yml"], read: npm::workspace },
    Reader { globs: &["**/deno.{json,jsonc}"], read: |_, text| npm::deno(text) },
    Reader { globs: &["**/pyproject.toml"], read: |_, text| python::pyproject(text) },
    Reader {
        globs: &[
            "**/*requirements*.txt",
            "**/requirements/*.txt",
            "**/requirements*.in",
            "**/requirements/*.in",
            "**/constraints*.txt",
        ],
        read: |path, text| Some(requirements::read(path, text)),
    },
    Reader { globs: &["**/Pipfile"], read: |_, text| python::pipfile(text) },
    Reader { globs: &["**/setup.py"], read: |_, text| Some(requirements::setup(text)) },
    Reader { globs: &["**/setup.cfg"], read: |_, text| Some(requirements::setup_cfg(text)) },
    Reader { globs: &["**/environment.{yml,yaml}"], read: |_, text| python::conda(text) },
    Reader { globs: &["**/Cargo.toml"], read: |_, text| cargo::read(text) },
    Reader { globs: &["**/go.mod"], read: |_, text| Some(go::read(text)) },
    Reader { globs: &["**/pom.xml"], read: |_, text| maven::read(text) },
    Reader {
        globs: &[
            "**/*.gradle",
            "**/*.gradle.kts",
            "**/{buildSrc,build-logic}/**/src/main/**/*.{kt,groovy,java}",
        ],
        read: gradle::read,
    },
    Reader { globs: &["**/*.versions.toml"], read: gradle::catalogue },
    Reader { globs: &["**/gradle.properties"], read: |_, text| Some(gradle::properties(text)) },
    Reader { globs: &["**/Gemfile", "**/gems.rb"], read: |_, text| Some(ruby::read(text)) },
    Reader { globs: &["**/*.gemspec"], read: |_, text| Some(ruby::gemspec(text)) },
    Reader { globs: &["**/composer.json"], read: |_, text| php::read(text) },
    Reader {
        globs: &[
            "**/*.{csproj,fsproj,vbproj}",
            "**/Directory.{Packages,Build}.props",
            "**/Directory.Build.targets",
        ],
        read: dotnet::read,
    },
    Reader { globs: &["**/packages.config"], read: |_, text| dotnet::packages(text) },
    Reader { globs: &["**/mix.exs"], read: |_, text| Some(programs::mix(text)) },
    Reader { globs: &["**/pubspec.yaml"], read: |_, text| programs::pubspec(text) },
    Reader { globs: &["**/Package.swift"], read: |_, text| Some(programs::swift(text)) },
    Reader {
        globs: &["**/build.sbt", "**/project/*.sbt", "**/project/*.scala"],
        read: |path, text| Some(sbt::read(path, text)),
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

/// What stands behind the last dot of a file's name.
fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Reads a manifest; none where the path is no manifest's, or the text cannot be read.
pub fn read_manifest(path: &str, text: &str) -> Option<Manifest> {
    let (_, reader) = sets().iter().find(|(set, _)| set.contains(path))?;
    (reader.read)(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

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
        let wrong: Vec<String> = cases
            .iter()
            .filter_map(|case| {
                let got = shown(&case.path, &case.text);
                (got != case.dependencies)
                    .then(|| format!("{}: {got:#?}, not {:#?}", case.path, case.dependencies))
            })
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
            "pnpm-workspace.yaml",
            "deno.json",
            "setup.cfg",
            "environment.yml",
            "settings.gradle.kts",
            "buildSrc/src/main/kotlin/a.kt",
            "gradle.properties",
            "a.gemspec",
            "Directory.Build.props",
            "packages.config",
        ];
        for path in paths {
            for text in [
                "",
                "{",
                "[",
                "\"",
                "<a",
                "<a>",
                "a:",
                "[a]\nb = ",
                "(",
                "\u{0}",
                "implementation '",
                "é\"é",
                "dependencies {",
                "\\",
            ] {
                let _ = read_manifest(path, text);
            }
        }
    }
}
