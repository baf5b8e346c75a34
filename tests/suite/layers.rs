//! The folders show the data's way: a module imports only from those before it, and no file is long.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From the leaf to the top. `main.rs` and `lib.rs` stand above all.
const LAYERS: &[&str] = &[
    "words", "text", "document", "embedded", "regexes", "evidence", "checks", "policy", "plan", "github",
    "gather", "findings", "evaluate", "verdict", "report", "publish", "cli", "app",
];

/// Lines of the longest file under `src/`, its tests included. 300 is the aim.
const MOST_LINES: usize = 350;

#[test]
fn a_module_imports_only_downwards() {
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        if module == "main" || module == "lib" {
            continue;
        }
        let level = LAYERS.iter().position(|layer| *layer == module);
        let level = level.unwrap_or_else(|| panic!("{path}: `{module}` is in no layer; add it to LAYERS"));
        for used in imports(&text, depth(&path)) {
            let below = LAYERS.iter().position(|layer| *layer == used);
            if used != module && below.is_some_and(|below| below > level) {
                wrong.push(format!("{path} imports `{used}`, which lies above `{module}`"));
            }
            if used != module {
                seen.insert(used);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen.contains("words") && seen.contains("evidence"), "the test no longer sees imports: {seen:?}");
}

#[test]
fn no_file_is_long() {
    let long = sources().into_iter().map(|(path, text)| (text.lines().count(), path));
    let long: Vec<_> = long.filter(|(lines, _)| *lines > MOST_LINES).collect();
    assert!(long.is_empty(), "split these by what they do: {long:?}");
}

#[test]
fn imports_are_seen_however_they_are_written() {
    let cases = [
        ("use crate::evidence::Tree;", 2, "evidence"),
        ("use crate::{\n    app::{self, check},\n    words, text as t,\n};", 2, "app text words"),
        ("let a = crate::plan::Plan::new(b)?; // crate::app", 2, "plan"),
        ("use super::super::gather::Place;", 2, "gather"),
        ("use super::super::{gather, checks::{Check, kind}};", 2, "checks gather"),
        ("mod tests { use super::super::super::app; }", 2, "app"),
        ("use super::sibling;", 2, ""),
        ("use super::report;", 1, "report"),
        ("use other_crate::app;", 1, ""),
    ];
    for (text, depth, expected) in cases {
        let found: Vec<String> = imports(text, depth).into_iter().collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

/// How many `super` lead from this file to the crate's root.
fn depth(path: &str) -> usize {
    path.split('/').filter(|part| *part != "mod.rs").count()
}

/// The modules at the crate's root that a file names, through `crate` or through enough `super`.
fn imports(text: &str, depth: usize) -> BTreeSet<String> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, root) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        let before = &code[..at];
        // Part of another name, or a `super` in the middle of a chain.
        if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') || before.ends_with("super::") {
            continue;
        }
        let mut rest = &code[at + root.len()..];
        let mut supers = usize::from(root == "super::");
        while let Some(after) = rest.strip_prefix("super::") {
            (rest, supers) = (after, supers + 1);
        }
        if supers == 0 || supers >= depth {
            found.extend(heads(rest));
        }
    }
    found
}

/// The first names of a path, or of each path of a list in braces.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(list) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut names, mut nested, mut start) = (Vec::new(), 0_usize, 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => nested += 1,
            '}' if nested > 0 => nested -= 1,
            ',' | '}' if nested == 0 => {
                names.push(name(&list[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Paths below `src/` and texts of all its files.
fn sources() -> Vec<(String, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let relative = |path: &Path| path.strip_prefix(&source).unwrap().to_str().unwrap().to_owned();
    rust_files(&source).iter().map(|path| (relative(path), fs::read_to_string(path).unwrap())).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
