//! Fills in what only the platform knows of a pull request, and only what a rule asked for.

use super::client::Client;
use super::clock::{Clock, SystemClock};
use super::environment::Environment;
use super::error::ApiError;
use super::platform::Platform;
use super::settings::{Credentials, Limits, Settings};
use crate::evidence::{Fact, PullRequest};
use crate::words::{Known, Unknown};
use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;

/// How the network is used: its clock, and bounds on time.
#[derive(Clone)]
pub struct Network {
    /// Tells the time, and waits.
    pub clock: Rc<dyn Clock>,
    /// Bounds on time.
    pub limits: Limits,
}

impl Default for Network {
    fn default() -> Self {
        Self { clock: Rc::new(SystemClock), limits: Limits::default() }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Network").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// A client for the repository, or why there can be none. Sends nothing.
pub fn connect(
    env: &Environment,
    repository: Option<&str>,
    credentials: Credentials,
    network: &Network,
) -> Result<Client, Unknown> {
    let repository = repository.ok_or_else(|| Unknown::because("the repository on GitHub is not known"))?;
    if matches!(credentials, Credentials::Anonymous) {
        return Err(Unknown {
            reason: "no token was given".to_owned(),
            permission: Some("pull-requests: read".to_owned()),
            outage: false,
        });
    }
    let settings = Settings::new(env, repository, credentials, network.limits);
    Client::new(settings, Box::new(Rc::clone(&network.clock))).map_err(Unknown::from)
}

/// Asks for these facts and puts the answers into the pull request; without a platform each is unknown, with the reason.
pub fn facts(platform: Result<&dyn Platform, &Unknown>, needs: &BTreeSet<Fact>, pull: &mut PullRequest) {
    for need in needs {
        match need {
            Fact::Commits => pull.commits = ask(platform, |platform| platform.commits(pull.number)),
            Fact::Approvals => pull.approvals = ask(platform, |platform| platform.approvals(pull.number)),
            // About the repository: `hosted` asks for them.
            _ => {}
        }
    }
}

/// Reads again what people edit after an event: title, body, labels, draft state. For a job that runs again, whose
/// payload is the old one (github-facts 5). Where that fails the old words stay, and the reason is returned.
pub fn refresh(platform: &dyn Platform, pull: &mut PullRequest) -> Option<Unknown> {
    match platform.pull_request(pull.number) {
        Ok(live) => {
            let PullRequest { title, body, labels, draft, .. } = live;
            (pull.title, pull.body, pull.labels, pull.draft) = (title, body, labels, draft);
            None
        }
        Err(error) => Some(error.into()),
    }
}

fn ask<T>(
    platform: Result<&dyn Platform, &Unknown>,
    question: impl Fn(&dyn Platform) -> Result<T, ApiError>,
) -> Known<T> {
    match platform {
        Ok(platform) => question(platform).map_or_else(|error| Known::Unknown(error.into()), Known::Known),
        Err(reason) => Known::Unknown(reason.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::Token;
    use super::*;
    use crate::evidence::{Approval, CommitMessage};
    use std::cell::Cell;

    #[derive(Default)]
    struct Fake(Cell<u64>);

    impl Platform for Fake {
        fn commits(&self, _: u64) -> Result<Vec<CommitMessage>, ApiError> {
            self.0.set(self.0.get() + 1);
            Err(ApiError::Refused {
                what: "the pull request's commits",
                status: 403,
                message: "Resource not accessible by integration".to_owned(),
                permission: "pull-requests: read".to_owned(),
            })
        }

        fn approvals(&self, _: u64) -> Result<Vec<Approval>, ApiError> {
            self.0.set(self.0.get() + 1);
            Ok(vec![Approval { reviewer: "ann".to_owned() }])
        }

        fn pull_request_at(&self, _: u64) -> Result<(PullRequest, String, String), ApiError> {
            Err(ApiError::OutOfTime { what: "the pull request" })
        }

        fn pull_request(&self, number: u64) -> Result<PullRequest, ApiError> {
            let live = serde_json::json!({"number": number, "title": "now", "labels": [{"name": "ready"}]});
            super::super::payload::pull_request(&live, None)
                .ok_or(ApiError::OutOfTime { what: "the pull request" })
        }
    }

    fn pull() -> PullRequest {
        super::super::payload::pull_request(&serde_json::json!({"number": 7}), None).unwrap()
    }

    #[test]
    fn only_what_a_rule_asks_for_is_asked() {
        let (fake, mut pull) = (Fake::default(), pull());
        facts(Ok(&fake), &BTreeSet::new(), &mut pull);
        assert_eq!(fake.0.get(), 0);
        facts(Ok(&fake), &BTreeSet::from([Fact::Approvals]), &mut pull);
        assert_eq!(fake.0.get(), 1);
        assert_eq!(pull.approvals.known().map(Vec::len), Some(1));
        assert!(pull.commits.known().is_none());
    }

    #[test]
    fn a_job_that_runs_again_sees_the_live_words() {
        let mut pull = PullRequest { approvals: Known::Known(vec![]), author: "alice".to_owned(), ..pull() };
        assert_eq!(refresh(&Fake::default(), &mut pull), None);
        assert_eq!((pull.title.as_str(), pull.labels.len(), pull.author.as_str()), ("now", 1, "alice"));
        assert_eq!(pull.approvals, Known::Known(vec![]));
    }

    #[test]
    fn a_refusal_names_the_permission() {
        let mut pull = pull();
        facts(Ok(&Fake::default()), &BTreeSet::from([Fact::Commits]), &mut pull);
        let Known::Unknown(unknown) = pull.commits else { panic!("{:?}", pull.commits) };
        assert_eq!(unknown.permission.as_deref(), Some("pull-requests: read"));
        assert!(unknown.reason.contains("403"), "{}", unknown.reason);
    }

    #[test]
    fn without_a_platform_facts_are_unknown_with_the_reason() {
        let env = Environment::default();
        let (network, token) = (Network::default(), Credentials::Token(Token::new("t").unwrap()));
        for (result, reason) in [
            (connect(&env, Some("acme/app"), Credentials::Anonymous, &network), "no token was given"),
            (connect(&env, None, token, &network), "the repository on GitHub is not known"),
        ] {
            let (unknown, mut pull) = (result.unwrap_err(), pull());
            facts(Err(&unknown), &BTreeSet::from([Fact::Approvals]), &mut pull);
            assert_eq!(pull.approvals, Known::Unknown(unknown.clone()));
            assert_eq!(unknown.reason, reason);
        }
    }
}
