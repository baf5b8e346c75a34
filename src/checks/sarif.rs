//! `sarif`: what the analyses of other jobs found.

use super::reports::{globs, pick, usual};
use super::select::Paths;
use super::{Check, Kind, build, schema};
use crate::evidence::{
    Change, Located, Locator, Needs, OneOrMany, Report, ReportBody, ReportKind, Sarif as Log, SarifLevel,
    SarifResult, View,
};
use crate::words::{Because, Judgement, Known, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "sarif",
    summary: "The analyses that other jobs ran found nothing of this level.",
    details: "\
Reads SARIF 2.1.0. Results that are suppressed, that passed, and that are gone since a baseline are left out. Each other one at or above `level` is a place; its path is matched with the \
tree's by the longest end that they share. Reports are files that the jobs before this one left in the work tree, ignored by git or not; an ignored folder is entered only where a glob names it.

* `level: error` (the default), `warning` or `note`: from which level on a result counts. Where a result names none, its rule does.
* `tool: CodeQL`: only results of these tools; there must be a report of each.
* `lines: added`: only results on lines that the change adds; those without a line are left out.

Unknown without a report, and with one that is older than the commit that is judged. True for the merge base, so that a result counts as new: give `lines: added` \
where old results may stay.",
    example: "sarif: { level: error, lines: added }",
    schema: schema::<Sarif>,
    build: build::<Sarif>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Sarif {
    /// Globs of reports; by default all `*.sarif`.
    reports: Option<Paths>,
    /// Names of the tools whose results count.
    tool: Option<OneOrMany<String>>,
    /// From which level on.
    #[serde(default = "error")]
    level: SarifLevel,
    /// Which lines count.
    #[serde(default)]
    lines: Which,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    /// All.
    #[default]
    All,
    /// Those that the change adds.
    Added,
}

fn error() -> SarifLevel {
    SarifLevel::Error
}

impl Check for Sarif {
    fn needs(&self, needs: &mut Needs) {
        needs.reports.extend(globs(self.reports.as_ref(), ReportKind::Sarif));
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let change = match (self.lines, view.change) {
            (Which::All, _) => None,
            (Which::Added, Known::Known(change)) => Some(change),
            (Which::Added, Known::Absent(reason)) => return Judgement::yes(vec![Because::note(reason)]),
            (Which::Added, Known::Unknown(unknown)) => return Judgement::unknown(unknown.clone()),
        };
        let paths = usual(self.reports.as_ref(), ReportKind::Sarif);
        let picked = match pick(view, ReportKind::Sarif, &paths, log) {
            Ok(picked) => picked,
            Err(judgement) => return judgement,
        };
        let ran: Vec<&str> =
            picked.reports.iter().flat_map(|(_, log)| &log.tools).map(String::as_str).collect();
        if let Some(missing) = self.tools().find(|tool| !ran.iter().any(|ran| ran.eq_ignore_ascii_case(tool)))
        {
            let reason = format!("there is no report of {missing}, only of {}", ran.join(", "));
            return Judgement::unknown(Unknown::because(reason));
        }
        let locator = Locator::new(view.tree);
        let all =
            picked.reports.iter().flat_map(|(report, log)| log.results.iter().map(move |one| (*report, one)));
        let bad: Vec<Because> = all
            .filter(|(_, one)| one.level >= self.level && self.takes(&one.tool))
            .filter_map(|(report, one)| place(&locator, report, one, change))
            .collect();
        let mut because: Vec<Because> = picked.because().collect();
        if bad.is_empty() {
            because.push(Because::note(format!("{} found nothing that counts", ran.join(", "))));
            return Judgement::yes(because);
        }
        because.extend(bad);
        Judgement::no(because)
    }
}

impl Sarif {
    fn tools(&self) -> impl Iterator<Item = &String> {
        self.tool.iter().flat_map(|tools| &tools.0)
    }

    fn takes(&self, tool: &str) -> bool {
        self.tool.is_none() || self.tools().any(|one| one.eq_ignore_ascii_case(tool))
    }
}

fn log(body: &ReportBody) -> Option<&Log> {
    match body {
        ReportBody::Sarif(log) => Some(log),
        _ => None,
    }
}

/// Where the result is; with a change only what lies on its lines.
fn place(
    locator: &Locator<'_>,
    report: &Report,
    one: &SarifResult,
    change: Option<&Change>,
) -> Option<Because> {
    let note = format!("{} ({} {})", one.message, one.tool, one.rule);
    let file = one.path.as_deref().map(|path| (path, locator.find(&report.path, path)));
    let line = one.line.filter(|line| *line > 0);
    let last = one.end_line.unwrap_or(0).max(line.unwrap_or(0));
    match (file, change) {
        (Some((_, Located::File(file))), None) => Some(match line {
            Some(line) => Because {
                end_line: (last > line).then_some(last),
                ..Because::line(file, line, &one.rule).noted(note)
            },
            None => Because { text: Some(one.rule.clone()), ..Because::file(file).noted(note) },
        }),
        (Some((_, Located::File(file))), Some(change)) => {
            let line = line?;
            change.file(file).filter(|file| file.added.touches(line, last))?;
            Some(Because {
                end_line: (last > line).then_some(last),
                ..Because::line(file, line, &one.rule).noted(note)
            })
        }
        (_, Some(_)) => None,
        (Some((path, _)), None) => Some(Because::note(format!("{note} in {path}"))),
        (None, None) => Some(Because::note(note)),
    }
}
