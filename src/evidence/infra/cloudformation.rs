//! Templates of CloudFormation and SAM.

use super::super::nodes::{entries, get, text};
use super::Resource;
use crate::document::{Node, Pos, Value};

/// Whether the document is a template.
pub(super) fn is(node: &Node) -> bool {
    get(node, "Resources").is_some_and(|resources| entries(resources).any(|(_, value)| kind(value).is_some()))
}

/// The resources; what a property is stands right below the resource, without `Properties`.
pub(super) fn resources(node: &Node) -> Vec<Resource> {
    let all = get(node, "Resources").into_iter().flat_map(entries);
    all.filter_map(|(name, value)| {
        let kind = kind(value)?.to_owned();
        Some(Resource {
            kind,
            group: String::new(),
            name: text(name).unwrap_or_default().to_owned(),
            line: name.pos.line,
            attributes: flattened(value),
        })
    })
    .collect()
}

fn kind(value: &Node) -> Option<&str> {
    get(value, "Type").and_then(text).filter(|kind| kind.contains("::"))
}

/// `Properties` beside what stands next to them (`DeletionPolicy`).
fn flattened(value: &Node) -> Node {
    let mut all: Vec<(Node, Node)> = Vec::new();
    let properties = get(value, "Properties").into_iter().flat_map(entries);
    let beside = entries(value).filter(|(key, _)| text(key) != Some("Properties"));
    for (key, value) in properties.chain(beside) {
        all.push((key.clone(), value.clone()));
    }
    let pos: Pos = value.pos;
    Node { pos, end: value.end, value: Value::Map(all) }
}
