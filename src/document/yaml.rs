//! YAML events -> [`Node`].
//!
//! Scalars follow the core schema of YAML 1.2 (`on`, `yes` and `no` are text), `<<` merges as in YAML 1.1 because
//! workflows and compose files rely on it, and tags other than `!!str` are passed over.

use super::bounds::{self, Count, MAX_DEPTH, MAX_REPEATED};
use super::node::{Node, ParseError, Pos, Scalar, Value};
use super::yaml_scalar;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};
use std::collections::{HashMap, HashSet};

/// Parses a text that holds at most one document. An empty text is null.
pub fn parse_yaml(text: &str) -> Result<Node, ParseError> {
    let mut documents = parse_yaml_all(text)?;
    match (documents.pop(), documents.pop()) {
        (Some(second), Some(_)) => {
            Err(ParseError::new(second.pos, "a second document starts here; there can be one only"))
        }
        (Some(node), None) => Ok(node),
        _ => Ok(Node { pos: Pos::START, end: Pos::START, value: Value::Scalar(Scalar::Null) }),
    }
}

/// Parses every document of a text.
pub fn parse_yaml_all(text: &str) -> Result<Vec<Node>, ParseError> {
    bounds::size(text)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            ParseError::new(place(*error.marker()), format!("this is not YAML: {}", error.info()))
        })?;
        reader.event(event, span)?;
    }
    Ok(reader.documents)
}

fn place(marker: Marker) -> Pos {
    Pos::at(marker.line(), marker.col() + 1)
}

/// A value that an alias can repeat, and what that costs.
#[derive(Clone)]
struct Anchored {
    node: Node,
    nodes: usize,
    bytes: usize,
    height: usize,
}

/// A list or mapping that is still open.
struct Frame {
    pos: Pos,
    anchor: usize,
    /// Without the last key that has no value yet, and the keys seen.
    items: Items,
    nodes: usize,
    bytes: usize,
    height: usize,
}

enum Items {
    List(Vec<Node>),
    Map { entries: Vec<(Node, Node)>, key: Option<Node>, seen: HashSet<String>, merges: Vec<(Pos, Node)> },
}

#[derive(Default)]
struct Reader {
    documents: Vec<Node>,
    open: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    count: Count,
    repeated: usize,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), ParseError> {
        let (pos, end) = (place(span.start), place(span.end));
        match event {
            Event::SequenceStart(anchor, _) => self.start(pos, anchor, Items::List(Vec::new())),
            Event::MappingStart(anchor, _) => {
                let (entries, merges) = (Vec::new(), Vec::new());
                self.start(pos, anchor, Items::Map { entries, key: None, seen: HashSet::new(), merges })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(&span),
            Event::Scalar(text, style, anchor, tag) => {
                self.count.add(1, pos)?;
                let tag = tag.filter(|tag| tag.is_yaml_core_schema());
                let is_key = self.expects_key();
                let plain = style == ScalarStyle::Plain && tag.is_none_or(|tag| tag.suffix != "str");
                let bytes = text.len();
                let scalar = if plain && (!is_key || text == "<<") {
                    yaml_scalar::resolve(&text)
                } else {
                    Scalar::Text(text.into_owned())
                };
                let merge = is_key && plain && scalar == Scalar::Text("<<".into());
                let node = Node { pos, end, value: Value::Scalar(scalar) };
                self.close(Anchored { node, nodes: 1, bytes, height: 0 }, anchor, merge)
            }
            Event::Alias(anchor) => self.alias(anchor, pos, end),
            _ => Ok(()),
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Frame { items: Items::Map { key: None, .. }, .. }))
    }

    fn start(&mut self, pos: Pos, anchor: usize, items: Items) -> Result<(), ParseError> {
        self.count.add(1, pos)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(bounds::too_deep(pos));
        }
        self.open.push(Frame { pos, anchor, items, nodes: 1, bytes: 0, height: 0 });
        Ok(())
    }

    fn end(&mut self, span: &Span) -> Result<(), ParseError> {
        let Some(frame) = self.open.pop() else { return Ok(()) };
        let (value, last) = match frame.items {
            Items::List(items) => {
                let last = items.last().map(|item| item.end);
                (Value::List(items), last)
            }
            Items::Map { mut entries, merges, .. } => {
                let last = entries.last().map(|(_, value)| value.end);
                merge(&mut entries, merges)?;
                (Value::Map(entries), last)
            }
        };
        // A block has no closing token: it ends with its last value.
        let end = if span.is_empty() { last.unwrap_or(frame.pos) } else { place(span.end) };
        let node = Node { pos: frame.pos, end, value };
        let done = Anchored { node, nodes: frame.nodes, bytes: frame.bytes, height: frame.height };
        self.close(done, frame.anchor, false)
    }

    fn alias(&mut self, anchor: usize, pos: Pos, end: Pos) -> Result<(), ParseError> {
        let Some(found) = self.anchors.get(&anchor) else {
            return Err(ParseError::new(pos, "this alias stands inside of what it names"));
        };
        if self.open.len() + found.height > MAX_DEPTH {
            return Err(bounds::too_deep(pos));
        }
        let (nodes, bytes) = (found.nodes, found.bytes);
        self.repeat(nodes, bytes, pos)?;
        let mut copy = self.anchors[&anchor].clone();
        (copy.node.pos, copy.node.end) = (pos, end);
        self.close(copy, 0, false)
    }

    /// Pays for a copy before it is made.
    fn repeat(&mut self, nodes: usize, bytes: usize, pos: Pos) -> Result<(), ParseError> {
        self.repeated = self.repeated.saturating_add(bytes);
        if self.repeated > MAX_REPEATED || self.count.add(nodes, pos).is_err() {
            return Err(ParseError::new(pos, "aliases repeat more than a document may hold"));
        }
        Ok(())
    }

    /// Puts a complete value where it belongs.
    fn close(&mut self, done: Anchored, anchor: usize, merge: bool) -> Result<(), ParseError> {
        if anchor != 0 {
            self.repeat(done.nodes, done.bytes, done.node.pos)?;
            self.anchors.insert(anchor, done.clone());
        }
        let Some(frame) = self.open.last_mut() else {
            self.documents.push(done.node);
            return Ok(());
        };
        frame.nodes = frame.nodes.saturating_add(done.nodes);
        frame.bytes = frame.bytes.saturating_add(done.bytes);
        frame.height = frame.height.max(done.height + 1);
        match &mut frame.items {
            Items::List(items) => items.push(done.node),
            Items::Map { entries, key, seen, merges } => match key.take() {
                None => *key = Some(checked_key(done.node, seen, merge)?),
                // The null value marks a merge key: no other key is anything but text.
                Some(name) if name.is_null() => merges.push((name.pos, done.node)),
                Some(name) => entries.push((name, done.node)),
            },
        }
        Ok(())
    }
}

/// A key is text, and new; a merge key becomes null until its value is known.
fn checked_key(node: Node, seen: &mut HashSet<String>, merge: bool) -> Result<Node, ParseError> {
    let Value::Scalar(scalar) = node.value else {
        return Err(ParseError::new(node.pos, "a key has to be one plain value"));
    };
    let text = scalar.to_string();
    if !seen.insert(text.clone()) {
        return Err(ParseError::new(node.pos, format!("the key `{text}` is here twice")));
    }
    let value = Value::Scalar(if merge { Scalar::Null } else { Scalar::Text(text) });
    Ok(Node { value, ..node })
}

/// Adds what `<<` brings: keys that are there stay, the first of several mappings wins.
fn merge(entries: &mut Vec<(Node, Node)>, merges: Vec<(Pos, Node)>) -> Result<(), ParseError> {
    if merges.is_empty() {
        return Ok(());
    }
    let mut seen: HashSet<String> = entries.iter().map(|(key, _)| key.to_string()).collect();
    for (pos, node) in merges {
        let parts = match node.value {
            Value::List(items) => items,
            value => vec![Node { value, ..node }],
        };
        for part in parts {
            let Value::Map(pairs) = part.value else {
                return Err(ParseError::new(pos, "`<<` takes a mapping or a list of mappings"));
            };
            entries.extend(pairs.into_iter().filter(|(key, _)| seen.insert(key.to_string())));
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
