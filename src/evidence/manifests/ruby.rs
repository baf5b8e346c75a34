//! `Gemfile`, by its calls: one gem a line, groups as blocks or options.

use super::{DependencyScope, Manifest};
use crate::evidence::tasks::quoted;

pub(super) fn read(source: &str) -> Manifest {
    let mut manifest = Manifest::of("bundler", "rubygems");
    // For each open block, whether it is a group that the product runs without.
    let mut blocks: Vec<bool> = Vec::new();
    for (number, line) in (1_u32..).zip(source.lines()) {
        let code = without_comment(line).trim();
        if code == "gemspec" || code.starts_with("gemspec ") {
            manifest.library = Some(true);
        }
        if let Some(rest) = code.strip_prefix("gem ").or_else(|| code.strip_prefix("gem(")) {
            let words = quoted(rest);
            let option = rest.contains("group:") || rest.contains("groups:") || rest.contains(":group ");
            let dev = blocks.contains(&true) || option && dev_only(rest);
            let scope = if dev { DependencyScope::Dev } else { DependencyScope::Runtime };
            let version = words.get(1).filter(|version| {
                version.starts_with(|first: char| first.is_ascii_digit() || "~><=!".contains(first))
            });
            if let Some(name) = words.first() {
                manifest.add(name, version.cloned(), scope, number);
            }
        }
        if code == "end" {
            blocks.pop();
        } else if code.ends_with(" do")
            || code.starts_with("if ")
            || code.starts_with("unless ")
            || code.starts_with("case ")
        {
            blocks.push(code.starts_with("group") && dev_only(code));
        }
    }
    manifest
}

fn dev_only(code: &str) -> bool {
    let dev = [":development", ":test", "\"development\"", "'test'", "\"test\"", "'development'"];
    dev.iter().any(|group| code.contains(group))
        && !code.contains(":production")
        && !code.contains(":default")
}

fn without_comment(line: &str) -> &str {
    line.split(" #").next().filter(|code| !code.trim_start().starts_with('#')).unwrap_or("")
}
