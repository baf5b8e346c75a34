//! Manifests that are programs or small documents: mix, pub, Swift. Read by their calls.

use super::tokens::{Kind, Token, argument, inside, tokens, values};
use super::{DependencyScope, InLock, Manifest};
use crate::document::{Format, parse};
use crate::evidence::lexer::masked;
use crate::evidence::needs::Mask;
use crate::evidence::nodes::{entries, get, is_map, plain, strings, text};
use std::collections::BTreeSet;

/// `{:name, "~> 1.0", only: :test}`, wherever it stands: a tuple with a requirement or with the options of a dependency.
pub(super) fn mix(source: &str) -> Manifest {
    let mut manifest = Manifest::of("mix", "hex");
    let code = masked(Some("elixir"), source, Mask::Comments);
    let tokens = tokens(&code);
    for (at, four) in tokens.windows(4).enumerate() {
        let [open, colon, name, comma] = four else { continue };
        if open.is("{") && colon.is(":") && name.kind == Kind::Word && comma.is(",") {
            tuple(name, inside(&tokens, at).get(3..).unwrap_or_default(), &mut manifest);
        }
        if open.kind == Kind::Word && colon.is(":") {
            match open.text {
                "apps_path" if name.kind == Kind::Text => {
                    manifest.workspace = true;
                    manifest.members.push(format!("{}/*", name.text));
                }
                "app" if name.is(":") && manifest.name.is_none() => {
                    manifest.name = Some(comma.text.to_owned());
                }
                _ => {}
            }
        }
    }
    // The same name twice: which one is meant depends on something.
    let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for one in &manifest.dependencies {
        if !seen.insert(one.name.clone()) {
            twice.insert(one.name.clone());
        }
    }
    for one in manifest.dependencies.iter_mut().filter(|one| twice.contains(&one.name)) {
        one.lock = InLock::May;
    }
    manifest
}

fn tuple(name: &Token<'_>, list: &[Token<'_>], manifest: &mut Manifest) {
    let has = |key| argument(list, key).is_some();
    let version = list.first().filter(|first| first.kind == Kind::Text).map(|first| first.text);
    let required = version.is_some_and(|version| {
        version.starts_with(|first: char| first.is_ascii_digit() || "~><=!".contains(first))
    });
    let elsewhere = ["git", "github", "override", "organization", "hex", "only", "runtime", "repo"];
    if has("in_umbrella") || has("path") || !required && !elsewhere.iter().any(|key| has(key)) {
        return;
    }
    let only = argument(list, "only").map(values).unwrap_or_default();
    let optional =
        argument(list, "optional").and_then(|value| value.first()).is_some_and(|value| value.word("true"));
    let scope = if !only.is_empty() && !only.contains(&"prod") {
        DependencyScope::Dev
    } else if optional {
        DependencyScope::Optional
    } else {
        DependencyScope::Runtime
    };
    let certain = required && !["git", "github", "hex", "targets"].iter().any(|key| has(key));
    if let Some(one) =
        manifest.add(name.text, version.filter(|_| required).map(str::to_owned), scope, name.line)
        && !certain
    {
        one.lock = InLock::May;
    }
}

/// `pubspec.yaml`.
pub(super) fn pubspec(source: &str) -> Option<Manifest> {
    let node = parse(Format::Yaml, source).ok()?;
    let mut manifest = Manifest::of("pub", "pub");
    manifest.name = get(&node, "name").and_then(plain);
    manifest.library = Some(get(&node, "publish_to").is_none() && get(&node, "flutter").is_none());
    manifest.workspace = get(&node, "workspace").is_some();
    manifest.members = get(&node, "workspace").map(strings).unwrap_or_default();
    for (section, scope) in
        [("dependencies", DependencyScope::Runtime), ("dev_dependencies", DependencyScope::Dev)]
    {
        for (name, value) in get(&node, section).into_iter().flat_map(entries) {
            if is_map(value) && (get(value, "sdk").is_some() || get(value, "path").is_some()) {
                continue;
            }
            let version = plain(value).or_else(|| get(value, "version").and_then(plain));
            if let Some(one) = manifest.add(text(name).unwrap_or_default(), version, scope, name.pos.line)
                && is_map(value)
            {
                one.lock = InLock::May;
            }
        }
    }
    Some(manifest)
}

/// `.package(url: "https://github.com/vapor/vapor.git", from: "4.0.0")`; the name is the end of the address.
pub(super) fn swift(source: &str) -> Manifest {
    let mut manifest = Manifest::of("swiftpm", "swift");
    let code = masked(Some("swift"), source, Mask::Comments);
    let tokens = tokens(&code);
    let (mut product, mut test, mut programs) = (BTreeSet::new(), BTreeSet::new(), false);
    for (at, three) in tokens.windows(3).enumerate() {
        let [dot, call, open] = three else { continue };
        if !dot.is(".") || !open.is("(") || call.kind != Kind::Word {
            continue;
        }
        let list = inside(&tokens, at + 2);
        match call.text {
            "package" => package(list, &mut manifest),
            "executableTarget" | "target" | "macro" | "plugin" => used(list, &mut product),
            "testTarget" => used(list, &mut test),
            _ => {}
        }
        programs |= matches!(call.text, "executableTarget" | "executable");
    }
    manifest.library = Some(!programs);
    for one in &mut manifest.dependencies {
        let identity = one.name.rsplit('/').next().unwrap_or(&one.name).to_lowercase();
        if test.contains(&identity) && !product.contains(&identity) {
            one.scope = DependencyScope::Dev;
        }
    }
    manifest
}

fn package(list: &[Token<'_>], manifest: &mut Manifest) {
    let text =
        |key| argument(list, key).and_then(|value| value.first()).filter(|value| value.kind == Kind::Text);
    let (name, at) = if let Some(url) = text("url") {
        let address = url.text.trim_end_matches('/').trim_end_matches(".git");
        let parts: Vec<&str> = address.rsplit(['/', ':']).take(2).collect();
        (parts.into_iter().rev().collect::<Vec<_>>().join("/"), url)
    } else if let Some(id) = text("id") {
        (id.text.replacen('.', "/", 1), id)
    } else {
        return;
    };
    let own = [at.text, text("name").map_or("", |name| name.text)];
    let version = list.iter().find(|token| token.kind == Kind::Text && !own.contains(&token.text));
    if let Some(one) =
        manifest.add(&name, version.map(|version| version.text.to_owned()), DependencyScope::Runtime, at.line)
        && text("branch").is_some()
    {
        one.lock = InLock::May;
    }
}

/// The packages that a target names: `.product(name: "Vapor", package: "vapor")`.
fn used(list: &[Token<'_>], packages: &mut BTreeSet<String>) {
    for three in list.windows(3) {
        if let [word, colon, name] = three
            && word.word("package")
            && colon.is(":")
        {
            packages.insert(name.text.to_lowercase());
        }
    }
}
