//! Outcomes -> the verdict, its counts and the ladder.
//!
//! Pure arithmetic over what `evaluate` decided: whether a rule blocks is settled before, and is not judged here.

use crate::findings::{Finding, RuleResult};
use crate::words::{Delta, Outcome, Severity, Stage, Verdict};
use serde::{Deserialize, Serialize};

/// What a run comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The decision.
    pub verdict: Verdict,
    /// Why the verdict is `undecided`; empty otherwise.
    pub undecided_because: Vec<String>,
    /// Counts.
    pub summary: Summary,
    /// The stages.
    pub ladder: Vec<LadderStep>,
}

/// Counts over the rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Rules evaluated.
    pub rules: usize,
    /// Those that apply here.
    pub applicable: usize,
    /// Those that pass.
    pub passed: usize,
    /// Those that fail.
    pub failed: usize,
    /// Those that decide for a failing verdict: they fail, or are unknown where the policy says that this fails.
    pub blocking: usize,
    /// Findings that the change introduced.
    pub introduced: usize,
    /// Findings that were there before.
    pub existing: usize,
    /// Rules that the change repaired.
    pub fixed: usize,
    /// Rules that fail and are waived.
    pub waived: usize,
    /// Rules that could not be established.
    pub unknown: usize,
}

/// One stage of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LadderStep {
    /// The stage.
    pub stage: Stage,
    /// Its rules that apply here, of every severity.
    pub applicable: usize,
    /// Those that pass, of every severity.
    pub passed: usize,
    /// Ids of the rules of severity `error` that are left, in policy order. Warnings and notices are advice and
    /// never left, so `applicable - passed` may be more than what is listed here.
    pub left: Vec<String>,
    /// Whether this stage and all before it have nothing left.
    pub reached: bool,
}

/// Decides. `broken` lists, for people, what would block but could not be judged because the tool or the
/// platform failed. A failure that is certain outweighs it: whatever else would have come out, it stays one.
pub fn decide(rules: &[RuleResult], findings: &[Finding], broken: &[String]) -> Decision {
    let verdict = if rules.iter().any(|rule| rule.blocking) {
        Verdict::Fail
    } else if broken.is_empty() {
        Verdict::Pass
    } else {
        Verdict::Undecided
    };
    let mut undecided_because: Vec<String> = Vec::new();
    if verdict == Verdict::Undecided {
        for reason in broken {
            if !undecided_because.contains(reason) {
                undecided_because.push(reason.clone());
            }
        }
    }
    Decision { verdict, undecided_because, summary: summarise(rules, findings), ladder: ladder(rules) }
}

fn summarise(rules: &[RuleResult], findings: &[Finding]) -> Summary {
    let with = |outcome: Outcome| rules.iter().filter(|rule| rule.outcome == outcome).count();
    let found = |delta: Delta| findings.iter().filter(|finding| finding.delta == delta).count();
    Summary {
        rules: rules.len(),
        applicable: rules.len() - with(Outcome::NotApplicable),
        passed: with(Outcome::Pass),
        failed: with(Outcome::Fail),
        blocking: rules.iter().filter(|rule| rule.blocking).count(),
        introduced: found(Delta::Introduced),
        existing: found(Delta::Existing),
        fixed: rules.iter().filter(|rule| rule.delta == Delta::Fixed).count(),
        waived: with(Outcome::Waived),
        unknown: with(Outcome::Unknown),
    }
}

fn ladder(rules: &[RuleResult]) -> Vec<LadderStep> {
    let mut reached = true;
    let step = |stage: Stage| {
        let applicable =
            || rules.iter().filter(move |rule| rule.stage == stage && rule.outcome != Outcome::NotApplicable);
        let mut left: Vec<String> = Vec::new();
        for rule in applicable().filter(|rule| is_left(rule)) {
            // A rule that is judged for each service is left once.
            if !left.contains(&rule.id) {
                left.push(rule.id.clone());
            }
        }
        reached &= left.is_empty();
        LadderStep {
            stage,
            applicable: applicable().count(),
            passed: applicable().filter(|rule| rule.outcome == Outcome::Pass).count(),
            left,
            reached,
        }
    };
    Stage::ALL.map(step).into()
}

fn is_left(rule: &RuleResult) -> bool {
    rule.severity == Severity::Error && matches!(rule.outcome, Outcome::Fail | Outcome::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Scope;

    fn rule(id: &str, stage: Stage, severity: Severity, outcome: Outcome, blocking: bool) -> RuleResult {
        RuleResult {
            id: id.to_owned(),
            title: String::new(),
            stage,
            severity,
            scope: Scope::Repository,
            service: None,
            outcome,
            delta: Delta::None,
            blocking,
            message: String::new(),
            because: Vec::new(),
            why: String::new(),
            fix: String::new(),
            docs: None,
            signs: Vec::new(),
            waiver: None,
            unknown: None,
        }
    }

    fn failing(blocking: bool) -> RuleResult {
        rule("a", Stage::Core, Severity::Error, Outcome::Fail, blocking)
    }

    #[test]
    fn blocking_fails_and_a_failure_of_the_tool_never_passes() {
        let broken = ["no answer".to_owned(), "no answer".to_owned()];
        for (blocking, broken, verdict, reasons) in [
            (false, &broken[..0], Verdict::Pass, 0),
            (true, &broken[..0], Verdict::Fail, 0),
            (false, &broken[..], Verdict::Undecided, 1),
            (true, &broken[..], Verdict::Fail, 0),
        ] {
            let decision = decide(&[failing(blocking)], &[], broken);
            assert_eq!((decision.verdict, decision.undecided_because.len()), (verdict, reasons));
        }
    }

    #[test]
    fn rules_are_counted_by_outcome_and_findings_by_delta() {
        let mut rules: Vec<_> =
            [Outcome::Pass, Outcome::Fail, Outcome::NotApplicable, Outcome::Unknown, Outcome::Waived]
                .map(|outcome| rule("a", Stage::Core, Severity::Error, outcome, outcome == Outcome::Fail))
                .into();
        rules[0].delta = Delta::Fixed;
        let findings =
            [Delta::Introduced, Delta::Existing, Delta::Existing, Delta::None].map(|delta| Finding {
                rule: "a".to_owned(),
                path: None,
                line: None,
                end_line: None,
                column: None,
                message: String::new(),
                delta,
                blocking: false,
                fingerprint: String::new(),
            });
        let expected = Summary {
            rules: 5,
            applicable: 4,
            passed: 1,
            failed: 1,
            blocking: 1,
            introduced: 1,
            existing: 2,
            fixed: 1,
            waived: 1,
            unknown: 1,
        };
        assert_eq!(decide(&rules, &findings, &[]).summary, expected);
    }

    #[test]
    fn what_is_left_holds_up_its_stage_and_all_later_ones() {
        let rules = [
            rule("later", Stage::Core, Severity::Error, Outcome::Pass, false),
            rule("z-fails", Stage::Foundation, Severity::Error, Outcome::Fail, true),
            rule("a-unknown", Stage::Foundation, Severity::Error, Outcome::Unknown, false),
            rule("a-unknown", Stage::Foundation, Severity::Error, Outcome::Unknown, false),
            rule("advice", Stage::Foundation, Severity::Warning, Outcome::Fail, false),
            rule("waived", Stage::Assessment, Severity::Error, Outcome::Waived, false),
            rule("elsewhere", Stage::Assessment, Severity::Error, Outcome::NotApplicable, false),
        ];
        let ladder = decide(&rules, &[], &[]).ladder;
        let seen: Vec<_> = ladder
            .iter()
            .map(|step| (step.stage.name(), step.applicable, step.passed, step.left.join(" "), step.reached))
            .collect();
        assert_eq!(
            seen,
            [
                ("assessment", 1, 0, String::new(), true),
                ("foundation", 4, 0, "z-fails a-unknown".to_owned(), false),
                ("core", 1, 1, String::new(), false),
                ("scale", 0, 0, String::new(), false),
            ]
        );
    }
}
