//! What no schema can say: rules are whole, names lead somewhere, and one rule demands one thing.

use super::load::Document;
use super::raw::MAX_RULES;
use crate::document::{Node, Problem, Problems, closest};
use crate::words::Stage;
use serde_yaml::{Mapping, Value};
use std::collections::BTreeSet;

/// What every rule needs, besides its demand.
const NEEDED: [&str; 4] = ["title", "stage", "why", "fix"];

/// The ids of a policy's rules.
struct Ids<'a> {
    all: BTreeSet<&'a str>,
    /// Those that are more than changes to a rule that nobody defines.
    whole: Vec<&'a str>,
}

impl<'a> Ids<'a> {
    fn new(rules: Option<&'a Mapping>) -> Self {
        let named = |(id, rule): (&'a Value, &'a Value)| Some((id.as_str()?, rule));
        let rules: Vec<_> = rules.into_iter().flatten().filter_map(named).collect();
        let whole = rules.iter().filter(|(_, rule)| rule.get("title").is_some()).map(|(id, _)| *id).collect();
        Self { all: rules.into_iter().map(|(id, _)| id).collect(), whole }
    }
}

/// Everything that is wrong with the documents together. `merged` is what they come to.
pub(super) fn together(documents: &[Document], merged: &Mapping) -> Problems {
    let rules = merged.get("rules").and_then(Value::as_mapping);
    let ids = Ids::new(rules);
    let mut problems = Problems::default();
    for document in documents {
        each(document, &ids, &mut problems);
    }
    for (id, rule) in rules.into_iter().flatten() {
        if let (Some(id), Some(rule)) = (id.as_str(), rule.as_mapping()) {
            problems.0.extend(incomplete(documents, id, rule, &ids));
        }
    }
    if ids.all.len() > MAX_RULES {
        let source = documents.last().map_or("", |document| document.source.as_str());
        problems.push(Problem::of_source(
            source,
            format!("{} rules, at most {MAX_RULES} are possible", ids.all.len()),
        ));
    }
    services(documents, &mut problems);
    problems
}

/// What concerns one document and the ids of all.
fn each(document: &Document, ids: &Ids<'_>, problems: &mut Problems) {
    for waiver in document.items("waivers") {
        problems.0.extend(waiver.get("rule").and_then(|rule| unknown_rule(document, rule, ids)));
    }
    for id in document.items("locked") {
        problems.0.extend(unknown_rule(document, id, ids));
    }
    for (_, _, rule) in document.rules() {
        if let (Some(_), Some((forbid, _))) = (rule.get("require"), rule.entry("forbid")) {
            problems.push(document.problem(forbid, "a rule has either `require` or `forbid`, not both"));
        }
        let mut names = BTreeSet::new();
        for example in rule.get("tests").and_then(Node::as_list).unwrap_or_default() {
            self::example(document, example, &mut names, problems);
        }
    }
}

fn example<'a>(document: &Document, node: &'a Node, names: &mut BTreeSet<&'a str>, problems: &mut Problems) {
    if let Some(name) = node.get("name")
        && let Some(text) = name.as_str()
        && !names.insert(text)
    {
        problems.push(document.problem(name, format!("two examples are called `{text}`")));
    }
    let expected = node.get("expect").and_then(Node::as_str);
    if let Some((at, _)) = node.entry("at").filter(|_| expected != Some("fail")) {
        problems.push(document.problem(at, "only an example that fails has a place"));
    }
    if let (Some(_), Some((changed, _))) = (node.get("base"), node.entry("changed")) {
        problems.push(document.problem(changed, "`base` already says what has changed"));
    }
}

fn unknown_rule(document: &Document, node: &Node, ids: &Ids<'_>) -> Option<Problem> {
    let id = node.as_str().filter(|id| !ids.all.contains(id))?;
    Some(document.problem(node, format!("there is no rule `{id}`")).hinted(meant(id, ids)))
}

/// The id of a rule that was probably meant.
fn meant(id: &str, ids: &Ids<'_>) -> Option<String> {
    closest(id, ids.whole.iter().copied().filter(|other| *other != id))
        .map(|other| format!("did you mean `{other}`?"))
}

/// A rule without all it needs: forgotten, or meant to change a rule that has another id.
fn incomplete(documents: &[Document], id: &str, rule: &Mapping, ids: &Ids<'_>) -> Option<Problem> {
    let mut missing: Vec<String> =
        NEEDED.iter().filter(|key| !rule.contains_key(**key)).map(|key| format!("`{key}`")).collect();
    if !rule.contains_key("require") && !rule.contains_key("forbid") {
        missing.push("`require` or `forbid`".into());
    }
    let last = missing.pop()?;
    let listed = if missing.is_empty() { last } else { format!("{} and {last}", missing.join(", ")) };
    let (document, (key, _)) =
        documents.iter().rev().find_map(|document| Some((document, document.entry(&["rules", id])?)))?;
    let hint = if missing.len() + 1 > NEEDED.len() {
        let nobody = || "no policy that this one extends defines it".to_owned();
        Some(meant(id, ids).unwrap_or_else(nobody))
    } else if listed.contains("`stage`") {
        Some(format!("stages: {}", Stage::ALL.map(Stage::name).join(", ")))
    } else {
        None
    };
    Some(document.problem(key, format!("rule `{id}` lacks {listed}")).hinted(hint))
}

fn services(documents: &[Document], problems: &mut Problems) {
    let mut names = BTreeSet::new();
    for document in documents {
        for name in document.items("services").iter().filter_map(|service| service.get("name")) {
            if let Some(text) = name.as_str().filter(|text| !names.insert((*text).to_owned())) {
                problems.push(document.problem(name, format!("two services are called `{text}`")));
            }
        }
    }
}

/// What is right, and what a run cannot honour yet: each at its place.
pub(super) fn unsupported(documents: &[Document]) -> Vec<Problem> {
    let mut found = Vec::new();
    for document in documents {
        for (key, what) in [("services", "services"), ("waivers", "waivers"), ("locked", "locked rules")] {
            if let Some((place, _)) = document.entry(&[key]).filter(|_| !document.items(key).is_empty()) {
                found.push(document.problem(place, format!("{what} are not supported yet")));
            }
        }
        for (_, _, rule) in document.rules() {
            if let Some((key, _)) = rule.entry("locked").filter(|(_, locked)| locked.as_bool() == Some(true))
            {
                found.push(document.problem(key, "locked rules are not supported yet"));
            }
            if let Some(scope) = rule.get("scope").filter(|scope| scope.as_str() == Some("service")) {
                found.push(document.problem(scope, "rules for services are not supported yet"));
            }
        }
    }
    found
}
