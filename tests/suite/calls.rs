//! What a run costs: every row of the table in docs/github.md is measured.

use crate::github::{FakeClock, Server, reply};
use crate::hub_facts::network;
use crate::runner::{Job, Origin, POLICY, TOKEN, repository};
use crate::support::DAY;
use clap::Parser as _;
use roadworthy::app::{self, Output, Surroundings};
use roadworthy::cli::Cli;
use roadworthy::report::comment_start;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use wiremock::matchers::any;
use wiremock::{Mock, Request, ResponseTemplate};

const GOOD: (&str, &str) = ("app.py", "c = 2\n");
pub(crate) const BAD: (&str, &str) = ("app.py", "c = eval(text)\n");
/// What the comment of a job without inputs starts with.
const ID: &str = "\n";

/// A GitHub that keeps comments, and counts.
pub(crate) struct Hub {
    server: Server,
    pub(crate) comments: Arc<Mutex<Vec<String>>>,
}

/// What goes wrong at requests whose path ends like this.
#[derive(Clone)]
pub(crate) struct Fault {
    pub(crate) at: &'static str,
    /// Whether the request is carried out all the same.
    pub(crate) done: bool,
    pub(crate) answer: ResponseTemplate,
}

impl Hub {
    /// One whose token may write, or not.
    fn start(writable: bool) -> Self {
        Self::failing(writable, None)
    }

    /// One at which something goes wrong.
    pub(crate) fn failing(writable: bool, fault: Option<Fault>) -> Self {
        let server = Server::start();
        let comments = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&comments);
        let answer = move |request: &Request| {
            let fault = fault.as_ref().filter(|fault| request.url.path().ends_with(fault.at));
            let right = || answer(&mut kept.lock().unwrap(), request, writable);
            match fault {
                Some(fault) if fault.done => {
                    right();
                    fault.answer.clone()
                }
                Some(fault) => fault.answer.clone(),
                None => right(),
            }
        };
        server.mount(Mock::given(any()).respond_with(answer));
        Self { server, comments }
    }

    /// One run, and what it waited for.
    pub(crate) fn run(&self, job: &mut Job) -> (Output, u64) {
        job.set("GITHUB_API_URL", &format!("{}/api/v3", self.server.mock.uri()));
        job.set("GITHUB_GRAPHQL_URL", &format!("{}/api/graphql", self.server.mock.uri()));
        let clock = FakeClock::default();
        (job.run_in_process(clock.clone()), clock.waits().iter().sum())
    }

    /// Requests so far.
    pub(crate) fn asked(&self) -> usize {
        self.server.requests().len()
    }

    /// Requests of one more run.
    fn calls(&self, job: &mut Job, code: u8) -> usize {
        let before = self.asked();
        let (output, _) = self.run(job);
        assert_eq!(output.code, code, "{}{}", output.stdout, output.stderr);
        self.asked() - before
    }

    fn comment(&self) -> String {
        self.comments.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

fn answer(comments: &mut Vec<String>, request: &Request, writable: bool) -> ResponseTemplate {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let path = request.url.path();
    let text = || body["body"].as_str().unwrap_or_default().to_owned();
    let refused = || reply(403, r#"{"message": "Resource not accessible by integration"}"#);
    match (request.method.as_str(), path.rsplit('/').next().unwrap()) {
        ("POST", "graphql") if body["query"].as_str().unwrap().starts_with("mutation") => {
            reply(200, r#"{"data": {"minimizeComment": {"minimizedComment": {"isMinimized": true}}}}"#)
        }
        ("POST", "graphql") => {
            let node = |(index, text): (usize, &String)| {
                json!({
                    "id": format!("IC_{index}"), "fullDatabaseId": index.to_string(), "viewerDidAuthor": true,
                    "isMinimized": false, "body": text,
                })
            };
            let nodes: Vec<Value> = comments.iter().enumerate().map(node).collect();
            let list = json!({ "nodes": nodes, "pageInfo": { "hasNextPage": false, "endCursor": null } });
            reply(
                200,
                &json!({ "data": { "repository": { "pullRequest": { "comments": list } } } }).to_string(),
            )
        }
        ("GET", "7") => {
            let side = |sha: &Value| json!({ "sha": sha, "repo": { "full_name": "acme/app" } });
            let head = json!(comments.pop().unwrap_or_default());
            reply(
                200,
                &json!({ "number": 7, "state": "open", "head": side(&head), "base": side(&Value::Null) })
                    .to_string(),
            )
        }
        _ if !writable => refused(),
        ("POST", "comments") => {
            comments.push(text());
            reply(201, r#"{"id": 1}"#)
        }
        ("PATCH", index) if path.contains("/issues/comments/") => {
            comments[index.parse::<usize>().unwrap()] = text();
            reply(200, r#"{"id": 1}"#)
        }
        ("POST", "check-runs") => reply(201, r#"{"id": 5}"#),
        ("PATCH", "5") => reply(200, r#"{"id": 1}"#),
        ("POST", _) if path.contains("/statuses/") => reply(201, r#"{"id": 1}"#),
        _ => reply(404, "{}"),
    }
}

pub(crate) fn origin(change: (&str, &str)) -> Origin {
    Origin::with(&[("roadworthy.yml", POLICY)], &[change])
}

pub(crate) fn pull_request(origin: &Origin) -> Job {
    let mut job = Job::of_pull_request(origin);
    job.set("INPUT_COMMENT", "");
    job
}

fn evals(count: usize) -> String {
    let lines: Vec<String> = (0..count).map(|number| format!("c{number} = eval(text{number})")).collect();
    lines.join("\n")
}

/// The rows that one pull request goes through.
fn one_pull_request(measured: &mut BTreeMap<&'static str, usize>) {
    let hub = Hub::start(true);
    let (good, bad) = (origin(GOOD), origin(BAD));
    let mut never = pull_request(&bad);
    measured.insert("pull request, `comment: never`", hub.calls(never.set("INPUT_COMMENT", "never"), 1));
    let calls = hub.calls(&mut pull_request(&good), 0);
    measured.insert("pull request, nothing to say, no comment yet", calls);
    measured.insert("pull request, first push that blocks", hub.calls(&mut pull_request(&bad), 1));
    measured.insert("pull request, run again without news", hub.calls(&mut pull_request(&bad), 1));
    for push in 2..=10 {
        let change = evals(push);
        let calls = hub.calls(&mut pull_request(&origin(("app.py", change.as_str()))), 1);
        assert!(hub.comment().contains("Since the last push: "), "{}", hub.comment());
        let row = if push < 10 {
            "pull request, a push with news"
        } else {
            "pull request, tenth push, with news each time"
        };
        measured.insert(row, calls);
    }
    measured.insert("pull request, repaired: all clear", hub.calls(&mut pull_request(&good), 0));
    assert!(hub.comment().contains("All clear"), "{}", hub.comment());
    measured.insert("pull request, after the all clear", hub.calls(&mut pull_request(&good), 0));
    hub.comments.lock().unwrap().push(format!("{}-->\nof a run at the same time", comment_start(ID)));
    measured.insert("pull request, a duplicate of the comment", hub.calls(&mut pull_request(&bad), 1));
}

fn with_a_check_run(measured: &mut BTreeMap<&'static str, usize>) {
    for (findings, row) in [
        (50, "pull request, with a check run, up to 50 annotations"),
        (120, "pull request, with a check run, more annotations"),
    ] {
        let change = evals(findings);
        let mut job = pull_request(&origin(("app.py", change.as_str())));
        measured.insert(row, Hub::start(true).calls(job.set("INPUT_CHECK-RUN", "true"), 1));
    }
}

fn forks(measured: &mut BTreeMap<&'static str, usize>) {
    let hub = Hub::start(false);
    for (change, code, row) in [
        (GOOD, 0, "pull request from a fork, nothing to say"),
        (BAD, 1, "pull request from a fork, something blocks"),
    ] {
        let origin = origin(change);
        let mut payload = origin.payload();
        payload["pull_request"]["head"]["repo"]["full_name"] = "eve/app".into();
        let mut job = pull_request(&origin);
        measured.insert(row, hub.calls(job.payload(&payload.to_string()), code));
    }
    // Its report, published by a job that may write. The first entry stands for the pull request's head here.
    let origin = origin(BAD);
    let mut first = pull_request(&origin);
    first.set("INPUT_COMMENT", "never").set("INPUT_JSON-FILE", "r.json").run();
    let run = json!({ "event": "pull_request", "head_sha": origin.head });
    let mut second = Job::of("workflow_run", &json!({ "workflow_run": run, "repository": repository() }));
    fs::copy(first.path("work/r.json"), second.path("work/r.json")).unwrap();
    let hub = Hub::start(true);
    hub.comments.lock().unwrap().push(origin.head.clone());
    second.set("INPUT_COMMENT", "").set("INPUT_PUBLISH", "r.json");
    measured.insert("workflow_run, a fork's report published", hub.calls(&mut second, 0));
}

fn other_events(measured: &mut BTreeMap<&'static str, usize>) {
    let hub = Hub::start(true);
    let repo = origin(BAD);
    let mut target = Job::of("pull_request_target", &repo.payload());
    target.checkout(&repo, "refs/heads/fix", 0, "").set("INPUT_COMMENT", "").set("GITHUB_SHA", &repo.base);
    measured.insert("pull_request_target, with a status, something blocks", hub.calls(&mut target, 1));
    let push = json!({ "ref": "refs/heads/fix", "before": repo.base, "after": repo.head, "repository": repository() });
    let mut job = Job::of("push", &push);
    job.checkout(&repo, "refs/heads/fix", 0, "").set("INPUT_COMMENT", "");
    measured.insert("push", hub.calls(&mut job, 1));
    measured.insert("push, with a check run", hub.calls(job.set("INPUT_CHECK-RUN", "true"), 1));
    let group = json!({ "base_sha": repo.base, "head_sha": repo.merge, "base_ref": "refs/heads/main" });
    let mut job = Job::of("merge_group", &json!({ "merge_group": group, "repository": repository() }));
    job.checkout(&repo, "refs/pull/7/merge", 0, "").set("INPUT_COMMENT", "").set("GITHUB_SHA", &repo.merge);
    measured.insert("merge_group", hub.calls(&mut job, 1));
    let mut job = Job::of("schedule", &json!({}));
    job.checkout(&repo, "refs/heads/fix", 1, "").set("INPUT_COMMENT", "");
    measured.insert("schedule", hub.calls(&mut job, 0));
}

fn without_a_checkout(measured: &mut BTreeMap<&'static str, usize>) {
    let origin = origin(BAD);
    let hub = crate::hub::Hub::of(&origin);
    let variables = [("GITHUB_API_URL", hub.url()), ("GITHUB_TOKEN", TOKEN.to_owned())];
    let surroundings = Surroundings {
        environment: variables.into_iter().collect(),
        today: DAY.parse().unwrap(),
        colour: false,
        watched: false,
        network: network(&FakeClock::default()),
    };
    let cli = ["roadworthy", "check", "--repo", "acme/app", "--pr", "7"];
    let output = app::run(Cli::parse_from(cli), &surroundings).unwrap();
    assert_eq!(output.code, 1, "{}", output.stdout);
    measured.insert("`check --repo --pr` without a checkout, few files", hub.log().len());
}

#[test]
fn every_run_costs_what_the_table_says() {
    let mut measured = BTreeMap::new();
    one_pull_request(&mut measured);
    with_a_check_run(&mut measured);
    forks(&mut measured);
    other_events(&mut measured);
    without_a_checkout(&mut measured);
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/github.md")).unwrap();
    let (_, table) = text.split_once("| run | requests |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let told: BTreeMap<&str, usize> = rows
        .map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            (cells[0], cells[1].parse().unwrap())
        })
        .collect();
    assert_eq!(measured, told);
    assert!(told.iter().filter(|(run, _)| run.starts_with("pull request")).all(|(_, calls)| *calls <= 4));
}

#[test]
fn the_report_counts_its_calls() {
    let hub = Hub::start(true);
    let mut job = pull_request(&origin(BAD));
    assert_eq!(hub.calls(job.set("INPUT_JSON-FILE", "r.json"), 1), 2);
    let report: Value = serde_json::from_slice(&fs::read(job.path("work/r.json")).unwrap()).unwrap();
    assert_eq!(report["usage"]["api_calls"], 2);
}
