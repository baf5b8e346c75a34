//! ARM templates and Bicep.

use super::super::nodes::{entries, get, items, text};
use super::Resource;
use crate::document::{Node, Scalar, Value};
use crate::regexes::Late;

/// Whether the document is an ARM template.
pub(super) fn is_arm(node: &Node) -> bool {
    get(node, "$schema").and_then(text).is_some_and(|schema| schema.contains("deploymentTemplate.json"))
}

/// Its resources; expressions (`[parameters('a')]`) stand as `${...}`.
pub(super) fn arm(node: &Node) -> Vec<Resource> {
    let all = get(node, "resources").map(items).unwrap_or_default();
    all.iter()
        .filter_map(|one| {
            let kind = get(one, "type").and_then(text)?;
            let name = get(one, "name").and_then(text).unwrap_or_default();
            Some(Resource::new(kind, name, one.pos.line, unevaluated(one)))
        })
        .collect()
}

fn unevaluated(node: &Node) -> Node {
    let value = match &node.value {
        Value::Scalar(Scalar::Text(text)) if text.starts_with('[') && text.ends_with(']') => {
            Value::Scalar(Scalar::Text(format!("${{{}}}", &text[1..text.len() - 1])))
        }
        Value::Scalar(scalar) => Value::Scalar(scalar.clone()),
        Value::List(items) => Value::List(items.iter().map(unevaluated).collect()),
        Value::Map(_) => {
            Value::Map(entries(node).map(|(key, value)| (key.clone(), unevaluated(value))).collect())
        }
    };
    Node { value, ..*node }
}

/// Resources of a Bicep file by their type. Their attributes are not read: each counts as not known.
pub(super) fn bicep(source: &str) -> Vec<Resource> {
    static RESOURCE: Late = Late::of(r"^\s*(resource|module)\s+(\w+)\s+'([^'@]+)(?:@[^']*)?'");
    let found = (1..).zip(source.lines()).filter_map(|(line, text)| {
        let captures = RESOURCE.captures(text)?;
        let prefix = if &captures[1] == "module" { "module:" } else { "" };
        let unknown = Value::Scalar(Scalar::Text("${...}".into()));
        let (pos, end) = (crate::document::Pos::at(line, 1), crate::document::Pos::at(line, 1));
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        Some(Resource::new(
            format!("{prefix}{}", &captures[3]),
            &captures[2],
            line,
            Node { pos, end, value: unknown },
        ))
    });
    found.collect()
}
