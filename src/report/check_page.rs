//! What a check run shows: a title, the job summary once more, and annotations at their lines.

use super::github::{self, Level};
use super::model::Report;
use super::{Options, markdown, phrases};
use crate::text;

/// `summary` has at most 65,535 characters (github-facts 3); bytes are at least as many.
const MAX_SUMMARY: usize = 65_000;
/// Characters of a title: 255 are allowed for those of annotations.
const MAX_TITLE: usize = 200;
/// A longer path is no file; GitHub refuses a request as a whole for one annotation that it does not like.
const MAX_PATH: usize = 1024;

/// What a check run shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckPage {
    /// The verdict in a line.
    pub title: String,
    /// The report as Markdown.
    pub summary: String,
    /// What is told at a line, the most important first.
    pub annotations: Vec<Annotated>,
}

/// A finding at its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated {
    /// The file.
    pub path: String,
    /// Its first line.
    pub line: u32,
    /// Its last line, not before the first.
    pub end_line: u32,
    /// A column of that line.
    pub column: Option<u32>,
    /// `failure`, `warning` or `notice`.
    pub level: &'static str,
    /// The rule.
    pub title: String,
    /// What is wrong, why, and how to mend it.
    pub message: String,
}

/// The report as a check run shows it.
pub fn check_page(report: &Report, options: &Options) -> CheckPage {
    let options = Options { limit: MAX_SUMMARY, ..options.clone() };
    CheckPage {
        title: headline(report, MAX_TITLE),
        summary: markdown::render(report, &options),
        annotations: github::annotations(report).iter().filter_map(annotated).collect(),
    }
}

/// The verdict in one line of at most so many characters.
pub fn headline(report: &Report, max: usize) -> String {
    text::one_line(&phrases::headline(report), max)
}

fn annotated(annotation: &github::Annotation<'_>) -> Option<Annotated> {
    let finding = annotation.finding?;
    let path =
        finding.path.as_ref().filter(|path| path.len() <= MAX_PATH && text::visible(path) == **path)?;
    let line = finding.line.unwrap_or(1).max(1);
    Some(Annotated {
        path: path.clone(),
        line,
        end_line: finding.end_line.unwrap_or(line).max(line),
        column: finding.column.filter(|column| *column > 0),
        level: match annotation.level {
            Level::Error => "failure",
            Level::Warning => "warning",
            Level::Notice => "notice",
        },
        title: github::title(annotation.rule),
        message: github::message(annotation, 0),
    })
}
