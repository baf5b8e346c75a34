//! Reports of coverage joined with the tree, and with the lines that a change brings.

use crate::evidence::{Change, Coverage, Facts, File, LineSet, Located, Locator, Report, Tree};
use crate::words::Because;
use std::collections::{BTreeMap, BTreeSet};

/// Files that are named in a sentence.
const NAMED: usize = 3;
/// Places of uncovered lines.
const MAX_PLACES: usize = 500;

/// What all reports together say of the files of the tree.
pub(super) struct Lines<'a> {
    tree: &'a Tree,
    files: BTreeMap<&'a str, FileLines>,
    ambiguous: BTreeSet<&'a str>,
    /// Files of the reports.
    listed: usize,
    /// Totals of reports without lines.
    totals: Option<(u64, u64)>,
}

#[derive(Default)]
struct FileLines {
    /// Lines that can run, and whether one report says that they did.
    lines: BTreeMap<u32, bool>,
    /// Whether all that is known of it are blocks.
    blocks: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn of(tree: &'a Tree, reports: &[(&'a Report, &'a Coverage)]) -> Self {
        let locator = Locator::new(tree);
        let mut all =
            Self { tree, files: BTreeMap::new(), ambiguous: BTreeSet::new(), listed: 0, totals: None };
        for (report, coverage) in reports {
            let paths: Vec<&str> = coverage.files.iter().map(|file| file.path.as_str()).collect();
            let located = locator.all(&report.path, &coverage.roots, &paths);
            all.listed += paths.len();
            for (file, located) in coverage.files.iter().zip(located) {
                match located {
                    Located::File(path) => {
                        let known = all
                            .files
                            .entry(path)
                            .or_insert_with(|| FileLines { blocks: true, ..FileLines::default() });
                        known.blocks &= file.blocks;
                        for (line, ran) in &file.lines {
                            *known.lines.entry(*line).or_default() |= *ran;
                        }
                    }
                    Located::Ambiguous => {
                        all.ambiguous.insert(&file.path);
                    }
                    Located::Nowhere => {}
                }
            }
            if let Some((covered, of)) = coverage.total {
                let sum = all.totals.get_or_insert_default();
                *sum = (sum.0.saturating_add(covered), sum.1.saturating_add(of));
            }
        }
        all
    }

    /// Files of the reports that could be several of the tree.
    pub(super) fn ambiguous(&self) -> Option<String> {
        let named: Vec<&str> = self.ambiguous.iter().copied().take(NAMED).collect();
        let more = self.ambiguous.len().saturating_sub(NAMED);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!named.is_empty())
            .then(|| format!("left out, because several files could be meant: {}{rest}", named.join(", ")))
    }

    /// How many of the reports' files the tree has.
    pub(super) fn located(&self) -> String {
        format!("{} of {} files", self.files.len(), self.listed)
    }

    /// Covered and all lines of these files; what reports without lines say where there is no other.
    pub(super) fn total(&self, counts: impl Fn(&File) -> bool) -> Option<(u64, u64)> {
        let known = self.files.iter().filter(|(path, _)| self.tree.file(path).is_some_and(&counts));
        let (mut covered, mut all) = (0, 0);
        for (_, file) in known {
            covered += file.lines.values().filter(|ran| **ran).count() as u64;
            all += file.lines.len() as u64;
        }
        if all > 0 {
            Some((covered, all))
        } else {
            self.totals.filter(|(covered, all)| covered <= all && *all > 0)
        }
    }

    /// The changed lines of these files. `pattern` hits lines that hold code.
    pub(super) fn changed(
        &self,
        touched: &[&'a File],
        change: &'a Change,
        pattern: Option<u32>,
    ) -> Changed<'a> {
        let mut changed = Changed { files: Vec::new(), unmeasured: Vec::new() };
        for file in touched {
            let Some(known) = self.files.get(&*file.path) else {
                changed.unmeasured.push(&file.path);
                continue;
            };
            let Some(added) = change.file(&file.path).map(|file| &file.added) else { continue };
            let code = Code::of(file, pattern);
            let lines = known.lines.iter().filter(|(line, _)| added.contains(**line));
            let lines = lines.filter(|(line, _)| !known.blocks || code.has(**line));
            changed.files.push(ChangedLines {
                path: &file.path,
                added,
                lines: lines.map(|(line, ran)| (*line, *ran)).collect(),
                code,
            });
        }
        changed
    }
}

/// Lines of a file that hold code, with their texts.
struct Code<'a> {
    texts: BTreeMap<u32, &'a str>,
    /// The last line that was looked at, where there are too many.
    last: Option<u32>,
}

impl<'a> Code<'a> {
    fn of(file: &'a File, pattern: Option<u32>) -> Self {
        let hits = pattern.map_or(&[][..], |pattern| file.hits(pattern));
        let full = hits.len() >= Facts::MAX_HITS;
        let last = hits.last().filter(|_| full).map(|hit| hit.line);
        Self { texts: hits.iter().map(|hit| (hit.line, &*hit.text)).collect(), last }
    }

    fn has(&self, line: u32) -> bool {
        self.texts.contains_key(&line) || self.last.is_some_and(|last| line > last)
    }
}

/// What the reports say of a change.
pub(super) struct Changed<'a> {
    files: Vec<ChangedLines<'a>>,
    unmeasured: Vec<&'a str>,
}

struct ChangedLines<'a> {
    path: &'a str,
    added: &'a LineSet,
    /// Those that can run, in order, and whether they did.
    lines: Vec<(u32, bool)>,
    code: Code<'a>,
}

impl Changed<'_> {
    /// Whether a report tells of one of the files.
    pub(super) fn any(&self) -> bool {
        !self.files.is_empty()
    }

    /// Files that no report tells of.
    pub(super) fn unmeasured(&self) -> Option<String> {
        let named: Vec<&str> = self.unmeasured.iter().copied().take(NAMED).collect();
        let more = self.unmeasured.len().saturating_sub(NAMED);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!named.is_empty()).then(|| format!("no report tells of {}{rest}", named.join(", ")))
    }

    /// Covered and all lines.
    pub(super) fn count(&self) -> (u64, u64) {
        let lines = || self.files.iter().flat_map(|file| &file.lines);
        (lines().filter(|(_, ran)| *ran).count() as u64, lines().count() as u64)
    }

    /// Ranges of lines that did not run. Lines that cannot run do not part a range, as long as the change brings them.
    pub(super) fn places(&self, covered: u64, all: u64, wanted: f64) -> Vec<Because> {
        let mut places = Vec::new();
        for file in &self.files {
            let mut open: Option<(u32, u32)> = None;
            let mut ranges = Vec::new();
            for (line, ran) in &file.lines {
                let joins = |(first, last): (u32, u32)| {
                    (last..=*line).all(|line| file.added.contains(line)).then_some((first, *line))
                };
                match (ran, open) {
                    (true, _) => ranges.extend(open.take()),
                    (false, None) => open = Some((*line, *line)),
                    (false, Some(range)) => {
                        let joined = joins(range);
                        ranges.extend(open.filter(|_| joined.is_none()));
                        open = joined.or(Some((*line, *line)));
                    }
                }
            }
            ranges.extend(open);
            places.extend(ranges.into_iter().map(|range| file.place(range, covered, all, wanted)));
        }
        places.truncate(MAX_PLACES);
        places
    }
}

impl ChangedLines<'_> {
    fn place(&self, (first, last): (u32, u32), covered: u64, all: u64, wanted: f64) -> Because {
        let text = self.code.texts.get(&first).copied().unwrap_or_default();
        let what = if first == last { "this line is" } else { "these lines are" };
        let note = format!(
            "{what} not covered by any test ({covered} of {all} changed lines are, at least {wanted} % should)"
        );
        let place = Because::line(self.path, first, text).noted(note);
        Because { end_line: (last > first).then_some(last), ..place }
    }
}
