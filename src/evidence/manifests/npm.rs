//! `package.json`.

use super::{DependencyScope, Manifest};
use crate::document::{Format, parse};
use crate::evidence::nodes::{entries, get, plain, strings, text};

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
            manifest.add(text(name).unwrap_or_default(), plain(version), scope, name.pos.line);
        }
    }
    if let Some(workspaces) = get(&node, "workspaces") {
        let list = get(workspaces, "packages").unwrap_or(workspaces);
        manifest.workspace = true;
        manifest.members = strings(list);
    }
    Some(manifest)
}
