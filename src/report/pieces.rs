//! Pieces of Markdown that the job summary and the comment share: titles, places, reasons, ways to fix.
//!
//! Every text that is not our own goes through `text` here, and nowhere later. Results of writing into a `String` are
//! dropped: it cannot fail.

use super::links::Links;
use super::model::Report;
use super::outline::Entry;
use super::phrases;
use crate::findings::{Finding, RuleResult};
use crate::text::{self, Part};
use crate::words::Outcome;
use std::fmt::Write;

/// Lines of a list in the head or the foot, and characters of each.
const MAX_BULLETS: usize = 10;
const MAX_BULLET: usize = 300;
/// Characters shown of a place.
pub(super) const MAX_PLACE: usize = 200;
/// Characters shown of a place where the page is brief.
const MAX_BRIEF_PLACE: usize = 80;
/// Characters shown of a message, a reason, a way to fix.
const MAX_PROSE: usize = 1500;
/// Lines shown of a block of code, and from how many on it is folded away in a comment.
const MAX_CODE: usize = 120;
const SHORT_CODE: usize = 6;

/// How a page shows its pieces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style<'a> {
    /// Where places lead to.
    pub(super) links: &'a Links,
    /// Whether the page is for ten seconds: longer code is folded away, and places are without columns.
    pub(super) brief: bool,
    /// Where the reader finds what is left out.
    pub(super) rest: &'static str,
}

/// A short list: head and foot are never left out, so they must not fill the page.
pub(super) fn bullets(label: &str, lines: &[String]) -> String {
    let mut out = String::new();
    for line in lines.iter().take(MAX_BULLETS) {
        let _ = writeln!(out, "- {label}{line}", line = prose(&text::one_line(line, MAX_BULLET)));
    }
    let more = lines.len().saturating_sub(MAX_BULLETS);
    if more > 0 {
        let _ = writeln!(out, "- {more} more in the JSON report");
    }
    out
}

/// The rule's title, inline; its id where it has none.
pub(super) fn heading(rule: &RuleResult) -> String {
    match text::one_line(&rule.title, MAX_PLACE) {
        title if title.is_empty() => id(rule),
        title => text::markdown(&title),
    }
}

/// The rule's id as code.
pub(super) fn id(rule: &RuleResult) -> String {
    text::markdown_code(&text::cut(&phrases::id(rule), MAX_PLACE))
}

/// `title` and `id`, inline.
pub(super) fn title(rule: &RuleResult) -> String {
    let (heading, id) = (heading(rule), id(rule));
    if heading == id { id } else { format!("{heading} ({id})") }
}

/// The places of an entry as a list.
pub(super) fn places(entry: &Entry<'_>, max: usize, indent: &str, style: Style<'_>) -> String {
    let mut lines = Vec::new();
    for finding in entry.findings.iter().take(max) {
        let detail = prose(&text::one_line(phrases::detail(entry.rule, finding), MAX_PLACE));
        match place(finding, style) {
            Some(place) if detail.is_empty() => lines.push(place),
            Some(place) => lines.push(format!("{place} {detail}")),
            None if detail.is_empty() => {}
            None => lines.push(detail),
        }
    }
    let hidden = entry.findings.len().saturating_sub(max);
    if hidden > 0 {
        let more = text::counted(hidden, "more place");
        lines.push(format!("{more}; {rest}", rest = style.rest));
    }
    lines.extend(phrases::older(entry));
    let mut out = if lines.is_empty() { String::new() } else { "\n".to_owned() };
    for line in lines {
        let _ = writeln!(out, "{indent}- {line}");
    }
    out
}

/// A place as code, leading to its lines.
fn place(finding: &Finding, style: Style<'_>) -> Option<String> {
    let place = if style.brief { tail(&phrases::line(finding)?) } else { phrases::place(finding)? };
    let code = text::markdown_code(&text::cut(&place, MAX_PLACE));
    Some(match style.links.place(finding) {
        Some(address) => format!("[{code}]({address})"),
        None => code,
    })
}

/// The end of a long place, which says more than its start.
fn tail(place: &str) -> String {
    let length = place.chars().count();
    if length <= MAX_BRIEF_PLACE {
        return place.to_owned();
    }
    format!("…{}", place.chars().skip(length - MAX_BRIEF_PLACE).collect::<String>())
}

/// Failures that do not block: what, where, and how to fix.
pub(super) fn advice(report: &Report, entries: &[Entry<'_>], places: usize, style: Style<'_>) -> Vec<String> {
    let item = |entry: &Entry<'_>| {
        let rule = entry.rule;
        let standing = phrases::standing(rule, report.policy.stage);
        let standing = standing.map_or_else(String::new, |standing| format!(", {standing}"));
        let mut out = format!("- **{title}**{standing}\n", title = title(rule));
        let what = prose(phrases::what(rule));
        if !what.is_empty() {
            let _ = writeln!(out, "\n  {what}");
        }
        out.push_str(&labelled("Fix: ", &rule.fix, "  ", style));
        if let Some(link) = docs(rule) {
            let _ = writeln!(out, "\n  {link}");
        }
        out.push_str(&self::places(entry, places, "  ", style));
        out
    };
    entries.iter().map(item).collect()
}

/// Prose and code behind a label, each a paragraph of its own.
pub(super) fn labelled(label: &str, words: &str, indent: &str, style: Style<'_>) -> String {
    let mut out = String::new();
    let mut label = Some(label);
    for part in text::parts(words) {
        match part {
            Part::Prose(words) => {
                let words = prose(&words);
                if !words.is_empty() {
                    let label = label.take().unwrap_or_default();
                    let _ = writeln!(out, "\n{indent}{label}{words}");
                }
            }
            Part::Code { language, lines } => {
                if let Some(label) = label.take() {
                    let _ = writeln!(out, "\n{indent}{label}", label = label.trim_end());
                }
                out.push('\n');
                for line in code(&language, &lines, style.brief).lines() {
                    let indent = if line.is_empty() { "" } else { indent };
                    let _ = writeln!(out, "{indent}{line}");
                }
            }
        }
    }
    out
}

/// A block of code; on a page for ten seconds a long one is folded away.
fn code(language: &str, lines: &[String], fold: bool) -> String {
    let shown = lines.get(..MAX_CODE).unwrap_or(lines);
    let mut block = text::markdown_block(language, shown);
    let more = lines.len() - shown.len();
    if more > 0 {
        let _ = writeln!(block, "\n{more} more lines");
    }
    if fold && lines.len() > SHORT_CODE {
        let what = text::html(language);
        let count = text::counted(lines.len(), "line");
        let gap = if what.is_empty() { "" } else { ", " };
        return format!("<details><summary>Show it ({what}{gap}{count})</summary>\n\n{block}\n</details>\n");
    }
    block
}

pub(super) fn named(entries: &[Entry<'_>]) -> Vec<String> {
    entries.iter().map(|entry| format!("- {title}\n", title = title(entry.rule))).collect()
}

/// What could not be established, and why.
pub(super) fn unknown(entries: &[Entry<'_>]) -> Vec<String> {
    let item = |entry: &Entry<'_>| {
        let what = prose(phrases::what(entry.rule));
        let gap = if what.is_empty() { "" } else { ": " };
        format!("- {title}{gap}{what}\n", title = title(entry.rule))
    };
    entries.iter().map(item).collect()
}

/// What would have to be allowed for an unknown rule, as code.
pub(super) fn permission(rule: &RuleResult) -> Option<String> {
    let unknown = rule.unknown.as_ref().filter(|_| rule.outcome == Outcome::Unknown)?;
    Some(text::markdown_code(&text::one_line(unknown.permission.as_deref()?, MAX_PLACE)))
}

pub(super) fn waived(entries: &[Entry<'_>]) -> Vec<String> {
    let item = |entry: &Entry<'_>| {
        let terms = entry.rule.waiver.as_ref().map_or_else(String::new, |waiver| {
            prose(&format!(": until {}, {}: {}", waiver.until, waiver.owner, waiver.reason))
        });
        format!("- {title}{terms}\n", title = title(entry.rule))
    };
    entries.iter().map(item).collect()
}

/// The way to the next stage, and the stages as a table.
pub(super) fn ladder(report: &Report) -> String {
    let mut table = String::from("| Stage | Pass | Left |\n| :-- | --: | :-- |\n");
    for step in &report.ladder {
        let mark = if step.reached { "✓&nbsp;" } else { "" };
        let stage = step.stage.name();
        let pass = match step.applicable {
            0 => "–".to_owned(),
            applicable => format!("{passed}/{applicable}", passed = step.passed),
        };
        let left = match text::markdown_cell(&text::cut(&phrases::listed(&step.left), 400)) {
            none if none.is_empty() => "–".to_owned(),
            left => left,
        };
        let _ = writeln!(table, "| {mark}{stage} | {pass} | {left} |");
    }
    let step = text::markdown(&text::cut(&phrases::next_step(report), 500));
    format!("{step}\n\n{table}")
}

pub(super) fn docs(rule: &RuleResult) -> Option<String> {
    let address = text::web_address(rule.docs.as_deref()?)?;
    Some(format!("[Read more]({address})"))
}

/// A policy's or a check's words; their own line breaks stay.
pub(super) fn prose(text: &str) -> String {
    let text = text::cut(text, MAX_PROSE);
    let lines: Vec<String> = text.lines().map(text::markdown_prose).filter(|line| !line.is_empty()).collect();
    lines.join("<br>")
}
