//! `$ref`: from a place in one file of a description to the place it stands for.

use super::super::manifests::joined;
use crate::document::Node;
use std::cell::Cell;
use std::collections::BTreeMap;

/// References that may stand behind one another.
const MAX_CHAIN: usize = 32;

/// The files of one side by path.
#[derive(Debug, Default)]
pub struct Documents<'a> {
    files: BTreeMap<&'a str, &'a Node>,
    /// Whether a reference led nowhere.
    unresolved: Cell<bool>,
}

/// A value and the file it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) file: &'a str,
    pub(super) node: &'a Node,
}

impl<'a> Documents<'a> {
    /// These files.
    pub fn new(files: impl IntoIterator<Item = (&'a str, &'a Node)>) -> Self {
        Self { files: files.into_iter().collect(), unresolved: Cell::new(false) }
    }

    /// Whether a reference was met that leads out of the files.
    pub fn unresolved(&self) -> bool {
        self.unresolved.get()
    }

    /// The whole of a file.
    pub(super) fn root(&self, file: &str) -> Option<At<'a>> {
        self.files.get_key_value(file).map(|(file, node)| At { file, node })
    }

    /// What the place stands for, when it is a reference; nothing when that cannot be found.
    pub(super) fn follow(&self, at: At<'a>) -> Option<At<'a>> {
        let mut at = at;
        for _ in 0..MAX_CHAIN {
            let Some(target) = at.node.get("$ref").and_then(Node::as_str) else { return Some(at) };
            let Some(next) = self.target(at.file, target) else { break };
            at = next;
        }
        self.unresolved.set(true);
        None
    }

    /// The value of a key, followed.
    pub(super) fn get(&self, at: At<'a>, key: &str) -> Option<At<'a>> {
        self.follow(At { file: at.file, node: at.node.get(key)? })
    }

    /// Keys with their places, and the values, followed.
    pub(super) fn entries(&self, at: Option<At<'a>>) -> Vec<(&'a str, u32, At<'a>)> {
        let Some(at) = at else { return Vec::new() };
        let entries = at.node.as_map().unwrap_or_default().iter();
        let entry = |(key, value): &'a (Node, Node)| {
            Some((key.as_str()?, key.pos.line, self.follow(At { file: at.file, node: value })?))
        };
        entries.filter_map(entry).collect()
    }

    /// Items of a list, followed.
    pub(super) fn items(&self, at: Option<At<'a>>) -> Vec<At<'a>> {
        let Some(at) = at else { return Vec::new() };
        let items = at.node.as_list().unwrap_or_default().iter();
        items.filter_map(|node| self.follow(At { file: at.file, node })).collect()
    }

    fn target(&self, file: &str, target: &str) -> Option<At<'a>> {
        let (path, pointer) = target.split_once('#').unwrap_or((target, ""));
        let file = if path.is_empty() { file.to_owned() } else { led_to(file, path)? };
        let mut at = self.root(&file)?;
        for part in pointer.split('/').filter(|part| !part.is_empty()) {
            let name = part.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}");
            at.node = match at.node.as_list() {
                Some(items) => items.get(name.parse::<usize>().ok()?)?,
                None => entry(at.node, &name)?,
            };
        }
        Some(at)
    }
}

/// The value of a key as it is written, numbers (status codes) too.
fn entry<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    node.as_map()?.iter().find(|(key, _)| key.to_string() == name).map(|(_, value)| value)
}

/// The path that a relative one leads to from the folder of a file; nothing where it leaves the tree.
fn led_to(file: &str, relative: &str) -> Option<String> {
    if relative.contains("://") || relative.starts_with('/') {
        return None;
    }
    joined(file.rsplit_once('/').map_or("", |(folder, _)| folder), relative)
}
