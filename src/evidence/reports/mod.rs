//! Reports that other jobs leave: coverage, tests, static analysis, load tests. Text in, model out.
//!
//! Which format a report has is told by its content, never by its name. Must not decide whether a report is good enough.

mod advice;
mod coverage;
mod coverage_json;
mod coverage_lines;
mod coverage_xml;
mod junit;
mod load;
mod locate;
mod sarif;
mod stamp;

pub use advice::{ReportKind, how_to_make, report_globs};
pub use coverage::{Coverage, CoveredFile};
pub use junit::{TestCase, TestOutcome, TestReport};
pub use load::{LoadTest, Threshold};
pub use locate::{Located, Locator};
pub use sarif::{Sarif, SarifLevel, SarifResult};

use super::change::Change;
use serde::de::DeserializeOwned;

/// Values that are kept of one report: lines, tests, results.
const MAX_VALUES: usize = 4_000_000;

/// What other jobs left beside a tree.
#[derive(Debug, Default)]
pub struct Reports {
    /// In order of path.
    pub files: Vec<Report>,
    /// When the commit that is judged was made, in seconds; none without a commit.
    pub head: Option<i64>,
}

/// One report.
#[derive(Debug)]
pub struct Report {
    /// Where it lies.
    pub path: String,
    /// Whether the repository itself holds it.
    pub tracked: bool,
    /// When it was made at the latest, in seconds: what it says itself, else when the file was written.
    pub made: Option<i64>,
    /// What it says, or why it cannot be read.
    pub body: Result<ReportBody, String>,
}

/// What a report says.
#[derive(Debug)]
pub enum ReportBody {
    /// Which lines ran in tests.
    Coverage(Coverage),
    /// Which tests passed.
    Tests(TestReport),
    /// What an analysis found.
    Sarif(Sarif),
    /// How a system held under load.
    Load(LoadTest),
}

impl Report {
    /// Reads a report. `written`: when the file was, where that means something.
    pub fn new(path: String, text: Result<&str, String>, tracked: bool, written: Option<i64>) -> Self {
        match text.and_then(read) {
            Ok((body, made)) => Self { path, tracked, made: made.or(written), body: Ok(body) },
            Err(reason) => Self { path, tracked, made: written, body: Err(reason) },
        }
    }
}

impl Reports {
    /// Why the report does not tell of what is judged; none where it does, as far as one can know.
    pub fn stale(&self, report: &Report, change: Option<&Change>) -> Option<&'static str> {
        if let Some(made) = report.made {
            let old = self.head.is_some_and(|head| made < head);
            return old.then_some("is older than the commit that is judged");
        }
        // What is committed was made before; only a change that brings it anew can have made it for itself.
        let kept = report.tracked && change.is_some_and(|change| change.file(&report.path).is_none());
        kept.then_some("is a file of the repository that the change leaves as it was")
    }
}

/// The report with the time that it says it was made at.
fn read(text: &str) -> Result<(ReportBody, Option<i64>), String> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    match text.as_bytes().first() {
        Some(b'<') => match super::xml::root(text).as_deref() {
            Some("coverage" | "report") => {
                coverage_xml::read(text).map(|(body, made)| (ReportBody::Coverage(body), made))
            }
            Some("testsuites" | "testsuite") => {
                junit::read(text).map(|(body, made)| (ReportBody::Tests(body), made))
            }
            _ => Err("it is none of the XML reports that are known".to_owned()),
        },
        Some(b'{') => read_json(text),
        Some(_) => coverage_lines::read(text).map(|body| (ReportBody::Coverage(body), None)),
        None => Err("it is empty".to_owned()),
    }
}

/// Keys tell who wrote it; the reader of that format decides.
fn read_json(text: &str) -> Result<(ReportBody, Option<i64>), String> {
    let has = |keys: &[&str]| keys.iter().all(|key| text.contains(&format!("\"{key}\"")));
    if has(&["runs", "version"]) {
        sarif::read(text).map(|(body, made)| (ReportBody::Sarif(body), made))
    } else if has(&["metrics"]) && !has(&["executed_lines"]) || has(&["numberOfRequests"]) {
        load::read(text).map(|body| (ReportBody::Load(body), None))
    } else {
        coverage_json::read(text).map(|(body, made)| (ReportBody::Coverage(body), made))
    }
}

/// JSON as a type of ours; what it does not name is skipped.
fn json<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("it cannot be read: {error}"))
}

#[cfg(test)]
mod tests;
