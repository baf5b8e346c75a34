//! Templates of charts with the defaults of `values.yaml` put in. No function is run but those that hand on.

use super::super::nodes::{at, text};
use super::resolve::moved;
use crate::document::{Node, Scalar, Value};

/// Filters that change nothing of what is asked here.
const TRANSPARENT: [&str; 10] =
    ["toYaml", "quote", "squote", "int", "int64", "toString", "nindent", "indent", "trim", "tpl"];

/// Whether the whole object depends on a value that is off by default.
pub(super) fn left_out(node: &Node, values: &Node) -> bool {
    let conditions =
        node.as_map().unwrap_or_default().iter().filter_map(|(key, _)| marked(key)?.strip_prefix("if "));
    conditions.filter_map(|condition| truth(condition, values)).any(|truth| !truth)
}

/// The template that a key stands for.
fn marked(key: &Node) -> Option<&str> {
    let inner = text(key)?.strip_prefix("{{")?;
    inner.rsplit_once("}}@").map(|(inner, _)| inner)
}

/// A condition of references joined by one word.
fn truth(condition: &str, values: &Node) -> Option<bool> {
    let condition = condition.trim();
    let one = |reference: &str| Some(truthy(lookup(reference.strip_prefix(".Values.")?, values)));
    if let Some(rest) = condition.strip_prefix("not ") {
        return truth(rest, values).map(|truth| !truth);
    }
    if condition.contains(['(', '|']) {
        return None;
    }
    let mut words = condition.split_whitespace();
    match (words.next()?, condition.split_whitespace().count()) {
        (reference, 1) => one(reference),
        ("and", _) => words.map(one).try_fold(true, |all, one| Some(all && one?)),
        ("or", _) => words.map(one).try_fold(false, |any, one| Some(any || one?)),
        _ => None,
    }
}

fn truthy(node: Option<&Node>) -> bool {
    match node.map(|node| &node.value) {
        None | Some(Value::Scalar(Scalar::Null | Scalar::Bool(false) | Scalar::Integer(0))) => false,
        Some(Value::Scalar(Scalar::Text(text))) => !text.is_empty(),
        Some(Value::List(items)) => !items.is_empty(),
        Some(Value::Map(entries)) => !entries.is_empty(),
        Some(Value::Scalar(_)) => true,
    }
}

fn lookup<'a>(path: &str, values: &'a Node) -> Option<&'a Node> {
    at(values, &path.split('.').collect::<Vec<_>>())
}

/// The object with what is known.
pub(super) fn put_in(node: &Node, values: &Node) -> Node {
    let value = match &node.value {
        Value::Scalar(Scalar::Text(text)) if text.contains("{{") => {
            given(text, values).map_or_else(|| node.value.clone(), |value| moved(value, node))
        }
        Value::Scalar(scalar) => Value::Scalar(scalar.clone()),
        Value::List(items) => Value::List(items.iter().map(|item| put_in(item, values)).collect()),
        Value::Map(entries) => map(entries, values),
    };
    Node { value, ..*node }
}

/// A mapping; a key that is a template makes room for the entries that it gives.
fn map(entries: &[(Node, Node)], values: &Node) -> Value {
    let mut all: Vec<(Node, Node)> = Vec::new();
    for (key, value) in entries {
        let Some(inner) = marked(key) else {
            all.push((key.clone(), put_in(value, values)));
            continue;
        };
        match given(&format!("{{{{{inner}}}}}"), values).map(|value| moved(value, key)) {
            Some(Value::Map(more)) => {
                for (name, value) in more {
                    if !all.iter().any(|(known, _)| known.value == name.value) {
                        all.push((name, value));
                    }
                }
            }
            Some(Value::List(items)) if entries.len() == 1 => return Value::List(items),
            Some(_) => {}
            None => all.push((key.clone(), value.clone())),
        }
    }
    Value::Map(all)
}

/// What a text with templates gives: the value itself where it is nothing but one, else a text.
fn given(text: &str, values: &Node) -> Option<Value> {
    if let Some(inner) = text.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"))
        && !inner.contains("{{")
    {
        return expression(inner, values);
    }
    let (mut out, mut rest) = (String::new(), text);
    while let Some(open) = rest.find("{{") {
        let end = rest[open..].find("}}")? + open;
        out.push_str(&rest[..open]);
        match expression(&rest[open + 2..end], values)? {
            Value::Scalar(scalar) => out.push_str(&scalar.to_string()),
            Value::List(_) | Value::Map(_) => return None,
        }
        rest = &rest[end + 2..];
    }
    out.push_str(rest);
    Some(Value::Scalar(Scalar::Text(out)))
}

fn expression(inner: &str, values: &Node) -> Option<Value> {
    let mut found: Option<Option<Value>> = None;
    let mut default = None;
    for (at, part) in inner.trim_matches(['-', ' ', '\t']).split('|').enumerate() {
        let mut words = part.split_whitespace().peekable();
        while let Some(word) = words.next() {
            if let Some(path) = word.strip_prefix(".Values.").filter(|_| at == 0 && found.is_none()) {
                found = Some(lookup(path, values).map(|node| node.value.clone()));
            } else if word == "default" && found.is_some() {
                default = Some(literal(words.next()?));
            } else if !TRANSPARENT.contains(&word) && word.parse::<u32>().is_err() {
                return None;
            }
        }
    }
    let empty = |value: &Value| {
        matches!(value, Value::Scalar(Scalar::Null)) || *value == Value::Scalar(Scalar::Text(String::new()))
    };
    match (found?, default) {
        (Some(value), Some(default)) if empty(&value) => Some(default),
        (Some(value), _) => Some(value),
        (None, default) => default,
    }
}

fn literal(word: &str) -> Value {
    let plain = word.trim_matches('"');
    Value::Scalar(match plain {
        "true" => Scalar::Bool(true),
        "false" => Scalar::Bool(false),
        _ => plain.parse().map_or_else(|_| Scalar::Text(plain.to_owned()), Scalar::Integer),
    })
}
