//! The table of what changes nothing, compiled for each language: `policies/data/behaviour.yml`.

use crate::embedded;
use crate::evidence::languages;
use crate::regexes::ascii;
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// None means all.
    languages: Vec<String>,
    #[serde(default)]
    statements: Vec<String>,
    #[serde(default)]
    blocks: Vec<String>,
    #[serde(default)]
    lines: Vec<String>,
    #[serde(default)]
    erased: Vec<(String, String)>,
    #[serde(default)]
    define: Vec<String>,
    #[serde(default)]
    signature: Vec<String>,
    #[serde(default)]
    functions: Vec<String>,
    #[serde(default)]
    tests: Vec<String>,
}

/// What the table says of one language.
pub(super) struct Rules {
    pub(super) statements: RegexSet,
    pub(super) blocks: RegexSet,
    pub(super) lines: RegexSet,
    pub(super) erased: Vec<(Regex, String)>,
    pub(super) signature: RegexSet,
    pub(super) tests: RegexSet,
    define: Vec<Regex>,
    functions: Vec<Regex>,
}

impl Rules {
    /// The names that a line gives.
    pub(super) fn defined<'a>(&self, line: &'a str) -> Vec<&'a str> {
        let names = self.define.iter().flat_map(|regex| regex.captures_iter(line));
        names.filter_map(|found| found.get(1)).map(|name| name.as_str()).collect()
    }

    /// The name of the function that begins on a line.
    pub(super) fn function<'a>(&self, line: &'a str) -> Option<&'a str> {
        const NONE: [&str; 8] = ["if", "for", "while", "switch", "catch", "return", "else", "constructor"];
        let name = self.functions.iter().find_map(|regex| regex.captures(line)?.get(1))?.as_str();
        (!NONE.contains(&name)).then_some(name)
    }

    fn of(rows: &[&Row]) -> Result<Self, String> {
        let set = |column: fn(&Row) -> &Vec<String>| {
            let regexes = rows.iter().flat_map(|row| column(row)).map(|regex| ascii(regex));
            RegexSetBuilder::new(regexes).build().map_err(|error| error.to_string())
        };
        let one =
            |text: &str| RegexBuilder::new(&ascii(text)).build().map_err(|error| format!("{text}: {error}"));
        let erased = rows.iter().flat_map(|row| &row.erased);
        let define = rows.iter().flat_map(|row| &row.define);
        Ok(Self {
            statements: set(|row| &row.statements)?,
            blocks: set(|row| &row.blocks)?,
            lines: set(|row| &row.lines)?,
            signature: set(|row| &row.signature)?,
            tests: set(|row| &row.tests)?,
            erased: erased.map(|(from, to)| Ok((one(from)?, to.clone()))).collect::<Result<_, String>>()?,
            functions: rows
                .iter()
                .flat_map(|row| &row.functions)
                .map(|regex| one(regex))
                .collect::<Result<_, String>>()?,
            define: define.map(|regex| one(regex)).collect::<Result<_, String>>()?,
        })
    }
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| embedded::table("behaviour").unwrap_or_default());
/// By language, each compiled when a file of it is changed.
static RULES: LazyLock<HashMap<&'static str, OnceLock<Option<Rules>>>> = LazyLock::new(|| {
    languages::all().iter().map(|language| (language.id.as_str(), OnceLock::new())).collect()
});

/// What the table says of a language. The table is ours and a test reads it; should it break all the same, nothing is known.
pub(super) fn rules(language: &str) -> Option<&'static Rules> {
    RULES.get(language)?.get_or_init(|| compile(language).ok()).as_ref()
}

fn compile(language: &str) -> Result<Rules, String> {
    let meant = |row: &&Row| row.languages.is_empty() || row.languages.iter().any(|id| id == language);
    Rules::of(&ROWS.iter().filter(meant).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_for_every_language() {
        assert!(!ROWS.is_empty());
        for language in languages::all() {
            assert_eq!(compile(&language.id).err(), None, "{}", language.id);
        }
        let named: Vec<&String> = ROWS.iter().flat_map(|row| &row.languages).collect();
        for language in named {
            assert!(languages::by_id(language).is_some(), "{language}");
        }
    }
}
