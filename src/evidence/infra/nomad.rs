//! Jobs of Nomad.

use super::super::nodes::{entries, get, text};
use super::Resource;
use crate::document::Node;

/// Jobs, and the tasks of their groups.
pub(super) fn resources(root: &Node) -> Vec<Resource> {
    let mut found = Vec::new();
    for (name, job) in get(root, "job").into_iter().flat_map(entries) {
        let name = text(name).unwrap_or_default();
        found.push(Resource::new("nomad:job", name, job.pos.line, job.clone()));
        for (_, group) in get(job, "group").into_iter().flat_map(entries) {
            for (task, body) in get(group, "task").into_iter().flat_map(entries) {
                let task = text(task).unwrap_or_default();
                found.push(Resource::new("nomad:task", task, body.pos.line, body.clone()));
            }
        }
    }
    found
}
