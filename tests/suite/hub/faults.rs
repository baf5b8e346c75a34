//! Everything that can go wrong, on demand.

use super::server::{Incoming, Reply, Way};
use serde_json::json;

/// What goes wrong, at which requests, how often.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    kind: Kind,
    method: &'static str,
    /// A part of the path.
    part: String,
    left: usize,
    /// Whether the request is carried out all the same.
    done: bool,
}

#[derive(Debug, Clone)]
enum Kind {
    Status(u16, String, Vec<(&'static str, String)>),
    Way(Way),
    /// Not whole JSON.
    Malformed,
    /// A page of HTML, with status 200.
    Page,
    /// Always a next page.
    Endless,
    /// Another host.
    Elsewhere(String),
    /// A reply of this JSON.
    Instead(serde_json::Value),
}

impl Fault {
    fn of(kind: Kind) -> Self {
        Self { kind, method: "", part: String::new(), left: usize::MAX, done: false }
    }

    /// An error status, with what GitHub says.
    pub(crate) fn status(status: u16, message: &str) -> Self {
        Self::of(Kind::Status(status, json!({ "message": message }).to_string(), Vec::new()))
    }

    /// 403 as for a missing permission, with the header that names it.
    pub(crate) fn forbidden(accepted: &str) -> Self {
        Self::status(403, "Resource not accessible by integration")
            .header("x-accepted-github-permissions", accepted)
    }

    /// The secondary limit, which says nothing about when.
    pub(crate) fn secondary() -> Self {
        Self::status(403, "You have exceeded a secondary rate limit. Please wait a few minutes.")
    }

    /// The primary limit, which resets at this second of the epoch.
    pub(crate) fn primary(reset: i64) -> Self {
        Self::status(403, "API rate limit exceeded")
            .header("x-ratelimit-remaining", "0")
            .header("x-ratelimit-reset", &reset.to_string())
    }

    /// Nothing is ever sent.
    pub(crate) fn silence() -> Self {
        Self::of(Kind::Way(Way::Never))
    }

    /// The connection breaks in the middle of the reply.
    pub(crate) fn cut() -> Self {
        Self::of(Kind::Way(Way::Cut))
    }

    /// The connection breaks before there is a reply.
    pub(crate) fn broken() -> Self {
        Self::of(Kind::Way(Way::Broken))
    }

    pub(crate) fn malformed() -> Self {
        Self::of(Kind::Malformed)
    }

    pub(crate) fn page() -> Self {
        Self::of(Kind::Page)
    }

    pub(crate) fn endless() -> Self {
        Self::of(Kind::Endless)
    }

    pub(crate) fn elsewhere(url: &str) -> Self {
        Self::of(Kind::Elsewhere(url.to_owned()))
    }

    /// This JSON instead of the right one.
    pub(crate) fn instead(reply: serde_json::Value) -> Self {
        Self::of(Kind::Instead(reply))
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Kind::Status(_, _, headers) = &mut self.kind {
            headers.push((name, value.to_owned()));
        }
        self
    }

    /// Only at requests of this method (empty: all) whose path holds this.
    pub(crate) fn at(mut self, method: &'static str, part: &str) -> Self {
        (self.method, self.part) = (method, part.to_owned());
        self
    }

    /// So many times; for ever where this is not said.
    pub(crate) const fn times(mut self, times: usize) -> Self {
        self.left = times;
        self
    }

    /// What was asked for is done, and only the reply is lost.
    pub(crate) const fn after_all(mut self) -> Self {
        self.done = true;
        self
    }

    pub(super) fn meets(&self, incoming: &Incoming) -> bool {
        (self.method.is_empty() || self.method == incoming.method) && incoming.path.contains(&self.part)
    }

    /// Whether nothing is ever sent.
    pub(crate) const fn is_silent(&self) -> bool {
        matches!(self.kind, Kind::Way(Way::Never))
    }

    /// Counts one use; whether it was the last.
    pub(super) const fn used_up(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left == 0
    }

    /// Whether the request is carried out.
    pub(super) const fn is_done(&self) -> bool {
        self.done || matches!(self.kind, Kind::Endless | Kind::Malformed | Kind::Page | Kind::Way(Way::Cut))
    }

    pub(super) fn spoil(&self, genuine: &Reply, incoming: &Incoming) -> Reply {
        match &self.kind {
            Kind::Status(status, body, headers) => {
                let reply = Reply { status: *status, body: body.clone().into_bytes(), ..genuine.clone() };
                headers.iter().fold(reply, |reply, (name, value)| reply.with(name, value))
            }
            Kind::Way(way) => Reply { way: *way, ..genuine.clone() },
            Kind::Malformed => {
                Reply { body: genuine.body[..genuine.body.len() - 1].to_vec(), ..genuine.clone() }
            }
            Kind::Page => Reply { body: b"<html>Sign in</html>".to_vec(), ..genuine.clone() }
                .with("content-type", "text/html"),
            Kind::Endless => {
                let page: u64 = incoming.parameter("page").and_then(|text| text.parse().ok()).unwrap_or(1);
                let base = incoming.path.split('?').next().unwrap();
                let next = format!("<http://{}/api/v3{base}?page={}>; rel=\"next\"", incoming.host, page + 1);
                genuine.clone().with("link", next)
            }
            Kind::Elsewhere(url) => Reply { status: 302, ..genuine.clone() }.with("location", url),
            Kind::Instead(body) => Reply::json(200, body.clone()),
        }
    }
}
