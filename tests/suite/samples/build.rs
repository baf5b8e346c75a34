//! Rules, findings and reports from what matters of them.

use roadworthy::findings::{Finding, RuleResult};
use roadworthy::policy::Source;
use roadworthy::report::{Inventory, NAME, PolicyInfo, Report, SCHEMA, Subject, Tool, Usage};
use roadworthy::verdict::decide;
use roadworthy::words::{Because, Delta, Enforce, Grade, Outcome, Scope, Severity, Stage};

/// A rule that passes.
pub(crate) fn rule(id: &str, title: &str, stage: Stage) -> RuleResult {
    RuleResult {
        id: id.to_owned(),
        title: title.to_owned(),
        stage,
        severity: Severity::Error,
        scope: Scope::Repository,
        service: None,
        outcome: Outcome::Pass,
        delta: Delta::None,
        blocking: false,
        message: "holds".to_owned(),
        because: vec![Because::line("README.md", 12, "cargo test").graded(Grade::Wired)],
        why: String::new(),
        fix: String::new(),
        docs: None,
        signs: Vec::new(),
        waiver: None,
        unknown: None,
    }
}

/// The same rule, failing.
pub(crate) fn failing(
    rule: RuleResult,
    delta: Delta,
    blocking: bool,
    message: &str,
    why: &str,
    fix: &str,
) -> RuleResult {
    RuleResult {
        outcome: Outcome::Fail,
        delta,
        blocking,
        message: message.to_owned(),
        because: Vec::new(),
        why: why.to_owned(),
        fix: fix.to_owned(),
        ..rule
    }
}

/// A place of a rule that fails.
pub(crate) fn finding(rule: &RuleResult, place: Option<(&str, u32, u32)>, message: &str) -> Finding {
    Finding {
        rule: rule.id.clone(),
        path: place.map(|(path, ..)| path.to_owned()),
        line: place.map(|(_, line, _)| line),
        end_line: None,
        column: place.map(|(_, _, column)| column),
        message: message.to_owned(),
        delta: rule.delta,
        blocking: rule.blocking,
        fingerprint: format!("{id}-{place:?}", id = rule.id),
    }
}

/// A report over these, decided like a real one.
pub(crate) fn report(rules: Vec<RuleResult>, findings: Vec<Finding>, broken: &[&str]) -> Report {
    let broken: Vec<String> = broken.iter().map(ToString::to_string).collect();
    let decision = decide(&rules, &findings, &broken);
    Report {
        schema: SCHEMA.into(),
        tool: Tool { name: NAME.into(), version: "0.1.0".to_owned() },
        date: "2027-01-15".to_owned(),
        policy: PolicyInfo {
            name: "Acme readiness".to_owned(),
            digest: format!("sha256:{}", "0123456789abcdef".repeat(4)),
            sources: vec![Source {
                source: "builtin:roadmap".to_owned(),
                commit: None,
                digest: format!("sha256:{}", "fedcba9876543210".repeat(4)),
            }],
            stage: Stage::Foundation,
            enforce: Enforce::New,
        },
        subject: Subject {
            repository: Some("acme/shop".to_owned()),
            base: Some("1111111111111111111111111111111111111111".to_owned()),
            head: Some("2222222222222222222222222222222222222222".to_owned()),
            event: None,
            pull_request: None,
        },
        verdict: decision.verdict,
        undecided_because: decision.undecided_because,
        summary: decision.summary,
        ladder: decision.ladder,
        rules,
        findings,
        inventory: Inventory::default(),
        usage: Usage {
            files_listed: 456,
            files_read: 123,
            bytes_read: 45_678,
            files_ignored: 12,
            ..Usage::default()
        },
        notes: Vec::new(),
    }
}
