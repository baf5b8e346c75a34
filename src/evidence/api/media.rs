//! The schemas of bodies by media type, in either version of the format.

use super::openapi::Operation;
use super::operations::Side;
use super::reference::At;
use crate::document::Node;

/// A body: whether it must be sent, and its schemas.
#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) at: At<'a>,
    pub(super) required: bool,
    pub(super) media: Vec<(String, Option<At<'a>>)>,
}

/// What a client sends.
pub(super) fn request<'a>(side: &Side<'a>, operation: Operation<'a>) -> Option<Body<'a>> {
    if let Some(at) = side.documents.get(operation.at, "requestBody") {
        let required = at.node.get("required").and_then(Node::as_bool) == Some(true);
        return Some(Body { at, required, media: content(side, at) });
    }
    let parameters = side.documents.items(side.documents.get(operation.at, "parameters"));
    let at = parameters.into_iter().find(|at| at.node.get("in").and_then(Node::as_str) == Some("body"))?;
    let required = at.node.get("required").and_then(Node::as_bool) == Some(true);
    let schema = side.documents.get(at, "schema");
    Some(Body {
        at,
        required,
        media: types(side, operation, "consumes").map(|name| (name, schema)).collect(),
    })
}

/// What a client receives with a status.
pub(super) fn response<'a>(
    side: &Side<'a>,
    operation: Operation<'a>,
    at: At<'a>,
) -> Vec<(String, Option<At<'a>>)> {
    match side.documents.get(at, "schema") {
        Some(schema) => types(side, operation, "produces").map(|name| (name, Some(schema))).collect(),
        None => content(side, at),
    }
}

fn content<'a>(side: &Side<'a>, at: At<'a>) -> Vec<(String, Option<At<'a>>)> {
    let entries = side.documents.entries(side.documents.get(at, "content"));
    entries.into_iter().map(|(name, _, media)| (bare(name), side.documents.get(media, "schema"))).collect()
}

/// Media types of Swagger 2: the operation's, else the description's, else JSON.
fn types<'a>(side: &Side<'a>, operation: Operation<'a>, key: &str) -> impl Iterator<Item = String> + use<'a> {
    let named = |node: &'a Node| node.get(key).and_then(Node::as_list).filter(|list| !list.is_empty());
    let list = named(operation.at.node).or_else(|| named(side.root.node)).unwrap_or_default();
    let written: Vec<String> = list.iter().filter_map(Node::as_str).map(bare).collect();
    if written.is_empty() { vec!["application/json".to_owned()] } else { written }.into_iter()
}

/// Without parameters: `application/json; charset=utf-8` is `application/json`.
fn bare(name: &str) -> String {
    name.split(';').next().unwrap_or(name).trim().to_ascii_lowercase()
}
