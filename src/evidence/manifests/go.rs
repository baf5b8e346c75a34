//! `go.mod`, by its grammar of lines.

use super::{DependencyScope, Manifest};

pub(super) fn read(source: &str) -> Manifest {
    let mut manifest = Manifest::of("go", "go");
    let mut block = false;
    for (number, line) in (1_u32..).zip(source.lines()) {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let words: Vec<&str> = code.split_whitespace().collect();
        let indirect = comment.trim().starts_with("indirect");
        let scope = if indirect { DependencyScope::Indirect } else { DependencyScope::Runtime };
        match words[..] {
            ["module", name] => manifest.name = Some(name.trim_matches('"').to_owned()),
            ["require", "("] => block = true,
            ["require", name, version] => manifest.add(name, Some(version.to_owned()), scope, number),
            [_, "("] | [")"] => block = false,
            [name, version] if block => manifest.add(name, Some(version.to_owned()), scope, number),
            _ => {}
        }
    }
    manifest
}
