//! For the standard output of a workflow's step: annotations first, then the same log that a terminal gets.
//!
//! Annotations belong to the job's own check run, so they need no permission (github-facts section 2).

use super::model::Report;
use super::{Options, phrases, terminal};
use crate::findings::{Finding, RuleResult};
use crate::text;
use crate::words::{Delta, Enforce, Outcome, Severity, Verdict};
use std::collections::HashMap;
use std::fmt::Write;

/// The runner keeps ten of each level for a step and makes log lines of the rest.
const MAX_PER_LEVEL: usize = 10;
/// Characters of each part of a message. The runner cuts a message at 4,096 UTF-16 units; these stay below
/// that together even where each character takes two.
const MAX_WHAT: usize = 600;
const MAX_WHY: usize = 450;
const MAX_FIX: usize = 700;
const MAX_DOCS: usize = 200;
const MAX_TITLE: usize = 200;
/// A file name that is longer than a file system allows is never a file.
const MAX_FILE: usize = 4096;

/// Weight of an annotation, the heaviest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    /// The command, which is also the word for people.
    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// One annotation to be made.
pub(super) struct Annotation<'a> {
    pub(super) level: Level,
    pub(super) rule: &'a RuleResult,
    pub(super) finding: Option<&'a Finding>,
}

/// Workflow commands, then the log.
pub(super) fn render(report: &Report, options: &Options) -> String {
    let mut out = String::new();
    if report.verdict == Verdict::Undecided {
        // A failure of the tool or the platform marks no source line. Nothing blocks then, so that this is the
        // only error.
        let message = text::cut(&report.undecided_because.join("\n"), MAX_WHAT);
        let title = text::workflow_property(&phrases::headline(report));
        push(&mut out, &format!("::error title={title}::{message}", message = text::workflow_data(&message)));
    }
    let annotations = annotations(report);
    for level in Level::ALL {
        let of_level: Vec<_> = annotations.iter().filter(|annotation| annotation.level == level).collect();
        let more = of_level.len().saturating_sub(MAX_PER_LEVEL);
        let last = of_level.len().min(MAX_PER_LEVEL).saturating_sub(1);
        for (index, annotation) in of_level.iter().take(MAX_PER_LEVEL).enumerate() {
            push(&mut out, &command(annotation, if index == last { more } else { 0 }, &options.prefix));
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&terminal::render(report, options));
    out
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

/// What deserves an annotation, the most important first. Every rule gets one before any gets its second, so
/// that a rule with a hundred places does not hide the others.
pub(super) fn annotations(report: &Report) -> Vec<Annotation<'_>> {
    let mut by_rule: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for finding in &report.findings {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let mut ranked = Vec::new();
    for rule in &report.rules {
        let wanted = rule.outcome == Outcome::Fail || rule.blocking;
        let found = if wanted { by_rule.remove(rule.id.as_str()).unwrap_or_default() } else { Vec::new() };
        if found.is_empty() && rule.blocking {
            ranked.push((rank(rule, true, 0), Annotation { level: Level::Error, rule, finding: None }));
        }
        let told = found.into_iter().filter(|finding| is_told(finding, report.policy.enforce));
        for (nth, finding) in told.enumerate() {
            let level = level(rule, finding);
            let rank = rank(rule, finding.delta == Delta::Introduced, nth);
            ranked.push((rank, Annotation { level, rule, finding: Some(finding) }));
        }
    }
    // Stable: policy order, then path and line, decide between equals.
    ranked.sort_by_key(|(rank, annotation)| (annotation.level, *rank));
    ranked.into_iter().map(|(_, annotation)| annotation).collect()
}

/// Nobody is blamed for what was there before, unless the policy holds the whole tree against everybody.
fn is_told(finding: &Finding, enforce: Enforce) -> bool {
    finding.blocking || finding.delta == Delta::Introduced || enforce == Enforce::Always
}

fn level(rule: &RuleResult, finding: &Finding) -> Level {
    match rule.severity {
        _ if finding.blocking => Level::Error,
        Severity::Error | Severity::Warning => Level::Warning,
        Severity::Notice | Severity::Off => Level::Notice,
    }
}

fn rank(rule: &RuleResult, introduced: bool, nth: usize) -> (bool, Severity, bool, usize) {
    (!rule.blocking, rule.severity, !introduced, nth)
}

fn command(annotation: &Annotation<'_>, more: usize, prefix: &str) -> String {
    let rule = annotation.rule;
    let mut properties = String::new();
    if let Some(finding) = annotation.finding {
        properties = place(finding, prefix);
    }
    format!(
        "::{level} {properties}title={title}::{message}",
        level = annotation.level.name(),
        title = text::workflow_property(&title(rule)),
        message = text::workflow_data(&message(annotation, more))
    )
}

/// The rule in a line.
pub(super) fn title(rule: &RuleResult) -> String {
    let title =
        format!("{id}: {title}", id = phrases::id(rule), title = text::one_line(&rule.title, MAX_TITLE));
    text::cut(&title, MAX_TITLE)
}

/// File, lines and column as the runner takes them: columns only within one line, no end before its start.
fn place(finding: &Finding, prefix: &str) -> String {
    let Some(path) = &finding.path else {
        return String::new();
    };
    let path = text::cut(&format!("{prefix}{path}"), MAX_FILE);
    let mut out = format!("file={file},", file = text::workflow_property(&path));
    let Some(line) = finding.line else {
        return out;
    };
    let end = finding.end_line.filter(|end| *end >= line).unwrap_or(line);
    // Writing into a `String` cannot fail.
    let _ = write!(out, "line={line},endLine={end},");
    if let Some(column) = finding.column.filter(|_| end == line) {
        let _ = write!(out, "col={column},");
    }
    out
}

pub(super) fn message(annotation: &Annotation<'_>, more: usize) -> String {
    let rule = annotation.rule;
    let what = annotation.finding.map_or_else(|| phrases::what(rule), |finding| &finding.message);
    let mut lines = vec![text::one_line(what, MAX_WHAT)];
    if let Some(permission) = rule.unknown.as_ref().and_then(|unknown| unknown.permission.as_ref()) {
        lines.push(format!("Permission: {permission}", permission = text::one_line(permission, MAX_DOCS)));
    }
    let docs = rule.docs.as_deref().unwrap_or_default();
    let fix = fix(&rule.fix);
    for (label, part, max) in
        [("Why", rule.why.as_str(), MAX_WHY), ("Fix", &fix, MAX_FIX), ("Docs", docs, MAX_DOCS)]
    {
        let part = text::one_line(part, max);
        if !part.is_empty() {
            lines.push(format!("{label}: {part}"));
        }
    }
    if more > 0 {
        let left = text::counted(more, &format!("more {level}", level = annotation.level.name()));
        lines.push(format!("The job summary tells of {left}."));
    }
    lines.join("\n")
}

/// An annotation is a few lines of plain text: whole files stand in the summary.
fn fix(fix: &str) -> String {
    let prose = text::without_code(fix);
    if prose.len() == fix.trim_end().len() || fix.trim().is_empty() {
        return prose;
    }
    format!("{prose}\nThe job summary shows the code.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(line: Option<u32>, end_line: Option<u32>, column: Option<u32>) -> Finding {
        Finding {
            rule: "a".to_owned(),
            path: Some("a,b:c.rs".to_owned()),
            line,
            end_line,
            column,
            message: String::new(),
            delta: Delta::Introduced,
            blocking: true,
            fingerprint: String::new(),
        }
    }

    #[test]
    fn a_place_follows_the_rules_of_the_runner() {
        for (line, end_line, column, expected) in [
            (None, None, None, "file=a%2Cb%3Ac.rs,"),
            (None, Some(3), Some(1), "file=a%2Cb%3Ac.rs,"),
            (Some(2), None, None, "file=a%2Cb%3Ac.rs,line=2,endLine=2,"),
            (Some(2), None, Some(5), "file=a%2Cb%3Ac.rs,line=2,endLine=2,col=5,"),
            (Some(2), Some(4), Some(5), "file=a%2Cb%3Ac.rs,line=2,endLine=4,"),
            (Some(4), Some(2), Some(5), "file=a%2Cb%3Ac.rs,line=4,endLine=4,col=5,"),
        ] {
            assert_eq!(place(&finding(line, end_line, column), ""), expected);
        }
    }

    #[test]
    fn old_debts_are_told_only_where_everything_is_enforced() {
        for (delta, blocking, enforce, told) in [
            (Delta::Existing, false, Enforce::New, false),
            (Delta::None, false, Enforce::New, false),
            (Delta::Introduced, false, Enforce::New, true),
            (Delta::None, true, Enforce::New, true),
            (Delta::Existing, false, Enforce::Always, true),
        ] {
            let finding = Finding { delta, blocking, ..finding(None, None, None) };
            assert_eq!(is_told(&finding, enforce), told, "{delta:?} {enforce:?}");
        }
    }
}
