//! What a file of configuration sets, line by line, and which of its lines are for which environment.

use super::Environment;
use crate::document::{Node, Value};
use crate::evidence::file_text::FileText;
use crate::evidence::needs::Mask;
use crate::evidence::nodes::{entries, get, plain, text as leaf};
use crate::regexes::Late;

/// Settings that are kept of one file, and the longest value.
const MOST: (usize, usize) = (4000, 400);

/// A part of a file that is for one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The way to keep configuration apart, by its place in the list of layouts.
    pub layout: usize,
    /// Whose it is.
    pub environment: Environment,
    /// Where it starts.
    pub line: u32,
    /// Its last line.
    pub end: u32,
    /// The text of its first line.
    pub text: Box<str>,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key with the path to it, dots between.
    pub key: Box<str>,
    /// The value as text.
    pub value: Box<str>,
    /// Where it is.
    pub line: u32,
}

fn number(index: usize) -> u32 {
    u32::try_from(index.saturating_add(1)).unwrap_or(u32::MAX)
}

/// Parts that start where one of the regexes matches.
pub(super) fn parts(layout: usize, starts: &[(Environment, Late)], text: &str) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    for (environment, regex) in starts {
        for hit in regex.get().into_iter().flat_map(|regex| regex.find_iter(text)).take(MOST.0) {
            // The line that names the environment is the last of the match.
            let at = text[..hit.end()].trim_end().matches('\n').count();
            let Some(line) = lines.get(at) else { continue };
            let end = at + covered(&lines[at..]);
            found.push(Part {
                layout,
                environment: *environment,
                line: number(at),
                end: number(end),
                text: line.trim().chars().take(crate::words::Because::MAX_TEXT).collect::<String>().into(),
            });
        }
    }
    found
}

/// How many lines below the first belong to it: those that are further in, or, under a head in brackets, those up to the next head.
fn covered(lines: &[&str]) -> usize {
    let Some((first, rest)) = lines.split_first() else { return 0 };
    let width = |line: &str| line.len() - line.trim_start().len();
    let head = first.starts_with('[');
    let inside = |line: &&&str| {
        if head { !line.starts_with('[') } else { line.trim().is_empty() || width(line) > width(first) }
    };
    rest.iter().take_while(inside).count()
}

/// What a file sets.
pub(super) fn settings(file: &FileText<'_>) -> Vec<Setting> {
    let mut found = Vec::new();
    match file.documents() {
        Some(Ok(documents)) => documents.iter().for_each(|node| walk(node, "", &mut found)),
        Some(Err(_)) | None => assignments(file.masks.get(Mask::Comments), &mut found),
    }
    found
}

fn push(found: &mut Vec<Setting>, key: &str, value: &str, line: u32) {
    let (most, longest) = MOST;
    if found.len() < most && !key.is_empty() && value.len() <= longest {
        found.push(Setting { key: key.into(), value: value.into(), line });
    }
}

fn walk(node: &Node, path: &str, found: &mut Vec<Setting>) {
    match &node.value {
        Value::Map(_) => {
            // An entry of a list of variables.
            if let (Some(name), Some(value)) =
                (get(node, "name").and_then(leaf), get(node, "value").and_then(plain))
            {
                return push(found, &joined(path, name), &value, node.pos.line);
            }
            for (key, value) in entries(node) {
                walk(value, &joined(path, &key.to_string()), found);
            }
        }
        Value::List(items) => {
            for item in items {
                let Some(text) = leaf(item) else {
                    walk(item, path, found);
                    continue;
                };
                if let Some((key, value)) = text.split_once('=') {
                    push(found, &joined(path, key.trim()), value.trim(), item.pos.line);
                }
            }
        }
        Value::Scalar(_) => {
            if let Some(value) = plain(node) {
                push(found, path, &value, node.pos.line);
            }
        }
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

static ASSIGNMENT: Late = Late::of(
    r#"^\s*(?:export\s+|-\s+|%\w+\.|const\s+|static\s+)?["']?:?([A-Za-z_][\w.-]*)["']?\]?(?:\s*:\s*[A-Za-z]+)?\s*(?:=>|:=|=|:)\s*(?:"([^"]*)"|'([^']*)'|([^\s"'#;,{\[(][^#;]*?))\s*[,;]?\s*(?:#.*)?$"#,
);

/// Lines of the form `key = value`, whatever the language.
fn assignments(code: &str, found: &mut Vec<Setting>) {
    for (at, line) in code.lines().enumerate() {
        let Some(captures) = ASSIGNMENT.captures(line) else { continue };
        let value = (2..=4).find_map(|group| captures.get(group)).map_or("", |value| value.as_str());
        push(found, captures.get(1).map_or("", |key| key.as_str()), value, number(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_all_forms_give_their_settings() {
        let cases = [
            (
                "a.yml",
                "services:\n  a:\n    environment:\n      - DEBUG=true\n      - A\n",
                vec![("services.a.environment.DEBUG", "true", 4)],
            ),
            ("a.yml", "env:\n  - name: DEBUG\n    value: \"1\"\n", vec![("env.DEBUG", "1", 2)]),
            ("a.json", "{\"a\": {\"debug\": true}}", vec![("a.debug", "true", 1)]),
            (
                ".env.production",
                "# A=1\nAPP_DEBUG=true\nexport B='c d'\nC=\n",
                vec![("APP_DEBUG", "true", 2), ("B", "c d", 3)],
            ),
            (
                "production.rb",
                "  config.consider_all_requests_local = true\n  x.y(z)\n",
                vec![("config.consider_all_requests_local", "true", 1)],
            ),
            ("prod.exs", "  debug_errors: true,\n", vec![("debug_errors", "true", 1)]),
            (
                "prod.py",
                "DEBUG: bool = True\nA = os.environ['B']\n",
                vec![("DEBUG", "True", 1), ("A", "os.environ['B']", 2)],
            ),
            (
                "application-prod.properties",
                "a.password=b c\n%prod.x=y\n",
                vec![("a.password", "b c", 1), ("%prod.x", "y", 2)],
            ),
            ("a.yml", "[", vec![]),
        ];
        for (path, text, expected) in cases {
            let found = settings(&FileText::new(path, text));
            let found: Vec<_> = found.iter().map(|one| (&*one.key, &*one.value, one.line)).collect();
            assert_eq!(found, expected, "{path}: {text}");
        }
    }

    #[test]
    fn a_part_ends_where_the_text_is_no_further_in() {
        let cases = [
            (vec!["[production]", "a = 1", "[x]"], 1),
            (vec!["production:", "  a: b", "", "  c: d", "x:"], 3),
            (vec!["%prod.a=b", "c=d"], 0),
            (vec!["[a]"], 0),
            (vec![], 0),
        ];
        for (lines, expected) in cases {
            assert_eq!(covered(&lines), expected, "{lines:?}");
        }
    }
}
