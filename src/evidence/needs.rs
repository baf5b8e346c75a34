//! What checks ask for before anything is read.
//!
//! A check states its needs once; `plan` joins them, `gather` fulfils them in one pass, and the check finds
//! the answers in its view. The need itself is the key.

use super::class::Class;
use super::history::HistoryNeed;
use super::platform::Fact;
use std::collections::BTreeSet;

/// Which files of a tree are meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Selection {
    /// Globs, `!` takes away.
    pub globs: Vec<String>,
    /// Classes that count; empty means all but those the policy ignores ([`Class::ignored`]).
    pub classes: Vec<Class>,
}

impl Selection {
    /// These globs, in files of every class that is not ignored.
    pub fn of<S: Into<String>>(globs: impl IntoIterator<Item = S>) -> Self {
        Self { globs: globs.into_iter().map(Into::into).collect(), classes: Vec::new() }
    }

    /// Whether files of this class count.
    pub fn takes(&self, class: Class) -> bool {
        if self.classes.is_empty() { !class.ignored() } else { self.classes.contains(&class) }
    }
}

/// Which part of a source file is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Mask {
    /// The text as it stands.
    #[default]
    Nothing,
    /// Comments are blanked out, where the language is known.
    Comments,
    /// Comments and the insides of strings are blanked out, where the language is known.
    CommentsAndStrings,
    /// Comments and the tests that stand in the same file are blanked out.
    Product,
    /// Comments, the insides of strings and the tests that stand in the same file are blanked out.
    ProductCode,
    /// All but comments is blanked out; where the language is not known, that is everything.
    Code,
}

/// A pattern to be searched in files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatternNeed {
    /// In which files.
    pub files: Selection,
    /// A linear-time regex; `^` and `$` match at lines. Group 1, where there is one, is the matched text.
    pub regex: String,
    /// What does not count as text.
    pub mask: Mask,
    /// Which of its matches are kept.
    pub keep: Keep,
}

/// Which matches of a pattern are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Keep {
    /// All, up to [`super::Facts::MAX_HITS`] in one file.
    #[default]
    All,
    /// Those on lines that the change adds.
    Added,
    /// The first of a file.
    First,
}

/// Documents (YAML, JSON, TOML, HCL, properties) to be kept parsed.
pub type DocumentNeed = String;

/// A kind of file that is understood as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// Package manifests and lock files.
    Manifests,
    /// CI pipelines and the task files that their commands lead to.
    Ci,
    /// CODEOWNERS and its kin.
    Owners,
    /// Configuration for each environment.
    Environments,
    /// Headings, code blocks and links of documents.
    Outlines,
    /// Infrastructure as code.
    Infra,
    /// Remarks and suppressions in code.
    Debt,
    /// Descriptions of APIs.
    Api,
    /// Migrations of a database, those of the change.
    Migrations,
    /// Foreign keys and indexes, of all migrations and schema files.
    Keys,
}

/// Everything that the rules of a policy ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Patterns in files.
    pub patterns: BTreeSet<PatternNeed>,
    /// Globs of documents to keep parsed.
    pub documents: BTreeSet<DocumentNeed>,
    /// Kinds of files to understand.
    pub facets: BTreeSet<Facet>,
    /// Globs of reports that other jobs leave.
    pub reports: BTreeSet<String>,
    /// Files whose last change is asked for.
    pub history: BTreeSet<HistoryNeed>,
    /// Facts of the platform.
    pub facts: BTreeSet<Fact>,
    /// How many people work on it, by the history.
    pub authors: bool,
}

/// How many days before the head count for who works on it.
pub const AUTHOR_DAYS: i64 = 90;

impl Needs {
    /// Joins the needs of another.
    pub fn extend(&mut self, more: Self) {
        self.patterns.extend(more.patterns);
        self.documents.extend(more.documents);
        self.facets.extend(more.facets);
        self.reports.extend(more.reports);
        self.history.extend(more.history);
        self.facts.extend(more.facts);
        self.authors |= more.authors;
    }
}
