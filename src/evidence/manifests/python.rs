//! Python: `pyproject.toml` in its flavours, `Pipfile`, and the environments of conda.

use super::model::is_dev;
use super::requirements::{normal, requirement};
use super::{DependencyScope, InLock, Manifest};
use crate::document::{Format, Node, parse};
use crate::evidence::nodes::{at, entries, get, is_map, items, plain, strings, text, texts, truthy};

pub(super) fn pyproject(source: &str) -> Option<Manifest> {
    let node = parse(Format::Toml, source).ok()?;
    let mut manifest = Manifest::of("pyproject", "pypi");
    let tool = |path: &[&str]| get(&node, "tool").and_then(|tool| at(tool, path));
    manifest.name = at(&node, &["project", "name"])
        .or_else(|| tool(&["poetry", "name"]))
        .or_else(|| tool(&["flit", "metadata", "module"]))
        .and_then(plain);
    if let Some(project) = get(&node, "project") {
        requirements_of(get(project, "dependencies"), DependencyScope::Runtime, &mut manifest);
        extras(get(project, "optional-dependencies"), &mut manifest);
    }
    for (group, list) in get(&node, "dependency-groups").into_iter().flat_map(entries) {
        let scope = group_scope(group, DependencyScope::Dev);
        requirements_of(Some(list), scope, &mut manifest);
    }
    if let Some(tools) = get(&node, "tool") {
        developers(tools, &mut manifest);
    }
    if let Some(flit) = tool(&["flit", "metadata"]) {
        requirements_of(get(flit, "requires"), DependencyScope::Runtime, &mut manifest);
        extras(get(flit, "requires-extra"), &mut manifest);
    }
    if let Some(poetry) = tool(&["poetry"]) {
        self::poetry(poetry, &mut manifest);
    }
    for key in ["dependencies", "pypi-dependencies"] {
        table(tool(&["pixi", key]), DependencyScope::Runtime, &mut manifest);
    }
    if let Some(workspace) = tool(&["uv", "workspace"]) {
        manifest.workspace = true;
        manifest.members = get(workspace, "members").map(strings).unwrap_or_default();
    }
    let managers = ["uv", "poetry", "pdm", "rye", "pixi"];
    manifest.manager = managers.into_iter().find(|manager| tool(&[manager]).is_some()).map(str::to_owned);
    let elsewhere: Vec<String> = tool(&["uv", "sources"])
        .into_iter()
        .flat_map(entries)
        .filter_map(|(name, _)| text(name).map(normal))
        .chain(manifest.name.as_deref().map(normal))
        .collect();
    for one in manifest.dependencies.iter_mut().filter(|one| elsewhere.contains(&one.name)) {
        one.lock = InLock::May;
    }
    manifest.dependencies.sort_by_key(|one| one.line);
    Some(manifest)
}

/// What tools keep for developers in tables of their own.
fn developers(tools: &Node, manifest: &mut Manifest) {
    for path in [&["uv", "dev-dependencies"][..], &["rye", "dev-dependencies"]] {
        requirements_of(at(tools, path), DependencyScope::Dev, manifest);
    }
    for (_, list) in at(tools, &["pdm", "dev-dependencies"]).into_iter().flat_map(entries) {
        requirements_of(Some(list), DependencyScope::Dev, manifest);
    }
    for (_, environment) in at(tools, &["hatch", "envs"]).into_iter().flat_map(entries) {
        for key in ["dependencies", "extra-dependencies"] {
            requirements_of(get(environment, key), DependencyScope::Dev, manifest);
        }
    }
}

fn poetry(poetry: &Node, manifest: &mut Manifest) {
    table(get(poetry, "dependencies"), DependencyScope::Runtime, manifest);
    table(get(poetry, "dev-dependencies"), DependencyScope::Dev, manifest);
    for (group, value) in get(poetry, "group").into_iter().flat_map(entries) {
        // Groups are installed unless they are optional or left out, so an unknown one may be the product's.
        let scope = group_scope(group, DependencyScope::Optional);
        table(get(value, "dependencies"), scope, manifest);
    }
}

fn extras(extras: Option<&Node>, manifest: &mut Manifest) {
    for (extra, list) in extras.into_iter().flat_map(entries) {
        requirements_of(Some(list), group_scope(extra, DependencyScope::Optional), manifest);
    }
}

fn group_scope(group: &Node, otherwise: DependencyScope) -> DependencyScope {
    match text(group).unwrap_or_default() {
        "main" | "prod" | "production" | "server" | "deploy" => DependencyScope::Runtime,
        name if is_dev(name) => DependencyScope::Dev,
        _ => otherwise,
    }
}

fn requirements_of(list: Option<&Node>, scope: DependencyScope, manifest: &mut Manifest) {
    for (line, node) in list.map(texts).unwrap_or_default() {
        if let Some(found) = requirement(&line) {
            found.add(scope, node.pos.line, manifest);
        }
    }
}

/// Tables of names and versions, as Poetry, Pipenv and pixi write them.
fn table(node: Option<&Node>, scope: DependencyScope, manifest: &mut Manifest) {
    for (name, value) in node.into_iter().flat_map(entries) {
        let optional = get(value, "optional").is_some_and(truthy);
        // Several constraints for several platforms: the first that names a version.
        let version = plain(value)
            .or_else(|| get(value, "version").and_then(plain))
            .or_else(|| items(value).iter().find_map(|item| get(item, "version").and_then(plain)));
        let scope =
            if optional && scope == DependencyScope::Runtime { DependencyScope::Optional } else { scope };
        let name_text = normal(text(name).unwrap_or_default());
        let elsewhere = !is_map(value) && plain(value).is_none()
            || entries(value)
                .any(|(key, _)| !matches!(text(key), Some("version" | "extras" | "index" | "source")));
        if name_text != "python"
            && let Some(one) = manifest.add(&name_text, version, scope, name.pos.line)
            && elsewhere
        {
            one.lock = InLock::May;
        }
    }
}

pub(super) fn pipfile(source: &str) -> Option<Manifest> {
    let node = parse(Format::Toml, source).ok()?;
    let mut manifest = Manifest::of("pipfile", "pypi");
    for (category, packages) in entries(&node) {
        let scope = match text(category) {
            Some("packages") => DependencyScope::Runtime,
            Some("dev-packages") => DependencyScope::Dev,
            // Categories of one's own; the rest are settings.
            Some("source" | "requires" | "scripts" | "pipenv") | None => continue,
            Some(_) if !is_map(packages) => continue,
            Some(_) => group_scope(category, DependencyScope::Optional),
        };
        table(Some(packages), scope, &mut manifest);
    }
    Some(manifest)
}

/// The `environment.yml` of conda, whose packages are named as in the Python Package Index, or nearly so.
pub(super) fn conda(source: &str) -> Option<Manifest> {
    let node = parse(Format::Yaml, source).ok()?;
    let mut manifest = Manifest::of("conda", "pypi");
    manifest.name = get(&node, "name").and_then(plain);
    for item in get(&node, "dependencies").map(items).unwrap_or_default() {
        requirements_of(get(item, "pip"), DependencyScope::Runtime, &mut manifest);
        let Some(line) = text(item) else { continue };
        // `channel::name=1.2=build`
        let spec = line.rsplit("::").next().unwrap_or(line);
        let end = spec.find(|letter: char| "=<>! [".contains(letter)).unwrap_or(spec.len());
        let (name, version) = spec.split_at(end);
        let version = version.trim().trim_start_matches('=').to_owned();
        if !matches!(name, "python" | "pip") {
            let version = (!version.is_empty()).then_some(version);
            manifest.add(&normal(name), version, DependencyScope::Runtime, item.pos.line);
        }
    }
    Some(manifest)
}
