//! What is said to GitHub, call by call: the comment is found, edited or made; a check run never says a thing twice.

use crate::samples;
use roadworthy::github::{Api, ApiError, Ask, Graph, GraphError, Method};
use roadworthy::publish::{CheckRun, Comment, MAX_ANNOTATIONS, Status, Written, attaches};
use roadworthy::report::{Options, check_page};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::VecDeque;

const START: &str = "<!-- ours ";

/// Answers in turn, and notes what was asked.
#[derive(Default)]
struct Script {
    answers: RefCell<VecDeque<Result<Value, ApiError>>>,
    asked: RefCell<Vec<(String, Value)>>,
}

impl Script {
    fn of(answers: Vec<Result<Value, ApiError>>) -> Self {
        Self { answers: RefCell::new(answers.into()), ..Self::default() }
    }

    fn next(&self, line: String, body: &Value) -> Result<Value, ApiError> {
        self.asked.borrow_mut().push((line, body.clone()));
        self.answers.borrow_mut().pop_front().expect("an answer for every call")
    }

    fn asked(&self) -> Vec<String> {
        self.asked.borrow().iter().map(|(line, _)| line.clone()).collect()
    }

    fn body(&self, call: usize) -> Value {
        self.asked.borrow()[call].1.clone()
    }
}

impl Api for Script {
    fn repository(&self) -> &'static str {
        "acme/app"
    }

    fn get(&self, ask: Ask<'_>) -> Result<Value, ApiError> {
        self.next(format!("GET {}", ask.path), &Value::Null)
    }

    fn get_all(&self, ask: Ask<'_>, _: Option<&str>, _: usize) -> Result<Vec<Value>, ApiError> {
        self.next(format!("GET {}", ask.path), &Value::Null).map(|one| vec![one])
    }

    fn send(&self, method: Method, ask: Ask<'_>, body: &Value) -> Result<Value, ApiError> {
        self.next(format!("{method:?} {}", ask.path), body)
    }

    fn graphql(&self, _: Ask<'_>, query: &str, variables: &Value) -> Result<Graph, ApiError> {
        let word = if query.starts_with("mutation") { "mutation" } else { "query" };
        let data = self.next(word.to_owned(), variables)?;
        let errors = match data.get("forbidden") {
            Some(_) => vec![GraphError { kind: "FORBIDDEN".to_owned(), ..GraphError::default() }],
            None => Vec::new(),
        };
        Ok(Graph { data, errors })
    }

    fn calls(&self) -> u64 {
        self.asked.borrow().len() as u64
    }
}

fn comment(id: u64, mine: bool, minimized: bool, body: &str) -> Value {
    json!({ "id": format!("IC_{id}"), "fullDatabaseId": id.to_string(), "viewerDidAuthor": mine, "isMinimized": minimized, "body": body })
}

#[allow(clippy::unnecessary_wraps, reason = "an answer of the script")]
fn page(nodes: &[Value], more: bool) -> Result<Value, ApiError> {
    let info = json!({ "hasNextPage": more, "endCursor": if more { json!("next") } else { Value::Null } });
    Ok(json!({ "repository": { "pullRequest": { "comments": { "nodes": nodes, "pageInfo": info } } } }))
}

fn written(api: &Script, text: Option<&str>) -> Result<Written, ApiError> {
    let text = |_: Option<&str>| text.map(str::to_owned);
    Comment { number: 7, start: START }.publish(api, &text, &|one, other| one == other)
}

#[test]
fn a_comment_is_ours_by_marker_and_author() {
    let text = format!("{START}-->\nnew");
    let old = format!("{START}-->\nold");
    let others = [comment(1, false, false, &old), comment(2, true, false, "a word of a person")];
    let api = Script::of(vec![page(&others, false), Ok(json!({ "id": 1 }))]);
    assert_eq!(written(&api, Some(&text)), Ok(Written::Created));
    assert_eq!(api.asked(), ["query", "Post /repos/acme/app/issues/7/comments"]);
    assert_eq!(api.body(1), json!({ "body": text }));
    // One that only quotes the marker is not ours either.
    let quoting = [comment(3, true, false, &format!("> {old}"))];
    let api = Script::of(vec![page(&quoting, false), Ok(json!({ "id": 1 }))]);
    assert_eq!(written(&api, Some(&text)), Ok(Written::Created));
}

#[test]
fn it_is_edited_only_with_news() {
    let old = format!("{START}-->\nold");
    let ours = [comment(4_000_000_000, true, false, &old)];
    let api = Script::of(vec![page(&ours, false)]);
    assert_eq!(written(&api, Some(&old)), Ok(Written::Unchanged));
    let api = Script::of(vec![page(&ours, false)]);
    assert_eq!(written(&api, None), Ok(Written::Nothing));
    let api = Script::of(vec![page(&ours, false), Ok(json!({ "id": 1 }))]);
    assert_eq!(written(&api, Some("new")), Ok(Written::Edited));
    assert_eq!(api.asked()[1], "Patch /repos/acme/app/issues/comments/4000000000");
    // Nothing to say, and nothing there: the look-up is all.
    let api = Script::of(vec![page(&[], false)]);
    assert_eq!((written(&api, None), api.calls()), (Ok(Written::Nothing), 1));
}

#[test]
fn it_is_looked_for_on_later_pages() {
    let api = Script::of(vec![
        page(&[], true),
        page(&[comment(9, true, false, START)], true),
        Ok(json!({ "id": 1 })),
    ]);
    assert_eq!(written(&api, Some("new")), Ok(Written::Edited));
    assert_eq!(api.body(1)["after"], "next");
    // In an endless list nothing is created: it could be there.
    let api = Script::of((0..50).map(|_| page(&[], true)).collect());
    assert!(matches!(written(&api, Some("new")), Err(ApiError::TooMany { .. })));
    assert!(api.asked().iter().all(|line| line == "query"));
}

#[test]
fn duplicates_are_minimised_and_the_oldest_kept() {
    let ours = [5, 6, 7].map(|id| comment(id, true, id == 7, START));
    let api = Script::of(vec![page(&ours, false), Ok(json!({ "id": 1 })), Ok(json!({ "id": 1 }))]);
    assert_eq!(written(&api, Some("new")), Ok(Written::Edited));
    assert_eq!(api.asked(), ["query", "Patch /repos/acme/app/issues/comments/5", "mutation"]);
    assert_eq!(api.body(2), json!({ "id": "IC_6" }));
    // Somebody hid the oldest: the next one goes on, and nothing is unhidden.
    let ours = [comment(5, true, true, START), comment(6, true, false, START)];
    let api = Script::of(vec![page(&ours, false), Ok(json!({ "id": 1 }))]);
    assert_eq!(written(&api, Some("new")), Ok(Written::Edited));
    assert_eq!(api.asked()[1], "Patch /repos/acme/app/issues/comments/6");
}

#[test]
fn without_the_list_nothing_is_created() {
    for answer in [
        Ok(json!({ "repository": null })),
        Ok(json!({ "repository": { "pullRequest": null }, "forbidden": true })),
        Ok(json!({ "repository": { "pullRequest": { "comments": { "nodes": null } } } })),
        Err(ApiError::OutOfTime { what: "x" }),
    ] {
        let api = Script::of(vec![answer]);
        assert!(written(&api, Some("new")).is_err());
        assert_eq!(api.calls(), 1);
    }
    // Entries that make no sense are none of ours.
    let odd = [
        json!(null),
        json!({ "body": null }),
        json!({ "body": START, "viewerDidAuthor": true, "fullDatabaseId": "x" }),
    ];
    let api = Script::of(vec![page(&odd, false), Ok(json!({ "id": 1 }))]);
    assert_eq!(written(&api, Some("new")), Ok(Written::Created));
}

#[test]
fn annotations_come_in_batches_and_end() {
    for (findings, batches) in [(0_u32, vec![0]), (20, vec![40]), (30, vec![50, 10]), (500, vec![50, 50])] {
        let page = check_page(&samples::many(findings), &Options::default());
        let run = CheckRun {
            name: "report",
            commit: "abc",
            conclusion: "failure",
            external_id: Some("42/1".to_owned()),
            details: None,
            page: &page,
        };
        let api = Script::of(vec![Ok(json!({ "id": 8 })), Ok(json!({ "id": 1 }))]);
        run.publish(&api).unwrap();
        let calls: Vec<usize> = (0..api.asked().len())
            .map(|call| api.body(call)["output"]["annotations"].as_array().unwrap().len())
            .collect();
        assert_eq!(calls, batches, "{findings}");
        assert!(calls.iter().sum::<usize>() <= MAX_ANNOTATIONS);
        if calls.len() > 1 {
            assert_eq!(api.asked()[1], "Append /repos/acme/app/check-runs/8");
        }
        let body = api.body(0);
        assert_eq!((&body["status"], &body["conclusion"]), (&json!("completed"), &json!("failure")));
        assert!(body["output"]["summary"].as_str().unwrap().len() <= 65_535);
    }
}

#[test]
fn annotations_are_what_github_takes() {
    for report in [samples::several(), samples::hostile(), samples::many(100), samples::with_code()] {
        let page = check_page(&report, &Options::default());
        assert!(page.title.chars().count() <= 255);
        for one in &page.annotations {
            assert!(one.line >= 1 && one.end_line >= one.line, "{one:?}");
            assert!(["failure", "warning", "notice"].contains(&one.level));
            assert!(one.title.chars().count() <= 255 && one.message.len() <= 64 * 1024);
            assert!(!one.path.chars().any(char::is_control) && one.path.len() <= 1024, "{one:?}");
        }
    }
}

#[test]
fn a_status_is_one_short_line() {
    let status =
        Status { commit: "abc", state: "failure", context: "gate", description: "2 rules", target: None };
    let api = Script::of(vec![Ok(json!({ "id": 1 }))]);
    status.publish(&api).unwrap();
    assert_eq!(api.asked(), ["Post /repos/acme/app/statuses/abc"]);
    assert!(api.body(0).get("target_url").is_none());
    for (event, shows) in [
        ("pull_request", true),
        ("merge_group", true),
        ("push", true),
        ("pull_request_target", false),
        ("workflow_run", false),
        ("issue_comment", false),
    ] {
        assert_eq!(attaches(event), shows, "{event}");
    }
}
