//! `test_report`: how the tests of other jobs came out.

use super::reports::{globs, pick, usual};
use super::select::Paths;
use super::{Check, Kind, build, schema};
use crate::evidence::{
    Located, Locator, Needs, Report, ReportBody, ReportKind, TestCase, TestOutcome, TestReport, View,
};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "test_report",
    summary: "The tests that other jobs ran passed, and there were enough of them.",
    details: "\
Reads JUnit XML, which nearly every runner of tests can write, suites in suites and several files. A test that failed and then passed is flaky, not failed. \
Reports are files that the jobs before this one left in the work tree, ignored by git or not; an ignored folder is entered only where a glob names it.

* `failed: 0`: at most so many tests fail or break; what is meant where no limit is given. Each is a place where the report names its file or class, else a line of the message.
* `tests: 100`: at least so many ran.
* `skipped: 5`, `flaky: 0`: at most so many.

Unknown without a report, and with one that is older than the commit that is judged. True for the merge base.",
    example: "test_report: { failed: 0, tests: 1 }",
    schema: schema::<TestReports>,
    build: build::<TestReports>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TestReports {
    /// Globs of reports; by default the usual places.
    reports: Option<Paths>,
    /// Most tests that fail.
    failed: Option<usize>,
    /// Fewest tests that ran.
    tests: Option<usize>,
    /// Most tests that are left out.
    skipped: Option<usize>,
    /// Most tests that failed first.
    flaky: Option<usize>,
}

impl Check for TestReports {
    fn needs(&self, needs: &mut Needs) {
        needs.reports.extend(globs(self.reports.as_ref(), ReportKind::Tests));
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let paths = usual(self.reports.as_ref(), ReportKind::Tests);
        let picked = match pick(view, ReportKind::Tests, &paths, tests) {
            Ok(picked) => picked,
            Err(judgement) => return judgement,
        };
        let count = |outcome| picked.reports.iter().map(|(_, report)| report.count(outcome)).sum::<usize>();
        let (failed, skipped, flaky) =
            (count(TestOutcome::Failed), count(TestOutcome::Skipped), count(TestOutcome::Flaky));
        let ran = count(TestOutcome::Passed) + failed + flaky;
        let limitless = self.tests.is_none() && self.skipped.is_none() && self.flaky.is_none();
        let most_failed = self.failed.or_else(|| limitless.then_some(0));
        let over = |limit: Option<usize>, count: usize| limit.is_some_and(|limit| count > limit);
        let note = format!("{ran} tests ran: {failed} failed, {flaky} were flaky, {skipped} were skipped");
        let mut because = vec![Because::note(note)];
        because.extend(picked.because());
        let mut bad = Vec::new();
        let locator = Locator::new(view.tree);
        let mut tell = |outcome, what: &str| {
            let all = picked
                .reports
                .iter()
                .flat_map(|(report, tests)| tests.cases.iter().map(move |case| (*report, case)));
            let these = all.filter(|(_, case)| case.outcome == outcome);
            bad.extend(these.map(|(report, case)| place(&locator, report, case, what)));
        };
        if over(most_failed, failed) {
            tell(TestOutcome::Failed, "fails");
        }
        if over(self.skipped, skipped) {
            tell(TestOutcome::Skipped, "is skipped");
        }
        if over(self.flaky, flaky) {
            tell(TestOutcome::Flaky, "is flaky");
        }
        if let Some(least) = self.tests.filter(|least| ran < *least) {
            bad.push(Because::note(format!("{ran} tests ran, at least {least} should")));
        }
        let good = bad.is_empty();
        because.extend(bad);
        Judgement::new(good, because)
    }
}

fn tests(body: &ReportBody) -> Option<&TestReport> {
    match body {
        ReportBody::Tests(tests) => Some(tests),
        _ => None,
    }
}

fn place(locator: &Locator<'_>, report: &Report, case: &TestCase, what: &str) -> Because {
    let name =
        if case.class.is_empty() { case.name.clone() } else { format!("{} {}", case.class, case.name) };
    let said = if case.message.is_empty() { String::new() } else { format!(": {}", case.message) };
    let note = format!("the test `{}` {what}{said}", name.replace('`', "'"));
    let named = case.file.as_deref().map(|file| locator.find(&report.path, file));
    if let Some(Located::File(file)) = named {
        let line = case.line.filter(|line| *line > 0);
        return match line {
            Some(line) => Because::line(file, line, &case.name).noted(note),
            None => Because { text: Some(case.name.clone()), ..Because::file(file).noted(note) },
        };
    }
    match of_class(locator, report, &case.class) {
        Some(file) => Because { text: Some(case.name.clone()), ..Because::file(file).noted(note) },
        None => Because::note(note),
    }
}

/// The file of a class or module that is named with dots.
fn of_class<'a>(locator: &Locator<'a>, report: &Report, class: &str) -> Option<&'a str> {
    const ENDINGS: [&str; 6] = ["java", "kt", "scala", "groovy", "py", "cs"];
    let class = class.split(['$', ' ']).next()?;
    let mut parts: Vec<&str> = class.split('.').collect();
    if parts.len() > 20 {
        return None;
    }
    while parts.len() > 1 {
        let path = parts.join("/");
        let found =
            ENDINGS.iter().find_map(|ending| match locator.find(&report.path, &format!("{path}.{ending}")) {
                Located::File(file) => Some(file),
                Located::Ambiguous | Located::Nowhere => None,
            });
        if found.is_some() {
            return found;
        }
        parts.pop();
    }
    None
}
