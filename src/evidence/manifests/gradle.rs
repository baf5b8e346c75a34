//! Gradle: build files in both languages, by their calls, and version catalogues.
//!
//! Build files are programs: what they compute is not seen, what they write down is.

use super::{DependencyScope, Manifest};
use crate::document::{Format, parse};
use crate::evidence::nodes::{entries, get, plain, text};
use crate::evidence::tasks::quoted;

pub(super) fn read(source: &str) -> Manifest {
    let mut manifest = Manifest::of("gradle", "maven");
    let mut comment = false;
    for (number, line) in (1_u32..).zip(source.lines()) {
        let line = line.trim();
        comment |= line.starts_with("/*");
        if comment {
            comment = !line.contains("*/");
            continue;
        }
        if line.starts_with("//") {
            continue;
        }
        let word: String =
            line.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
        let rest = line.get(word.len()..).unwrap_or_default();
        if matches!(word.as_str(), "id" | "kotlin" | "alias") {
            plugin(&word, rest, number, &mut manifest);
        } else if let Some(scope) = configuration(&word) {
            dependency(rest, scope, number, &mut manifest);
        }
        if line.starts_with("apply plugin:") {
            for id in quoted(line) {
                manifest.add(&format!("plugin:{id}"), None, DependencyScope::Build, number);
            }
        }
    }
    manifest
}

/// The scope of a dependency configuration; none for other words.
fn configuration(word: &str) -> Option<DependencyScope> {
    let lower = word.to_ascii_lowercase();
    let known = [
        "implementation",
        "api",
        "compile",
        "compileonly",
        "runtimeonly",
        "runtime",
        "annotationprocessor",
        "kapt",
        "ksp",
        "developmentonly",
        "classpath",
        "testfixturesapi",
        "coreLibraryDesugaring",
        "quarkusdev",
    ];
    if !known.iter().any(|known| lower.ends_with(known)) {
        return None;
    }
    Some(match lower.as_str() {
        _ if lower.contains("test") || lower.contains("developmentonly") => DependencyScope::Dev,
        "classpath" | "annotationprocessor" | "kapt" | "ksp" => DependencyScope::Build,
        _ => DependencyScope::Runtime,
    })
}

fn plugin(word: &str, rest: &str, line: u32, manifest: &mut Manifest) {
    let words = quoted(rest);
    if let Some(id) = words.first() {
        let id = if word == "kotlin" { format!("org.jetbrains.kotlin.{id}") } else { id.clone() };
        manifest.add(&format!("plugin:{id}"), words.get(1).cloned(), DependencyScope::Build, line);
    } else if let Some(alias) = alias(rest) {
        manifest.add(&format!("plugin:{alias}"), None, DependencyScope::Build, line);
    }
}

fn dependency(rest: &str, scope: DependencyScope, line: u32, manifest: &mut Manifest) {
    if !rest.starts_with([' ', '(', '"', '\'']) {
        return;
    }
    let words = quoted(rest);
    if rest.contains("project(") || rest.contains("project (") {
        return;
    }
    if rest.contains("group:") || rest.contains("name:") || rest.contains("group =") {
        if let [group, name, more @ ..] = &words[..] {
            manifest.add(&format!("{group}:{name}"), more.first().cloned(), scope, line);
        }
        return;
    }
    for word in words.iter().filter(|word| word.contains(':')) {
        let mut parts = word.splitn(3, ':');
        if let (Some(group), Some(name)) = (parts.next(), parts.next()) {
            manifest.add(&format!("{group}:{name}"), parts.next().map(str::to_owned), scope, line);
        }
    }
    if words.is_empty()
        && let Some(alias) = alias(rest)
    {
        manifest.add(&alias, None, scope, line);
    }
}

/// `libs.spring.web` as the alias of a version catalogue.
fn alias(rest: &str) -> Option<String> {
    let start = rest.find("libs.")?;
    let name: String = rest[start..]
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-'))
        .collect();
    Some(name)
}

/// A version catalogue: its libraries count as dependencies of the build, since only they are known by name.
pub(super) fn catalogue(source: &str) -> Option<Manifest> {
    let node = parse(Format::Toml, source).ok()?;
    let mut manifest = Manifest::of("gradle-catalogue", "maven");
    for (alias, value) in get(&node, "libraries").into_iter().flat_map(entries) {
        let field = |key: &str| get(value, key).and_then(plain);
        let module = plain(value)
            .or_else(|| field("module"))
            .or_else(|| Some(format!("{}:{}", field("group")?, field("name")?)));
        let Some(module) = module else { continue };
        let mut parts = module.splitn(3, ':');
        let name = [parts.next().unwrap_or_default(), parts.next().unwrap_or_default()].join(":");
        let dev = text(alias).is_some_and(|alias| {
            alias.split(['-', '_']).any(|word| matches!(word, "test" | "testing" | "junit" | "mockk"))
        });
        let scope = if dev { DependencyScope::Dev } else { DependencyScope::Runtime };
        manifest.add(
            &name,
            parts.next().map(str::to_owned).or_else(|| field("version")),
            scope,
            alias.pos.line,
        );
    }
    for (alias, value) in get(&node, "plugins").into_iter().flat_map(entries) {
        if let Some(id) = plain(value).or_else(|| get(value, "id").and_then(plain)) {
            let id = id.split(':').next().unwrap_or_default();
            manifest.add(&format!("plugin:{id}"), None, DependencyScope::Build, alias.pos.line);
        }
    }
    Some(manifest)
}
