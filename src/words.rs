//! The words of the design as types: stage, severity, grade, outcome, delta, truth.
//!
//! A leaf: it imports nothing of ours, so that every layer can speak the same language.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The road of the policy, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Understand what you have.
    Assessment,
    /// Build the infrastructure for production.
    Foundation,
    /// Rebuild what matters with a production architecture.
    Core,
    /// Prepare for growth.
    Scale,
}

impl Stage {
    /// All stages, in the order of the road.
    pub const ALL: [Self; 4] = [Self::Assessment, Self::Foundation, Self::Core, Self::Scale];

    /// The stage as people type it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assessment => "assessment",
            Self::Foundation => "foundation",
            Self::Core => "core",
            Self::Scale => "scale",
        }
    }
}

/// How much a failure matters. Only `error` can block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Blocks, when its stage and start date have come.
    Error,
    /// Told, never blocks.
    Warning,
    /// Told quietly, never blocks.
    Notice,
    /// The rule is not evaluated.
    Off,
}

impl Severity {
    /// The severity as people type it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
            Self::Off => "off",
        }
    }
}

/// Which failures block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Enforce {
    /// Only what the change introduced.
    New,
    /// Every failure.
    Always,
}

impl Enforce {
    /// The word as people type it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Always => "always",
        }
    }
}

/// What an unknown outcome of a rule does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// It is told.
    Warn,
    /// It blocks like a failure.
    Fail,
    /// It is only counted.
    Ignore,
}

/// What a rule is judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Once, for the whole repository.
    Repository,
    /// Once for each service of the policy.
    Service,
}

/// How strong the proof of a capability is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// A manifest names it.
    Declared,
    /// Configuration, environment or infrastructure code sets it up.
    Configured,
    /// Product code imports and initialises it.
    Wired,
    /// A test, an alert or a CI step uses it.
    Exercised,
}

impl Grade {
    /// The grade as people type it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Configured => "configured",
            Self::Wired => "wired",
            Self::Exercised => "exercised",
        }
    }
}

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// What must hold, holds.
    Pass,
    /// It does not hold.
    Fail,
    /// The rule makes no sense here.
    NotApplicable,
    /// It could not be established, and the reason is told.
    Unknown,
    /// It fails, and a waiver says that this is accepted for now.
    Waived,
}

/// A failure against the merge base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delta {
    /// The change brought it.
    Introduced,
    /// It was there before.
    Existing,
    /// The change repaired it.
    Fixed,
    /// There is nothing to compare, or nothing failed on either side.
    None,
}

/// The decision of the whole run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing blocks.
    Pass,
    /// Something blocks.
    Fail,
    /// It could not be decided, and that must not look like a pass.
    Undecided,
}

impl Verdict {
    /// The word of the report and of the action's output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Undecided => "undecided",
        }
    }
}

/// Three-valued truth, joined by Kleene's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// Holds.
    True,
    /// Does not hold.
    False,
    /// Could not be established.
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// Why something could not be established.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unknown {
    /// What stood in the way, for people.
    pub reason: String,
    /// The exact `permissions:` line that would allow it, e.g. `pull-requests: read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// Whether the platform or the tool failed, so that another run may well know. Not part of the report.
    #[serde(skip)]
    pub outage: bool,
}

impl Unknown {
    /// An unknown with a reason only.
    pub fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), permission: None, outage: false }
    }
}

/// Something that was looked for: known, absent by nature, or not to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known<T> {
    /// Here it is.
    Known(T),
    /// There is none, and the text says why (no git, no pull request, ...).
    Absent(String),
    /// There may be one, but it could not be read.
    Unknown(Unknown),
}

impl<T> Known<T> {
    /// The value, where it is known.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent(_) | Self::Unknown(_) => None,
        }
    }
}

/// One piece of what an outcome rests on; also the place a finding points at.
/// Lines and columns start at 1, columns count characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Because {
    /// Path relative to the root, with `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// First line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Last line, when there are several. Not part of the JSON contract's `because`.
    #[serde(skip)]
    pub end_line: Option<u32>,
    /// First column of the text at fault.
    #[serde(skip)]
    pub column: Option<u32>,
    /// The text that was found, at most [`Because::MAX_TEXT`] characters of one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How strong this proof is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// What this means, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Because {
    /// Longest text that is kept of a line.
    pub const MAX_TEXT: usize = 160;

    /// A statement with no place.
    pub fn note(note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..Self::default() }
    }

    /// A place: a whole file.
    pub fn file(path: impl Into<String>) -> Self {
        Self { path: Some(path.into()), ..Self::default() }
    }

    /// A place: a line of a file with its text.
    pub fn line(path: impl Into<String>, line: u32, text: &str) -> Self {
        let text: String = text.trim().chars().take(Self::MAX_TEXT).collect();
        Self {
            path: Some(path.into()),
            line: Some(line),
            text: (!text.is_empty()).then_some(text),
            ..Self::default()
        }
    }

    /// The same with a note.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The same with a grade.
    #[must_use]
    pub fn graded(mut self, grade: Grade) -> Self {
        self.grade = Some(grade);
        self
    }

    /// `path:line`, `path`, or nothing.
    pub fn place(&self) -> Option<String> {
        let path = self.path.as_deref()?;
        Some(self.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}")))
    }
}

/// What a condition came to, and what that rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The truth of the condition.
    pub truth: Truth,
    /// What decided it. Where the truth is at fault, each entry with a path is a place of a finding.
    pub because: Vec<Because>,
    /// What could not be established; not empty when `truth` is unknown.
    pub unknown: Vec<Unknown>,
}

impl Judgement {
    /// A decided judgement.
    pub fn new(truth: bool, because: Vec<Because>) -> Self {
        Self { truth: truth.into(), because, unknown: Vec::new() }
    }

    /// True, because of these.
    pub fn yes(because: Vec<Because>) -> Self {
        Self::new(true, because)
    }

    /// False, because of these.
    pub fn no(because: Vec<Because>) -> Self {
        Self::new(false, because)
    }

    /// Not established.
    pub fn unknown(unknown: Unknown) -> Self {
        Self { truth: Truth::Unknown, because: Vec::new(), unknown: vec![unknown] }
    }
}
