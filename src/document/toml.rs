//! TOML -> [`Node`].

use super::bounds::{self, Count, MAX_DEPTH};
use super::lines::Lines;
use super::node::{Node, ParseError, Pos, Scalar, Value};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Parses a TOML text.
pub fn parse_toml(text: &str) -> Result<Node, ParseError> {
    bounds::size(text)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines::new(text);
    if let Some(offset) = deepest(text, MAX_DEPTH) {
        return Err(bounds::too_deep(lines.pos(offset)));
    }
    let table = DeTable::parse(text).map_err(|error| {
        let pos = lines.pos(error.span().map_or(0, |span| span.start));
        ParseError::new(pos, format!("this is not TOML: {}", error.message()))
    })?;
    let mut reader = Reader { lines, count: Count::default() };
    let value = reader.map(table.into_inner(), 1)?;
    Ok(Node { pos: Pos::START, end: reader.lines.pos(text.len()), value })
}

/// Where brackets and dotted keys together nest deeper than the limit. The parser bounds each of them, but not
/// their product, and its tree is dropped recursively.
fn deepest(text: &str, limit: usize) -> Option<usize> {
    // One entry for each open bracket: the dots of the key that leads to it.
    let mut open: Vec<usize> = Vec::new();
    let (mut dots, mut depth, mut at) = (0, 0, 0);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => {
                at = string_end(bytes, at);
                continue;
            }
            b'#' => {
                at += bytes[at..].iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len() - at);
                continue;
            }
            b'[' | b'{' => {
                open.push(dots);
                depth += 1 + dots;
                dots = 0;
            }
            b']' | b'}' => {
                dots = open.pop().unwrap_or_default();
                depth = depth.saturating_sub(1 + dots);
            }
            b'.' => dots += 1,
            b',' => dots = 0,
            b'\n' if open.is_empty() => dots = 0,
            _ => {}
        }
        if depth + dots > limit {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The byte behind a string that starts here; the end of the line where a one-line string is not closed.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let long = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if long { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !long => return at,
            byte if *byte == quote && (!long || bytes[at..].starts_with(&[quote; 3])) => {
                return at + if long { 3 } else { 1 };
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

struct Reader<'a> {
    lines: Lines<'a>,
    count: Count,
}

impl Reader<'_> {
    fn place(&self, span: &Range<usize>) -> (Pos, Pos) {
        (self.lines.pos(span.start), self.lines.pos(span.end))
    }

    fn node(&mut self, value: Spanned<DeValue<'_>>, depth: usize) -> Result<Node, ParseError> {
        let (pos, end) = self.place(&value.span());
        self.count.add(1, pos)?;
        let value = match value.into_inner() {
            DeValue::String(text) => Value::Scalar(Scalar::Text(text.into_owned())),
            DeValue::Integer(number) => Value::Scalar(integer(number.as_str(), number.radix())),
            DeValue::Float(number) => Value::Scalar(
                number.as_str().parse().map_or_else(|_| Scalar::Text(number.to_string()), Scalar::Float),
            ),
            DeValue::Boolean(value) => Value::Scalar(Scalar::Bool(value)),
            DeValue::Datetime(time) => Value::Scalar(Scalar::Text(time.to_string())),
            DeValue::Array(_) | DeValue::Table(_) if depth >= MAX_DEPTH => {
                return Err(bounds::too_deep(pos));
            }
            DeValue::Array(items) => Value::List(
                items.into_iter().map(|item| self.node(item, depth + 1)).collect::<Result<_, _>>()?,
            ),
            DeValue::Table(table) => self.map(table, depth)?,
        };
        Ok(Node { pos, end, value })
    }

    /// In the order of the text; the parser's is alphabetical.
    fn map(&mut self, table: DeTable<'_>, depth: usize) -> Result<Value, ParseError> {
        let mut pairs: Vec<_> = table.into_iter().collect();
        pairs.sort_by_key(|(key, _)| key.span().start);
        let mut entries = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let (pos, end) = self.place(&key.span());
            entries.push((Node::text(pos, end, key.into_inner()), self.node(value, depth + 1)?));
        }
        Ok(Value::Map(entries))
    }
}

fn integer(digits: &str, radix: u32) -> Scalar {
    i64::from_str_radix(digits, radix).map_or_else(|_| Scalar::Text(digits.to_owned()), Scalar::Integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_places_and_keep_their_order() {
        let node = parse_toml("[z]\nx = 1\n[a]\nb.c = \"é\" # [\nd = 2026-01-02\n").unwrap();
        let keys: Vec<_> = node.as_map().unwrap().iter().map(|(key, _)| key.to_string()).collect();
        assert_eq!(keys, ["z", "a"]);
        let a = node.get("a").unwrap();
        assert_eq!(a.get("b").unwrap().get("c").unwrap().pos, Pos::at(4, 7));
        assert_eq!(a.get("d").unwrap().as_str(), Some("2026-01-02"));
    }

    #[test]
    fn brackets_and_dots_in_strings_do_not_nest() {
        let busy = "[.".repeat(100);
        for quote in ["\"", "'", "\"\"\"", "'''"] {
            let text = format!("a = {quote}{busy}{quote} # {busy}\nb = 1.5\n");
            assert!(parse_toml(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn broken_texts_are_told_with_their_place() {
        let error = parse_toml("a = 1\na = 2\n").unwrap_err();
        assert_eq!(error.pos, Pos::at(2, 1), "{error}");
        assert!(error.message.contains("duplicate key"), "{error}");
    }
}
