//! The contracts in a language of their own, GraphQL and Protocol Buffers: those of each package against the merge base's.

use super::{not_read, path_now};
use crate::evidence::{
    Change, Contract, Difference, File, Proto, Schema, Tree, View, compare_graphql, compare_proto,
};
use crate::words::Because;
use std::collections::{BTreeMap, BTreeSet};

/// The capability without which a schema of GraphQL is a client's copy of somebody else's.
const SERVER: &str = "graphql-api";

/// What comparing comes to.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) differences: Vec<Difference>,
    /// Files that are compared.
    pub(super) files: BTreeSet<String>,
    /// Files of the head that cannot be read, and why.
    pub(super) unread: Vec<String>,
}

/// Files that hold a contract, in order of path.
pub(super) fn contracts<'a>(
    tree: &'a Tree,
    view: &View<'_>,
) -> impl Iterator<Item = (&'a File, &'a Contract)> {
    let copies = view.proof(SERVER).is_some_and(|proof| proof.is_empty());
    let files = tree.files().iter().filter(|file| !file.class.ignored());
    let all = files.filter_map(|file| Some((file, file.facts.as_ref()?.contract.as_deref()?)));
    all.filter(move |(_, contract)| !(copies && matches!(contract, Contract::Graphql(_))))
}

/// What the change breaks in them, or changes.
pub(super) fn compare(view: &View<'_>, base: &Tree, change: &Change) -> Compared {
    let mut compared = Compared::default();
    let touched = |path: &str| {
        change.files.iter().any(|file| file.path == path || file.old_path.as_deref() == Some(path))
    };
    let (before, after) = (Sides::of(base, view), Sides::of(view.tree, view));
    for (file, contract) in contracts(view.tree, view) {
        if let Some(problem) = contract.problem().filter(|_| touched(&file.path)) {
            compared.unread.push(format!("{} cannot be read: {problem}", file.path));
        }
    }
    let unread = before.paths().filter_map(|path| not_read(view.tree, path_now(change, path)));
    compared.unread.extend(unread);
    compared.files = before.paths().filter(|path| touched(path)).map(str::to_owned).collect();
    if compared.files.is_empty() || !compared.unread.is_empty() {
        return compared;
    }
    let empty = Vec::new();
    for (package, old) in &before.graphql {
        let new = after.graphql.get(package).unwrap_or(&empty);
        compared.differences.extend(compare_graphql(old, new));
    }
    compared.differences.extend(compare_proto(&before.proto, &after.proto));
    // A type that moved to another package is not gone.
    let names: BTreeSet<&str> = after
        .graphql
        .values()
        .flatten()
        .flat_map(|(_, schema)| schema.types.keys())
        .map(String::as_str)
        .collect();
    let moved = |one: &Difference| {
        one.kind == "graphql-type-removed"
            && one.message.split('`').nth(1).is_some_and(|name| names.contains(name))
    };
    compared.differences.retain(|one| !moved(one));
    compared
}

/// A place of a difference.
pub(super) fn place(one: &Difference, change: &Change) -> Because {
    let note = format!("{} ({})", one.message, one.kind);
    let file = change.files.iter().find(|file| file.old_path.as_deref() == Some(&*one.file));
    let path = file.map_or(one.file.as_str(), |file| file.path.as_str());
    Because::line(path, one.line, &one.message).noted(note)
}

/// The contracts of one tree.
struct Sides<'a> {
    /// By the folder of the package that they belong to: several services need not agree.
    graphql: BTreeMap<String, Vec<(&'a str, &'a Schema)>>,
    /// Names of Protocol Buffers have their package in them.
    proto: Vec<(&'a str, &'a Proto)>,
}

impl<'a> Sides<'a> {
    fn of(tree: &'a Tree, view: &View<'_>) -> Self {
        let mut sides = Self { graphql: BTreeMap::new(), proto: Vec::new() };
        let folders: BTreeSet<&str> = tree.manifests().map(|(file, _)| folder(&file.path)).collect();
        for (file, contract) in contracts(tree, view) {
            match contract {
                Contract::Graphql(schema) => {
                    sides
                        .graphql
                        .entry(package(&file.path, &folders))
                        .or_default()
                        .push((&file.path, schema));
                }
                Contract::Protobuf(proto) => sides.proto.push((&file.path, proto)),
            }
        }
        sides
    }

    fn paths(&self) -> impl Iterator<Item = &'a str> {
        let graphql = self.graphql.values().flatten().map(|(path, _)| *path);
        graphql.chain(self.proto.iter().map(|(path, _)| *path))
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The nearest folder with a manifest; the root where there is none.
fn package(path: &str, folders: &BTreeSet<&str>) -> String {
    let mut at = folder(path);
    while !at.is_empty() && !folders.contains(at) {
        at = folder(at);
    }
    at.to_owned()
}
