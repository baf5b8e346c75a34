//! The stacks that a tree is built with, by its product code and manifests, so that a fix can be told in their words.
//!
//! Data of ours, `policies/data/stacks.yml`. Says nothing of rules.

use super::class::Class;
use super::terms::OneOrMany;
use super::tree::Tree;
use crate::embedded;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Id of a stack, e.g. `rails`.
pub type StackId = String;

/// A part of the product code below which a language does not count, in percent.
const LEAST_SHARE: usize = 20;

/// A stack of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// Its id in policies.
    pub id: StackId,
    /// Its name for people.
    pub title: String,
    languages: Vec<String>,
    #[serde(default)]
    dependency: BTreeMap<String, OneOrMany<String>>,
}

/// The table is ours and a test reads it; should it break all the same, rules tell their general fix.
static TABLE: LazyLock<Vec<Stack>> = LazyLock::new(|| embedded::table("stacks").unwrap_or_default());

/// Ids of all stacks.
pub fn stack_ids() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|stack| stack.id.as_str())
}

/// The stacks of the tree: frameworks first, and among these (as among the languages) those with more code.
pub fn stacks(tree: &Tree) -> Vec<&'static Stack> {
    let mut files: BTreeMap<&str, usize> = BTreeMap::new();
    for language in
        tree.files().iter().filter(|file| file.class == Class::Product).filter_map(|file| file.language)
    {
        *files.entry(language).or_default() += 1;
    }
    let all: usize = files.values().sum();
    let code = |stack: &Stack| -> usize {
        stack.languages.iter().filter_map(|language| files.get(language.as_str())).sum()
    };
    let mut found: Vec<&'static Stack> = TABLE
        .iter()
        .filter(|stack| code(stack) > 0 && code(stack) * 100 >= all * LEAST_SHARE)
        .filter(|stack| stack.dependency.is_empty() || tree.declares(&stack.dependency).is_some())
        .collect();
    // Stable: of equals the first of the table.
    found.sort_by_key(|stack| (stack.dependency.is_empty(), std::cmp::Reverse(code(stack))));
    found
}

/// What to tell whoever works with these stacks: the text of the first that has one, and of the next that shares no
/// language with it; `general` where none has.
pub fn text_for(texts: &BTreeMap<StackId, String>, stacks: &[&Stack], general: &str) -> String {
    let mut told = stacks.iter().filter_map(|stack| Some((stack, texts.get(&stack.id)?)));
    let Some((first, text)) = told.next() else { return general.to_owned() };
    let foreign = |stack: &Stack| !stack.languages.iter().any(|language| first.languages.contains(language));
    match told.find(|(stack, _)| foreign(stack)) {
        None => text.clone(),
        Some((second, more)) => format!("{}: {}\n{}: {}", first.title, text.trim_end(), second.title, more),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_names_languages_that_there_are() {
        let table: Vec<Stack> = embedded::table("stacks").unwrap();
        for stack in &table {
            for language in &stack.languages {
                assert!(super::super::languages::by_id(language).is_some(), "{}: {language}", stack.id);
            }
        }
    }

    #[test]
    fn the_first_stack_with_a_text_is_told_and_one_of_another_language() {
        let of = |ids: &[&str]| -> Vec<&'static Stack> {
            ids.iter().filter_map(|id| TABLE.iter().find(|stack| stack.id == *id)).collect()
        };
        let texts: BTreeMap<StackId, String> =
            [("rails", "R"), ("ruby", "r"), ("go", "G")].map(|(id, text)| (id.into(), text.into())).into();
        let cases = [
            (&["rails", "ruby"][..], "R"),
            (&["sinatra", "ruby"], "r"),
            (&["rails", "ruby", "go"], "Rails: R\nGo: G"),
            (&["python"], "general"),
            (&[], "general"),
        ];
        for (ids, expected) in cases {
            assert_eq!(text_for(&texts, &of(ids), "general"), expected, "{ids:?}");
        }
    }
}
