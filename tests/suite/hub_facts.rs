//! Facts of the platform, asked of the tests' own GitHub: what each costs, and what comes of it.

use crate::github::FakeClock;
use crate::hub::{Fault, Hub, checks_rule, reviews_rule};
use crate::runner::{Job, Origin, TOKEN};
use roadworthy::evidence::{BranchRules, Fact, Platform};
use roadworthy::github::{
    Api, ApiError, Client, Credentials, Environment, Limits, Network, Platform as _, Settings, Token, hosted,
};
use roadworthy::words::Known;
use serde_json::json;
use std::rc::Rc;
use std::time::Duration;

/// A clock that stands still until somebody waits.
pub(crate) fn network(clock: &FakeClock) -> Network {
    Network { clock: Rc::new(clock.clone()), limits: Limits::default() }
}

/// The same, with a short limit where something is never answered. Elsewhere a busy machine must not look like that.
pub(crate) fn network_under(fault: &Fault, clock: &FakeClock) -> Network {
    let mut network = network(clock);
    if fault.is_silent() {
        network.limits.request = Duration::from_millis(300);
    }
    network
}

pub(crate) fn client(hub: &Hub) -> Client {
    let env: Environment = [("GITHUB_API_URL", hub.url())].into_iter().collect();
    let network = network(&FakeClock::default());
    let credentials = Credentials::Token(Token::new(TOKEN).unwrap());
    Client::new(Settings::new(&env, "acme/app", credentials, network.limits), Box::new(network.clock))
        .unwrap()
}

/// What is known of this one fact, and what was asked for it.
fn ask(hub: &Hub, fact: Fact) -> (Platform, Vec<String>) {
    let before = hub.asked().len();
    let client = client(hub);
    let platform = hosted(Ok(&client), &[fact].into(), Some("main"));
    assert!(hub.log().iter().all(|one| one.token));
    (platform, hub.asked().split_off(before))
}

#[test]
fn each_fact_is_one_request() {
    let hub = Hub::start();
    {
        let mut state = hub.state();
        state.rules = vec![reviews_rule(1, true), reviews_rule(2, false), checks_rule(&["b", "a"])];
        state.environment("staging", 0);
        state.environment("production", 2);
        state.vulnerable("lodash", "high");
        state.flawed("js/xss", "error");
        state.owners_errors = Some(vec![]);
        state.properties = json!({ "readiness-tier": "core", "teams": ["a", "b"], "unset": null });
    }
    let (platform, asked) = ask(&hub, Fact::Branch);
    let rules = BranchRules {
        name: "main".to_owned(),
        pull_request: true,
        reviews: 2,
        code_owners: true,
        dismiss_stale: Some(true),
        checks: vec!["a".to_owned(), "b".to_owned()],
        hidden: platform.branch.known().unwrap().hidden.clone(),
    };
    assert_eq!(
        (platform.branch.known(), asked.as_slice()),
        (Some(&rules), &["POST /graphql".to_owned()][..])
    );
    assert!(rules.hidden.is_some() && platform.environments.known().is_none());
    let (platform, asked) = ask(&hub, Fact::Environments);
    let found = platform.environments.known().unwrap().iter();
    let found: Vec<_> = found.map(|one| (one.name.as_str(), one.reviewers)).collect();
    assert_eq!((found.as_slice(), asked.len()), (&[("production", 2), ("staging", 0)][..], 1));
    let (platform, asked) = ask(&hub, Fact::Dependabot);
    assert_eq!((platform.dependabot.known().unwrap()[0].about.as_str(), asked.len()), ("lodash", 1));
    let (platform, asked) = ask(&hub, Fact::CodeScanning);
    assert_eq!((platform.code_scanning.known().unwrap()[0].severity.name(), asked.len()), ("high", 1));
    let (platform, asked) = ask(&hub, Fact::OwnersErrors);
    assert_eq!((platform.owners_errors, asked.len()), (Known::Known(vec![]), 1));
    let (platform, asked) = ask(&hub, Fact::Properties);
    let properties = platform.properties.known().unwrap();
    assert_eq!(
        (properties["readiness-tier"].as_slice(), properties["teams"].len()),
        (&["core".to_owned()][..], 2)
    );
    assert_eq!((properties["unset"].len(), asked.len()), (0, 1));
}

#[test]
fn classic_protection_counts_as_far_as_it_is_visible() {
    let hub = Hub::start();
    hub.state().classic = json!({
        "requiredApprovingReviewCount": 1, "requiresCodeOwnerReviews": false, "requiredStatusCheckContexts": ["ci"],
    });
    let rules = ask(&hub, Fact::Branch).0.branch.known().unwrap().clone();
    assert_eq!((rules.reviews, rules.checks.as_slice(), rules.hidden), (1, &["ci".to_owned()][..], None));
    assert_eq!(rules.dismiss_stale, None);
}

#[test]
fn a_server_with_an_older_schema_is_asked_by_rest() {
    let hub = Hub::start();
    hub.state().rules = vec![reviews_rule(1, false)];
    hub.fail(
        Fault::instead(
            json!({ "errors": [{ "message": "Field 'rules' doesn't exist", "type": "undefinedField" }] }),
        )
        .at("POST", "/graphql"),
    );
    let (platform, asked) = ask(&hub, Fact::Branch);
    assert_eq!(platform.branch.known().unwrap().reviews, 1);
    assert_eq!(asked, ["POST /graphql", "GET /repos/acme/app/rules/branches/main"]);
}

fn permission<T>(known: &Known<T>) -> Option<&str> {
    match known {
        Known::Unknown(unknown) => unknown.permission.as_deref(),
        Known::Known(_) | Known::Absent(_) => None,
    }
}

#[test]
fn a_missing_permission_is_named_with_each_fact() {
    for fact in Fact::ALL.into_iter().filter(|fact| !fact.of_pull_request()) {
        let hub = Hub::start();
        hub.fail(Fault::status(403, "Resource not accessible by integration"));
        let platform = ask(&hub, fact).0;
        let named = [
            permission(&platform.branch),
            permission(&platform.environments),
            permission(&platform.dependabot),
            permission(&platform.code_scanning),
            permission(&platform.owners_errors),
            permission(&platform.properties),
        ];
        assert_eq!(named.into_iter().flatten().collect::<Vec<_>>(), [fact.permission()], "{fact:?}");
    }
}

#[test]
fn no_codeowners_is_absent_and_not_unknown() {
    let hub = Hub::start();
    assert!(matches!(ask(&hub, Fact::OwnersErrors).0.owners_errors, Known::Absent(_)));
}

const SETTINGS: &str = "version: 1
name: Acme
stage: foundation
enforce: always
rules:
  reviewed:
    title: Changes are reviewed
    stage: foundation
    severity: error
    require: { platform: { branch: { reviews: 1 } } }
    why: Two see more than one.
    fix: Demand a review.
";

fn job(policy: &str, hub: &Hub) -> Job {
    let origin = Origin::with(&[(".github/roadworthy.yml", policy)], &[("a.txt", "a")]);
    let mut job = Job::of_pull_request(&origin);
    job.set("GITHUB_API_URL", &hub.url()).set("INPUT_JSON-FILE", "report.json");
    job
}

fn calls(job: &Job) -> u64 {
    let report = std::fs::read_to_string(job.path("work/report.json")).unwrap();
    serde_json::from_str::<serde_json::Value>(&report).unwrap()["usage"]["api_calls"].as_u64().unwrap()
}

#[test]
fn a_rule_about_settings_costs_one_call_and_none_where_there_is_no_such_rule() {
    for (policy, rules, came_to, expected) in [
        (SETTINGS, vec![reviews_rule(1, false)], (0, "pass 0/0"), 1),
        (crate::runner::POLICY, vec![], (0, "pass 0/0"), 0),
    ] {
        let hub = Hub::start();
        hub.state().rules = rules;
        let job = job(policy, &hub);
        let step = job.run_here(&network(&FakeClock::default()));
        assert_eq!(step.came_to(), (came_to.0, came_to.1.to_owned()), "{}", step.stdout);
        assert_eq!((calls(&job), hub.log().len() as u64), (expected, expected));
    }
}

#[test]
fn a_property_chooses_the_stage_and_an_answer_that_is_none_does_not() {
    let policy = SETTINGS
        .replace("stage: foundation\nenforce", "stage: assessment\nstage_property: readiness-tier\nenforce");
    for (value, came_to, note) in [
        (json!({ "readiness-tier": "foundation" }), (1, "fail 1/1"), ""),
        (json!({ "readiness-tier": "assessment" }), (0, "pass 0/1"), ""),
        (json!({}), (0, "pass 0/1"), "is not set, so the stage is assessment"),
        (json!({ "readiness-tier": "gold" }), (0, "pass 0/1"), "is no stage"),
    ] {
        let hub = Hub::start();
        hub.state().properties = value;
        hub.state().classic = json!({
            "requiredApprovingReviewCount": 0, "requiresCodeOwnerReviews": false, "requiredStatusCheckContexts": [],
        });
        let job = job(&policy, &hub);
        let step = job.run_here(&network(&FakeClock::default()));
        assert_eq!(step.came_to(), (came_to.0, came_to.1.to_owned()), "{}", step.stdout);
        assert!(step.summary.contains(note), "{note}: {}", step.summary);
        assert_eq!(calls(&job), 2);
    }
}

/// What each request to the other server may take.
const SLOW: Duration = Duration::from_mins(2);

/// Its lists name github.com as the host of their next page, which is not followed.
const ELSEWHERE: &str = "on another host";

fn read<T: std::fmt::Debug>(known: &Known<T>) {
    let elsewhere = matches!(known, Known::Unknown(unknown) if unknown.reason.contains(ELSEWHERE));
    assert!(elsewhere || known.known().is_some(), "{known:?}");
}

/// Another server that serves GitHub's own description, where `PRISM_URL` names it, as `.ci/run` does. Its replies are
/// GitHub's examples.
#[test]
fn a_server_made_of_githubs_description_is_understood() {
    let Some(url) = std::env::var("PRISM_URL").ok() else { return };
    let env: Environment = [("GITHUB_API_URL", url)].into_iter().collect();
    let credentials = Credentials::Token(Token::new(TOKEN).unwrap());
    // It takes its time over a description of 13 MB.
    let limits = Limits { read: SLOW, request: SLOW, total: 10 * SLOW, ..Limits::default() };
    let client =
        Client::new(Settings::new(&env, "acme/app", credentials, limits), Box::new(FakeClock::default()))
            .unwrap();
    let facts =
        [Fact::Environments, Fact::Dependabot, Fact::CodeScanning, Fact::OwnersErrors, Fact::Properties];
    let platform = hosted(Ok(&client), &facts.into(), Some("main"));
    read(&platform.environments);
    read(&platform.dependabot);
    read(&platform.code_scanning);
    read(&platform.owners_errors);
    read(&platform.properties);
    let known = |error: ApiError| assert!(error.to_string().contains(ELSEWHERE), "{error}");
    client.commits(7).map_or_else(known, |commits| assert!(!commits.is_empty()));
    client.approvals(7).map_or_else(known, drop);
    client.pull_request(7).map_or_else(known, |pull| assert!(pull.number > 0));
    assert!(client.calls() >= 8);
}

#[test]
fn a_merge_group_asks_about_the_branch_that_it_goes_into() {
    let origin = Origin::with(&[(".github/roadworthy.yml", SETTINGS)], &[("a.txt", "a")]);
    let hub = Hub::start();
    hub.state().rules = vec![reviews_rule(1, false)];
    let group = json!({
        "merge_group": { "head_sha": origin.merge, "base_sha": origin.base, "base_ref": "refs/heads/release/1.x" },
        "repository": crate::runner::repository(),
    });
    let mut job = Job::of("merge_group", &group);
    job.set("GITHUB_API_URL", &hub.url()).checkout(&origin, "refs/pull/7/merge", 2, "");
    let step = job.run_here(&network(&FakeClock::default()));
    assert_eq!(step.came_to(), (0, "pass 0/0".to_owned()), "{}", step.stdout);
    assert_eq!(hub.log()[0].body["variables"]["ref"], "refs/heads/release/1.x");
}
