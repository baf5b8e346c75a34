//! The normal form of a line: what is left of it when formatting, prose and types are taken away; and names that differ.

use super::table::Rules;
use std::collections::BTreeMap;

/// A line by which it is compared with others. `code` is `full` without the insides of strings.
pub(super) fn form(rules: &Rules, full: &str, code: &str) -> Box<str> {
    let mut text = without_prose(full.trim_end(), code);
    for (regex, to) in &rules.erased {
        text = regex.replace_all(text.trim(), to.as_str()).into_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for letter in text.trim().trim_end_matches([',', ';']).chars() {
        if letter.is_whitespace() {
            blank = true;
            continue;
        }
        if blank && word(letter) && out.chars().next_back().is_some_and(word) {
            out.push(' ');
        }
        blank = false;
        out.push(if letter == '\'' { '"' } else { letter });
    }
    out.into()
}

fn word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The line with every string that only people read as an empty one.
fn without_prose(full: &str, code: &str) -> String {
    let (full, code) = (full.as_bytes(), code.as_bytes());
    let mut out = Vec::with_capacity(full.len());
    let mut at = 0;
    while at < full.len() {
        if code.get(at).is_none_or(|byte| *byte == full[at]) {
            out.push(full[at]);
            at += 1;
            continue;
        }
        // Blanks inside a string are the same on both sides: it goes on to the next byte of code that is none.
        let rest = code.get(at..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte != b' ').unwrap_or(full.len() - at);
        let end = (at + length).clamp(at + 1, full.len());
        let inside = String::from_utf8_lossy(&full[at..end]);
        if !prose(inside.trim()) {
            out.extend_from_slice(&full[at..end]);
        }
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether a string is for people, or names a version, a colour or an address: no key, no query, no pattern.
fn prose(text: &str) -> bool {
    const QUERY: [&str; 9] =
        ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WHERE ", " JOIN ", "ORDER BY", "CREATE ", "ALTER "];
    if text.starts_with("https://") || text.starts_with("http://") {
        return true;
    }
    let plain = !text.contains(['=', '<', '>', '{', '}', '*', '\\', '|', '^', '$', '(', '[', '%', '/']);
    let version = text.starts_with(|first: char| first.is_ascii_digit()) && text.contains('.');
    plain && (text.contains(' ') || version) && !QUERY.iter().any(|word| text.to_uppercase().contains(word))
}

/// Words that no name can be.
const KEYWORDS: [&str; 44] = [
    "if",
    "unless",
    "else",
    "elif",
    "elsif",
    "and",
    "or",
    "not",
    "in",
    "is",
    "true",
    "false",
    "True",
    "False",
    "None",
    "null",
    "nil",
    "return",
    "break",
    "continue",
    "yield",
    "await",
    "async",
    "for",
    "while",
    "until",
    "do",
    "new",
    "throw",
    "raise",
    "try",
    "catch",
    "except",
    "finally",
    "switch",
    "case",
    "default",
    "public",
    "private",
    "protected",
    "static",
    "const",
    "let",
    "var",
];

/// The names by which two lines differ, when they differ by nothing else and each name always became the same.
pub(super) fn renames(old: &str, new: &str) -> Option<Vec<(Box<str>, Box<str>)>> {
    if old == new {
        return None;
    }
    let (mut was, mut is) = (tokens(old), tokens(new));
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    loop {
        match (was.next(), is.next()) {
            (None, None) => break,
            (Some(from), Some(to)) if name(from) && name(to) => {
                if *names.entry(from).or_insert(to) != to {
                    return None;
                }
            }
            (Some(from), Some(to)) if from == to => {}
            _ => return None,
        }
    }
    Some(
        names
            .into_iter()
            .filter(|(from, to)| from != to)
            .map(|(from, to)| (from.into(), to.into()))
            .collect(),
    )
}

fn name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_') && !KEYWORDS.contains(&token)
}

/// Words one by one, and what stands between them letter by letter.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = if word(first) {
            rest.find(|letter| !word(letter)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, more) = rest.split_at(end);
        rest = more;
        Some(token)
    })
}
