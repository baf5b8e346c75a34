//! Replies -> JSON or errors. Pure; every text of a server is put on one bounded line, without any token.

use super::api::{Graph, GraphError};
use super::error::ApiError;
use super::payload::{at, text};
use super::retry::{self, Answer};
use super::token::Token;
use serde_json::Value;
use std::time::Duration;

/// Errors of one GraphQL answer that are kept.
const MAX_ERRORS: usize = 100;

/// Makes errors of replies.
pub(super) struct Reader<'a> {
    /// What was asked for.
    pub(super) what: &'static str,
    /// The `permissions:` line it needs.
    pub(super) permission: &'a str,
    /// What must not be repeated.
    pub(super) secrets: &'a [Token],
}

impl Reader<'_> {
    /// How long to wait before the next try, if there is to be one; and the error if there is none.
    pub(super) fn refused(&self, answer: &Answer, tries: u32, now: i64) -> (Option<Duration>, ApiError) {
        let (what, status) = (self.what, answer.status);
        let limited = |resets: String| ApiError::Limited { what, resets };
        match retry::judge(answer, tries, now) {
            retry::Verdict::Limited(seconds) => {
                (None, limited(format!("it resets in {} minutes", seconds.div_ceil(60))))
            }
            retry::Verdict::Wait(wait) if answer.is_limit() => {
                (Some(wait), limited("it did not reset within the time of a run".to_owned()))
            }
            retry::Verdict::Wait(wait) => {
                (Some(wait), ApiError::Unavailable { what, detail: format!("status {status}") })
            }
            retry::Verdict::Final => (None, self.error(answer)),
        }
    }

    fn error(&self, answer: &Answer) -> ApiError {
        let (what, status) = (self.what, answer.status);
        let message = self.message(&answer.body);
        match status {
            401 => ApiError::Unauthorized { what },
            403 | 404 => {
                let told = answer.accepted.as_deref().and_then(permission_line);
                let permission = told.unwrap_or_else(|| self.permission.to_owned());
                ApiError::Refused { what, status, message, permission }
            }
            300..=399 => self.malformed("a redirect to another host is not followed"),
            400..=499 => ApiError::Rejected { what, status, message },
            _ => self.malformed(&format!("status {status}: {message}")),
        }
    }

    /// The JSON of a reply; nothing is `null`.
    pub(super) fn json(&self, answer: &Answer) -> Result<Value, ApiError> {
        if answer.body.is_empty() && answer.status != 200 {
            return Ok(Value::Null);
        }
        // What a proxy or a portal on the way says is a page, and no answer of GitHub's.
        let kind = answer.content_type.as_deref().unwrap_or("application/json");
        if !kind.split(';').next().is_some_and(|kind| kind.trim().ends_with("json")) {
            return Err(self.malformed(&format!("it is {kind}, not JSON")));
        }
        serde_json::from_slice(&answer.body).map_err(|error| self.malformed(&error.to_string()))
    }

    /// A GraphQL answer. Errors without any data become an error; a limit is seen before (`Answer::is_limit`).
    pub(super) fn graph(&self, answer: &Answer) -> Result<Graph, ApiError> {
        let reply = self.json(answer)?;
        let owned = |error: &Value, pointer| self.clean(text(error, pointer).unwrap_or_default());
        let errors = at(&reply, "/errors").and_then(Value::as_array).into_iter().flatten();
        let errors: Vec<GraphError> = errors
            .take(MAX_ERRORS)
            .map(|error| GraphError {
                kind: owned(error, "/type"),
                message: owned(error, "/message"),
                path: self.clean(&path(error)),
            })
            .collect();
        match (at(&reply, "/data"), errors.first()) {
            (Some(data), _) => Ok(Graph { data: data.clone(), errors }),
            (None, Some(error)) => Err(error.told(self.what, self.permission)),
            (None, None) => Err(self.malformed("neither data nor errors")),
        }
    }

    pub(super) fn malformed(&self, detail: &str) -> ApiError {
        ApiError::Malformed { what: self.what, detail: self.clean(detail) }
    }

    /// The message of an error reply, on one line, with what it says of single fields.
    fn message(&self, body: &[u8]) -> String {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let Some(message) = text(&json, "/message") else { return "no reason given".to_owned() };
        let first = at(&json, "/errors/0").map(|error| error.as_str().or_else(|| text(error, "/message")));
        self.clean(&match first.flatten() {
            Some(detail) => format!("{message}: {detail}"),
            None => message.to_owned(),
        })
    }

    /// An outsider's text for an error: one line, bounded, without any token.
    pub(super) fn clean(&self, text: &str) -> String {
        let text = self.secrets.iter().fold(text.to_owned(), |text, token| token.scrub(&text));
        text.chars().map(|char| if char.is_control() { ' ' } else { char }).take(200).collect()
    }
}

impl GraphError {
    /// The error of a question that this was the answer to.
    pub fn told(&self, what: &'static str, permission: &str) -> ApiError {
        let message = self.message.clone();
        let refused = |status| ApiError::Refused {
            what,
            status,
            message: message.clone(),
            permission: permission.to_owned(),
        };
        match self.kind.as_str() {
            "FORBIDDEN" | "INSUFFICIENT_SCOPES" => refused(403),
            "NOT_FOUND" => refused(404),
            // Without a type: "Something went wrong while executing your query", the server's ten seconds are over.
            "" | "SERVICE_UNAVAILABLE" | "RESOURCE_LIMITS_EXCEEDED" => {
                ApiError::Unavailable { what, detail: message }
            }
            _ => ApiError::Rejected { what, status: 200, message },
        }
    }
}

fn path(error: &Value) -> String {
    let parts = at(error, "/path").and_then(Value::as_array).into_iter().flatten();
    let parts: Vec<String> =
        parts.map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
    parts.join(".")
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

    #[test]
    fn graphql_answers_are_told_apart() {
        let reader = Reader { what: "files", permission: "contents: read", secrets: &[] };
        let graph =
            |body: &str| reader.graph(&Answer { status: 200, body: body.into(), ..Answer::default() });
        let partial = r#"{"data": {"a": null}, "errors": [{"type": "NOT_FOUND", "path": ["a", 0], "message": "m\nn"}]}"#;
        let partial = graph(partial).unwrap();
        assert_eq!((partial.errors[0].path.as_str(), partial.errors[0].message.as_str()), ("a.0", "m n"));
        for (body, expected) in [
            (r#"{"data": null, "errors": [{"type": "FORBIDDEN", "message": "no"}]}"#, "(403: no)"),
            (r#"{"errors": [{"message": "Something went wrong"}]}"#, "did not answer"),
            (r#"{"errors": [{"type": "OTHER", "message": "parse"}]}"#, "rejected"),
            ("{}", "neither data nor errors"),
        ] {
            let error = graph(body).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
