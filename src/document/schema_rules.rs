//! What single rules of a JSON Schema say, for people.

use super::node::{Node, Scalar, Value};
use super::suggest::hint;
use serde_json::{Map, Value as Json};

/// The words that a branch stands for, where it stands for words.
pub(super) fn words(branch: &Json) -> Vec<&str> {
    let listed = branch["enum"].as_array().into_iter().flatten().filter_map(Json::as_str);
    listed.chain(branch["const"].as_str()).collect()
}

/// The hint that lists what is possible, where that is a list of words.
pub(super) fn listed(words: &[&str]) -> Option<String> {
    (!words.is_empty()).then(|| hint("", "possible here", words.iter().copied()))?
}

pub(super) fn types(rules: &Map<String, Json>) -> Vec<&str> {
    match rules.get("type") {
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        _ => match rules.get("const") {
            Some(Json::String(_)) => vec!["string"],
            _ => Vec::new(),
        },
    }
}

/// Whether the value is of a type that the rules allow.
pub(super) fn fits(node: &Node, rules: &Map<String, Json>) -> bool {
    let types = types(rules);
    let of_type = |name: &str| match &node.value {
        Value::List(_) => name == "array",
        Value::Map(_) => name == "object",
        Value::Scalar(Scalar::Null) => name == "null",
        Value::Scalar(Scalar::Bool(_)) => name == "boolean",
        Value::Scalar(Scalar::Integer(_)) => matches!(name, "integer" | "number"),
        Value::Scalar(Scalar::Float(_)) => name == "number",
        Value::Scalar(Scalar::Text(_)) => name == "string",
    };
    types.is_empty() || types.into_iter().any(of_type)
}

/// What the rules allow, for people.
pub(super) fn wanted(rules: &Map<String, Json>) -> String {
    let names = types(rules).into_iter().map(|name| match name {
        "array" => "a list",
        "object" => "a mapping",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "null" => "nothing",
        _ => "a text",
    });
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "something else".into() } else { names.join(" or ") }
}

pub(super) fn described(rules: &Map<String, Json>) -> Option<String> {
    rules.get("description").and_then(Json::as_str).and_then(first_line).map(ToOwned::to_owned)
}

pub(super) fn first_line(text: &str) -> Option<&str> {
    text.lines().next().filter(|line| !line.is_empty())
}
