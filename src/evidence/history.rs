//! When files were last changed, as far as anybody asks. Plain data.

use std::collections::{BTreeMap, BTreeSet};

/// Files whose dates are asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HistoryNeed {
    /// Globs of the files.
    pub globs: Vec<String>,
    /// The date of each of them; else the newest of all.
    pub each: bool,
}

/// What the history says of them. Times are seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// When each file was last changed.
    pub dates: BTreeMap<String, i64>,
    /// The file of these globs that was changed last, and when.
    pub newest: BTreeMap<Vec<String>, (String, i64)>,
    /// Files that no commit holds as they are now.
    pub uncommitted: BTreeSet<String>,
    /// Whether there is more history than was looked at.
    pub cut: bool,
}
