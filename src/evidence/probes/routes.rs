//! What could answer a probe: literals of the code that end in what is asked for, files that are routes by their names, and
//! packages that answer by themselves.
//!
//! Takes rather too much for a route than too little: that nobody answers is told only where the code does not even name it.

use super::super::View;
use super::super::infra::Infra;
use super::super::signals::name_matches;
use super::super::tree::{File, FileKind, Hit};
use super::{Answer, Probe, TABLE, WORDS, moved, names as named};
use crate::document::closest;
use crate::words::Because;
use regex::Regex;
use std::collections::BTreeSet;

/// Everything in the tree that could answer.
pub(super) struct Routes<'a> {
    view: &'a View<'a>,
    literals: Vec<(&'a File, &'a Hit, Vec<String>)>,
}

impl<'a> Routes<'a> {
    pub(super) fn of(view: &'a View<'a>, probes: &[Probe]) -> Self {
        let asking: BTreeSet<&str> = probes.iter().map(|probe| &*probe.path).collect();
        let mut found = Vec::new();
        for number in named().iter().filter_map(|need| view.patterns.get(need)) {
            for (file, hits) in view.tree.hits(number) {
                if asking.contains(&*file.path) || only_runs(file) {
                    continue;
                }
                found.extend(hits.iter().map(|hit| (file, hit, segments(&hit.matched))));
            }
        }
        Self { view, literals: found }
    }

    /// Where what answers is written.
    pub(super) fn answer(&self, probe: &Probe) -> Option<Because> {
        let literal = self.literals.iter().find(|(_, _, literal)| fits(literal, &probe.parts));
        let literal = literal.map(|(file, hit, _)| Because::line(&*file.path, hit.line, &hit.text));
        literal.or_else(|| self.by_name(probe)).or_else(|| self.by_package(probe))
    }

    /// A file that is a route.
    fn by_name(&self, probe: &Probe) -> Option<Because> {
        let wanted = stem(probe.parts.last()?);
        let files = self.view.tree.files().iter().filter(|file| file.kind == FileKind::Regular);
        let mut kept = files.filter(|file| !file.class.ignored());
        let found = kept.find(|file| {
            let mut folders: Vec<&str> = file.path.split('/').collect();
            let name = stem(folders.pop().unwrap_or_default());
            let routed = folders.iter().any(|folder| TABLE.folders.iter().any(|known| known == folder));
            let own = matches!(name, "route" | "index" | "page" | "+server" | "+page");
            let name = if own { folders.last().copied().unwrap_or_default() } else { name };
            routed && name.eq_ignore_ascii_case(wanted)
        });
        found.map(|file| Because::file(&*file.path))
    }

    /// A package that answers by itself.
    fn by_package(&self, probe: &Probe) -> Option<Because> {
        let path = probe.parts.join("/");
        TABLE.answers.iter().find_map(|answer| {
            let (file, package) = self.view.tree.declares(&answer.dependency)?;
            let place = Because::line(&*file.path, package.line, &package.name);
            let here =
                Regex::new(&format!("^(?:{})$", answer.paths.0)).is_ok_and(|regex| regex.is_match(&path));
            (here || self.is_moved(answer)).then_some(place)
        })
    }

    fn is_moved(&self, answer: &Answer) -> bool {
        let number = moved(answer).and_then(|need| self.view.patterns.get(&need));
        number.is_some_and(|number| self.view.tree.hits(number).next().is_some())
    }

    /// The literal that is most like what is asked for, and where it is.
    pub(super) fn nearest(&self, probe: &Probe) -> Option<(String, String)> {
        let shown = |literal: &[String]| format!("/{}", literal.join("/"));
        let paths = self.literals.iter().filter(|(_, hit, literal)| {
            hit.matched.starts_with('/') && literal.len() < 4 && literal.iter().all(|part| is_plain(part))
        });
        let known: Vec<(String, String)> = paths
            .map(|(file, hit, literal)| (shown(literal), format!("{}:{}", file.path, hit.line)))
            .collect();
        let best = closest(&shown(&probe.parts), known.iter().map(|(path, _)| path.as_str()))?.to_owned();
        known.into_iter().find(|(path, _)| *path == best)
    }
}

/// Whether a file only says what runs and what is asked: then no path in it is one that answers.
fn only_runs(file: &File) -> bool {
    let Some(facts) = file.facts.as_ref() else { return false };
    let sends = |infra: &Infra| {
        let kinds = infra.resources.iter().map(|resource| resource.kind.as_str());
        kinds.into_iter().any(|kind| TABLE.routing.iter().any(|known| name_matches(known, kind)))
    };
    facts.pipeline.is_some() || facts.infra.as_ref().is_some_and(|infra| !sends(infra))
}

fn is_plain(part: &str) -> bool {
    part.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.'))
}

fn stem(name: &str) -> &str {
    name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(name)
}

/// The parts of a literal, in small letters; host and query of an address left out.
fn segments(literal: &str) -> Vec<String> {
    let lower = literal.to_lowercase();
    let path = match lower.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => &lower,
    };
    let trim = |part: &str| part.trim_matches(['^', '$', '?', '\\', ')', ',', '+']).to_owned();
    let mut parts: Vec<String> = path.split('/').map(trim).filter(|part| !part.is_empty()).collect();
    // What a variable puts in front can be anything, and nothing.
    let open = parts.iter().take_while(|part| is_open(part)).count();
    parts.drain(..open);
    parts
}

/// Whether the part stands for others: a parameter, a variable, a pattern.
fn is_open(part: &str) -> bool {
    part.starts_with([':', '*']) || part.contains(['{', '<', '*', '[', '$'])
}

/// Whether a literal is the end of what is asked for, or what it is mounted below.
fn fits(literal: &[String], asked: &[String]) -> bool {
    let length = literal.len();
    if length == 0 || length > asked.len() {
        return false;
    }
    asked.windows(length).enumerate().any(|(at, window)| {
        let whole = at + length == asked.len();
        let mounted = || literal.last().is_some_and(|last| WORDS.is_match(last));
        let same = literal.iter().zip(window).all(|(one, other)| names(one, other) || is_open(one));
        same && literal.iter().zip(window).any(|(one, other)| names(one, other)) && (whole || mounted())
    })
}

/// Whether a part of a literal, a pattern perhaps, names the part.
fn names(part: &str, wanted: &str) -> bool {
    let words = part.split(|char: char| !(char.is_alphanumeric() || matches!(char, '-' | '_' | '.')));
    let mut words = words.filter(|word| !word.is_empty());
    words.any(|word| word == wanted || stem(word) == stem(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::probes::parts;

    #[test]
    fn literals_answer_what_ends_in_them() {
        let cases = [
            ("/health", "/health", true),
            ("health", "/api/v1/health", true),
            ("/health", "/healthz", false),
            ("/api/health", "/health", false),
            ("${base}/health", "/health", true),
            ("^health/?$", "/health/", true),
            ("(?:healthz|readyz)", "/readyz", true),
            ("/:version/health", "/v1/health", true),
            ("/health/{check}", "/health/live", true),
            ("/health", "/health/ready", true),
            ("/users/{id}", "/health/ready", false),
            ("http://localhost:80/ping", "/ping", true),
            ("health.json", "/health", true),
            ("healthy", "/health", false),
        ];
        for (literal, path, expected) in cases {
            let asked = parts(path).unwrap();
            assert_eq!(fits(&segments(literal), &asked), expected, "{literal} {path}");
        }
    }
}
