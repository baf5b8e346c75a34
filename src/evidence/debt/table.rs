//! The words of debt, compiled: `policies/data/debt.yml`.

use crate::embedded;
use crate::regexes::Late;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::Captures;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    remarks: Vec<String>,
    not_remarks: Vec<String>,
    ticket: String,
    not_tickets: Vec<String>,
    suppressions: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    #[serde(default)]
    languages: Vec<String>,
    pub(super) hint: String,
    pub(super) mark: String,
    #[serde(default)]
    pub(super) code: bool,
    pub(super) until: Option<String>,
    pub(super) reason: Option<String>,
}

pub(super) struct Suppression {
    pub(super) row: Row,
    pub(super) mark: Late,
    pub(super) reason: Late,
}

/// The table, compiled.
pub(super) struct Known {
    /// Finds the lines that are worth a look, in small letters.
    pub(super) hints: AhoCorasick,
    pub(super) remark: Late,
    pub(super) no_remark: Vec<Late>,
    pub(super) ticket: Late,
    pub(super) no_tickets: Vec<String>,
    pub(super) suppressions: Vec<Suppression>,
    pub(super) said: Late,
}

/// What says anything at all.
const TWO_WORDS: &str = r"[^\W\d_]{2,}\W+[^\W\d_]{2,}";

pub(super) fn compile() -> Result<Known, String> {
    let table: Table = embedded::table("debt")?;
    let regex = |text: &str| Late::new(text);
    let words = table.remarks.join("|");
    let small = words.to_ascii_lowercase();
    // Capitals at the start of a comment, with or without `@`; capitals before a colon anywhere in it, small letters at its start.
    let remark = regex(&format!(
        r"^[^\w@\\]*(?:(?:{words})\b|[@\\](?i:{words})\b|(?i:{small})(?:\([^)]*\))?:)|(?:^|[\s(\[*/#-])(?:{words})(?:\([^)]*\))?:"
    ));
    let hints = table.remarks.iter().chain(table.suppressions.iter().map(|row| &row.hint));
    let hints: BTreeSet<String> = hints.map(|hint| hint.to_ascii_lowercase()).collect();
    let hints = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .kind(Some(AhoCorasickKind::DFA))
        .build(hints)
        .map_err(|error| error.to_string())?;
    let suppressions = table.suppressions.into_iter().map(|row| {
        let (mark, reason) = (regex(&row.mark), regex(row.reason.as_deref().unwrap_or(TWO_WORDS)));
        Suppression { row, mark, reason }
    });
    Ok(Known {
        hints,
        remark,
        no_remark: table.not_remarks.iter().map(|text| regex(text)).collect(),
        ticket: regex(&table.ticket),
        no_tickets: table.not_tickets,
        suppressions: suppressions.collect(),
        said: regex(TWO_WORDS),
    })
}

/// The table is ours and a test reads it; should it break all the same, nothing is debt.
pub(super) static KNOWN: LazyLock<Option<Known>> = LazyLock::new(|| compile().ok());

impl Known {
    /// Those that the language has.
    pub(super) fn suppressions_of(&self, language: &str) -> Vec<&Suppression> {
        let has = |one: &&Suppression| {
            let languages = &one.row.languages;
            languages.is_empty() || languages.iter().any(|known| known == language)
        };
        self.suppressions.iter().filter(has).collect()
    }

    pub(super) fn is_remark(&self, comment: &str) -> bool {
        self.remark.is_match(comment) && !self.no_remark.iter().any(|regex| regex.is_match(comment))
    }

    /// Whether the line refers to a tracker.
    pub(super) fn refers(&self, line: &str) -> bool {
        let known = |project: &str| self.no_tickets.iter().any(|known| known == project);
        let names = |found: &Captures<'_>| found.get(1).is_none_or(|project| !known(project.as_str()));
        self.ticket.get().is_some_and(|regex| regex.captures_iter(line).any(|found| names(&found)))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_compiles() {
        let known = super::compile().unwrap();
        assert!(known.suppressions.len() > 20);
        let single = [&known.remark, &known.ticket, &known.said];
        let of_rows = known.suppressions.iter().flat_map(|one| [&one.mark, &one.reason]);
        assert!(single.into_iter().chain(&known.no_remark).chain(of_rows).all(|regex| regex.get().is_some()));
    }
}
