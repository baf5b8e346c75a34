//! Tells what sort of content a file holds, and its language, by its path alone.
//!
//! The globs are data: `policies/data/classes.yml` and `policies/data/languages.yml`.

use super::languages;
use super::paths::PathSet;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What sort of content a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Code of the product.
    Product,
    /// Code that tests the product.
    Test,
    /// Documents for people.
    Docs,
    /// Configuration, data and everything else.
    Other,
    /// A lock file: made by a tool, but it is evidence.
    Lock,
    /// Data of tests.
    Fixture,
    /// Examples and samples that are not run in production.
    Example,
    /// Somebody else's code, copied in.
    Vendored,
    /// Made by a tool.
    Generated,
    /// Named in the policy's `ignore`.
    Ignored,
}

impl Class {
    /// Whether checks leave such files out unless they ask for the class by name.
    pub const fn ignored(self) -> bool {
        matches!(self, Self::Fixture | Self::Example | Self::Vendored | Self::Generated | Self::Ignored)
    }
}

/// Tells the class and the language of paths.
#[derive(Debug)]
pub struct Classes {
    ignore: PathSet,
}

impl Classes {
    /// The built-in classes with what the policy ignores on top.
    pub fn new(ignore: PathSet) -> Self {
        Self { ignore }
    }

    /// The class of a path and, where it is known, the id of its language.
    pub fn of(&self, path: &str) -> (Class, Option<&'static str>) {
        let language = languages::by_path(path);
        let code = language.is_some_and(|language| language.code);
        let class = if self.ignore.contains(path) {
            Class::Ignored
        } else if let Some(class) = TABLE.class(path, code) {
            class
        } else if code {
            Class::Product
        } else {
            Class::Other
        };
        (class, language.map(|language| language.id.as_str()))
    }
}

/// A class of the data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    class: Class,
    #[serde(default)]
    folders: Vec<String>,
    #[serde(default)]
    data: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
}

/// The data file, compiled: the smaller the rank, the earlier in the file.
#[derive(Debug, Default)]
struct Table {
    classes: Vec<Class>,
    /// Rank by name of a folder, for every file and for data alone.
    folders: HashMap<String, usize>,
    data: HashMap<String, usize>,
    globs: GlobSet,
    ranks: Vec<usize>,
}

impl Table {
    fn parse(text: &str) -> Result<Self, String> {
        let entries: Vec<Entry> = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        let mut table = Self::default();
        let mut globs = GlobSetBuilder::new();
        for (rank, entry) in entries.into_iter().enumerate() {
            table.classes.push(entry.class);
            for folder in entry.folders {
                table.folders.entry(folder.to_ascii_lowercase()).or_insert(rank);
            }
            for folder in entry.data {
                table.data.entry(folder.to_ascii_lowercase()).or_insert(rank);
            }
            for glob in entry.paths {
                // Case counts here: `*Test.java` must not take `latest.java`.
                let glob = GlobBuilder::new(&glob).literal_separator(true).empty_alternates(true).build();
                globs.add(glob.map_err(|error| error.to_string())?);
                table.ranks.push(rank);
            }
        }
        table.globs = globs.build().map_err(|error| error.to_string())?;
        Ok(table)
    }

    fn class(&self, path: &str, code: bool) -> Option<Class> {
        let by_glob =
            self.globs.matches(path).into_iter().filter_map(|glob| self.ranks.get(glob).copied()).min();
        let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
        let by_folder = folders.split('/').filter_map(|folder| self.folder(folder, code)).min();
        let rank = by_glob.into_iter().chain(by_folder).min()?;
        self.classes.get(rank).copied()
    }

    fn folder(&self, name: &str, code: bool) -> Option<usize> {
        let lower = name.to_ascii_lowercase();
        let always = self.folders.get(&lower).copied();
        let data = self.data.get(&lower).filter(|_| !code).copied();
        always.into_iter().chain(data).min()
    }
}

/// The table is ours and a test reads it; should it break all the same, only languages tell classes.
static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::parse(include_str!("../../policies/data/classes.yml")).unwrap_or_default());

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn the_table_parses() {
        let table = Table::parse(include_str!("../../policies/data/classes.yml")).unwrap();
        assert!(table.ranks.len() > 50);
    }

    #[test]
    fn the_policy_can_ignore_what_would_be_something_else() {
        let classes = Classes::new(PathSet::new(&["src/legacy/**"]).unwrap());
        assert_eq!(classes.of("src/legacy/a.rs"), (Class::Ignored, Some("rust")));
        assert_eq!(classes.of("src/a.rs"), (Class::Product, Some("rust")));
    }

    /// The cases are data: `class: [paths]`.
    #[test]
    fn paths_tell_the_class() {
        let text = include_str!("../../tests/cases/classes.yml");
        let cases: BTreeMap<String, Vec<String>> = serde_yaml::from_str(text).unwrap();
        let classes = Classes::new(PathSet::default());
        let mut wrong = Vec::new();
        for (expected, paths) in &cases {
            let expected: Class = serde_yaml::from_str(expected).unwrap();
            for path in paths {
                let class = classes.of(path).0;
                if class != expected {
                    wrong.push(format!("{path}: {class:?}, expected {expected:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(cases.values().map(Vec::len).sum::<usize>() > 100);
    }
}
