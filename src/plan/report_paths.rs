//! Where reports are looked for: whole paths, and the ways through folders that lead to them.
//!
//! Folders that git ignores are entered only where a glob names them: `**/target/site/jacoco.xml` leads into `target`,
//! `**/coverage.xml` into no folder that the project does not have itself.

use crate::evidence::{PathSet, lowercase};
use globset::{GlobBuilder, GlobMatcher};
use std::collections::BTreeSet;

/// The globs of reports, compiled.
#[derive(Debug, Default)]
pub struct ReportPaths {
    set: PathSet,
    globs: Vec<Vec<Part>>,
}

/// One part of a glob between slashes.
#[derive(Debug)]
enum Part {
    /// `**`: any folders.
    Any,
    /// The name of a folder or file.
    Name(GlobMatcher),
}

/// How far a path has come on the ways of the globs: for each the next part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Way(BTreeSet<(usize, usize)>);

impl ReportPaths {
    /// Compiles the globs; those with `!` take away.
    pub(super) fn new(globs: BTreeSet<String>) -> Result<Self, String> {
        let list: Vec<String> = globs.into_iter().collect();
        let wanted = list.iter().filter(|glob| !glob.starts_with('!'));
        let globs = wanted.map(|glob| parts(glob)).collect::<Result<_, _>>()?;
        Ok(Self { set: PathSet::new(&list)?, globs })
    }

    /// Whether no rule asks for reports.
    pub fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// Whether a report can lie there.
    pub fn contains(&self, path: &str) -> bool {
        self.set.contains(path)
    }

    /// The way from the root into a folder, as the project has it.
    pub fn way(&self, folder: &str) -> Way {
        let mut way = self.closed((0..self.globs.len()).map(|glob| (glob, 0)).collect());
        for name in folder.split('/').filter(|name| !name.is_empty()) {
            way = self.step(&way, name, false);
        }
        way
    }

    /// One folder further. A `foreign` folder is one that only a glob leads into.
    pub fn step(&self, way: &Way, name: &str, foreign: bool) -> Way {
        let name = lowercase(name);
        let mut next = BTreeSet::new();
        for (glob, at) in &way.0 {
            match self.globs.get(*glob).and_then(|parts| parts.get(*at)) {
                // The `**` that a glob starts with stands for folders of the project.
                Some(Part::Any) if foreign && *at == 0 => {}
                Some(Part::Any) => {
                    next.insert((*glob, *at));
                }
                Some(Part::Name(matcher)) if matcher.is_match(&*name) => {
                    next.insert((*glob, at + 1));
                }
                Some(Part::Name(_)) | None => {}
            }
        }
        self.closed(next)
    }

    /// Whether a glob ends where the way has led.
    pub fn arrived(&self, way: &Way) -> bool {
        way.0.iter().any(|(glob, at)| self.globs.get(*glob).is_some_and(|parts| parts.len() == *at))
    }

    /// `**` can also stand for no folder at all.
    fn closed(&self, mut way: BTreeSet<(usize, usize)>) -> Way {
        let any = |(glob, at): &(usize, usize)| matches!(self.globs[*glob].get(*at), Some(Part::Any));
        let mut more: Vec<(usize, usize)> = way.iter().filter(|state| any(state)).copied().collect();
        while let Some((glob, at)) = more.pop() {
            if way.insert((glob, at + 1)) && any(&(glob, at + 1)) {
                more.push((glob, at + 1));
            }
        }
        Way(way)
    }
}

impl Way {
    /// Whether it leads nowhere.
    pub fn ends(&self) -> bool {
        self.0.is_empty()
    }
}

fn parts(glob: &str) -> Result<Vec<Part>, String> {
    let glob = glob.strip_prefix("./").or_else(|| glob.strip_prefix('/')).unwrap_or(glob);
    let mut parts = Vec::new();
    for part in split(&lowercase(glob)) {
        parts.push(match part.as_str() {
            "**" => Part::Any,
            name => {
                let built = GlobBuilder::new(name).literal_separator(false).empty_alternates(true).build();
                Part::Name(
                    built
                        .map_err(|error| format!("`{glob}` is not a glob: {}", error.kind()))?
                        .compile_matcher(),
                )
            }
        });
    }
    Ok(parts)
}

/// At the slashes outside of braces. Alternatives with slashes match names of folders only by luck, and so do no harm.
fn split(glob: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0_usize);
    for letter in glob.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if letter == '/' && depth == 0 {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_folders_are_entered_only_where_a_glob_names_them() {
        let globs =
            ["**/coverage.xml", "**/target/site/*/jacoco.xml", "**/build/reports/**/*.xml", "out/a.info"];
        let paths = ReportPaths::new(globs.iter().map(ToString::to_string).collect()).unwrap();
        let enters = |folder: &str| {
            let (first, rest) = folder.split_once('|').unwrap();
            let mut way = paths.way(first);
            for name in rest.split('/') {
                way = paths.step(&way, name, true);
            }
            !way.ends()
        };
        let cases = [
            ("|target", true),
            ("|target/site", true),
            ("|target/site/jacoco", true),
            ("|target/debug", false),
            ("|node_modules", false),
            ("web|node_modules", false),
            ("services/api|target/site", true),
            ("|build/reports/a/b/c", true),
            ("|build/other", false),
            ("|out", true),
            ("web|out", false),
        ];
        for (folder, expected) in cases {
            assert_eq!(enters(folder), expected, "{folder}");
        }
        assert!(paths.contains("a/target/site/x/jacoco.xml") && !paths.contains("jacoco.xml"));
    }
}
