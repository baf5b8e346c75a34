//! Routes that the change adds to the code or takes out of it, against descriptions that are kept by hand.

use super::{is_api, roots};
use crate::evidence::{
    ApiFile, ChangedFile, Class, File, Hit, Tree, View, describes_itself, route_needs, route_parts,
};
use crate::words::{Because, Judgement, Known};
use std::collections::{BTreeMap, BTreeSet};

type Parts = Vec<String>;

/// A path of a description: where it stands.
struct Described<'a> {
    file: &'a str,
    line: u32,
}

/// Whether every route that comes is described, and none that goes still is. Only code is judged of which the descriptions
/// already tell other routes.
pub(super) fn judge(view: &View<'_>) -> Judgement {
    let (change, base) = match (view.change, view.base) {
        (Known::Known(change), Known::Known(base)) => (change, base),
        (Known::Unknown(unknown), _) | (_, Known::Unknown(unknown)) => {
            return Judgement::unknown(unknown.clone());
        }
        (Known::Absent(reason), _) | (_, Known::Absent(reason)) => {
            return Judgement::yes(vec![Because::note(reason)]);
        }
    };
    let good = |note: &str| Judgement::yes(vec![Because::note(note)]);
    if let Some(generator) = describes_itself(view.tree) {
        return good(&format!("{generator} writes the description from the code"));
    }
    if change.files.iter().any(|file| is_api(view, &file.path)) {
        return good("the change touches the description");
    }
    let described = paths(view.tree);
    if described.is_empty() {
        return good("no description tells of paths");
    }
    let everywhere: BTreeSet<Parts> =
        view.tree.files().iter().flat_map(|file| routes(view, file)).map(|(parts, _)| parts).collect();
    let compare = Compare { view, base, described: &described, everywhere: &everywhere };
    let changed =
        change.files.iter().filter(|file| file.class == Class::Product && file.code_differs != Some(false));
    let bad: Vec<Because> = changed.flat_map(|one| compare.file(one)).collect();
    if bad.is_empty() { good("no route comes or goes without its description") } else { Judgement::no(bad) }
}

/// What the routes of changed files are compared with.
struct Compare<'c, 'a> {
    view: &'c View<'a>,
    base: &'c Tree,
    described: &'c BTreeMap<Parts, Described<'a>>,
    /// Every route of the head.
    everywhere: &'c BTreeSet<Parts>,
}

impl Compare<'_, '_> {
    /// Routes of a file that come or go without their description.
    fn file(&self, one: &ChangedFile) -> Vec<Because> {
        let Some(file) = self.view.tree.file(&one.path) else { return Vec::new() };
        let now = routes(self.view, file);
        let before = self.base.file(one.old_path.as_deref().unwrap_or(&one.path));
        let before: BTreeMap<Parts, &Hit> = before.map(|file| routes(self.view, file)).unwrap_or_default();
        let kept = now.keys().filter(|parts| before.contains_key(*parts));
        let Some(prefix) = prefix(kept, self.described) else { return Vec::new() };
        let whole = |parts: &Parts| [prefix.as_slice(), parts].concat();
        let fresh = now
            .iter()
            .filter(|(parts, hit)| !before.contains_key(*parts) && one.added.touches(hit.line, hit.end_line));
        let undescribed = fresh.filter(|(parts, _)| !self.described.contains_key(&whole(parts)));
        let mut bad: Vec<Because> = undescribed
            .map(|(_, hit)| {
                let route = &hit.matched;
                let note =
                    format!("the route `{route}` is new, and no description tells of it; it does of others in this file");
                Because::line(&*file.path, hit.line, &hit.text).noted(note)
            })
            .collect();
        let gone = before.keys().filter(|parts| !self.everywhere.contains(*parts));
        bad.extend(gone.filter_map(|parts| {
            let Described { file: at, line } = self.described.get(&whole(parts))?;
            let path = format!("/{}", whole(parts).join("/"));
            let note = format!(
                "the description still tells of `{path}`, whose route the change takes out of {}",
                file.path
            );
            Some(Because::line(*at, *line, &path).noted(note))
        }));
        bad
    }
}

/// The routes of a file, each once.
fn routes<'a>(view: &View<'_>, file: &'a File) -> BTreeMap<Parts, &'a Hit> {
    let numbers = route_needs().filter_map(|need| view.patterns.get(&need));
    let hits = numbers.flat_map(|number| file.hits(number));
    hits.map(|hit| (route_parts(&hit.matched), hit)).filter(|(parts, _)| !parts.is_empty()).collect()
}

/// The paths of all descriptions, with what stands before each on the server and without it.
fn paths(tree: &Tree) -> BTreeMap<Parts, Described<'_>> {
    let mut found = BTreeMap::new();
    for (file, api) in roots(tree) {
        let bases = bases(api);
        let paths = api.node().get("paths").and_then(|paths| paths.as_map()).unwrap_or_default();
        for (key, _) in paths {
            let Some(path) = key.as_str() else { continue };
            for base in &bases {
                let parts = [base.as_slice(), &route_parts(path)].concat();
                found.entry(parts).or_insert(Described { file: &file.path, line: key.pos.line });
            }
        }
    }
    found
}

fn bases(api: &ApiFile) -> Vec<Parts> {
    let mut bases = vec![Parts::new()];
    let text = |path: &str| api.node().get(path).and_then(|node| node.as_str()).map(route_parts);
    bases.extend(text("basePath"));
    let servers = api.node().get("servers").and_then(|servers| servers.as_list()).unwrap_or_default();
    bases.extend(servers.iter().filter_map(|server| {
        let url = server.get("url")?.as_str()?;
        let path =
            url.split_once("://").map_or(url, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        Some(route_parts(path))
    }));
    bases.sort();
    bases.dedup();
    bases
}

/// What stands before the routes of a file where they are mounted: so that most of those that are there are described.
fn prefix<'r>(
    kept: impl Iterator<Item = &'r Parts>,
    described: &BTreeMap<Parts, Described<'_>>,
) -> Option<Parts> {
    let kept: Vec<&Parts> = kept.filter(|parts| parts.iter().any(|part| part != "{}")).collect();
    let mut counts: BTreeMap<&[String], usize> = BTreeMap::new();
    for parts in &kept {
        for path in described.keys().filter(|path| path.ends_with(parts)) {
            *counts.entry(&path[..path.len() - parts.len()]).or_default() += 1;
        }
    }
    let (prefix, count) =
        counts.into_iter().max_by_key(|(prefix, count)| (*count, std::cmp::Reverse(prefix.len())))?;
    (count * 2 >= kept.len()).then(|| prefix.to_vec())
}
