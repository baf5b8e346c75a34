//! Short ways to walk a document.

use crate::document::{Node, Scalar, Value};

/// The value under a key of a mapping.
pub(super) fn get<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    entries(node).find(|(name, _)| text(name) == Some(key)).map(|(_, value)| value)
}

/// The value at the end of a path of keys.
pub(super) fn at<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Node> {
    path.iter().try_fold(node, |node, key| get(node, key))
}

/// The text of a leaf.
pub(super) fn text(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar(Scalar::Text(text)) => Some(text),
        _ => None,
    }
}

/// A leaf as text, whatever its type; nothing for null.
pub(super) fn plain(node: &Node) -> Option<String> {
    match &node.value {
        Value::Scalar(Scalar::Text(text)) => Some(text.clone()),
        Value::Scalar(Scalar::Bool(value)) => Some(value.to_string()),
        Value::Scalar(Scalar::Integer(value)) => Some(value.to_string()),
        Value::Scalar(Scalar::Float(value)) => Some(value.to_string()),
        _ => None,
    }
}

/// Keys and values of a mapping, in order; nothing for other values.
pub(super) fn entries(node: &Node) -> impl Iterator<Item = (&Node, &Node)> {
    let entries = match &node.value {
        Value::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|(key, value)| (key, value))
}

/// Items of a list; nothing for other values.
pub(super) fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => &[],
    }
}

/// The texts of a list of leaves, or of one leaf, each with its node.
pub(super) fn texts(node: &Node) -> Vec<(String, &Node)> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(|item| Some((plain(item)?, item))).collect(),
        _ => plain(node).map(|text| (text, node)).into_iter().collect(),
    }
}

/// The same without their places.
pub(super) fn strings(node: &Node) -> Vec<String> {
    texts(node).into_iter().map(|(text, _)| text).collect()
}

/// Whether the leaf says yes: the boolean, or a word for it.
pub(super) fn truthy(node: &Node) -> bool {
    plain(node).is_some_and(|text| matches!(text.as_str(), "true" | "yes" | "on" | "${{ true }}"))
}

/// Whether the value is a mapping.
pub(super) fn is_map(node: &Node) -> bool {
    matches!(node.value, Value::Map(_))
}
