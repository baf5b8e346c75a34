//! `value`: values in YAML, JSON and TOML documents.

use super::content::unread;
use super::select::{Paths, few};
use super::{Check, Kind, build, schema};
use crate::document::{Node, Query, Scalar, Value as Held};
use crate::evidence::{Class, Needs, OneOrMany, Pattern, View};
use crate::words::{Because, Judgement, Truth, Unknown};
use regex::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::Value;
use std::borrow::Cow;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "value",
    summary: "A value in a YAML, JSON or TOML document compares as asked.",
    details: "\
Follows `query` (`a.b[*].c`, `a[\"key.with.dots\"]`, `**.image`) into each document of `in`. Without a comparison it is \
enough that the value exists. Of several comparisons all must hold for the value.

True when any value does; with `every: true` when all of them do and there is at least one, and the values that do not are the places at \
fault. Unknown where a document does not parse, or could not be read, and could turn the answer.",
    example: "value: { in: package.json, query: engines.node, exists: true }",
    schema: schema::<ValueCheck>,
    build: build::<ValueCheck>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ValueCheck {
    /// Globs of the documents.
    r#in: Paths,
    /// Path to the values.
    query: Steps,
    /// Whether there must be such a value, or must be none.
    #[serde(default)]
    exists: Option<bool>,
    /// The value is this.
    #[serde(default)]
    equals: Option<Value>,
    /// The value is one of these.
    #[serde(default)]
    one_of: Option<Vec<Value>>,
    /// The value, as text, matches this regex.
    #[serde(default)]
    matches: Option<OneOrMany<Pattern>>,
    /// The value is a number that is not smaller, or a list that is not shorter.
    #[serde(default)]
    at_least: Option<f64>,
    /// The value is a number that is not larger, or a list that is not longer.
    #[serde(default)]
    at_most: Option<f64>,
    /// Every value must compare, not only one.
    #[serde(default)]
    every: bool,
    /// Classes of files that count.
    #[serde(default)]
    classes: Vec<Class>,
}

/// A query that was compiled.
#[derive(Debug)]
struct Steps(String, Query);

impl<'de> Deserialize<'de> for Steps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let query = Query::new(&text).map_err(D::Error::custom)?;
        Ok(Self(text, query))
    }
}

impl JsonSchema for Steps {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Query".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "query" })
    }
}

impl Check for ValueCheck {
    fn needs(&self, needs: &mut Needs) {
        needs.documents.extend(self.r#in.globs.iter().cloned());
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let (mut good, mut bad, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for file in self.r#in.files(view.tree, &self.classes) {
            match file.facts.as_ref().and_then(|facts| facts.document.as_ref()) {
                Some(Ok(root)) => {
                    for node in self.query.1.select(root) {
                        let side = if self.holds(node) { &mut good } else { &mut bad };
                        side.push(self.place(&file.path, node));
                    }
                }
                Some(Err(error)) => {
                    let (line, column) = (error.pos.line, error.pos.column);
                    unknown
                        .push(Unknown::because(format!("{}:{line}:{column}: {}", file.path, error.message)));
                }
                None => unknown.extend(unread(file)),
            }
        }
        self.decide(good, bad, unknown)
    }
}

impl ValueCheck {
    fn decide(&self, good: Vec<Because>, bad: Vec<Because>, unknown: Vec<Unknown>) -> Judgement {
        let wanted = self.exists != Some(false);
        if self.every && !bad.is_empty() {
            return Judgement::no(bad);
        }
        if !self.every && !good.is_empty() {
            return Judgement::new(wanted, few(good, "values"));
        }
        if !unknown.is_empty() {
            return Judgement { truth: Truth::Unknown, because: Vec::new(), unknown };
        }
        if self.every && !good.is_empty() {
            return Judgement::new(wanted, few(good, "values"));
        }
        let missing = Because::note(format!("no `{}` in {}", self.query.0, self.r#in.shown()));
        Judgement::new(!wanted, if bad.is_empty() { vec![missing] } else { bad })
    }

    fn place(&self, path: &str, node: &Node) -> Because {
        let text = format!("{}: {}", self.query.0, shown(node));
        Because { column: Some(node.pos.column), ..Because::line(path, node.pos.line, &text) }
    }

    fn holds(&self, node: &Node) -> bool {
        let text = shown(node);
        let matches = |pattern: &Pattern| Regex::new(&pattern.0).is_ok_and(|regex| regex.is_match(&text));
        self.equals.as_ref().is_none_or(|value| same(node, value))
            && self.one_of.as_ref().is_none_or(|values| values.iter().any(|value| same(node, value)))
            && self.matches.as_ref().is_none_or(|patterns| patterns.0.iter().any(matches))
            && self.at_least.is_none_or(|least| number(node).is_some_and(|number| number >= least))
            && self.at_most.is_none_or(|most| number(node).is_some_and(|number| number <= most))
    }
}

/// A leaf as text; of other values their sort.
fn shown(node: &Node) -> String {
    match &node.value {
        Held::Scalar(Scalar::Null) => "null".into(),
        Held::Scalar(Scalar::Bool(value)) => value.to_string(),
        Held::Scalar(Scalar::Integer(value)) => value.to_string(),
        Held::Scalar(Scalar::Float(value)) => value.to_string(),
        Held::Scalar(Scalar::Text(value)) => value.clone(),
        Held::List(items) => format!("a list of {}", items.len()),
        Held::Map(entries) => format!("a mapping of {}", entries.len()),
    }
}

fn same(node: &Node, value: &Value) -> bool {
    match (number(node), value.as_f64()) {
        (Some(held), Some(wanted)) => (held - wanted).abs() < f64::EPSILON,
        _ => node.to_json() == *value,
    }
}

#[allow(clippy::cast_precision_loss)] // Numbers that policies compare are small.
fn number(node: &Node) -> Option<f64> {
    match &node.value {
        Held::Scalar(Scalar::Integer(value)) => Some(*value as f64),
        Held::Scalar(Scalar::Float(value)) => Some(*value),
        Held::List(items) => Some(items.len() as f64),
        Held::Scalar(_) | Held::Map(_) => None,
    }
}
