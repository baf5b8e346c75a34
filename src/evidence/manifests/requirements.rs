//! Requirements as pip reads them: files of them, and the lists in `setup.py` and `setup.cfg`.

use super::model::is_dev;
use super::tokens::{Kind, Token, inside, tokens};
use super::{DependencyScope, InLock, Manifest};
use crate::evidence::lexer::masked;
use crate::evidence::needs::Mask;

/// A requirement.
pub(super) struct Requirement {
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// It has a marker, or comes from elsewhere.
    conditional: bool,
}

impl Requirement {
    pub(super) fn add(self, scope: DependencyScope, line: u32, manifest: &mut Manifest) {
        if let Some(one) = manifest.add(&self.name, self.version, scope, line)
            && self.conditional
        {
            one.lock = InLock::May;
        }
    }
}

/// `name[extra]>=1.2; marker`, `name @ url`, or an address that names its package behind `#egg=`.
pub(super) fn requirement(line: &str) -> Option<Requirement> {
    let line = line.trim();
    if let Some((address, egg)) = line.split_once("#egg=").filter(|(address, _)| address.contains("://")) {
        let end = egg.find(['[', '&', ';', ' ', '#']).unwrap_or(egg.len());
        let version = Some(format!("@ {}", address.rsplit(' ').next().unwrap_or(address)));
        return Some(Requirement { name: normal(&egg[..end]), version, conditional: true });
    }
    let (line, marker) =
        line.split_once(';').map_or((line, ""), |(line, marker)| (line.trim(), marker.trim()));
    let end = line
        .find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')))
        .unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    if name.is_empty() || rest.starts_with([':', '/', '+', '\\']) || name.starts_with(['-', '.']) {
        return None;
    }
    let rest = rest.trim();
    let rest = if rest.starts_with('[') { rest.split_once(']').map_or("", |(_, rest)| rest) } else { rest };
    let version = rest.split(" --").next().unwrap_or(rest).trim().trim_matches(['(', ')']);
    let conditional = !marker.is_empty() || version.starts_with('@');
    Some(Requirement {
        name: normal(name),
        version: (!version.is_empty()).then(|| version.to_owned()),
        conditional,
    })
}

/// Names are equal whatever their case and separators.
pub(super) fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

/// A requirements file. The scope is told by the file's name.
pub(super) fn read(path: &str, source: &str) -> Manifest {
    let file = path.rsplit('/').next().unwrap_or(path);
    let constraints = file.starts_with("constraints");
    let mut manifest = Manifest::of(if constraints { "constraints" } else { "requirements" }, "pypi");
    let scope = if is_dev(file) { DependencyScope::Dev } else { DependencyScope::Runtime };
    let (mut loose, mut continued) = (0, false);
    for (number, line) in (1_u32..).zip(source.lines()) {
        via(line, &mut manifest);
        let line = line.split(" #").next().unwrap_or(line).trim();
        let inside = std::mem::replace(&mut continued, line.ends_with('\\'));
        if inside || line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.trim_end_matches('\\').trim();
        if let Some(file) = option(line, "-c", "--constraint") {
            manifest.constraints.push(file.to_owned());
        }
        if let Some(file) = option(line, "-r", "--requirement") {
            manifest.includes.push(file.to_owned());
        }
        let line = option(line, "-e", "--editable").unwrap_or(line);
        if line.starts_with('-') {
            continue;
        }
        if let Some(found) = requirement(line) {
            loose += usize::from(!exact(found.version.as_deref()));
            found.add(scope, number, &mut manifest);
        }
    }
    manifest.pinned = loose == 0;
    if constraints {
        for one in std::mem::take(&mut manifest.dependencies) {
            manifest.manage(&one.name, &one.name, one.version);
        }
    }
    manifest
}

/// `==1.2`, `===1.2`, `@ url` name exactly one version; `==1.*` does not.
fn exact(version: Option<&str>) -> bool {
    version.is_some_and(|version| {
        version.starts_with("==") && !version.contains(['*', ',']) || version.starts_with('@')
    })
}

fn option<'a>(line: &'a str, short: &str, long: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(long).or_else(|| line.strip_prefix(short))?;
    let value = rest.trim_start_matches(['=', ' ', '\t']);
    (value.len() < rest.len() && !value.is_empty()).then_some(value)
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

/// `setup.py` is a program; only lists of literals are understood, and names that such a list was given to.
pub(super) fn setup(source: &str) -> Manifest {
    let mut manifest = Manifest::of("setup.py", "pypi");
    manifest.library = Some(true);
    let code = masked(Some("python"), source, Mask::Comments);
    let tokens = tokens(&code);
    for (at, token) in tokens.iter().enumerate() {
        let scope = match (token.kind, token.text) {
            (Kind::Word, "install_requires") => DependencyScope::Runtime,
            (Kind::Word, "extras_require") => DependencyScope::Optional,
            (Kind::Word, "tests_require" | "setup_requires") => DependencyScope::Dev,
            _ => continue,
        };
        if !tokens.get(at + 1).is_some_and(|next| next.is("=")) {
            continue;
        }
        let Some(value) = value(&tokens, at + 2) else { continue };
        for (place, text) in value.iter().enumerate().filter(|(_, token)| token.kind == Kind::Text) {
            // The key of a dictionary is no requirement.
            let key = value.get(place + 1).is_some_and(|next| next.is(":"));
            if let Some(found) = requirement(text.text).filter(|_| !key) {
                found.add(scope, text.line, &mut manifest);
            }
        }
    }
    manifest
}

/// The list that stands here, or that the name that stands here was given.
fn value<'a, 'b>(tokens: &'b [Token<'a>], at: usize) -> Option<&'b [Token<'a>]> {
    let token = tokens.get(at)?;
    if token.is("[") || token.is("{") {
        return Some(inside(tokens, at));
    }
    let given = |place: &usize| {
        token.kind == Kind::Word
            && tokens[*place].word(token.text)
            && tokens.get(place + 1).is_some_and(|next| next.is("="))
            && tokens.get(place + 2).is_some_and(|next| next.is("[") || next.is("{"))
    };
    (0..tokens.len()).find(given).map(|place| inside(tokens, place + 2))
}

/// `setup.cfg`: the lists below `[options]`.
pub(super) fn setup_cfg(source: &str) -> Manifest {
    let mut manifest = Manifest::of("setup.cfg", "pypi");
    manifest.library = Some(true);
    let (mut section, mut key) = (String::new(), String::new());
    for (number, line) in (1_u32..).zip(source.lines()) {
        let code = line.trim();
        if code.is_empty() || code.starts_with(['#', ';']) {
            continue;
        }
        let mut rest = code;
        if let Some(name) = code.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            (section, key) = (name.trim().to_owned(), String::new());
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            let (name, value) = code.split_once('=').unwrap_or((code, ""));
            (key, rest) = (name.trim().to_owned(), value.trim());
        }
        let scope = match (section.as_str(), key.as_str()) {
            ("options", "install_requires") => DependencyScope::Runtime,
            ("options", "tests_require" | "setup_requires") => DependencyScope::Dev,
            ("options.extras_require", extra) if is_dev(extra) => DependencyScope::Dev,
            ("options.extras_require", _) => DependencyScope::Optional,
            ("metadata", "name") => {
                manifest.name = Some(rest.to_owned());
                continue;
            }
            _ => continue,
        };
        if let Some(found) = requirement(rest) {
            found.add(scope, number, &mut manifest);
        }
    }
    manifest
}
