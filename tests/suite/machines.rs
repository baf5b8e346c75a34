//! Reports for programs: SARIF by its published schema and by what code scanning asks for, `JUnit` by what parsers take.

use crate::samples;
use quick_xml::Reader;
use quick_xml::events::Event;
use roadworthy::report::{Format, Options, Report, render};
use serde_json::Value;
use std::collections::BTreeSet;

fn samples() -> Vec<(&'static str, Report)> {
    vec![
        ("clean", samples::clean()),
        ("several", samples::several()),
        ("only-existing", samples::only_existing()),
        ("always", samples::always()),
        ("undecided", samples::undecided()),
        ("no-base", samples::no_base()),
        ("hostile", samples::hostile()),
        ("with-code", samples::with_code()),
        ("unknown-permissions", samples::unknown_permissions()),
        ("many", samples::many(100)),
    ]
}

fn sarif(report: &Report) -> Value {
    serde_json::from_str(&render(report, Format::Sarif, &Options::default())).expect("JSON")
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a Vec<Value> {
    value.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("{pointer} in {value}"))
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} in {value}"))
}

#[test]
fn sarif_and_junit_for_programs() {
    for format in [Format::Sarif, Format::Junit] {
        for (name, report) in [("several", samples::several()), ("undecided", samples::undecided())] {
            let page = render(&report, format, &Options::default());
            insta::assert_snapshot!(format!("{name}.{format}", format = format.name()), page);
        }
    }
}

#[test]
fn sarif_is_valid_by_the_standards_schema() {
    let mut schema: Value = serde_json::from_str(include_str!("../schemas/sarif-2.1.0.json")).unwrap();
    // Its pattern of languages has a bracket too many, which only browsers forgive.
    for part in ["run", "toolComponent"] {
        schema["definitions"][part]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
    }
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (name, report) in samples() {
        let sarif = sarif(&report);
        let errors: Vec<String> =
            schema.iter_errors(&sarif).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
    assert!(!schema.is_valid(&serde_json::json!({ "version": "2.1.0" })), "the schema refuses nothing");
}

#[test]
fn sarif_has_what_code_scanning_asks_for() {
    for (name, report) in samples() {
        let sarif = sarif(&report);
        let rules = list(&sarif, "/runs/0/tool/driver/rules");
        for rule in rules {
            for pointer in ["/id", "/shortDescription/text", "/fullDescription/text", "/help/text"] {
                assert!(!text(rule, pointer).trim().is_empty(), "{name}: {pointer} in {rule}");
            }
            assert!(text(rule, "/fullDescription/text").chars().count() <= 1024);
            assert!(list(rule, "/properties/tags").len() <= 10);
        }
        let mut prints = BTreeSet::new();
        for result in list(&sarif, "/runs/0/results") {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(!text(result, "/message/text").is_empty());
            let uri = text(result, "/locations/0/physicalLocation/artifactLocation/uri");
            assert!(!uri.starts_with('/') && !uri.contains([':', '#', ' ', '\n']), "{name}: {uri}");
            let region = &result["locations"][0]["physicalLocation"]["region"];
            for number in ["startLine", "startColumn", "endLine", "endColumn"] {
                assert!(region[number].as_u64().is_some_and(|number| number > 0), "{name}: {region}");
            }
            let print = text(result, "/partialFingerprints/primaryLocationLineHash");
            assert!(prints.insert((index, uri.to_owned(), print.to_owned())), "{name}: {print} twice");
        }
        assert!(text(&sarif, "/runs/0/automationDetails/id").ends_with('/'));
    }
}

#[test]
fn only_failures_are_results_and_only_what_blocks_is_an_error() {
    let levels = |report: &Report| {
        let sarif = sarif(report);
        let word = |result: &Value, key: &str| result[key].as_str().unwrap_or("-").to_owned();
        let levels = list(&sarif, "/runs/0/results").iter();
        levels
            .map(|result| {
                format!(
                    "{} {} {}",
                    word(result, "ruleId"),
                    word(result, "level"),
                    word(result, "baselineState")
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        levels(&samples::several()),
        [
            "secrets-not-committed error new",
            "secrets-not-committed error new",
            "tests-with-code error new",
            "containers-pinned warning new",
            "alerting note unchanged",
            "secrets-not-committed note unchanged",
        ]
    );
    assert!(levels(&samples::clean()).is_empty() && levels(&samples::unknown_permissions()).is_empty());
    assert_eq!(levels(&samples::no_base()), ["alerting warning -", "metrics warning -", "metrics warning -"]);
}

#[test]
fn a_run_has_no_more_results_than_are_kept() {
    let sarif = sarif(&samples::many(10_000));
    let results = list(&sarif, "/runs/0/results");
    assert_eq!(results.len(), 5_000);
    assert!(results.iter().all(|result| result["level"] == "error"), "the ones that block come first");
}

#[test]
fn what_is_wrong_with_the_repository_stands_at_the_policy() {
    let mut report = samples::only_existing();
    let place = |report: &Report| {
        text(&sarif(report), "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri").to_owned()
    };
    assert_eq!(place(&report), ".github/roadworthy.yml");
    "roadworthy.yml".clone_into(&mut report.policy.sources[0].source);
    assert_eq!(place(&report), "roadworthy.yml");
}

/// Names of the elements, and the text of all of it.
fn elements(xml: &str) -> (Vec<String>, String) {
    let (mut names, mut words) = (Vec::new(), String::new());
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}")) {
            Event::Start(start) | Event::Empty(start) => {
                names.push(start.name().as_ref().to_owned());
                for attribute in start.attributes() {
                    words.push_str(&attribute.unwrap().value);
                }
            }
            Event::Text(text) => words.push_str(&text),
            Event::Eof => return (names, words),
            _ => {}
        }
    }
}

#[test]
fn junit_is_xml_with_one_case_for_each_rule() {
    for (name, report) in samples() {
        let page = render(&report, Format::Junit, &Options::default());
        let (names, words) = elements(&page);
        let count = |wanted: &str| names.iter().filter(|name| *name == wanted).count();
        let broken = usize::from(report.verdict == roadworthy::words::Verdict::Undecided);
        assert_eq!(count("testcase"), report.rules.len() + broken, "{name}");
        assert_eq!((count("failure"), count("error")), (report.summary.blocking, broken), "{name}: {page}");
        assert!(!words.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{name}: {words:?}");
        let known = ["testsuites", "testsuite", "testcase", "failure", "skipped", "error"];
        assert!(names.iter().all(|name| known.contains(&name.as_str())), "{name}: {names:?}");
    }
}
