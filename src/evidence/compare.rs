//! Paths into documents as parameters, and how the values they lead to compare.

use super::terms::Pattern;
use crate::document::{Node, Query, Scalar, Value as Held};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::Value;
use std::borrow::Cow;

/// A query as it is written, and compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// As it is written.
    pub text: String,
    /// Compiled.
    pub query: Query,
}

impl<'de> Deserialize<'de> for Steps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let query = Query::new(&text).map_err(D::Error::custom)?;
        Ok(Self { text, query })
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

/// What a value is held against; all that is given must hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Comparison<'a> {
    /// It is this.
    pub equals: Option<&'a Value>,
    /// It is one of these.
    pub one_of: Option<&'a [Value]>,
    /// As text it matches one of these.
    pub matches: Option<&'a [Pattern]>,
    /// It is a number that is not smaller, or a list that is not shorter.
    pub at_least: Option<f64>,
    /// It is a number that is not larger, or a list that is not longer.
    pub at_most: Option<f64>,
}

impl Comparison<'_> {
    /// Whether the value compares as asked.
    pub fn holds(&self, node: &Node) -> bool {
        let text = shown(node);
        let matches = |pattern: &Pattern| pattern.is_match(&text);
        self.equals.is_none_or(|value| same(node, value))
            && self.one_of.is_none_or(|values| values.iter().any(|value| same(node, value)))
            && self.matches.is_none_or(|patterns| patterns.iter().any(matches))
            && self.at_least.is_none_or(|least| number(node).is_some_and(|number| number >= least))
            && self.at_most.is_none_or(|most| number(node).is_some_and(|number| number <= most))
    }
}

/// A leaf as text; of other values their sort.
pub fn shown(node: &Node) -> String {
    match &node.value {
        Held::Scalar(Scalar::Null) => "null".into(),
        Held::Scalar(scalar) => scalar.to_string(),
        Held::List(items) => format!("a list of {}", items.len()),
        Held::Map(entries) => format!("a mapping of {}", entries.len()),
    }
}

fn same(node: &Node, value: &Value) -> bool {
    match (number(node), value.as_f64()) {
        (Some(held), Some(wanted)) => (held - wanted).abs() < f64::EPSILON,
        // Terraform and CloudFormation take a truth value in quotes too.
        _ => {
            node.to_json() == *value
                || value.as_bool().is_some_and(|truth| node.as_str() == Some(word(truth)))
        }
    }
}

const fn word(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
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
