//! The HTTP client: octocrab over reqwest, with bounds on everything.
//!
//! octocrab is used without its own retries (they ignore `retry-after` and repeat writes); reqwest below it brings the
//! proxy, the total timeout and certificate roots of our own. One request at a time, as GitHub asks for.

use super::error::ApiError;
use super::payload::repository_name;
use super::retry::{self, Answer, TRIES};
use super::settings::{Settings, build, setup};
use super::token::Token;
use http_body_util::{BodyExt, Limited};
use octocrab::Octocrab;
use std::cell::Cell;
use std::fmt;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Largest reply that is read.
const MAX_REPLY: usize = 16 << 20;

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
    pub(super) fn get(&self, what: &'static str, path: &str, permission: &str) -> Result<Answer, ApiError> {
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
                permission: answer
                    .accepted
                    .as_deref()
                    .and_then(permission_line)
                    .unwrap_or_else(|| permission.to_owned()),
            },
            300..=399 => {
                ApiError::Malformed { what, detail: "a redirect to another host is not followed".to_owned() }
            }
            status => ApiError::Malformed {
                what,
                detail: format!("status {status}: {}", self.message(&answer.body)),
            },
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
        tracing::debug!(path, "asking GitHub");
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

/// octocrab's and reqwest's own texts say "Service Error"; the cause says what happened.
pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
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
        let legal = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        (legal(key) && legal(level)).then(|| format!("{}: {level}", key.replace('_', "-")))
    });
    needed.collect::<Option<Vec<_>>>().map(|lines| lines.join(", "))
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
}
