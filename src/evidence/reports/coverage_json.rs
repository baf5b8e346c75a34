//! Coverage in JSON: Istanbul (with and without lines), SimpleCov, coverage.py.

use super::coverage::{Collector, Coverage};
use super::json;
use super::stamp::{epoch, stamp};
use serde::Deserialize;
use std::collections::BTreeMap;

pub(super) fn read(text: &str) -> Result<(Coverage, Option<i64>), String> {
    let has = |key: &str| text.contains(&format!("\"{key}\""));
    if has("statementMap") {
        istanbul(text).map(|coverage| (coverage, None))
    } else if has("executed_lines") {
        coverage_py(text)
    } else if has("coverage") {
        simplecov(text)
    } else if has("total") && has("pct") {
        summary(text).map(|coverage| (coverage, None))
    } else {
        Err("it is none of the JSON reports that are known".to_owned())
    }
}

#[derive(Deserialize)]
struct IstanbulFile {
    #[serde(default)]
    path: Option<String>,
    #[serde(rename = "statementMap", default)]
    statements: BTreeMap<String, Range>,
    #[serde(rename = "s", default)]
    hits: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Range {
    start: Place,
}

#[derive(Deserialize)]
struct Place {
    line: Option<u32>,
}

/// A line counts by the statements that start on it.
fn istanbul(text: &str) -> Result<Coverage, String> {
    let files: BTreeMap<String, IstanbulFile> = json(text)?;
    let mut found = Collector::default();
    for (key, file) in files {
        let path = file.path.as_deref().unwrap_or(&key);
        found.file(path);
        for (id, range) in &file.statements {
            let ran = file.hits.get(id).is_some_and(|hits| *hits > 0.0);
            found.line(path, range.start.line.unwrap_or(0), ran)?;
        }
    }
    Ok(found.finish())
}

#[derive(Deserialize)]
struct Summary {
    total: Metrics,
}

#[derive(Deserialize)]
struct Metrics {
    lines: Counted,
}

#[derive(Deserialize)]
struct Counted {
    total: u64,
    covered: u64,
}

/// Totals alone.
fn summary(text: &str) -> Result<Coverage, String> {
    let Counted { covered, total } = json::<Summary>(text)?.total.lines;
    Ok(Coverage { total: Some((covered, total)), ..Coverage::default() })
}

#[derive(Deserialize)]
struct CoveragePy {
    #[serde(default)]
    meta: PyMeta,
    files: BTreeMap<String, PyFile>,
}

#[derive(Default, Deserialize)]
struct PyMeta {
    timestamp: Option<String>,
}

#[derive(Deserialize)]
struct PyFile {
    executed_lines: Vec<u32>,
    missing_lines: Vec<u32>,
}

fn coverage_py(text: &str) -> Result<(Coverage, Option<i64>), String> {
    let report: CoveragePy = json(text)?;
    let mut found = Collector::default();
    for (path, file) in &report.files {
        found.file(path);
        for (lines, ran) in [(&file.executed_lines, true), (&file.missing_lines, false)] {
            for line in lines {
                found.line(path, *line, ran)?;
            }
        }
    }
    Ok((found.finish(), report.meta.timestamp.as_deref().and_then(stamp)))
}

/// A file of SimpleCov: its lines, bare in old versions.
#[derive(Deserialize)]
#[serde(untagged)]
enum RubyFile {
    Lines { lines: Vec<Hits> },
    Bare(Vec<Hits>),
}

/// `null` for a line that cannot run, `"ignored"` for one that is left out on purpose.
#[derive(Deserialize)]
#[serde(untagged)]
enum Hits {
    Count(f64),
    #[allow(dead_code, reason = "only that it is no number counts")]
    Other(Option<String>),
}

#[derive(Deserialize)]
struct Run {
    coverage: BTreeMap<String, RubyFile>,
    timestamp: Option<i64>,
}

/// `coverage.json` holds one run, `.resultset.json` one for each suite by name.
fn simplecov(text: &str) -> Result<(Coverage, Option<i64>), String> {
    let runs: Vec<Run> = match json::<Run>(text) {
        Ok(run) => vec![run],
        Err(_) => json::<BTreeMap<String, Run>>(text)?.into_values().collect(),
    };
    let mut found = Collector::default();
    for (path, file) in runs.iter().flat_map(|run| &run.coverage) {
        let (RubyFile::Lines { lines } | RubyFile::Bare(lines)) = file;
        found.file(path);
        for (line, hits) in (1_u32..).zip(lines) {
            if let Hits::Count(hits) = hits {
                found.line(path, line, *hits > 0.0)?;
            }
        }
    }
    // The oldest suite is merged into the rest.
    let made = runs.iter().filter_map(|run| run.timestamp).min().and_then(epoch);
    Ok((found.finish(), made))
}
