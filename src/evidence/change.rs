//! What a change does to the files: which, how, and exactly which lines.

use super::behaviour::Behaviour;
use super::class::Class;
use super::guard::Guard;
use std::ops::Range;

/// The difference between the merge base and the head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Sorted by path.
    pub files: Vec<ChangedFile>,
}

impl Change {
    /// The changed file that has (or, when deleted, had) this path.
    pub fn file(&self, path: &str) -> Option<&ChangedFile> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|at| &self.files[at])
    }
}

/// What happened to a file.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// Its content (or mode) is another.
    Modified,
    /// It is gone.
    Deleted,
    /// It has another path, and perhaps another content.
    Renamed,
}

/// One file of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// Path at the head; for a deleted file its path at the merge base.
    pub path: String,
    /// Path at the merge base, for renames.
    pub old_path: Option<String>,
    /// What happened.
    pub kind: ChangeKind,
    /// What sort of file it is.
    pub class: Class,
    /// Lines of the head that the merge base does not have.
    pub added: LineSet,
    /// How many lines of the merge base are gone.
    pub removed: u32,
    /// Whether it is not text (no lines are known then).
    pub binary: bool,
    /// Whether more than comments, blank lines and formatting differ; `None` where no language is known.
    pub code_differs: Option<bool>,
    /// The lines of product code that can change what the program does; `None` for every other file.
    pub behaviour: Option<Behaviour>,
    /// What it takes away from the gate, where it does.
    pub guard: Option<Guard>,
}

/// Lines that stand in place of others, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// At the merge base.
    pub before: Range<u32>,
    /// At the head.
    pub after: Range<u32>,
}

/// A set of line numbers, as sorted ranges that do not touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineSet {
    ranges: Vec<(u32, u32)>,
}

impl LineSet {
    /// All lines of a file with so many lines.
    pub fn all(lines: u32) -> Self {
        let mut set = Self::default();
        set.push(1, lines);
        set
    }

    /// Adds the lines `first..=last`, which must lie behind those already there.
    pub fn push(&mut self, first: u32, last: u32) {
        if first > last {
            return;
        }
        match self.ranges.last_mut() {
            Some(range) if range.1.saturating_add(1) >= first => range.1 = range.1.max(last),
            _ => self.ranges.push((first, last)),
        }
    }

    /// Whether the line is in the set.
    pub fn contains(&self, line: u32) -> bool {
        let after = self.ranges.partition_point(|range| range.0 <= line);
        after > 0 && self.ranges[after - 1].1 >= line
    }

    /// Whether any of the lines `first..=last` is in the set.
    pub fn touches(&self, first: u32, last: u32) -> bool {
        let after = self.ranges.partition_point(|range| range.0 <= last);
        after > 0 && self.ranges[after - 1].1 >= first
    }

    /// The first line.
    pub fn first(&self) -> Option<u32> {
        self.ranges.first().map(|range| range.0)
    }

    /// How many lines.
    pub fn len(&self) -> u32 {
        self.ranges.iter().map(|range| range.1 - range.0 + 1).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The ranges, first and last line included.
    pub fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_sets_know_their_lines() {
        let mut set = LineSet::default();
        set.push(2, 3);
        set.push(4, 4);
        set.push(9, 8);
        set.push(7, 9);
        assert_eq!(set.ranges(), [(2, 4), (7, 9)]);
        assert_eq!(set.len(), 6);
        let inside: Vec<u32> = (0..12).filter(|line| set.contains(*line)).collect();
        assert_eq!(inside, [2, 3, 4, 7, 8, 9]);
        let touched = [(1, 1), (1, 2), (5, 6), (5, 7), (9, 12), (10, 12)].map(|(a, b)| set.touches(a, b));
        assert_eq!(touched, [false, true, false, true, true, false]);
    }
}
