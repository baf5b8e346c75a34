//! `Cargo.toml`.

use super::{DependencyScope, Manifest};
use crate::document::{Format, Node, parse};
use crate::evidence::nodes::{at, entries, get, plain, strings, text, truthy};

pub(super) fn read(source: &str) -> Option<Manifest> {
    let node = parse(Format::Toml, source).ok()?;
    let mut manifest = Manifest::of("cargo", "cargo");
    manifest.name = at(&node, &["package", "name"]).and_then(plain);
    sections(&node, &mut manifest);
    for (_, target) in get(&node, "target").into_iter().flat_map(entries) {
        sections(target, &mut manifest);
    }
    if let Some(workspace) = get(&node, "workspace") {
        manifest.workspace = true;
        manifest.members = get(workspace, "members").map(strings).unwrap_or_default();
        section(workspace, "dependencies", DependencyScope::Runtime, &mut manifest);
    }
    if get(&node, "bin").is_some() {
        manifest.library = Some(false);
    }
    manifest.dependencies.sort_by_key(|dependency| dependency.line);
    Some(manifest)
}

fn sections(node: &Node, manifest: &mut Manifest) {
    section(node, "dependencies", DependencyScope::Runtime, manifest);
    section(node, "dev-dependencies", DependencyScope::Dev, manifest);
    section(node, "build-dependencies", DependencyScope::Build, manifest);
}

fn section(node: &Node, key: &str, scope: DependencyScope, manifest: &mut Manifest) {
    for (name, value) in get(node, key).into_iter().flat_map(entries) {
        if get(value, "path").is_some() && get(value, "version").is_none() {
            continue;
        }
        let optional = get(value, "optional").is_some_and(truthy) && scope == DependencyScope::Runtime;
        let real = get(value, "package").and_then(text).or_else(|| text(name)).unwrap_or_default();
        let version = plain(value).or_else(|| get(value, "version").and_then(plain));
        let scope = if optional { DependencyScope::Optional } else { scope };
        manifest.add(real, version, scope, name.pos.line);
    }
}
