//! Compose files.

use super::super::nodes::{entries, get, is_map, text};
use super::Resource;
use crate::document::Node;

/// Whether the document is a compose file: by its name, or because its services have images or builds.
pub(super) fn is(name: &str, node: &Node) -> bool {
    let Some(services) = get(node, "services").filter(|services| is_map(services)) else { return false };
    let mut services = entries(services).map(|(_, service)| service);
    name.contains("compose")
        || services.any(|service| get(service, "image").is_some() || get(service, "build").is_some())
}

/// Services and volumes.
pub(super) fn resources(node: &Node) -> Vec<Resource> {
    let mut found = Vec::new();
    for (key, kind) in [("services", "compose:service"), ("volumes", "compose:volume")] {
        for (name, body) in get(node, key).into_iter().flat_map(entries) {
            let (name, line) = (text(name).unwrap_or_default(), name.pos.line);
            found.push(Resource::new(kind, name, line, body.clone()));
        }
    }
    found
}
