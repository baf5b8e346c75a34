//! Lock files in JSON: npm, bun, Pipenv, Composer, .NET, Swift. Read as they come, without a tree of the whole text.

use super::{Lock, LockFault, normal};
use crate::document::parse_json;
use crate::evidence::nodes::{entries, get, items, text};
use serde::Deserialize;
use serde_json::error::Category;
use std::collections::BTreeMap;

/// Parses, and tells what no tool could read from what is only not expected here.
fn parse<'a, T: Deserialize<'a>>(source: &'a str) -> Result<Option<T>, LockFault> {
    match serde_json::from_str(source) {
        Ok(value) => Ok(Some(value)),
        Err(error) => {
            let ours = error.to_string().contains("recursion limit");
            match error.classify() {
                Category::Syntax | Category::Eof if !ours => {
                    let line = u32::try_from(error.line()).unwrap_or(u32::MAX).max(1);
                    Err(LockFault::Broken(line, "this is not JSON".to_owned()))
                }
                _ => Ok(None),
            }
        }
    }
}

#[derive(Deserialize)]
struct Npm {
    #[serde(default)]
    packages: BTreeMap<String, Version>,
    #[serde(default)]
    dependencies: BTreeMap<String, Nested>,
}

#[derive(Deserialize)]
struct Version {
    version: Option<String>,
}

/// What the first version of the format holds: packages within packages.
#[derive(Deserialize)]
struct Nested {
    version: Option<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, Self>,
}

const MODULES: &str = "node_modules/";

/// `package-lock.json`, all three versions.
pub(super) fn npm(source: &str, lock: &mut Lock) -> Result<(), LockFault> {
    let Some(npm) = parse::<Npm>(source)? else { return Ok(()) };
    // What lies at the top comes first, for it is what the project itself gets.
    let depth = |path: &str| path.matches(MODULES).count();
    let mut packages: Vec<(&String, &Version)> = npm.packages.iter().collect();
    packages.sort_by_key(|(path, _)| depth(path));
    for (path, package) in packages {
        match path.rfind(MODULES) {
            Some(at) => lock.add(&path[at + MODULES.len()..], package.version.as_deref()),
            None => lock.folders.push(path.clone()),
        }
    }
    nested(&npm.dependencies, lock);
    Ok(())
}

fn nested(dependencies: &BTreeMap<String, Nested>, lock: &mut Lock) {
    for (name, one) in dependencies {
        lock.add(name, one.version.as_deref());
    }
    for one in dependencies.values() {
        nested(&one.dependencies, lock);
    }
}

/// `bun.lock`: JSON with trailing commas. A key is the path of packages that leads to one, a value starts with `name@version`.
pub(super) fn bun(source: &str, lock: &mut Lock) {
    let Ok(node) = parse_json(source) else { return };
    let workspaces = get(&node, "workspaces").into_iter().flat_map(entries);
    lock.folders = workspaces.filter_map(|(folder, _)| text(folder).map(str::to_owned)).collect();
    for (key, value) in get(&node, "packages").into_iter().flat_map(entries) {
        let key = text(key).unwrap_or_default();
        let mut parts = key.rsplit('/');
        let last = parts.next().unwrap_or(key);
        let name = match parts.next().filter(|scope| scope.starts_with('@')) {
            Some(_) => &key[key.rfind('@').unwrap_or(0)..],
            None => last,
        };
        let version = items(value).first().and_then(text).and_then(|spec| spec.rsplit_once('@'));
        lock.add(name, version.map(|(_, version)| version));
    }
}

#[derive(Deserialize)]
struct Composer {
    #[serde(default)]
    packages: Vec<Php>,
    #[serde(default, rename = "packages-dev")]
    dev: Vec<Php>,
}

#[derive(Deserialize)]
struct Php {
    name: String,
    version: Option<String>,
    // An empty one is written as a list.
    #[serde(default)]
    replace: serde_json::Value,
    #[serde(default)]
    provide: serde_json::Value,
}

/// `composer.lock`. A package can stand for others.
pub(super) fn composer(source: &str, lock: &mut Lock) -> Result<(), LockFault> {
    let Some(composer) = parse::<Composer>(source)? else { return Ok(()) };
    for package in composer.packages.iter().chain(&composer.dev) {
        lock.add(&normal("packagist", &package.name), package.version.as_deref());
        for names in [&package.replace, &package.provide].into_iter().filter_map(|names| names.as_object()) {
            names.keys().for_each(|name| lock.add(&normal("packagist", name), None));
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct NuGet {
    #[serde(default)]
    dependencies: BTreeMap<String, BTreeMap<String, Resolved>>,
}

#[derive(Deserialize)]
struct Resolved {
    resolved: Option<String>,
}

/// `packages.lock.json`, by target framework.
pub(super) fn nuget(source: &str, lock: &mut Lock) -> Result<(), LockFault> {
    let Some(nuget) = parse::<NuGet>(source)? else { return Ok(()) };
    for (name, package) in nuget.dependencies.values().flatten() {
        lock.add(&normal("nuget", name), package.resolved.as_deref());
    }
    Ok(())
}

/// `Pipfile.lock`, by category; `_meta` is none.
pub(super) fn pipenv(source: &str, lock: &mut Lock) -> Result<(), LockFault> {
    let Some(categories) = parse::<BTreeMap<String, serde_json::Value>>(source)? else { return Ok(()) };
    for (_, packages) in categories.iter().filter(|(category, _)| *category != "_meta") {
        for (name, package) in packages.as_object().into_iter().flatten() {
            let version = package.get("version").and_then(|version| version.as_str());
            lock.add(&normal("pypi", name), version.map(|version| version.trim_start_matches('=')));
        }
    }
    Ok(())
}

/// `Package.resolved`: pins by identity, or in the first version of the format by address.
pub(super) fn swift(source: &str, lock: &mut Lock) -> Result<(), LockFault> {
    let Some(resolved) = parse::<serde_json::Value>(source)? else { return Ok(()) };
    let pins = resolved.get("pins").or_else(|| resolved.pointer("/object/pins"));
    for pin in pins.and_then(|pins| pins.as_array()).into_iter().flatten() {
        let version = pin.pointer("/state/version").and_then(|version| version.as_str());
        for key in ["identity", "location", "repositoryURL"] {
            let Some(name) = pin.get(key).and_then(|name| name.as_str()) else { continue };
            // `mona.LinkedList` is the identity of a registry, an address ends with the name.
            let name = name.trim_end_matches('/').trim_end_matches(".git");
            let name = if key == "identity" && !name.contains('/') {
                name.replacen('.', "/", 1)
            } else {
                name.to_owned()
            };
            lock.add(&normal("swift", &name), version);
        }
    }
    Ok(())
}
