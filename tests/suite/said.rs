//! Everything that a run says to GitHub, said to the one of the tests, whose exchanges `.ci/run` checks against GitHub's own
//! descriptions: a comment made, edited and minimised, a check run in two requests, a status, a fork's report.

use crate::github::FakeClock;
use crate::hub::Hub;
use crate::hub_facts::network;
use crate::runner::{Job, Origin, POLICY, Step, repository};
use serde_json::json;
use std::fs;

fn origin() -> Origin {
    let lines: Vec<String> = (0..70).map(|number| format!("c{number} = eval(text{number})")).collect();
    Origin::with(&[("roadworthy.yml", POLICY)], &[("app.py", &lines.join("\n"))])
}

fn said(job: &mut Job, hub: &Hub) -> Step {
    job.set("GITHUB_API_URL", &hub.url()).set("GITHUB_RUN_ID", "42");
    job.run_here(&network(&FakeClock::default()))
}

#[test]
fn a_comment_is_made_edited_and_its_duplicate_minimised() {
    let origin = origin();
    let hub = Hub::of(&origin);
    let mut job = Job::of_pull_request(&origin);
    job.set("INPUT_COMMENT", "").set("INPUT_CHECK-RUN", "true");
    let step = said(&mut job, &hub);
    assert_eq!(step.code, 1, "{}", step.stdout);
    assert_eq!(
        hub.asked(),
        [
            "POST /graphql",
            "POST /repos/acme/app/issues/7/comments",
            "POST /repos/acme/app/check-runs",
            &format!("PATCH /repos/acme/app/check-runs/{}", hub.state().check_runs[0]["id"]),
        ]
    );
    assert_eq!(hub.state().check_runs[0]["annotations"].as_array().unwrap().len(), 70);
    // The check run shows what the job would have annotated.
    assert!(step.commands("error").is_empty(), "{}", step.stdout);
    let text = hub.state().comments[0]["body"].as_str().unwrap().to_owned();
    hub.state().comment("github-actions[bot]", "Bot", &text.replace("70", "7"));
    hub.state().comments[0]["body"] = text.replace("app.py:1", "app.py:2").into();
    assert_eq!(said(job.set("INPUT_CHECK-RUN", ""), &hub).code, 1);
    let state = hub.state();
    assert_eq!(state.comments.len(), 2);
    assert_eq!(state.comments[0]["body"].as_str().unwrap(), text);
    assert!(state.comments[1]["minimized"].is_object(), "{}", state.comments[1]);
}

#[test]
fn a_status_tells_a_pull_request_whose_job_stands_elsewhere() {
    let origin = origin();
    let hub = Hub::of(&origin);
    let mut job = Job::of("pull_request_target", &origin.payload());
    job.checkout(&origin, "refs/heads/fix", 0, "").set("GITHUB_SHA", &origin.base);
    assert_eq!(said(&mut job, &hub).code, 1);
    let status = hub.state().statuses[0].clone();
    assert_eq!((&status["sha"], &status["state"]), (&json!(origin.head), &json!("failure")));
}

#[test]
fn a_forks_report_is_told_by_the_second_workflow() {
    let origin = origin();
    let hub = Hub::of(&origin);
    let mut first = Job::of_pull_request(&origin);
    said(first.set("INPUT_JSON-FILE", "r.json"), &hub);
    let run = json!({ "event": "pull_request", "head_sha": origin.head });
    let mut second = Job::of("workflow_run", &json!({ "workflow_run": run, "repository": repository() }));
    fs::copy(first.path("work/r.json"), second.path("work/r.json")).unwrap();
    second.set("INPUT_COMMENT", "").set("INPUT_PUBLISH", "r.json").set("INPUT_CHECK-RUN", "true");
    let step = said(&mut second, &hub);
    assert_eq!((step.code, hub.state().comments.len()), (0, 1), "{}", step.stdout);
    assert_eq!(hub.state().check_runs[0]["conclusion"], "failure");
    assert!(hub.state().statuses.is_empty());
}
