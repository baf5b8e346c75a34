//! The XML of `JUnit`, for dashboards that count tests: one case for each rule.
//!
//! Only what blocks is a failure, so that the file and the exit code say the same. What was not decided, or is accepted,
//! is skipped, with the reason.

use super::model::Report;
use super::outline::{Entry, outline};
use super::phrases;
use crate::findings::RuleResult;
use crate::text;
use crate::words::{Outcome, Stage, Verdict};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::collections::HashMap;
use std::io;

/// Places told of one rule.
const MAX_PLACES: usize = 50;
/// Characters of a text.
const MAX_TEXT: usize = 1_500;

type Xml = Writer<Vec<u8>>;

/// The report as XML, with a newline at the end.
pub(super) fn render(report: &Report) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing into a vector cannot fail.
    drop(document(&mut xml, report));
    let mut text = String::from_utf8(xml.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

fn document(xml: &mut Xml, report: &Report) -> io::Result<()> {
    let outline = outline(report);
    let groups = [
        &outline.blocking,
        &outline.introduced,
        &outline.uncompared,
        &outline.existing,
        &outline.unknown,
        &outline.waived,
    ];
    let entries: HashMap<*const RuleResult, &Entry<'_>> =
        groups.into_iter().flatten().map(|entry| (std::ptr::from_ref(entry.rule), entry)).collect();
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all: Vec<&RuleResult> = report.rules.iter().collect();
    let undecided = report.verdict == Verdict::Undecided;
    let suites = xml.create_element("testsuites").with_attribute(("name", &*report.tool.name));
    let suites =
        suites.with_attributes(counts(&all, undecided).iter().map(|(name, count)| (*name, count.as_str())));
    suites.write_inner_content(|xml| {
        for stage in Stage::ALL {
            let of_stage: Vec<&RuleResult> = report.rules.iter().filter(|rule| rule.stage == stage).collect();
            suite(xml, stage, &of_stage, &entries)?;
        }
        if undecided { broken(xml, report) } else { Ok(()) }
    })?;
    Ok(())
}

fn suite(
    xml: &mut Xml,
    stage: Stage,
    rules: &[&RuleResult],
    entries: &HashMap<*const RuleResult, &Entry<'_>>,
) -> io::Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    let counts = counts(rules, false);
    let suite = xml.create_element("testsuite").with_attribute(("name", stage.name()));
    let suite = suite.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())));
    suite.write_inner_content(|xml| {
        rules.iter().try_for_each(|rule| case(xml, rule, entries.get(&std::ptr::from_ref(*rule)).copied()))
    })?;
    Ok(())
}

fn counts(rules: &[&RuleResult], undecided: bool) -> Vec<(&'static str, String)> {
    let count = |kind: Kind| rules.iter().filter(|rule| Kind::of(rule) == kind).count();
    let broken = usize::from(undecided);
    vec![
        ("tests", (rules.len() + broken).to_string()),
        ("failures", count(Kind::Failure).to_string()),
        ("errors", broken.to_string()),
        ("skipped", count(Kind::Skipped).to_string()),
    ]
}

/// What a case comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Passed,
    Failure,
    Skipped,
}

impl Kind {
    fn of(rule: &RuleResult) -> Self {
        match rule.outcome {
            _ if rule.blocking => Self::Failure,
            Outcome::Pass => Self::Passed,
            Outcome::Fail | Outcome::NotApplicable | Outcome::Unknown | Outcome::Waived => Self::Skipped,
        }
    }
}

fn case(xml: &mut Xml, rule: &RuleResult, entry: Option<&Entry<'_>>) -> io::Result<()> {
    let class = format!("{}.{}", rule.stage.name(), plain(&phrases::id(rule)));
    let name = if rule.title.trim().is_empty() { plain(&rule.id) } else { line(&rule.title) };
    let case = xml
        .create_element("testcase")
        .with_attributes([("classname", class.as_str()), ("name", name.as_str())]);
    match Kind::of(rule) {
        Kind::Passed => {
            case.write_empty()?;
        }
        Kind::Skipped => {
            let why = line(&skipped(rule));
            case.write_inner_content(|xml| {
                xml.create_element("skipped").with_attribute(("message", why.as_str())).write_empty()?;
                Ok(())
            })?;
        }
        Kind::Failure => {
            let message = line(phrases::what(rule));
            let body = entry.map(body).unwrap_or_default();
            case.write_inner_content(|xml| {
                let failure = xml.create_element("failure");
                let failure =
                    failure.with_attributes([("message", message.as_str()), ("type", rule.severity.name())]);
                failure.write_text_content(BytesText::new(&body))?;
                Ok(())
            })?;
        }
    }
    Ok(())
}

fn skipped(rule: &RuleResult) -> String {
    match rule.outcome {
        Outcome::Waived => {
            let terms =
                rule.waiver.as_ref().map(|waiver| format!(" until {}: {}", waiver.until, waiver.reason));
            format!("waived{}", terms.unwrap_or_default())
        }
        Outcome::NotApplicable => format!("not applicable: {}", rule.message),
        Outcome::Unknown => format!("unknown: {}", phrases::what(rule)),
        Outcome::Fail | Outcome::Pass => format!("fails, not blocking: {}", rule.message),
    }
}

/// Places, reason and fix as plain text.
fn body(entry: &Entry<'_>) -> String {
    let mut lines = Vec::new();
    for finding in entry.findings.iter().take(MAX_PLACES) {
        let place = phrases::place(finding).unwrap_or_else(|| "the repository".to_owned());
        lines.push(line(&format!("{place}  {}", phrases::detail(entry.rule, finding))));
    }
    let more = entry.findings.len().saturating_sub(MAX_PLACES);
    if more > 0 {
        lines.push(text::counted(more, "more place"));
    }
    for (label, part) in [("Why", &entry.rule.why), ("Fix", &entry.rule.fix)] {
        if !part.trim().is_empty() {
            lines.push(format!("{label}: {}", plain(&text::cut(part.trim_end(), MAX_TEXT))));
        }
    }
    lines.join("\n")
}

fn broken(xml: &mut Xml, report: &Report) -> io::Result<()> {
    let suite = xml.create_element("testsuite");
    let suite = suite.with_attributes([
        ("name", "verdict"),
        ("tests", "1"),
        ("failures", "0"),
        ("errors", "1"),
        ("skipped", "0"),
    ]);
    let reasons: Vec<String> = report.undecided_because.iter().map(|reason| line(reason)).collect();
    suite.write_inner_content(|xml| {
        let case = xml
            .create_element("testcase")
            .with_attributes([("classname", "verdict"), ("name", "The gate could decide")]);
        case.write_inner_content(|xml| {
            let headline = phrases::headline(report);
            let error = xml.create_element("error").with_attribute(("message", headline.as_str()));
            error.write_text_content(BytesText::new(&reasons.join("\n")))?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn line(words: &str) -> String {
    legal(&text::one_line(words, MAX_TEXT))
}

fn plain(words: &str) -> String {
    legal(&words.lines().map(text::visible).collect::<Vec<_>>().join("\n"))
}

/// Controls are spelled out by now; XML forbids two more characters.
fn legal(words: &str) -> String {
    words.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
