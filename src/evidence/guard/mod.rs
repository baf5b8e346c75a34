//! What a changed file takes away from the gate: tests that are switched off or gone, linters that are silenced,
//! thresholds that are lowered.
//!
//! Looks at both sides of one file by the table `policies/data/guard.yml`. Whether something only moved to another file is
//! seen by whoever looks at the whole change: [`Loss`]. Must not judge.

mod change;
mod skips;
mod table;

pub use change::{Loss, losses};
pub use table::GuardPart;

use super::lexer::masked;
use super::needs::Mask;
use super::{Class, subjects};
use crate::text::cut;
use crate::words::Because;
use std::collections::BTreeMap;
use table::{About, Look, Row, Way};

/// What the two sides of a file say of the gate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guard {
    /// What only the head has.
    more: Vec<Mark>,
    /// What only the base has.
    fewer: Vec<Mark>,
    /// Names of test cases that only the base has.
    cases_gone: Vec<Box<str>>,
    /// Names of test cases that only the head has.
    cases_new: Vec<Box<str>>,
    /// How many assertions it has more than before; fewer where negative.
    asserts: i64,
}

/// A place that says something of the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    row: usize,
    /// By what it is compared.
    key: Box<str>,
    line: u32,
    text: Box<str>,
    /// The numbers before and after, in thousandths.
    level: Option<(Option<i64>, Option<i64>)>,
}

/// Bytes of a file that is looked at.
const MOST: usize = 2 << 20;

/// Compares the sides of a file. `None` where there is nothing to say.
pub fn guard(path: &str, language: Option<&str>, class: Class, old: &str, new: &str) -> Option<Guard> {
    if old.len() > MOST
        || new.len() > MOST
        || matches!(class, Class::Vendored | Class::Generated | Class::Ignored)
    {
        return None;
    }
    let mut found = Guard::default();
    for (number, row) in table::rows(path, language, class) {
        match row.way {
            Way::More => more(number, row, language, old, new, &mut found),
            Way::Lower | Way::Higher => levels(number, row, language, old, new, &mut found),
            Way::Grown => grown(number, row, language, old, new, &mut found),
        }
    }
    if class == Class::Test
        || old.is_empty() != new.is_empty() && subjects::stem(path) != subjects::subject(path)
    {
        cases(language, old, new, &mut found);
    }
    (found != Guard::default()).then_some(found)
}

/// A match: its line from 1, group 1 or the line, and the number in group 2.
struct Hit {
    line: u32,
    key: Box<str>,
    number: Option<i64>,
}

fn hits(row: &Row, language: Option<&str>, text: &str) -> Vec<Hit> {
    let mask = if row.text == Look::Whole { Mask::Nothing } else { Mask::Comments };
    let masked = masked(language, text, mask);
    let mut found = Vec::new();
    for regex in &row.regexes {
        for captures in regex.captures_iter(&masked) {
            let Some(whole) = captures.get(0) else { continue };
            // `^\s*` may begin at an empty line above.
            let start = whole.start() + (whole.as_str().len() - whole.as_str().trim_start().len());
            let line = masked[..start].bytes().filter(|byte| *byte == b'\n').count();
            let key = captures.get(1).map_or_else(|| line_at(text, line), |group| group.as_str());
            let number = captures.get(2).and_then(|group| group.as_str().parse::<f64>().ok());
            let line = u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1);
            found.push(Hit {
                line,
                key: cut(key, Because::MAX_TEXT).into(),
                number: number.map(thousandths),
            });
        }
    }
    found.sort_by_key(|hit| hit.line);
    found
}

// Percentages and counts of warnings are small.
#[allow(clippy::cast_possible_truncation)]
fn thousandths(number: f64) -> i64 {
    (number * 1000.0).round() as i64
}

fn line_at(text: &str, line: usize) -> &str {
    text.lines().nth(line).unwrap_or_default().trim()
}

fn mark(row: usize, hit: &Hit, text: &str) -> Mark {
    let line = line_at(text, hit.line.saturating_sub(1) as usize);
    Mark { row, key: hit.key.clone(), line: hit.line, text: cut(line, Because::MAX_TEXT).into(), level: None }
}

/// Matches that one side has more often than the other.
fn more(number: usize, row: &Row, language: Option<&str>, old: &str, new: &str, found: &mut Guard) {
    let (was, is) = (hits(row, language, old), hits(row, language, new));
    let mut left: BTreeMap<&str, Vec<&Hit>> = BTreeMap::new();
    for hit in &was {
        left.entry(&hit.key).or_default().push(hit);
    }
    let fresh: Vec<&Hit> =
        is.iter().filter(|hit| left.get_mut(&*hit.key).and_then(Vec::pop).is_none()).collect();
    found.fewer.extend(left.into_values().flatten().map(|hit| mark(number, hit, old)));
    // What a file was born with takes nothing away, nor what a file says that was a stub before.
    let stub = row.part == GuardPart::Linters && old.lines().count() < new.lines().count() / 2;
    if old.is_empty() || stub {
        return;
    }
    let counts = |hit: &&Hit| row.about == About::Nothing || skips::was_there(row.about, old, new, hit.line);
    found.more.extend(fresh.into_iter().filter(counts).map(|hit| mark(number, hit, new)));
}

/// Numbers that go the wrong way, or are gone; by their name, and one after the other.
fn levels(number: usize, row: &Row, language: Option<&str>, old: &str, new: &str, found: &mut Guard) {
    let (was, is) = (hits(row, language, old), hits(row, language, new));
    let of = |hits: &[Hit], name: &str| -> Vec<(u32, i64)> {
        let same = hits.iter().filter(|hit| &*hit.key == name);
        same.filter_map(|hit| Some((hit.line, hit.number?))).collect()
    };
    let mut names: Vec<&str> = was.iter().chain(&is).map(|hit| &*hit.key).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (before, after) = (of(&was, name), of(&is, name));
        let level = |line, text: &str, level| Mark {
            row: number,
            key: name.into(),
            line,
            text: cut(line_at(text, usize::try_from(line).unwrap_or(1).saturating_sub(1)), Because::MAX_TEXT)
                .into(),
            level: Some(level),
        };
        if let (Some((_, was)), None) = (before.first(), after.first()) {
            found.more.push(level(1, new, (Some(*was), None)));
        } else if let (None, Some((line, is))) = (before.first(), after.first()) {
            found.fewer.push(level(*line, new, (None, Some(*is))));
        } else if before.len() == after.len() {
            for ((_, was), (line, is)) in before.iter().zip(&after) {
                if row.worse(*was, *is) {
                    found.more.push(level(*line, new, (Some(*was), Some(*is))));
                }
            }
        }
    }
}

/// More matches than before.
fn grown(number: usize, row: &Row, language: Option<&str>, old: &str, new: &str, found: &mut Guard) {
    let (was, is) = (hits(row, language, old), hits(row, language, new));
    if old.is_empty() || is.len() <= was.len() {
        return;
    }
    let known: Vec<&str> = was.iter().map(|hit| &*hit.key).collect();
    let Some(first) = is.iter().find(|hit| !known.contains(&&*hit.key)).or(is.last()) else { return };
    let count = |hits: &[Hit]| i64::try_from(hits.len()).ok().map(|count| count * 1000);
    found.more.push(Mark { level: Some((count(&was), count(&is))), ..mark(number, first, new) });
}

fn cases(language: Option<&str>, old: &str, new: &str, found: &mut Guard) {
    let (was, is) = (table::cases(language, old), table::cases(language, new));
    let asserts = |text: &str| i64::try_from(table::asserts(language, text)).unwrap_or(i64::MAX);
    found.asserts = asserts(new).saturating_sub(asserts(old));
    let missing = |from: &[Box<str>], other: &[Box<str>]| {
        let mut rest: Vec<&str> = other.iter().map(|name| &**name).collect();
        let kept = from.iter().filter(|name| match rest.iter().position(|other| *other == &***name) {
            Some(at) => {
                rest.swap_remove(at);
                false
            }
            None => true,
        });
        kept.cloned().collect::<Vec<_>>()
    };
    found.cases_gone = missing(&was, &is);
    found.cases_new = missing(&is, &was);
}
