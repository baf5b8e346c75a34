//! Reports of tests as JUnit writes them, and everybody since: suites in suites, failures, errors, skipped and repeated tests.

use super::MAX_VALUES;
use super::stamp::stamp;
use crate::evidence::xml::{Attributes, Element, walk};
use std::collections::HashMap;

/// Characters of a message that are kept.
const MAX_MESSAGE: usize = 200;

/// A report of tests.
#[derive(Debug, Default)]
pub struct TestReport {
    /// Every test once, in the order of the report.
    pub cases: Vec<TestCase>,
}

/// One test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    /// Its name.
    pub name: String,
    /// The class, module or file that it belongs to.
    pub class: String,
    /// The file that the report names.
    pub file: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
    /// What came of it.
    pub outcome: TestOutcome,
    /// What it says for itself when it fails.
    pub message: String,
}

/// What came of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestOutcome {
    /// It passed.
    Passed,
    /// It failed, or broke.
    Failed,
    /// It was left out.
    Skipped,
    /// It failed and then passed.
    Flaky,
}

impl TestReport {
    /// How many tests came out so.
    pub fn count(&self, outcome: TestOutcome) -> usize {
        self.cases.iter().filter(|case| case.outcome == outcome).count()
    }
}

pub(super) fn read(text: &str) -> Result<(TestReport, Option<i64>), String> {
    let mut reader = Reader::default();
    walk(text, |path, element, _| reader.visit(path, element)).ok_or("it is not well-formed XML")?;
    if reader.cases.len() > MAX_VALUES {
        return Err(format!("it tells of more than {MAX_VALUES} tests"));
    }
    Ok((TestReport { cases: once(reader.cases) }, reader.made))
}

#[derive(Default)]
struct Reader {
    cases: Vec<TestCase>,
    /// The files of the suites that are open, with their depth.
    files: Vec<(usize, String)>,
    made: Option<i64>,
    open: bool,
}

impl Reader {
    fn visit(&mut self, path: &[String], element: &Element<'_>) {
        let last = path.last().map_or("", String::as_str);
        match element {
            Element::Opened(attributes) => self.open(last, path.len(), attributes),
            Element::Text(text) if self.open && matches!(last, "failure" | "error") => self.say(text),
            Element::End if last == "testcase" => self.open = false,
            Element::End if last == "testsuite" => self.files.retain(|(depth, _)| *depth < path.len()),
            _ => {}
        }
    }

    fn open(&mut self, element: &str, depth: usize, attributes: &Attributes) {
        match element {
            "testsuites" | "testsuite" => {
                self.made = self.made.max(attributes.get("timestamp").and_then(stamp));
                if let Some(file) = attributes.get("file").or_else(|| attributes.get("filepath")) {
                    self.files.push((depth, file.to_owned()));
                }
            }
            "testcase" if self.cases.len() <= MAX_VALUES => {
                self.open = true;
                self.cases.push(self.case(attributes));
            }
            _ if self.open => self.happened(element, attributes),
            _ => {}
        }
    }

    fn case(&self, attributes: &Attributes) -> TestCase {
        let get = |name| attributes.get(name).unwrap_or_default().to_owned();
        let suite = self.files.last().map(|(_, file)| file.clone());
        // Google's tests and others tell of what was never run by an attribute.
        let run = !matches!(attributes.get("status"), Some("notrun" | "skipped" | "disabled"));
        TestCase {
            name: get("name"),
            class: get("classname"),
            file: attributes.get("file").map(str::to_owned).or(suite),
            line: attributes.number("line").or_else(|| attributes.number("lineno")),
            outcome: if run { TestOutcome::Passed } else { TestOutcome::Skipped },
            message: String::new(),
        }
    }

    /// What stands inside a test. `rerunFailure` belongs to a test that failed to the end, `flakyFailure` to one that
    /// passed at last.
    fn happened(&mut self, element: &str, attributes: &Attributes) {
        let Some(case) = self.cases.last_mut() else { return };
        match element {
            "failure" | "error" => {
                case.outcome = TestOutcome::Failed;
                if let Some(message) = attributes.get("message") {
                    self.say(message);
                }
            }
            "skipped" | "disabled" if case.outcome == TestOutcome::Passed => {
                case.outcome = TestOutcome::Skipped;
            }
            "flakyFailure" | "flakyError" if case.outcome == TestOutcome::Passed => {
                case.outcome = TestOutcome::Flaky;
            }
            _ => {}
        }
    }

    /// The first line that says something.
    fn say(&mut self, text: &str) {
        let Some(case) = self.cases.last_mut().filter(|case| case.message.is_empty()) else { return };
        let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        case.message = line.chars().take(MAX_MESSAGE).collect();
    }
}

/// Runners that try again write the test once for each try: the last one counts, and is flaky if an earlier one failed.
/// Tests without a class are not told apart well enough for that.
fn once(cases: Vec<TestCase>) -> Vec<TestCase> {
    let mut kept: Vec<TestCase> = Vec::with_capacity(cases.len());
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    for case in cases {
        if case.class.is_empty() || case.name.is_empty() {
            kept.push(case);
            continue;
        }
        let key = (case.class.clone(), case.name.clone());
        let earlier = seen.get(&key).and_then(|at| kept.get_mut(*at));
        match (earlier.map(|one| (one.outcome, one)), case.outcome) {
            (Some((TestOutcome::Failed | TestOutcome::Flaky, one)), TestOutcome::Passed) => {
                *one = TestCase { outcome: TestOutcome::Flaky, ..case };
            }
            (Some((TestOutcome::Failed, one)), TestOutcome::Failed) => *one = case,
            _ => {
                seen.insert(key, kept.len());
                kept.push(case);
            }
        }
    }
    kept
}
