//! The kinds of differences, case by case: `tests/cases/api.yml`.

use super::levels;
use super::*;
use crate::document::{Format, parse};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    kinds: Vec<String>,
    document: Option<[Value; 2]>,
    operation: Option<[Value; 2]>,
    parameter: Option<[Value; 2]>,
    request: Option<[Value; 2]>,
    response: Option<[Value; 2]>,
}

fn cases() -> Vec<Case> {
    serde_yaml::from_str(include_str!("../../../tests/cases/api.yml")).unwrap()
}

impl Case {
    /// The description on one side.
    fn side(&self, at: usize) -> String {
        let json = |schema: &Value| json!({ "content": { "application/json": { "schema": schema } } });
        let operation = |value: Value| json!({ "paths": { "/a": { "post": value } } });
        let document = if let Some(sides) = &self.document {
            sides[at].clone()
        } else if let Some(sides) = &self.operation {
            operation(sides[at].clone())
        } else if let Some(sides) = &self.parameter {
            operation(json!({ "parameters": [{ "name": "q", "in": "query", "schema": sides[at] }] }))
        } else if let Some(sides) = &self.request {
            operation(json!({ "requestBody": json(&sides[at]) }))
        } else {
            operation(json!({ "responses": { "200": json(&self.response.as_ref().unwrap()[at]) } }))
        };
        serde_json::to_string_pretty(&document).unwrap()
    }
}

fn differences(before: &str, after: &str) -> Vec<Difference> {
    let parsed = |text: &str| parse(Format::Json, text).unwrap();
    let (before, after) = (parsed(before), parsed(after));
    let (before, after) = (Documents::new([("a.json", &before)]), Documents::new([("a.json", &after)]));
    compare(&before, "a.json", &after, "a.json", NaiveDate::from_ymd_opt(2026, 1, 1).unwrap())
}

#[test]
fn differences_come_out_as_the_cases_say() {
    for case in cases() {
        let found = differences(&case.side(0), &case.side(1));
        let kinds: BTreeSet<&str> = found.iter().map(|one| one.kind.as_str()).collect();
        let expected: BTreeSet<&str> = case.kinds.iter().map(String::as_str).collect();
        assert_eq!(kinds, expected, "{}: {found:#?}", case.name);
    }
}

#[test]
fn every_kind_of_the_table_has_a_case_and_no_case_another_kind() {
    let cases = cases();
    let named: BTreeSet<&str> = cases.iter().flat_map(|case| &case.kinds).map(String::as_str).collect();
    let written = |kind: &str| ["parameter", "body", "property"].map(|place| kind.replace("{}", place));
    let mut known = BTreeSet::new();
    let ours = |kind: &str| !kind.starts_with("graphql-") && !kind.starts_with("proto-");
    for (kind, _) in levels::all().into_iter().filter(|(kind, _)| ours(kind)) {
        let forms = written(&kind);
        assert!(forms.iter().any(|form| named.contains(form.as_str())), "no case for {kind}");
        known.extend(forms);
    }
    for kind in named {
        assert!(known.contains(kind), "{kind} is not in the table");
    }
}

#[test]
fn places_are_lines_of_the_newer_side() {
    let before = "{\n \"paths\": {\n  \"/a\": {\n   \"get\": {},\n   \"put\": {}\n  }\n }\n}";
    let after = "{\n \"paths\": {\n  \"/a\": {\n   \"put\": {\n    \"requestBody\": {\"required\": true}\n   }\n  }\n }\n}";
    let found: Vec<_> = differences(before, after).into_iter().map(|one| (one.kind, one.line)).collect();
    assert_eq!(found, [("operation-removed".to_owned(), 3), ("request-body-added-required".to_owned(), 5)]);
}

#[test]
fn references_lead_to_other_files_and_never_out_of_the_tree() {
    let part = parse(Format::Json, r#"{"B": {"type": "string"}}"#).unwrap();
    let root = |target: &str| {
        let text = json!({ "paths": { "/a": { "get": { "responses": { "200": { "content": {
            "application/json": { "schema": { "$ref": target } } } } } } } } });
        parse(Format::Json, &text.to_string()).unwrap()
    };
    for (target, resolved) in [
        ("parts/b.json#/B", true),
        ("./parts/../parts/b.json#/B", true),
        ("parts/c.json#/B", false),
        ("../../b.json#/B", false),
        ("https://example.org/b.json#/B", false),
        ("#/paths/~1a/get/responses/200/content/application~1json/schema", false),
    ] {
        let root = root(target);
        let documents = Documents::new([("api/a.json", &root), ("api/parts/b.json", &part)]);
        compare(&documents, "api/a.json", &documents, "api/a.json", NaiveDate::default());
        assert_eq!(documents.unresolved(), !resolved, "{target}");
    }
}

#[test]
fn descriptions_and_their_parts_are_told_from_other_files() {
    let cases = [
        ("openapi: 3.1.0\npaths: {}", Some(true)),
        ("swagger: '2.0'\npaths: {}", Some(true)),
        ("type: object\nproperties: {}", Some(false)),
        ("name: openapi is a word\nversion: 1", None),
        ("$schema: x\nproperties: {}", None),
        ("openapi: [", None),
    ];
    for (text, expected) in cases {
        assert_eq!(read_api(&FileText::new("a.yaml", text)).map(|file| file.root), expected, "{text}");
    }
}
