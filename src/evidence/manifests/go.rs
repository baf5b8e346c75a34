//! `go.mod`, by its grammar of lines.

use super::{DependencyScope, InLock, Manifest};
use std::collections::BTreeSet;

pub(super) fn read(source: &str) -> Manifest {
    let mut manifest = Manifest::of("go", "go");
    let (mut block, mut replaced) = (String::new(), BTreeSet::new());
    for (number, line) in (1_u32..).zip(source.lines()) {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let code = code.replace('(', " ( ");
        let mut words: Vec<&str> =
            code.split_whitespace().map(|word| word.trim_matches(['"', '`'])).collect();
        if words.first() == Some(&")") {
            block.clear();
            continue;
        }
        if words.get(1) == Some(&"(") {
            words[0].clone_into(&mut block);
            continue;
        }
        if !block.is_empty() {
            words.insert(0, &block);
        }
        let indirect = comment.trim().starts_with("indirect");
        let scope = if indirect { DependencyScope::Indirect } else { DependencyScope::Runtime };
        match words[..] {
            ["module", name] => manifest.name = Some(name.to_owned()),
            ["require", name, version] => {
                manifest.add(name, Some(version.to_owned()), scope, number);
            }
            ["replace", name, ..] => {
                replaced.insert(name.to_owned());
            }
            _ => {}
        }
    }
    for one in manifest.dependencies.iter_mut().filter(|one| replaced.contains(&one.name)) {
        one.lock = InLock::May;
    }
    manifest
}
