//! Every way in which GitHub can fail a comment or a check run, against what comes of it: the verdict stays, the reader of
//! the log is told, and nothing is said twice.

use crate::calls::{BAD, Fault, Hub, origin, pull_request};
use crate::github::reply;
use crate::runner::TOKEN;
use wiremock::ResponseTemplate;

fn faults() -> Vec<(&'static str, bool, ResponseTemplate)> {
    let refused = r#"{"message": "Resource not accessible by integration"}"#;
    let limited =
        r#"{"data": null, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}"#;
    vec![
        ("401", false, reply(401, r#"{"message": "Bad credentials"}"#)),
        ("403", false, reply(403, refused)),
        ("404", false, reply(404, r#"{"message": "Not Found"}"#)),
        ("409", false, reply(409, r#"{"message": "Conflict"}"#)),
        ("422", false, reply(422, r#"{"message": "Validation Failed"}"#)),
        ("429 for an hour", false, reply(429, "{}").insert_header("retry-after", "3600")),
        ("500", false, reply(500, "oops")),
        ("502 that was done", true, reply(502, "")),
        ("malformed", true, reply(201, "{\"id\"")),
        ("a page of a portal", false, ResponseTemplate::new(200).set_body_raw("<html>", "text/html")),
        ("a limit with status 200", false, reply(200, limited)),
        ("null", false, reply(200, "null")),
        ("another shape", false, reply(200, "[]")),
        ("another host", false, ResponseTemplate::new(302).insert_header("location", "http://evil.example/")),
    ]
}

const ALIKE: [&str; 6] = ["404", "409", "500", "null", "a page of a portal", "another host"];

#[test]
fn no_fault_changes_the_verdict_or_says_a_thing_twice() {
    let origin = origin(BAD);
    let mut job = pull_request(&origin);
    job.set("INPUT_CHECK-RUN", "true");
    for at in ["/graphql", "/comments", "/check-runs"] {
        // Those that look the same to each kind of request are tried on one.
        let all = at == "/comments";
        for (name, done, answer) in faults().into_iter().filter(|(name, ..)| all || !ALIKE.contains(name)) {
            let name = format!("{name} at {at}");
            let hub = Hub::failing(true, Some(Fault { at, done, answer }));
            let (output, waited) = hub.run(&mut job);
            assert_eq!(output.code, 1, "{name}: {}", output.stdout);
            let comments = hub.comments.lock().unwrap().clone();
            assert!(comments.len() <= 1 && hub.asked() <= 12 && waited <= 180, "{name}: {comments:?}");
            assert!(!format!("{}{}", output.stdout, output.stderr).contains(TOKEN), "{name}");
            assert!(output.stdout.contains("::notice::the "), "{name}: {}", output.stdout);
            if comments.is_empty() {
                continue;
            }
            // What was done although nobody heard of it is found by the next run.
            let healed = Hub::failing(true, None);
            healed.comments.lock().unwrap().extend(comments);
            assert_eq!(healed.run(&mut job).0.code, 1, "{name}");
            assert_eq!(healed.comments.lock().unwrap().len(), 1, "{name}");
        }
    }
}
