//! Whether a reply is worth another try, and when. Pure: the clock's time is handed in.
//!
//! A write that was answered by an error of the server may have been done: only where a limit refused it
//! ([`Answer::was_refused`]) is it sent again, so that nothing is ever done twice.

use std::time::Duration;

/// Tries in all for one page.
pub(super) const TRIES: u32 = 3;

/// Longest single wait. A gate must end as "unknown" rather than hang (github-facts 7).
pub(super) const LONGEST: Duration = Duration::from_mins(1);

/// What a reply says about itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) remaining: Option<String>,
    pub(super) reset: Option<String>,
    /// `X-Accepted-GitHub-Permissions`.
    pub(super) accepted: Option<String>,
    /// The address of the next page, from the `Link` header.
    pub(super) next: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Whether the status may stand for a rate limit.
    pub(super) const fn is_limit(&self) -> bool {
        matches!(self.status, 403 | 429)
    }

    /// GraphQL tells a limit with status 200 (github-facts 7): the same answer with the status that says so.
    pub(super) fn with_limit_told(mut self) -> Self {
        let reply: serde_json::Value = match self.status {
            200 => serde_json::from_slice(&self.body).unwrap_or_default(),
            _ => return self,
        };
        let nothing = reply.get("data").is_none_or(serde_json::Value::is_null);
        let limit = |error: &serde_json::Value| {
            error["type"] == "RATE_LIMITED"
                || error["message"].as_str().is_some_and(|text| text.contains("secondary rate limit"))
        };
        if nothing && reply["errors"].as_array().is_some_and(|errors| errors.iter().any(limit)) {
            self.status = 429;
        }
        self
    }

    /// Whether a rate limit refused the request, by its headers: then nothing was done.
    pub(super) fn was_refused(&self) -> bool {
        self.is_limit()
            && (self.retry_after.is_some() || self.remaining.as_deref().map(str::trim) == Some("0"))
    }
}

/// What to do about a reply that is no success.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Another try, after this long.
    Wait(Duration),
    /// A limit that lasts this many seconds, longer than anybody waits.
    Limited(u64),
    /// It will not get better.
    Final,
}

/// What to do after this many tries, at this second of the epoch.
pub(super) fn judge(answer: &Answer, tries: u32, now: i64) -> Verdict {
    match answer.status {
        500 | 502..=504 => Verdict::Wait(backoff(tries)),
        403 | 429 => limit(answer, tries, now),
        _ => Verdict::Final,
    }
}

/// 1, 2, 4 ... seconds.
pub(super) fn backoff(tries: u32) -> Duration {
    Duration::from_secs(1 << tries.saturating_sub(1).min(5))
}

/// A primary or secondary limit: `retry-after` counts, else `x-ratelimit-reset` when nothing remains, else at least
/// a minute (github-facts 7). A 403 that says none of these is a missing permission.
fn limit(answer: &Answer, tries: u32, now: i64) -> Verdict {
    let seconds = match (retry_after(answer, now), exhausted(answer, now)) {
        (Some(seconds), _) | (None, Some(seconds)) => seconds,
        (None, None) if answer.status == 429 || secondary(answer) => {
            LONGEST.as_secs() << tries.saturating_sub(1).min(5)
        }
        (None, None) => return Verdict::Final,
    };
    let wait = Duration::from_secs(seconds);
    if wait > LONGEST { Verdict::Limited(seconds) } else { Verdict::Wait(wait) }
}

/// Seconds, or a date.
fn retry_after(answer: &Answer, now: i64) -> Option<u64> {
    let text = answer.retry_after.as_deref()?.trim();
    let seconds = text.parse::<u64>().ok();
    seconds.or_else(|| Some(until(chrono::DateTime::parse_from_rfc2822(text).ok()?.timestamp(), now)))
}

fn exhausted(answer: &Answer, now: i64) -> Option<u64> {
    let none_left = answer.remaining.as_deref()?.trim() == "0";
    let reset = answer.reset.as_deref()?.trim().parse::<i64>().ok()?;
    none_left.then(|| until(reset, now))
}

/// At least a second: a reset in the past means that clocks differ.
fn until(then: i64, now: i64) -> u64 {
    u64::try_from(then.saturating_sub(now)).unwrap_or(0).max(1)
}

fn secondary(answer: &Answer) -> bool {
    String::from_utf8_lossy(&answer.body).contains("secondary rate limit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: [Option<&str>; 3], body: &str) -> Answer {
        let [retry_after, remaining, reset] = headers.map(|header| header.map(str::to_owned));
        Answer { status, retry_after, remaining, reset, body: body.into(), ..Answer::default() }
    }

    #[test]
    fn limits_are_obeyed_within_bounds() {
        let secs = |seconds| Verdict::Wait(Duration::from_secs(seconds));
        let cases = [
            ("a server error", answer(502, [None; 3], ""), 1, secs(1)),
            ("the second one", answer(500, [None; 3], ""), 2, secs(2)),
            ("retry-after", answer(429, [Some("7"), None, None], ""), 1, secs(7)),
            ("retry-after wins", answer(403, [Some("7"), Some("0"), Some("1050")], ""), 1, secs(7)),
            ("a date", answer(429, [Some("Thu, 01 Jan 1970 00:16:50 GMT"), None, None], ""), 1, secs(10)),
            ("reset", answer(403, [None, Some("0"), Some("1030")], ""), 1, secs(30)),
            ("reset in the past", answer(403, [None, Some("0"), Some("3")], ""), 1, secs(1)),
            ("reset far away", answer(403, [None, Some("0"), Some("4600")], ""), 1, Verdict::Limited(3600)),
            ("retry-after too long", answer(429, [Some("3600"), None, None], ""), 1, Verdict::Limited(3600)),
            ("429 without headers", answer(429, [None; 3], ""), 1, secs(60)),
            ("429 again", answer(429, [None; 3], ""), 2, Verdict::Limited(120)),
            (
                "secondary limit",
                answer(403, [None; 3], "You have exceeded a secondary rate limit"),
                1,
                secs(60),
            ),
            ("a missing permission", answer(403, [None, Some("4999"), Some("4600")], ""), 1, Verdict::Final),
            ("not there", answer(404, [None; 3], ""), 1, Verdict::Final),
            ("nonsense", answer(429, [Some("soon"), None, None], ""), 1, secs(60)),
        ];
        for (name, answer, tries, expected) in cases {
            assert_eq!(judge(&answer, tries, 1000), expected, "{name}");
        }
    }
}
