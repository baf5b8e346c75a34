//! The HTTP client: octocrab over reqwest, with bounds on everything.
//!
//! octocrab is used without its own retries (they ignore `retry-after` and repeat writes); reqwest below it brings the
//! proxy, the total timeout and certificate roots of our own. One request at a time, as GitHub asks for.

use super::environment::Environment;
use super::error::ApiError;
use super::payload::repository_name;
use super::retry::{self, Answer, TRIES};
use super::token::Token;
use http_body_util::{BodyExt, Limited};
use octocrab::Octocrab;
use reqwest::header::{HeaderName, USER_AGENT};
use reqwest::{Certificate, redirect};
use std::cell::Cell;
use std::fmt;
use std::io::Read;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Largest reply that is read.
const MAX_REPLY: usize = 16 << 20;

/// Largest file of certificates that is read.
const MAX_ROOTS: u64 = 16 << 20;

/// Whom to ask, and as whom.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Base of the REST API.
    pub api_url: String,
    /// `owner/name`.
    pub repository: String,
    /// Who asks; none asks anonymously.
    pub token: Option<Token>,
    /// Certificates to trust besides the built-in roots, as a PEM file.
    pub roots: Option<String>,
    /// Bounds on time.
    pub limits: Limits,
}

/// Bounds on time.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// To connect.
    pub connect: Duration,
    /// Between two pieces of a reply.
    pub read: Duration,
    /// For one request.
    pub request: Duration,
    /// For all requests and waits of the run together; no request starts after it.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let [connect, read, request, total] = [10, 15, 30, 180].map(Duration::from_secs);
        Self { connect, read, request, total }
    }
}

impl Settings {
    /// The settings of an environment: `GITHUB_API_URL` (an enterprise server's ends in `/api/v3`), `SSL_CERT_FILE`.
    pub fn new(env: &Environment, repository: &str, token: Option<Token>) -> Self {
        Self {
            api_url: env.get("GITHUB_API_URL").unwrap_or("https://api.github.com").to_owned(),
            repository: repository.to_owned(),
            token,
            roots: env.get("SSL_CERT_FILE").map(str::to_owned),
            limits: Limits::default(),
        }
    }
}

/// The time, and waiting for it to pass; tests bring their own.
pub trait Clock {
    /// Seconds of the epoch.
    fn now(&self) -> i64;
    /// Waits.
    fn pause(&self, time: Duration);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        chrono::Utc::now().timestamp()
    }

    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// A client of the API for one repository. Blocks; to be used outside of any async runtime.
pub struct Client {
    runtime: Runtime,
    crab: Octocrab,
    clock: Box<dyn Clock>,
    repository: String,
    token: Option<Token>,
    deadline: i64,
    calls: Cell<u64>,
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").field("repository", &self.repository).finish_non_exhaustive()
    }
}

impl Client {
    /// A client with these settings.
    pub fn new(settings: Settings, clock: Box<dyn Clock>) -> Result<Self, ApiError> {
        let repository = repository_name(&settings.repository)
            .ok_or_else(|| ApiError::Setup(format!("{:?} is not `owner/name`", settings.repository)))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(setup)?;
        let crab = {
            // octocrab starts a task of its own while it is built.
            let _inside = runtime.enter();
            build(&settings)?
        };
        let total = i64::try_from(settings.limits.total.as_secs()).unwrap_or(i64::MAX);
        let deadline = clock.now().saturating_add(total);
        Ok(Self { runtime, crab, clock, repository, token: settings.token, deadline, calls: Cell::new(0) })
    }

    /// The repository, `owner/name`.
    pub(super) fn repository(&self) -> &str {
        &self.repository
    }

    /// Requests sent so far, repeated ones too.
    pub(super) fn calls(&self) -> u64 {
        self.calls.get()
    }

    /// Reads a path below the base, again if that is worth it. `permission` is what it needs where the reply does not say.
    pub(super) fn get(
        &self,
        what: &'static str,
        path: &str,
        permission: &str,
    ) -> Result<Answer, ApiError> {
        for tries in 1.. {
            if self.clock.now() >= self.deadline {
                return Err(ApiError::OutOfTime { what });
            }
            let (wait, error) = match self.send(path) {
                Ok(answer) if (200..300).contains(&answer.status) => return Ok(answer),
                Ok(answer) => self.refused(what, &answer, permission, tries),
                Err(detail) => (Some(retry::backoff(tries)), ApiError::Unavailable { what, detail }),
            };
            match wait {
                Some(wait) if tries < TRIES => self.wait(what, wait)?,
                _ => return Err(error),
            }
        }
        Err(ApiError::OutOfTime { what })
    }

    /// How long to wait before the next try, if there is to be one; and the error if there is none.
    fn refused(
        &self,
        what: &'static str,
        answer: &Answer,
        permission: &str,
        tries: u32,
    ) -> (Option<Duration>, ApiError) {
        let status = answer.status;
        let limited = |resets: String| ApiError::Limited { what, resets };
        match retry::judge(answer, tries, self.clock.now()) {
            retry::Verdict::Limited(seconds) => {
                (None, limited(format!("it resets in {} minutes", seconds.div_ceil(60))))
            }
            retry::Verdict::Wait(wait) if matches!(status, 403 | 429) => {
                (Some(wait), limited("it did not reset within the time of a run".to_owned()))
            }
            retry::Verdict::Wait(wait) => {
                (Some(wait), ApiError::Unavailable { what, detail: format!("status {status}") })
            }
            retry::Verdict::Final => (None, self.final_error(what, answer, permission)),
        }
    }

    fn final_error(&self, what: &'static str, answer: &Answer, permission: &str) -> ApiError {
        match answer.status {
            401 => ApiError::Unauthorized { what },
            403 | 404 => ApiError::Refused {
                what,
                status: answer.status,
                message: self.message(&answer.body),
                permission: answer.accepted.as_deref().and_then(permission_line).unwrap_or_else(|| permission.to_owned()),
            },
            300..=399 => ApiError::Malformed { what, detail: "a redirect to another host is not followed".to_owned() },
            status => ApiError::Malformed { what, detail: format!("status {status}: {}", self.message(&answer.body)) },
        }
    }

    fn wait(&self, what: &'static str, time: Duration) -> Result<(), ApiError> {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        if self.clock.now().saturating_add(seconds) >= self.deadline {
            return Err(ApiError::OutOfTime { what });
        }
        self.clock.pause(time);
        Ok(())
    }

    fn send(&self, path: &str) -> Result<Answer, String> {
        self.calls.set(self.calls.get() + 1);
        let reply = self.runtime.block_on(async {
            let response = self.crab._get(path).await?;
            let (parts, body) = response.into_parts();
            let header = |name: &str| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
            let answer = Answer {
                status: parts.status.as_u16(),
                retry_after: header("retry-after"),
                remaining: header("x-ratelimit-remaining"),
                reset: header("x-ratelimit-reset"),
                accepted: header("x-accepted-github-permissions"),
                more: header("link").is_some_and(|links| links.contains("rel=\"next\"")),
                body: Limited::new(body, MAX_REPLY).collect().await?.to_bytes().to_vec(),
            };
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(answer)
        });
        reply.map_err(|error| self.clean(&innermost(&*error)))
    }

    /// The message of an error reply, on one line.
    fn message(&self, body: &[u8]) -> String {
        let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
        let message = json.as_ref().and_then(|json| json.get("message")?.as_str());
        self.clean(message.unwrap_or("no reason given"))
    }

    /// An outsider's text for an error: one line, bounded, without the token.
    fn clean(&self, text: &str) -> String {
        let text = self.token.as_ref().map_or_else(|| text.to_owned(), |token| token.scrub(text));
        text.chars().map(|char| if char.is_control() { ' ' } else { char }).take(200).collect()
    }
}

fn setup(error: impl fmt::Display) -> ApiError {
    ApiError::Setup(error.to_string())
}

/// octocrab's and reqwest's own texts say "Service Error"; the cause says what happened.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// `pull_requests=read; issues=read` -> `pull-requests: read`. `;` parts alternatives, `,` what is needed together.
fn permission_line(accepted: &str) -> Option<String> {
    let needed = accepted.split(';').next()?.split(',').map(|one| {
        let (key, level) = one.trim().split_once('=')?;
        let legal = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        (legal(key) && legal(level)).then(|| format!("{}: {level}", key.replace('_', "-")))
    });
    needed.collect::<Option<Vec<_>>>().map(|lines| lines.join(", "))
}

fn build(settings: &Settings) -> Result<Octocrab, ApiError> {
    let base = settings.api_url.trim_end_matches('/');
    let legal = reqwest::Url::parse(base).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http") && url.has_host() && url.username().is_empty() && url.query().is_none()
    });
    if !legal {
        return Err(ApiError::Setup("GITHUB_API_URL is not an http(s) address".to_owned()));
    }
    // Fails only when it was done before.
    drop(rustls::crypto::ring::default_provider().install_default());
    let limits = settings.limits;
    let http = reqwest::Client::builder()
        .tls_certs_only(roots(settings.roots.as_deref())?)
        .redirect(redirect::Policy::custom(stay_home))
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.request)
        .build()
        .map_err(setup)?;
    let agent = concat!("roadworthy/", env!("CARGO_PKG_VERSION"));
    let builder = Octocrab::builder()
        .base_uri(base)
        .map_err(setup)?
        .add_header(USER_AGENT, agent.to_owned())
        // Without it the API drifts to whatever version is oldest (github-facts 7).
        .add_header(HeaderName::from_static("x-github-api-version"), "2022-11-28".to_owned());
    let builder = match &settings.token {
        Some(token) => builder.personal_token(token.expose().to_owned()),
        None => builder,
    };
    builder.build_with_reqwest(http).map_err(|error| setup(innermost(&error)))
}

/// A renamed repository redirects on the same host; the token goes to no other.
fn stay_home(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let home = attempt.previous().first().map(reqwest::Url::origin);
    if home == Some(attempt.url().origin()) && attempt.previous().len() <= 3 { attempt.follow() } else { attempt.stop() }
}

/// Mozilla's roots from inside the binary (the image has none), joined with those of `SSL_CERT_FILE`: an enterprise
/// server's own authority is not handed to containers by the runner (github-facts 1).
fn roots(file: Option<&str>) -> Result<Vec<Certificate>, ApiError> {
    let built_in = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|der| Certificate::from_der(der));
    let mut roots = built_in.collect::<Result<Vec<_>, _>>().map_err(setup)?;
    if let Some(path) = file {
        let bad = |reason: String| ApiError::Setup(format!("SSL_CERT_FILE {path}: {reason}"));
        let mut pem = Vec::new();
        let read = std::fs::File::open(path).and_then(|file| file.take(MAX_ROOTS).read_to_end(&mut pem));
        read.map_err(|error| bad(error.to_string()))?;
        roots.extend(Certificate::from_pem_bundle(&pem).map_err(|error| bad(innermost(&error)))?);
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permission_header_becomes_a_line_of_a_workflow() {
        for (header, line) in [
            ("pull_requests=read", Some("pull-requests: read")),
            ("issues=write; pull_requests=write", Some("issues: write")),
            ("contents=read,checks=read", Some("contents: read, checks: read")),
            ("", None),
            ("metadata", None),
            ("x=read\n::error", None),
        ] {
            assert_eq!(permission_line(header).as_deref(), line, "{header}");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_said_without_the_token() {
        let settings = |url: &str, repository: &str, roots: Option<&str>| Settings {
            api_url: url.to_owned(),
            repository: repository.to_owned(),
            token: Some(Token::new("ghs_secret").unwrap()),
            roots: roots.map(str::to_owned),
            limits: Limits::default(),
        };
        for (settings, expected) in [
            (settings("ftp://x", "acme/app", None), "GITHUB_API_URL"),
            (settings("https://user@host", "acme/app", None), "GITHUB_API_URL"),
            (settings("https://host", "acme/../app", None), "owner/name"),
            (settings("https://host", "acme/app", Some("/nowhere.pem")), "SSL_CERT_FILE /nowhere.pem"),
        ] {
            let error = Client::new(settings, Box::new(SystemClock)).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("ghs_secret"), "{error}");
        }
    }
}
