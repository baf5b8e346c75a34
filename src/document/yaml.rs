//! YAML events -> [`Node`].
//!
//! Scalars follow the core schema of YAML 1.2 (`on`, `yes` and `no` are text), `<<` merges as in YAML 1.1 because
//! workflows and compose files rely on it. `!Ref` and the other tags of CloudFormation become what they are short for
//! (`{ Ref: ... }`); tags other than these and `!!str` are passed over.

use super::bounds::{self, Count, MAX_DEPTH, MAX_REPEATED};
use super::node::{Node, ParseError, Pos, Scalar, Value};
use super::yaml_scalar;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};
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
    let mut padded = Padded { text: text.into(), lines: Vec::new() };
    let last = last(text);
    loop {
        let mut reader = Reader { shifted: padded.lines.clone(), last, ..Reader::default() };
        match reader.read(&padded.text) {
            Ok(()) => return Ok(reader.documents),
            Err(Stop::Refused(error)) => return Err(error),
            Err(Stop::Scan(error)) => {
                if !padded.pad(&error) {
                    return Err(refused(&error, &padded.lines, text));
                }
            }
        }
    }
}

fn refused(error: &ScanError, shifted: &[usize], text: &str) -> ParseError {
    let pos = inside(text, place(*error.marker(), shifted));
    // The scanner has a bound of its own for brackets, and meets it before their events come.
    if error.info() == "recursion limit exceeded" {
        return bounds::too_deep(pos);
    }
    ParseError::new(pos, format!("this is not YAML: {}", error.info()))
}

/// The scanner's marks can lie behind the end of their line, and of the text.
fn inside(text: &str, pos: Pos) -> Pos {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = (1..).zip(text.split('\n')).take(pos.line as usize);
    lines.last().map_or(pos, |(line, text)| pos.min(Pos::at(line, text.chars().count() + 1)))
}

/// The end of the text: the scanner's marks can lie behind it. A lone carriage return ends a line too.
fn last(text: &str) -> Pos {
    let breaks = text.bytes().filter(|byte| *byte == b'\n' || *byte == b'\r').count();
    let line = breaks - text.matches("\r\n").count() + 1;
    Pos::at(line, text.rsplit(['\n', '\r']).next().unwrap_or_default().chars().count() + 1)
}

fn place(marker: Marker, shifted: &[usize]) -> Pos {
    let shift = if shifted.contains(&marker.line()) { PAD.len() } else { 0 };
    Pos::at(marker.line(), marker.col().saturating_sub(shift) + 1)
}

/// Why reading stopped.
enum Stop {
    /// The text is no YAML to the scanner.
    Scan(ScanError),
    /// It is, and we do not take it.
    Refused(ParseError),
}

/// What is put before a line that stands too far left.
const PAD: &str = "                                                                                ";

/// Bytes that may be read again because of padding, all times together.
const MAX_REREAD: usize = 8 << 20;

/// A text in which lines inside of brackets are moved to the right. YAML wants them behind their key, but most
/// parsers do not mind, and a `]` straight under its key is common.
struct Padded {
    text: String,
    lines: Vec<usize>,
}

impl Padded {
    /// Moves the line that the error complains of; false where that does not help.
    fn pad(&mut self, error: &ScanError) -> bool {
        let misplaced =
            matches!(error.info(), "invalid indentation" | "invalid indentation in flow construct");
        let line = error.marker().line();
        if !misplaced || self.lines.contains(&line) || self.lines.len() * self.text.len() > MAX_REREAD {
            return false;
        }
        let behind = self.text.match_indices('\n').nth(line.saturating_sub(2)).map(|(at, _)| at + 1);
        let Some(start) = behind.filter(|_| line > 1) else { return false };
        self.text.insert_str(start, PAD);
        self.lines.push(line);
        true
    }
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
    /// The function that it is the argument of.
    call: Option<String>,
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
    /// Lines that are padded.
    shifted: Vec<usize>,
    /// Where the text ends.
    last: Pos,
    documents: Vec<Node>,
    open: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    count: Count,
    repeated: usize,
}

impl Reader {
    fn read(&mut self, text: &str) -> Result<(), Stop> {
        let mut parser = Parser::new_from_str(text);
        while let Some(event) = parser.next_event() {
            let (event, span) = event.map_err(Stop::Scan)?;
            self.event(event, span).map_err(Stop::Refused)?;
        }
        Ok(())
    }

    fn place(&self, marker: Marker) -> Pos {
        place(marker, &self.shifted).min(self.last)
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), ParseError> {
        let (pos, end) = (self.place(span.start), self.place(span.end));
        match event {
            Event::SequenceStart(anchor, tag) => {
                self.start(pos, (anchor, yaml_scalar::call(tag.as_deref())), Items::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                let (entries, merges) = (Vec::new(), Vec::new());
                let items = Items::Map { entries, key: None, seen: HashSet::new(), merges };
                self.start(pos, (anchor, yaml_scalar::call(tag.as_deref())), items)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(&span),
            Event::Scalar(text, style, anchor, tag) => {
                self.count.add(1, pos)?;
                let call = yaml_scalar::call(tag.as_deref());
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
                self.close(called(Anchored { node, nodes: 1, bytes, height: 0 }, call), anchor, merge)
            }
            Event::Alias(anchor) => self.alias(anchor, pos, end),
            _ => Ok(()),
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Frame { items: Items::Map { key: None, .. }, .. }))
    }

    fn start(
        &mut self,
        pos: Pos,
        (anchor, call): (usize, Option<String>),
        items: Items,
    ) -> Result<(), ParseError> {
        self.count.add(1, pos)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(bounds::too_deep(pos));
        }
        self.open.push(Frame { pos, anchor, call, items, nodes: 1, bytes: 0, height: 0 });
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
        let end = if span.is_empty() { last.unwrap_or(frame.pos) } else { self.place(span.end) };
        let node = Node { pos: frame.pos, end, value };
        let done = Anchored { node, nodes: frame.nodes, bytes: frame.bytes, height: frame.height };
        self.close(called(done, frame.call), frame.anchor, false)
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

/// The value as the argument of the function.
fn called(inner: Anchored, call: Option<String>) -> Anchored {
    let Some(call) = call else { return inner };
    let (pos, end) = (inner.node.pos, inner.node.end);
    let value = Value::Map(vec![(Node::text(pos, end, call), inner.node)]);
    Anchored { node: Node { pos, end, value }, height: inner.height + 1, ..inner }
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

/// Adds what `<<` brings: keys that are there stay, the first of several mappings wins. Some systems let it spread a list of
/// plain values too, which are no keys.
fn merge(entries: &mut Vec<(Node, Node)>, merges: Vec<(Pos, Node)>) -> Result<(), ParseError> {
    if merges.is_empty() {
        return Ok(());
    }
    let mut seen: HashSet<String> = entries.iter().map(|(key, _)| key.to_string()).collect();
    for (pos, node) in merges {
        let (parts, listed) = match node.value {
            Value::List(items) => (items, true),
            value => (vec![Node { value, ..node }], false),
        };
        for part in parts {
            let pairs = match part.value {
                Value::Map(pairs) => pairs,
                Value::Scalar(_) if listed => continue,
                _ => return Err(ParseError::new(pos, "`<<` takes a mapping or a list of mappings")),
            };
            entries.extend(pairs.into_iter().filter(|(key, _)| seen.insert(key.to_string())));
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
