//! `roadworthy policy test`: runs the examples that rules and the signals of capabilities carry.

use super::check::{compiled, plan};
use super::source::Located;
use super::{Error, Output};
use crate::cli::PolicyArgs;
use crate::evaluate::{Evaluation, evaluate_rules, view};
use crate::evidence::{
    Approval, Capability, Change, CommitMessage, Evidence, Needs, Platform, Proofs, PullRequest, Signal, Tree,
};
use crate::gather::{self, Place};
use crate::plan::Plan;
use crate::policy::{Example, ExamplePlatform, ExamplePullRequest, Expect, Policy, Rule};
use crate::words::{Known, Outcome, Unknown};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The day on which examples take place, so that they come out the same on every day.
const DAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 1, 1);

/// Runs the examples of a policy; exit code 1 when one comes out otherwise than it says.
pub(super) fn run(args: &PolicyArgs) -> Result<Output, Error> {
    let place = Place::open(Path::new("."))?;
    let policy = Located::typed(&place, args.policy.as_deref())?.load()?;
    let (mut text, mut wrong, mut right) = (String::new(), 0, 0);
    for outcome in outcomes(&policy)?.into_iter().chain(signals(&policy.capabilities)?) {
        match outcome.problem {
            None => right += 1,
            Some(problem) => {
                wrong += 1;
                let _ = writeln!(text, "{}: {}: {problem}", outcome.rule, outcome.example);
            }
        }
    }
    let without: Vec<&str> =
        policy.rules.iter().filter(|rule| rule.examples.is_empty()).map(|rule| rule.id.as_str()).collect();
    if !without.is_empty() {
        let _ = writeln!(text, "without examples: {}", without.join(", "));
    }
    let _ = writeln!(text, "{right} passed, {wrong} failed");
    Ok(Output { stdout: text, code: u8::from(wrong > 0), ..Output::default() })
}

/// Looks for each signal in its examples; each file of an example must prove it by itself.
pub fn signals(capabilities: &[Capability]) -> Result<Vec<ExampleOutcome>, Error> {
    let mut outcomes = Vec::new();
    for capability in capabilities {
        for (number, signal) in capability.signals.iter().enumerate() {
            let alone = Capability { signals: vec![signal.clone()], ..capability.clone() };
            let mut needs = Needs::default();
            alone.needs(&mut needs);
            let plan = compiled(needs, &[])?;
            for (path, text) in &signal.example {
                let mut files = company(&plan, signal);
                if files.contains_key(path) {
                    continue;
                }
                files.insert(path.clone(), text.clone());
                let seen = gather::memory(&plan, &files, None, &[]);
                let evidence = told_nothing(&plan, seen);
                let proofs = Proofs::default();
                let view = view(std::slice::from_ref(&alone), &evidence, &proofs);
                let missing = view.proof(&alone.id).is_none_or(|proof| proof.is_empty());
                let name = signal.name.as_deref().unwrap_or("signal");
                outcomes.push(ExampleOutcome {
                    rule: capability.id.clone(),
                    example: format!("{name} ({}), {path}", number + 1),
                    problem: missing.then(|| "the example does not prove the signal".to_owned()),
                });
            }
        }
    }
    Ok(outcomes)
}

/// The files of a signal's example that only say in what company it counts.
fn company(plan: &Plan, signal: &Signal) -> BTreeMap<String, String> {
    let asks = |(path, text): &(&String, &String)| {
        let files = BTreeMap::from([((*path).clone(), (*text).clone())]);
        let seen = gather::memory(plan, &files, None, &[]);
        !signal.with.is_empty() && signal.in_company(&told_nothing(plan, seen).head)
    };
    let files = signal.example.iter().filter(asks);
    files.map(|(path, text)| (path.clone(), text.clone())).collect()
}

/// How an example came out.
#[derive(Debug)]
pub struct ExampleOutcome {
    /// Id of the rule, or of the capability.
    pub rule: String,
    /// Name of the example.
    pub example: String,
    /// In what it came out otherwise than it says.
    pub problem: Option<String>,
}

/// Runs all examples of all rules.
pub fn outcomes(policy: &Policy) -> Result<Vec<ExampleOutcome>, Error> {
    let plan = plan(policy, Needs::default())?;
    let examples =
        policy.rules.iter().flat_map(|rule| rule.examples.iter().map(move |example| (rule, example)));
    Ok(examples
        .map(|(rule, example)| ExampleOutcome {
            rule: rule.id.clone(),
            example: example.name.clone(),
            problem: problem(rule, example, &alone(policy, rule, &evidence(&plan, example))),
        })
        .collect())
}

/// Judges one rule, with the others only where it asks what they come to.
fn alone(policy: &Policy, rule: &Rule, evidence: &Evidence) -> Evaluation {
    let rules: Vec<&Rule> = policy.rules.iter().filter(|other| rule.last() || other.id == rule.id).collect();
    evaluate_rules(policy, evidence, &rules)
}

fn evidence(plan: &Plan, example: &Example) -> Evidence {
    let changed = example.changed.clone().unwrap_or_default();
    let seen = gather::memory(plan, &example.files, example.base.as_ref(), &changed);
    let pull_request = example.pull_request.as_ref().map_or_else(
        || Known::Absent("the example has no pull request".to_owned()),
        |pull| Known::Known(pull_request(pull)),
    );
    let platform = example.platform.clone().map_or_else(nowhere, ExamplePlatform::platform);
    Evidence { pull_request, platform, ..told_nothing(plan, seen) }
}

/// What was gathered, and nothing beside it.
fn told_nothing(plan: &Plan, (head, base, change): (Tree, Known<Tree>, Known<Change>)) -> Evidence {
    Evidence {
        head,
        base,
        change,
        pull_request: Known::Absent("the example has no pull request".to_owned()),
        platform: nowhere(),
        authors: Known::Absent("the example has no history".to_owned()),
        policy_weakened: Known::Absent("the example has no policy".to_owned()),
        patterns: plan.index.clone(),
        today: DAY.unwrap_or_default(),
    }
}

/// The pull request of an example, as evidence.
pub fn pull_request(pull: &ExamplePullRequest) -> PullRequest {
    let mut labels = pull.labels.clone();
    labels.sort();
    PullRequest {
        number: 1,
        title: pull.title.clone(),
        body: pull.body.clone(),
        head_ref: pull.branch.clone(),
        base_ref: pull.base_branch.clone(),
        labels,
        author: pull.author.clone(),
        bot: pull.bot,
        draft: pull.draft,
        fork: pull.fork,
        commits: pull.commits.as_ref().map_or_else(unsaid, |messages| {
            let commit = |(at, message): (usize, &String)| CommitMessage {
                id: format!("{at:040x}"),
                message: message.clone(),
            };
            Known::Known(messages.iter().enumerate().map(commit).collect())
        }),
        approvals: pull.approvals.as_ref().map_or_else(unsaid, |logins| {
            Known::Known(logins.iter().map(|login| Approval { reviewer: login.clone() }).collect())
        }),
    }
}

fn nowhere() -> Platform {
    Platform::unknown(&Unknown::because("the example has no platform"))
}

fn unsaid<T>() -> Known<T> {
    Known::Unknown(Unknown::because("the example does not say"))
}

fn problem(rule: &Rule, example: &Example, evaluation: &Evaluation) -> Option<String> {
    let result = evaluation.results.iter().find(|result| result.id == rule.id)?;
    let expected = match example.expect {
        Expect::Pass => Outcome::Pass,
        Expect::Fail => Outcome::Fail,
        Expect::NotApplicable => Outcome::NotApplicable,
        Expect::Unknown => Outcome::Unknown,
    };
    if result.outcome != expected {
        return Some(format!("expected {expected:?}, found {:?}: {}", result.outcome, result.message));
    }
    let at = example.at.as_ref()?;
    let places: Vec<String> = evaluation
        .findings
        .iter()
        .filter(|finding| finding.rule == rule.id)
        .filter_map(|finding| {
            let path = finding.path.clone()?;
            Some(if at.contains(':') { format!("{path}:{}", finding.line.unwrap_or(0)) } else { path })
        })
        .collect();
    (!places.contains(at)).then(|| format!("expected a finding at {at}, found {places:?}"))
}
