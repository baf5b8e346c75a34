//! `Cargo.toml`.

use super::{DependencyScope, InLock, Manifest};
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
        for (name, value) in get(workspace, "dependencies").into_iter().flat_map(entries) {
            let key = text(name).unwrap_or_default();
            if let Some(one) = manifest.manage(key, real(key, value), version(value)) {
                one.lock = if local(value) { InLock::Never } else { lock(value) };
            }
        }
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
        if local(value) {
            continue;
        }
        let optional = get(value, "optional").is_some_and(truthy) && scope == DependencyScope::Runtime;
        let key = text(name).unwrap_or_default();
        let scope = if optional { DependencyScope::Optional } else { scope };
        let Some(one) = manifest.add(real(key, value), version(value), scope, name.pos.line) else {
            continue;
        };
        if get(value, "workspace").is_some_and(truthy) {
            one.reference = Some(key.to_owned());
        }
        one.lock = lock(value);
    }
}

/// Whether it lies in this repository and nowhere else.
fn local(value: &Node) -> bool {
    get(value, "path").is_some() && get(value, "version").is_none()
}

fn lock(value: &Node) -> InLock {
    if get(value, "git").is_some() || get(value, "path").is_some() { InLock::May } else { InLock::Must }
}

/// The name of the package, which `package` gives where the key is another.
fn real<'a>(key: &'a str, value: &'a Node) -> &'a str {
    get(value, "package").and_then(text).unwrap_or(key)
}

fn version(value: &Node) -> Option<String> {
    plain(value).or_else(|| get(value, "version").and_then(plain))
}
