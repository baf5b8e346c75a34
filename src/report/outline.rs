//! What a reader is told, in the order in which it matters. Shared by all reports made for people.

use super::model::Report;
use crate::findings::{Finding, RuleResult};
use crate::words::{Delta, Outcome};
use std::collections::HashMap;

/// A rule and the places that are shown with it.
pub(super) struct Entry<'a> {
    /// The rule.
    pub(super) rule: &'a RuleResult,
    /// The places that put the rule into its group.
    pub(super) findings: Vec<&'a Finding>,
    /// Its other places, which are older than the change.
    pub(super) older: usize,
}

/// The rules by what they mean for the reader.
#[derive(Default)]
pub(super) struct Outline<'a> {
    /// What decides a failing verdict.
    pub(super) blocking: Vec<Entry<'a>>,
    /// What the change brought without being stopped by it.
    pub(super) introduced: Vec<Entry<'a>>,
    /// What fails with nothing to compare it with.
    pub(super) uncompared: Vec<Entry<'a>>,
    /// What failed before the change.
    pub(super) existing: Vec<Entry<'a>>,
    /// What the change repaired.
    pub(super) fixed: Vec<Entry<'a>>,
    /// What could not be established and does not block.
    pub(super) unknown: Vec<Entry<'a>>,
    /// What is accepted for now.
    pub(super) waived: Vec<Entry<'a>>,
    /// What holds and held before.
    pub(super) passed: Vec<Entry<'a>>,
    /// What makes no sense here.
    pub(super) not_applicable: Vec<Entry<'a>>,
}

/// Groups the rules of a report; each stands in exactly one group, in policy order.
pub(super) fn outline(report: &Report) -> Outline<'_> {
    let mut findings: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for finding in &report.findings {
        findings.entry(&finding.rule).or_default().push(finding);
    }
    let mut outline = Outline::default();
    for rule in &report.rules {
        // Findings do not name a service: they stand with the first result of their rule that fails.
        let wanted = matches!(rule.outcome, Outcome::Fail | Outcome::Waived);
        let found = if wanted { findings.remove(rule.id.as_str()).unwrap_or_default() } else { Vec::new() };
        let entry = entry(rule, found);
        outline.group(rule).push(entry);
    }
    outline
}

impl<'a> Outline<'a> {
    fn group(&mut self, rule: &RuleResult) -> &mut Vec<Entry<'a>> {
        match (rule.outcome, rule.delta) {
            _ if rule.blocking => &mut self.blocking,
            (Outcome::Fail, Delta::Introduced) => &mut self.introduced,
            (Outcome::Fail, Delta::Existing) => &mut self.existing,
            (Outcome::Fail, _) => &mut self.uncompared,
            (Outcome::Unknown, _) => &mut self.unknown,
            (Outcome::Waived, _) => &mut self.waived,
            (Outcome::NotApplicable, _) => &mut self.not_applicable,
            (Outcome::Pass, Delta::Fixed) => &mut self.fixed,
            (Outcome::Pass, _) => &mut self.passed,
        }
    }
}

/// Keeps the places that are to blame: those that block, or that the change introduced, where there are any.
fn entry<'a>(rule: &'a RuleResult, found: Vec<&'a Finding>) -> Entry<'a> {
    let to_blame = |finding: &&&Finding| {
        if rule.blocking { finding.blocking } else { finding.delta == Delta::Introduced }
    };
    let blamed: Vec<&Finding> = found.iter().filter(to_blame).copied().collect();
    if blamed.is_empty() {
        return Entry { rule, findings: found, older: 0 };
    }
    let older = found.iter().filter(|finding| finding.delta == Delta::Existing && !finding.blocking).count();
    Entry { rule, findings: blamed, older }
}
