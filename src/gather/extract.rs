//! One text -> its [`Facts`]: what the plan's patterns, documents and facets find in it. No I/O.

use crate::evidence::{Class, Facet, Facts, FileText, Hit, Keep, LineSet, read_facets};
use crate::plan::Plan;
use crate::words::Because;
use regex::Regex;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

/// What a file of some path and class is read for.
#[derive(Debug, Default, Clone)]
pub(super) struct Wanted {
    patterns: Arc<[u32]>,
    document: bool,
    facets: Vec<Facet>,
}

impl Wanted {
    pub(super) fn of(plan: &Plan, path: &str, class: Class) -> Self {
        Self {
            patterns: plan.patterns_for(path, class),
            document: plan.wants_document(path, class),
            facets: plan.facets_for(path, class),
        }
    }

    /// Whether there is anything to read it for.
    pub(super) fn some(&self) -> bool {
        !self.patterns.is_empty() || self.document || !self.facets.is_empty()
    }
}

/// The bytes as text: what is not UTF-8 is replaced, a byte order mark is left out.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // The lossy way alone takes several times as long.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// How many lines: the last one need not end.
pub(super) fn lines(bytes: &[u8]) -> u32 {
    #[allow(clippy::naive_bytecount, reason = "the compiler vectorises it; not worth a dependency")]
    let ends = bytes.iter().filter(|byte| **byte == b'\n').count();
    let open = bytes.last().is_some_and(|byte| *byte != b'\n');
    u32::try_from(ends + usize::from(open)).unwrap_or(u32::MAX)
}

/// What is found in a text, or why a pattern cannot be searched. `added` are the lines that the change adds, for the patterns that ask for these alone.
pub(super) fn facts(
    plan: &Plan,
    wanted: &Wanted,
    path: &str,
    text: &str,
    added: Option<&LineSet>,
) -> Result<Facts, String> {
    let file = FileText::new(path, text);
    let places = Places { text, starts: OnceCell::new() };
    let mut facts = Facts { lines: lines(text.as_bytes()), ..Facts::default() };
    let possible =
        if wanted.patterns.is_empty() { Vec::new() } else { plan.possible(file.lower(), &wanted.patterns) };
    for number in possible {
        let pattern = &plan.patterns[number as usize];
        let most = if pattern.need.keep == Keep::First { 1 } else { Facts::MAX_HITS };
        let only = match (pattern.need.keep, added) {
            (Keep::All | Keep::First, _) => None,
            (Keep::Added, Some(added)) if !added.is_empty() => Some(added),
            (Keep::Added, _) => continue,
        };
        let hits =
            search(pattern.regex()?, file.masks.get(pattern.need.mask), &places, &Limits { only, most });
        if !hits.is_empty() {
            facts.hits.push((number, hits));
        }
    }
    if wanted.document {
        facts.documents = file.templated().cloned();
    }
    if !wanted.facets.is_empty() {
        read_facets(&file, added.is_some(), &wanted.facets, &mut facts);
    }
    Ok(facts)
}

/// Tells lines of offsets.
struct Places<'a> {
    text: &'a str,
    starts: OnceCell<Vec<usize>>,
}

impl Places<'_> {
    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
        })
    }

    /// The index of the line that holds the offset.
    fn line(&self, offset: usize) -> usize {
        self.starts().partition_point(|start| *start <= offset).saturating_sub(1)
    }

    fn line_text(&self, line: usize) -> &str {
        let start = self.starts()[line];
        let end = self.starts().get(line + 1).copied().unwrap_or(self.text.len());
        &self.text[start..end]
    }
}

/// Which hits are kept.
struct Limits<'a> {
    /// Those that touch these lines.
    only: Option<&'a LineSet>,
    /// So many.
    most: usize,
}

fn search(regex: &Regex, view: &str, places: &Places<'_>, limits: &Limits<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut cursor = Cursor::default();
    let mut keep = |range: Range<usize>| {
        let (first, last) = (places.line(range.start), places.line(last_offset(&range)));
        let (line, end_line) = (number(first), number(last));
        if limits.only.is_none_or(|only| only.touches(line, end_line)) {
            let column = cursor.column(places, first, range.start);
            let matched = cut(&places.text[boundaries(places.text, &range)]);
            hits.push(Hit { line, end_line, column, text: cut(places.line_text(first)), matched });
        }
        hits.len() < limits.most
    };
    if regex.captures_len() > 1 {
        for found in regex.captures_iter(view) {
            let Some(place) = found.get(1).or_else(|| found.get(0)) else { continue };
            if !keep(place.range()) {
                break;
            }
        }
    } else {
        for found in regex.find_iter(view) {
            if !keep(found.range()) {
                break;
            }
        }
    }
    hits
}

/// The last offset that belongs to the match: a line end that it takes along opens no further line.
fn last_offset(range: &Range<usize>) -> usize {
    range.end.saturating_sub(1).max(range.start)
}

/// A masked text may have its characters elsewhere, so a place in it can lie inside a character of the text.
fn boundaries(text: &str, range: &Range<usize>) -> Range<usize> {
    text.floor_char_boundary(range.start)..text.ceil_char_boundary(range.end)
}

fn cut(text: &str) -> Box<str> {
    text.trim().chars().take(Because::MAX_TEXT).collect::<String>().into()
}

fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

/// Counts columns from the last place on, so that a long line with many hits is counted once.
#[derive(Default)]
struct Cursor {
    line: usize,
    offset: usize,
    column: usize,
}

impl Cursor {
    fn column(&mut self, places: &Places<'_>, line: usize, offset: usize) -> u32 {
        let offset = places.text.floor_char_boundary(offset);
        if line != self.line || offset < self.offset {
            *self = Self { line, offset: places.starts()[line], column: 0 };
        }
        self.column += places.text[self.offset..offset].chars().count();
        self.offset = offset;
        number(self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Classes, Keep, Mask, Needs, PathSet, PatternNeed, Selection};

    fn search(regex: &str, text: &str, added: Option<&LineSet>) -> Vec<Hit> {
        let need = PatternNeed {
            files: Selection::of(["**"]),
            regex: regex.into(),
            mask: Mask::Nothing,
            keep: if added.is_some() { Keep::Added } else { Keep::All },
        };
        let needs = Needs { patterns: [need].into(), ..Needs::default() };
        let plan = Plan::new(needs, Classes::new(PathSet::default())).unwrap();
        let wanted = Wanted::of(&plan, "a.txt", Class::Other);
        let mut facts = facts(&plan, &wanted, "a.txt", text, added).unwrap();
        facts.hits.pop().map(|(_, hits)| hits).unwrap_or_default()
    }

    #[test]
    fn hits_have_the_place_of_their_text() {
        let cases = [
            ("b", "a\n äb \n", vec![(2, 2, 3, "äb", "b")]),
            ("x", "xxx", vec![(1, 1, 1, "xxx", "x"), (1, 1, 2, "xxx", "x"), (1, 1, 3, "xxx", "x")]),
            ("b$", "b\r\nb", vec![(1, 1, 1, "b", "b"), (2, 2, 1, "b", "b")]),
            ("^a[^!]*!", "a\nb\n!\n", vec![(1, 3, 1, "a", "a\nb\n!")]),
            ("a\n", "a\nb", vec![(1, 1, 1, "a", "a")]),
            (r"\s(key)=", "x\nkey=1", vec![(2, 2, 1, "key=1", "key")]),
            ("", "", vec![(1, 1, 1, "", "")]),
            ("nothing", "a", vec![]),
        ];
        for (regex, text, expected) in cases {
            let hits = search(regex, text, None);
            let found: Vec<_> = hits
                .iter()
                .map(|hit| (hit.line, hit.end_line, hit.column, &*hit.text, &*hit.matched))
                .collect();
            assert_eq!(found, expected, "{regex} in {text:?}");
        }
    }

    #[test]
    fn patterns_for_added_lines_see_no_other_line() {
        let mut added = LineSet::default();
        added.push(2, 3);
        let lines = |set| search("a", "a\na\na\na", Some(set)).iter().map(|hit| hit.line).collect::<Vec<_>>();
        assert_eq!(lines(&added), [2, 3]);
        assert!(lines(&LineSet::default()).is_empty());
    }

    #[test]
    fn a_long_line_is_cut_and_its_hits_are_bounded() {
        let text = "ä".repeat(300_000);
        let hits = search("ä", &text, None);
        assert_eq!(hits.len(), Facts::MAX_HITS);
        assert_eq!(hits[Facts::MAX_HITS - 1].column, 1000);
        assert_eq!(hits[0].text.chars().count(), Because::MAX_TEXT);
    }

    #[test]
    fn bytes_become_text_and_lines_are_counted() {
        assert_eq!(text(b"\xef\xbb\xbfa\xffb"), "a\u{fffd}b");
        let cases = [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2)];
        for (text, expected) in cases {
            assert_eq!(lines(text.as_bytes()), expected, "{text:?}");
        }
    }
}
