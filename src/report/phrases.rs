//! The sentences that all reports made for people share. Plain text, not yet safe for any place.

use super::model::Report;
use super::outline::Entry;
use crate::findings::{Finding, RuleResult};
use crate::text::counted;
use crate::words::{Enforce, Outcome, Severity, Stage, Verdict};

/// Rule ids listed in one sentence.
const MAX_IDS: usize = 12;

/// A mark that says the verdict where there is no colour.
pub(super) const fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Fail => "✗",
        Verdict::Undecided => "?",
    }
}

/// The verdict in one sentence.
pub(super) fn headline(report: &Report) -> String {
    let summary = &report.summary;
    let stage = report.policy.stage.name();
    match report.verdict {
        Verdict::Fail if compared(report) && report.policy.enforce == Enforce::New => {
            let verb = if summary.blocking == 1 { "blocks" } else { "block" };
            format!("Fail: {rules} {verb} this change", rules = counted(summary.blocking, "rule"))
        }
        Verdict::Fail => {
            let rules = counted(summary.blocking, "rule");
            let verb = if summary.blocking == 1 { "does" } else { "do" };
            format!("Fail: {rules} {verb} not hold at stage {stage}")
        }
        Verdict::Undecided => "Undecided: the gate could not judge everything that may block".to_owned(),
        Verdict::Pass if summary.applicable == 0 => "Pass: no rule applies here".to_owned(),
        Verdict::Pass if summary.failed + summary.unknown + summary.waived == 0 => {
            "Pass: every rule that applies holds".to_owned()
        }
        Verdict::Pass if compared(report) => "Pass: nothing blocks this change".to_owned(),
        Verdict::Pass => "Pass: nothing blocks".to_owned(),
    }
}

/// The counts in one line.
pub(super) fn counts(report: &Report) -> String {
    let summary = &report.summary;
    let mut parts = vec![format!("{} of {} rules pass", summary.passed, summary.applicable)];
    for (count, word) in [
        (summary.failed, "fail"),
        (summary.unknown, "unknown"),
        (summary.waived, "waived"),
        (summary.fixed, "fixed by this change"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    parts.join(", ")
}

/// Whether there is a merge base.
pub(super) const fn compared(report: &Report) -> bool {
    report.subject.base.is_some()
}

/// Why a failure does not block, in a word or two, where the rule itself says so.
pub(super) fn standing(rule: &RuleResult, stage: Stage) -> Option<String> {
    match rule.severity {
        Severity::Warning | Severity::Notice => Some(rule.severity.name().to_owned()),
        Severity::Error | Severity::Off if rule.stage > stage => {
            Some(format!("advice until stage {name}", name = rule.stage.name()))
        }
        Severity::Error | Severity::Off => None,
    }
}

/// The rule's id, with the service that it was judged for.
pub(super) fn id(rule: &RuleResult) -> String {
    rule.service.as_ref().map_or_else(|| rule.id.clone(), |service| format!("{id} ({service})", id = rule.id))
}

/// `path:line:column` as far as it is known; none for the repository as a whole.
pub(super) fn place(finding: &Finding) -> Option<String> {
    let path = finding.path.as_deref()?;
    Some(match (finding.line, finding.column) {
        (Some(line), Some(column)) => format!("{path}:{line}:{column}"),
        (Some(line), None) => format!("{path}:{line}"),
        (None, _) => path.to_owned(),
    })
}

/// `path:line` as far as it is known.
pub(super) fn line(finding: &Finding) -> Option<String> {
    let path = finding.path.as_deref()?;
    Some(finding.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}")))
}

/// What happened: the rule's sentence, or for an unknown one its reason.
pub(super) fn what(rule: &RuleResult) -> &str {
    match &rule.unknown {
        Some(unknown) if rule.outcome == Outcome::Unknown => &unknown.reason,
        _ => &rule.message,
    }
}

/// What happened, unless that only names the places that are shown below it.
pub(super) fn sentence<'a>(entry: &Entry<'a>) -> &'a str {
    let rule = entry.rule;
    let told_below = entry
        .findings
        .first()
        .is_some_and(|finding| line(finding).is_some_and(|place| rule.message.contains(&place)));
    if told_below { "" } else { what(rule) }
}

/// What a place says beyond the rule's own sentence.
pub(super) fn detail<'a>(rule: &RuleResult, finding: &'a Finding) -> &'a str {
    if finding.message == rule.message || finding.message == rule.title { "" } else { &finding.message }
}

/// The places that the change did not bring, when others of the rule are shown.
pub(super) fn older(entry: &Entry<'_>) -> Option<String> {
    (entry.older > 0)
        .then(|| format!("{places} from before this change", places = counted(entry.older, "more place")))
}

/// The way to the next stage.
pub(super) fn next_step(report: &Report) -> String {
    let Some(step) = report.ladder.iter().find(|step| !step.reached) else {
        return "Every stage is reached.".to_owned();
    };
    let stage = step.stage.name();
    format!("To reach {stage}: {count} left: {ids}", count = step.left.len(), ids = listed(&step.left))
}

/// Ids in a sentence, the first ones of many.
pub(super) fn listed(ids: &[String]) -> String {
    let shown = ids.get(..MAX_IDS).unwrap_or(ids).join(", ");
    match ids.len().saturating_sub(MAX_IDS) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// What to do when the gate cannot block at all.
pub(super) fn hint(report: &Report) -> Option<&'static str> {
    let idle = !compared(report) && report.policy.enforce == Enforce::New && report.summary.blocking == 0;
    if !idle || report.summary.failed == 0 {
        return None;
    }
    // A checkout is one commit deep unless told otherwise (github-facts section 1), so it has no merge base.
    Some(if report.subject.event.is_some() {
        "Nothing can block here: `enforce: new` blocks only what a change introduced, and there is no merge \
         base to compare with. On a pull request, give the checkout `fetch-depth: 0`; to hold everything to \
         the policy, set `enforce: always`."
    } else {
        "Nothing can block here: `enforce: new` blocks only what a change introduced, and there is no merge \
         base to compare with. Name one with `--base REV`, or hold everything to the policy with \
         `--enforce always`."
    })
}

/// Where the report comes from: policy, revisions, reading, tool. One sentence each.
pub(super) fn footer(report: &Report, full: bool) -> Vec<String> {
    let usage = &report.usage;
    let length = if full { usize::MAX } else { 12 };
    let mut read = format!(
        "Listed {listed} files, read {files} (with the merge base's), ignored {ignored}",
        files = counted(saturated(usage.files_read), "file"),
        listed = usage.files_listed,
        ignored = usage.files_ignored
    );
    for (count, word) in [
        (usage.files_too_large, "too large"),
        (usage.files_binary, "not text"),
        (usage.files_failed, "unreadable"),
    ] {
        if count > 0 {
            read = format!("{read}, {count} {word}");
        }
    }
    vec![
        self::policy(report, length),
        format!(
            "{revisions}, {date}, {tool} {version}",
            revisions = revisions(report, report.subject.head.as_deref(), length),
            date = report.date,
            tool = report.tool.name,
            version = report.tool.version
        ),
        read,
    ]
}

/// The policy, its digest and what it asks for.
pub(super) fn policy(report: &Report, length: usize) -> String {
    let policy = &report.policy;
    format!(
        "Policy {name} ({digest}), stage {stage}, enforce {enforce}",
        name = policy.name,
        digest = short_digest(&policy.digest, length),
        stage = policy.stage.name(),
        enforce = policy.enforce.name()
    )
}

/// The commits that were compared.
pub(super) fn revisions(report: &Report, head: Option<&str>, length: usize) -> String {
    let short = |id: &str| id.chars().take(length).collect::<String>();
    let head = head.map_or_else(|| "the work tree".to_owned(), |id| format!("head {id}", id = short(id)));
    match &report.subject.base {
        Some(base) => format!("Merge base {base}, {head}", base = short(base)),
        None => format!("No merge base, {head}"),
    }
}

fn short_digest(digest: &str, length: usize) -> String {
    match digest.split_once(':') {
        Some((kind, hex)) => format!("{kind}:{hex}", hex = hex.chars().take(length).collect::<String>()),
        None => digest.chars().take(length).collect(),
    }
}

fn saturated(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
