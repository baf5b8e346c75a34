//! The client against a local server that misbehaves on demand, and the event parser against GitHub's own examples.

use roadworthy::github::{
    Api, ApiError, Ask, Client, Clock, Context, Credentials, EventError, Limits, Platform, Settings, Token,
};

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wiremock::matchers::{any, header, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) const TOKEN: &str = "ghs_never_to_be_seen";

/// Stands still until somebody waits.
#[derive(Clone, Default)]
pub(crate) struct FakeClock(Rc<(Cell<i64>, RefCell<Vec<u64>>)>);

impl FakeClock {
    pub(crate) fn waits(&self) -> Vec<u64> {
        self.0.1.borrow().clone()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> i64 {
        self.0.0.get()
    }

    fn pause(&self, time: Duration) {
        self.0.1.borrow_mut().push(time.as_secs());
        self.0.0.set(self.0.0.get() + i64::try_from(time.as_secs()).unwrap());
    }
}

/// A server on a thread of its own, and what is needed to prepare it.
pub(crate) struct Server {
    runtime: tokio::runtime::Runtime,
    pub(crate) mock: MockServer,
}

impl Server {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mock = runtime.block_on(MockServer::start());
        Self { runtime, mock }
    }

    /// Answers in turn; the last one is repeated.
    pub(crate) fn answers(answers: Vec<ResponseTemplate>) -> Self {
        let server = Self::start();
        let turn = std::sync::atomic::AtomicUsize::new(0);
        let next = move |_: &Request| {
            let turn = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            answers[turn.min(answers.len() - 1)].clone()
        };
        server.mount(Mock::given(any()).respond_with(next));
        server
    }

    pub(crate) fn mount(&self, mock: Mock) {
        self.runtime.block_on(mock.mount(&self.mock));
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.runtime.block_on(self.mock.received_requests()).unwrap()
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            api_url: format!("{}/api/v3/", self.mock.uri()),
            repository: "acme/app".to_owned(),
            graphql_url: format!("{}/api/graphql", self.mock.uri()),
            credentials: Credentials::Token(Token::new(TOKEN).unwrap()),
            roots: None,
            limits: Limits::default(),
        }
    }

    pub(crate) fn client(&self) -> (Client, FakeClock) {
        let clock = FakeClock::default();
        (Client::new(self.settings(), Box::new(clock.clone())).unwrap(), clock)
    }
}

pub(crate) fn ask(path: &str) -> Ask<'_> {
    Ask { what: "it", path, permission: "contents: read" }
}

pub(crate) fn reply(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "application/json")
}

const REFUSAL: &str = r#"{"message": "Resource not accessible by integration"}"#;

#[test]
fn a_list_is_read_page_by_page() {
    let server = Server::start();
    let entry =
        |number: usize| serde_json::json!({"sha": format!("{number:040}"), "commit": {"message": "m"}});
    for (page, numbers, link) in [("1", 0..100, true), ("2", 100..130, false)] {
        let body = serde_json::Value::from(numbers.map(entry).collect::<Vec<_>>());
        let mut answer = ResponseTemplate::new(200).set_body_json(body);
        if link {
            let next =
                format!("{}/api/v3/repos/acme/app/pulls/7/commits?per_page=100&page=2", server.mock.uri());
            answer = answer.insert_header("link", format!("<{next}>; rel=\"next\"").as_str());
        }
        let mock =
            Mock::given(path("/api/v3/repos/acme/app/pulls/7/commits")).and(query_param("per_page", "100"));
        let mock =
            if link { mock.and(query_param_is_missing("page")) } else { mock.and(query_param("page", page)) };
        server.mount(mock.respond_with(answer));
    }
    let (client, clock) = server.client();
    let commits = client.commits(7).unwrap();
    assert_eq!((commits.len(), commits[129].message.as_str()), (130, "m"));
    assert_eq!((client.calls(), clock.waits().len()), (2, 0));
    let expected = [
        ("user-agent", concat!("roadworthy/", env!("CARGO_PKG_VERSION"))),
        ("x-github-api-version", "2022-11-28"),
        ("accept", "application/vnd.github+json, application/json;q=0.9"),
        ("authorization", &format!("Bearer {TOKEN}")),
    ];
    for (request, (name, value)) in server.requests().iter().flat_map(|one| expected.map(|pair| (one, pair)))
    {
        // Once: servers join a repeated header into one that they do not understand.
        let sent: Vec<_> = request.headers.get_all(name).iter().collect();
        assert_eq!(sent, [value], "{name}");
    }
}

#[test]
fn the_live_pull_request_is_read() {
    let body = r#"{"number": 7, "title": "now", "labels": [{"name": "ready"}], "head": {"repo": null}}"#;
    let server = Server::answers(vec![reply(200, body)]);
    let pull = server.client().0.pull_request(7).unwrap();
    assert_eq!(
        (pull.title.as_str(), pull.labels.as_slice(), pull.fork),
        ("now", &["ready".to_owned()][..], true)
    );
}

/// One row: what the server answers, what comes of it (part of the error, or none), how many calls, which waits.
type Fault = (&'static str, Vec<ResponseTemplate>, Option<&'static str>, u64, Vec<u64>);

#[test]
fn faults_are_retried_within_bounds_or_told() {
    let ok = || reply(200, "[]");
    let later = |status: u16, seconds: &str| reply(status, "{}").insert_header("retry-after", seconds);
    let faults: Vec<Fault> = vec![
        ("500 then ok", vec![reply(500, "oops"), ok()], None, 2, vec![1]),
        ("502 for ever", vec![reply(502, "")], Some("status 502"), 3, vec![1, 2]),
        ("429 with retry-after", vec![later(429, "7"), ok()], None, 2, vec![7]),
        ("429 for too long", vec![later(429, "3600")], Some("resets in 60 minutes"), 1, vec![]),
        ("429 for ever", vec![later(429, "20")], Some("did not reset"), 3, vec![20, 20]),
        ("403 that is a limit", vec![later(403, "5"), ok()], None, 2, vec![5]),
        ("401", vec![reply(401, REFUSAL)], Some("refused the token"), 1, vec![]),
        ("403", vec![reply(403, REFUSAL)], Some("(403: Resource not accessible by integration)"), 1, vec![]),
        ("404", vec![reply(404, "<html>")], Some("(404: no reason given)"), 1, vec![]),
        ("422", vec![reply(422, REFUSAL)], Some("(422: Resource"), 1, vec![]),
        ("malformed JSON", vec![reply(200, "[{\"sha\":")], Some("makes no sense"), 1, vec![]),
        ("another shape", vec![reply(200, "{}")], Some("not a list"), 1, vec![]),
        ("null", vec![reply(200, "null")], Some("not a list"), 1, vec![]),
        ("entries of another shape", vec![reply(200, "[1]")], Some("without id"), 1, vec![]),
        ("nothing", vec![ResponseTemplate::new(204)], Some("not a list"), 1, vec![]),
    ];
    for (name, answers, expected, calls, waits) in faults {
        let server = Server::answers(answers);
        let (client, clock) = server.client();
        match (client.commits(7), expected) {
            (Ok(commits), None) => assert!(commits.is_empty(), "{name}"),
            (Err(error), Some(part)) => assert!(error.to_string().contains(part), "{name}: {error}"),
            (result, _) => panic!("{name}: {result:?}"),
        }
        assert_eq!((client.calls(), clock.waits()), (calls, waits), "{name}");
    }
}

#[test]
fn the_needed_permission_is_named() {
    let accepted =
        reply(403, REFUSAL).insert_header("x-accepted-github-permissions", "issues=read; contents=read");
    for (answer, expected) in [(reply(404, REFUSAL), "pull-requests: read"), (accepted, "issues: read")] {
        let server = Server::answers(vec![answer]);
        let error = server.client().0.approvals(7).unwrap_err();
        let ApiError::Refused { permission, .. } = &error else { panic!("{error}") };
        assert_eq!(permission, expected);
    }
}

#[test]
fn endless_paging_ends() {
    for page in ["[1]", "[]"] {
        let server = Server::start();
        let uri = server.mock.uri();
        let turn = std::sync::atomic::AtomicUsize::new(0);
        server.mount(Mock::given(any()).respond_with(move |_: &Request| {
            let turn = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let next = format!("<{uri}/api/v3/x?page={turn}>; rel=\"next\"");
            reply(200, page).insert_header("link", next.as_str())
        }));
        let (client, _) = server.client();
        let error = client.get_all(ask("/x"), None, 1000).unwrap_err().to_string();
        assert!(error.contains("its pages do not end"), "{error}");
        assert_eq!(client.calls(), 11, "{page}");
    }
    let server = Server::answers(vec![reply(200, "[1, 2, 3]")]);
    assert!(matches!(server.client().0.get_all(ask("/x"), None, 2), Err(ApiError::TooMany { limit: 2, .. })));
    let link = "<https://evil.example/api/v3/x?page=2>; rel=\"next\"";
    let server = Server::answers(vec![reply(200, "[]").insert_header("link", link)]);
    let error = server.client().0.get_all(ask("/x"), None, 1000).unwrap_err().to_string();
    assert!(error.contains("on another host"), "{error}");
}

#[test]
fn the_commits_that_github_does_not_list_are_not_forgotten() {
    let entry = serde_json::json!({"sha": "a", "commit": {"message": "m"}});
    let server = Server::answers(vec![ResponseTemplate::new(200).set_body_json(vec![entry; 250])]);
    assert!(matches!(server.client().0.commits(7), Err(ApiError::TooMany { limit: 250, .. })));
}

#[test]
fn the_token_never_follows_a_redirect_to_another_host() {
    let other = Server::answers(vec![reply(200, "[]")]);
    let server =
        Server::answers(vec![ResponseTemplate::new(302).insert_header("location", other.mock.uri())]);
    let error = server.client().0.commits(7).unwrap_err().to_string();
    assert!(error.contains("redirect to another host"), "{error}");
    assert_eq!(other.requests().len(), 0);
}

#[test]
fn a_redirect_on_the_same_host_is_followed() {
    let server = Server::start();
    let moved = ResponseTemplate::new(301).insert_header("location", "/repositories/1/pulls/7/commits");
    server.mount(Mock::given(path("/api/v3/repos/acme/app/pulls/7/commits")).respond_with(moved));
    let there = Mock::given(path("/repositories/1/pulls/7/commits"));
    server
        .mount(there.and(header("authorization", format!("Bearer {TOKEN}"))).respond_with(reply(200, "[]")));
    assert_eq!(server.client().0.commits(7), Ok(vec![]));
    // One that never ends is not.
    let looping = Server::answers(vec![ResponseTemplate::new(301).insert_header("location", "/again")]);
    assert!(looping.client().0.commits(7).is_err());
    assert!(looping.requests().len() < 6);
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    // Accepts nothing: connections wait in the queue of a listener that nobody serves.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = Server::start().settings();
    settings.api_url = format!("http://{}", silent.local_addr().unwrap());
    settings.limits.request = Duration::from_millis(30);
    let clock = FakeClock::default();
    let client = Client::new(settings, Box::new(clock.clone())).unwrap();
    let error = client.commits(7).unwrap_err();
    assert!(matches!(error, ApiError::Unavailable { .. }), "{error}");
    assert_eq!((client.calls(), clock.waits()), (3, vec![1, 2]));
}

#[test]
fn the_time_of_a_run_is_bounded() {
    let server = Server::answers(vec![reply(429, "{}").insert_header("retry-after", "50")]);
    let mut settings = server.settings();
    settings.limits.total = Duration::from_secs(80);
    let clock = FakeClock::default();
    let client = Client::new(settings, Box::new(clock.clone())).unwrap();
    assert!(matches!(client.commits(7), Err(ApiError::OutOfTime { .. })));
    assert_eq!((client.calls(), clock.waits()), (2, vec![50]));
    assert!(matches!(client.approvals(7), Err(ApiError::OutOfTime { .. })));
}

#[test]
fn no_error_holds_the_token_or_a_line_break() {
    let echo = format!(r#"{{"message": "bad token {TOKEN}\n::error::owned"}}"#);
    for status in [401, 403, 404, 409, 422, 429, 500, 302] {
        let server = Server::answers(vec![reply(status, &echo)]);
        let (client, _) = server.client();
        let error = client.commits(7).unwrap_err();
        let text = format!("{error} {error:?} {client:?} {:?}", server.settings());
        assert!(!text.contains(TOKEN) && !error.to_string().contains('\n'), "{status}: {text}");
    }
}

/// Runs over the npm package `@octokit/webhooks-examples` where `WEBHOOKS_EXAMPLES` names its folder, as `.ci/run` does.
#[test]
fn every_published_example_is_understood_or_refused_with_reason() {
    let Some(folder) = std::env::var_os("WEBHOOKS_EXAMPLES") else { return };
    let mut judged = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let index = entry.unwrap().path().join("index.json");
        let Ok(text) = std::fs::read_to_string(&index) else { continue };
        let events: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        for event in &events {
            let name = event["name"].as_str().unwrap();
            for (number, example) in event["examples"].as_array().unwrap().iter().enumerate() {
                judged +=
                    usize::from(understood(name, example, &format!("{}: {name} {number}", index.display())));
            }
        }
    }
    assert!(judged > 60, "{judged} examples were understood");
}

fn understood(name: &str, example: &serde_json::Value, place: &str) -> bool {
    let payload = example.to_string().into_bytes();
    let truncated = &payload[..payload.len() / 2];
    match Context::parse(name, &payload) {
        Ok(context) => {
            assert!(matches!(Context::parse(name, truncated), Err(EventError::Broken(_))), "{place}");
            assert_eq!(context.repository.as_deref(), example["repository"]["full_name"].as_str(), "{place}");
            let number = context.trigger.pull_request().map(|pull| pull.number);
            assert_eq!(number, example["pull_request"]["number"].as_u64(), "{place}");
            true
        }
        Err(error) => {
            assert!(matches!(error, EventError::Unsupported { .. }), "{place}: {error}");
            false
        }
    }
}
