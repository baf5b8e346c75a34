//! Terraform and OpenTofu, from HCL or from their JSON.

use super::super::nodes::{entries, get, items, text};
use super::Resource;
use crate::document::{Node, Value};

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
    let name = text(name).unwrap_or_default().to_owned();
    Resource { kind, group: String::new(), name, line: body.pos.line, attributes: body.clone() }
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
