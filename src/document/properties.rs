//! Java properties -> [`Node`]: keys with dots become nested mappings.

use super::bounds::{self, Count, MAX_DEPTH};
use super::nested;
use super::node::{Node, ParseError, Pos, Value};
use super::yaml_scalar;

/// Parses a properties text. Nearly everything is one: what has no separator is a key without a value.
pub fn parse_properties(text: &str) -> Result<Node, ParseError> {
    bounds::size(text)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut entries, mut count) = (Vec::new(), Count::default());
    let mut lines = (1..).zip(text.lines());
    let mut end = Pos::START;
    while let Some((line, first)) = lines.next() {
        let indent = first.chars().take_while(|char| char.is_whitespace()).count();
        let start = first.trim_start();
        if start.is_empty() || start.starts_with(['#', '!']) {
            continue;
        }
        let mut logical = start.to_owned();
        while continued(&logical) {
            logical.pop();
            match lines.next() {
                Some((_, more)) => logical.push_str(more.trim_start()),
                None => break,
            }
        }
        let pos = Pos::at(line, indent + 1);
        end = Pos::at(line, first.chars().count() + 1);
        let (key, value) = split(&logical);
        let keys: Vec<Node> =
            key.split('.').map(|part| Node::text(pos, end, unescaped(part))).take(MAX_DEPTH).collect();
        count.add(keys.len() + 1, pos)?;
        let value =
            Node { pos, end, value: Value::Scalar(yaml_scalar::resolve(unescaped(value).trim_end())) };
        nested::insert(&mut entries, &keys, value);
    }
    Ok(Node { pos: Pos::START, end, value: Value::Map(entries) })
}

/// Whether the line goes on: an odd number of backslashes stands at its end.
fn continued(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// Key and value; the first `=`, `:` or blank that is not escaped parts them.
fn split(line: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, char) in line.char_indices() {
        let parts = matches!(char, '=' | ':') || char.is_whitespace();
        if parts && !escaped {
            let rest = line[at..].trim_start();
            let value = rest.strip_prefix(['=', ':']).unwrap_or(rest);
            return (&line[..at], value.trim_start());
        }
        escaped = char == '\\' && !escaped;
    }
    (line, "")
}

fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let (mut plain, mut chars) = (String::with_capacity(text.len()), text.chars());
    while let Some(char) = chars.next() {
        plain.extend(if char == '\\' { chars.next() } else { Some(char) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn dotted_keys_are_nested() {
        let text =
            "# a comment\n! another\na.b = 1\na.c: x y\na.d on\nlong = one \\\n  two\nk\\:x = true\nalone\n";
        let value = parse_properties(text).unwrap().to_json();
        let expected = json!({
            "a": { "b": 1, "c": "x y", "d": "on" }, "long": "one two", "k:x": true, "alone": null
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn a_value_and_what_stands_below_it_are_both_kept() {
        let value = parse_properties("a=1\na.b=2\nc.d=3\nc=4\n").unwrap().to_json();
        assert_eq!(value, json!({ "a": 1, "a.b": 2, "c": 4 }));
        let deep = parse_properties(&"a.".repeat(5000)).unwrap();
        assert!(deep.get("a").is_some());
    }

    #[test]
    fn values_know_their_places() {
        let node = parse_properties("\n  a.b = 1").unwrap();
        assert_eq!(node.get("a").and_then(|node| node.get("b")).map(|node| node.pos), Some(Pos::at(2, 3)));
    }
}
