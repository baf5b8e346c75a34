//! Every way in which GitHub can fail, against what a run comes to: the right verdict or none, within its time, without
//! the token in what it says.

use crate::github::FakeClock;
use crate::hub::{Fault, Hub, reviews_rule};
use crate::hub_facts::network_under;
use crate::runner::{Job, Origin, POLICY as PLAIN};
use serde_json::json;

/// A rule about the pull request's approvals, and one about the branch.
const POLICY: &str = "version: 1
name: Acme
stage: foundation
enforce: always
rules:
  approved:
    title: Somebody else has approved
    stage: foundation
    severity: error
    require: { pull_request: { approvals: 1 } }
    why: Two see more than one.
    fix: Ask for a review.
  protected:
    title: The branch demands reviews
    stage: foundation
    severity: error
    require: { platform: { branch: { reviews: 1 }, environment: { name: '^production$', reviewers: true } } }
    why: Two see more than one.
    fix: Demand a review.
";

/// What a run may come to under a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comes {
    /// As if nothing had happened.
    Right,
    /// The gate says that it cannot decide.
    Undecided,
    /// Passed over with the reason, as `on_unknown: warn` says: the permission is missing for good.
    Told,
}

#[allow(clippy::too_many_lines, reason = "one line for each fault")]
fn faults() -> Vec<(&'static str, Fault, Comes)> {
    use Comes::{Right, Told, Undecided};
    let reviews = |fault: Fault| fault.at("GET", "/pulls/7/reviews");
    let graph = |fault: Fault| fault.at("POST", "/graphql");
    let environments = |fault: Fault| fault.at("GET", "/environments");
    let after =
        |status: u16, seconds: &str| Fault::status(status, "slow down").header("retry-after", seconds);
    let limited = json!({ "errors": [{ "type": "RATE_LIMITED", "message": "API rate limit exceeded" }] });
    let partial = json!({
        "data": { "repository": { "ref": { "rules": null, "refUpdateRule": null } } },
        "errors": [{ "type": "FORBIDDEN", "path": ["repository", "ref", "rules"], "message": "no" }],
    });
    vec![
        ("401", Fault::status(401, "Bad credentials"), Undecided),
        ("403 without the permission", reviews(Fault::forbidden("pull_requests=read")), Told),
        ("403 without the permission, GraphQL", graph(Fault::forbidden("contents=read")), Right),
        ("403 without the permission, environments", environments(Fault::forbidden("actions=read")), Told),
        ("403 by the secondary limit, once", reviews(Fault::secondary().times(1)), Right),
        ("403 by the secondary limit, for ever", reviews(Fault::secondary()), Undecided),
        ("403 by the primary limit, soon over", reviews(Fault::primary(20).times(1)), Right),
        ("403 by the primary limit, for an hour", reviews(Fault::primary(3600)), Undecided),
        ("403 by the primary limit, everywhere", Fault::primary(3600), Undecided),
        ("404", reviews(Fault::status(404, "Not Found")), Told),
        ("404 of environments", environments(Fault::status(404, "Not Found")), Told),
        ("409", reviews(Fault::status(409, "Conflict")), Undecided),
        ("410", reviews(Fault::status(410, "Gone")), Undecided),
        ("422", reviews(Fault::status(422, "Validation Failed")), Undecided),
        ("429 for a while", reviews(after(429, "5").times(2)), Right),
        ("429 without a word", reviews(Fault::status(429, "slow down").times(1)), Right),
        ("429 for ever", reviews(after(429, "20")), Undecided),
        ("429 for an hour", reviews(after(429, "3600")), Undecided),
        ("429 with nonsense", reviews(after(429, "soon").times(1)), Right),
        ("429 until a date", reviews(after(429, "Thu, 01 Jan 1970 00:00:30 GMT").times(1)), Right),
        ("429 of GraphQL", graph(after(429, "3600")), Undecided),
        ("500 once", reviews(Fault::status(500, "oops").times(1)), Right),
        ("500 for ever", reviews(Fault::status(500, "oops")), Undecided),
        ("502 everywhere", Fault::status(502, "bad gateway"), Undecided),
        ("502 of GraphQL, twice", graph(Fault::status(502, "bad gateway").times(2)), Right),
        ("503", environments(Fault::status(503, "unavailable")), Undecided),
        ("504 of GraphQL", graph(Fault::status(504, "timeout")), Undecided),
        ("no answer once", reviews(Fault::silence().times(1)), Right),
        ("no answer, ever", reviews(Fault::silence()), Undecided),
        ("no answer of GraphQL", graph(Fault::silence()), Undecided),
        ("cut in the middle once", reviews(Fault::cut().times(1)), Right),
        ("cut in the middle for ever", reviews(Fault::cut()), Undecided),
        ("the connection breaks", reviews(Fault::broken().times(2)), Right),
        ("the connection breaks for ever", Fault::broken(), Undecided),
        ("malformed JSON", reviews(Fault::malformed()), Undecided),
        ("malformed JSON of GraphQL", graph(Fault::malformed()), Undecided),
        ("a page of a portal", reviews(Fault::page()), Undecided),
        ("a page of a portal everywhere", Fault::page(), Undecided),
        ("endless paging", reviews(Fault::endless()), Undecided),
        ("endless paging of environments", environments(Fault::endless()), Undecided),
        ("a redirect to another host", reviews(Fault::elsewhere("http://evil.example/")), Undecided),
        (
            "a redirect to itself",
            reviews(Fault::elsewhere("/api/v3/repos/acme/app/pulls/7/reviews")),
            Undecided,
        ),
        ("another shape", reviews(Fault::instead(json!({ "reviews": [] }))), Undecided),
        ("entries of another shape", reviews(Fault::instead(json!([{ "id": 1 }]))), Undecided),
        ("null", reviews(Fault::instead(json!(null))), Undecided),
        ("an empty environment", environments(Fault::instead(json!({ "environments": [{}] }))), Undecided),
        ("limit of GraphQL with status 200", graph(Fault::instead(limited.clone())), Undecided),
        ("limit of GraphQL with status 200, once", graph(Fault::instead(limited).times(1)), Right),
        ("a part of GraphQL is refused", graph(Fault::instead(partial)), Right),
        (
            "GraphQL's own time is over",
            graph(Fault::instead(json!({ "errors": [{ "message": "Something went wrong" }] }))),
            Undecided,
        ),
        ("no data", graph(Fault::instead(json!({}))), Undecided),
        (
            "the branch is gone",
            graph(Fault::instead(json!({ "data": { "repository": { "ref": null } } }))),
            Right,
        ),
    ]
}

#[test]
fn under_no_fault_is_the_verdict_wrong() {
    let faults = faults();
    assert!(faults.len() >= 40, "{}", faults.len());
    // What would be right is once that the gate passes, and once that it fails.
    for good in [true, false] {
        let origin = Origin::with(&[(".github/roadworthy.yml", POLICY)], &[("a.txt", "a")]);
        // The half of them tells whether a failure is still one.
        for (name, fault, comes) in faults.iter().step_by(if good { 1 } else { 2 }) {
            let hub = Hub::start();
            let said = if good { "APPROVED" } else { "CHANGES_REQUESTED" };
            hub.state().reviews = vec![("bob".to_owned(), said.to_owned())];
            hub.state().rules = vec![reviews_rule(1, false)];
            hub.state().environment("production", usize::from(good));
            hub.fail(fault.clone());
            let clock = FakeClock::default();
            let mut job = Job::of_pull_request(&origin);
            let step = job.set("GITHUB_API_URL", &hub.url()).run_here(&network_under(fault, &clock));
            let verdict = step.outputs["verdict"].as_str();
            let right = if good { "pass" } else { "fail" };
            // Where one of the two rules is unknown the other may still fail for certain.
            let allowed: &[&str] = match (comes, good) {
                (Comes::Right | Comes::Told, _) => &[right],
                (Comes::Undecided, true) => &["undecided"],
                (Comes::Undecided, false) => &["undecided", "fail"],
            };
            assert!(allowed.contains(&verdict), "{name}, {right}: {verdict}\n{}", step.stdout);
            let waited: u64 = clock.waits().iter().sum();
            assert!(waited <= 180, "{name}: {waited} s");
            assert!(hub.log().len() <= 30, "{name}: {} calls", hub.log().len());
            // Where a rule fails for certain, what else is not known need not be said.
            if good && *comes != Comes::Right {
                assert!(step.summary.contains("GitHub API"), "{name}: {}", step.summary);
            }
        }
    }
}

/// Faults after which nobody knows whether the comment was written, and some by which it surely was not.
fn lost_writes() -> Vec<(&'static str, Fault)> {
    vec![
        ("500, and it is there", Fault::status(500, "oops").after_all()),
        ("502, and it is there", Fault::status(502, "bad gateway").after_all()),
        ("502, and it is not", Fault::status(502, "bad gateway")),
        ("no answer, and it is there", Fault::silence().after_all()),
        ("cut in the middle", Fault::cut()),
        ("the connection breaks, and it is there", Fault::broken().after_all()),
        ("malformed JSON", Fault::malformed()),
        ("a page of a portal", Fault::page()),
        ("a limit, soon over", Fault::status(429, "slow").header("retry-after", "3").times(1)),
        ("a limit without a word", Fault::secondary()),
        ("a limit of an hour", Fault::primary(3600)),
        ("401", Fault::status(401, "Bad credentials")),
        ("no permission", Fault::forbidden("issues=write; pull_requests=write")),
        ("409", Fault::status(409, "Conflict")),
        ("422", Fault::status(422, "Validation Failed")),
    ]
}

#[test]
fn no_comment_and_no_check_run_is_written_twice() {
    let origin = Origin::with(&[(".github/roadworthy.yml", PLAIN)], &[("app.py", "eval(input())\n")]);
    for (name, fault) in lost_writes() {
        let hub = Hub::of(&origin);
        hub.state().comment("mallory", "User", "<!-- roadworthy");
        hub.fail(fault.clone().at("POST", "/issues/7/comments"));
        hub.fail(fault.clone().at("POST", "/check-runs"));
        let run = || {
            let clock = FakeClock::default();
            let mut job = Job::of_pull_request(&origin);
            job.set("GITHUB_API_URL", &hub.url())
                .set("INPUT_COMMENT", "always")
                .set("INPUT_CHECK-RUN", "true");
            let step = job.run_here(&network_under(&fault, &clock));
            assert_eq!(step.came_to(), (1, "fail 1/1".to_owned()), "{name}: {}", step.stdout);
            assert!(clock.waits().iter().sum::<u64>() <= 180, "{name}");
        };
        run();
        let written =
            |hub: &Hub| hub.state().comments.iter().filter(|one| one["user"]["login"] != "mallory").count();
        let runs = hub.state().check_runs.len();
        assert!(written(&hub) <= 1 && runs <= 1, "{name}: {} comments, {runs} check runs", written(&hub));
        hub.recover();
        run();
        assert_eq!(written(&hub), 1, "{name}");
    }
}
