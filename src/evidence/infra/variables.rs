//! Variables of Dockerfiles: `NAME=value` lists, and `$NAME` put in.

use std::collections::BTreeMap;

/// Names and values.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables(BTreeMap<String, String>);

/// Longest text that comes of putting values in.
const MAX_LENGTH: usize = 4096;

impl Variables {
    pub(super) fn set(&mut self, name: &str, value: String) {
        self.0.insert(name.to_owned(), value);
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// These, and where they know nothing, others.
    pub(super) fn or(&self, others: &Self, use_others: bool) -> Self {
        let mut all = if use_others { others.clone() } else { Self::default() };
        all.0.extend(self.0.iter().map(|(name, value)| (name.clone(), value.clone())));
        all
    }

    /// The text with `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}` put in. What has no value stays as it
    /// is written.
    pub(super) fn expand(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (value, used) = self.reference(after);
            if let Some(value) = value {
                out.push_str(&value);
            } else {
                out.push('$');
                out.push_str(&after[..used]);
            }
            rest = &after[used..];
            if out.len() > MAX_LENGTH {
                break;
            }
        }
        out.push_str(rest);
        out.truncate(out.floor_char_boundary(MAX_LENGTH));
        out
    }

    /// The value of the reference after a `$`, and how much of the text it is.
    fn reference(&self, after: &str) -> (Option<String>, usize) {
        if let Some(inner) = after.strip_prefix('{') {
            return inner.find('}').map_or((None, 0), |end| (self.braced(&inner[..end]), end + 2));
        }
        let end = after.find(|char: char| !(char.is_ascii_alphanumeric() || char == '_'));
        let name = &after[..end.unwrap_or(after.len())];
        (self.get(name).map(str::to_owned), name.len())
    }

    fn braced(&self, inner: &str) -> Option<String> {
        let end =
            inner.find(|char: char| !(char.is_ascii_alphanumeric() || char == '_')).unwrap_or(inner.len());
        let (name, operator) = inner.split_at(end);
        let value = self.get(name);
        let fallback = operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-'));
        if let Some(fallback) = fallback {
            return Some(value.filter(|value| !value.is_empty()).unwrap_or(fallback).to_owned());
        }
        if let Some(other) = operator.strip_prefix(":+").or_else(|| operator.strip_prefix('+')) {
            return Some(if value.is_some_and(|value| !value.is_empty()) { other } else { "" }.to_owned());
        }
        value.map(str::to_owned)
    }
}

/// `A=1 B="two words" C`; with `single`, `A one two` is one assignment too, as `ENV` has it.
pub(super) fn assignments(text: &str, single: bool) -> Vec<(String, Option<String>)> {
    let words = words(text);
    if single && !words.first().is_some_and(|word| word.contains('=')) {
        let mut words = words.into_iter();
        return words
            .next()
            .map(|name| (name, Some(words.collect::<Vec<_>>().join(" "))))
            .into_iter()
            .collect();
    }
    let assignment = |word: String| match word.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (word, None),
    };
    words.into_iter().map(assignment).filter(|(name, _)| !name.is_empty()).collect()
}

/// Words, without their quotes.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut open) = (Vec::new(), String::new(), None, false);
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (quote, char) {
            (None, '"' | '\'') => (quote, open) = (Some(char), true),
            (Some(end), _) if char == end => quote = None,
            (_, '\\') => word.extend(chars.next().filter(|next| *next != '\n')),
            (None, _) if char.is_whitespace() => {
                if open || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
            }
            _ => word.push(char),
        }
    }
    if open || !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_where_they_are_known() {
        let mut variables = Variables::default();
        variables.set("A", "1".into());
        variables.set("E", String::new());
        let cases = [
            ("x$A.y", "x1.y"),
            ("${A}b", "1b"),
            ("${B:-c}", "c"),
            ("${E:-c}${B-d}", "cd"),
            ("${A:+z}${B:+z}", "z"),
            ("$B ${C} $", "$B ${C} $"),
            ("${A", "${A"),
        ];
        for (text, expected) in cases {
            assert_eq!(variables.expand(text), expected, "{text}");
        }
    }

    #[test]
    fn assignments_are_split() {
        let shown = |text, single| format!("{:?}", assignments(text, single));
        assert_eq!(
            shown("A=1 B=\"two words\" C", false),
            r#"[("A", Some("1")), ("B", Some("two words")), ("C", None)]"#
        );
        assert_eq!(shown("A one two", true), r#"[("A", Some("one two"))]"#);
    }
}
