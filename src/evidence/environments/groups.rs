//! The configuration of a tree, put together: what belongs to one program, and which environments it keeps apart.

use super::{Environment, EnvironmentFile, Layout, defaults_of, environments_of, layouts};
use crate::evidence::class::Class;
use crate::evidence::tree::{File, Tree};
use crate::words::Because;
use std::collections::BTreeMap;

/// Least share of the product's code, in percent, that has to be served by configuration which is kept apart.
const LEAST_SHARE: usize = 20;

/// Configuration of one program that is kept apart in one way.
#[derive(Debug)]
pub struct Group<'a> {
    /// How it is kept apart.
    pub layout: &'static Layout,
    /// The folder whose program it serves; empty for the whole repository.
    pub module: &'a str,
    /// The places for each environment.
    pub places: BTreeMap<Environment, Vec<Because>>,
    /// The files that are for one environment alone.
    pub files: Vec<(Environment, &'a File)>,
    /// What is read where no environment is named.
    pub default: Option<&'a str>,
}

impl Group<'_> {
    /// Whether two environments or more are kept apart, production among them.
    pub fn apart(&self) -> bool {
        let has = |environment| self.places.contains_key(&environment);
        let default = self.default.is_some();
        let serves_production = default && self.layout.default_is == Environment::Production;
        let rehearsed = has(Environment::Staging) && default && self.places.len() > 1;
        (has(Environment::Production) && (default || self.places.len() > 1))
            || (serves_production && (has(Environment::Staging) || has(Environment::Development)))
            || rehearsed
    }
}

/// What a file of the tree tells of environments.
pub fn environment_file(file: &File) -> Option<&EnvironmentFile> {
    file.facts.as_ref()?.environment.as_deref()
}

/// Groups while they are put together.
struct Gathered<'a> {
    modules: Vec<&'a str>,
    groups: BTreeMap<(&'a str, usize), Group<'a>>,
}

impl<'a> Gathered<'a> {
    fn group(&mut self, file: &'a File, number: usize) -> Option<&mut Group<'a>> {
        let layout = layouts().get(number)?;
        let module = if layout.shared { "" } else { module(&self.modules, &file.path) };
        Some(self.groups.entry((module, number)).or_insert_with(|| Group {
            layout,
            module,
            places: BTreeMap::new(),
            files: Vec::new(),
            default: None,
        }))
    }

    fn file(&mut self, file: &'a File) {
        for (number, environment) in environments_of(&file.path) {
            if let Some(group) = self.group(file, number) {
                group.places.entry(environment).or_default().push(Because::file(&*file.path));
                group.files.push((environment, file));
            }
        }
        for part in environment_file(file).iter().flat_map(|file| &file.parts) {
            if let Some(group) = self.group(file, part.layout) {
                let place = Because::line(&*file.path, part.line, &part.text);
                group.places.entry(part.environment).or_default().push(place);
            }
        }
        for number in defaults_of(&file.path) {
            if let Some(group) = self.group(file, number) {
                group.default.get_or_insert(&file.path);
            }
        }
    }
}

/// Every group of a tree, in order of folder and way.
pub fn groups(tree: &Tree) -> Vec<Group<'_>> {
    let mut gathered = Gathered { modules: modules(tree), groups: BTreeMap::new() };
    let kept = |file: &&File| !file.class.ignored() && !matches!(file.class, Class::Test | Class::Docs);
    tree.files().iter().filter(kept).for_each(|file| gathered.file(file));
    gathered.groups.into_values().filter(|group| !group.places.is_empty()).collect()
}

/// Folders with a manifest, deepest first: what stands in them belongs to one program.
fn modules(tree: &Tree) -> Vec<&str> {
    let mut found: Vec<&str> = tree
        .manifests()
        .filter(|(file, _)| !matches!(file.class, Class::Test | Class::Docs))
        .filter_map(|(file, _)| file.path.rsplit_once('/').map(|(folder, _)| folder))
        .collect();
    found.sort_unstable_by_key(|folder| (std::cmp::Reverse(folder.len()), *folder));
    found.dedup();
    found
}

fn module<'a>(modules: &[&'a str], path: &str) -> &'a str {
    modules.iter().find(|folder| under(folder, path)).copied().unwrap_or_default()
}

fn under(folder: &str, path: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether the groups serve enough of the product's code to speak for the repository.
pub fn serve_enough(tree: &Tree, groups: &[&Group<'_>]) -> bool {
    let product = || tree.files().iter().filter(|file| file.class == Class::Product);
    let served = product().filter(|file| groups.iter().any(|group| under(group.module, &file.path))).count();
    served * 100 >= product().count() * LEAST_SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_manifest_tells_the_program() {
        let modules = ["a/b", "a"];
        for (path, expected) in [("a/b/c", "a/b"), ("a/bc", "a"), ("b/c", ""), ("a", "")] {
            assert_eq!(module(&modules, path), expected, "{path}");
        }
    }
}
