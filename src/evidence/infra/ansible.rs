//! Playbooks and task files of Ansible.

use super::super::nodes::{entries, get, is_map, items, text};
use super::Resource;
use crate::document::Node;

/// Keys of a play that hold tasks.
const TASKS: [&str; 7] = ["tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"];

/// Keys of a task that are not its module.
const KEYWORDS: [&str; 33] = [
    "name",
    "when",
    "tags",
    "become",
    "become_user",
    "become_method",
    "register",
    "loop",
    "loop_control",
    "notify",
    "vars",
    "args",
    "environment",
    "ignore_errors",
    "changed_when",
    "failed_when",
    "delegate_to",
    "run_once",
    "until",
    "retries",
    "delay",
    "no_log",
    "listen",
    "async",
    "poll",
    "check_mode",
    "with_items",
    "with_dict",
    "block",
    "rescue",
    "always",
    "any_errors_fatal",
    "delegate_facts",
];

/// Whether the document is a playbook, or a file of tasks by its place.
pub(super) fn is(path: &str, node: &Node) -> bool {
    let list = items(node);
    let play = |item: &Node| {
        get(item, "hosts").is_some()
            && ["tasks", "roles", "pre_tasks"].iter().any(|key| get(item, key).is_some())
    };
    let placed = path.contains("/tasks/") || path.contains("/handlers/") || path.starts_with("tasks/");
    list.iter().any(play) || (placed && list.iter().any(|item| is_map(item) && get(item, "name").is_some()))
}

/// Plays, and each task as `ansible:MODULE` with what the module is given.
pub(super) fn resources(node: &Node) -> Vec<Resource> {
    let mut found = Vec::new();
    collect(node, &mut found);
    found
}

/// Documents are bounded in depth.
fn collect(list: &Node, found: &mut Vec<Resource>) {
    for item in items(list) {
        let name = get(item, "name").and_then(text).unwrap_or_default();
        if get(item, "hosts").is_some() {
            found.push(Resource::new("ansible:play", name, item.pos.line, item.clone()));
        } else {
            let module = entries(item).find_map(|(key, value)| {
                let key = text(key)?;
                (!KEYWORDS.contains(&key)).then_some((key, value))
            });
            if let Some((module, value)) = module {
                let short = module.rsplit('.').next().unwrap_or(module);
                found.push(Resource::new(format!("ansible:{short}"), name, item.pos.line, value.clone()));
            }
        }
        for key in TASKS {
            if let Some(inner) = get(item, key) {
                collect(inner, found);
            }
        }
    }
}
