//! Kustomize: what the overlay of production changes of the objects below it, as far as that is exact.
//!
//! Strategic merges, inline patches of JSON and counts of replicas are put into the objects that they name; the files that hold
//! nothing but patches are no objects of their own. Where several overlays could be meant, nothing is changed.

use super::super::manifests::joined;
use super::super::nodes::{at, get, items, strings, text};
use super::Declared;
use super::patch::{directs, json, merge, set};
use crate::document::{Node, Value, parse_yaml};
use std::collections::{BTreeMap, BTreeSet};

/// How deep overlays stand on one another.
const MAX_DEPTH: usize = 8;

/// Overlays that are looked at; in a tree with more nothing is changed.
const MAX_OVERLAYS: usize = 60;

/// An overlay that no other takes in.
struct Overlay {
    /// The files that it consists of.
    members: BTreeSet<String>,
    /// The folders of its kustomizations, outermost first.
    homes: Vec<String>,
    production: bool,
}

/// Puts the patches of overlays into what they change.
pub(super) fn patch(found: &mut Vec<Declared>) {
    let all: BTreeMap<String, Node> = found
        .iter()
        .filter(|one| matches!(&*one.resource.kind, "Kustomization" | "Component"))
        .filter(|one| !one.resource.group.contains("fluxcd"))
        .map(|one| (folder(&one.path).to_owned(), one.resource.attributes.clone()))
        .collect();
    let below: BTreeSet<String> = all.iter().flat_map(|(home, node)| listed(home, node)).collect();
    let top: Vec<Overlay> =
        all.keys().filter(|home| !below.contains(*home)).map(|home| of(home, &all)).collect();
    if top.len() > MAX_OVERLAYS {
        return;
    }
    let mut held = BTreeSet::new();
    for overlay in &top {
        let rivals = top
            .iter()
            .filter(|other| !std::ptr::eq(*other, overlay) && !other.members.is_disjoint(&overlay.members));
        let (alone, others): (bool, usize) = {
            let rivals: Vec<&Overlay> = rivals.collect();
            (rivals.is_empty(), rivals.iter().filter(|rival| rival.production).count())
        };
        let homes = overlay.homes.iter().rev().filter_map(|home| Some((home, all.get(home)?)));
        if alone || overlay.production && others == 0 {
            // What stands below is changed first.
            homes.for_each(|(home, node)| change(home, node, &overlay.members, found, &mut held));
        } else if !overlay.production && others == 1 {
            // Production stands for the rest: what others change alone is not looked at.
            held.extend(
                homes.flat_map(|(home, node)| patches(node).filter_map(|(source, _)| joined(home, source))),
            );
        }
    }
    let members: BTreeSet<&String> = top.iter().flat_map(|overlay| &overlay.members).collect();
    found.retain(|one| !held.contains(&*one.path) || members.contains(&one.path.to_string()));
}

fn of(home: &str, all: &BTreeMap<String, Node>) -> Overlay {
    let (mut members, mut homes) = (BTreeSet::new(), Vec::new());
    walk(home, all, 0, &mut members, &mut homes);
    let words = |word: &str| matches!(word, "prod" | "production" | "live");
    Overlay { members, homes, production: home.split(['/', '-', '_', '.']).any(words) }
}

/// Where the patches of a kustomization stand, or their text, and what they are for.
fn patches(node: &Node) -> impl Iterator<Item = (&str, Option<&Node>)> {
    let plain =
        get(node, "patchesStrategicMerge").map(items).unwrap_or_default().iter().map(|one| (one, None));
    let keyed = ["patches", "patchesJson6902"].into_iter().filter_map(|key| get(node, key)).flat_map(items);
    let keyed =
        keyed.filter_map(|one| Some((get(one, "path").or_else(|| get(one, "patch"))?, get(one, "target"))));
    plain.chain(keyed).filter_map(|(source, target)| Some((text(source)?, target)))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Files and folders that a kustomization takes in.
fn listed(home: &str, node: &Node) -> Vec<String> {
    let keys = ["resources", "bases", "components"];
    let names = keys.iter().filter_map(|key| get(node, key)).flat_map(strings);
    names.filter_map(|name| joined(home, &name)).collect()
}

/// The files that an overlay consists of, and the folders of kustomizations, outermost first.
fn walk(
    home: &str,
    all: &BTreeMap<String, Node>,
    depth: usize,
    members: &mut BTreeSet<String>,
    homes: &mut Vec<String>,
) {
    if depth > MAX_DEPTH || homes.iter().any(|known| known == home) {
        return;
    }
    let Some(node) = all.get(home) else { return };
    homes.push(home.to_owned());
    for path in listed(home, node) {
        if all.contains_key(&path) {
            walk(&path, all, depth + 1, members, homes);
        } else {
            members.insert(path);
        }
    }
}

/// Puts the patches of one kustomization in. `held` gets the files that hold such patches.
fn change(
    home: &str,
    node: &Node,
    members: &BTreeSet<String>,
    found: &mut [Declared],
    held: &mut BTreeSet<String>,
) {
    for count in get(node, "replicas").map(items).unwrap_or_default() {
        let (Some(name), Some(count)) = (get(count, "name").and_then(text), get(count, "count")) else {
            continue;
        };
        for one in targets(found, members, &|one| {
            one.resource.name == name && at(&one.resource.attributes, &["spec", "replicas"]).is_some()
        }) {
            set(&mut one.resource.attributes, &["spec", "replicas"], count);
        }
    }
    for (source, target) in patches(node) {
        if source.contains('\n') {
            let Ok(body) = parse_yaml(source) else { continue };
            apply(&body, target, members, found);
        } else if let Some(path) = joined(home, source) {
            let bodies: Vec<Node> = found
                .iter()
                .filter(|one| *one.path == *path)
                .map(|one| one.resource.attributes.clone())
                .collect();
            let changed = bodies.iter().filter(|body| apply(body, target, members, found)).count();
            if changed == bodies.len() && changed > 0 {
                held.insert(path);
            }
        }
    }
}

/// Puts one patch in; whether anything was there to take it.
fn apply(body: &Node, target: Option<&Node>, members: &BTreeSet<String>, found: &mut [Declared]) -> bool {
    let word = |node: &Node, path: &[&str]| at(node, path).and_then(text).map(str::to_owned);
    let (kind, name) = match target {
        Some(target) => (word(target, &["kind"]), word(target, &["name"])),
        None => (word(body, &["kind"]), word(body, &["metadata", "name"])),
    };
    // A name can be a pattern, and labels can choose: what is meant is not known then.
    let exact = name.as_ref().is_none_or(|name| !name.contains(['*', '.', '[', '|', '(']))
        && target.is_none_or(|target| {
            get(target, "labelSelector").is_none() && get(target, "annotationSelector").is_none()
        });
    if !exact || kind.is_none() && name.is_none() || directs(body, 0) {
        return false;
    }
    let meant = |one: &Declared| {
        kind.as_ref().is_none_or(|kind| *kind == one.resource.kind)
            && name.as_ref().is_none_or(|name| *name == one.resource.name)
    };
    let mut any = false;
    for one in targets(found, members, &meant) {
        any = true;
        match &body.value {
            Value::List(steps) => steps.iter().for_each(|step| json(&mut one.resource.attributes, step)),
            _ => merge(&mut one.resource.attributes, body, 0),
        }
    }
    any
}

fn targets<'a>(
    found: &'a mut [Declared],
    members: &'a BTreeSet<String>,
    meant: &'a dyn Fn(&Declared) -> bool,
) -> impl Iterator<Item = &'a mut Declared> {
    found.iter_mut().filter(move |one| members.contains(&*one.path) && meant(one))
}
