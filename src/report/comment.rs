//! The one comment on a pull request: what a maintainer reads in ten seconds on a phone.
//!
//! The verdict, what blocks and how to mend it, what was mended; all else is folded away or stands in the job summary.
//! Nothing in it depends on the clock or on what the run cost, so that it is edited only when it has news.

use super::fit::{Section, fit};
use super::marker::{self, Since, State};
use super::model::Report;
use super::outline::{Entry, Outline, outline};
use super::pieces::{self, Style, advice, bullets, docs, heading, id, named, places, prose, waived};
use super::{Options, permissions, phrases};
use crate::text::{self, counted};
use crate::words::Verdict;
use std::fmt::Write;

/// GitHub refuses a body of more than 65,536 characters (github-facts 10). Bytes are at least as many, and some room
/// stays for what a later edit by hand adds.
pub const COMMENT_LIMIT: usize = 65_000;

/// Rules that are told with everything; further ones with their title and first places.
const MAX_WHOLE: usize = 8;
/// Places shown of one rule.
const MAX_PLACES: usize = 5;
/// Places shown of one rule where it is folded away or not told whole.
const MAX_FOLDED_PLACES: usize = 3;

/// Which comment this is, and what it said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thread<'a> {
    /// Tells the comments of several jobs on one pull request apart; anything, as long as it stays the same.
    pub id: &'a str,
    /// The text that stands there now.
    pub previous: Option<&'a str>,
}

/// What every comment with this id starts with, and no other text of ours contains.
pub fn comment_start(id: &str) -> String {
    marker::start(id)
}

/// Whether two comments say the same. The run they lead to may be another.
pub fn same_comment(one: &str, other: &str) -> bool {
    let essence = |text: &str| {
        let text = text.replace("\r\n", "\n");
        let mut parts = text.trim_end().split("/actions/runs/");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            out.push_str("/actions/runs/");
            out.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_digit()));
        }
        out
    };
    essence(one) == essence(other)
}

/// Whether the report has something that a person must act on.
pub fn wants_comment(report: &Report) -> bool {
    report.verdict != Verdict::Pass
}

/// What replaces the comment once nothing blocks any more: the same after each further push.
pub fn all_clear(report: &Report, thread: Thread<'_>) -> String {
    let outline = outline(report);
    let mut out = marker::settled(thread.id);
    out.push_str("### ✓ All clear, thanks\n\nNothing blocks this pull request any more.\n");
    let fixed = named(&outline.fixed);
    if !fixed.is_empty() {
        let _ = write!(out, "\nFixed by it:\n\n{}", fixed.get(..MAX_WHOLE).unwrap_or(&fixed).concat());
        let more = fixed.len().saturating_sub(MAX_WHOLE);
        if more > 0 {
            let _ = writeln!(out, "- {more} more");
        }
    }
    out
}

/// The comment, of at most [`COMMENT_LIMIT`] bytes.
pub fn comment(report: &Report, options: &Options, thread: Thread<'_>) -> String {
    let outline = outline(report);
    let rest =
        if options.links.run().is_some() { "see the whole report" } else { "the JSON report has them all" };
    let style = Style { links: &options.links, brief: true, rest };
    let state = State::of(report, &outline, thread.previous);
    let head = format!("{}{}", state.marker(thread.id), head(report, state.since));
    let mut sections = vec![Section::new("", blocking(&outline, style))];
    if !outline.fixed.is_empty() {
        sections.push(Section::new("#### ✓ Fixed by this change, thank you\n\n", named(&outline.fixed)));
    }
    let advice = |entries: &[Entry<'_>]| advice(report, entries, MAX_FOLDED_PLACES, style);
    let compared = phrases::compared(report);
    let (what, failing) = if compared {
        ("New with this change, not blocking", &outline.introduced)
    } else {
        ("Failing, not blocking", &outline.uncompared)
    };
    fold(&mut sections, what, advice(failing));
    fold(&mut sections, "Could not be checked", could_not_be_checked(report, &outline, options));
    fold(&mut sections, "Older failures, not blocking", advice(&outline.existing));
    fold(&mut sections, "Waived", waived(&outline.waived));
    sections.push(Section::folded(&format!("Ladder: {}", reached(report)), vec![pieces::ladder(report)]));
    sections.push(Section::folded("Policy and commits", vec![about(report)]));
    fit(&head, &sections, &foot(report, options), COMMENT_LIMIT.min(options.limit))
}

fn head(report: &Report, since: Option<Since>) -> String {
    let mark = phrases::mark(report.verdict);
    let mut out = format!("### {mark} {}\n", text::markdown(&headline(report)));
    if let Some(Since { fixed, new, same_head }) = since {
        let what = if same_head { "run" } else { "push" };
        let news = match (fixed, new) {
            (0, 0) => "nothing changed".to_owned(),
            (fixed, 0) => format!("{fixed} fixed"),
            (0, new) => format!("{new} new"),
            (fixed, new) => format!("{fixed} fixed, {new} new"),
        };
        let _ = writeln!(out, "\nSince the last {what}: {news}.");
    }
    let reasons = bullets("", &report.undecided_because);
    if !reasons.is_empty() {
        let _ = write!(
            out,
            "\n{reasons}\nThis says nothing about the change: run the job again, and if that does not help, mend the set-up.\n"
        );
    }
    if let Some(hint) = phrases::hint(report) {
        let _ = writeln!(out, "\n> {hint}", hint = prose(hint));
    }
    out
}

/// The verdict in as few words as possible: the mark before it says whether it is a pass.
fn headline(report: &Report) -> String {
    let headline = phrases::headline(report);
    let short = ["Fail: ", "Pass: "].iter().find_map(|word| headline.strip_prefix(word));
    let Some(short) = short else { return headline };
    let mut letters = short.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn blocking(outline: &Outline<'_>, style: Style<'_>) -> Vec<String> {
    let several = outline.blocking.len() > 1;
    let item = |(index, entry): (usize, &Entry<'_>)| {
        let rule = entry.rule;
        let number = if several { format!("{}. ", index + 1) } else { String::new() };
        let mut out =
            format!("{gap}#### {number}{}\n", heading(rule), gap = if index == 0 { "" } else { "\n" });
        let whole = index < MAX_WHOLE;
        let what = prose(phrases::sentence(entry));
        if !what.is_empty() {
            let _ = writeln!(out, "\n{what}");
        }
        if let Some(permission) = pieces::permission(rule) {
            let _ = writeln!(out, "\nThe job lacks {permission}; see *Could not be checked* below.");
        }
        out.push_str(&places(entry, if whole { MAX_PLACES } else { MAX_FOLDED_PLACES }, "", style));
        if whole {
            out.push_str(&pieces::labelled("**Why:** ", &rule.why, "", style));
            out.push_str(&pieces::labelled("**Fix:** ", &rule.fix, "", style));
        }
        let link = docs(rule).map_or_else(String::new, |link| format!(" · {link}"));
        let _ = writeln!(out, "\nRule {id}{link}", id = id(rule));
        out
    };
    outline.blocking.iter().enumerate().map(item).collect()
}

fn could_not_be_checked(report: &Report, outline: &Outline<'_>, options: &Options) -> Vec<String> {
    let mut items = pieces::unknown(&outline.unknown);
    // What blocks because it is unknown stands above; what would let it be known belongs here all the same.
    if let Some(missing) = permissions::missing(report, &options.permissions) {
        items.push(format!("\n{}", missing.markdown()));
    }
    items
}

fn fold(sections: &mut Vec<Section>, what: &str, items: Vec<String>) {
    let count = items.iter().filter(|item| item.starts_with("- ")).count();
    if !items.is_empty() {
        let summary =
            if count == 0 { what.to_owned() } else { format!("{what}: {}", counted(count, "rule")) };
        sections.push(Section::folded(&summary, items));
    }
}

fn reached(report: &Report) -> String {
    let reached = report.ladder.iter().filter(|step| step.reached).map(|step| step.stage).next_back();
    reached
        .map_or_else(|| "no stage is reached yet".to_owned(), |stage| format!("{} is reached", stage.name()))
}

/// By what and for which commits, as far as it stays the same from run to run.
fn about(report: &Report) -> String {
    let mut lines = vec![phrases::policy(report, 16), phrases::counts(report)];
    let sources = report.policy.sources.iter().filter_map(|source| {
        let commit = source.commit.as_ref()?;
        Some(format!("{} at {commit}", source.source))
    });
    lines.extend(sources);
    lines.push(phrases::revisions(report, marker::head(report), 12));
    lines.push(format!("{} {}", report.tool.name, report.tool.version));
    bullets("", &lines)
}

fn foot(report: &Report, options: &Options) -> String {
    let notes = bullets("Note: ", &report.notes);
    let link = options.links.run().map_or_else(String::new, |run| format!("[The whole report]({run})\n"));
    let mut out = String::new();
    for part in [notes, link].iter().filter(|part| !part.is_empty()) {
        out.push('\n');
        out.push_str(part);
    }
    out
}
