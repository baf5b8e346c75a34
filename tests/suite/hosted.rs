//! Runs without a checkout: the same verdict as with one, from trees and blobs alone, and none where these are not to be had.

use crate::github::FakeClock;
use crate::hub::{Fault, Hub};
use crate::hub_facts::{network, network_under};
use crate::runner::{Job, NOWHERE, Origin, POLICY, TOKEN};
use crate::support::DAY;
use clap::Parser as _;
use roadworthy::app::{self, Output, Surroundings};
use roadworthy::cli::Cli;
use serde_json::Value;
use std::collections::BTreeSet;

/// Files of many kinds, and a pull request that does many things to them.
fn origin() -> Origin {
    let long = "x = 1  # a line of a large file\n".repeat(20_000);
    let main = [
        (
            ".github/roadworthy.yml",
            "version: 1\nname: Acme\nextends: [builtin:roadmap, ./more.yml]\nstage: scale\n",
        ),
        (".github/more.yml", &POLICY.replace("name: Acme\nstage: foundation\n", "")),
        ("README.md", "# Acme\n\nSets things up.\n"),
        ("package.json", r#"{ "name": "acme", "dependencies": { "express": "^4", "@sentry/node": "^8" } }"#),
        (
            "src/index.js",
            "import * as Sentry from '@sentry/node';\nSentry.init({ dsn: process.env.DSN });\nconsole.log(1);\n",
        ),
        ("src/old.js", "export function area(a, b) {\n  // as it was\n  return a * b;\n}\n"),
        ("src/gone.js", "export const gone = 1;\n"),
        ("src/bom.js", "\u{feff}export const a = 'ä';\r\nexport const b = 2;\r\n"),
        ("Dockerfile", "FROM node:22\nCOPY . .\nCMD [\"node\", \"src/index.js\"]\n"),
        (
            ".github/workflows/ci.yml",
            "on: pull_request\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n",
        ),
        ("tests/index.test.js", "test('a', () => {});\n"),
        ("db/001.sql", "CREATE TABLE a (id int);\n"),
        ("big.py", long.as_str()),
    ];
    let fix = [
        ("src/new/old.js", "export function area(a, b) {\n  // as it is\n  return a * b;\n}\n"),
        ("app.py", "eval(input())\n"),
        (
            "src/index.js",
            "import * as Sentry from '@sentry/node';\nSentry.init({ dsn: process.env.DSN });\nconsole.log(2);\n",
        ),
        ("db/002.sql", "DROP TABLE a;\n"),
        ("empty.txt", ""),
    ];
    Origin::with(&main, &fix)
}

fn surroundings(hub: &Hub, clock: &FakeClock) -> Surroundings {
    let variables = [("GITHUB_API_URL", hub.url()), ("GITHUB_TOKEN", TOKEN.to_owned())];
    Surroundings {
        environment: variables.into_iter().collect(),
        today: DAY.parse().unwrap(),
        colour: false,
        watched: false,
        network: network(clock),
    }
}

fn by_api(hub: &Hub) -> Result<Output, String> {
    by_api_in(&surroundings(hub, &FakeClock::default()))
}

fn by_api_in(surroundings: &Surroundings) -> Result<Output, String> {
    let cli = ["roadworthy", "check", "--repo", "acme/app", "--pr", "7", "--format", "json"];
    app::run(Cli::parse_from(cli), surroundings).map_err(|error| error.render(false))
}

/// The report without what tells how it was read.
fn judged(output: &Output) -> Value {
    let mut report: Value = serde_json::from_str(&output.stdout).unwrap();
    for part in ["usage", "notes", "subject"] {
        report.as_object_mut().unwrap().remove(part);
    }
    report
}

#[test]
#[allow(clippy::too_many_lines, reason = "one story, told in order")]
fn the_verdict_is_the_same_as_with_a_checkout() {
    let origin = origin();
    let here = [
        "roadworthy",
        "check",
        origin.repo.path().to_str().unwrap(),
        "--base",
        &origin.base,
        "--head",
        &origin.head,
        "--format",
        "json",
    ];
    for limit in [usize::MAX, 5] {
        let hub = Hub::of(&origin);
        hub.state().tree_limit = limit;
        let local = app::run(Cli::parse_from(here), &surroundings(&hub, &FakeClock::default())).unwrap();
        assert!(hub.log().is_empty());
        let hosted = by_api(&hub).unwrap();
        let (local_report, hosted_report) = (judged(&local), judged(&hosted));
        // Only the API knows the pull request, and only the history when and by whom files were changed.
        let known = |report: &Value| -> BTreeSet<String> {
            let rules = report["rules"].as_array().unwrap().iter();
            rules
                .filter(|rule| rule["outcome"] != "unknown")
                .map(|rule| rule["id"].as_str().unwrap().to_owned())
                .collect()
        };
        let both: BTreeSet<String> =
            known(&local_report).intersection(&known(&hosted_report)).cloned().collect();
        let findings = |report: &Value| -> Vec<Value> {
            let all = report["findings"].as_array().unwrap().iter();
            all.filter(|one| both.contains(one["rule"].as_str().unwrap())).cloned().collect()
        };
        assert_eq!(findings(&local_report), findings(&hosted_report));
        assert!(both.len() > 20 && !findings(&local_report).is_empty());
        for part in ["/verdict", "/inventory", "/policy/digest"] {
            assert_eq!(local_report.pointer(part), hosted_report.pointer(part), "{part}");
        }
        let rules = |report: &Value| report["rules"].as_array().unwrap().clone();
        for (local, hosted) in rules(&local_report).iter().zip(rules(&hosted_report)) {
            if both.contains(local["id"].as_str().unwrap()) {
                assert_eq!(*local, hosted);
            }
        }
        assert_eq!((local.code, hosted.code), (1, 1));
        let kinds: BTreeSet<String> =
            hub.asked().iter().map(|line| line.split('/').take(5).collect::<Vec<_>>().join("/")).collect();
        assert!(!kinds.iter().any(|line| line.contains("tarball") || line.contains("zipball")), "{kinds:?}");
        let once = hub
            .asked()
            .iter()
            .filter(|line| line.ends_with("/git/blobs/") || line.contains("/git/trees/"))
            .count();
        assert!(
            limit != usize::MAX || once == 3,
            "head, base and merge base are listed once each: {:?}",
            hub.asked()
        );
        assert!(hub.log().len() < 40, "{:?}", hub.asked());
    }
}

#[test]
fn what_cannot_be_read_leaves_the_verdict_open() {
    let origin = origin();
    let everywhere = |fault: Fault| {
        ["/git/trees/", "/compare/", "/graphql", "/git/blobs/", "/pulls/7"]
            .map(|part| fault.clone().at("", part))
    };
    let faults = [
        Fault::status(401, "Bad credentials"),
        Fault::forbidden("contents=read"),
        Fault::status(404, "Not Found"),
        Fault::primary(36_000),
        Fault::status(409, "Git Repository is empty."),
        Fault::status(502, "bad gateway"),
        Fault::silence(),
        Fault::cut(),
        Fault::malformed(),
        Fault::page(),
        Fault::elsewhere("http://evil.example/"),
        Fault::instead(Value::Null),
    ];
    for fault in faults.into_iter().flat_map(everywhere) {
        let hub = Hub::of(&origin);
        hub.fail(fault.clone());
        let clock = FakeClock::default();
        let network = network_under(&fault, &clock);
        match by_api_in(&Surroundings { network, ..surroundings(&hub, &clock) }) {
            Err(error) => {
                assert!(error.contains("GitHub"), "{fault:?}: {error}");
                assert!(!error.contains(TOKEN), "{error}");
            }
            // One content that is not to be had, and what is refused by GraphQL and then read by REST.
            Ok(output) => assert_eq!(output.code, 1, "{fault:?}: {}", output.stdout),
        }
    }
}

#[test]
fn texts_that_graphql_does_not_hand_out_are_read_one_by_one() {
    let origin = origin();
    let hub = Hub::of(&origin);
    hub.fail(Fault::instead(serde_json::json!({ "data": { "repository": {} } })).at("POST", "/graphql"));
    let output = by_api(&hub).unwrap();
    assert_eq!(judged(&output)["findings"], judged(&by_api(&Hub::of(&origin)).unwrap())["findings"]);
}

/// The job of a `pull_request_target` has the default branch checked out, or nothing (github-facts 5).
#[test]
fn a_pull_request_target_is_judged_without_its_checkout() {
    let bad =
        [(".github/roadworthy.yml", "version: 1\nname: Lax\nrules: {}\n"), ("app.py", "eval(input())\n")];
    for (files, came_to) in [(&bad[..], (1, "fail 1/1")), (&[("app.py", "print(1)\n")][..], (0, "pass 0/0"))]
    {
        let origin = Origin::with(&[(".github/roadworthy.yml", POLICY)], files);
        let hub = Hub::of(&origin);
        for checkout in ["", "refs/heads/main"] {
            let mut job = Job::of("pull_request_target", &origin.payload());
            job.set("GITHUB_API_URL", &hub.url()).set("GITHUB_SHA", &origin.base);
            if !checkout.is_empty() {
                job.checkout(&origin, checkout, 1, "");
            }
            let step = job.run_here(&network(&FakeClock::default()));
            assert_eq!(step.came_to(), (came_to.0, came_to.1.to_owned()), "{}", step.stdout);
        }
        hub.fail(Fault::status(403, "Resource not accessible by integration").at("GET", "/git/trees/"));
        let mut job = Job::of("pull_request_target", &origin.payload());
        let step = job.set("GITHUB_API_URL", &hub.url()).run_here(&network(&FakeClock::default()));
        assert_eq!(step.came_to(), (2, "undecided 0/0".to_owned()), "{}", step.stdout);
        assert!(
            step.summary.contains("contents: read") || step.stdout.contains("contents: read"),
            "{}",
            step.stdout
        );
    }
}

#[test]
fn a_pull_request_that_is_not_there_is_told() {
    let hub = Hub::start();
    let cli = ["roadworthy", "check", "--repo", "acme/app", "--pr", "8"];
    let error = app::run(Cli::parse_from(cli), &surroundings(&hub, &FakeClock::default())).unwrap_err();
    assert!(error.render(false).contains("404"), "{}", error.render(false));
    // And one whose commits GitHub no longer has.
    hub.state().pull["head"]["sha"] = NOWHERE.into();
    assert!(by_api(&hub).is_err());
    let mut nobody = surroundings(&hub, &FakeClock::default());
    nobody.environment = [("GITHUB_API_URL", hub.url())].into_iter().collect();
    let cli = ["roadworthy", "check", "--repo", "acme/app", "--pr", "7"];
    let error = app::run(Cli::parse_from(cli), &nobody).unwrap_err().render(false);
    assert!(error.contains("Set GITHUB_TOKEN"), "{error}");
}
