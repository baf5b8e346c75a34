//! `composer.json`.

use super::{DependencyScope, InLock, Manifest};
use crate::document::{Format, parse};
use crate::evidence::nodes::{entries, get, plain, text};

pub(super) fn read(source: &str) -> Option<Manifest> {
    let node = parse(Format::Json, source).ok()?;
    let mut manifest = Manifest::of("composer", "packagist");
    manifest.name = get(&node, "name").and_then(plain);
    // Composer's own default is `library`; applications rarely say what they are.
    manifest.library =
        get(&node, "type").and_then(text).map(|kind| kind == "library" || kind.ends_with("-bundle"));
    let stands_for = |name: &str| {
        let sections = ["replace", "provide"].into_iter().filter_map(|section| get(&node, section));
        sections.flat_map(entries).any(|(key, _)| text(key) == Some(name))
    };
    for (section, scope) in [("require", DependencyScope::Runtime), ("require-dev", DependencyScope::Dev)] {
        for (name, version) in get(&node, section).into_iter().flat_map(entries) {
            let name_text = text(name).unwrap_or_default();
            // `php` and `ext-*` are the platform, not packages.
            if !name_text.contains('/') {
                continue;
            }
            let lower = name_text.to_lowercase();
            if let Some(one) = manifest.add(&lower, plain(version), scope, name.pos.line)
                && stands_for(name_text)
            {
                one.lock = InLock::May;
            }
        }
    }
    Some(manifest)
}
