//! How each tool locks: `policies/data/ecosystems.yml`, read once.

use crate::embedded;
use crate::evidence::manifests::Manifest;
use serde::Deserialize;
use std::sync::OnceLock;

/// How the dependencies of one kind of manifest are locked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Locking {
    tool: String,
    /// The programs that can read the manifest; the first where nothing tells.
    #[serde(default)]
    pub(super) managers: Vec<Manager>,
    /// A lock file in a folder above counts.
    #[serde(default)]
    pub(super) above: bool,
    /// Files that make the folder the root of a workspace.
    #[serde(default)]
    pub(super) members: Vec<String>,
    /// Why there is no lock file to ask for.
    #[serde(default)]
    pub(super) none: Option<String>,
}

/// A program that writes a lock file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manager {
    pub(super) name: String,
    pub(super) locks: Vec<String>,
    /// Files that say that it is used.
    #[serde(default)]
    pub(super) signs: Vec<String>,
    fix: String,
    #[serde(default)]
    renew: Option<String>,
}

/// The row of the manifest's tool.
pub(super) fn locking(manifest: &Manifest) -> Option<&'static Locking> {
    static TABLE: OnceLock<Vec<Locking>> = OnceLock::new();
    // A test reads the file; a table that does not parse cannot be built into a release.
    let table = TABLE.get_or_init(|| embedded::table("ecosystems").unwrap_or_default());
    table.iter().find(|locking| locking.tool == manifest.tool)
}

impl Locking {
    /// Names of all lock files.
    pub(super) fn locks(&self) -> impl Iterator<Item = (&Manager, &str)> {
        self.managers
            .iter()
            .flat_map(|manager| manager.locks.iter().map(move |lock| (manager, lock.as_str())))
    }
}

impl Manager {
    /// The command that writes a lock file for the manifest at this path.
    pub(super) fn fix(&self, path: &str) -> String {
        let file = path.rsplit('/').next().unwrap_or(path);
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        self.fix.replace("{stem}", stem)
    }

    /// The command that takes these dependencies into the lock file.
    pub(super) fn renew(&self, path: &str, names: &str) -> String {
        self.renew.as_ref().map_or_else(|| self.fix(path), |renew| renew.replace("{names}", names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_says_something_of_every_tool() {
        let table: Vec<Locking> = embedded::table("ecosystems").unwrap();
        for locking in &table {
            assert!(locking.none.is_some() == locking.managers.is_empty(), "{}", locking.tool);
        }
        let cases: Vec<serde_json::Value> =
            serde_yaml::from_str(include_str!("../../../tests/cases/manifests.yml")).unwrap();
        for case in cases {
            let (path, text) = (case["path"].as_str().unwrap(), case["text"].as_str().unwrap());
            let manifest = crate::evidence::read_manifest(path, text).unwrap();
            assert!(
                manifest.dependencies.is_empty() || locking(&manifest).is_some(),
                "{path}: {}",
                manifest.tool
            );
        }
    }
}
