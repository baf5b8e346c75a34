//! What the head is built with and the merge base was not: technologies of the catalogue and languages.
//!
//! Compares two trees, and judges nothing. Nothing is new where nothing was there before: a first commit brings everything.

use super::View;
use super::catalogue::Capability;
use super::class::Class;
use super::tree::{File, Tree};
use crate::words::Because;
use std::collections::{BTreeMap, BTreeSet};

/// Whether there is code of a product already, beside which something can be new.
pub fn established(base: &Tree) -> bool {
    base.files().iter().any(|file| file.class == Class::Product && file.language.is_some())
}

/// Technologies by name, each where it is seen best.
pub fn technologies(capability: &Capability, view: &View<'_>) -> BTreeMap<String, Because> {
    let mut found: BTreeMap<String, Because> = BTreeMap::new();
    for signal in &capability.signals {
        let name = signal.name.as_ref().or(capability.title.as_ref()).unwrap_or(&capability.id);
        for because in signal.found(view) {
            let because = because.graded(signal.grade);
            let better = |old: &Because| {
                (touched(view, &because), because.line.is_some()) > (touched(view, old), old.line.is_some())
            };
            match found.get(name) {
                Some(old) if !better(old) => {}
                _ => {
                    found.insert(name.clone(), because);
                }
            }
        }
    }
    found
}

/// Whether the change adds the place.
fn touched(view: &View<'_>, because: &Because) -> bool {
    let file = because.path.as_deref().and_then(|path| view.change.known()?.file(path));
    file.is_some_and(|file| because.line.is_none_or(|line| file.added.contains(line)))
}

/// Technologies of which the base has no sign, at the places where the change brings them.
pub fn new_technologies(
    capability: &Capability,
    view: &View<'_>,
    base: &View<'_>,
) -> BTreeMap<String, Because> {
    let before: BTreeSet<String> = technologies(capability, base).into_keys().collect();
    let now = technologies(capability, view).into_iter();
    now.filter(|(name, because)| !before.contains(name) && touched(view, because)).collect()
}

/// A language that product code was not written in before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLanguage {
    /// Its name, for people.
    pub name: &'static str,
    /// How many files of it the change brings.
    pub files: usize,
    /// How many lines.
    pub lines: u32,
    /// The largest of them.
    pub path: String,
}

/// Languages of product code that the base knows nothing of, in order of name. `counts` chooses the files.
pub fn new_languages(view: &View<'_>, base: &Tree, counts: impl Fn(&str) -> bool) -> Vec<NewLanguage> {
    let family = |file: &&File| (file.class == Class::Product).then(|| title(file.language?)).flatten();
    let before: BTreeSet<&str> = base.files().iter().filter_map(|file| family(&file)).collect();
    let mut found: BTreeMap<&'static str, NewLanguage> = BTreeMap::new();
    for file in view.tree.files().iter().filter(|file| counts(&file.path)) {
        let Some(name) = family(&file).filter(|name| !before.contains(name)) else { continue };
        let Some(changed) = view.change.known().and_then(|change| change.file(&file.path)) else { continue };
        let lines = changed.added.len();
        let one = found.entry(name).or_insert(NewLanguage { name, files: 0, lines: 0, path: String::new() });
        if one.path.is_empty()
            || lines
                > view
                    .change
                    .known()
                    .and_then(|change| change.file(&one.path))
                    .map_or(0, |file| file.added.len())
        {
            one.path = file.path.to_string();
        }
        one.files += 1;
        one.lines += lines;
    }
    found.into_values().collect()
}

/// The name of a language; one for a family that grows into one another. None for what is no program of its own.
fn title(language: &str) -> Option<&'static str> {
    Some(match language {
        "javascript" | "typescript" | "vue" => "JavaScript or TypeScript",
        "python" => "Python",
        "go" => "Go",
        "rust" => "Rust",
        "java" => "Java",
        "kotlin" => "Kotlin",
        "scala" => "Scala",
        "groovy" => "Groovy",
        "ruby" => "Ruby",
        "php" => "PHP",
        "csharp" => "C#",
        "fsharp" => "F#",
        "elixir" => "Elixir",
        "erlang" => "Erlang",
        "clojure" => "Clojure",
        "swift" => "Swift",
        "dart" => "Dart",
        "c" | "cpp" => "C or C++",
        _ => return None,
    })
}
