//! JSON -> [`Node`], with comments and trailing commas, as configuration files have them.

use super::bounds::{self, Count, MAX_DEPTH};
use super::lines::Lines;
use super::node::{Node, ParseError, Pos, Scalar, Value};
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::collections::HashSet;

/// Parses a JSON text. The parser itself stops at 512 levels, long before its stack ends.
pub fn parse_json(text: &str) -> Result<Node, ParseError> {
    bounds::size(text)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines::new(text);
    let options = ParseOptions {
        allow_missing_commas: false,
        allow_loose_object_property_names: false,
        ..ParseOptions::default()
    };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options).map_err(|error| {
        let pos = lines.pos(error.range().start);
        match error.kind() {
            ParseErrorKind::NestingDepthExceeded => bounds::too_deep(pos),
            kind => ParseError::new(pos, format!("this is not JSON: {kind}")),
        }
    })?;
    match parsed.value {
        Some(value) => Reader { lines, count: Count::default() }.node(value, 1),
        None => Ok(Node { pos: Pos::START, end: Pos::START, value: Value::Scalar(Scalar::Null) }),
    }
}

struct Reader<'a> {
    lines: Lines<'a>,
    count: Count,
}

impl Reader<'_> {
    fn node(&mut self, value: ast::Value<'_>, depth: usize) -> Result<Node, ParseError> {
        let range = value.range();
        let (pos, end) = (self.lines.pos(range.start), self.lines.pos(range.end));
        self.count.add(1, pos)?;
        let value = match value {
            ast::Value::StringLit(text) => Value::Scalar(Scalar::Text(text.value.into_owned())),
            ast::Value::NumberLit(number) => Value::Scalar(self::number(number.value)),
            ast::Value::BooleanLit(value) => Value::Scalar(Scalar::Bool(value.value)),
            ast::Value::NullKeyword(_) => Value::Scalar(Scalar::Null),
            ast::Value::Array(_) | ast::Value::Object(_) if depth >= MAX_DEPTH => {
                return Err(bounds::too_deep(pos));
            }
            ast::Value::Array(array) => Value::List(
                array
                    .elements
                    .into_iter()
                    .map(|item| self.node(item, depth + 1))
                    .collect::<Result<_, _>>()?,
            ),
            ast::Value::Object(object) => self.map(object, depth)?,
        };
        Ok(Node { pos, end, value })
    }

    fn map(&mut self, object: ast::Object<'_>, depth: usize) -> Result<Value, ParseError> {
        let (mut entries, mut seen) = (Vec::with_capacity(object.properties.len()), HashSet::new());
        for property in object.properties {
            let range = property.name.range();
            let key = property.name.into_string();
            let (pos, end) = (self.lines.pos(range.start), self.lines.pos(range.end));
            if !seen.insert(key.clone()) {
                return Err(ParseError::new(pos, format!("the key `{key}` is here twice")));
            }
            entries.push((Node::text(pos, end, key), self.node(property.value, depth + 1)?));
        }
        Ok(Value::Map(entries))
    }
}

fn number(text: &str) -> Scalar {
    let plain = text.strip_prefix('+').unwrap_or(text);
    let hexadecimal = plain.strip_prefix("0x").or_else(|| plain.strip_prefix("0X"));
    if let Some(value) = hexadecimal.and_then(|digits| i64::from_str_radix(digits, 16).ok()) {
        return Scalar::Integer(value);
    }
    match (plain.parse(), plain.parse()) {
        (Ok(value), _) => Scalar::Integer(value),
        (_, Ok(value)) => Scalar::Float(value),
        _ => Scalar::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_places() {
        let node = parse_json("{ // ä\n  \"é\": [1, \"x\"] }").unwrap();
        let (key, list) = node.entry("é").unwrap();
        assert_eq!((key.pos, key.end), (Pos::at(2, 3), Pos::at(2, 6)));
        assert_eq!(list.as_list().unwrap()[1].pos, Pos::at(2, 12));
    }

    #[test]
    fn broken_texts_are_told_with_their_place() {
        let cases = [
            ("{\"a\": 1,\n\"a\": 2}", Pos::at(2, 1), "here twice"),
            ("{\"a\" 1}", Pos::at(1, 6), "not JSON"),
            ("[1, 2", Pos::at(1, 1), "not JSON"),
            ("{} {}", Pos::at(1, 4), "not JSON"),
        ];
        for (text, pos, part) in cases {
            let error = parse_json(text).unwrap_err();
            assert!(error.message.contains(part), "{text}: {error}");
            assert_eq!(error.pos, pos, "{text}");
        }
        assert!(parse_json("").unwrap().is_null());
        assert!(parse_json(&format!("[{}0]", "0,".repeat(250_000))).unwrap_err().message.contains("values"));
    }
}
