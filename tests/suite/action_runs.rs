//! `roadworthy action` on whole checkouts: what the step says by its exit code, outputs, summary and annotations.

use crate::github::FakeClock;
use crate::hub_facts::network;
use crate::runner::{Job, NOWHERE, Origin, POLICY, Step, ZEROS, repository};
use serde_json::{Value, json};
use std::fs;

const GATE: &str = "  gate-not-weakened:
    title: The change does not weaken the gate
    stage: assessment
    severity: error
    forbid: { gate: { weakened: policy } }
    why: Whoever edits the gate could let themselves through.
    fix: Edit the policy in a change of its own.
";
const OLD: (&str, &str) = ("old.py", "a = eval(text)\n");
const BAD: (&str, &str) = ("src/app.py", "b = 1\nc = eval(text)\n");
const GOOD: (&str, &str) = ("src/app.py", "b = 1\nc = 2\n");
const HOME: &str = ".github/roadworthy.yml";

fn origin(change: &[(&str, &str)]) -> Origin {
    Origin::with(&[(HOME, POLICY), OLD], change)
}

/// The step is undecided, and says so with these words on every channel.
fn undecided(step: &Step, words: &[&str]) {
    assert_eq!(step.came_to(), (2, "undecided 0/0".to_owned()), "{}{}", step.stdout, step.stderr);
    assert_eq!(
        (step.commands("error").len(), step.outputs["json-file"].as_str()),
        (1, ""),
        "{}",
        step.stdout
    );
    for word in words {
        for channel in [&step.stdout, &step.stderr, &step.summary] {
            assert!(channel.contains(word), "{word} is missing: {channel}");
        }
    }
}

fn failed(step: &Step) {
    assert_eq!(step.came_to(), (1, "fail 1/1".to_owned()), "{}{}", step.stdout, step.stderr);
}

#[test]
fn a_test_merge_at_depth_two_is_judged_against_its_base() {
    let origin = origin(&[BAD]);
    let mut job = Job::of_pull_request(&origin);
    let step = job.set("INPUT_JSON-FILE", "out/report.json").set("RUNNER_DEBUG", "1").run();
    failed(&step);
    let errors = step.commands("error");
    assert_eq!(errors.len(), 1, "{}", step.stdout);
    assert!(errors[0].starts_with("::error file=src/app.py,line=2,"), "{}", errors[0]);
    assert!(errors[0].contains("title=no-eval%3A Nothing evaluates text as code::"), "{}", errors[0]);
    assert!(step.summary.starts_with("## ✗ Fail: 1 rule blocks this change"), "{}", step.summary);
    assert!(step.summary.contains("Parse the text."), "{}", step.summary);
    assert_eq!(
        (step.outputs["stage-reached"].as_str(), step.outputs["json-file"].as_str()),
        ("assessment", "out/report.json")
    );
    let report: Value =
        serde_json::from_str(&fs::read_to_string(job.path("work/out/report.json")).unwrap()).unwrap();
    assert_eq!(report["subject"]["base"], Value::from(origin.base.clone()), "{}", report["subject"]);
    assert_eq!((&report["verdict"], &report["usage"]["api_calls"]), (&json!("fail"), &json!(0)));
    assert_eq!(report["subject"]["pull_request"]["number"], 7);
    let deltas: Vec<_> = report["findings"].as_array().unwrap().iter().map(|one| &one["delta"]).collect();
    assert_eq!(deltas, ["existing", "introduced"]);
}

#[test]
fn what_was_there_before_is_listed_and_not_blamed() {
    let step = Job::of_pull_request(&origin(&[GOOD])).run();
    assert_eq!(step.came_to(), (0, "pass 0/1".to_owned()), "{}{}", step.stdout, step.stderr);
    assert!(step.commands("error").is_empty() && step.commands("warning").is_empty(), "{}", step.stdout);
    assert!(step.summary.starts_with("## ✓ Pass: nothing blocks this change"), "{}", step.summary);
    assert!(step.stderr.is_empty(), "{}", step.stderr);
}

#[test]
fn a_checkout_of_the_head_with_full_history_comes_to_the_same() {
    let origin = origin(&[BAD]);
    let mut job = Job::of("pull_request", &origin.payload());
    let step = job.set("GITHUB_SHA", &origin.merge).checkout(&origin, "refs/heads/fix", 0, "").run();
    failed(&step);
    assert!(step.commands("error")[0].starts_with("::error file=src/app.py,line=2,"), "{}", step.stdout);
}

#[test]
fn a_checkout_that_is_too_shallow_is_undecided_and_says_which_depth_it_needs() {
    let origin = origin(&[GOOD]);
    for (reference, depth, needed) in [("refs/pull/7/merge", 1, 2), ("refs/heads/fix", 1, 0)] {
        let mut job = Job::of("pull_request", &origin.payload());
        let step = job.set("GITHUB_SHA", &origin.merge).checkout(&origin, reference, depth, "").run();
        undecided(&step, &[&format!("`fetch-depth: {needed}`")]);
    }
}

/// Where only the delta is lost, a rule that fails is undecided, because it may have failed before.
#[test]
fn a_push_whose_before_is_missing_is_undecided_only_if_something_fails() {
    let clean = Origin::with(&[(HOME, POLICY)], &[GOOD]);
    for (origin, code, verdict) in [(origin(&[GOOD]), 2, "undecided 0/1"), (clean, 0, "pass 0/0")] {
        let step = push(&origin, NOWHERE, 1).run();
        assert_eq!(step.came_to(), (code, verdict.to_owned()), "{}", step.stdout);
        assert_eq!(step.stdout.contains("fetch-depth: 0"), code == 2, "{}", step.stdout);
    }
}

fn push(origin: &Origin, before: &str, depth: u8) -> Job {
    let event = json!({
        "ref": "refs/heads/fix", "before": before, "after": origin.head, "repository": repository()
    });
    let mut job = Job::of("push", &event);
    job.checkout(origin, "refs/heads/fix", depth, "");
    job
}

#[test]
fn every_event_is_judged_against_what_was_before_it() {
    let origin = origin(&[BAD]);
    let first = origin.repo.git_command(&["rev-parse", "fix~1"]);
    let group = json!({
        "merge_group": { "head_sha": origin.merge, "base_sha": origin.base }, "repository": repository()
    });
    let mut queued = Job::of("merge_group", &group);
    queued.checkout(&origin, "refs/pull/7/merge", 0, "");
    for (name, step) in [
        ("merge_group", queued.run()),
        ("push", push(&origin, &first, 0).run()),
        ("push of a new branch", push(&origin, ZEROS, 0).run()),
    ] {
        assert_eq!(step.came_to(), (1, "fail 1/1".to_owned()), "{name}: {}{}", step.stdout, step.stderr);
        assert_eq!(step.commands("error").len(), 1, "{name}: {}", step.stdout);
    }
    // Nothing changed here: what fails, fails since ever, and `enforce: new` blocks nothing.
    for (name, event) in [
        ("schedule", json!({ "schedule": "0 4 * * 1" })),
        ("workflow_dispatch", json!({ "inputs": null, "ref": "refs/heads/fix", "repository": repository() })),
    ] {
        let mut job = Job::of(name, &event);
        let step = job.checkout(&origin, "refs/heads/fix", 1, "").run();
        assert_eq!(step.came_to(), (0, "pass 0/1".to_owned()), "{name}: {}", step.stdout);
        let step = job.set("INPUT_ENFORCE", "always").run();
        assert_eq!(step.came_to(), (1, "fail 1/1".to_owned()), "{name}: {}", step.stdout);
    }
}

#[test]
fn pull_request_target_on_the_default_branch_is_undecided_where_nobody_can_be_asked() {
    let origin = origin(&[BAD]);
    let mut job = Job::of("pull_request_target", &origin.payload());
    let step = job.set("GITHUB_SHA", &origin.base).checkout(&origin, "refs/heads/main", 1, "");
    let step = step.run_here(&network(&FakeClock::default()));
    assert_eq!(step.came_to(), (2, "undecided 0/0".to_owned()), "{}", step.stdout);
    assert!(step.stdout.contains("did not answer the question for the merge base"), "{}", step.stdout);
}

#[test]
fn a_repository_in_a_folder_of_the_workspace_is_annotated_from_the_workspace() {
    let origin = origin(&[BAD]);
    let mut job = Job::of("pull_request", &origin.payload());
    job.set("GITHUB_SHA", &origin.merge).checkout(&origin, "refs/pull/7/merge", 2, "code/app");
    let step = job.set("INPUT_WORKING-DIRECTORY", "code/app").set("INPUT_JSON-FILE", "report.json").run();
    failed(&step);
    assert!(
        step.commands("error")[0].starts_with("::error file=code/app/src/app.py,line=2,"),
        "{}",
        step.stdout
    );
    assert!(job.path("work/report.json").is_file(), "the report's file starts at the workspace");
}

#[test]
fn the_policy_of_the_base_binds_and_an_edit_is_told() {
    let policy = format!("{POLICY}{GATE}");
    let off = policy.replacen("severity: error", "severity: off", 1);
    let narrow = policy.replacen("**/*.py", "lib/**/*.py", 1);
    for (edited, told) in [
        (off.as_str(), "no-eval"),
        (&narrow, "this edit would turn 1 failure green: no-eval"),
        ("version: 1\nrules: [", "the policy can no longer be used"),
    ] {
        let origin = Origin::with(&[(HOME, &policy)], &[BAD, (HOME, edited)]);
        let step = Job::of_pull_request(&origin).run();
        assert_eq!(step.came_to(), (1, "fail 2/2".to_owned()), "{}{}", step.stdout, step.stderr);
        let mine = step.commands("error").into_iter().find(|line| line.contains("title=gate-not-weakened"));
        let mine = mine.unwrap_or_else(|| panic!("{}", step.stdout));
        assert!(mine.contains("file=.github/roadworthy.yml") && mine.contains(told), "{mine}");
        assert!(step.summary.contains("gate-not-weakened"), "{}", step.summary);
    }
}

#[test]
fn a_policy_that_is_broken_at_the_base_decides_nothing() {
    let broken = POLICY.replace("severity: error", "severity: fatal");
    let step = Job::of_pull_request(&Origin::with(&[(HOME, &broken)], &[GOOD, (HOME, POLICY)])).run();
    undecided(&step, &["severity", "fatal", ".github/roadworthy.yml"]);
}

#[test]
fn wrong_inputs_and_payloads_are_told_on_every_channel() {
    let origin = origin(&[GOOD]);
    for (name, value, told) in [
        ("INPUT_STAGE", "foundaton", "input `stage`"),
        ("INPUT_ANNOTATIONS", "yes", "input `annotations`"),
        ("INPUT_WORKING-DIRECTORY", "../elsewhere", "input `working-directory`"),
        ("INPUT_POLICY", "no/such.yml", "no/such.yml"),
        ("INPUT_POLICY", "builtin:nothing", "builtin:nothing"),
        ("GITHUB_EVENT_PATH", "/nowhere/event.json", "/nowhere/event.json"),
        ("GITHUB_EVENT_NAME", "issue_comment", "issue_comment"),
        ("GITHUB_EVENT_NAME", "push", "no usable `before`"),
        ("GITHUB_EVENT_NAME", "", "GITHUB_EVENT_NAME is not set"),
    ] {
        undecided(&Job::of_pull_request(&origin).set(name, value).run(), &[told]);
    }
    let whole = origin.payload().to_string();
    let truncated = Job::of_pull_request(&origin).payload(&whole[..whole.len() / 2]).run();
    undecided(&truncated, &["not whole JSON"]);
    undecided(&Job::of("pull_request", &origin.payload()).run(), &["actions/checkout"]);
}
