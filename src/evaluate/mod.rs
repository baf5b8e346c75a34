//! Policy x evidence -> results and findings. Every rule is judged on the head and on the merge base.
//!
//! No I/O, no clock, no failure: what went wrong before is evidence here (`unknown`, with its reason).

mod delta;
mod judge;

use crate::evidence::{Capability, Evidence, Proofs, PullRequest, Tree, View, stacks, text_for};
use crate::findings::{Finding, RuleResult};
use crate::policy::{Policy, Rule};
use crate::words::{Delta, Enforce, Known, OnUnknown, Outcome, Severity, Stage};
use delta::Places;
use judge::{Judged, judge};
use rayon::prelude::*;

/// What evaluation comes to.
#[derive(Debug, Default)]
pub struct Evaluation {
    /// One for each rule, in policy order.
    pub results: Vec<RuleResult>,
    /// In order of rule, path, line.
    pub findings: Vec<Finding>,
    /// Why something that could block was not decided; makes the verdict `undecided` when nothing else blocks.
    pub undecided: Vec<String>,
    /// What was proved of the capabilities at the head.
    pub proofs: Proofs,
}

/// Judges every rule of the policy.
pub fn evaluate(policy: &Policy, evidence: &Evidence) -> Evaluation {
    evaluate_rules(policy, evidence, &policy.rules.iter().collect::<Vec<_>>())
}

/// Judges some rules of the policy.
pub fn evaluate_rules(policy: &Policy, evidence: &Evidence, rules: &[&Rule]) -> Evaluation {
    let absent = Absent::new();
    let proofs = || Proofs::new(policy.capabilities.len());
    let (of_head, of_base) = (proofs(), proofs());
    let head = view(&policy.capabilities, evidence, &of_head);
    let base = evidence.base.known().map(|tree| base_view(&head, tree, &absent, &of_base));
    let judged = |rule: &&Rule| (!rule.last()).then(|| Pair::judge(rule, &head, base.as_ref()));
    let slots: Vec<Option<Pair>> = rules.par_iter().with_max_len(1).map(judged).collect();
    let reached = reached(rules, &slots, |pair| pair.head.outcome);
    let reached_before = reached_at_base(rules, &slots);
    let head = View { reached: Some(&reached), ..head };
    let base = base.map(|base| View { reached: Some(&reached_before), ..base });
    let mut whole = Evaluation::default();
    let stacks = stacks(&evidence.head);
    for (rule, slot) in rules.iter().zip(slots) {
        let pair = slot.unwrap_or_else(|| Pair::judge(rule, &head, base.as_ref()));
        settle(rule, pair, policy, evidence, &mut whole);
        if let Some(result) = whole.results.last_mut() {
            result.fix = text_for(&rule.fix_for, &stacks, &rule.fix);
        }
    }
    whole.proofs = of_head;
    whole
}

/// The evidence as it is while the merge base is judged: no change, no pull request.
struct Absent {
    change: Known<crate::evidence::Change>,
    pull_request: Known<PullRequest>,
    weakened: Known<Vec<crate::words::Because>>,
    base: Known<Tree>,
}

impl Absent {
    fn new() -> Self {
        let why = "the merge base itself is judged".to_owned();
        Self {
            change: Known::Absent(why.clone()),
            pull_request: Known::Absent(why.clone()),
            weakened: Known::Absent(why.clone()),
            base: Known::Absent(why),
        }
    }
}

/// The view of the head.
pub fn view<'a>(capabilities: &'a [Capability], evidence: &'a Evidence, proofs: &'a Proofs) -> View<'a> {
    View {
        proofs,
        tree: &evidence.head,
        change: &evidence.change,
        pull_request: &evidence.pull_request,
        platform: &evidence.platform,
        authors: &evidence.authors,
        policy_weakened: &evidence.policy_weakened,
        base: &evidence.base,
        capabilities,
        patterns: &evidence.patterns,
        today: evidence.today,
        reached: None,
    }
}

fn base_view<'a>(head: &View<'a>, tree: &'a Tree, absent: &'a Absent, proofs: &'a Proofs) -> View<'a> {
    View {
        proofs,
        tree,
        change: &absent.change,
        pull_request: &absent.pull_request,
        policy_weakened: &absent.weakened,
        base: &absent.base,
        ..*head
    }
}

/// A rule judged on both sides.
struct Pair {
    head: Judged,
    base: Option<Judged>,
}

impl Pair {
    fn judge(rule: &Rule, head: &View<'_>, base: Option<&View<'_>>) -> Self {
        let mut base = base.map(|view| (judge(rule, view), view));
        if let Some((judged, view)) = &mut base
            && judged.outcome == Outcome::Unknown
            && asks_the_pull_request(rule, view, head.pull_request)
        {
            judged.outcome = Outcome::NotApplicable;
        }
        Self { head: judge(rule, head), base: base.map(|(judged, _)| judged) }
    }
}

/// Whether only the pull request keeps the merge base from an answer. It came with the change, so that the question
/// does not arise before it; `unknown` there would let everything pass that `enforce: new` should stop.
fn asks_the_pull_request(rule: &Rule, base: &View<'_>, pull: &Known<PullRequest>) -> bool {
    let Known::Known(pull) = pull else { return false };
    let answered = PullRequest {
        commits: Known::Known(Vec::new()),
        approvals: Known::Known(Vec::new()),
        ..pull.clone()
    };
    let view = View { pull_request: &Known::Known(answered), ..*base };
    judge(rule, &view).outcome != Outcome::Unknown
}

/// The stages that are met: none of their rules of severity `error`, nor of the stages before, is left.
fn reached(rules: &[&Rule], slots: &[Option<Pair>], outcome: impl Fn(&Pair) -> Outcome) -> Vec<Stage> {
    let left = |stage: Stage| {
        rules.iter().zip(slots).any(|(rule, slot)| {
            rule.stage == stage
                && rule.severity == Severity::Error
                && slot.as_ref().is_some_and(|pair| matches!(outcome(pair), Outcome::Fail | Outcome::Unknown))
        })
    };
    Stage::ALL.into_iter().take_while(|stage| !left(*stage)).collect()
}

fn reached_at_base(rules: &[&Rule], slots: &[Option<Pair>]) -> Vec<Stage> {
    reached(rules, slots, |pair| pair.base.as_ref().map_or(Outcome::NotApplicable, |judged| judged.outcome))
}

/// Turns a judged rule into its result and findings.
fn settle(rule: &Rule, pair: Pair, policy: &Policy, evidence: &Evidence, whole: &mut Evaluation) {
    let Pair { head, base } = pair;
    let can_block = rule.severity == Severity::Error
        && rule.stage <= policy.stage
        && rule.since.is_none_or(|since| since <= evidence.today);
    let mut findings = Vec::new();
    if head.outcome == Outcome::Fail {
        let places = Places::new(rule, &head.because, &evidence.change);
        let before = base.as_ref().map(|judged| delta::fingerprints(rule, judged, &evidence.change));
        findings = places.findings(rule, &head.message(), before.as_ref());
    }
    let delta = delta::of_rule(head.outcome, base.as_ref(), &findings);
    let outage = head.outcome == Outcome::Unknown && head.reason().outage;
    let blocking = can_block && !outage && blocks(rule, policy, head.outcome, base.as_ref(), delta);
    for finding in &mut findings {
        finding.blocking =
            blocking && (policy.enforce == Enforce::Always || finding.delta == Delta::Introduced);
    }
    if can_block
        && head.outcome == Outcome::Fail
        && policy.enforce == Enforce::New
        && let Known::Unknown(unknown) = &evidence.base
    {
        let reason = &unknown.reason;
        whole.undecided.push(format!(
            "`{}` fails, and whether this change introduced it is not known: {reason}",
            rule.id
        ));
    }
    if can_block && outage && matters(rule, policy, base.as_ref()) {
        whole.undecided.push(format!("`{}` could not be judged: {}", rule.id, head.message()));
    }
    if can_block && head.internal {
        whole.undecided.push(format!("`{}` could not be judged: {}", rule.id, head.message()));
    }
    whole.results.push(result(rule, head, delta, blocking, evidence));
    whole.findings.extend(findings);
}

/// Whether a rule that can block does.
fn blocks(rule: &Rule, policy: &Policy, outcome: Outcome, base: Option<&Judged>, delta: Delta) -> bool {
    match outcome {
        Outcome::Fail => policy.enforce == Enforce::Always || delta == Delta::Introduced,
        Outcome::Unknown => {
            rule.on_unknown.unwrap_or(policy.on_unknown) == OnUnknown::Fail && counts(policy, base)
        }
        Outcome::Pass | Outcome::NotApplicable | Outcome::Waived => false,
    }
}

/// Whether an unknown outcome is one of this change: what was unknown before can be no failure that it introduced.
fn counts(policy: &Policy, base: Option<&Judged>) -> bool {
    policy.enforce == Enforce::Always || base.is_none_or(|judged| judged.outcome != Outcome::Unknown)
}

/// Whether a rule that is unknown because the platform failed leaves the verdict open: it could have blocked.
fn matters(rule: &Rule, policy: &Policy, base: Option<&Judged>) -> bool {
    rule.on_unknown.unwrap_or(policy.on_unknown) != OnUnknown::Ignore && counts(policy, base)
}

fn result(rule: &Rule, head: Judged, delta: Delta, blocking: bool, evidence: &Evidence) -> RuleResult {
    let mut message = head.message();
    if let Some(since) = rule.since.filter(|since| *since > evidence.today) {
        message = format!("{message} (warns until {since})");
    }
    RuleResult {
        id: rule.id.clone(),
        title: rule.title.clone(),
        stage: rule.stage,
        severity: rule.severity,
        scope: rule.scope,
        service: None,
        outcome: head.outcome,
        delta,
        blocking,
        message,
        unknown: (head.outcome == Outcome::Unknown).then(|| head.reason()),
        because: head.because,
        why: rule.why.clone(),
        fix: String::new(),
        docs: rule.docs.clone(),
        signs: rule.signs.clone(),
        waiver: None,
    }
}
