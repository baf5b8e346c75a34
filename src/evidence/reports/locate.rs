//! Finds the files of the tree that a report means. Reports name them as the machine did that ran the tests: below
//! `/app` or `/github/workspace`, by the path of a Go module, by package and file.

use crate::evidence::tree::{FileKind, Tree};
use std::collections::HashMap;

/// Folders of what others wrote; the tree has files of the same names.
const FOREIGN: [&str; 5] = ["node_modules", "site-packages", "dist-packages", "gems", ".cargo"];

/// What a path of a report means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Located<'a> {
    /// A file of the tree.
    File(&'a str),
    /// Several could be meant.
    Ambiguous,
    /// None.
    Nowhere,
}

/// The files of a tree, by name.
#[derive(Debug)]
pub struct Locator<'a> {
    by_name: HashMap<&'a str, Vec<&'a str>>,
    tree: &'a Tree,
}

/// A file and how many of the last parts of its path are those of the report's.
struct Match<'a> {
    file: &'a str,
    same: usize,
    /// Whether that is all of the file's path.
    whole: bool,
}

impl<'a> Locator<'a> {
    /// For the files of this tree.
    pub fn new(tree: &'a Tree) -> Self {
        let mut by_name: HashMap<&str, Vec<&str>> = HashMap::new();
        for file in tree.files().iter().filter(|file| file.kind == FileKind::Regular) {
            by_name.entry(name(&file.path)).or_default().push(&file.path);
        }
        Self { by_name, tree }
    }

    /// The files that the paths of a report mean, which lies at `report`; `roots` are folders that its paths may start from.
    pub fn all(&self, report: &str, roots: &[String], paths: &[&str]) -> Vec<Located<'a>> {
        let parts: Vec<Vec<&str>> = paths.iter().map(|path| parts(path)).collect();
        let roots: Vec<Vec<&str>> = roots.iter().map(|root| self::parts(root)).collect();
        let matches: Vec<Result<Match<'a>, Located<'a>>> =
            parts.iter().map(|path| self.one(report, &roots, path)).collect();
        let prefixes = prefixes(&parts, &matches);
        let whole = matches.iter().flatten().filter(|found| found.whole).count();
        let partly = matches.iter().flatten().count() - whole;
        matches
            .into_iter()
            .zip(&parts)
            .map(|(found, path)| match found {
                // Where the paths of most files start, no file can be named by less than all behind it.
                Ok(found)
                    if !found.whole
                        && whole >= partly
                        && prefixes.iter().any(|prefix| path.starts_with(prefix)) =>
                {
                    Located::Nowhere
                }
                Ok(found) => Located::File(found.file),
                Err(other) => other,
            })
            .collect()
    }

    /// The file that one path means: the one with which it shares the longest end.
    pub fn find(&self, report: &str, path: &str) -> Located<'a> {
        self.one(report, &[], &parts(path)).map_or_else(|other| other, |found| Located::File(found.file))
    }

    fn one(&self, report: &str, roots: &[Vec<&str>], path: &[&str]) -> Result<Match<'a>, Located<'a>> {
        let Some(last) = path.last() else { return Err(Located::Nowhere) };
        if path.iter().any(|part| FOREIGN.contains(part)) {
            return Err(Located::Nowhere);
        }
        // A report that says where its paths start is believed.
        if roots.iter().all(Vec::is_empty)
            && let Some(file) = self.beside(report, path)
        {
            return Ok(Match { file, same: path.len(), whole: true });
        }
        let candidates = self.by_name.get(last).map_or(&[][..], Vec::as_slice);
        let rooted: Vec<Vec<&str>> = roots.iter().map(|root| [root.as_slice(), path].concat()).collect();
        let score = |file: &str| {
            let ends = rooted.iter().map(Vec::as_slice).chain([path]);
            ends.map(|end| common(end, file)).max().unwrap_or(0)
        };
        let scored = candidates
            .iter()
            .map(|file| (score(file), *file))
            .filter(|(same, file)| *same > 1 || path.len() == 1 || !file.contains('/'));
        let scored: Vec<(usize, &str)> = scored.collect();
        let Some(best) = scored.iter().map(|(same, _)| *same).max() else { return Err(Located::Nowhere) };
        let mut best: Vec<&'a str> =
            scored.iter().filter(|(same, _)| *same == best).map(|(_, file)| *file).collect();
        if best.len() > 1 {
            let near = |file: &str| shared(report, file);
            let nearest = best.iter().map(|file| near(file)).max().unwrap_or(0);
            best.retain(|file| near(file) == nearest);
        }
        match best.as_slice() {
            [file] => Ok(Match { file, same: score(file), whole: score(file) == file.split('/').count() }),
            _ => Err(Located::Ambiguous),
        }
    }

    /// A path that starts from a folder in which the report lies, the nearest first.
    fn beside(&self, report: &str, path: &[&str]) -> Option<&'a str> {
        let path = path.join("/");
        let mut folder = report;
        loop {
            folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
            let whole = if folder.is_empty() { path.clone() } else { format!("{folder}/{path}") };
            if let Some(file) = self.tree.file(&whole).filter(|file| file.kind == FileKind::Regular) {
                return Some(&file.path);
            }
            if folder.is_empty() {
                return None;
            }
        }
    }
}

/// What stands before the files that are named by their whole path.
fn prefixes<'p>(parts: &[Vec<&'p str>], matches: &[Result<Match<'_>, Located<'_>>]) -> Vec<Vec<&'p str>> {
    let mut found: Vec<Vec<&str>> = Vec::new();
    for (path, one) in parts.iter().zip(matches) {
        let Ok(Match { same, whole: true, .. }) = one else { continue };
        let prefix = path[..path.len().saturating_sub(*same)].to_vec();
        if !prefix.is_empty() && !found.contains(&prefix) && found.len() < 8 {
            found.push(prefix);
        }
    }
    found
}

/// The parts of a path as reports write them: URLs of files, drives and backslashes among them.
fn parts(path: &str) -> Vec<&str> {
    let path = path.strip_prefix("file://").unwrap_or(path);
    let mut parts = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// How many of the last parts are the same.
fn common(path: &[&str], file: &str) -> usize {
    path.iter().rev().zip(file.rsplit('/')).take_while(|(one, other)| *one == other).count()
}

/// How many of the first folders are the same.
fn shared(report: &str, file: &str) -> usize {
    report.split('/').zip(file.split('/')).take_while(|(one, other)| one == other).count()
}
