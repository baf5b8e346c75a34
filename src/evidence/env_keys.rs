//! Keys of the environment: which a program reads with nothing to fall back on, and which the example of its environment names.
//!
//! Data of ours, `policies/data/env-keys.yml`. What is read behind a condition, or with a value of its own, is no such key.

use super::View;
use super::class::Class;
use super::needs::{Keep, Mask, Needs, PatternNeed, Selection};
use super::paths::PathSet;
use super::terms::{Globs, Pattern};
use super::tree::{File, Hit, Tree};
use crate::embedded;
use crate::regexes::Late;
use crate::words::Because;
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    examples: Vec<String>,
    sets: Vec<Entry>,
    reads: Vec<Entry>,
    others: Vec<String>,
    given: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    r#in: Globs,
    matches: Pattern,
}

/// The table is ours and a test reads it; should it break all the same, no key is read.
static TABLE: LazyLock<Table> = LazyLock::new(|| embedded::table("env-keys").unwrap_or_default());
static EXAMPLES: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&TABLE.examples).unwrap_or_default());
static OTHERS: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&TABLE.others).unwrap_or_default());
static GIVEN: LazyLock<Late> = LazyLock::new(|| Late::new(format!("^(?:{})$", TABLE.given)));

/// States what has to be read.
pub fn needs_of_keys(needs: &mut Needs) {
    needs.patterns.extend(TABLE.reads.iter().map(read).chain(TABLE.sets.iter().map(set)));
}

fn read(entry: &Entry) -> PatternNeed {
    need(entry, &[Class::Product, Class::Other], Mask::Product)
}

fn set(entry: &Entry) -> PatternNeed {
    // What only an example or a document names is named all the same.
    need(entry, &[Class::Product, Class::Other, Class::Docs, Class::Example, Class::Fixture], Mask::Nothing)
}

fn need(entry: &Entry, classes: &[Class], mask: Mask) -> PatternNeed {
    let files = Selection { globs: entry.r#in.0.clone(), classes: classes.to_vec() };
    PatternNeed { files, regex: entry.matches.0.clone(), mask, keep: Keep::All }
}

/// Files that say what an environment has to hold, in order of path.
pub fn examples(tree: &Tree) -> Vec<&File> {
    let kept = tree.matching(&EXAMPLES);
    kept.filter(|file| !matches!(file.class, Class::Test | Class::Docs)).collect()
}

/// A key that is read and that no example names.
#[derive(Debug)]
pub struct Unnamed {
    /// The key.
    pub key: String,
    /// Where it is read.
    pub place: Because,
    /// The example that could name it: the nearest one above.
    pub example: String,
}

/// Keys without which something does not start and that neither an example nor anything else in the tree sets.
pub fn unnamed(view: &View<'_>) -> Vec<Unnamed> {
    let examples = examples(view.tree);
    let named: BTreeSet<&str> =
        hits(view, TABLE.sets.iter().map(set)).map(|(_, hit)| &*hit.matched).collect();
    let mut found: BTreeMap<&str, Unnamed> = BTreeMap::new();
    for (file, hit) in hits(view, TABLE.reads.iter().map(read)) {
        let key = &*hit.matched;
        let known = named.contains(key) || GIVEN.is_match(key);
        if known || OTHERS.contains(&file.path) {
            continue;
        }
        let above = examples.iter().filter(|example| is_above(&example.path, &file.path));
        if let Some(example) =
            above.min_by_key(|example| (Reverse(example.path.matches('/').count()), example.path.len()))
        {
            let place = Because::line(&*file.path, hit.line, &hit.text);
            let one = Unnamed { key: key.to_owned(), place, example: example.path.to_string() };
            found.entry(key).or_insert(one);
        }
    }
    found.into_values().collect()
}

fn hits<'a>(
    view: &View<'a>,
    needs: impl Iterator<Item = PatternNeed>,
) -> impl Iterator<Item = (&'a File, &'a Hit)> {
    let numbers: Vec<u32> = needs.filter_map(|need| view.patterns.get(&need)).collect();
    let tree = view.tree;
    numbers
        .into_iter()
        .flat_map(move |number| tree.hits(number))
        .flat_map(|(file, hits)| hits.iter().map(move |hit| (file, hit)))
}

/// Whether the folder of an example holds the file.
fn is_above(example: &str, file: &str) -> bool {
    example
        .rsplit_once('/')
        .is_none_or(|(folder, _)| file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        let table: Table = embedded::table("env-keys").unwrap();
        assert!(!table.reads.is_empty() && GIVEN.get().is_some() && PathSet::new(&table.examples).is_ok());
        for path in
            [".env.example", "api/.env.local.sample", "env-example-relational", "example.env", ".env.dist"]
        {
            assert!(EXAMPLES.contains(path), "{path}");
        }
        for path in [".env", "environment.ts", ".env.production"] {
            assert!(!EXAMPLES.contains(path), "{path}");
        }
    }
}
