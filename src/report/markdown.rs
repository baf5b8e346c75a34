//! A job summary: the verdict in ten seconds, then what to do, then all else folded away.
//!
//! Lists instead of wide tables, because people read this on a phone. Nothing links outside but a rule's own
//! documentation, and nobody is mentioned. Results of writing into a `String` are dropped: it cannot fail.

use super::fit::{Section, fit};
use super::model::Report;
use super::outline::{Entry, Outline, outline};
use super::pieces::{self, MAX_PLACE, Style, advice, bullets, docs, named, places, prose, title, waived};
use super::terminal::reason;
use super::{Options, permissions, phrases};
use crate::text;
use std::fmt::Write;

/// Places shown of one rule.
const MAX_PLACES: usize = 20;
/// Places shown of one rule where it is folded away.
const MAX_FOLDED_PLACES: usize = 5;

/// The report as GitHub Markdown of at most `options.limit` bytes.
pub(super) fn render(report: &Report, options: &Options) -> String {
    let outline = outline(report);
    let style = Style { links: &options.links, brief: false, rest: "the JSON report has them all" };
    let advice = |entries: &[Entry<'_>]| advice(report, entries, MAX_FOLDED_PLACES, style);
    let mut sections = Vec::new();
    push(&mut sections, "### Blocking\n", blocking(&outline, style));
    push(&mut sections, "### New with this change, not blocking\n\n", advice(&outline.introduced));
    push(&mut sections, "### Fixed by this change, thank you\n\n", named(&outline.fixed));
    push(&mut sections, "### Unknown\n\n", pieces::unknown(&outline.unknown));
    if let Some(missing) = permissions::missing(report, &options.permissions) {
        sections.push(Section::kept(missing.markdown()));
    }
    sections.push(Section::kept(format!("### Ladder\n\n{ladder}", ladder = pieces::ladder(report))));
    fold(&mut sections, "failing, not blocking", advice(&outline.uncompared));
    fold(&mut sections, "failing since before this change, not blocking", advice(&outline.existing));
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

fn blocking(outline: &Outline<'_>, style: Style<'_>) -> Vec<String> {
    let item = |entry: &Entry<'_>| {
        let rule = entry.rule;
        let mut out = format!("\n#### ✗ {title}\n", title = title(rule));
        let what = prose(phrases::sentence(entry));
        if !what.is_empty() {
            let _ = writeln!(out, "\n{what}");
        }
        out.push_str(&places(entry, MAX_PLACES, "", style));
        out.push_str(&pieces::labelled("**Why:** ", &rule.why, "", style));
        out.push_str(&pieces::labelled("**Fix:** ", &rule.fix, "", style));
        if let Some(link) = docs(rule) {
            let _ = writeln!(out, "\n{link}");
        }
        out
    };
    outline.blocking.iter().map(item).collect()
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
