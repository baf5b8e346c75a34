//! Manifests that are programs or small documents: mix, pub, Swift, sbt. Read by their calls, line by line.

use super::{DependencyScope, Manifest};
use crate::document::{Format, parse};
use crate::evidence::nodes::{entries, get, is_map, plain, text};
use crate::evidence::tasks::quoted;

/// `{:name, "~> 1.0", only: :test}`.
pub(super) fn mix(source: &str) -> Manifest {
    let mut manifest = Manifest::of("mix", "hex");
    for (number, line) in (1_u32..).zip(source.lines()) {
        let code = line.trim_start();
        if code.starts_with('#') {
            continue;
        }
        manifest.workspace |= code.starts_with("apps_path:");
        for part in code.split("{:").skip(1) {
            let name: String =
                part.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            if !part[name.len()..].starts_with(',') {
                continue;
            }
            let local = part.contains("in_umbrella:") || part.contains("path:");
            let only = part.split_once("only:").map(|(_, rest)| rest);
            let dev = only.is_some_and(|only| {
                (only.contains(":dev") || only.contains(":test")) && !only.contains(":prod")
            });
            let scope = if dev { DependencyScope::Dev } else { DependencyScope::Runtime };
            if !local {
                manifest.add(&name, quoted(part).first().cloned(), scope, number);
            }
        }
    }
    manifest
}

/// `pubspec.yaml`.
pub(super) fn pubspec(source: &str) -> Option<Manifest> {
    let node = parse(Format::Yaml, source).ok()?;
    let mut manifest = Manifest::of("pub", "pub");
    manifest.name = get(&node, "name").and_then(plain);
    manifest.library = Some(get(&node, "publish_to").is_none() && get(&node, "flutter").is_none());
    manifest.workspace = get(&node, "workspace").is_some();
    for (section, scope) in
        [("dependencies", DependencyScope::Runtime), ("dev_dependencies", DependencyScope::Dev)]
    {
        for (name, value) in get(&node, section).into_iter().flat_map(entries) {
            if is_map(value) && (get(value, "sdk").is_some() || get(value, "path").is_some()) {
                continue;
            }
            manifest.add(text(name).unwrap_or_default(), plain(value), scope, name.pos.line);
        }
    }
    Some(manifest)
}

/// `.package(url: "https://github.com/vapor/vapor.git", from: "4.0.0")`; the name is the end of the address.
pub(super) fn swift(source: &str) -> Manifest {
    let mut manifest = Manifest::of("swiftpm", "swift");
    manifest.library = Some(!source.contains(".executableTarget") && !source.contains(".executable("));
    for (number, line) in (1_u32..).zip(source.lines()) {
        let code = line.split(" //").next().unwrap_or(line);
        let Some((_, rest)) = code.split_once("url:") else { continue };
        if code.trim_start().starts_with("//") {
            continue;
        }
        let words = quoted(rest);
        if let Some(url) = words.first() {
            let name = url.trim_end_matches('/').trim_end_matches(".git");
            let name = name.rsplit('/').take(2).collect::<Vec<_>>();
            let name: Vec<&str> = name.into_iter().rev().collect();
            manifest.add(&name.join("/"), words.get(1).cloned(), DependencyScope::Runtime, number);
        }
    }
    manifest
}

/// `"org.typelevel" %% "cats-core" % "2.0" % Test`; the version of Scala is no part of the name.
pub(super) fn sbt(source: &str) -> Manifest {
    let mut manifest = Manifest::of("sbt", "maven");
    for (number, line) in (1_u32..).zip(source.lines()) {
        let code = line.split("//").next().unwrap_or(line);
        // A URL inside a string is no comment, and no dependency either.
        let words = quoted(code);
        if !code.contains('%') || words.len() < 2 {
            continue;
        }
        let test = code.contains("% Test")
            || code.contains("% \"test\"")
            || code.contains("% IntegrationTest")
            || code.contains("% \"it");
        let scope = if test { DependencyScope::Dev } else { DependencyScope::Runtime };
        manifest.add(&format!("{}:{}", words[0], words[1]), words.get(2).cloned(), scope, number);
    }
    manifest
}
