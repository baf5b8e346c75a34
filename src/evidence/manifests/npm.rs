//! `package.json`, and the files beside it that hold catalogues of versions.

use super::{DependencyScope, InLock, Manifest};
use crate::document::{Format, Node, parse};
use crate::evidence::nodes::{at, entries, get, plain, strings, text};

const SECTIONS: [(&str, DependencyScope); 4] = [
    ("dependencies", DependencyScope::Runtime),
    ("optionalDependencies", DependencyScope::Optional),
    ("peerDependencies", DependencyScope::Optional),
    ("devDependencies", DependencyScope::Dev),
];

pub(super) fn read(source: &str) -> Option<Manifest> {
    let node = parse(Format::Json, source).ok()?;
    let mut manifest = Manifest::of("npm", "npm");
    manifest.name = get(&node, "name").and_then(plain);
    for (section, scope) in SECTIONS {
        for (name, version) in get(&node, section).into_iter().flat_map(entries) {
            dependency(text(name).unwrap_or_default(), plain(version), scope, name.pos.line, &mut manifest);
        }
    }
    if let Some(workspaces) = get(&node, "workspaces") {
        let list = get(workspaces, "packages").unwrap_or(workspaces);
        manifest.workspace = true;
        manifest.members = strings(list);
        catalogues(workspaces, &mut manifest);
    }
    catalogues(&node, &mut manifest);
    let manager =
        get(&node, "packageManager").or_else(|| at(&node, &["devEngines", "packageManager", "name"]));
    manifest.manager = manager
        .and_then(text)
        .map(|manager| manager.split('@').next().unwrap_or_default().to_owned())
        .filter(|manager| !manager.is_empty());
    manifest.library = Some(published(&node));
    Some(manifest)
}

/// A dependency and where it comes from: the registry, a catalogue, another name, somewhere else.
fn dependency(
    name: &str,
    version: Option<String>,
    scope: DependencyScope,
    line: u32,
    manifest: &mut Manifest,
) {
    let wanted = version.clone().unwrap_or_default();
    if let Some(catalogue) = wanted.strip_prefix("catalog:") {
        let key = key(catalogue.trim(), name);
        if let Some(one) = manifest.add(name, version, scope, line) {
            one.reference = Some(key);
        }
        return;
    }
    let alias = wanted.strip_prefix("npm:").map(|real| {
        let split = real.rfind('@').filter(|at| *at > 0).unwrap_or(real.len());
        (&real[..split], real.get(split + 1..).map(str::to_owned))
    });
    let (real, version) = match alias {
        // `npm:^1` means the package itself.
        Some((real, version))
            if real.starts_with(|first: char| first.is_ascii_alphabetic() || first == '@') =>
        {
            (real, version)
        }
        _ => (name, version),
    };
    if let Some(one) = manifest.add(real, version, scope, line)
        && wanted.contains([':', '/'])
    {
        one.lock = InLock::May;
    }
}

fn key(catalogue: &str, name: &str) -> String {
    let catalogue = if catalogue.is_empty() { "default" } else { catalogue };
    format!("{catalogue}:{name}")
}

/// `catalog:` and `catalogs:`, which pnpm, yarn and bun write alike.
fn catalogues(node: &Node, manifest: &mut Manifest) {
    let one = get(node, "catalog").map(|list| ("default", list));
    let named = get(node, "catalogs").into_iter().flat_map(entries);
    let named = named.filter_map(|(name, list)| Some((text(name)?, list)));
    for (catalogue, list) in one.into_iter().chain(named) {
        for (name, version) in entries(list) {
            let name = text(name).unwrap_or_default();
            manifest.manage(&key(catalogue, name), name, plain(version));
        }
    }
}

/// `pnpm-workspace.yaml` and `.yarnrc.yml`.
pub(super) fn workspace(path: &str, source: &str) -> Option<Manifest> {
    let node = parse(Format::Yaml, source).ok()?;
    let pnpm = path.ends_with("pnpm-workspace.yaml");
    let mut manifest = Manifest::of(if pnpm { "pnpm-workspace" } else { "yarnrc" }, "npm");
    manifest.manager = Some(if pnpm { "pnpm" } else { "yarn" }.to_owned());
    manifest.members = get(&node, "packages").map(strings).unwrap_or_default();
    manifest.workspace = !manifest.members.is_empty();
    catalogues(&node, &mut manifest);
    Some(manifest)
}

/// Whether it is a package for others: it says what it publishes, and has nothing to start.
fn published(node: &Node) -> bool {
    let private = get(node, "private").and_then(plain).is_some_and(|value| value == "true");
    let started = get(node, "scripts").and_then(|scripts| get(scripts, "start")).is_some();
    get(node, "files").is_some() && get(node, "workspaces").is_none() && !private && !started
}

/// `deno.json`: what the import map takes from npm.
pub(super) fn deno(source: &str) -> Option<Manifest> {
    let node = parse(Format::Json, source).ok()?;
    let mut manifest = Manifest::of("deno", "npm");
    manifest.name = get(&node, "name").and_then(plain);
    manifest.library = Some(get(&node, "exports").is_some());
    for (name, target) in get(&node, "imports").into_iter().flat_map(entries) {
        let Some(package) = text(target).and_then(|target| target.strip_prefix("npm:")) else { continue };
        let package = package.trim_start_matches('/');
        let end = package.get(1..).and_then(|rest| rest.find('@')).map_or(package.len(), |at| at + 1);
        let version = package.get(end + 1..).map(|rest| rest.split('/').next().unwrap_or(rest).to_owned());
        if let Some(one) = manifest.add(&package[..end], version, DependencyScope::Runtime, name.pos.line) {
            one.lock = InLock::May;
        }
    }
    Some(manifest)
}
