//! Templates of CloudFormation, SAM and serverless.yml.

use super::super::nodes::{entries, get, is_map, plain, text};
use super::Resource;
use crate::document::{Node, Scalar, Value};

/// Whether the document is a template.
pub(super) fn is(node: &Node) -> bool {
    get(node, "Resources").is_some_and(|resources| entries(resources).any(|(_, value)| kind(value).is_some()))
}

/// The resources; what a property is stands right below the resource, without `Properties`. Parameters with a default
/// are put in; what else a function would give stands as the text `${...}`.
pub(super) fn resources(node: &Node) -> Vec<Resource> {
    let parameters = get(node, "Parameters");
    let all = get(node, "Resources").into_iter().flat_map(entries);
    all.filter_map(|(name, value)| {
        let kind = kind(value)?.to_owned();
        let attributes = known(&flattened(value), parameters);
        Some(Resource::new(kind, text(name).unwrap_or_default(), name.pos.line, attributes))
    })
    .collect()
}

fn kind(value: &Node) -> Option<&str> {
    get(value, "Type").and_then(text).filter(|kind| kind.contains("::"))
}

/// `Properties` beside what stands next to them (`DeletionPolicy`).
fn flattened(value: &Node) -> Node {
    let properties = get(value, "Properties").into_iter().flat_map(entries);
    let beside = entries(value).filter(|(key, _)| text(key) != Some("Properties"));
    let all = properties.chain(beside).map(|(key, value)| (key.clone(), value.clone())).collect();
    Node { pos: value.pos, end: value.end, value: Value::Map(all) }
}

fn known(node: &Node, parameters: Option<&Node>) -> Node {
    let value = match &node.value {
        Value::Map(entries) => match entries.as_slice() {
            [(key, argument)] if is_function(key) => function(key, argument, parameters),
            _ => Value::Map(
                entries.iter().map(|(key, value)| (key.clone(), known(value, parameters))).collect(),
            ),
        },
        Value::List(items) => Value::List(items.iter().map(|item| known(item, parameters)).collect()),
        Value::Scalar(scalar) => Value::Scalar(scalar.clone()),
    };
    Node { value, ..*node }
}

fn is_function(key: &Node) -> bool {
    text(key).is_some_and(|key| key == "Ref" || key.starts_with("Fn::"))
}

fn function(key: &Node, argument: &Node, parameters: Option<&Node>) -> Value {
    let (name, argued) = (text(key).unwrap_or_default(), plain(argument).unwrap_or_default());
    let default = || get(get(parameters?, &argued)?, "Default").filter(|default| !is_map(default));
    match default().filter(|_| name == "Ref") {
        Some(default) => default.value.clone(),
        None => Value::Scalar(Scalar::Text(format!("${{{name} {argued}}}"))),
    }
}
