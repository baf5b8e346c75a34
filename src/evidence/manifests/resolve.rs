//! What manifests say of one another: versions that a parent, a workspace or a catalogue manages, and names that only
//! these know. The nearest folder above decides, as it does for the tools.

use super::model::Managed;
use super::{Dependency, InLock, Manifest, extension};
use std::collections::{BTreeMap, BTreeSet};

/// Parents of parents that are followed.
const MAX_PARENTS: usize = 10;
/// Dependencies that one name may stand for.
const MAX_BUNDLE: usize = 100;

/// The manifests with what they say of one another. In the same order.
pub(in crate::evidence) fn resolve(manifests: &[(&str, &Manifest)]) -> Vec<Manifest> {
    let index = Index::of(manifests);
    let mut used = BTreeSet::new();
    let mut resolved: Vec<Manifest> = manifests
        .iter()
        .map(|(path, manifest)| {
            let mut resolved = (*manifest).clone();
            let old = std::mem::take(&mut resolved.dependencies);
            let parents = if manifest.tool == "maven" { index.parents(path, manifest) } else { Vec::new() };
            resolved.dependencies = old
                .into_iter()
                .flat_map(|one| match manifest.tool {
                    "maven" => vec![maven(one, &parents)],
                    _ => index.resolved(path, manifest, one, &mut used),
                })
                .collect();
            resolved
        })
        .collect();
    for (at, manifest) in resolved.iter_mut().enumerate() {
        // Whoever uses the catalogue has the dependency; the catalogue itself has none.
        if manifest.tool == "gradle-catalogue" && used.contains(&at) {
            manifest.dependencies.clear();
        }
    }
    resolved
}

/// Finds what manifests say of others.
struct Index<'a> {
    manifests: &'a [(&'a str, &'a Manifest)],
    by_path: BTreeMap<&'a str, usize>,
    /// The manifests that manage something, by the folder for which they do.
    by_reach: BTreeMap<&'a str, Vec<usize>>,
    /// The places of each of their keys.
    keys: Vec<BTreeMap<&'a str, Vec<usize>>>,
}

impl<'a> Index<'a> {
    fn of(manifests: &'a [(&'a str, &'a Manifest)]) -> Self {
        let mut index =
            Self { manifests, by_path: BTreeMap::new(), by_reach: BTreeMap::new(), keys: Vec::new() };
        for (at, (path, manifest)) in manifests.iter().enumerate() {
            let mut keys: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            if !manifest.managed.is_empty() || !manifest.properties.is_empty() {
                index.by_reach.entry(reach(path, manifest)).or_default().push(at);
                for (place, managed) in manifest.managed.iter().enumerate() {
                    keys.entry(&managed.key).or_default().push(place);
                }
            }
            index.by_path.insert(path, at);
            index.keys.push(keys);
        }
        index
    }

    /// The manifests of this ecosystem that reach the folder, the nearest first.
    fn above<'b>(&'b self, path: &'b str, ecosystem: &'static str) -> impl Iterator<Item = usize> + 'b {
        let folders =
            std::iter::successors(Some(parent(path)), |folder| (!folder.is_empty()).then(|| parent(folder)));
        folders
            .filter_map(|folder| self.by_reach.get(folder))
            .flatten()
            .copied()
            .filter(move |at| self.manifests[*at].1.ecosystem == ecosystem)
    }

    fn managed(&self, at: usize, key: &str) -> Vec<&'a Managed> {
        let places = self.keys[at].get(key).map_or(&[][..], Vec::as_slice);
        places.iter().take(MAX_BUNDLE).map(|place| &self.manifests[at].1.managed[*place]).collect()
    }

    fn resolved(
        &self,
        path: &str,
        manifest: &Manifest,
        mut one: Dependency,
        used: &mut BTreeSet<usize>,
    ) -> Vec<Dependency> {
        if manifest.ecosystem == "maven" {
            one.version = one.version.map(|version| filled(&version, |name| self.property(path, name)));
        }
        let Some(key) = one.reference.take() else { return vec![one] };
        // A constant of the build is known by its last word alone.
        let last = key.rsplit('.').next().unwrap_or(&key);
        let found = self.above(path, manifest.ecosystem).find_map(|at| {
            let managed = self.managed(at, &key);
            let constant = manifest.ecosystem == "maven" && managed.is_empty();
            let managed = if constant { self.managed(at, last) } else { managed };
            (!managed.is_empty()).then_some((at, managed))
        });
        let Some((at, managed)) = found else {
            let known = manifest.ecosystem != "maven" || !key.contains('.') || key.contains("libs.");
            return if known { vec![one] } else { Vec::new() };
        };
        used.insert(at);
        let outside = managed.into_iter().filter(|managed| managed.lock != InLock::Never);
        outside.map(|managed| self.with(path, &one, managed)).collect()
    }

    fn with(&self, path: &str, one: &Dependency, managed: &Managed) -> Dependency {
        let fill = |version: &String| filled(version, |name| self.property(path, name));
        // npm writes `catalog:` where others write nothing.
        let own = one.version.clone().filter(|version| !version.starts_with("catalog:"));
        Dependency {
            name: managed.name.clone(),
            version: own.or_else(|| managed.version.as_ref().map(fill)),
            lock: if managed.lock == InLock::May { InLock::May } else { one.lock },
            ..one.clone()
        }
    }

    fn property(&self, path: &str, name: &str) -> Option<&'a str> {
        let own = self.by_path.get(path).and_then(|at| self.manifests[*at].1.properties.get(name));
        let above = || self.above(path, "maven").find_map(|at| self.manifests[at].1.properties.get(name));
        own.or_else(above).map(String::as_str)
    }

    /// The manifest and those that it inherits from.
    fn parents(&self, path: &str, manifest: &'a Manifest) -> Vec<&'a Manifest> {
        let (mut found, mut path) = (vec![manifest], path.to_owned());
        while let Some((relative, name)) = found.last().and_then(|last| last.parent.as_ref()) {
            let Some(above) = joined(parent(&path), relative) else { break };
            let file = if extension(&above) == "xml" {
                above
            } else {
                joined(&above, "pom.xml").unwrap_or_default()
            };
            let Some(at) = self.by_path.get(file.as_str()) else { break };
            let next = self.manifests[*at].1;
            if next.name.as_ref() != Some(name) || found.len() > MAX_PARENTS {
                break;
            }
            found.push(next);
            path = file;
        }
        found
    }
}

/// A dependency with what the manifest and its parents say of it.
fn maven(mut one: Dependency, parents: &[&Manifest]) -> Dependency {
    if let Some(key) = one.reference.take() {
        let mut all = parents.iter().flat_map(|parent| &parent.managed);
        if let Some(managed) = all.find(|managed| managed.key == key) {
            one.version = one.version.or_else(|| managed.version.clone());
            one.scope = managed.scope.unwrap_or(one.scope);
        }
    }
    let property =
        |name: &str| parents.iter().find_map(|parent| parent.properties.get(name)).map(String::as_str);
    one.version = one.version.map(|version| filled(&version, property));
    one
}

/// The text with `$name` and `${name}` replaced by what they stand for; as it is where that is not known.
fn filled<'a>(text: &str, property: impl Fn(&str) -> Option<&'a str>) -> String {
    let Some((before, rest)) = text.split_once('$') else { return text.to_owned() };
    let (name, after) = if let Some(inner) = rest.strip_prefix('{') {
        inner.split_once('}').unwrap_or((inner, ""))
    } else {
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        rest.split_at(end)
    };
    let last = || name.rsplit('.').next().and_then(&property);
    let quoted = || name.split(['"', '\'']).nth(1).and_then(&property);
    match property(name).or_else(last).or_else(quoted) {
        Some(value) if !value.contains('$') => format!("{before}{value}{after}"),
        _ => text.to_owned(),
    }
}

/// The folder for which a manifest manages versions.
fn reach<'a>(path: &'a str, manifest: &Manifest) -> &'a str {
    let folder = parent(path);
    let build = ["buildSrc", "build-logic"].iter().find_map(|name| {
        let at = folder.split('/').position(|part| part == *name)?;
        let length: usize = folder.split('/').take(at).map(|part| part.len() + 1).sum();
        Some(&folder[..length.saturating_sub(1)])
    });
    match manifest.tool {
        "gradle-catalogue" => parent(folder),
        "gradle-script" | "gradle" => build.unwrap_or_else(|| {
            folder.strip_suffix("/gradle").unwrap_or(if folder == "gradle" { "" } else { folder })
        }),
        _ => folder,
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A relative path from a folder; none where it leads out of the tree.
pub(in crate::evidence) fn joined(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
