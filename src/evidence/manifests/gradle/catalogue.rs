//! Version catalogues of Gradle: as a file of their own, or in the settings. Also `gradle.properties`.

use crate::document::{Format, Node, parse};
use crate::evidence::manifests::model::is_dev;
use crate::evidence::manifests::tokens::{Kind, Token, inside};
use crate::evidence::manifests::{DependencyScope, Manifest};
use crate::evidence::nodes::{entries, get, plain, strings, text};

/// A version catalogue. Where no build in the tree uses it by name, its libraries count as dependencies: they are
/// asked for in some way that is not seen.
pub(in crate::evidence::manifests) fn read(path: &str, source: &str) -> Option<Manifest> {
    let node = parse(Format::Toml, source).ok()?;
    let mut manifest = Manifest::of("gradle-catalogue", "maven");
    let file = path.rsplit('/').next().unwrap_or(path);
    let catalogue = file.strip_suffix(".versions.toml").unwrap_or("libs");
    let versions = get(&node, "versions");
    for (alias, value) in get(&node, "libraries").into_iter().flat_map(entries) {
        let Some((name, version)) = library(value, versions) else { continue };
        let alias_text = text(alias).unwrap_or_default();
        let scope = if is_dev(alias_text)
            || ["junit", "mockk", "mockito"].iter().any(|word| alias_text.contains(word))
        {
            DependencyScope::Dev
        } else {
            DependencyScope::Runtime
        };
        manifest.manage(&format!("{catalogue}.{}", accessor(alias_text)), &name, version.clone());
        manifest.add(&name, version, scope, alias.pos.line);
    }
    for (alias, list) in get(&node, "bundles").into_iter().flat_map(entries) {
        let key = format!("{catalogue}.bundles.{}", accessor(text(alias).unwrap_or_default()));
        for member in strings(list) {
            bundle(&mut manifest, &key, &format!("{catalogue}.{}", accessor(&member)));
        }
    }
    for (alias, value) in get(&node, "plugins").into_iter().flat_map(entries) {
        let Some(id) = plain(value).or_else(|| get(value, "id").and_then(plain)) else { continue };
        let (id, short) = id.split_once(':').map_or((id.as_str(), None), |(id, version)| (id, Some(version)));
        let version = short.map(str::to_owned).or_else(|| self::version(value, versions));
        let name = format!("plugin:{id}");
        let key = format!("{catalogue}.plugins.{}", accessor(text(alias).unwrap_or_default()));
        manifest.manage(&key, &name, version);
        manifest.add(&name, None, DependencyScope::Build, alias.pos.line);
    }
    Some(manifest)
}

/// How a build names an alias: every separator is a dot.
pub(super) fn accessor(alias: &str) -> String {
    alias.replace(['-', '_'], ".")
}

fn bundle(manifest: &mut Manifest, key: &str, member: &str) {
    let found = manifest.managed.iter().find(|one| one.key == member).cloned();
    if let Some(one) = found {
        manifest.manage(key, &one.name, one.version);
    }
}

fn library(value: &Node, versions: Option<&Node>) -> Option<(String, Option<String>)> {
    let field = |key: &str| get(value, key).and_then(plain);
    let module = plain(value)
        .or_else(|| field("module"))
        .or_else(|| Some(format!("{}:{}", field("group")?, field("name")?)))?;
    let mut parts = module.splitn(3, ':');
    let name = [parts.next().unwrap_or_default(), parts.next().unwrap_or_default()].join(":");
    let version = parts.next().map(str::to_owned).or_else(|| version(value, versions));
    Some((name, version))
}

/// `version = "1"`, `version.ref = "x"`, and the rich form of either.
fn version(value: &Node, versions: Option<&Node>) -> Option<String> {
    let version = get(value, "version")?;
    match get(version, "ref").and_then(text) {
        Some(name) => get(versions?, name).and_then(rich),
        None => rich(version),
    }
}

fn rich(version: &Node) -> Option<String> {
    plain(version).or_else(|| {
        ["require", "strictly", "prefer"].iter().find_map(|key| get(version, key).and_then(plain))
    })
}

/// `versionCatalogs { create("libs") { library("ktor", "io.ktor:ktor-server-core:2") ... } }` in the settings.
pub(super) fn in_settings(tokens: &[Token<'_>], manifest: &mut Manifest) {
    let mut catalogue = "libs".to_owned();
    let mut versions: Vec<(&str, &str)> = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Word) {
        if token.text == "libs" && tokens.get(at + 1).is_some_and(|next| next.is("{")) {
            "libs".clone_into(&mut catalogue);
        }
        if !tokens.get(at + 1).is_some_and(|next| next.is("(")) {
            continue;
        }
        let list = inside(tokens, at + 1);
        let texts: Vec<&str> =
            list.iter().filter(|token| token.kind == Kind::Text).map(|token| token.text).collect();
        let version = tokens.iter().skip(at + list.len() + 4).take(3).find(|token| token.kind == Kind::Text);
        let version = version.map(|version| version.text);
        let reference = |name: &str| {
            versions.iter().find(|(key, _)| *key == name).map(|(_, version)| (*version).to_owned())
        };
        let resolved = version.map(|version| reference(version).unwrap_or_else(|| version.to_owned()));
        match (token.text, &texts[..]) {
            ("create", [name]) => (*name).clone_into(&mut catalogue),
            ("version", [name, version]) => versions.push((name, version)),
            ("library", [alias, module]) => {
                let mut parts = module.splitn(3, ':');
                let name = [parts.next().unwrap_or_default(), parts.next().unwrap_or_default()].join(":");
                let version = parts.next().map(str::to_owned).or(resolved);
                manifest.manage(&format!("{catalogue}.{}", accessor(alias)), &name, version);
            }
            ("library", [alias, group, name]) => {
                let key = format!("{catalogue}.{}", accessor(alias));
                manifest.manage(&key, &format!("{group}:{name}"), resolved);
            }
            ("plugin", [alias, id]) => {
                let key = format!("{catalogue}.plugins.{}", accessor(alias));
                manifest.manage(&key, &format!("plugin:{id}"), resolved);
            }
            ("bundle", [alias, members @ ..]) => {
                let key = format!("{catalogue}.bundles.{}", accessor(alias));
                for member in members {
                    bundle(manifest, &key, &format!("{catalogue}.{}", accessor(member)));
                }
            }
            _ => {}
        }
    }
}

/// `gradle.properties`.
pub(in crate::evidence::manifests) fn properties(source: &str) -> Manifest {
    let mut manifest = Manifest::of("gradle-properties", "maven");
    for line in source.lines().map(str::trim).filter(|line| !line.starts_with(['#', '!'])) {
        if let Some((key, value)) = line.split_once('=') {
            manifest.properties.insert(key.trim().to_owned(), value.trim().to_owned());
        }
    }
    manifest
}
