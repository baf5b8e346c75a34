//! Which lines of a changed file can change what the program does: no comments, imports, declarations, texts, log
//! lines or formatting.
//!
//! Goes by the table `policies/data/behaviour.yml`, line by line; it is no parser, and where it errs it takes a line for
//! one that matters. Must not judge: whether a test is due is for the checks.

mod change;
mod form;
mod functions;
mod lines;
mod table;

pub use change::{Altered, altered};
pub use functions::Grown;

use super::change::Hunk;
use super::lexer::Masks;
use super::needs::Mask;
use super::{Class, languages};
use crate::text::cut;
use crate::words::Because;
use lines::{Source, counting};
use std::collections::BTreeSet;
use table::Rules;

/// What a change does to the behaviour that one file describes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Behaviour {
    /// Lines that are new, in order.
    pub lines: Vec<Line>,
    /// The normal form of lines that are gone.
    gone: Vec<Box<str>>,
    /// Names that were given anew: old and new.
    renamed: BTreeSet<(Box<str>, Box<str>)>,
    /// Functions that are longer than before, or new.
    pub grown: Vec<Grown>,
    /// Lines of code before and after.
    pub size: (u32, u32),
    /// Whether something that had a name is gone.
    pub undefined: bool,
    /// Whether a test that stands beside the code is new in it.
    pub tests: bool,
}

impl Behaviour {
    /// How many lines that mattered are gone.
    pub fn gone(&self) -> usize {
        self.gone.len()
    }
}

/// A new line that can matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number at the head.
    pub number: u32,
    /// Its text, cut.
    pub text: Box<str>,
    form: Box<str>,
    /// What it is but for these names, when the line in its place was the same.
    renames: Vec<(Box<str>, Box<str>)>,
}

/// Lines that are looked at in one file; what is larger is data.
const MOST: usize = 20_000;

/// The behaviour that differs between two texts of a file, by their hunks; none where the language is no program code.
pub fn behaviour(
    language: Option<&str>,
    class: Class,
    old: &str,
    new: &str,
    hunks: &[Hunk],
) -> Option<Behaviour> {
    let language = language.and_then(languages::by_id).filter(|language| language.code)?;
    if class != Class::Product {
        return None;
    }
    let rules = table::rules(&language.id)?;
    let changed: u32 = hunks.iter().map(|hunk| hunk.after.end - hunk.after.start).sum();
    if changed as usize > MOST {
        return Some(Behaviour::default());
    }
    let (old, new) = (Side::new(rules, &language.id, old), Side::new(rules, &language.id, new));
    let mut found = Behaviour::default();
    for hunk in hunks {
        compare(rules, &old, &new, hunk, &mut found);
    }
    found.undefined = undefined(rules, &found);
    found.size = (old.source.lines_of_code(), new.source.lines_of_code());
    found.grown = functions::grown(rules, &old.source, &new.source);
    Some(found)
}

/// One of the two texts, line by line.
struct Side<'a> {
    raw: Vec<&'a str>,
    /// Whether the line stands in a test.
    tests: Vec<bool>,
    source: Source,
    counts: Vec<bool>,
}

impl<'a> Side<'a> {
    fn new(rules: &Rules, language: &str, text: &'a str) -> Self {
        let script = lines::script(language, text);
        let masks = Masks::new(Some(language), &script);
        let product = masks.get(Mask::Product);
        let source = Source::new(product, masks.get(Mask::ProductCode));
        let tests = if masks.has_tests() {
            let pairs = masks.get(Mask::Comments).lines().zip(product.lines());
            pairs.map(|(all, product)| !all.trim().is_empty() && product.trim().is_empty()).collect()
        } else {
            Vec::new()
        };
        let counts = counting(rules, &source);
        Self { raw: text.lines().collect(), tests, source, counts }
    }

    fn is_test(&self, rules: &Rules, line: usize) -> bool {
        self.tests.get(line).is_some_and(|test| *test)
            || self.raw.get(line).is_some_and(|raw| rules.tests.is_match(raw.trim()))
    }

    fn form(&self, rules: &Rules, line: usize) -> Box<str> {
        let (full, code) = self.source.line(line);
        form::form(rules, full, code)
    }

    fn counting(&self, range: &std::ops::Range<u32>) -> Vec<usize> {
        let lines = range.start as usize..range.end as usize;
        lines.filter(|line| self.counts.get(*line).is_some_and(|counts| *counts)).collect()
    }
}

fn compare(rules: &Rules, old: &Side<'_>, new: &Side<'_>, hunk: &Hunk, found: &mut Behaviour) {
    found.tests |= (hunk.after.start..hunk.after.end).any(|line| new.is_test(rules, line as usize));
    renamed(rules, old, new, hunk, &mut found.renamed);
    let (before, after) = (old.counting(&hunk.before), new.counting(&hunk.after));
    if before.is_empty() && after.is_empty()
        || old.source.squeezed(&hunk.before) == new.source.squeezed(&hunk.after)
    {
        return;
    }
    let gone: Vec<Box<str>> = before.iter().map(|line| old.form(rules, *line)).collect();
    for (at, line) in after.iter().enumerate() {
        let form = new.form(rules, *line);
        let renames = match gone.get(at) {
            Some(old) if gone.len() == after.len() => form::renames(old, &form).unwrap_or_default(),
            _ => Vec::new(),
        };
        let text = new.raw.get(*line).map_or("", |raw| raw.trim());
        let number = u32::try_from(*line).unwrap_or(u32::MAX).saturating_add(1);
        found.lines.push(Line { number, text: cut(text, Because::MAX_TEXT).into(), form, renames });
    }
    found.gone.extend(gone);
}

/// Whether a name that was given is not given any more, and was not replaced.
fn undefined(rules: &Rules, found: &Behaviour) -> bool {
    let now: BTreeSet<&str> = found.lines.iter().flat_map(|line| rules.defined(&line.form)).collect();
    let renamed = |name: &str| found.renamed.iter().any(|(from, _)| &**from == name);
    let gone = found.gone.iter().flat_map(|form| rules.defined(form));
    gone.into_iter().any(|name| !now.contains(name) && !renamed(name))
}

/// Notes the names that lines of the hunk give and that are other ones than before.
fn renamed(
    rules: &Rules,
    old: &Side<'_>,
    new: &Side<'_>,
    hunk: &Hunk,
    found: &mut BTreeSet<(Box<str>, Box<str>)>,
) {
    if hunk.before.len() != hunk.after.len() {
        return;
    }
    for (before, after) in hunk.before.clone().zip(hunk.after.clone()) {
        let (before, after) = (old.form(rules, before as usize), new.form(rules, after as usize));
        let Some(names) = form::renames(&before, &after) else { continue };
        let signature = rules.signature.is_match(&after);
        let (was, is) = (rules.defined(&before), rules.defined(&after));
        let given =
            |(from, to): &(Box<str>, Box<str>)| signature || was.contains(&&**from) && is.contains(&&**to);
        found.extend(names.into_iter().filter(given));
    }
}
