//! The client: every question and order to GitHub, with bounds on everything.
//!
//! octocrab is used without its own retries (they ignore `retry-after` and repeat writes); reqwest below it brings the
//! proxy, the total timeout and certificate roots of our own. One request at a time, and a second between two writes, as
//! GitHub asks for (github-facts 7).

use super::api::{Api, Ask, Graph, Method, with_parameter};
use super::app::{self, App};
use super::clock::Clock;
use super::error::ApiError;
use super::payload::repository_name;
use super::reply::Reader;
use super::retry::{self, Answer, TRIES};
use super::settings::{Crabs, Credentials, Settings, build, setup};
use super::token::Token;
use super::wire::{self, Outgoing, Verb};
use serde_json::{Value, json};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Entries of a page; the most that GitHub gives.
const PAGE: usize = 100;

/// Replies that are kept for conditional requests.
const KEPT: usize = 64;

/// The largest that is kept.
const KEPT_BYTES: usize = 1 << 20;

/// What a token of an App comes from, for errors.
const INSTALLATION: &str = "the App's installation";

/// A client of the API for one repository. Blocks; to be used outside of any async runtime.
pub struct Client {
    runtime: Runtime,
    settings: Settings,
    clock: Box<dyn Clock>,
    crabs: OnceCell<Crabs>,
    /// Every token that was used: none may stand in an error.
    secrets: RefCell<Vec<Token>>,
    /// `ETag` and reply of what was read, by path.
    kept: RefCell<BTreeMap<String, (String, Answer)>>,
    deadline: i64,
    last_write: Cell<Option<i64>>,
    calls: Cell<u64>,
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").field("repository", &self.settings.repository).finish_non_exhaustive()
    }
}

impl Client {
    /// A client with these settings. Sends nothing before it is asked something.
    pub fn new(settings: Settings, clock: Box<dyn Clock>) -> Result<Self, ApiError> {
        repository_name(&settings.repository)
            .ok_or_else(|| ApiError::Setup(format!("{:?} is not `owner/name`", settings.repository)))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(setup)?;
        let total = i64::try_from(settings.limits.total.as_secs()).unwrap_or(i64::MAX);
        let deadline = clock.now().saturating_add(total);
        let secrets = match &settings.credentials {
            Credentials::Token(token) => vec![token.clone()],
            _ => Vec::new(),
        };
        Ok(Self {
            runtime,
            settings,
            clock,
            crabs: OnceCell::new(),
            secrets: RefCell::new(secrets),
            kept: RefCell::default(),
            deadline,
            last_write: Cell::new(None),
            calls: Cell::new(0),
        })
    }

    /// Tokens that were made during the run: the runner has to be told to mask them (github-facts 8).
    pub fn made_tokens(&self) -> Vec<Token> {
        match &self.settings.credentials {
            Credentials::App(_) => self.secrets.borrow().clone(),
            _ => Vec::new(),
        }
    }

    fn crabs(&self) -> Result<&Crabs, ApiError> {
        if self.crabs.get().is_none() {
            let crabs = match &self.settings.credentials {
                Credentials::Anonymous => self.build(None)?,
                Credentials::Token(token) => self.build(Some(token))?,
                Credentials::App(app) => self.install(app)?,
            };
            // Set only here, and nothing in between asks for it.
            drop(self.crabs.set(crabs));
        }
        self.crabs.get().ok_or_else(|| ApiError::Setup("no client".to_owned()))
    }

    fn build(&self, token: Option<&Token>) -> Result<Crabs, ApiError> {
        // octocrab starts a task of its own while it is built.
        let _inside = self.runtime.enter();
        build(&self.settings, token)
    }

    /// Buys a token of the App's installation, for this repository alone.
    fn install(&self, app: &App) -> Result<Crabs, ApiError> {
        let word = app.word(self.clock.now())?;
        self.secrets.borrow_mut().push(word.clone());
        let crabs = self.build(Some(&word))?;
        let order = |ask: Ask<'_>, verb, body: Option<&Value>| {
            // A token that is made twice harms nobody.
            let out = Outgoing { verb, path: ask.path, body, etag: None };
            let reply = self.exchange(ask, out, &crabs, Manner::READ)?;
            self.read(ask, |reader| reader.json(&reply))
        };
        let malformed = |detail: &str| ApiError::Malformed { what: INSTALLATION, detail: detail.to_owned() };
        let id = if let Some(id) = app.installation() {
            id
        } else {
            let path = format!("/repos/{}/installation", self.settings.repository);
            app::installation_id(&order(installation(&path), Verb::Get, None)?)
                .ok_or_else(|| malformed("no id"))?
        };
        let path = format!("/app/installations/{id}/access_tokens");
        let body = app::for_repository(&self.settings.repository);
        let token = app::token(&order(installation(&path), Verb::Post, Some(&body))?)
            .ok_or_else(|| malformed("no token"))?;
        self.secrets.borrow_mut().push(token.clone());
        self.build(Some(&token))
    }

    /// Sends, again if that is worth it and does no harm, until there is a success.
    fn exchange(
        &self,
        ask: Ask<'_>,
        out: Outgoing<'_>,
        crabs: &Crabs,
        manner: Manner,
    ) -> Result<Answer, ApiError> {
        let what = ask.what;
        for tries in 1.. {
            if manner.write {
                self.space_out(what)?;
            }
            self.in_time(what, Duration::ZERO)?;
            let (wait, error) = match self.once(out, crabs, manner) {
                Ok(answer) if matches!(answer.status, 200..=299 | 304) => return Ok(answer),
                Ok(answer) if !manner.again && answer.status >= 500 => {
                    (None, uncertain(what, format!("status {}", answer.status)))
                }
                Ok(answer) => {
                    let now = self.clock.now();
                    let (wait, error) = self.read(ask, |reader| reader.refused(&answer, tries, now));
                    (wait.filter(|_| manner.again || answer.was_refused()), error)
                }
                Err(detail) if !manner.again => (None, uncertain(what, detail)),
                Err(detail) => (Some(retry::backoff(tries)), ApiError::Unavailable { what, detail }),
            };
            match wait {
                Some(wait) if tries < TRIES => {
                    self.in_time(what, wait)?;
                    self.clock.pause(wait);
                }
                _ => return Err(error),
            }
        }
        Err(ApiError::OutOfTime { what })
    }

    fn once(&self, out: Outgoing<'_>, crabs: &Crabs, manner: Manner) -> Result<Answer, String> {
        self.calls.set(self.calls.get() + 1);
        tracing::debug!(path = out.path, verb = ?out.verb, "asking GitHub");
        crabs.writing.store(out.verb != Verb::Get, Ordering::Relaxed);
        let crab = if manner.graphql { &crabs.graphql } else { &crabs.rest };
        let answer = wire::exchange(&self.runtime, crab, out, self.settings.limits.request);
        if manner.write {
            self.last_write.set(Some(self.clock.now()));
        }
        let ask = Ask { what: "", path: "", permission: "" };
        let answer = answer.map_err(|error| self.read(ask, |reader| reader.clean(&innermost(&*error))))?;
        Ok(if manner.graphql { answer.with_limit_told() } else { answer })
    }

    /// At least a second between two writes (github-facts 7); the clock counts whole ones.
    fn space_out(&self, what: &'static str) -> Result<(), ApiError> {
        let second = Duration::from_secs(1);
        if self.last_write.get().is_some_and(|last| self.clock.now() <= last + 1) {
            self.in_time(what, second)?;
            self.clock.pause(second);
        }
        Ok(())
    }

    /// Whether there is still this much time.
    fn in_time(&self, what: &'static str, more: Duration) -> Result<(), ApiError> {
        let seconds = i64::try_from(more.as_secs()).unwrap_or(i64::MAX);
        if self.clock.now().saturating_add(seconds) >= self.deadline {
            return Err(ApiError::OutOfTime { what });
        }
        Ok(())
    }

    fn read<T>(&self, ask: Ask<'_>, reading: impl FnOnce(&Reader<'_>) -> T) -> T {
        let secrets = self.secrets.borrow();
        reading(&Reader { what: ask.what, permission: ask.permission, secrets: &secrets })
    }

    /// Reads a path; what was read before is asked for again only if it changed (github-facts 7: 304 is free).
    fn fetch(&self, ask: Ask<'_>) -> Result<Answer, ApiError> {
        let kept = self.kept.borrow().get(ask.path).cloned();
        let etag = kept.as_ref().map(|(etag, _)| etag.as_str());
        let out = Outgoing { verb: Verb::Get, path: ask.path, body: None, etag };
        let answer = self.exchange(ask, out, self.crabs()?, Manner::READ)?;
        if answer.status == 304 {
            return kept.map(|(_, answer)| answer).ok_or_else(|| ApiError::Malformed {
                what: ask.what,
                detail: "not modified, and never read".to_owned(),
            });
        }
        let mut kept = self.kept.borrow_mut();
        if let Some(etag) =
            answer.etag.clone().filter(|_| answer.body.len() <= KEPT_BYTES && kept.len() < KEPT)
        {
            kept.insert(ask.path.to_owned(), (etag, answer.clone()));
        }
        Ok(answer)
    }

    /// The path below the base of a next page's address. On another host it is not followed.
    fn next_page(&self, ask: Ask<'_>, address: &str) -> Result<String, ApiError> {
        let base = &self.crabs()?.base;
        let url = base.join(address).ok().filter(|url| url.origin() == base.origin());
        let tail = url.as_ref().and_then(|url| {
            let tail = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
            Some(format!(
                "{tail}{}{}",
                if url.query().is_some() { "?" } else { "" },
                url.query().unwrap_or_default()
            ))
        });
        tail.ok_or_else(|| ApiError::Malformed {
            what: ask.what,
            detail: "its next page is on another host, which is not followed".to_owned(),
        })
    }
}

impl Api for Client {
    fn repository(&self) -> &str {
        &self.settings.repository
    }

    fn get(&self, ask: Ask<'_>) -> Result<Value, ApiError> {
        let answer = self.fetch(ask)?;
        self.read(ask, |reader| reader.json(&answer))
    }

    fn get_all(&self, ask: Ask<'_>, inside: Option<&str>, limit: usize) -> Result<Vec<Value>, ApiError> {
        let mut entries = Vec::new();
        let mut path = with_parameter(ask.path, &format!("per_page={PAGE}"));
        // One page more than the limit fills: the last one may hold nothing.
        for _ in 0..=limit.div_ceil(PAGE) {
            let answer = self.fetch(Ask { path: &path, ..ask })?;
            let reply = self.read(ask, |reader| reader.json(&answer))?;
            let list = inside.map_or(Some(&reply), |field| reply.get(field)).and_then(Value::as_array);
            let list = list.ok_or_else(|| self.read(ask, |reader| reader.malformed("not a list")))?;
            entries.extend(list.iter().cloned());
            if entries.len() > limit {
                return Err(ApiError::TooMany { what: ask.what, limit });
            }
            let Some(next) = answer.next else { return Ok(entries) };
            path = self.next_page(ask, &next)?;
        }
        Err(self.read(ask, |reader| reader.malformed("its pages do not end")))
    }

    fn send(&self, method: Method, ask: Ask<'_>, body: &Value) -> Result<Value, ApiError> {
        let verb = match method {
            Method::Post => Verb::Post,
            Method::Patch | Method::Append => Verb::Patch,
            Method::Put => Verb::Put,
            Method::Delete => Verb::Delete,
        };
        let body = (!body.is_null()).then_some(body);
        let out = Outgoing { verb, path: ask.path, body, etag: None };
        let manner = Manner { graphql: false, write: true, again: method.repeatable() };
        let answer = self.exchange(ask, out, self.crabs()?, manner)?;
        self.read(ask, |reader| reader.json(&answer))
    }

    fn graphql(&self, ask: Ask<'_>, query: &str, variables: &Value) -> Result<Graph, ApiError> {
        let crabs = self.crabs()?;
        let body = json!({ "query": query, "variables": variables });
        let out = Outgoing { verb: Verb::Post, path: &crabs.graphql_path, body: Some(&body), etag: None };
        let write = query.trim_start().starts_with("mutation");
        let answer = self.exchange(ask, out, crabs, Manner { graphql: true, write, again: !write })?;
        self.read(ask, |reader| reader.graph(&answer))
    }

    fn calls(&self) -> u64 {
        self.calls.get()
    }
}

/// How careful a request has to be sent.
#[derive(Clone, Copy)]
struct Manner {
    graphql: bool,
    /// Whether it changes something.
    write: bool,
    /// Whether it may be sent again although it may have been carried out.
    again: bool,
}

impl Manner {
    const READ: Self = Self { graphql: false, write: false, again: true };
}

fn installation(path: &str) -> Ask<'_> {
    Ask { what: INSTALLATION, path, permission: "an installation of the App on the repository" }
}

fn uncertain(what: &'static str, detail: String) -> ApiError {
    ApiError::Uncertain { what, detail }
}

/// octocrab's and reqwest's own texts say "Service Error"; the cause says what happened.
pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
