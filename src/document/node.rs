//! The tree of values.

/// A place in a text: line and column from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pos {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

impl Pos {
    /// The first place of a text.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place with these numbers.
    pub fn at(line: usize, column: usize) -> Self {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Self { line: number(line), column: number(column) }
    }
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it starts.
    pub pos: Pos,
    /// Where it ends, exclusive, on whatever line that is.
    pub end: Pos,
    /// What it is.
    pub value: Value,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A leaf.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// Keys (with their places) and values, in the order of the text. Keys are unique.
    Map(Vec<(Node, Node)>),
}

/// A leaf value.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// Text.
    Text(String),
}

/// Why a text is not a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {message}", pos.line, pos.column)]
pub struct ParseError {
    /// Where.
    pub pos: Pos,
    /// What is wrong.
    pub message: String,
}

impl ParseError {
    /// An error at a place.
    pub fn new(pos: Pos, message: impl Into<String>) -> Self {
        Self { pos, message: message.into() }
    }
}

impl Node {
    /// Nothing, as an empty text is.
    pub(crate) fn null() -> Self {
        Self { pos: Pos::START, end: Pos::START, value: Value::Scalar(Scalar::Null) }
    }

    /// A text at a place.
    pub(super) fn text(pos: Pos, end: Pos, text: impl Into<String>) -> Self {
        Self { pos, end, value: Value::Scalar(Scalar::Text(text.into())) }
    }

    /// The value of a key, where this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key with its place and its value.
    pub fn entry(&self, key: &str) -> Option<(&Self, &Self)> {
        let found = self.as_map()?.iter().find(|(name, _)| name.as_str() == Some(key))?;
        Some((&found.0, &found.1))
    }

    /// The text, where this is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The leaf value, where this is one.
    pub const fn as_scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The items, where this is a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// Keys and values, where this is a mapping.
    pub fn as_map(&self) -> Option<&[(Self, Self)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The truth value, where this is one.
    pub const fn as_bool(&self) -> Option<bool> {
        match &self.value {
            Value::Scalar(Scalar::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// Whether there is nothing here.
    pub const fn is_null(&self) -> bool {
        matches!(self.value, Value::Scalar(Scalar::Null))
    }

    /// What sort of value it is, for people.
    pub const fn sort(&self) -> &'static str {
        match &self.value {
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
            Value::Scalar(Scalar::Null) => "nothing",
            Value::Scalar(Scalar::Bool(_)) => "true or false",
            Value::Scalar(Scalar::Integer(_) | Scalar::Float(_)) => "a number",
            Value::Scalar(Scalar::Text(_)) => "a text",
        }
    }

    /// The value without its places. A number that JSON cannot hold (infinity) becomes null.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Scalar(Scalar::Null) => serde_json::Value::Null,
            Value::Scalar(Scalar::Bool(value)) => (*value).into(),
            Value::Scalar(Scalar::Integer(value)) => (*value).into(),
            Value::Scalar(Scalar::Float(value)) => (*value).into(),
            Value::Scalar(Scalar::Text(value)) => value.clone().into(),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(entries) => {
                let entry = |(key, value): &(Self, Self)| (key.to_string(), value.to_json());
                serde_json::Value::Object(entries.iter().map(entry).collect())
            }
        }
    }
}

impl std::fmt::Display for Node {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.value {
            Value::Scalar(scalar) => scalar.fmt(formatter),
            Value::List(_) | Value::Map(_) => self.to_json().fmt(formatter),
        }
    }
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Bool(value) => value.fmt(formatter),
            Self::Integer(value) => value.fmt(formatter),
            Self::Float(value) => value.fmt(formatter),
            Self::Text(text) => formatter.write_str(text),
        }
    }
}
