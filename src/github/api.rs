//! What is asked of GitHub, as a small blocking trait: a [`Client`](super::Client) carries it out, tests bring fakes.
//!
//! Knows addresses and words, no network. What comes back is an outsider's text.

use super::error::ApiError;
use serde_json::Value;

/// One question or order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask<'a> {
    /// What it is about, for errors: "the pull request's commits".
    pub what: &'static str,
    /// Path below the API's base, with its query: `/repos/acme/app/pulls/7`.
    pub path: &'a str,
    /// The `permissions:` line it needs, for the errors of a server that does not say.
    pub permission: &'a str,
}

/// How something is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Creates. Sent once; again only after a reply that says it was not looked at.
    Post,
    /// Changes; sent twice it does the same.
    Patch,
    /// A PATCH that adds, such as annotations of a check run (github-facts 3); as careful as `Post`.
    Append,
    /// Sets.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// Whether doing it twice is the same as doing it once.
    pub(super) const fn repeatable(self) -> bool {
        matches!(self, Self::Patch | Self::Put | Self::Delete)
    }
}

/// The answer of a GraphQL query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Graph {
    /// What was found; parts that could not be read are null.
    pub data: Value,
    /// Why parts are missing.
    pub errors: Vec<GraphError>,
}

/// Why a part of a GraphQL answer is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GraphError {
    /// GitHub's word for it: `NOT_FOUND`, `FORBIDDEN`, ...
    pub kind: String,
    /// The reason, on one line, without the token.
    pub message: String,
    /// Where the part would stand, `repository.f0`.
    pub path: String,
}

/// GitHub, for one repository. Each call blocks, and ends within bounds.
pub trait Api {
    /// The repository, `owner/name`.
    fn repository(&self) -> &str;
    /// Reads one thing; nothing (204) is `null`.
    fn get(&self, ask: Ask<'_>) -> Result<Value, ApiError>;
    /// Reads all pages of a list, at most `limit` entries: more are an error, never silently left out.
    /// `inside` names the field of the list where it is not the whole reply.
    fn get_all(&self, ask: Ask<'_>, inside: Option<&str>, limit: usize) -> Result<Vec<Value>, ApiError>;
    /// Changes something.
    fn send(&self, method: Method, ask: Ask<'_>, body: &Value) -> Result<Value, ApiError>;
    /// Asks by GraphQL, or orders by a `mutation`; the path of `ask` counts for nothing. Without any data it is an error.
    fn graphql(&self, ask: Ask<'_>, query: &str, variables: &Value) -> Result<Graph, ApiError>;
    /// Requests sent so far, repeated ones too.
    fn calls(&self) -> u64;
}

/// Text as one part of a path: everything but letters, digits and `-_.~` is encoded, `/` too (github-facts 6).
pub fn path_part(text: &str) -> String {
    use std::fmt::Write as _;
    let mut part = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            part.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(part, "%{byte:02X}");
        }
    }
    part
}

/// The path with one more parameter of its query.
pub(super) fn with_parameter(path: &str, parameter: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{parameter}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_parts_of_paths() {
        for (text, expected) in [
            ("main", "main"),
            ("release/1.x", "release%2F1.x"),
            ("a b?c#d%", "a%20b%3Fc%23d%25"),
            ("ä", "%C3%A4"),
        ] {
            assert_eq!(path_part(text), expected);
        }
        assert_eq!(with_parameter("/a", "x=1"), "/a?x=1");
        assert_eq!(with_parameter("/a?y=2", "x=1"), "/a?y=2&x=1");
    }
}
