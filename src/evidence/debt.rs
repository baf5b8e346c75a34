//! Debt that is written into code: remarks that something is left to do, and warnings that are switched off.
//!
//! The words are data, `policies/data/debt.yml`. Knows nothing of what a change adds, and must not judge.

mod table;

use super::file_text::FileText;
use super::languages;
use super::needs::Mask;
use crate::words::Because;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use table::{KNOWN, Known, Suppression};

/// A kind of debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A remark that something is left to do: `TODO`, `FIXME`, `HACK`, `XXX`.
    Remark,
    /// A warning of a linter or compiler that is switched off.
    Suppression,
}

/// A piece of debt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debt {
    /// What it is.
    pub kind: Kind,
    /// Its line.
    pub line: u32,
    /// The line's text, cut at [`Because::MAX_TEXT`].
    pub text: Box<str>,
    /// Whether the remark names an issue, or the suppression says why.
    pub explained: bool,
}

/// Pieces that are kept of one file.
const MOST: usize = 500;
/// Lines of a comment that belong to a remark, and lines that an attribute may go on for.
const FURTHER: usize = 5;

/// Globs of the files that can hold debt: all whose comments are known.
pub(super) static FILES: LazyLock<Vec<String>> = LazyLock::new(languages::globs);

/// The debt in a file, in order of line.
pub(super) fn debts(file: &FileText<'_>) -> Vec<Debt> {
    let FileText { path, text, ref masks, .. } = *file;
    let (Some(known), Some(language)) = (KNOWN.as_ref(), languages::by_path(path)) else { return Vec::new() };
    let (mut lines, mut line, mut seen) = (BTreeSet::new(), 0, 0);
    for found in known.hints.find_iter(file.lower()) {
        line += memchr::memchr_iter(b'\n', &text.as_bytes()[seen..found.end()]).count();
        seen = found.end();
        lines.insert(line);
    }
    if lines.is_empty() {
        return Vec::new();
    }
    let suppressions = known.suppressions_of(&language.id);
    let source = Source {
        text: text.lines().collect(),
        comments: masks.get(Mask::Code).lines().collect(),
        code: masks.get(Mask::Comments).lines().collect(),
        bare: if suppressions.iter().any(|one| one.row.code) {
            masks.get(Mask::CommentsAndStrings).lines().collect()
        } else {
            Vec::new()
        },
    };
    let reader = Reader { known, source, suppressions };
    // No line without a hint holds any.
    let mut found: Vec<Debt> = lines.into_iter().flat_map(|at| reader.at(at)).take(MOST).collect();
    found.dedup_by(|a, b| a.line == b.line && a.kind == b.kind);
    found
}

/// The lines of a file, whole and in its masked forms.
struct Source<'a> {
    text: Vec<&'a str>,
    comments: Vec<&'a str>,
    code: Vec<&'a str>,
    /// Where code is looked at.
    bare: Vec<&'a str>,
}

impl Source<'_> {
    fn comment(&self, at: usize) -> &str {
        self.comments.get(at).copied().unwrap_or_default()
    }

    /// Whether the line holds a comment and nothing else.
    fn only_comment(&self, at: usize) -> bool {
        !self.comment(at).trim().is_empty() && self.code.get(at).is_none_or(|code| code.trim().is_empty())
    }
}

/// Reads one file.
struct Reader<'a> {
    known: &'a Known,
    source: Source<'a>,
    suppressions: Vec<&'a Suppression>,
}

impl Reader<'_> {
    fn at(&self, at: usize) -> Vec<Debt> {
        let source = &self.source;
        let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let debt = |kind, explained| {
            let text = source
                .text
                .get(at)
                .copied()
                .unwrap_or_default()
                .trim()
                .chars()
                .take(Because::MAX_TEXT)
                .collect::<String>()
                .into();
            Debt { kind, line, text, explained }
        };
        let mut found = Vec::new();
        let comment = source.comment(at);
        if !comment.trim().is_empty() && self.known.is_remark(comment) {
            found.push(debt(Kind::Remark, self.has_ticket(at)));
        }
        for one in &self.suppressions {
            let searched =
                if one.row.code { source.bare.get(at).copied().unwrap_or_default() } else { comment };
            if let Some(mark) = one.mark.get().and_then(|regex| regex.find(searched)) {
                found.push(debt(Kind::Suppression, self.has_reason(one, at, mark.end())));
            }
        }
        found
    }

    /// Whether the remark, or what follows in the same comment, refers to a tracker.
    fn has_ticket(&self, at: usize) -> bool {
        let source = &self.source;
        let below = (at + 1..at + 1 + FURTHER).take_while(|at| {
            let said = source.comment(*at).trim_matches(|char: char| !char.is_alphanumeric());
            source.only_comment(*at) && !said.is_empty() && !self.known.is_remark(source.comment(*at))
        });
        std::iter::once(at).chain(below).any(|at| self.known.refers(source.comment(at)))
    }

    /// Whether a reason stands behind the mark, at the end of its line, or in a comment of its own above.
    fn has_reason(&self, one: &Suppression, at: usize, end: usize) -> bool {
        let source = &self.source;
        if !one.row.code {
            let rest = source.comment(at).get(end..).unwrap_or_default();
            return one.reason.is_match(rest) || self.above(at);
        }
        let mut rest = String::new();
        for code in source.code.iter().skip(at).take(FURTHER) {
            let from = if rest.is_empty() { end } else { 0 };
            rest.push_str(code.get(from..).unwrap_or_default());
            rest.push('\n');
            let Some(until) = &one.row.until else { break };
            if let Some(end) = rest.find(until.as_str()) {
                rest.truncate(end);
                break;
            }
        }
        // Two words behind an attribute are its arguments: only what the row asks for is a reason.
        one.row.reason.is_some() && one.reason.is_match(&rest)
            || self.known.said.is_match(source.comment(at))
            || self.above(at)
    }

    /// Whether a comment that stands alone on the line above says something; documentation is about something else.
    fn above(&self, at: usize) -> bool {
        let source = &self.source;
        let Some(above) = at.checked_sub(1).filter(|above| source.only_comment(*above)) else { return false };
        let comment = source.comment(above).trim();
        let documents =
            ["///", "//!", "/**", "*", "\"\"\"", "'''", "@"].iter().any(|start| comment.starts_with(start));
        let marks =
            self.known.is_remark(comment) || self.suppressions.iter().any(|one| one.mark.is_match(comment));
        !documents && !marks && self.known.said.is_match(comment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text in a file, and its debt: `line kind`, with `!` where it is not explained.
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        path: String,
        text: String,
        #[serde(default)]
        debt: Vec<String>,
    }

    #[test]
    fn debt_is_found_where_it_is_and_nowhere_else() {
        let cases: Vec<Case> = serde_yaml::from_str(include_str!("../../tests/cases/debt.yml")).unwrap();
        let mut wrong = Vec::new();
        for case in cases {
            let show = |debt: &Debt| {
                let kind = if debt.kind == Kind::Remark { "remark" } else { "suppression" };
                format!("{} {kind}{}", debt.line, if debt.explained { "" } else { "!" })
            };
            let found: Vec<String> = debts(&FileText::new(&case.path, &case.text)).iter().map(show).collect();
            if found != case.debt {
                wrong.push(format!(
                    "{}: {:?}\n found {found:?}\n expected {:?}",
                    case.path, case.text, case.debt
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
