//! One document: bytes -> text -> values with places, held against the schema.

use super::builtin::Builtin;
use super::schema::FORMATS;
use crate::document::{
    MAX_BYTES, Node, Pos, Problem, Problems, Scalar, Value as NodeValue, parse_yaml, validate,
};
use crate::text;
use serde_json::Value as Json;
use serde_yaml::{Mapping, Value};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Where policies are read from: a work tree, the tree of a commit, or memory.
pub trait Files {
    /// The content at a path from the root, with `/`; `None` where there is nothing. Links are not followed: they,
    /// folders and everything else that is not a file are an error, whose text is told to the author.
    /// Not much more than [`crate::document::MAX_BYTES`] need be read.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String>;

    /// The commit that is read from, where there is one.
    fn commit(&self) -> Option<String> {
        None
    }
}

/// A document that is a mapping; the schema may still have found problems in it.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) source: String,
    pub(super) text: Arc<str>,
    pub(super) node: Node,
    pub(super) values: Mapping,
    pub(super) digest: String,
    pub(super) commit: Option<String>,
}

impl Document {
    /// Reads a document; what is wrong with it is added to the problems.
    pub(super) fn new(source: String, bytes: &[u8], schema: &Json, problems: &mut Problems) -> Option<Self> {
        let found = read(source, bytes, schema, problems);
        found.map_err(|problem| problems.push(problem)).ok()
    }

    /// A document of ours, which tests hold against the schema: it is read once, and its values have no places.
    pub(super) fn builtin(source: String, builtin: &Builtin, problems: &mut Problems) -> Option<Self> {
        let (values, text, digest) = match builtin {
            Builtin::File(file) => {
                let values = serde_json::from_str(file.json).map_err(|error| error.to_string());
                (values, file.yaml, file.digest.to_owned())
            }
            Builtin::Road(text) => (values(text), text.as_str(), digest(text.as_bytes())),
        };
        match values {
            Ok(values) => {
                let node = unplaced(&Value::Mapping(values.clone()));
                Some(Self { source, text: text.into(), node, values, digest, commit: None })
            }
            Err(message) => {
                problems.push(Problem::of_source(source, message));
                None
            }
        }
    }

    /// A problem at a value of this document.
    pub(super) fn problem(&self, node: &Node, message: impl Into<String>) -> Problem {
        Problem::at(&self.source, &self.text, node, message)
    }

    /// A key on a path of keys, and its value.
    pub(super) fn entry(&self, path: &[&str]) -> Option<(&Node, &Node)> {
        let (last, parents) = path.split_last()?;
        parents.iter().try_fold(&self.node, |node, key| node.get(key))?.entry(last)
    }

    /// The items of a list at the top.
    pub(super) fn items(&self, key: &str) -> &[Node] {
        self.node.get(key).and_then(Node::as_list).unwrap_or_default()
    }

    /// The ids of the rules that this document defines or changes, with what it says of each.
    pub(super) fn rules(&self) -> impl Iterator<Item = (&str, &Node, &Node)> {
        let rules = self.node.get("rules").and_then(Node::as_map).unwrap_or_default();
        rules.iter().filter_map(|(key, rule)| Some((key.as_str()?, key, rule)))
    }
}

fn read(source: String, bytes: &[u8], schema: &Json, problems: &mut Problems) -> Result<Document, Problem> {
    if bytes.len() > MAX_BYTES {
        let message = format!("this policy is larger than {} KiB", MAX_BYTES / 1024);
        return Err(Problem::of_source(source, message));
    }
    let text = utf8(&source, bytes)?;
    let node = parse_yaml(&text).map_err(|error| Problem::unreadable(&source, &text, error))?;
    if node.is_null() {
        let hint = "`version: 1` and `extends: [builtin:roadmap]` make a policy".to_owned();
        return Err(Problem::of_source(source, "this policy is empty").hinted(Some(hint)));
    }
    if node.as_map().is_none() {
        return Err(Problem::at(
            &source,
            &text,
            &node,
            "a policy is a mapping that starts with `version: 1`",
        ));
    }
    for fault in validate(&node, schema, FORMATS) {
        let place =
            Problem { pos: fault.pos, end: fault.end, ..Problem::at(&source, &text, &node, fault.message) };
        problems.push(place.hinted(fault.hint));
    }
    let values = values(&text).map_err(|message| Problem::of_source(source.clone(), message))?;
    let digest = digest(bytes);
    Ok(Document { source, text, node, values, digest, commit: None })
}

/// The values as serde will read them. Only reached by texts that the bounded parser has accepted.
fn values(text: &str) -> Result<Mapping, String> {
    let mut value: Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    value.apply_merge().map_err(|error| error.to_string())?;
    match value {
        Value::Mapping(values) => Ok(values),
        _ => Err("this is not a mapping".into()),
    }
}

/// The value as a node without a place.
fn unplaced(value: &Value) -> Node {
    let scalar = |scalar| NodeValue::Scalar(scalar);
    let value = match value {
        Value::Null => scalar(Scalar::Null),
        Value::Bool(value) => scalar(Scalar::Bool(*value)),
        Value::Number(number) => scalar(match number.as_i64() {
            Some(number) => Scalar::Integer(number),
            None => Scalar::Float(number.as_f64().unwrap_or_default()),
        }),
        Value::String(text) => scalar(Scalar::Text(text.clone())),
        Value::Sequence(items) => NodeValue::List(items.iter().map(unplaced).collect()),
        Value::Mapping(entries) => {
            NodeValue::Map(entries.iter().map(|(key, value)| (unplaced(key), unplaced(value))).collect())
        }
        Value::Tagged(tagged) => return unplaced(&tagged.value),
    };
    Node { pos: Pos::START, end: Pos::START, value }
}

/// The text, where it is one that YAML allows.
fn utf8(source: &str, bytes: &[u8]) -> Result<Arc<str>, Problem> {
    let (valid, message) = match std::str::from_utf8(bytes) {
        Ok(text) => match text.find(|char: char| char.is_control() && !"\t\n\r".contains(char)) {
            None => return Ok(text.into()),
            Some(at) => (at, "a control character stands here; write it as an escape in a quoted text"),
        },
        Err(error) => (error.valid_up_to(), "this is not UTF-8 text"),
    };
    let before = String::from_utf8_lossy(&bytes[..valid]);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let text: Arc<str> = String::from_utf8_lossy(bytes).into();
    let pos = Pos::at(line, column);
    Err(Problem { text, pos, end: pos, ..Problem::of_source(source, message) })
}

/// `sha256:` and the digest in hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", text::hex(&Sha256::digest(bytes)))
}
