//! `roadworthy action` where a channel fails, is turned off, or leads to the API: the verdict stays what it is.

use crate::runner::{Job, Origin, POLICY, TOKEN};
use serde_json::json;
use std::fs;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const APPROVED: &str = "  approved:
    title: Somebody approves
    stage: foundation
    severity: error
    require: { pull_request: { approvals: 1 } }
    why: Two see more than one.
    fix: Ask for a review.
";
const BAD: (&str, &str) = ("app.py", "c = eval(text)\n");
const GOOD: (&str, &str) = ("app.py", "c = 2\n");

fn origin(policy: &str, change: (&str, &str)) -> Origin {
    Origin::with(&[("roadworthy.yml", policy)], &[change])
}

#[test]
fn files_of_the_runner_that_cannot_be_written_change_no_verdict() {
    for (change, expected) in [(GOOD, 0), (BAD, 1)] {
        let origin = origin(POLICY, change);
        let mut job = Job::of_pull_request(&origin);
        // A folder where a file should be cannot be written by anybody, root included.
        let folder = job.path("commands").to_str().unwrap().to_owned();
        let step = job.set("GITHUB_STEP_SUMMARY", &folder).set("GITHUB_OUTPUT", &folder).run();
        assert_eq!((step.code, step.commands("warning").len()), (expected, 2), "{}", step.stdout);
        assert_eq!(step.commands("error").len(), usize::try_from(expected).unwrap(), "{}", step.stdout);
    }
}

#[test]
fn a_report_that_could_not_be_written_is_no_output() {
    for file in ["../report.json", "app.py/report.json", "taken"] {
        let mut job = Job::of_pull_request(&origin(POLICY, GOOD));
        fs::create_dir(job.path("work/taken")).unwrap();
        let step = job.set("INPUT_JSON-FILE", file).run();
        assert_eq!(step.came_to(), (0, "pass 0/0".to_owned()), "{}", step.stdout);
        assert_eq!((step.outputs["json-file"].as_str(), step.commands("warning").len()), ("", 1), "{file}");
        assert!(step.commands("warning")[0].contains(file), "{}", step.stdout);
    }
}

#[test]
fn an_undecided_gate_fails_the_job_unless_told_otherwise() {
    let broken = origin("version: 1\nrules: [", GOOD);
    for (input, code) in [("", 2), ("true", 2), ("false", 0)] {
        let step = Job::of_pull_request(&broken).set("INPUT_FAIL-ON-UNDECIDED", input).run();
        assert_eq!(step.came_to(), (code, "undecided 0/0".to_owned()), "{}", step.stdout);
        assert_eq!(step.commands("error").len(), 1);
        assert_eq!(step.commands("warning").len(), usize::from(code == 0), "{}", step.stdout);
    }
    // A failure stays one.
    let step = Job::of_pull_request(&origin(POLICY, BAD)).set("INPUT_FAIL-ON-UNDECIDED", "false").run();
    assert_eq!(step.came_to(), (1, "fail 1/1".to_owned()));
}

#[test]
fn without_annotations_the_report_still_stands_in_the_log() {
    let origin = origin(POLICY, BAD);
    let with = Job::of_pull_request(&origin).run();
    let without = Job::of_pull_request(&origin).set("INPUT_ANNOTATIONS", "false").run();
    assert_eq!(with.came_to(), without.came_to());
    assert_eq!((with.commands("error").len(), without.commands("error").len()), (1, 0), "{}", without.stdout);
    assert!(without.stdout.contains("app.py:1") && with.stdout.contains("app.py:1"), "{}", without.stdout);
    assert_eq!(with.summary, without.summary);
}

#[test]
fn an_input_of_the_design_that_has_no_effect_yet_is_noticed() {
    let step = Job::of_pull_request(&origin(POLICY, GOOD)).set("INPUT_HTML-FILE", "x.html").run();
    assert_eq!((step.code, step.commands("notice").len()), (0, 1), "{}", step.stdout);
}

#[test]
fn failures_are_written_for_code_scanning() {
    let job_of = |change| Job::of_pull_request(&origin(POLICY, change));
    for (change, results) in [(BAD, 1), (GOOD, 0)] {
        let mut job = job_of(change);
        let step = job.set("INPUT_SARIF-FILE", "out/gate.sarif").run();
        assert_eq!(step.outputs["sarif-file"], "out/gate.sarif");
        let text = fs::read_to_string(job.path("work/out/gate.sarif")).unwrap();
        let sarif: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), results, "{text}");
    }
}

/// An API in a thread of its own that knows one pull request.
struct Api {
    runtime: tokio::runtime::Runtime,
    server: MockServer,
}

impl Api {
    fn with(at: &str, answer: ResponseTemplate) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let server = runtime.block_on(MockServer::start());
        let asked = Mock::given(method("GET")).and(path(at));
        let asked = asked.and(header("authorization", format!("Bearer {TOKEN}")));
        runtime.block_on(asked.respond_with(answer).mount(&server));
        Self { runtime, server }
    }

    fn calls(&self) -> usize {
        self.runtime.block_on(self.server.received_requests()).unwrap().len()
    }
}

const REVIEWS: &str = "/repos/acme/app/pulls/7/reviews";

fn reviews(answer: ResponseTemplate) -> Api {
    Api::with(REVIEWS, answer)
}

#[test]
fn approvals_are_asked_for_once_and_only_by_a_rule_about_them() {
    let approved = json!([{ "state": "APPROVED", "user": { "login": "bob" } }]);
    let taken_back = json!([
        { "state": "APPROVED", "user": { "login": "bob" } },
        { "state": "CHANGES_REQUESTED", "user": { "login": "bob" } },
    ]);
    let both = format!("{POLICY}{APPROVED}");
    for (policy, answer, calls, code, came_to) in [
        (&both, &approved, 1, 0, "pass 0/0"),
        (&both, &taken_back, 1, 1, "fail 1/1"),
        (&both, &json!([]), 1, 1, "fail 1/1"),
        (&POLICY.to_owned(), &approved, 0, 0, "pass 0/0"),
    ] {
        let api = reviews(ResponseTemplate::new(200).set_body_json(answer));
        let step = Job::of_pull_request(&origin(policy, GOOD)).set("GITHUB_API_URL", &api.server.uri()).run();
        assert_eq!(step.came_to(), (code, came_to.to_owned()), "{answer}: {}", step.stdout);
        assert_eq!(api.calls(), calls, "{answer}");
    }
}

#[test]
fn what_the_api_refuses_is_unknown_and_names_the_permission() {
    let refusal = json!({ "message": format!("no {TOKEN}\n::error::owned ##[error]owned") });
    let answer = ResponseTemplate::new(403).set_body_json(refusal);
    let strict = APPROVED.replace("    why", "    on_unknown: fail\n    why");
    for (rule, code, came_to) in [(APPROVED, 0, "pass 0/0"), (&strict, 1, "fail 1/0")] {
        let api = reviews(answer.clone());
        let origin = origin(&format!("{POLICY}{rule}"), GOOD);
        let step = Job::of_pull_request(&origin).set("GITHUB_API_URL", &api.server.uri()).run();
        assert_eq!(step.came_to(), (code, came_to.to_owned()), "{}", step.stdout);
        for channel in [&step.stdout, &step.summary] {
            assert!(channel.contains("pull-requests: read") && !channel.contains("##["), "{channel}");
        }
        assert_eq!(step.commands("error").len(), usize::try_from(code).unwrap(), "{}", step.stdout);
    }
}

/// The payload of a job that runs again is the old one (github-facts 5).
#[test]
fn a_job_that_runs_again_reads_the_pull_request_as_it_is_now() {
    let titled = "version: 1
name: Acme
rules:
  titled:
    title: The title says what the change is
    stage: assessment
    severity: error
    require: { pull_request: { title: '^fix: ' } }
    why: People read it.
    fix: Write one.
";
    let live = json!({ "number": 7, "title": "fix: it", "head": { "repo": null } });
    let origin = origin(titled, GOOD);
    for (status, code, told) in [(200, 0, 0), (404, 1, 1)] {
        let answer = ResponseTemplate::new(status).set_body_json(&live);
        let api = Api::with("/repos/acme/app/pulls/7", answer);
        let mut job = Job::of_pull_request(&origin);
        let step = job.set("GITHUB_API_URL", &api.server.uri()).set("GITHUB_RUN_ATTEMPT", "2").run();
        assert_eq!((step.code, api.calls()), (code, 1), "{}", step.stdout);
        // The old words stay where the new ones cannot be read, and the log says so.
        assert_eq!(step.stdout.matches("Note: the pull request").count(), told, "{}", step.stdout);
    }
}
