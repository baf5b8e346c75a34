//! A schema as it constrains a value: `allOf` laid together, both ways to say null, both versions of the format.

use super::reference::{At, Documents};
use crate::document::{Node, Scalar};
use std::collections::{BTreeMap, BTreeSet};

/// `allOf` in `allOf`.
const MAX_PARTS: usize = 16;

/// What a schema says of a value.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    pub(super) at: At<'a>,
    /// Empty: any.
    pub(super) types: BTreeSet<String>,
    pub(super) nullable: bool,
    pub(super) format: Option<String>,
    pub(super) values: Option<BTreeSet<String>>,
    pub(super) pattern: Option<String>,
    pub(super) default: Option<String>,
    pub(super) properties: BTreeMap<&'a str, At<'a>>,
    pub(super) required: BTreeSet<&'a str>,
    /// Whether no other properties are taken.
    pub(super) closed: bool,
    /// The schema of other properties.
    pub(super) additional: Option<At<'a>>,
    pub(super) items: Option<At<'a>>,
    pub(super) any_of: Vec<At<'a>>,
    pub(super) one_of: Vec<At<'a>>,
    numbers: BTreeMap<&'a str, f64>,
}

impl<'a> Shape<'a> {
    pub(super) fn of(documents: &Documents<'a>, at: At<'a>) -> Self {
        let mut shape = Self {
            at,
            types: BTreeSet::new(),
            nullable: false,
            format: None,
            values: None,
            pattern: None,
            default: None,
            properties: BTreeMap::new(),
            required: BTreeSet::new(),
            closed: false,
            additional: None,
            items: None,
            any_of: Vec::new(),
            one_of: Vec::new(),
            numbers: BTreeMap::new(),
        };
        shape.add(documents, at, 0);
        shape.infer();
        shape
    }

    fn add(&mut self, documents: &Documents<'a>, at: At<'a>, depth: usize) {
        if depth > MAX_PARTS {
            return;
        }
        for part in documents.items(documents.get(at, "allOf")) {
            self.add(documents, part, depth + 1);
        }
        let text = |key: &str| at.node.get(key).map(ToString::to_string);
        for (key, value) in at.node.as_map().unwrap_or_default() {
            let number = match value.as_scalar() {
                Some(Scalar::Integer(number)) => number.to_string().parse().ok(),
                Some(Scalar::Float(number)) => Some(*number),
                _ => None,
            };
            if let (Some(key), Some(number)) = (key.as_str(), number) {
                self.numbers.insert(key, number);
            }
        }
        self.add_types(at.node);
        self.format = text("format").or(self.format.take());
        self.pattern = text("pattern").or(self.pattern.take());
        self.default = text("default").or(self.default.take());
        let list = |key: &str| at.node.get(key).and_then(Node::as_list);
        let constant = text("const").map(|value| BTreeSet::from([value]));
        let values = list("enum").map(|items| items.iter().map(ToString::to_string).collect());
        self.values = values.or(constant).or(self.values.take());
        self.properties.extend(
            documents.entries(documents.get(at, "properties")).into_iter().map(|(name, _, at)| (name, at)),
        );
        self.required.extend(list("required").unwrap_or_default().iter().filter_map(Node::as_str));
        match at.node.get("additionalProperties") {
            Some(node) if node.as_bool() == Some(false) => self.closed = true,
            Some(node) if node.as_map().is_some() => {
                self.additional = documents.get(at, "additionalProperties");
            }
            _ => {}
        }
        self.items = documents.get(at, "items").or(self.items);
        // Kept as they are written: two alternatives are told apart by their references.
        let raw =
            |key: &str| list(key).unwrap_or_default().iter().map(move |node| At { file: at.file, node });
        self.any_of.extend(raw("anyOf"));
        self.one_of.extend(raw("oneOf"));
    }

    fn add_types(&mut self, node: &Node) {
        let Some(types) = node.get("type") else {
            self.nullable |= node.get("nullable").and_then(Node::as_bool) == Some(true);
            return;
        };
        let names: Vec<String> = match types.as_list() {
            Some(items) => items.iter().map(ToString::to_string).collect(),
            None => vec![types.to_string()],
        };
        self.nullable |= names.iter().any(|name| name == "null")
            || node.get("nullable").and_then(Node::as_bool) == Some(true)
            || node.get("x-nullable").and_then(Node::as_bool) == Some(true);
        self.types = names.into_iter().filter(|name| name != "null").collect();
    }

    /// Many leave out what is plain from the rest.
    fn infer(&mut self) {
        if self.types.is_empty() && !self.properties.is_empty() {
            self.types.insert("object".to_owned());
        } else if self.types.is_empty() && self.items.is_some() {
            self.types.insert("array".to_owned());
        }
    }

    /// Whether every value of the other's types is one of this one's.
    pub(super) fn takes(&self, other: &Self) -> bool {
        let one =
            |name: &String| self.types.contains(name) || name == "integer" && self.types.contains("number");
        self.types.is_empty() || !other.types.is_empty() && other.types.iter().all(one)
    }

    pub(super) fn types_told(&self) -> String {
        if self.types.is_empty() {
            return "anything".to_owned();
        }
        self.types.iter().map(String::as_str).collect::<Vec<_>>().join(" or ")
    }

    pub(super) fn number(&self, key: &str) -> Option<f64> {
        self.numbers.get(key).copied()
    }
}
