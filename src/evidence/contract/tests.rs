//! The kinds of differences, case by case: `tests/cases/contracts.yml`.

use super::*;
use crate::evidence::api::all_levels;
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    kinds: Vec<String>,
    graphql: Option<[String; 2]>,
    proto: Option<[String; 2]>,
    proto2: Option<[String; 2]>,
}

fn cases() -> Vec<Case> {
    serde_yaml::from_str(include_str!("../../../tests/cases/contracts.yml")).unwrap()
}

fn graphql(text: &str) -> Schema {
    graphql::read(text).unwrap()
}

fn protobuf(text: &str) -> Proto {
    let proto = proto::read(text);
    assert_eq!(proto.problem, None, "{text}");
    proto
}

impl Case {
    fn differences(&self) -> Vec<Difference> {
        if let Some([before, after]) = &self.graphql {
            return compare_graphql(
                &vec![("a.graphql", &graphql(before))],
                &vec![("a.graphql", &graphql(after))],
            );
        }
        let (syntax, sides) = match (&self.proto, &self.proto2) {
            (Some(sides), _) => ("proto3", sides),
            (None, sides) => ("proto2", sides.as_ref().unwrap()),
        };
        let side = |at: usize| protobuf(&format!("syntax = \"{syntax}\";\n{}", sides[at]));
        compare_proto(&vec![("a.proto", &side(0))], &vec![("a.proto", &side(1))])
    }
}

#[test]
fn differences_come_out_as_the_cases_say() {
    for case in cases() {
        let found = case.differences();
        let kinds: BTreeSet<&str> = found.iter().map(|one| one.kind.as_str()).collect();
        let expected: BTreeSet<&str> = case.kinds.iter().map(String::as_str).collect();
        assert_eq!(kinds, expected, "{}: {found:#?}", case.name);
    }
}

#[test]
fn every_kind_of_the_table_has_a_case_and_no_case_another_kind() {
    let cases = cases();
    let named: BTreeSet<&str> = cases.iter().flat_map(|case| &case.kinds).map(String::as_str).collect();
    let levels = all_levels();
    let known: BTreeSet<&str> = levels
        .iter()
        .map(|(kind, _)| kind.as_str())
        .filter(|kind| kind.starts_with("graphql-") || kind.starts_with("proto-"))
        .collect();
    assert_eq!(named, known);
}

#[test]
fn places_are_lines_of_the_newer_side() {
    let before = graphql("type Query {\n  a(x: Int): Int\n  b: Int\n}\n");
    let after = graphql("\n\ntype Query {\n  a(\n    x: Int!\n  ): Int\n}\n");
    let found = compare_graphql(&vec![("old.graphql", &before)], &vec![("new.graphql", &after)]);
    let places: Vec<_> = found.iter().map(|one| (one.kind.as_str(), one.file.as_str(), one.line)).collect();
    assert_eq!(
        places,
        [("graphql-field-removed", "new.graphql", 3), ("graphql-argument-type-changed", "new.graphql", 5)]
    );
    let before = protobuf(
        "syntax = \"proto3\";\npackage a;\nmessage A {\n  int32 b = 1;\n  message C {\n    string d = 1;\n  }\n}\n",
    );
    let after =
        protobuf("syntax = \"proto3\";\npackage a;\nmessage A {\n  string b = 1;\n  message C {\n  }\n}\n");
    let found = compare_proto(&vec![("a.proto", &before)], &vec![("a.proto", &after)]);
    let places: Vec<_> = found.iter().map(|one| (one.kind.as_str(), one.line)).collect();
    assert_eq!(places, [("proto-field-type-changed", 4), ("proto-field-removed", 5)]);
}

#[test]
fn queries_are_no_contract_and_broken_files_say_so() {
    assert_eq!(read_contract("a.graphql", "query A { b }\nfragment F on B { c }"), None);
    assert_eq!(read_contract("a.txt", "type A { b: Int }"), None);
    let broken =
        |path: &str, text: &str| read_contract(path, text).is_some_and(|one| one.problem().is_some());
    assert!(broken("a.graphqls", "type A { b: Int"));
    assert!(broken("a.proto", "message {"));
    assert!(!broken(
        "a.proto",
        "syntax = \"proto3\";\nimport \"other.proto\";\nmessage A { other.B b = 1; }"
    ));
    // Depth is bounded.
    assert!(broken("a.proto", &"message A {".repeat(5000)));
    let deep = format!("type A {{ b: {}Int{} }}", "[".repeat(5000), "]".repeat(5000));
    assert!(read_contract("a.graphql", &deep).is_none_or(|one| one.problem().is_some()));
}

#[test]
fn names_of_several_files_are_one_contract() {
    let (one, other, both) = (
        graphql("type A { b: Int }"),
        graphql("type C { d: Int }"),
        graphql("type A { b: Int }\ntype C { d: Int }"),
    );
    let found =
        compare_graphql(&vec![("1.graphql", &one), ("2.graphql", &other)], &vec![("3.graphql", &both)]);
    assert_eq!(found, []);
}
