//! Puts the values of variables into resources: of a Terraform folder and those who call it, of a chart's `values.yaml`.
//!
//! Only what is certain: a variable without a default, a condition, a function stay as they are written.

use super::super::manifests::joined;
use super::super::nodes::{at, entries, get, text};
use super::super::tree::Tree;
use super::{Resource, Values, helm, kustomize};
use crate::document::{Node, Scalar, Value, is_template};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A resource and the file that declares it.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The file.
    pub path: Arc<str>,
    /// The resource, with the values of variables put in.
    pub resource: Resource,
}

/// How far a variable leads to another.
const MAX_STEPS: usize = 6;

/// Every resource that somebody could apply, in order of path. Those that a chart leaves out by default are not there.
pub(in crate::evidence) fn declared(tree: &Tree) -> Vec<Declared> {
    let scopes = Scopes::of(tree);
    let mut found = Vec::new();
    for (file, infra) in tree.infra() {
        let folder = folder(&file.path);
        let terraform = scopes.terraform.get(folder);
        let chart = chart_of(&file.path).and_then(|root| scopes.charts.get(root));
        for resource in &infra.resources {
            let attributes = match (chart, terraform) {
                (Some(values), _) => {
                    if helm::left_out(&resource.attributes, values) {
                        continue;
                    }
                    helm::put_in(&resource.attributes, values)
                }
                (None, Some(values)) if !resource.kind.starts_with("module:") => {
                    put_in(&resource.attributes, values)
                }
                _ => resource.attributes.clone(),
            };
            found.push(Declared {
                path: Arc::clone(&file.path),
                resource: Resource { attributes, ..resource.clone() },
            });
        }
    }
    kustomize::patch(&mut found);
    found
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The chart that a template belongs to.
fn chart_of(path: &str) -> Option<&str> {
    let at = path.rfind("/templates/").or_else(|| path.starts_with("templates/").then_some(0))?;
    Some(&path[..at])
}

#[derive(Default)]
struct Scopes<'a> {
    /// `var` and `local` by folder.
    terraform: BTreeMap<&'a str, BTreeMap<String, Node>>,
    /// Values by the folder of the chart.
    charts: BTreeMap<&'a str, &'a Node>,
}

impl<'a> Scopes<'a> {
    fn of(tree: &'a Tree) -> Self {
        let mut scopes = Self::default();
        let mut given = Vec::new();
        for (file, infra) in tree.infra() {
            let folder = folder(&file.path);
            match &infra.values {
                Some(Values::Chart(values)) => drop(scopes.charts.insert(folder, values)),
                Some(Values::Terraform(values)) => scopes.add(folder, values),
                Some(Values::Tfvars(values)) => given.push((folder, rank(&file.path), values)),
                None => {}
            }
        }
        scopes.calls(tree);
        // What counts most comes last.
        given.sort_by_key(|(_, rank, _)| *rank);
        for (folder, _, values) in given.into_iter().filter(|(_, rank, _)| *rank > 0) {
            let known = scopes.terraform.entry(folder).or_default();
            for (name, value) in entries(values) {
                known.insert(format!("var.{}", text(name).unwrap_or_default()), value.clone());
            }
        }
        scopes
    }

    fn add(&mut self, folder: &'a str, values: &Node) {
        let known = self.terraform.entry(folder).or_default();
        for kind in ["var", "local"] {
            for (name, value) in get(values, kind).into_iter().flat_map(entries) {
                known.insert(format!("{kind}.{}", text(name).unwrap_or_default()), value.clone());
            }
        }
    }

    /// What callers of a folder in this tree give it counts, where they agree.
    fn calls(&mut self, tree: &'a Tree) {
        let mut calls: BTreeMap<String, Vec<&Node>> = BTreeMap::new();
        for (file, infra) in tree.infra() {
            for module in &infra.resources {
                let source = module.kind.strip_prefix("module:").filter(|source| source.starts_with('.'));
                if let Some(called) = source.and_then(|source| joined(folder(&file.path), source)) {
                    calls.entry(called).or_default().push(&module.attributes);
                }
            }
        }
        for (called, known) in &mut self.terraform {
            let Some(callers) = calls.get(*called) else { continue };
            let names: Vec<String> = callers
                .iter()
                .flat_map(|call| entries(call))
                .filter_map(|(name, _)| text(name).map(str::to_owned))
                .collect();
            for name in names {
                let given: Vec<Option<&Node>> = callers.iter().map(|call| get(call, &name)).collect();
                let first = given.first().copied().flatten();
                let agreed = first
                    .filter(|first| given.iter().all(|one| one.is_some_and(|one| one.value == first.value)));
                match agreed.filter(|value| !mentions(value)) {
                    Some(value) => drop(known.insert(format!("var.{name}"), value.clone())),
                    None => drop(known.remove(&format!("var.{name}"))),
                }
            }
        }
    }
}

/// Which files of values are used without being asked for; those of production stand for the rest.
fn rank(path: &str) -> u8 {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name {
        "terraform.tfvars" | "terraform.tfvars.json" => 2,
        _ if name.contains(".auto.tfvars") => 3,
        _ if name.starts_with("prod") => 1,
        _ => 0,
    }
}

/// Whether a template stands anywhere in it.
fn mentions(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(Scalar::Text(text)) => is_template(text),
        Value::Scalar(_) => false,
        Value::List(items) => items.iter().any(mentions),
        Value::Map(entries) => entries.iter().any(|(_, value)| mentions(value)),
    }
}

fn put_in(node: &Node, known: &BTreeMap<String, Node>) -> Node {
    let value = match &node.value {
        Value::Scalar(Scalar::Text(text)) if text.contains("${") => {
            looked_up(text, known).map_or_else(|| node.value.clone(), |value| moved(value, node))
        }
        Value::Scalar(scalar) => Value::Scalar(scalar.clone()),
        Value::List(items) => Value::List(items.iter().map(|item| put_in(item, known)).collect()),
        Value::Map(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (key.clone(), put_in(value, known))).collect())
        }
    };
    Node { value, ..*node }
}

/// A value from another file, as if it stood where it is used.
pub(super) fn moved(value: Value, here: &Node) -> Value {
    let put = |node: Node| Node { pos: here.pos, end: here.end, value: moved(node.value, here) };
    match value {
        Value::Scalar(scalar) => Value::Scalar(scalar),
        Value::List(items) => Value::List(items.into_iter().map(put).collect()),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| (put(key), put(value))).collect())
        }
    }
}

/// The value of a text that is one reference, `${var.a.b}`.
fn looked_up(text: &str, known: &BTreeMap<String, Node>) -> Option<Value> {
    let mut text = text.to_owned();
    for _ in 0..MAX_STEPS {
        let path: Vec<&str> = text.strip_prefix("${")?.strip_suffix('}')?.split('.').collect();
        let (kind, name) = (path.first()?, path.get(1)?);
        let found = at(known.get(&format!("{kind}.{name}"))?, &path[2..])?;
        match &found.value {
            Value::Scalar(Scalar::Text(next)) if next.contains("${") => text.clone_from(next),
            value => return Some(value.clone()),
        }
    }
    None
}
