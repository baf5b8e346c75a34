//! Writes, GraphQL, conditional requests and an App's credentials: nothing is done twice, nothing is asked in vain.

use crate::github::{FakeClock, Server, TOKEN, ask, reply};
use roadworthy::github::{Api, ApiError, App, Client, Credentials, Method};
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::matchers::{any, body_json, header, method, path};
use wiremock::{Mock, ResponseTemplate};

/// One row: the method, what the server answers, what comes of it (part of the error, or none), how many requests.
type Row = (&'static str, Method, Vec<ResponseTemplate>, Option<&'static str>, u64);

#[test]
#[allow(clippy::too_many_lines, reason = "one row for each answer of the server")]
fn no_write_is_done_twice() {
    let ok = || reply(201, r#"{"id": 1}"#);
    let later = |status: u16, seconds: &str| reply(status, "{}").insert_header("retry-after", seconds);
    let spent = || {
        reply(403, "{}").insert_header("x-ratelimit-remaining", "0").insert_header("x-ratelimit-reset", "9")
    };
    let secondary = || reply(403, r#"{"message": "You have exceeded a secondary rate limit"}"#);
    let rows: Vec<Row> = vec![
        ("created", Method::Post, vec![ok()], None, 1),
        (
            "500 may have been done",
            Method::Post,
            vec![reply(500, ""), ok()],
            Some("whether it was done: status 500"),
            1,
        ),
        (
            "502 may have been done",
            Method::Append,
            vec![reply(502, ""), ok()],
            Some("whether it was done"),
            1,
        ),
        ("refused by a limit", Method::Post, vec![later(429, "3"), ok()], None, 2),
        ("refused by the primary limit", Method::Post, vec![spent(), ok()], None, 2),
        ("refused without a header", Method::Post, vec![secondary(), ok()], Some("rate limit"), 1),
        ("429 without a header", Method::Append, vec![reply(429, "{}"), ok()], Some("rate limit"), 1),
        ("a limit of an hour", Method::Post, vec![later(429, "3600"), ok()], Some("60 minutes"), 1),
        ("no permission", Method::Post, vec![reply(403, "{}"), ok()], Some("(403"), 1),
        (
            "a conflict",
            Method::Post,
            vec![reply(409, r#"{"message": "busy"}"#)],
            Some("rejected it (409: busy)"),
            1,
        ),
        (
            "invalid",
            Method::Post,
            vec![reply(
                422,
                r#"{"message": "Validation Failed", "errors": [{"message": "body is too long"}]}"#,
            )],
            Some("(422: Validation Failed: body is too long)"),
            1,
        ),
        (
            "moved",
            Method::Post,
            vec![ResponseTemplate::new(302).insert_header("location", "/x"), ok()],
            Some("redirect"),
            1,
        ),
        ("an edit is the same twice", Method::Patch, vec![reply(502, ""), reply(200, "{}")], None, 2),
        ("removed", Method::Delete, vec![ResponseTemplate::new(204)], None, 1),
        (
            "created, and the reply is cut",
            Method::Post,
            vec![reply(201, "{\"id\"")],
            Some("makes no sense"),
            1,
        ),
    ];
    for (name, method, answers, expected, calls) in rows {
        let server = Server::answers(answers);
        let (client, _) = server.client();
        match (client.send(method, ask("/repos/acme/app/x"), &json!({"a": 1})), expected) {
            (Ok(_), None) => {}
            (Err(error), Some(part)) => assert!(error.to_string().contains(part), "{name}: {error}"),
            (result, _) => panic!("{name}: {result:?}"),
        }
        assert_eq!((client.calls(), server.requests().len() as u64), (calls, calls), "{name}");
    }
}

#[test]
fn a_write_that_is_not_answered_is_uncertain() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = Server::start().settings();
    settings.api_url = format!("http://{}", silent.local_addr().unwrap());
    settings.limits.request = Duration::from_millis(30);
    let client = Client::new(settings, Box::new(FakeClock::default())).unwrap();
    let error = client.send(Method::Post, ask("/x"), &json!({})).unwrap_err();
    assert!(matches!(error, ApiError::Uncertain { .. }), "{error}");
    assert_eq!(client.calls(), 1);
}

#[test]
fn a_second_lies_between_writes_and_none_before_reads() {
    let server = Server::answers(vec![reply(200, "{}")]);
    let (client, clock) = server.client();
    client.get(ask("/a")).unwrap();
    client.send(Method::Post, ask("/a"), &json!({})).unwrap();
    client.get(ask("/b")).unwrap();
    client.send(Method::Patch, ask("/a"), &json!({})).unwrap();
    client.graphql(ask(""), "mutation { x }", &json!({})).unwrap_err();
    assert_eq!(clock.waits(), [1, 1]);
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    let server = Server::start();
    let fresh = reply(200, "[1]").insert_header("etag", "W/\"1\"");
    server.mount(
        Mock::given(header("if-none-match", "W/\"1\""))
            .respond_with(ResponseTemplate::new(304))
            .with_priority(1),
    );
    server.mount(Mock::given(any()).respond_with(fresh));
    let (client, _) = server.client();
    for _ in 0..3 {
        assert_eq!(client.get_all(ask("/x"), None, 10), Ok(vec![json!(1)]));
    }
    let conditional =
        server.requests().iter().filter(|one| one.headers.contains_key("if-none-match")).count();
    assert_eq!((conditional, client.calls()), (2, 3));
}

#[test]
fn graphql_goes_to_its_own_address_with_the_token() {
    let server = Server::start();
    let expected = json!({"query": "query($n: Int!) { x }", "variables": {"n": 7}});
    let mock = Mock::given(method("POST"))
        .and(path("/api/graphql"))
        .and(header("authorization", format!("Bearer {TOKEN}")))
        .and(body_json(expected));
    server.mount(mock.respond_with(reply(200, r#"{"data": {"x": 1}}"#)));
    let graph = server.client().0.graphql(ask(""), "query($n: Int!) { x }", &json!({"n": 7})).unwrap();
    assert_eq!((graph.data, graph.errors.len()), (json!({"x": 1}), 0));
}

#[test]
fn limits_of_graphql_are_told_with_status_200() {
    let limited =
        || reply(200, r#"{"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}"#);
    let data = || reply(200, r#"{"data": {"x": 1}}"#);
    let waits = |answers, query: &str| {
        let server = Server::answers(answers);
        let (client, clock) = server.client();
        let result = client.graphql(ask(""), query, &Value::Null).map(|graph| graph.data);
        (result.map_err(|error| error.to_string()), clock.waits())
    };
    let soon = limited().insert_header("retry-after", "5");
    assert_eq!(waits(vec![soon.clone(), data()], "{ x }"), (Ok(json!({"x": 1})), vec![5]));
    assert_eq!(waits(vec![soon, data()], "mutation { x }").1, [5]);
    assert_eq!(waits(vec![limited(), data()], "{ x }").1, [60]);
    // Without a header it is not sure that nothing was done.
    assert!(waits(vec![limited(), data()], "mutation { x }").0.unwrap_err().contains("rate limit"));
    assert_eq!(waits(vec![reply(502, ""), data()], "{ x }").1, [1]);
    assert!(waits(vec![reply(502, ""), data()], "mutation { x }").0.unwrap_err().contains("was done"));
}

#[test]
fn a_graphql_answer_in_parts_is_handed_on() {
    let body = r#"{"data": {"a": null, "b": 1}, "errors": [{"type": "NOT_FOUND", "path": ["a"], "message": "gone"}]}"#;
    let server = Server::answers(vec![reply(200, body)]);
    let graph = server.client().0.graphql(ask(""), "{ a b }", &Value::Null).unwrap();
    assert_eq!((graph.data["b"].clone(), graph.errors[0].path.as_str()), (json!(1), "a"));
}

/// A key made for this test alone, without its two marking lines, so that nobody takes it for a leak.
const KEY: &str = include_str!("../cases/github/app-key.txt");

fn key() -> String {
    let line = |word: &str| format!("-----{word} RSA PRIVATE KEY-----\n");
    format!("{}{KEY}{}", line("BEGIN"), line("END"))
}

fn app_client(server: &Server, installation: Option<u64>) -> Client {
    let mut settings = server.settings();
    settings.credentials = Credentials::App(Box::new(App::new("Iv1.abc", &key(), installation).unwrap()));
    Client::new(settings, Box::new(FakeClock::default())).unwrap()
}

#[test]
fn an_app_buys_a_token_for_this_repository_alone() {
    let server = Server::start();
    let at = |verb: &str, place: &str| Mock::given(method(verb)).and(path(format!("/api/v3{place}")));
    server.mount(at("GET", "/repos/acme/app/installation").respond_with(reply(200, r#"{"id": 5}"#)));
    let bought =
        at("POST", "/app/installations/5/access_tokens").and(body_json(json!({"repositories": ["app"]})));
    server.mount(bought.respond_with(reply(201, &format!(r#"{{"token": "{TOKEN}"}}"#))));
    let asked = at("GET", "/x").and(header("authorization", format!("Bearer {TOKEN}")));
    server.mount(asked.respond_with(reply(200, "1")));
    let client = app_client(&server, None);
    assert_eq!(client.calls(), 0);
    assert_eq!(client.get(ask("/x")), Ok(json!(1)));
    assert_eq!(client.get(ask("/x")), Ok(json!(1)));
    assert_eq!(client.calls(), 4);
    let word = server.requests()[0].headers["authorization"].to_str().unwrap().to_owned();
    let parts: Vec<&str> = word.strip_prefix("Bearer ").unwrap().split('.').collect();
    assert_eq!(parts.len(), 3, "{word}");
    assert!(client.made_tokens().iter().any(|token| token.expose() == TOKEN));
    assert!(!format!("{client:?}").contains("ghs_"));
}

#[test]
fn an_app_that_cannot_be_used_is_told_without_its_key() {
    let server = Server::answers(vec![reply(404, r#"{"message": "Not Found"}"#)]);
    let error = app_client(&server, None).get(ask("/x")).unwrap_err().to_string();
    assert!(error.contains("the App's installation (404"), "{error}");
    for (id, key) in [("1 2", key()), ("1", key().replace("MII", "AAA")), ("1", "x".to_owned())] {
        let error = App::new(id, &key, None).unwrap_err();
        assert!(error.contains("the App's"), "{error}");
    }
    assert!(App::new("1", &key().replace('\n', "\\n"), None).is_ok());
}
