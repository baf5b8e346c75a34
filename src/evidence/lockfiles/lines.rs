//! Lock files that are lists of lines: yarn, pnpm, Go, Bundler, mix, pub, Gradle. Tools write them, always alike.

use super::{Lock, normal};

/// `yarn.lock`, old and new: entries at the margin, `name@range, name@range:`, with their version below.
pub(super) fn yarn(source: &str, lock: &mut Lock) {
    let mut names: Vec<&str> = Vec::new();
    for line in source.lines() {
        if let Some(version) = line.strip_prefix("  version") {
            let version = version.trim_start_matches([':', ' ']).trim_matches('"');
            names.drain(..).for_each(|name| lock.add(name, Some(version)));
            continue;
        }
        let Some(entry) = line.strip_suffix(':').filter(|_| !line.starts_with([' ', '#', '_'])) else {
            continue;
        };
        names.drain(..).for_each(|name| lock.add(name, None));
        for spec in entry.split(", ") {
            let spec = spec.trim().trim_matches('"');
            let Some(at) = spec.get(1..).and_then(|rest| rest.find('@')) else { continue };
            let (name, range) = spec.split_at(at + 1);
            if let Some(folder) = range.strip_prefix("@workspace:") {
                lock.folders.push(if folder == "." { String::new() } else { folder.to_owned() });
            }
            names.push(name);
        }
    }
    names.drain(..).for_each(|name| lock.add(name, None));
}

/// Calls back with the keys that lead to each line of a mapping written with two blanks a step, and its value.
fn steps<'a>(source: &'a str, mut visit: impl FnMut(&[&'a str], &'a str)) {
    let mut path: Vec<(usize, &str)> = Vec::new();
    let mut keys: Vec<&str> = Vec::new();
    for line in source.lines() {
        let code = line.trim_start();
        if code.is_empty() || code.starts_with(['#', '-']) {
            continue;
        }
        let depth = line.len() - code.len();
        path.retain(|(open, _)| *open < depth);
        // A key too long for its line stands behind a question mark.
        let code = code.strip_prefix("? ").unwrap_or(code);
        let (key, value) =
            if let Some(quote) = code.chars().next().filter(|first| matches!(first, '\'' | '"')) {
                let Some((key, rest)) = code[1..].split_once(quote) else { continue };
                (key, rest.strip_prefix(':').unwrap_or(rest))
            } else {
                let Some((key, value)) =
                    code.split_once(": ").or_else(|| Some((code.trim_end().strip_suffix(':')?, "")))
                else {
                    continue;
                };
                (key, value)
            };
        // Nothing lies deeper than this that is asked for.
        if path.len() >= 6 {
            continue;
        }
        path.push((depth, key));
        keys.clear();
        keys.extend(path.iter().map(|(_, key)| *key));
        visit(&keys, value.trim().trim_matches(['"', '\'']));
    }
}

const SECTIONS: [&str; 3] = ["dependencies", "devDependencies", "optionalDependencies"];

/// `pnpm-lock.yaml`: what each importer asks for, then the packages as `name@version` (`/name/version` of old).
pub(super) fn pnpm(source: &str, lock: &mut Lock) {
    steps(source, |path, value| {
        let version = value.split('(').next().unwrap_or(value);
        let version =
            Some(version).filter(|version| version.starts_with(|first: char| first.is_ascii_digit()));
        match path {
            ["importers", folder] => {
                lock.folders.push(if *folder == "." { String::new() } else { (*folder).to_owned() });
            }
            ["importers", _, section, name] | [section, name] if SECTIONS.contains(section) => {
                lock.add(name, version);
            }
            ["importers", _, section, name, "version"] | [section, name, "version"]
                if SECTIONS.contains(section) =>
            {
                lock.add(name, version);
            }
            ["packages" | "snapshots", key] => {
                let key = key.trim_start_matches('/').split('(').next().unwrap_or(key);
                let at =
                    key.get(1..).and_then(|rest| rest.find('@')).map(|at| at + 1).or_else(|| key.rfind('/'));
                if let Some(at) = at {
                    lock.add(
                        &key[..at],
                        key.get(at + 1..).map(|version| version.split('_').next().unwrap_or(version)),
                    );
                }
            }
            _ => {}
        }
    });
}

/// `pubspec.lock`.
pub(super) fn pub_dev(source: &str, lock: &mut Lock) {
    steps(source, |path, value| match path {
        ["packages", name] => lock.add(name, None),
        ["packages", name, "version"] => lock.add(name, Some(value)),
        _ => {}
    });
}

/// `go.sum`: `module version hash`, the version with `/go.mod` where only that file was read.
pub(super) fn go(source: &str, lock: &mut Lock) {
    for line in source.lines() {
        let mut words = line.split_whitespace();
        if let (Some(module), Some(version), Some(_)) = (words.next(), words.next(), words.next()) {
            let whole = !version.ends_with("/go.mod");
            lock.add(module, whole.then_some(version));
        }
    }
}

/// `Gemfile.lock`: `    name (version)` below `specs:`, and what the Gemfile asks for below `DEPENDENCIES`.
pub(super) fn bundler(source: &str, lock: &mut Lock) {
    let mut section = "";
    for line in source.lines() {
        if !line.starts_with(' ') {
            section = line.trim();
            continue;
        }
        let depth = line.len() - line.trim_start().len();
        let code = line.trim();
        let name = code.split([' ', '!']).next().unwrap_or(code);
        match (section, depth) {
            ("GEM" | "GIT" | "PATH" | "PLUGIN SOURCE", 4) => {
                let version = code.split_once('(').map(|(_, version)| version.trim_end_matches(')'));
                // `1.2.3-x86_64-linux` is built for one platform.
                lock.add(name, version.map(|version| version.split('-').next().unwrap_or(version)));
            }
            ("DEPENDENCIES", 2) => lock.add(name, None),
            _ => {}
        }
    }
}

/// `mix.lock`: `"name": {:hex, :package, "version", ...},`, an address instead of the version for git.
pub(super) fn mix(source: &str, lock: &mut Lock) {
    for line in source.lines() {
        let code = line.trim_start().trim_start_matches("%{").trim_start();
        let Some((name, rest)) = code.strip_prefix('"').and_then(|code| code.split_once("\": {:")) else {
            continue;
        };
        let version = rest.strip_prefix("hex,").and_then(|rest| rest.split('"').nth(1));
        lock.add(name, version);
    }
}

/// `gradle.lockfile`: `group:name:version=configurations`.
pub(super) fn gradle(source: &str, lock: &mut Lock) {
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let module = line.split('=').next().unwrap_or(line);
        if let Some((name, version)) = module.rsplit_once(':') {
            lock.add(&normal("maven", name), Some(version));
        }
    }
}
