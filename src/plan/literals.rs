//! Which texts have to stand in a file before a regex can match in it, so that most regexes are never run.
//!
//! Must only ever say too much: a pattern that could match is a candidate, whatever is blanked out of the text.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::collections::BTreeMap;

/// A shorter text stands in nearly every file, and tells nothing.
const SHORTEST: usize = 3;
/// A regex with more alternatives than this is run without asking.
const MOST: usize = 100;
/// Length from which a longer text is no better.
const LONG: usize = 8;

/// Texts of which at least one stands in everything that a regex matches, in small ASCII letters.
type Texts = Vec<Vec<u8>>;

/// Tells the patterns that can match in a text, in one pass over it.
#[derive(Debug)]
pub(super) struct Sieve {
    /// Finds the texts, in letters of either case; none where they cannot be searched together.
    finder: Option<AhoCorasick>,
    /// For each pattern the numbers of its texts; without any it is always a candidate.
    by_pattern: Vec<Vec<u32>>,
}

/// What a sieve found in one text.
#[derive(Debug)]
pub struct Candidates<'a> {
    sieve: &'a Sieve,
    seen: Vec<bool>,
}

impl Sieve {
    /// A sieve for these regexes, which are multi-line.
    pub(super) fn new<'a>(regexes: impl Iterator<Item = &'a Option<Vec<Vec<u8>>>>) -> Self {
        let mut numbers: BTreeMap<&[u8], u32> = BTreeMap::new();
        let mut number = |text: &'a [u8]| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(text).or_insert(next)
        };
        let by_pattern =
            regexes.map(|texts| texts.iter().flatten().map(|text| number(text)).collect()).collect();
        let mut texts: Vec<(u32, &[u8])> = numbers.into_iter().map(|(text, number)| (number, text)).collect();
        texts.sort_unstable();
        let mut finder = AhoCorasick::builder();
        // Takes a few milliseconds to make, and then a quarter of the time in each file.
        finder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
        let finder = finder.build(texts.iter().map(|(_, text)| text));
        Self { finder: finder.ok(), by_pattern }
    }

    /// Looks which texts are there.
    pub(super) fn candidates(&self, text: &str) -> Candidates<'_> {
        let finder = self.finder.as_ref();
        let mut seen = vec![finder.is_none(); finder.map_or(0, AhoCorasick::patterns_len)];
        for found in finder.into_iter().flat_map(|finder| finder.find_overlapping_iter(text)) {
            seen[found.pattern().as_usize()] = true;
        }
        Candidates { sieve: self, seen }
    }
}

impl Candidates<'_> {
    /// Whether the pattern of this number can match.
    pub fn contains(&self, pattern: u32) -> bool {
        let texts = &self.sieve.by_pattern[pattern as usize];
        texts.is_empty() || texts.iter().any(|text| self.seen.get(*text as usize).is_none_or(|seen| *seen))
    }
}

/// The texts of which one stands in every match of the regex; `None` where there are no such texts, or no telling ones.
pub(super) fn required(regex: &str) -> Option<Texts> {
    let hir = ParserBuilder::new().multi_line(true).crlf(true).build().parse(regex).ok()?;
    of(&hir)
}

fn of(hir: &Hir) -> Option<Texts> {
    match hir.kind() {
        HirKind::Literal(literal) => best(pieces(&literal.0.to_ascii_lowercase()).into_iter()),
        HirKind::Repetition(repetition) if repetition.min > 0 => of(&repetition.sub),
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Alternation(branches) => {
            let texts: Vec<Vec<u8>> = branches.iter().map(of).collect::<Option<Vec<_>>>()?.concat();
            (texts.len() <= MOST).then_some(texts)
        }
        HirKind::Concat(parts) => best(of_concat(parts).into_iter()),
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

/// The texts of each part, where letters in either case are part of the text around them.
fn of_concat(parts: &[Hir]) -> Vec<Option<Texts>> {
    let (mut all, mut run) = (Vec::new(), Vec::new());
    for part in parts {
        match part.kind() {
            HirKind::Literal(literal) => run.extend(literal.0.to_ascii_lowercase()),
            HirKind::Class(class) if letter(class).is_some() => run.extend(letter(class)),
            _ => {
                all.extend(pieces(&std::mem::take(&mut run)));
                all.push(of(part));
            }
        }
    }
    all.extend(pieces(&run));
    all
}

/// Blanks may stand where something was blanked out, so no text has one.
fn pieces(run: &[u8]) -> Vec<Option<Texts>> {
    run.split(u8::is_ascii_whitespace).map(one).collect()
}

fn one(text: &[u8]) -> Option<Texts> {
    (text.len() >= SHORTEST).then(|| vec![text.to_vec()])
}

/// The most telling of them: the longest, and then the fewest.
fn best(all: impl Iterator<Item = Option<Texts>>) -> Option<Texts> {
    let score = |texts: &Texts| {
        let shortest = texts.iter().map(Vec::len).min().unwrap_or_default();
        (shortest.min(LONG), std::cmp::Reverse(texts.len()))
    };
    all.flatten().max_by_key(score)
}

/// The letter that the class is, in either case and nothing else.
fn letter(class: &Class) -> Option<u8> {
    let Class::Unicode(class) = class else { return None };
    let [upper, lower] = class.ranges() else { return None };
    let single = upper.start() == upper.end() && lower.start() == lower.end();
    let (upper, lower) = (u8::try_from(upper.start()).ok()?, u8::try_from(lower.start()).ok()?);
    (single && upper.is_ascii_uppercase() && upper.to_ascii_lowercase() == lower).then_some(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(regex: &str) -> String {
        let texts = required(regex).unwrap_or_default();
        let texts: Vec<String> =
            texts.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
        texts.join(" ")
    }

    #[test]
    fn the_most_telling_texts_are_required() {
        let cases = [
            (r"^\s*(?:import|from)\s+sentry_sdk\b", "sentry_sdk"),
            (r"(?i)api[_-]?version", "ion"),
            (r"[Rr]edis\.", "redis."),
            (r"\b(?:DSN_URL|TRACE_URL)\b", "dsn_url trace_url"),
            (r"(?:Sentry)+\(", "sentry"),
            (r"(?:Sentry)*\(", ""),
            (r"(?:sentry|x)\(", ""),
            (r"FROM  *alpine", "alpine"),
            (r"a\nlonger b", "longer"),
            (r"\w+\.(get|post)", "get post"),
            (r"", ""),
            (r"(", ""),
            (r"é{2}", ""),
        ];
        for (regex, expected) in cases {
            assert_eq!(shown(regex), expected, "{regex}");
        }
    }

    #[test]
    fn a_pattern_is_a_candidate_where_one_of_its_texts_stands() {
        let regexes = ["import redis", "(?i)memcached|redis", r"\d", "nowhere"].map(required);
        let sieve = Sieve::new(regexes.iter());
        let found = |text| {
            let candidates = sieve.candidates(text);
            (0..4).filter(|at| candidates.contains(*at)).collect::<Vec<u32>>()
        };
        assert_eq!(found("IMPORT REDIS"), [0, 1, 2]);
        assert_eq!(found("a memcached b"), [1, 2]);
        assert_eq!(found(""), [2]);
    }
}
