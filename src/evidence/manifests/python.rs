//! Python: `pyproject.toml` in its flavours, requirements files, `Pipfile`, the literal lists of `setup.py`.

use super::{DependencyScope, Manifest};
use crate::document::{Format, Node, parse};
use crate::evidence::nodes::{at, entries, get, plain, strings, text, texts};
use crate::evidence::tasks::quoted;

/// Names of groups that the product runs without.
const DEV_GROUPS: [&str; 9] = ["dev", "test", "tests", "lint", "docs", "doc", "typing", "develop", "testing"];

pub(super) fn pyproject(source: &str) -> Option<Manifest> {
    let node = parse(Format::Toml, source).ok()?;
    let mut manifest = Manifest::of("pyproject", "pypi");
    manifest.name = [&["project", "name"][..], &["tool", "poetry", "name"]]
        .iter()
        .find_map(|path| at(&node, path))
        .and_then(plain);
    if let Some(project) = get(&node, "project") {
        requirements_of(get(project, "dependencies"), DependencyScope::Runtime, &mut manifest);
        for (group, list) in get(project, "optional-dependencies").into_iter().flat_map(entries) {
            let scope = group_scope(text(group).unwrap_or_default(), DependencyScope::Optional);
            requirements_of(Some(list), scope, &mut manifest);
        }
    }
    for (group, list) in get(&node, "dependency-groups").into_iter().flat_map(entries) {
        let scope = group_scope(text(group).unwrap_or_default(), DependencyScope::Dev);
        requirements_of(Some(list), scope, &mut manifest);
    }
    requirements_of(at(&node, &["tool", "uv", "dev-dependencies"]), DependencyScope::Dev, &mut manifest);
    for (_, list) in at(&node, &["tool", "pdm", "dev-dependencies"]).into_iter().flat_map(entries) {
        requirements_of(Some(list), DependencyScope::Dev, &mut manifest);
    }
    if let Some(poetry) = at(&node, &["tool", "poetry"]) {
        table(get(poetry, "dependencies"), DependencyScope::Runtime, &mut manifest);
        table(get(poetry, "dev-dependencies"), DependencyScope::Dev, &mut manifest);
        for (group, value) in get(poetry, "group").into_iter().flat_map(entries) {
            let scope = group_scope(text(group).unwrap_or_default(), DependencyScope::Dev);
            table(get(value, "dependencies"), scope, &mut manifest);
        }
    }
    if let Some(workspace) = at(&node, &["tool", "uv", "workspace"]) {
        manifest.workspace = true;
        manifest.members = get(workspace, "members").map(strings).unwrap_or_default();
    }
    Some(manifest)
}

fn group_scope(group: &str, otherwise: DependencyScope) -> DependencyScope {
    match group {
        "main" | "prod" | "production" => DependencyScope::Runtime,
        _ if DEV_GROUPS.contains(&group) => DependencyScope::Dev,
        _ => otherwise,
    }
}

fn requirements_of(list: Option<&Node>, scope: DependencyScope, manifest: &mut Manifest) {
    for (line, node) in list.map(texts).unwrap_or_default() {
        if let Some((name, version)) = requirement(&line) {
            manifest.add(&name, version, scope, node.pos.line);
        }
    }
}

/// Poetry's and Pipenv's tables of names and versions.
fn table(node: Option<&Node>, scope: DependencyScope, manifest: &mut Manifest) {
    for (name, value) in node.into_iter().flat_map(entries) {
        let optional = get(value, "optional").and_then(plain).is_some_and(|value| value == "true");
        let version = plain(value).or_else(|| get(value, "version").and_then(plain));
        let scope =
            if optional && scope == DependencyScope::Runtime { DependencyScope::Optional } else { scope };
        let name_text = normal(text(name).unwrap_or_default());
        if name_text != "python" {
            manifest.add(&name_text, version, scope, name.pos.line);
        }
    }
}

pub(super) fn pipfile(source: &str) -> Option<Manifest> {
    let node = parse(Format::Toml, source).ok()?;
    let mut manifest = Manifest::of("pipfile", "pypi");
    table(get(&node, "packages"), DependencyScope::Runtime, &mut manifest);
    table(get(&node, "dev-packages"), DependencyScope::Dev, &mut manifest);
    Some(manifest)
}

/// A requirements file. The scope is told by the file's name.
pub(super) fn requirements(path: &str, source: &str) -> Manifest {
    let mut manifest = Manifest::of("requirements", "pypi");
    let (scope, mut loose, mut continued) = (requirements_scope(path), 0, false);
    for (number, line) in (1_u32..).zip(source.lines()) {
        via(line, &mut manifest);
        let line = line.split(" #").next().unwrap_or(line).trim();
        let inside = std::mem::replace(&mut continued, line.ends_with('\\'));
        if inside
            || line.is_empty()
            || line.starts_with('#')
            || line.starts_with('-') && !line.starts_with("-e")
        {
            continue;
        }
        let line = line.trim_end_matches('\\').trim();
        if let Some((name, version)) = requirement(line) {
            // `==1.2`, `===1.2`, `@ url` name exactly one version; `==1.*` does not.
            let exact = version.as_deref().is_some_and(|version| {
                (version.starts_with("==") && !version.contains(['*', ','])) || version.starts_with('@')
            });
            loose += usize::from(!exact);
            manifest.add(&name, version, scope, number);
        }
    }
    manifest.pinned = loose == 0;
    manifest
}

/// Compilers of requirements say in a comment who asked: `# via flask`, or `# via -r requirements.in` for ourselves.
fn via(line: &str, manifest: &mut Manifest) {
    let Some((_, comment)) = line.split_once('#') else { return };
    let Some(last) = manifest.dependencies.last_mut() else { return };
    let comment = comment.trim();
    let asked = comment.strip_prefix("via");
    let own = comment.contains("-r ") || comment.contains(".in") || comment.contains("(pyproject.toml)");
    if asked.is_some_and(|who| who.is_empty() || who.starts_with(' ')) {
        last.scope = DependencyScope::Indirect;
    }
    if own && last.scope == DependencyScope::Indirect {
        last.scope = DependencyScope::Runtime;
    }
}

/// The scope of everything in a requirements file with this name.
fn requirements_scope(path: &str) -> DependencyScope {
    let file = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let mut words = file.split(|letter: char| !letter.is_ascii_alphanumeric());
    let dev = words.any(|word| DEV_GROUPS.contains(&word) || matches!(word, "local" | "ci"));
    if dev { DependencyScope::Dev } else { DependencyScope::Runtime }
}

/// `setup.py` is a program; only literal lists behind `install_requires=` are understood.
pub(super) fn setup(source: &str) -> Manifest {
    let mut manifest = Manifest::of("setup.py", "pypi");
    manifest.library = Some(true);
    let mut inside = false;
    for (number, line) in (1_u32..).zip(source.lines()) {
        let code = line.split('#').next().unwrap_or(line);
        let start = code.find("install_requires");
        inside |= start.is_some();
        if inside {
            for text in quoted(&code[start.unwrap_or(0)..]) {
                if let Some((name, version)) = requirement(&text) {
                    manifest.add(&name, version, DependencyScope::Runtime, number);
                }
            }
            inside = !code.contains(']');
        }
    }
    manifest
}

/// `name[extra]>=1.2; marker` as name and version.
fn requirement(line: &str) -> Option<(String, Option<String>)> {
    let line = line.split(';').next().unwrap_or(line).trim();
    let end = line
        .find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')))
        .unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    if name.is_empty() || rest.starts_with([':', '/', '+']) || name.starts_with(['-', '.']) {
        return None;
    }
    let rest = rest.trim();
    let rest = if rest.starts_with('[') { rest.split_once(']').map_or("", |(_, rest)| rest) } else { rest };
    let version = rest.split(" --").next().unwrap_or(rest).trim().trim_matches(['(', ')']);
    Some((normal(name), (!version.is_empty()).then(|| version.to_owned())))
}

/// Names are equal whatever their case and separators.
fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}
