//! One operation of two versions: parameters, bodies, responses, security, deprecation.

use super::media;
use super::openapi::{Found, Operation, deprecated, sunset};
use super::reference::{At, Documents};
use super::schema::{self, Direction, Pair};
use crate::document::Node;
use std::collections::{BTreeMap, BTreeSet};

/// A version of a description.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) documents: &'a Documents<'a>,
    pub(super) root: At<'a>,
}

/// Compares an operation that both versions have.
pub(super) fn compare<'a>(
    base: &Side<'a>,
    old: Operation<'a>,
    head: &Side<'a>,
    new: Operation<'a>,
    found: &mut Found,
) {
    parameters(base, old, head, new, found);
    request(base, old, head, new, found);
    responses(base, old, head, new, found);
    security(base, old, head, new, found);
    deprecation(old, new, found);
}

/// Parameters by where they stand and what they are called; those of the path go by their place.
type Parameters<'a> = BTreeMap<(String, String), At<'a>>;

fn parameters_of<'a>(side: &Side<'a>, operation: Operation<'a>) -> Parameters<'a> {
    let mut all = Parameters::new();
    for owner in [operation.item, operation.at] {
        for at in side.documents.items(side.documents.get(owner, "parameters")) {
            let text = |key: &str| at.node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
            let (place, mut name) = (text("in"), text("name"));
            if place == "path" {
                let position =
                    operation.path.split('/').position(|part| part.contains(&format!("{{{name}}}")));
                name = position.map_or(name, |position| position.to_string());
            }
            if place != "body" {
                all.insert((place, name), at);
            }
        }
    }
    all
}

fn required(at: At<'_>) -> bool {
    at.node.get("required").and_then(Node::as_bool) == Some(true)
}

fn parameters<'a>(
    base: &Side<'a>,
    old: Operation<'a>,
    head: &Side<'a>,
    new: Operation<'a>,
    found: &mut Found,
) {
    let (before, after) = (parameters_of(base, old), parameters_of(head, new));
    for (key, at) in &before {
        if !after.contains_key(key) && key.0 != "path" {
            let what = format!("{} is removed", told(*at));
            found.add("request-parameter-removed", new.at.file, new.line, &what);
        }
    }
    for (key, at) in &after {
        if let Some(was) = before.get(key) {
            parameter(base, head, Pair { base: *was, head: *at }, found);
            continue;
        }
        let (kind, what) = match (key.0.as_str(), required(*at)) {
            ("path", _) => ("new-request-path-parameter", "is new"),
            (_, true) => ("new-required-request-parameter", "is new and required"),
            (_, false) => ("new-optional-request-parameter", "is new"),
        };
        found.at(kind, *at, &format!("{} {what}", told(*at)));
    }
}

/// A parameter for people.
fn told(at: At<'_>) -> String {
    let text = |key: &str| at.node.get(key).and_then(Node::as_str).unwrap_or_default();
    format!("the {} parameter `{}`", text("in"), text("name"))
}

/// A parameter that both versions have.
fn parameter<'a>(base: &Side<'a>, head: &Side<'a>, pair: Pair<'a>, found: &mut Found) {
    let what = told(pair.head);
    match (required(pair.base), required(pair.head)) {
        (false, true) => {
            found.at("request-parameter-became-required", pair.head, &format!("{what} became required"));
        }
        (true, false) => {
            found.at("request-parameter-became-optional", pair.head, &format!("{what} became optional"));
        }
        _ => {}
    }
    // Swagger 2 writes the schema into the parameter itself.
    let schema = |side: &Side<'a>, at: At<'a>| side.documents.get(at, "schema").unwrap_or(at);
    let pair = Pair { base: schema(base, pair.base), head: schema(head, pair.head) };
    schema::compare(base, head, pair, Direction::Parameter, &what, found);
}

fn request<'a>(base: &Side<'a>, old: Operation<'a>, head: &Side<'a>, new: Operation<'a>, found: &mut Found) {
    let (before, after) = (media::request(base, old), media::request(head, new));
    let Some(after) = after else { return };
    let Some(before) = before else {
        let (kind, what) = if after.required {
            ("request-body-added-required", "a request body is required now")
        } else {
            ("request-body-added-optional", "a request body is possible now")
        };
        return found.at(kind, after.at, what);
    };
    match (before.required, after.required) {
        (false, true) => {
            found.at("request-body-became-required", after.at, "the request body became required");
        }
        (true, false) => {
            found.at("request-body-became-optional", after.at, "the request body became optional");
        }
        _ => {}
    }
    for (name, was) in &before.media {
        match after.media.iter().find(|(other, _)| other == name) {
            None => {
                let what = format!("the request body cannot be {name} any more");
                found.at("request-body-media-type-removed", after.at, &what);
            }
            Some((_, now)) => {
                if let (Some(was), Some(now)) = (was, now) {
                    let pair = Pair { base: *was, head: *now };
                    schema::compare(base, head, pair, Direction::Request, "the request body", found);
                }
            }
        }
    }
    for (name, _) in
        after.media.iter().filter(|(name, _)| before.media.iter().all(|(other, _)| other != name))
    {
        found.at("request-body-media-type-added", after.at, &format!("the request body can be {name} now"));
    }
}

fn responses<'a>(
    base: &Side<'a>,
    old: Operation<'a>,
    head: &Side<'a>,
    new: Operation<'a>,
    found: &mut Found,
) {
    let all = |side: &Side<'a>, operation: Operation<'a>| -> Vec<(String, At<'a>)> {
        let Some(at) = side.documents.get(operation.at, "responses") else { return Vec::new() };
        let entries = at.node.as_map().unwrap_or_default().iter();
        entries
            .filter_map(|(key, node)| {
                Some((key.to_string(), side.documents.follow(At { file: at.file, node })?))
            })
            .collect()
    };
    let (before, after) = (all(base, old), all(head, new));
    let sort = |status: &str| if status.starts_with('2') { "success" } else { "non-success" };
    for (status, was) in &before {
        match after.iter().find(|(other, _)| other == status) {
            None => {
                let kind = format!("response-{}-status-removed", sort(status));
                found.add(kind, new.at.file, new.line, &format!("the response {status} is removed"));
            }
            Some((_, now)) => {
                headers(base, head, Pair { base: *was, head: *now }, status, found);
                bodies(base, old, head, new, (Pair { base: *was, head: *now }, status), found);
            }
        }
    }
    for (status, now) in after.iter().filter(|(status, _)| before.iter().all(|(other, _)| other != status)) {
        let kind = format!("response-{}-status-added", sort(status));
        found.at(kind, *now, &format!("the response {status} is new"));
    }
}

fn bodies<'a>(
    base: &Side<'a>,
    old: Operation<'a>,
    head: &Side<'a>,
    new: Operation<'a>,
    (pair, status): (Pair<'a>, &str),
    found: &mut Found,
) {
    let (before, after) = (media::response(base, old, pair.base), media::response(head, new, pair.head));
    for (name, was) in &before {
        match after.iter().find(|(other, _)| other == name) {
            None => {
                let what = format!("the response {status} is not {name} any more");
                found.at("response-media-type-removed", pair.head, &what);
            }
            Some((_, now)) => {
                if let (Some(was), Some(now)) = (was, now) {
                    let what = format!("the response {status}");
                    schema::compare(
                        base,
                        head,
                        Pair { base: *was, head: *now },
                        Direction::Response,
                        &what,
                        found,
                    );
                }
            }
        }
    }
    for (name, _) in after.iter().filter(|(name, _)| before.iter().all(|(other, _)| other != name)) {
        found.at("response-media-type-added", pair.head, &format!("the response {status} can be {name} now"));
    }
}

fn headers<'a>(base: &Side<'a>, head: &Side<'a>, pair: Pair<'a>, status: &str, found: &mut Found) {
    let all = |side: &Side<'a>, at: At<'a>| side.documents.entries(side.documents.get(at, "headers"));
    let after = all(head, pair.head);
    for (name, _, was) in all(base, pair.base) {
        match after.iter().find(|(other, _, _)| other.eq_ignore_ascii_case(name)) {
            None => {
                let kind = if required(was) {
                    "required-response-header-removed"
                } else {
                    "optional-response-header-removed"
                };
                found.at(
                    kind,
                    pair.head,
                    &format!("the header `{name}` of the response {status} is removed"),
                );
            }
            Some((_, _, now)) if required(was) && !required(*now) => {
                let what = format!("the header `{name}` of the response {status} became optional");
                found.at("response-header-became-optional", *now, &what);
            }
            Some(_) => {}
        }
    }
}

/// Alternatives, each of schemes with their scopes. Without any word, what the description asks for everywhere.
fn alternatives(side: &Side<'_>, operation: Operation<'_>) -> BTreeSet<BTreeMap<String, BTreeSet<String>>> {
    let list = operation.at.node.get("security").or_else(|| side.root.node.get("security"));
    let items = list.and_then(Node::as_list).unwrap_or_default().iter();
    items
        .map(|item| {
            let schemes = item.as_map().unwrap_or_default().iter();
            let scopes =
                |node: &Node| node.as_list().unwrap_or_default().iter().map(ToString::to_string).collect();
            schemes.map(|(name, node)| (name.to_string(), scopes(node))).collect()
        })
        .collect()
}

fn security(base: &Side<'_>, old: Operation<'_>, head: &Side<'_>, new: Operation<'_>, found: &mut Found) {
    let (before, after) = (alternatives(base, old), alternatives(head, new));
    let open =
        |all: &BTreeSet<BTreeMap<String, BTreeSet<String>>>| all.is_empty() || all.contains(&BTreeMap::new());
    let line = new.at.node.get("security").map_or(new.line, |node| node.pos.line);
    if before == after || open(&after) {
        if !open(&before) && open(&after) {
            found.add("api-security-removed", new.at.file, line, "asks for no authentication any more");
        }
        return;
    }
    if open(&before) {
        return found.add("api-security-added", new.at.file, line, "asks for authentication now");
    }
    // A client with what one alternative asked for must still find one that asks for no more.
    for was in &before {
        let enough = |now: &&BTreeMap<String, BTreeSet<String>>| {
            now.iter().all(|(name, scopes)| was.get(name).is_some_and(|had| scopes.is_subset(had)))
        };
        if !after.iter().any(|now| enough(&now)) {
            let names =
                |one: &BTreeMap<String, BTreeSet<String>>| one.keys().cloned().collect::<BTreeSet<_>>();
            let same = after.iter().any(|now| names(now).is_subset(&names(was)));
            let (kind, what) = if same {
                ("api-security-scope-added", "asks for more scopes now")
            } else {
                ("api-security-added", "asks for another authentication now")
            };
            return found.add(kind, new.at.file, line, what);
        }
    }
    found.add("api-security-scope-removed", new.at.file, line, "asks for less than before");
}

fn deprecation(old: Operation<'_>, new: Operation<'_>, found: &mut Found) {
    let place = |key: &str| new.at.node.entry(key).map_or(new.line, |(key, _)| key.pos.line);
    match (deprecated(&old), deprecated(&new)) {
        (false, true) if sunset(&new).is_none() => {
            let what = "is deprecated, and `x-sunset` does not say until when it stays";
            found.add("endpoint-deprecated-without-sunset", new.at.file, place("deprecated"), what);
        }
        (false, true) => found.add("endpoint-deprecated", new.at.file, place("deprecated"), "is deprecated"),
        (true, false) => found.add("endpoint-reactivated", new.at.file, new.line, "is deprecated no more"),
        (true, true) => match (sunset(&old), sunset(&new)) {
            (Some(_), None) => {
                found.add("sunset-deleted", new.at.file, place("deprecated"), "its sunset is deleted");
            }
            (Some(was), Some(now)) if now < was => {
                let what = format!("its sunset moved from {was} to {now}");
                found.add("sunset-moved-earlier", new.at.file, place("x-sunset"), &what);
            }
            _ => {}
        },
        (false, false) => {}
    }
}
