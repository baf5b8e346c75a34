//! `coverage`: what the reports of coverage say of the lines that the change brings, and of all.

mod lines;

use super::reports::{globs, pick, usual};
use super::select::Paths;
use super::{Check, Kind, build, schema};
use crate::evidence::{
    Change, Class, Coverage as Report, File, Keep, Mask, Needs, PatternNeed, ReportBody, ReportKind,
    Selection, View,
};
use crate::words::{Because, Judgement, Truth, Unknown};
use lines::Lines;
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "coverage",
    summary: "The lines that the change brings, or all of them, are covered by tests, as reports of other jobs say.",
    details: "\
Reads lcov, Cobertura, JaCoCo, Clover, the profiles of Go, and the JSON of Istanbul (`coverage-summary.json` for totals), SimpleCov and coverage.py; \
several reports are joined, and a line is covered when one of them says so. Reports are files that the jobs before this one left in the work tree, ignored by git or not; an ignored folder is entered only where a glob names it. Their \
paths are matched with the tree's by the longest end that they share; those that could mean several files are told and left out.

* `changed: 80`: of the lines that the change adds or modifies in product code and that can run, at least so many percent did. Each range of lines \
that did not is a place. True where the change has no such line.
* `total: 70`: of all lines of product code that can run.
* `drop: 1` with `base: GLOBS`: the total is at most so many percent points below that of the reports of the merge base, which a job put there.
* `exists: true`: there is a report.

Unknown without a report, with a report that is older than the commit that is judged (by the time that it names, else by the file's; a report that the repository itself holds \
must be part of the change), and where no report tells of any changed file. True for the merge base.",
    example: "coverage: { changed: 80 }",
    schema: schema::<Coverage>,
    build: build::<Coverage>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Coverage {
    /// Least percent of the change's lines that can run.
    #[schemars(range(min = 0, max = 100))]
    changed: Option<f64>,
    /// Least percent of all lines.
    #[schemars(range(min = 0, max = 100))]
    total: Option<f64>,
    /// Most percent points that the total may lose.
    #[schemars(range(min = 0, max = 100))]
    drop: Option<f64>,
    /// Globs of the merge base's reports, for `drop`.
    base: Option<Paths>,
    /// Whether there must be a report, or none.
    exists: Option<bool>,
    /// Globs of reports; by default the usual places.
    reports: Option<Paths>,
    /// Globs of the files that count; all product code by default.
    #[serde(default)]
    r#in: Paths,
}

impl Check for Coverage {
    fn needs(&self, needs: &mut Needs) {
        needs.reports.extend(globs(self.reports.as_ref(), ReportKind::Coverage));
        if let Some(base) = &self.base {
            needs.reports.extend(base.globs.iter().cloned());
        }
        if self.changed.is_some() {
            needs.patterns.insert(self.code());
        }
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let mut because = Vec::new();
        let parts = [
            self.exists.map(|wanted| self.exists(view, wanted)),
            self.changed.map(|least| self.of_change(view, least)),
            self.total.map(|least| self.of_all(view, least)),
            self.drop.map(|most| self.fallen(view, most)),
        ];
        for part in parts.into_iter().flatten() {
            if part.truth != Truth::True {
                return part;
            }
            because.extend(part.because);
        }
        Judgement::yes(because)
    }
}

impl Coverage {
    /// Lines of the change that hold more than braces: their text, and what of a block can run.
    fn code(&self) -> PatternNeed {
        PatternNeed {
            files: Selection { globs: self.files().globs, classes: vec![Class::Product] },
            regex: r"^.*\w.*$".into(),
            mask: Mask::Comments,
            keep: Keep::Added,
        }
    }

    fn files(&self) -> Paths {
        if self.r#in.globs.is_empty() {
            Paths::new(vec!["**".into()]).unwrap_or_default()
        } else {
            self.r#in.clone()
        }
    }

    fn counts(&self, file: &File) -> bool {
        file.class == Class::Product && self.r#in.set.contains(&file.path)
    }

    /// The reports, without those of the merge base.
    fn paths(&self) -> Paths {
        let mut globs = globs(self.reports.as_ref(), ReportKind::Coverage);
        globs.extend(self.base.iter().flat_map(|base| &base.globs).map(|glob| format!("!{glob}")));
        Paths::new(globs).unwrap_or_else(|_| usual(self.reports.as_ref(), ReportKind::Coverage))
    }

    fn exists(&self, view: &View<'_>, wanted: bool) -> Judgement {
        let paths = self.paths();
        let reports = view.tree.reports.iter().flat_map(|reports| &reports.files);
        let found =
            reports.filter(|one| paths.set.contains(&one.path) && one.body.as_ref().is_ok_and(is_coverage));
        let places: Vec<Because> = found.map(|report| Because::file(&report.path)).take(5).collect();
        let note = || vec![Because::note("there is no report of coverage")];
        let is = !places.is_empty();
        Judgement::new(is == wanted, if is { places } else { note() })
    }

    fn of_change(&self, view: &View<'_>, least: f64) -> Judgement {
        view.change.judge(Judgement::yes, |change| {
            let touched: Vec<&File> = self.touched(view, change).collect();
            if touched.is_empty() {
                return Judgement::yes(vec![Because::note(
                    "the change touches no code that could be covered",
                )]);
            }
            let picked = match pick(view, ReportKind::Coverage, &self.paths(), coverage) {
                Ok(picked) => picked,
                Err(judgement) => return judgement,
            };
            let lines = Lines::of(view.tree, &picked.reports);
            let pattern = view.patterns.get(&self.code());
            let measured = lines.changed(&touched, change, pattern);
            let mut notes: Vec<Because> =
                picked.because().chain(lines.ambiguous().map(Because::note)).collect();
            notes.extend(measured.unmeasured().map(Because::note));
            if !measured.any() {
                let reason = match lines.ambiguous() {
                    Some(ambiguous) => format!("no report tells of a changed file; {ambiguous}"),
                    None => format!(
                        "no report tells of a changed file: {} of {} in {}",
                        lines.located(),
                        "their files are in the tree",
                        picked.reports.first().map_or("", |(report, _)| report.path.as_str())
                    ),
                };
                return Judgement::unknown(Unknown::because(reason));
            }
            let (covered, all) = measured.count();
            if all == 0 {
                let mut because = vec![Because::note("no changed line can run")];
                because.extend(notes);
                return Judgement::yes(because);
            }
            let percent = percent(covered, all);
            let told =
                format!("{covered} of {all} changed lines are covered ({percent:.0} %, at least {least} %)");
            let mut because = vec![Because::note(told)];
            because.extend(notes);
            if percent >= least {
                return Judgement::yes(because);
            }
            because.extend(measured.places(covered, all, least));
            Judgement::no(because)
        })
    }

    /// Product code with lines that the change brings.
    fn touched<'a>(&self, view: &View<'a>, change: &'a Change) -> impl Iterator<Item = &'a File> {
        let tree = view.tree;
        let files =
            change.files.iter().filter(|file| !file.added.is_empty() && file.code_differs == Some(true));
        files.filter_map(|file| tree.file(&file.path)).filter(|file| self.counts(file))
    }

    fn of_all(&self, view: &View<'_>, least: f64) -> Judgement {
        let picked = match pick(view, ReportKind::Coverage, &self.paths(), coverage) {
            Ok(picked) => picked,
            Err(judgement) => return judgement,
        };
        let lines = Lines::of(view.tree, &picked.reports);
        let Some((covered, all)) = lines.total(|file| self.counts(file)) else {
            return Judgement::unknown(Unknown::because(
                "the reports tell of no line of the tree's product code",
            ));
        };
        let percent = percent(covered, all);
        let note = format!("{covered} of {all} lines are covered ({percent:.1} %, at least {least} %)");
        Judgement::new(
            percent >= least,
            std::iter::once(Because::note(note)).chain(picked.because()).collect(),
        )
    }

    fn fallen(&self, view: &View<'_>, most: f64) -> Judgement {
        let base = self.base.clone().unwrap_or_default();
        let Some(reports) = &view.tree.reports else {
            return Judgement::yes(vec![Because::note("reports tell of the head, not of the merge base")]);
        };
        // These are older than the head, as they have to be.
        let before = reports.files.iter().filter(|report| base.set.contains(&report.path));
        let before: Vec<_> =
            before.filter_map(|report| Some((report, coverage(report.body.as_ref().ok()?)?))).collect();
        if self.base.is_none() || before.is_empty() {
            let reason =
                "there is no report of the merge base (`base`), so whether coverage drops is not known";
            return Judgement::unknown(Unknown::because(reason));
        }
        let picked = match pick(view, ReportKind::Coverage, &self.paths(), coverage) {
            Ok(picked) => picked,
            Err(judgement) => return judgement,
        };
        let total = |reports: &[_]| Lines::of(view.tree, reports).total(|file| self.counts(file));
        let Some(((covered, all), (was, of))) = total(&picked.reports).zip(total(&before)) else {
            return Judgement::unknown(Unknown::because(
                "the reports tell of no line of the tree's product code",
            ));
        };
        let (now, was) = (percent(covered, all), percent(was, of));
        let note =
            format!("{now:.1} % of all lines are covered, {was:.1} % before (at most {most} points less)");
        Judgement::new(now + most >= was, vec![Because::note(note)])
    }
}

fn is_coverage(body: &ReportBody) -> bool {
    coverage(body).is_some()
}

fn coverage(body: &ReportBody) -> Option<&Report> {
    match body {
        ReportBody::Coverage(coverage) => Some(coverage),
        _ => None,
    }
}

#[allow(clippy::cast_precision_loss, reason = "nobody has 2^52 lines")]
fn percent(part: u64, all: u64) -> f64 {
    if all == 0 { 100.0 } else { part as f64 * 100.0 / all as f64 }
}
