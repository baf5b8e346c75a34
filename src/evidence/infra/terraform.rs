//! Terraform and OpenTofu, from HCL or from their JSON.

use super::super::nodes::{entries, get, items, text};
use super::Resource;
use crate::document::{Node, Scalar, Value};

/// Resources, data sources and modules.
pub(super) fn resources(root: &Node) -> Vec<Resource> {
    let mut found = Vec::new();
    for (block, prefix) in [("resource", ""), ("data", "data:")] {
        for (kind, named) in get(root, block).into_iter().flat_map(maps) {
            for (name, body) in maps(named) {
                let kind = format!("{prefix}{}", text(kind).unwrap_or_default());
                found.extend(bodies(body).map(|body| resource(kind.clone(), name, body)));
            }
        }
    }
    for (name, body) in get(root, "module").into_iter().flat_map(maps) {
        for body in bodies(body) {
            let source = get(body, "source").and_then(text).unwrap_or_default();
            found.push(resource(format!("module:{source}"), name, body));
        }
    }
    found.sort_by_key(|resource| resource.line);
    found
}

fn resource(kind: String, name: &Node, body: &Node) -> Resource {
    Resource::new(kind, text(name).unwrap_or_default(), body.pos.line, body.clone())
}

/// Keys and values of a mapping, or of each mapping of a list.
fn maps(node: &Node) -> impl Iterator<Item = (&Node, &Node)> {
    entries(node).chain(items(node).iter().flat_map(entries))
}

/// The mapping, or each of a list.
fn bodies(node: &Node) -> impl Iterator<Item = &Node> {
    let one = matches!(node.value, Value::Map(_)).then_some(node);
    one.into_iter().chain(items(node))
}

/// Defaults of variables, and locals.
pub(super) fn values(root: &Node) -> Option<Node> {
    let defaults = get(root, "variable").into_iter().flat_map(maps);
    let defaults = defaults.filter_map(|(name, body)| Some((name.clone(), get(body, "default")?.clone())));
    let locals =
        get(root, "locals").into_iter().flat_map(maps).map(|(name, value)| (name.clone(), value.clone()));
    let (defaults, locals): (Vec<_>, Vec<_>) = (defaults.collect(), locals.collect());
    let map = |entries| Node {
        value: Value::Map(entries),
        ..Node { pos: root.pos, end: root.end, value: Value::List(vec![]) }
    };
    let key = |name: &str| Node {
        pos: root.pos,
        end: root.end,
        value: Value::Scalar(Scalar::Text(name.to_owned())),
    };
    (!defaults.is_empty() || !locals.is_empty())
        .then(|| map(vec![(key("var"), map(defaults)), (key("local"), map(locals))]))
}
