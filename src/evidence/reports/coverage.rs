//! What a report of coverage says: for each file, which lines could run and which did.

use super::MAX_VALUES;
use std::collections::BTreeMap;

/// A report of coverage.
#[derive(Debug, Default)]
pub struct Coverage {
    /// The files that it tells of, as it calls them; no path twice.
    pub files: Vec<CoveredFile>,
    /// Folders that its paths may start from.
    pub roots: Vec<String>,
    /// Covered and all lines, of a report that tells nothing of single lines.
    pub total: Option<(u64, u64)>,
}

/// A file of a report.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CoveredFile {
    /// Its path, as the report has it.
    pub path: String,
    /// The lines that can run, and whether they did.
    pub lines: BTreeMap<u32, bool>,
    /// Whether the lines are those of whole blocks, blank ones and lone braces among them.
    pub blocks: bool,
}

/// Gathers the lines of a report; those of one file can come in several parts.
#[derive(Debug, Default)]
pub(super) struct Collector {
    files: BTreeMap<String, CoveredFile>,
    count: usize,
    blocks: bool,
}

impl Collector {
    /// For a format that tells of blocks instead of lines.
    pub(super) fn blocks() -> Self {
        Self { blocks: true, ..Self::default() }
    }

    /// Makes the file known, even if none of its lines can run.
    pub(super) fn file(&mut self, path: &str) -> &mut CoveredFile {
        let blocks = self.blocks;
        self.files.entry(path.to_owned()).or_insert_with(|| CoveredFile {
            path: path.to_owned(),
            blocks,
            ..CoveredFile::default()
        })
    }

    /// A line that can run. It is covered when anything on it ran.
    pub(super) fn line(&mut self, path: &str, line: u32, covered: bool) -> Result<(), String> {
        self.count += 1;
        if self.count > MAX_VALUES {
            return Err(format!("it tells of more than {MAX_VALUES} lines"));
        }
        if line > 0 && !path.is_empty() {
            *self.file(path).lines.entry(line).or_default() |= covered;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Coverage {
        Coverage { files: self.files.into_values().collect(), ..Coverage::default() }
    }
}
