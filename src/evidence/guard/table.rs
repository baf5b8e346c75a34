//! The table of what guards, compiled: `policies/data/guard.yml`.

use crate::embedded;
use crate::evidence::lexer::masked;
use crate::evidence::needs::Mask;
use crate::evidence::terms::Globs;
use crate::evidence::{Class, PathSet};
use crate::regexes::ascii;
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer};
use std::sync::LazyLock;

/// What part of the gate is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardPart {
    /// Tests that are switched off.
    Skips,
    /// Rules of linters, and files that they leave out.
    Linters,
    /// Numbers that must be reached.
    Thresholds,
    /// Lists of what is let through.
    Baselines,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    #[default]
    More,
    Lower,
    Higher,
    Grown,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum About {
    #[default]
    Nothing,
    Name,
    Next,
    Around,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Look {
    #[default]
    Code,
    Whole,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) part: GuardPart,
    #[serde(default)]
    r#in: Option<Globs>,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    classes: Vec<Class>,
    #[serde(default)]
    pub(super) text: Look,
    #[serde(default)]
    pub(super) way: Way,
    #[serde(default)]
    pub(super) about: About,
    #[serde(rename = "matches", deserialize_with = "regexes")]
    pub(super) regexes: Vec<Regex>,
    pub(super) told: String,
    #[serde(skip)]
    paths: Option<PathSet>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    languages: Vec<String>,
    #[serde(rename = "matches", deserialize_with = "regexes")]
    regexes: Vec<Regex>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    rows: Vec<Row>,
    cases: Vec<Cases>,
    #[serde(deserialize_with = "one")]
    asserts: Regex,
}

fn regex(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&ascii(text)).multi_line(true).build()
}

fn regexes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Regex>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| regex(text).map_err(serde::de::Error::custom)).collect()
}

fn one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    regex(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

fn read() -> Result<Table, String> {
    let mut table: Table = embedded::table("guard")?;
    for row in &mut table.rows {
        row.paths = row.r#in.as_ref().map(|globs| PathSet::new(&globs.0)).transpose()?;
    }
    Ok(table)
}

/// The table is ours and a test reads it; should it break all the same, nothing is found.
static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| read().ok());

/// The rows that speak of such a file, with their numbers.
pub(super) fn rows<'a>(
    path: &'a str,
    language: Option<&'a str>,
    class: Class,
) -> impl Iterator<Item = (usize, &'static Row)> {
    let rows = TABLE.iter().flat_map(|table| &table.rows).enumerate();
    rows.filter(move |(_, row)| {
        let classes = if row.classes.is_empty() { &[Class::Test, Class::Product][..] } else { &row.classes };
        let spoken = row.languages.is_empty() || row.languages.iter().any(|id| Some(id.as_str()) == language);
        classes.contains(&class) && spoken && row.paths.as_ref().is_none_or(|paths| paths.contains(path))
    })
}

/// The row with this number.
pub(super) fn row(number: usize) -> Option<&'static Row> {
    TABLE.as_ref()?.rows.get(number)
}

/// The names of the test cases in a text.
pub(super) fn cases(language: Option<&str>, text: &str) -> Vec<Box<str>> {
    let code = masked(language, text, Mask::Comments);
    let meant = |cases: &&Cases| cases.languages.iter().any(|id| Some(id.as_str()) == language);
    let regexes = TABLE.iter().flat_map(|table| &table.cases).filter(meant).flat_map(|cases| &cases.regexes);
    let names = regexes
        .flat_map(|regex| regex.captures_iter(&code).filter_map(|found| found.iter().flatten().last()));
    names.map(|name| name.as_str().trim().into()).collect()
}

/// How many assertions there are in a text.
pub(super) fn asserts(language: Option<&str>, text: &str) -> usize {
    let code = masked(language, text, Mask::CommentsAndStrings);
    TABLE.as_ref().map_or(0, |table| table.asserts.find_iter(&code).count())
}

impl Row {
    /// Whether a number went the wrong way.
    pub(super) const fn worse(&self, was: i64, is: i64) -> bool {
        match self.way {
            Way::Lower => is < was,
            Way::Higher | Way::Grown => is > was,
            Way::More => false,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_reads() {
        assert_eq!(super::read().err(), None);
    }
}
