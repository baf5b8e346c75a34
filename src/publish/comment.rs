//! The one comment of a job on a pull request: found again, edited where it has news, created only where it is wanted.
//!
//! Knows nothing of reports: what is to be said it is told. A comment is ours if its marker says so *and* we are its
//! author, or anybody could write one that we take for ours (github-facts 10).

use crate::github::{Api, ApiError, Ask, Method};
use serde_json::{Value, json};

/// Pages of comments that are looked through.
const MAX_PAGES: usize = 10;
/// Duplicates that are minimised in one run; runs in parallel make one or two.
const MAX_DUPLICATES: usize = 5;

/// What a token must be allowed for comments on pull requests (github-facts 6: either key will do).
const PERMISSION: &str = "pull-requests: write";

const WHAT: &str = "the comment on the pull request";
const LIST: &str = "the comments on the pull request";

/// The viewer's own view settles who the author is: the logins of GraphQL and REST differ for a bot (github-facts 10).
const QUERY: &str = "query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      comments(first: 100, after: $after) {
        nodes { id fullDatabaseId viewerDidAuthor isMinimized body }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}";

const MINIMIZE: &str = "mutation($id: ID!) {
  minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized } }
}";

/// A comment to be written.
#[derive(Debug, Clone, Copy)]
pub struct Comment<'a> {
    /// The pull request.
    pub number: u64,
    /// What every text of it starts with.
    pub start: &'a str,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// There was none, and none was wanted.
    Nothing,
    /// A new one.
    Created,
    /// The one that was there.
    Edited,
    /// The one that was there says it already.
    Unchanged,
}

/// A comment that is ours.
struct Ours {
    node: String,
    id: u64,
    minimized: bool,
    body: String,
}

impl Comment<'_> {
    /// Looks up what stands there, asks `text` what should (`None`: nothing new), and sees to it. `same` tells whether
    /// two texts say the same.
    pub fn publish(
        &self,
        api: &dyn Api,
        text: &dyn Fn(Option<&str>) -> Option<String>,
        same: &dyn Fn(&str, &str) -> bool,
    ) -> Result<Written, ApiError> {
        let ours = self.look_up(api)?;
        // The oldest is kept, where readers remember it; but not one that somebody hid while there is another.
        let kept = ours.iter().find(|one| !one.minimized).or_else(|| ours.first());
        let Some(text) = text(kept.map(|one| one.body.as_str())) else { return Ok(Written::Nothing) };
        let written = match kept {
            Some(one) if same(&one.body, &text) => Written::Unchanged,
            Some(one) => Self::edit(api, one.id, &text)?,
            None => self.create(api, &text)?,
        };
        let others = ours.iter().filter(|one| !one.minimized && kept.is_some_and(|kept| kept.id != one.id));
        for one in others.take(MAX_DUPLICATES) {
            let ask = Ask { what: "a duplicate of the comment", path: "", permission: PERMISSION };
            api.graphql(ask, MINIMIZE, &json!({ "id": one.node }))?;
        }
        Ok(written)
    }

    /// Our comments of the first page that has any, oldest first. Duplicates are made by runs in parallel, so that they
    /// stand beside one another.
    fn look_up(&self, api: &dyn Api) -> Result<Vec<Ours>, ApiError> {
        let malformed = || ApiError::Malformed { what: LIST, detail: "no list of comments".to_owned() };
        let (owner, name) = api.repository().split_once('/').ok_or_else(malformed)?;
        let mut after = Value::Null;
        for _ in 0..MAX_PAGES {
            let variables = json!({ "owner": owner, "name": name, "number": self.number, "after": after });
            let ask = Ask { what: LIST, path: "", permission: "pull-requests: read" };
            let graph = api.graphql(ask, QUERY, &variables)?;
            let Some(list) =
                graph.data.pointer("/repository/pullRequest/comments").filter(|list| !list.is_null())
            else {
                // Without the list nothing may be created: there could be one already.
                return Err(graph
                    .errors
                    .first()
                    .map_or_else(malformed, |error| error.told(LIST, ask.permission)));
            };
            let nodes = list.get("nodes").and_then(Value::as_array).ok_or_else(malformed)?;
            let ours: Vec<Ours> = nodes.iter().filter_map(|node| self.ours(node)).collect();
            let more = list.pointer("/pageInfo/hasNextPage").and_then(Value::as_bool).unwrap_or(false);
            if !ours.is_empty() || !more {
                return Ok(ours);
            }
            after = list.pointer("/pageInfo/endCursor").cloned().ok_or_else(malformed)?;
        }
        Err(ApiError::TooMany { what: LIST, limit: MAX_PAGES * 100 })
    }

    fn ours(&self, node: &Value) -> Option<Ours> {
        let body = node.get("body")?.as_str()?;
        let ours = node.get("viewerDidAuthor")?.as_bool()? && body.starts_with(self.start);
        // A `BigInt` comes as text.
        let id = node.get("fullDatabaseId")?;
        let id = id.as_u64().or_else(|| id.as_str()?.parse().ok())?;
        let minimized = node.get("isMinimized").and_then(Value::as_bool).unwrap_or(false);
        ours.then(|| {
            Some(Ours { node: node.get("id")?.as_str()?.to_owned(), id, minimized, body: body.to_owned() })
        })?
    }

    fn create(&self, api: &dyn Api, text: &str) -> Result<Written, ApiError> {
        let path = format!("/repos/{}/issues/{}/comments", api.repository(), self.number);
        let reply = api.send(Method::Post, ask(&path), &json!({ "body": text }))?;
        super::id(WHAT, &reply).map(|_| Written::Created)
    }

    fn edit(api: &dyn Api, id: u64, text: &str) -> Result<Written, ApiError> {
        let path = format!("/repos/{}/issues/comments/{id}", api.repository());
        let reply = api.send(Method::Patch, ask(&path), &json!({ "body": text }))?;
        super::id(WHAT, &reply).map(|_| Written::Edited)
    }
}

fn ask(path: &str) -> Ask<'_> {
    Ask { what: WHAT, path, permission: PERMISSION }
}
