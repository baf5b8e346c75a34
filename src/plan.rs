//! Policy -> [`Plan`]: every glob, pattern and fact that any rule asks for, once.

use crate::evidence::{Classes, Facet, Fact, PathSet, PatternIndex, PatternNeed};
use globset::GlobSet;
use regex::Regex;
use std::collections::BTreeSet;

/// What has to be read, compiled.
#[derive(Debug)]
pub struct Plan {
    /// Patterns; the place in the list is the pattern's number.
    pub patterns: Vec<Pattern>,
    /// The numbers by need.
    pub index: PatternIndex,
    /// Documents to keep parsed.
    pub documents: PathSet,
    /// Kinds of files to understand.
    pub facets: BTreeSet<Facet>,
    /// Facts of the platform to ask for.
    pub facts: BTreeSet<Fact>,
    /// Tells class and language of paths.
    pub classes: Classes,
    /// All globs of all patterns, so that a path is matched once.
    globs: GlobSet,
    /// For each glob in `globs`, the pattern it belongs to and whether it takes away.
    owners: Vec<(u32, bool)>,
}

/// A pattern and its compiled regex.
#[derive(Debug)]
pub struct Pattern {
    /// What was asked for.
    pub need: PatternNeed,
    /// Multi-line: `^` and `$` match at lines.
    pub regex: Regex,
}
