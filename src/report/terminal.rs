//! For a terminal or a log: the verdict, then what blocks with its way out, then all else by weight.

use super::model::Report;
use super::outline::{Entry, Outline, outline};
use super::page::{BOLD, DIM, GREEN, PLAIN, Page, RED, YELLOW};
use super::{Options, phrases};
use crate::text;
use crate::words::{Because, Outcome, Unknown, Verdict};

/// Heading of the old debts.
const EXISTING: &str = "Failing since before this change, not blocking";
/// Places shown of one rule, unless all are asked for.
const MAX_PLACES: usize = 10;
/// Characters shown of a place.
const MAX_PLACE: usize = 200;
/// Characters shown of a message, a reason, a way to fix.
const MAX_PROSE: usize = 1500;

/// The report as text for people.
pub(super) fn render(report: &Report, options: &Options) -> String {
    let mut page = Page::new(options.width, options.colour);
    let outline = outline(report);
    verdict(&mut page, report);
    failures(&mut page, report, &outline, options);
    settled(&mut page, &outline, options.verbose);
    ladder(&mut page, report);
    footer(&mut page, report, options.verbose);
    page.finish()
}

fn verdict(page: &mut Page, report: &Report) {
    let style = match report.verdict {
        Verdict::Pass => GREEN.bold(),
        Verdict::Fail => RED,
        Verdict::Undecided => YELLOW.bold(),
    };
    let mark = format!("{mark} ", mark = phrases::mark(report.verdict));
    page.hang(0, (&mark, style), (&phrases::headline(report), style));
    page.text(2, PLAIN, &phrases::counts(report));
    for reason in &report.undecided_because {
        page.hang(2, ("- ", YELLOW), (&prose(reason), PLAIN));
    }
    if let Some(hint) = phrases::hint(report) {
        page.gap();
        page.text(2, PLAIN, hint);
    }
}

fn heading(page: &mut Page, text: &str, count: usize) {
    page.gap();
    page.text(0, BOLD, &format!("{text} ({count})"));
}

fn failures(page: &mut Page, report: &Report, outline: &Outline<'_>, options: &Options) {
    let places = if options.verbose { usize::MAX } else { MAX_PLACES };
    // One line for each old debt is enough, unless all is asked for.
    let existing = if options.verbose { &outline.existing[..] } else { &[] };
    if !outline.blocking.is_empty() {
        heading(page, "Blocking", outline.blocking.len());
    }
    for entry in &outline.blocking {
        page.gap();
        title(page, ("✗ ", RED), entry, "");
        told(page, entry, places);
        advice(page, entry, true);
    }
    for (entries, name) in [
        (&outline.introduced[..], "New with this change, not blocking"),
        (&outline.uncompared, "Failing, not blocking"),
        (existing, EXISTING),
    ] {
        if !entries.is_empty() {
            heading(page, name, entries.len());
        }
        for entry in entries {
            page.gap();
            let standing = phrases::standing(entry.rule, report.policy.stage);
            let standing = standing.map_or_else(String::new, |standing| format!(" [{standing}]"));
            title(page, ("! ", YELLOW), entry, &standing);
            told(page, entry, places);
            advice(page, entry, false);
        }
    }
}

fn title(page: &mut Page, mark: (&str, anstyle::Style), entry: &Entry<'_>, standing: &str) {
    let id = phrases::id(entry.rule);
    let title = text::one_line(&entry.rule.title, MAX_PROSE);
    page.hang(2, mark, (&format!("{id}: {title}{standing}"), BOLD));
}

/// What happened, and where.
fn told(page: &mut Page, entry: &Entry<'_>, places: usize) {
    let sentence = prose(phrases::sentence(entry));
    if !sentence.is_empty() {
        page.text(4, PLAIN, &sentence);
    }
    if let Some(unknown) = entry.rule.unknown.as_ref().filter(|_| entry.rule.outcome == Outcome::Unknown) {
        permission(page, unknown);
    }
    for finding in entry.findings.iter().take(places) {
        let detail = text::one_line(phrases::detail(entry.rule, finding), MAX_PROSE);
        match phrases::place(finding) {
            Some(place) if detail.is_empty() => {
                page.text(4, BOLD, &text::visible(&text::cut(&place, MAX_PLACE)));
            }
            Some(place) => {
                let place = format!("{place}  ", place = text::cut(&place, MAX_PLACE));
                page.hang(4, (&place, BOLD), (&detail, PLAIN));
            }
            None if detail.is_empty() => {}
            None => page.text(4, PLAIN, &detail),
        }
    }
    let hidden = entry.findings.len().saturating_sub(places);
    if hidden > 0 {
        page.text(4, DIM, &format!("{places} not shown here", places = text::counted(hidden, "more place")));
    }
    if let Some(older) = phrases::older(entry) {
        page.text(4, DIM, &older);
    }
}

fn advice(page: &mut Page, entry: &Entry<'_>, why: bool) {
    let rule = entry.rule;
    let docs = rule.docs.as_deref().unwrap_or_default();
    for (label, text) in
        [("why   ", if why { rule.why.as_str() } else { "" }), ("fix   ", &rule.fix), ("docs  ", docs)]
    {
        if !text.trim().is_empty() {
            page.hang(4, (label, DIM), (&prose(text), PLAIN));
        }
    }
}

fn permission(page: &mut Page, unknown: &Unknown) {
    if let Some(permission) = &unknown.permission {
        let line = format!("To establish it, add to the workflow's permissions: {permission}");
        page.text(4, PLAIN, &prose(&line));
    }
}

/// What needs nothing done now.
fn settled(page: &mut Page, outline: &Outline<'_>, verbose: bool) {
    if !outline.fixed.is_empty() {
        heading(page, "Fixed by this change, thank you", outline.fixed.len());
        rows(page, ("✓ ", GREEN), &outline.fixed);
    }
    if !outline.existing.is_empty() && !verbose {
        heading(page, EXISTING, outline.existing.len());
        rows(page, ("· ", DIM), &outline.existing);
    }
    if !outline.unknown.is_empty() {
        heading(page, "Unknown", outline.unknown.len());
    }
    for entry in &outline.unknown {
        title(page, ("? ", YELLOW), entry, "");
        told(page, entry, MAX_PLACES);
    }
    if !outline.waived.is_empty() {
        heading(page, "Waived", outline.waived.len());
    }
    for entry in &outline.waived {
        title(page, ("· ", DIM), entry, "");
        if let Some(waiver) = &entry.rule.waiver {
            let line = format!("until {}, {}: {}", waiver.until, waiver.owner, waiver.reason);
            page.text(4, PLAIN, &prose(&line));
        }
    }
    if verbose {
        passes(page, outline);
    }
}

fn rows(page: &mut Page, mark: (&str, anstyle::Style), entries: &[Entry<'_>]) {
    for entry in entries {
        let title = text::one_line(&entry.rule.title, MAX_PLACE);
        let places = match entry.findings.len() {
            0 | 1 => String::new(),
            count => format!(" ({count} places)"),
        };
        page.row(2, mark, &format!("{id}{places}: {title}", id = phrases::id(entry.rule)));
    }
}

fn passes(page: &mut Page, outline: &Outline<'_>) {
    for (entries, name, mark) in
        [(&outline.passed, "Passed", ("✓ ", GREEN)), (&outline.not_applicable, "Not applicable", ("· ", DIM))]
    {
        if !entries.is_empty() {
            heading(page, name, entries.len());
        }
        for entry in entries {
            title(page, mark, entry, "");
            page.text(4, PLAIN, &prose(&entry.rule.message));
            for because in entry.rule.because.iter().take(MAX_PLACES) {
                page.text(4, DIM, &prose(&reason(because)));
            }
        }
    }
}

/// One piece of proof in a line.
pub(super) fn reason(because: &Because) -> String {
    let place = because.place();
    let grade = because.grade.map(|grade| format!("({name})", name = grade.name()));
    let parts = [place.as_deref(), grade.as_deref(), because.text.as_deref(), because.note.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

fn ladder(page: &mut Page, report: &Report) {
    page.gap();
    page.text(0, BOLD, "Ladder");
    for step in &report.ladder {
        let (mark, style) = if step.reached { ("✓", GREEN) } else { ("·", DIM) };
        let label = format!("{mark} {stage:<11} ", stage = step.stage.name());
        let count = match step.applicable {
            0 => "no rule applies".to_owned(),
            applicable => format!("{passed} of {applicable} pass", passed = step.passed),
        };
        let left = if step.left.is_empty() { String::new() } else { format!(", {} left", step.left.len()) };
        page.hang(2, (&label, style), (&format!("{count}{left}"), PLAIN));
    }
    page.text(2, PLAIN, &phrases::next_step(report));
}

fn footer(page: &mut Page, report: &Report, verbose: bool) {
    page.gap();
    for note in &report.notes {
        page.hang(0, ("Note: ", YELLOW), (&prose(note), PLAIN));
    }
    for line in phrases::footer(report, verbose) {
        page.text(0, DIM, &text::one_line(&line, MAX_PROSE));
    }
}

fn prose(text: &str) -> String {
    text::cut(text.trim_end(), MAX_PROSE)
}
