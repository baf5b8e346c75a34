//! A job summary or a comment: the verdict in ten seconds, then what to do, then all else folded away.
//!
//! Lists instead of wide tables, because people read this on a phone. Nothing links outside but a rule's own
//! documentation, and nobody is mentioned. Results of writing into a `String` are dropped: it cannot fail.

use super::fit::{Section, fit};
use super::model::Report;
use super::outline::{Entry, Outline, outline};
use super::terminal::reason;
use super::{Options, phrases};
use crate::findings::RuleResult;
use crate::text;
use crate::words::Outcome;
use std::fmt::Write;

/// Lines of a list in the head or the foot, and characters of each.
const MAX_BULLETS: usize = 10;
const MAX_BULLET: usize = 300;
/// Places shown of one rule.
const MAX_PLACES: usize = 20;
/// Places shown of one rule where it is folded away.
const MAX_FOLDED_PLACES: usize = 5;
/// Characters shown of a place.
const MAX_PLACE: usize = 200;
/// Characters shown of a message, a reason, a way to fix.
const MAX_PROSE: usize = 1500;

/// The report as GitHub Markdown of at most `options.limit` bytes.
pub(super) fn render(report: &Report, options: &Options) -> String {
    let outline = outline(report);
    let mut sections = Vec::new();
    push(&mut sections, "### Blocking\n", blocking(&outline));
    push(&mut sections, "### New with this change, not blocking\n\n", advice(report, &outline.introduced));
    push(&mut sections, "### Fixed by this change, thank you\n\n", named(&outline.fixed));
    push(&mut sections, "### Unknown\n\n", unknown(&outline.unknown));
    sections.push(ladder(report));
    fold(&mut sections, "failing, not blocking", advice(report, &outline.uncompared));
    fold(&mut sections, "failing since before this change, not blocking", advice(report, &outline.existing));
    fold(&mut sections, "waived", waived(&outline.waived));
    fold(&mut sections, "passed", passed(&outline.passed));
    fold(&mut sections, "not applicable", named(&outline.not_applicable));
    fit(&head(report), &sections, &foot(report), options.limit)
}

fn push(sections: &mut Vec<Section>, heading: &str, items: Vec<String>) {
    if !items.is_empty() {
        sections.push(Section::new(heading, items));
    }
}

fn fold(sections: &mut Vec<Section>, what: &str, items: Vec<String>) {
    if !items.is_empty() {
        let summary = format!("{rules} {what}", rules = text::counted(items.len(), "rule"));
        sections.push(Section::folded(&summary, items));
    }
}

fn head(report: &Report) -> String {
    let mut out = format!(
        "## {mark} {headline}\n\n{counts}.\n",
        mark = phrases::mark(report.verdict),
        headline = text::markdown(&phrases::headline(report)),
        counts = phrases::counts(report)
    );
    let reasons = bullets("", &report.undecided_because);
    if !reasons.is_empty() {
        let _ = write!(out, "\n{reasons}");
    }
    if let Some(hint) = phrases::hint(report) {
        let _ = writeln!(out, "\n> {hint}", hint = prose(hint));
    }
    out
}

/// A short list: head and foot are never left out, so they must not fill the page.
fn bullets(label: &str, lines: &[String]) -> String {
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

fn blocking(outline: &Outline<'_>) -> Vec<String> {
    let item = |entry: &Entry<'_>| {
        let rule = entry.rule;
        let mut out = format!("\n#### ✗ {title}\n\n{told}", title = title(rule), told = told(entry));
        out.push_str(&places(entry, MAX_PLACES, ""));
        for (label, part) in [("Why", &rule.why), ("Fix", &rule.fix)] {
            if !part.trim().is_empty() {
                let _ = writeln!(out, "\n**{label}:** {part}", part = prose(part));
            }
        }
        if let Some(link) = docs(rule) {
            let _ = writeln!(out, "\n{link}");
        }
        out
    };
    outline.blocking.iter().map(item).collect()
}

/// `title` and `id`, inline.
fn title(rule: &RuleResult) -> String {
    let id = text::markdown_code(&text::cut(&phrases::id(rule), MAX_PLACE));
    match text::one_line(&rule.title, MAX_PLACE) {
        title if title.is_empty() => id,
        title => format!("{title} ({id})", title = text::markdown(&title)),
    }
}

/// What happened, as a paragraph.
fn told(entry: &Entry<'_>) -> String {
    let what = prose(phrases::sentence(entry));
    let mut out = if what.is_empty() { String::new() } else { format!("{what}\n") };
    if let Some(permission) = permission(entry.rule) {
        let _ = writeln!(out, "\n{permission}");
    }
    out
}

fn permission(rule: &RuleResult) -> Option<String> {
    let unknown = rule.unknown.as_ref().filter(|_| rule.outcome == Outcome::Unknown)?;
    let permission = text::markdown_code(&text::one_line(unknown.permission.as_deref()?, MAX_PLACE));
    Some(format!("To establish it, add to the workflow's `permissions:` {permission}"))
}

/// The places of an entry as a list.
fn places(entry: &Entry<'_>, max: usize, indent: &str) -> String {
    let mut lines = Vec::new();
    for finding in entry.findings.iter().take(max) {
        let detail = prose(&text::one_line(phrases::detail(entry.rule, finding), MAX_PLACE));
        let place = phrases::place(finding).map(|place| text::markdown_code(&text::cut(&place, MAX_PLACE)));
        match place {
            Some(place) if detail.is_empty() => lines.push(place),
            Some(place) => lines.push(format!("{place} {detail}")),
            None if detail.is_empty() => {}
            None => lines.push(detail),
        }
    }
    let hidden = entry.findings.len().saturating_sub(max);
    if hidden > 0 {
        let more = text::counted(hidden, "more place");
        lines.push(format!("{more}; the JSON report has them all"));
    }
    lines.extend(phrases::older(entry));
    let mut out = if lines.is_empty() { String::new() } else { "\n".to_owned() };
    for line in lines {
        let _ = writeln!(out, "{indent}- {line}");
    }
    out
}

/// Failures that do not block: what, where, and how to fix.
fn advice(report: &Report, entries: &[Entry<'_>]) -> Vec<String> {
    let item = |entry: &Entry<'_>| {
        let rule = entry.rule;
        let standing = phrases::standing(rule, report.policy.stage);
        let standing = standing.map_or_else(String::new, |standing| format!(", {standing}"));
        let mut out = format!("- **{title}**{standing}\n", title = title(rule));
        for paragraph in
            [prose(phrases::what(rule)), labelled("Fix: ", &rule.fix), docs(rule).unwrap_or_default()]
        {
            if !paragraph.is_empty() {
                let _ = writeln!(out, "\n  {paragraph}");
            }
        }
        out.push_str(&places(entry, MAX_FOLDED_PLACES, "  "));
        out
    };
    entries.iter().map(item).collect()
}

fn labelled(label: &str, text: &str) -> String {
    let text = prose(text);
    if text.is_empty() { text } else { format!("{label}{text}") }
}

fn named(entries: &[Entry<'_>]) -> Vec<String> {
    entries.iter().map(|entry| format!("- {title}\n", title = title(entry.rule))).collect()
}

fn unknown(entries: &[Entry<'_>]) -> Vec<String> {
    let item = |entry: &Entry<'_>| {
        let what = labelled(": ", phrases::what(entry.rule));
        let permission = permission(entry.rule).map_or_else(String::new, |line| format!("\n  {line}\n"));
        format!("- {title}{what}\n{permission}", title = title(entry.rule))
    };
    entries.iter().map(item).collect()
}

fn waived(entries: &[Entry<'_>]) -> Vec<String> {
    let item = |entry: &Entry<'_>| {
        let terms = entry.rule.waiver.as_ref().map_or_else(String::new, |waiver| {
            prose(&format!(": until {}, {}: {}", waiver.until, waiver.owner, waiver.reason))
        });
        format!("- {title}{terms}\n", title = title(entry.rule))
    };
    entries.iter().map(item).collect()
}

/// What holds, and because of what.
fn passed(entries: &[Entry<'_>]) -> Vec<String> {
    let item = |entry: &Entry<'_>| {
        let mut out = format!("- {title}\n", title = title(entry.rule));
        for because in entry.rule.because.iter().take(MAX_FOLDED_PLACES) {
            let _ = writeln!(
                out,
                "  - {reason}",
                reason = text::markdown_code(&text::cut(&reason(because), MAX_PLACE))
            );
        }
        out
    };
    entries.iter().map(item).collect()
}

fn ladder(report: &Report) -> Section {
    let mut table = String::from("| Stage | Pass | Left |\n| :-- | --: | :-- |\n");
    for step in &report.ladder {
        let mark = if step.reached { "✓ " } else { "" };
        let stage = step.stage.name();
        let pass = match step.applicable {
            0 => "–".to_owned(),
            applicable => format!("{passed} of {applicable}", passed = step.passed),
        };
        let left = match text::markdown_cell(&text::cut(&phrases::listed(&step.left), 400)) {
            none if none.is_empty() => "–".to_owned(),
            left => left,
        };
        let _ = writeln!(table, "| {mark}{stage} | {pass} | {left} |");
    }
    let step = text::markdown(&text::cut(&phrases::next_step(report), 500));
    Section::kept(format!("### Ladder\n\n{step}\n\n{table}"))
}

fn foot(report: &Report) -> String {
    let mut out = format!("\n---\n\n{notes}", notes = bullets("Note: ", &report.notes));
    let lines = phrases::footer(report, true);
    for (index, line) in lines.iter().enumerate() {
        let end = if index + 1 < lines.len() { "  \n" } else { "\n" };
        let gap = if index == 0 && !report.notes.is_empty() { "\n" } else { "" };
        let _ = write!(out, "{gap}{line}{end}", line = text::markdown(&text::one_line(line, 600)));
    }
    out
}

fn docs(rule: &RuleResult) -> Option<String> {
    let address = text::web_address(rule.docs.as_deref()?)?;
    Some(format!("[Read more]({address})"))
}

/// A policy's or a check's words; their own line breaks stay.
fn prose(text: &str) -> String {
    let text = text::cut(text, MAX_PROSE);
    let lines: Vec<String> = text.lines().map(text::markdown_prose).filter(|line| !line.is_empty()).collect();
    lines.join("<br>")
}
