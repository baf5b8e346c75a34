//! `composer.json`.

use super::{DependencyScope, Manifest};
use crate::document::{Format, parse};
use crate::evidence::nodes::{entries, get, plain, text};

pub(super) fn read(source: &str) -> Option<Manifest> {
    let node = parse(Format::Json, source).ok()?;
    let mut manifest = Manifest::of("composer", "packagist");
    manifest.name = get(&node, "name").and_then(plain);
    // Composer's own default is `library`; applications rarely say what they are.
    manifest.library =
        get(&node, "type").and_then(text).map(|kind| kind == "library" || kind.ends_with("-bundle"));
    for (section, scope) in [("require", DependencyScope::Runtime), ("require-dev", DependencyScope::Dev)] {
        for (name, version) in get(&node, section).into_iter().flat_map(entries) {
            let name_text = text(name).unwrap_or_default();
            // `php` and `ext-*` are the platform, not packages.
            if name_text.contains('/') {
                manifest.add(name_text, plain(version), scope, name.pos.line);
            }
        }
    }
    Some(manifest)
}
