//! `load_test`: how a system held under load, against budgets.

use super::reports::{globs, pick, usual};
use super::select::Paths;
use super::{Check, Kind, build, schema};
use crate::evidence::{LoadTest, Needs, Report, ReportBody, ReportKind, View};
use crate::words::{Because, Judgement, Truth, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "load_test",
    summary: "A load test of another job met its thresholds and these budgets.",
    details: "\
Reads the summaries of k6 (`--summary-export`, or the data of `handleSummary`) and of Gatling (`js/stats.json`, `js/global_stats.json`). Reports are files that the jobs before this one left in the work tree, ignored by git or not; \
an ignored folder is entered only where a glob names it.

* `thresholds: true`: every threshold of the test itself was met, and there is one; what is meant where no budget is given.
* `p50`, `p90`, `p95`, `p99`, `mean`: most milliseconds of a response.
* `error_rate: 1`: most percent of requests that fail.
* `requests_per_second: 50`: least.

Several reports must all hold. Unknown without a report, with one that is older than the commit that is judged, and where a report does not tell of what a budget is for. True for the merge base.",
    example: "load_test: { p95: 300, error_rate: 1 }",
    schema: schema::<Load>,
    build: build::<Load>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Load {
    /// Globs of reports; by default the usual places.
    reports: Option<Paths>,
    /// Whether the test's own thresholds must be met.
    thresholds: Option<bool>,
    /// Most milliseconds of half the responses.
    p50: Option<f64>,
    /// Most milliseconds of 90 % of the responses.
    p90: Option<f64>,
    /// Most milliseconds of 95 % of the responses.
    p95: Option<f64>,
    /// Most milliseconds of 99 % of the responses.
    p99: Option<f64>,
    /// Most milliseconds of a response on average.
    mean: Option<f64>,
    /// Most percent of requests that fail.
    error_rate: Option<f64>,
    /// Fewest requests in a second.
    requests_per_second: Option<f64>,
}

/// A budget: what it is for, the limit, whether it is a least one, and what was measured.
struct Budget {
    what: &'static str,
    unit: &'static str,
    limit: f64,
    least: bool,
    measured: Option<f64>,
}

impl Check for Load {
    fn needs(&self, needs: &mut Needs) {
        needs.reports.extend(globs(self.reports.as_ref(), ReportKind::Load));
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let paths = usual(self.reports.as_ref(), ReportKind::Load);
        let picked = match pick(view, ReportKind::Load, &paths, load) {
            Ok(picked) => picked,
            Err(judgement) => return judgement,
        };
        let (mut good, mut bad, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for (report, test) in &picked.reports {
            self.thresholds(report, test, &mut good, &mut bad, &mut unknown);
            for budget in self.budgets(test) {
                let Some(measured) = budget.measured else {
                    unknown
                        .push(Unknown::because(format!("{} does not tell its {}", report.path, budget.what)));
                    continue;
                };
                let (side, holds) = if budget.least {
                    ("at least", measured >= budget.limit)
                } else {
                    ("at most", measured <= budget.limit)
                };
                let Budget { what, unit, limit, .. } = budget;
                let note = Because::note(format!(
                    "{what} {measured:.1}{unit}, {side} {limit}{unit} ({})",
                    report.path
                ));
                if holds { good.push(note) } else { bad.push(note) }
            }
        }
        if !bad.is_empty() {
            return Judgement::no(bad.into_iter().chain(picked.because()).collect());
        }
        if !unknown.is_empty() {
            return Judgement { truth: Truth::Unknown, because: good, unknown };
        }
        Judgement::yes(good.into_iter().chain(picked.because()).collect())
    }
}

impl Load {
    fn budgets(&self, test: &LoadTest) -> Vec<Budget> {
        let percentile = |number: &str| {
            let median = || if number == "50" { test.median } else { None };
            test.percentiles.get(number).copied().or_else(median)
        };
        let all = [
            ("p50", " ms", self.p50, false, percentile("50")),
            ("p90", " ms", self.p90, false, percentile("90")),
            ("p95", " ms", self.p95, false, percentile("95")),
            ("p99", " ms", self.p99, false, percentile("99")),
            ("mean response time", " ms", self.mean, false, test.mean),
            ("error rate", " %", self.error_rate, false, test.error_rate),
            ("requests per second", "", self.requests_per_second, true, test.requests_per_second),
        ];
        let budget = |(what, unit, limit, least, measured)| {
            Some(Budget { what, unit, limit: Option::<f64>::clone(&limit)?, least, measured })
        };
        all.into_iter().filter_map(budget).collect()
    }

    fn thresholds(
        &self,
        report: &Report,
        test: &LoadTest,
        good: &mut Vec<Because>,
        bad: &mut Vec<Because>,
        unknown: &mut Vec<Unknown>,
    ) {
        let wanted = self.thresholds.unwrap_or_else(|| self.budgets(&LoadTest::default()).is_empty());
        if !wanted {
            return;
        }
        let missed = test.thresholds.iter().filter(|threshold| !threshold.passed);
        let missed: Vec<Because> = missed
            .map(|threshold| {
                Because::note(format!("the threshold `{}` was crossed ({})", threshold.says, report.path))
            })
            .collect();
        if test.thresholds.is_empty() {
            unknown.push(Unknown::because(format!(
                "{} has no thresholds of its own; give a budget",
                report.path
            )));
        } else if missed.is_empty() {
            good.push(Because::note(format!(
                "all {} thresholds of {} were met",
                test.thresholds.len(),
                report.path
            )));
        }
        bad.extend(missed);
    }
}

fn load(body: &ReportBody) -> Option<&LoadTest> {
    match body {
        ReportBody::Load(load) => Some(load),
        _ => None,
    }
}
