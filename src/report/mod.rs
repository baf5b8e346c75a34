//! The report of a run, and its texts. Pure: a report in, text out; one file per format.

mod check_page;
mod comment;
mod fit;
mod github;
mod json;
mod junit;
mod links;
mod markdown;
mod marker;
mod model;
mod outline;
mod page;
mod permissions;
mod phrases;
mod pieces;
mod read;
mod sarif;
mod terminal;

pub use crate::verdict::{LadderStep, Summary};
pub use check_page::{Annotated, CheckPage, check_page, headline};
pub use comment::{COMMENT_LIMIT, Thread, all_clear, comment, comment_start, same_comment, wants_comment};
pub use links::Links;
pub use model::{
    CapabilityFound, Inventory, NAME, PolicyInfo, PullRequestInfo, Report, SCHEMA, ServiceInfo, Subject,
    Tool, Usage,
};

pub use read::{MAX_REPORT, ReadError, read};

use std::str::FromStr;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For people at a terminal or with a log.
    Terminal,
    /// The contract, for programs.
    Json,
    /// For code scanning.
    Sarif,
    /// For dashboards that count tests.
    Junit,
    /// A job summary or a comment.
    Markdown,
    /// Annotations and a log, on the standard output of a workflow's step.
    Github,
}

impl Format {
    /// All formats, in the order in which help lists them.
    pub const ALL: [Self; 6] =
        [Self::Terminal, Self::Json, Self::Sarif, Self::Junit, Self::Markdown, Self::Github];

    /// The format as people type it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Github => "github",
        }
    }
}

/// A name that is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no format `{name}`; choose one of {choices}", choices = Format::ALL.map(Format::name).join(", "))]
pub struct UnknownFormat {
    /// What was asked for.
    pub name: String,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or_else(|| UnknownFormat { name: name.to_owned() })
    }
}

/// How a text is to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether terminal texts carry colours.
    pub colour: bool,
    /// Columns of a terminal text.
    pub width: usize,
    /// Whether a terminal text tells of what passed too, and of every place.
    pub verbose: bool,
    /// What stands before the paths of annotations: the folder of the checkout in the workspace, with `/`.
    pub prefix: String,
    /// Most bytes of a Markdown text.
    pub limit: usize,
    /// Where a Markdown text leads to.
    pub links: Links,
    /// What the job needs beyond reading its checkout, e.g. `pull-requests: write`.
    pub permissions: Vec<&'static str>,
}

impl Options {
    /// A larger summary is dropped as a whole (github-facts section 1: 1 MiB for each step).
    pub const SUMMARY_LIMIT: usize = 1024 * 1024;
}

impl Default for Options {
    fn default() -> Self {
        Self {
            colour: false,
            width: 80,
            verbose: false,
            prefix: String::new(),
            limit: Self::SUMMARY_LIMIT,
            links: Links::default(),
            permissions: Vec::new(),
        }
    }
}

/// The report in a format.
pub fn render(report: &Report, format: Format, options: &Options) -> String {
    match format {
        Format::Terminal => terminal::render(report, options),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report),
        Format::Junit => junit::render(report),
        Format::Markdown => markdown::render(report, options),
        Format::Github => github::render(report, options),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_found_by_their_names() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        let error = "Json".parse::<Format>().expect_err("names are lower case").to_string();
        assert_eq!(
            error,
            "there is no format `Json`; choose one of terminal, json, sarif, junit, markdown, github"
        );
    }
}
