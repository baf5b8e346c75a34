//! The table of secrets: `policies/data/secrets.yml`, read once.

use super::issued::Form;
use crate::embedded;
use crate::evidence::class::Class;
use crate::evidence::needs::{Keep, Mask, PatternNeed, Selection};
use crate::evidence::terms::OneOrMany;
use crate::regexes::{Late, ascii};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What tells that a text is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecretSort {
    /// Its form says who issued it.
    Issued,
    /// A private key or keystore with its content.
    Key,
    /// A literal that is assigned to what is called a secret, in code or configuration.
    Assigned,
    /// A literal that signs or encrypts, or that is used where the environment names no secret.
    Default,
    /// A value in an environment file or another file that a program or platform loads its secrets from.
    Loaded,
}

/// A kind of secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretKind {
    /// What people call it, with its article.
    pub title: String,
    /// What tells it.
    pub sort: SecretSort,
    /// Regexes; group 1 is the secret.
    matches: OneOrMany<String>,
    /// In which files.
    #[serde(rename = "in", default)]
    globs: Vec<String>,
    /// Classes of files that count; product and other where nothing is said.
    #[serde(default)]
    classes: Vec<Class>,
    /// It counts in files that are named after development and tests too; what was issued does, unless said otherwise.
    #[serde(default)]
    trial: Option<bool>,
    /// Least entropy of the secret, in bits for each character.
    #[serde(default)]
    entropy: f64,
    /// The line has to match.
    #[serde(default, deserialize_with = "regex")]
    line: Option<Late>,
    /// The line must not match.
    #[serde(default, deserialize_with = "regex")]
    unless: Option<Late>,
    /// The secret must not match.
    #[serde(default, deserialize_with = "regex")]
    except: Option<Late>,
    /// Files of which one, holding the text, takes its weight away: what is set again there is no secret here.
    #[serde(default)]
    pub replaced: Option<Replaced>,
    /// A check of its form.
    #[serde(default)]
    pub form: Option<Form>,
    /// Words that stand in for a secret count as well.
    #[serde(default)]
    words: bool,
    /// Files that hold one: path and text. A test looks.
    #[serde(default)]
    pub example: BTreeMap<String, String>,
    /// Files that hold none.
    #[serde(default)]
    pub decoy: BTreeMap<String, String>,
}

/// Where a value is set again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    #[serde(rename = "in")]
    globs: Vec<String>,
    matches: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Values that stand where a secret will be.
    #[serde(deserialize_with = "regexes")]
    placeholders: Vec<Late>,
    /// Files for development, tests and demonstrations.
    trial: Vec<String>,
    kinds: Vec<SecretKind>,
}

fn regex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Late>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Late::new))
}

fn regexes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Late>, D::Error> {
    Ok(Vec::<String>::deserialize(deserializer)?.iter().map(Late::new).collect())
}

fn parse() -> Result<Table, String> {
    embedded::table("secrets")
}

/// The table is ours and a test reads it; should it break all the same, no secret is known.
static TABLE: LazyLock<Table> = LazyLock::new(|| parse().unwrap_or_default());

/// Every kind of secret, in the table's order.
pub fn secret_kinds() -> &'static [SecretKind] {
    &TABLE.kinds
}

pub(super) fn placeholders() -> &'static [Late] {
    &TABLE.placeholders
}

impl SecretKind {
    /// The patterns to be searched. A key that works does so in a comment too.
    pub fn needs(&self, keep: Keep) -> impl Iterator<Item = PatternNeed> {
        let everything = self.globs.iter().all(|glob| glob.starts_with('!')).then(|| "**".to_owned());
        let mut globs: Vec<String> = everything.into_iter().chain(self.globs.iter().cloned()).collect();
        if !self.trial.unwrap_or(self.sort == SecretSort::Issued) {
            globs.extend(TABLE.trial.iter().map(|glob| format!("!{glob}")));
        }
        let classes =
            if self.classes.is_empty() { vec![Class::Product, Class::Other] } else { self.classes.clone() };
        let commented = matches!(self.sort, SecretSort::Issued | SecretSort::Key);
        let mask = if commented { Mask::Nothing } else { Mask::Product };
        let files = Selection { globs, classes };
        let need =
            move |regex: &String| PatternNeed { files: files.clone(), regex: ascii(regex), mask, keep };
        self.matches.0.iter().map(need)
    }

    /// Whether a secret of this kind on such a line is one, by all that the line and the text tell.
    pub fn counts(&self, line: &str, secret: &str) -> bool {
        let on = |regex: &Option<Late>, text: &str| regex.as_ref().map(|regex| regex.is_match(text));
        (self.words || !super::stands_in(secret))
            && on(&self.line, line) != Some(false)
            && on(&self.unless, line) != Some(true)
            && on(&self.except, secret) != Some(true)
            && super::entropy(secret) >= self.entropy
    }
}

impl Replaced {
    /// What is searched to know it.
    pub fn need(&self) -> PatternNeed {
        PatternNeed {
            files: Selection::of(self.globs.iter().cloned()),
            regex: self.matches.clone(),
            mask: Mask::Comments,
            keep: Keep::All,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_each_kind_is_told() {
        let table = parse().unwrap_or_else(|error| panic!("{error}"));
        assert!(table.placeholders.iter().all(|regex| regex.get().is_some()));
        for kind in &table.kinds {
            let on = [&kind.line, &kind.unless, &kind.except];
            assert!(on.into_iter().flatten().all(|regex| regex.get().is_some()), "{}", kind.title);
            assert!(kind.title.starts_with("a ") || kind.title.starts_with("an "), "{}", kind.title);
            assert!(!kind.example.is_empty(), "{}: no example", kind.title);
            for regex in &kind.matches.0 {
                let regex =
                    regex::Regex::new(regex).unwrap_or_else(|error| panic!("{}: {error}", kind.title));
                assert_eq!(regex.captures_len(), 2, "{}: group 1 is the secret", kind.title);
            }
        }
    }
}
