//! A JSON report read back, for a job that publishes what another one found. The other one may be an outsider's.
//!
//! What is returned has the form of a report and does not contradict itself: verdict, counts and ladder are computed again
//! from the rules. Its words stay an outsider's: whoever publishes them decides which of them to trust.

use super::model::Report;
use crate::findings::{Finding, RuleResult};
use crate::github::is_commit_id;
use crate::verdict::{Decision, decide};
use crate::words::{Delta, Outcome};
use std::collections::HashSet;

/// Largest report that is read.
pub const MAX_REPORT: u64 = 10 << 20;

const MAX_RULES: usize = 2_000;
const MAX_FINDINGS: usize = 50_000;
const MAX_REASONS: usize = 100;
const MAX_NAME: usize = 100;
const MAX_PATH: usize = 4_096;

/// Why a report is refused.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It has more bytes than [`MAX_REPORT`].
    #[error("it is larger than {} MiB", MAX_REPORT >> 20)]
    TooLarge,
    /// It is no report.
    #[error("it is no report of this version: {0}")]
    Form(#[from] serde_json::Error),
    /// It has the form of a report, and cannot be one.
    #[error("it is no report that this program wrote: {0}")]
    Content(&'static str),
}

/// The report, checked.
pub fn read(bytes: &[u8]) -> Result<Report, ReadError> {
    if bytes.len() as u64 > MAX_REPORT {
        return Err(ReadError::TooLarge);
    }
    let report: Report = serde_json::from_slice(bytes)?;
    check(&report).map_err(ReadError::Content)?;
    Ok(report)
}

fn check(report: &Report) -> Result<(), &'static str> {
    let within = report.rules.len() <= MAX_RULES
        && report.findings.len() <= MAX_FINDINGS
        && report.undecided_because.len() <= MAX_REASONS
        && report.notes.len() <= MAX_REASONS;
    holds(within, "it has more entries than any")?;
    holds(chrono::NaiveDate::parse_from_str(&report.date, "%Y-%m-%d").is_ok(), "its date is none")?;
    let subject = &report.subject;
    let tip = subject.pull_request.as_ref().and_then(|pull| pull.head.as_ref());
    let commits = [subject.base.as_ref(), subject.head.as_ref(), tip];
    holds(commits.into_iter().flatten().all(|id| is_commit_id(id)), "a commit id is none")?;
    let ids: HashSet<&str> = report.rules.iter().map(|rule| rule.id.as_str()).collect();
    report.rules.iter().try_for_each(check_rule)?;
    report.findings.iter().try_for_each(|finding| check_finding(finding, &ids))?;
    let decision = decide(&report.rules, &report.findings, &report.undecided_because);
    let Decision { verdict, summary, ladder, .. } = decision;
    let same = verdict == report.verdict && summary == report.summary && ladder == report.ladder;
    holds(same, "its verdict does not follow from its rules")
}

fn holds(fact: bool, otherwise: &'static str) -> Result<(), &'static str> {
    if fact { Ok(()) } else { Err(otherwise) }
}

fn check_rule(rule: &RuleResult) -> Result<(), &'static str> {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let id = !rule.id.is_empty() && rule.id.len() <= MAX_NAME && rule.id.bytes().all(word);
    holds(id, "a rule's id is none")?;
    let may_block = matches!(rule.outcome, Outcome::Fail | Outcome::Unknown);
    holds(!rule.blocking || may_block, "a rule blocks without failing")?;
    holds(rule.delta != Delta::Fixed || rule.outcome == Outcome::Pass, "a rule is fixed without passing")
}

fn check_finding(finding: &Finding, rules: &HashSet<&str>) -> Result<(), &'static str> {
    holds(rules.contains(finding.rule.as_str()), "a finding belongs to no rule")?;
    let print = &finding.fingerprint;
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    holds((1..=64).contains(&print.len()) && print.bytes().all(hex), "a fingerprint is none")?;
    let inside = |path: &String| {
        let parts = || path.split('/');
        path.len() <= MAX_PATH && parts().all(|part| !part.is_empty() && part != "." && part != "..")
    };
    holds(finding.path.as_ref().is_none_or(inside), "a path leads out of the repository")?;
    let numbers = [finding.line, finding.end_line, finding.column];
    holds(numbers.into_iter().flatten().all(|number| number > 0), "a line is none")
}
