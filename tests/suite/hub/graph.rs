//! The few questions of GraphQL that the program asks, told apart by their words.

use super::answers::State;
use super::git;
use super::server::Reply;
use regex::Regex;
use serde_json::{Map, Value, json};

/// Largest text that GraphQL hands out whole (github-facts 4).
const TRUNCATED: usize = 500_000;

pub(super) fn answer(state: &mut State, body: &Value) -> Reply {
    let query = body["query"].as_str().unwrap_or_default();
    let data = if query.contains("minimizeComment") {
        minimize(state, &body["variables"])
    } else if query.contains("refUpdateRule") {
        json!({ "repository": { "ref": state.branch_graph() } })
    } else if query.contains("viewerDidAuthor") {
        json!({ "repository": { "pullRequest": { "comments": comments(state, &body["variables"]) } } })
    } else if query.contains("object(") {
        json!({ "repository": objects(state, query, &body["variables"]) })
    } else {
        let error = json!({ "message": "Parse error on nothing", "type": "UNKNOWN" });
        return Reply::json(200, json!({ "errors": [error] }));
    };
    Reply::json(200, json!({ "data": data }))
}

/// A page of the comments, as the viewer sees them: the author of what the job wrote is the job (github-facts 10).
fn comments(state: &State, variables: &Value) -> Value {
    let start: usize = variables["after"].as_str().and_then(|text| text.parse().ok()).unwrap_or(0);
    let end = (start + state.page).min(state.comments.len());
    let node = |comment: &Value| {
        json!({
            "id": comment["node_id"], "fullDatabaseId": comment["id"].to_string(),
            "viewerDidAuthor": comment["user"]["login"] == "github-actions[bot]",
            "isMinimized": !comment["minimized"].is_null(), "body": comment["body"],
        })
    };
    json!({
        "nodes": state.comments[start..end].iter().map(node).collect::<Vec<_>>(),
        "pageInfo": { "hasNextPage": end < state.comments.len(), "endCursor": end.to_string() },
    })
}

fn minimize(state: &mut State, variables: &Value) -> Value {
    let id = variables
        .pointer("/id")
        .or_else(|| variables.pointer("/input/subjectId"))
        .cloned()
        .unwrap_or_default();
    for comment in &mut state.comments {
        if comment["node_id"] == id {
            comment["minimized"] = json!({ "reason": "outdated" });
        }
    }
    json!({ "minimizeComment": { "minimizedComment": { "__typename": "IssueComment", "isMinimized": true } } })
}

fn objects(state: &State, query: &str, variables: &Value) -> Value {
    let alias = Regex::new(r#"(\w+): object\((oid|expression): (?:"([^"]+)"|\$(\w+))\)"#).unwrap();
    let mut found = Map::new();
    for one in alias.captures_iter(query) {
        let name = one.get(3).map_or_else(|| variables[&one[4]].as_str().unwrap(), |text| text.as_str());
        found.insert(one[1].to_owned(), object(state, name).unwrap_or_default());
    }
    found.into()
}

fn object(state: &State, name: &str) -> Option<Value> {
    let repo = state.repo.as_deref()?;
    let oid = git::resolve(repo, name)?;
    let Some(bytes) = git::blob(repo, &oid) else {
        return Some(json!({ "__typename": "Tree", "oid": oid }));
    };
    let binary = bytes.iter().take(8000).any(|byte| *byte == 0);
    let text = String::from_utf8_lossy(&bytes);
    let cut = text.len() > TRUNCATED;
    let text = if cut { text[..text.floor_char_boundary(TRUNCATED)].to_owned() } else { text.into_owned() };
    Some(json!({
        "__typename": "Blob", "oid": oid, "byteSize": bytes.len(), "isBinary": binary, "isTruncated": cut,
        "text": if binary { Value::Null } else { text.into() },
    }))
}
