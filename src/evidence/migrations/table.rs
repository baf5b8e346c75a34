//! `policies/data/migrations.yml`, compiled.

use crate::embedded;
use crate::evidence::paths::PathSet;
use crate::evidence::terms::OneOrMany;
use crate::evidence::tree::Tree;
use crate::regexes::Late;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    kinds: BTreeMap<String, Kind>,
    /// Rules of the linter and our kinds.
    pub(super) sql: BTreeMap<String, String>,
    #[allow(dead_code, reason = "for readers of the table, and for its test")]
    pub(super) taste: String,
    dialects: BTreeMap<String, BTreeMap<String, OneOrMany<String>>>,
    pub(super) frameworks: Vec<Framework>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    dialects: Vec<String>,
    say: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Framework {
    pub(super) id: String,
    pub(super) files: Vec<String>,
    #[serde(default)]
    undo: Vec<String>,
    pub(super) language: String,
    /// What a file of the framework holds.
    #[serde(default, deserialize_with = "regex")]
    requires: Option<Late>,
    #[serde(default, deserialize_with = "regex")]
    pub(super) online: Option<Late>,
    #[serde(default, deserialize_with = "regex")]
    pub(super) created: Option<Late>,
    #[serde(default, deserialize_with = "regex")]
    pub(super) down: Option<Late>,
    #[serde(default, deserialize_with = "regex")]
    pub(super) sql: Option<Late>,
    #[serde(default, deserialize_with = "regex")]
    pub(super) back: Option<Late>,
    #[serde(default, deserialize_with = "regex")]
    pub(super) forward: Option<Late>,
    /// Steps are elements of XML.
    #[serde(default)]
    pub(super) element: bool,
    #[serde(default)]
    pub(super) steps: Vec<StepRule>,
    #[serde(skip)]
    sets: (PathSet, PathSet),
}

/// A call that can do harm.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepRule {
    pub(super) kind: String,
    #[serde(deserialize_with = "regex")]
    call: Option<Late>,
    #[serde(default, deserialize_with = "regex")]
    with: Option<Late>,
    #[serde(default, deserialize_with = "regex")]
    without: Option<Late>,
}

fn regex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Late>, D::Error> {
    Ok(Some(Late::new(format!("(?m){}", String::deserialize(deserializer)?))))
}

pub(super) fn parse() -> Result<Table, String> {
    let mut table: Table = embedded::table("migrations")?;
    for framework in &mut table.frameworks {
        let set = |globs: &[String]| PathSet::new(globs).unwrap_or_default();
        framework.sets = (set(&framework.files), set(&framework.undo));
    }
    Ok(table)
}

/// The table is ours and a test reads it; should it break all the same, no migration is known.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| parse().unwrap_or_default());

impl Framework {
    /// Every regex of the framework.
    #[cfg(test)]
    pub(super) fn regexes(&self) -> impl Iterator<Item = &Late> {
        let own =
            [&self.requires, &self.online, &self.created, &self.down, &self.sql, &self.back, &self.forward];
        let steps = self.steps.iter().flat_map(|step| [&step.call, &step.with, &step.without]);
        own.into_iter().chain(steps).filter_map(Option::as_ref)
    }

    pub(super) fn takes(&self, path: &str) -> bool {
        self.sets.0.contains(path)
    }

    pub(super) fn fits(&self, text: &str) -> bool {
        self.requires.as_ref().is_none_or(|regex| regex.is_match(text))
    }

    pub(super) fn leads_back(&self, path: &str) -> bool {
        self.sets.1.contains(path)
    }
}

impl StepRule {
    /// Where the calls start.
    pub(super) fn starts<'t>(&'t self, code: &'t str) -> impl Iterator<Item = regex::Match<'t>> {
        self.call.iter().flat_map(|call| call.find_iter(code))
    }

    /// Whether a call with this text does the harm.
    pub(super) fn harms(&self, call: &str) -> bool {
        self.with.as_ref().is_none_or(|with| with.is_match(call))
            && self.without.as_ref().is_none_or(|without| !without.is_match(call))
    }
}

/// What a kind of step does, for people; nothing where it does no harm with this dialect.
pub fn kind_says(kind: &str, dialect: Option<&str>) -> Option<&'static str> {
    let kind = TABLE.kinds.get(kind)?;
    // Where nobody knows the database, the most careful one is assumed.
    let dialect = dialect.unwrap_or("postgresql");
    kind.dialects.iter().any(|one| one == dialect).then_some(kind.say.as_str())
}

/// The one database that the manifests name a driver of; nothing where they name none or several.
pub fn dialect_of(tree: &Tree) -> Option<&'static str> {
    let mut found = TABLE
        .dialects
        .iter()
        .filter(|(_, packages)| tree.declares(packages).is_some())
        .map(|(id, _)| id.as_str());
    found.next().filter(|_| found.next().is_none())
}
