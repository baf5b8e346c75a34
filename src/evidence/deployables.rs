//! What is deployed by itself: how many programs somebody has to run, release and watch.
//!
//! Data of ours, `policies/data/deployables.yml`, says how to tell them. Counts what is written, runs nothing, and judges
//! nothing: how many are too many is for the check.

use super::View;
use super::class::Class;
use super::infra::Declared;
use super::needs::{Facet, Keep, Mask, Needs, PatternNeed, Selection};
use super::nodes::{at, entries, items, text};
use super::paths::PathSet;
use super::signals::name_matches;
use super::terms::{Globs, Pattern};
use super::tree::{FileKind, Tree};
use crate::document::Node;
use crate::embedded;
use crate::words::Because;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What is deployed by itself, told in the way that tells of most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployables {
    /// How they were told apart, for people.
    pub way: &'static str,
    /// Where each was seen, by its name.
    pub units: BTreeMap<String, Because>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    images: Vec<String>,
    variants: BTreeSet<String>,
    transparent: BTreeSet<String>,
    workloads: Vec<String>,
    manifests: Vec<String>,
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    r#in: Globs,
    matches: Pattern,
}

/// The table is ours and a test reads it; should it break all the same, nothing is counted.
static TABLE: LazyLock<Table> = LazyLock::new(|| embedded::table("deployables").unwrap_or_default());
static IMAGES: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&TABLE.images).unwrap_or_default());

/// States what has to be read.
pub fn needs_of_deployables(needs: &mut Needs) {
    needs.facets.insert(Facet::Infra);
    needs.patterns.extend(TABLE.entries.iter().map(need));
}

fn need(entry: &Entry) -> PatternNeed {
    let files = Selection { globs: entry.r#in.0.clone(), classes: vec![Class::Product, Class::Other] };
    PatternNeed { files, regex: entry.matches.0.clone(), mask: Mask::CommentsAndStrings, keep: Keep::All }
}

/// What is deployed from this tree.
pub fn deployables(view: &View<'_>) -> Deployables {
    let (images, programs) = (images(view.tree), programs(view));
    let own: BTreeSet<&str> = images.keys().chain(programs.keys()).map(|name| last(name)).collect();
    let workloads = workloads(view.tree, &own);
    let ways = [("programs", programs), ("workloads", workloads), ("images", images)];
    let most = ways.into_iter().max_by_key(|(_, units)| units.len());
    most.map_or(Deployables { way: "images", units: BTreeMap::new() }, |(way, units)| Deployables {
        way,
        units,
    })
}

/// Images that are built here, by the folder that they are built of.
fn images(tree: &Tree) -> BTreeMap<String, Because> {
    let mut found = BTreeMap::new();
    for file in tree.in_set(&IMAGES).filter(|file| file.kind == FileKind::Regular) {
        if matches!(file.class, Class::Product | Class::Other) {
            found.entry(image_name(&file.path)).or_insert_with(|| Because::file(&*file.path));
        }
    }
    found
}

/// The name of what a file builds: its folder without what only holds such files, and what its own name adds.
fn image_name(path: &str) -> String {
    let lower = path.to_lowercase();
    let (folder, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let says = |word: &&str| !word.is_empty() && !TABLE.variants.contains(*word);
    let folders = folder.split('/').filter(says).filter(|part| !TABLE.transparent.contains(*part));
    let words = name.split(['.', '-', '_']).filter(says);
    let words: Vec<&str> = words.filter(|word| !matches!(*word, "dockerfile" | "containerfile")).collect();
    let mut parts: Vec<String> = folders.map(ToOwned::to_owned).collect();
    parts.extend((!words.is_empty()).then(|| words.join("-")));
    parts.join("/")
}

/// Programs that begin to serve somewhere, by the folder of the nearest manifest.
fn programs(view: &View<'_>) -> BTreeMap<String, Because> {
    let manifest = |name: &str| TABLE.manifests.iter().any(|wanted| name_matches(wanted, name));
    let folders: BTreeSet<&str> = (view.tree.files().iter())
        .filter(|file| !file.class.ignored())
        .filter_map(|file| {
            let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
            manifest(name).then_some(folder)
        })
        .collect();
    let mut found = BTreeMap::new();
    for number in TABLE.entries.iter().filter_map(|entry| view.patterns.get(&need(entry))) {
        for (file, hits) in view.tree.hits(number) {
            let mut folder = parent(&file.path);
            while !folder.is_empty() && !folders.contains(folder) {
                folder = parent(folder);
            }
            let Some(hit) = hits.first() else { continue };
            let place = || Because::line(&*file.path, hit.line, &hit.text);
            found.entry(folder.to_lowercase()).or_insert_with(place);
        }
    }
    found
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What infrastructure as code runs, where its image is one of ours.
fn workloads(tree: &Tree, own: &BTreeSet<&str>) -> BTreeMap<String, Because> {
    let mut found = BTreeMap::new();
    for one in tree.resources() {
        if let Some(name) = workload(one, own) {
            let place = || Because::line(&*one.path, one.resource.line, &one.resource.kind);
            found.entry(name).or_insert_with(place);
        }
    }
    found
}

/// The name of a workload that runs an image of ours.
fn workload(one: &Declared, own: &BTreeSet<&str>) -> Option<String> {
    let resource = &one.resource;
    let compose = resource.kind == "compose:service";
    if !compose && !TABLE.workloads.iter().any(|kind| resource.is(kind)) {
        return None;
    }
    let mut images = Vec::new();
    images_below(&resource.attributes, 0, &mut images);
    if images.is_empty() {
        return (!compose).then(|| called(one));
    }
    images.into_iter().find_map(|image| {
        let name = last(image).split([':', '@']).next().unwrap_or_default().to_lowercase();
        if own.contains(name.as_str()) && !name.is_empty() {
            return Some(name);
        }
        let open = ["{{", "${", "<%", "$("].iter().any(|open| image.contains(open));
        (open && !compose).then(|| called(one))
    })
}

/// What a workload is called. A chart makes most names of its own, in more than one way: there its folder stands for what is not known.
fn called(one: &Declared) -> String {
    let name =
        at(&one.resource.attributes, &["metadata", "name"]).and_then(text).unwrap_or(&one.resource.name);
    let Some((root, _)) = one.path.rsplit_once("/templates/").filter(|_| name.contains("{{")) else {
        return name.to_lowercase();
    };
    let (mut known, mut rest) = (String::new(), name);
    while let Some((before, behind)) = rest.split_once("{{") {
        known.push_str(before);
        rest = behind.split_once("}}").map_or("", |(_, rest)| rest);
    }
    known.push_str(rest);
    let known = known.trim_matches(['-', '_', ' ']);
    let chart = last(root);
    if known.is_empty() { chart.to_lowercase() } else { format!("{chart}-{known}").to_lowercase() }
}

/// Deepest value that is looked into.
const MAX_DEPTH: usize = 24;

fn images_below<'a>(node: &'a Node, depth: usize, found: &mut Vec<&'a str>) {
    if depth > MAX_DEPTH {
        return;
    }
    for (key, value) in entries(node) {
        match (text(key), text(value)) {
            (Some("image"), Some(image)) => found.push(image),
            _ => images_below(value, depth + 1, found),
        }
    }
    for item in items(node) {
        images_below(item, depth + 1, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_one_folder_are_one_unless_their_names_say_otherwise() {
        let cases = [
            ("Dockerfile", ""),
            ("Dockerfile.prod", ""),
            ("docker/production/Dockerfile", ""),
            ("docker/api.Dockerfile", "api"),
            ("Dockerfile-worker.alpine", "worker"),
            ("src/cartservice/src/Dockerfile.debug", "cartservice"),
            ("services/api/Dockerfile", "services/api"),
        ];
        for (path, expected) in cases {
            assert_eq!(image_name(path), expected, "{path}");
        }
    }

    #[test]
    fn the_table_reads() {
        assert!(!TABLE.entries.is_empty() && !TABLE.images.is_empty());
    }
}
