//! What platforms ask to learn whether an instance is well, and what here answers.
//!
//! Data of ours, `policies/data/probes.yml`. Tells only of programs whose code is in this tree, and of paths that say that they are
//! about health; whether anybody has to answer is for the check.

mod asked;
mod routes;

pub use asked::Probe;

use super::View;
use super::class::Class;
use super::compare::Steps;
use super::needs::{Facet, Keep, Mask, Needs, PatternNeed, Selection};
use super::terms::{OneOrMany, Pattern};
use crate::embedded;
use crate::regexes::{Late, ascii};
use crate::words::Because;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    words: String,
    code: Vec<String>,
    settings: Vec<String>,
    routing: Vec<String>,
    folders: Vec<String>,
    places: Vec<Place>,
    bases: Vec<String>,
    answers: Vec<Answer>,
}

/// Where a platform is told what to ask for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    kind: String,
    query: OneOrMany<Steps>,
    #[serde(default)]
    unless: OneOrMany<Steps>,
    #[serde(default)]
    alone: bool,
}

/// Packages that answer by themselves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    dependency: BTreeMap<String, OneOrMany<String>>,
    paths: Pattern,
    #[serde(default)]
    moved: Option<Pattern>,
}

/// The table is ours and a test reads it; should it break all the same, nothing is asked.
static TABLE: LazyLock<Table> = LazyLock::new(|| embedded::table("probes").unwrap_or_default());
static WORDS: LazyLock<Late> = LazyLock::new(|| Late::new(format!("(?i){}", TABLE.words)));

/// What a literal or a setting that names a route is made of.
const PATH: &str = r"[\w./{}<>:*$^?()|+\\\[\]~@=&%-]*";

/// States what has to be read.
pub fn needs_of_probes(needs: &mut Needs) {
    needs.facets.extend([Facet::Infra, Facet::Ci, Facet::Manifests]);
    needs.patterns.extend(names());
    needs.patterns.extend(TABLE.answers.iter().filter_map(moved));
}

/// What can name a route.
fn names() -> [PatternNeed; 3] {
    [literals(), annotations(), settings()]
}

/// Annotations of PHP stand in comments.
fn annotations() -> PatternNeed {
    let regex = format!("@\\w+\\([^)\\n]*[\"']({PATH}(?i:{}){PATH})", TABLE.words);
    need(&["**/*.php".to_owned()], &regex, Mask::Nothing)
}

/// Words of health in the strings and symbols of the code.
fn literals() -> PatternNeed {
    let regex = format!("[\"'`:/]({PATH}(?i:{}){PATH})", TABLE.words);
    need(&TABLE.code, &regex, Mask::Product)
}

/// The same in configuration, where a text needs no quotes.
fn settings() -> PatternNeed {
    let regex = format!(r#"(?:["'`/\s]|[=:][ \t]*)(/?{PATH}(?i:{}){PATH})"#, TABLE.words);
    need(&TABLE.settings, &regex, Mask::Comments)
}

fn moved(answer: &Answer) -> Option<PatternNeed> {
    Some(need(&TABLE.settings, &answer.moved.as_ref()?.0, Mask::Comments))
}

fn need(globs: &[String], regex: &str, mask: Mask) -> PatternNeed {
    let files = Selection { globs: globs.to_vec(), classes: vec![Class::Product, Class::Other] };
    // Classes of Unicode would send files with one accented letter to the slow engine.
    PatternNeed { files, regex: ascii(regex), mask, keep: Keep::All }
}

/// A probe, and what answers it.
#[derive(Debug)]
pub struct Asked {
    /// The probe.
    pub probe: Probe,
    /// Where what answers is written; nothing where nobody does.
    pub answer: Option<Because>,
    /// The route that is most like it, where nobody answers.
    pub nearest: Option<(String, String)>,
}

/// Every probe for a path of health that a program of this tree has to answer, in order of place.
pub fn probes(view: &View<'_>) -> Vec<Asked> {
    let mut probes = asked::probes(view.tree);
    probes.sort_by(|a, b| (&a.path, a.line, &a.asks).cmp(&(&b.path, b.line, &b.asks)));
    probes.dedup_by(|a, b| (&a.path, a.line, &a.asks) == (&b.path, b.line, &b.asks));
    if probes.is_empty() {
        return Vec::new();
    }
    let routes = routes::Routes::of(view, &probes);
    let answered = |probe: Probe| {
        let answer = routes.answer(&probe);
        let nearest = if answer.is_none() { routes.nearest(&probe) } else { None };
        Asked { probe, answer, nearest }
    };
    probes.into_iter().map(answered).collect()
}

/// The parts of a path, in small letters, from behind the last part that is not known before it is run. Nothing where its end is
/// not known, or says nothing of health.
fn parts(path: &str) -> Option<Vec<String>> {
    let path = path.split(['?', '#']).next().unwrap_or(path).to_lowercase();
    let all: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let open = |part: &&str| part.contains(['$', '{', '}', '<', '>', '%']);
    let known = all.iter().rposition(open).map_or(0, |at| at + 1);
    let parts: Vec<String> = all[known..].iter().map(|part| (*part).to_owned()).collect();
    let last = parts.last()?;
    WORDS.is_match(last).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    #[test]
    fn the_table_reads() {
        let table: Table = embedded::table("probes").unwrap();
        assert!(!table.places.is_empty() && WORDS.get().is_some());
        for need in names() {
            Regex::new(&need.regex).unwrap();
        }
    }

    #[test]
    fn only_paths_of_health_with_a_known_end_are_judged() {
        let cases = [
            ("/api/Healthz?full=1", Some("api healthz")),
            ("/{{ .Values.prefix }}/live/", Some("live")),
            ("/health/$CHECK", None),
            ("/", None),
            ("/login", None),
            ("/upload", None),
            ("/up", Some("up")),
        ];
        for (path, expected) in cases {
            let found = parts(path).map(|parts| parts.join(" "));
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }
}
