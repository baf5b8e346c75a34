//! A small language for paths into a document.
//!
//! ```text
//! query = step+                       a.b[*].c
//! step  = name | '.' name             the value of a key: letters, digits, `_`, `-`, `/`, `$`, `@`, `:`
//!       | '[' "text" ']'              the value of a key with any other character: a["key.with.dots"]
//!       | '[' number ']'              an item of a list, from 0; negative from the end: [-1]
//!       | '*' | '[*]'                 every value of a mapping, every item of a list
//!       | '**'                        this value and everything below it, at any depth
//! ```
//! A step that leads nowhere gives nothing; it is not an error.
//!
//! Settings of programs are looked up *loosely*: `a.b` also finds a key that is written `a.b`, and goes through a list to
//! the `b` of each item.

use super::node::{Node, Value};

/// A compiled query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    steps: Vec<Step>,
}

/// Why a text is not a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {at} of `{query}`")]
pub struct QueryError {
    /// Character, from 1.
    pub at: usize,
    /// What is wrong.
    pub message: &'static str,
    /// The query.
    pub query: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Item(i64),
    Every,
    Below,
}

/// Most steps of a query.
const MAX_STEPS: usize = 64;

impl Query {
    /// Compiles a query.
    pub fn new(text: &str) -> Result<Self, QueryError> {
        let mut reader = Reader { chars: text.chars().collect(), at: 0 };
        let mut steps = Vec::new();
        let error = |reader: &Reader, message| QueryError { at: reader.at + 1, message, query: text.into() };
        while reader.peek().is_some() {
            let step = reader.step(steps.is_empty()).map_err(|message| error(&reader, message))?;
            // `**` twice in a row means the same as once, and would cost its square.
            if !(step == Step::Below && steps.last() == Some(&Step::Below)) {
                steps.push(step);
            }
            if steps.len() > MAX_STEPS {
                return Err(error(&reader, "too many steps"));
            }
        }
        if steps.is_empty() {
            return Err(error(&reader, "an empty query names nothing"));
        }
        Ok(Self { steps })
    }

    /// Everything in the document that the query names, in the order of the text, each once.
    pub fn select<'a>(&self, root: &'a Node) -> Vec<&'a Node> {
        self.walk(root, false)
    }

    /// The same, loosely.
    pub fn select_loosely<'a>(&self, root: &'a Node) -> Vec<&'a Node> {
        self.walk(root, true)
    }

    fn walk<'a>(&self, root: &'a Node, loosely: bool) -> Vec<&'a Node> {
        // What was reached after so many steps.
        let mut reached: Vec<Vec<&Node>> = vec![Vec::new(); self.steps.len() + 1];
        reached[0].push(root);
        for (at, step) in self.steps.iter().enumerate() {
            let mut found = std::mem::take(&mut reached[at]);
            // Several `**` lead to the same value by several ways.
            let mut seen = std::collections::HashSet::new();
            found.retain(|node: &&Node| seen.insert(std::ptr::from_ref::<Node>(*node)));
            for node in found {
                if loosely {
                    let starts = if let (Step::Key(_), Value::List(items)) = (step, &node.value) {
                        items.iter().collect()
                    } else {
                        vec![node]
                    };
                    for node in starts {
                        step.follow(node, &mut reached[at + 1]);
                        self.dotted(at, node, &mut reached);
                    }
                } else {
                    step.follow(node, &mut reached[at + 1]);
                }
            }
        }
        let mut found = reached.pop().unwrap_or_default();
        let mut seen = std::collections::HashSet::new();
        found.retain(|node: &&Node| seen.insert(std::ptr::from_ref::<Node>(*node)));
        found
    }

    /// Keys that are several steps in one.
    fn dotted<'a>(&self, at: usize, node: &'a Node, reached: &mut [Vec<&'a Node>]) {
        let entries = node.as_map().unwrap_or_default().iter();
        for (key, value) in entries.filter_map(|(key, value)| Some((key.as_str()?, value))) {
            if !key.contains('.') {
                continue;
            }
            let mut rest = Some(key);
            for (step, place) in self.steps[at..].iter().zip(at + 1..) {
                let (Step::Key(name), Some(text)) = (step, rest) else { break };
                match text.strip_prefix(name.as_str()) {
                    Some("") if place > at + 1 => {
                        reached[place].push(value);
                        break;
                    }
                    Some(after) => rest = after.strip_prefix('.'),
                    None => break,
                }
            }
        }
    }
}

impl std::str::FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        Self::new(text)
    }
}

impl Step {
    fn follow<'a>(&self, node: &'a Node, found: &mut Vec<&'a Node>) {
        match (self, &node.value) {
            (Self::Key(key), _) => found.extend(node.get(key)),
            (Self::Item(index), Value::List(items)) => {
                let from_end = usize::try_from(index.unsigned_abs()).ok();
                let at = if *index < 0 {
                    from_end.and_then(|back| items.len().checked_sub(back))
                } else {
                    from_end
                };
                found.extend(at.and_then(|at| items.get(at)));
            }
            (Self::Every, Value::List(items)) => found.extend(items),
            (Self::Every, Value::Map(entries)) => found.extend(entries.iter().map(|(_, value)| value)),
            (Self::Below, value) => {
                found.push(node);
                match value {
                    Value::List(items) => items.iter().for_each(|item| self.follow(item, found)),
                    Value::Map(entries) => entries.iter().for_each(|(_, value)| self.follow(value, found)),
                    Value::Scalar(_) => {}
                }
            }
            _ => {}
        }
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        self.at += usize::from(found);
        found
    }

    fn step(&mut self, first: bool) -> Result<Step, &'static str> {
        if self.take('[') {
            let step = self.bracket()?;
            return if self.take(']') { Ok(step) } else { Err("expected `]`") };
        }
        let dot = self.take('.');
        if !(first || dot) {
            return Err("expected `.` or `[`");
        }
        if first && dot {
            return Err("a query starts with a key, not with `.`,");
        }
        if self.take('*') {
            return Ok(if self.take('*') { Step::Below } else { Step::Every });
        }
        let name = self.run(|char| char.is_alphanumeric() || "_-/$@:".contains(char));
        if name.is_empty() { Err("expected a key, `*` or `**`") } else { Ok(Step::Key(name)) }
    }

    fn bracket(&mut self) -> Result<Step, &'static str> {
        match self.peek() {
            Some('*') => {
                self.at += 1;
                Ok(Step::Every)
            }
            Some(quote @ ('"' | '\'')) => {
                self.at += 1;
                let key = self.run(|char| char != quote);
                if self.take(quote) { Ok(Step::Key(key)) } else { Err("the quote is not closed") }
            }
            _ => {
                let digits = self.run(|char| char.is_ascii_digit() || char == '-');
                digits.parse().map(Step::Item).map_err(|_| "expected a number, `*` or a quoted key")
            }
        }
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let run: String = self.chars[self.at..].iter().copied().take_while(|char| belongs(*char)).collect();
        self.at += run.chars().count();
        run
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_yaml;
    use super::*;

    #[test]
    fn queries_find_values() {
        let text =
            "a:\n  b: [{ c: 1 }, { c: 2 }, { d: 3 }]\n  x.y: 4\njobs: { test: { steps: [{ c: 5 }] } }\n";
        let node = parse_yaml(text).unwrap();
        let cases = [
            ("a.b[*].c", "1 2"),
            ("a.b[0].c", "1"),
            ("a.b[-1].d", "3"),
            ("a.b[-9]", ""),
            ("a.b[9]", ""),
            ("a[\"x.y\"]", "4"),
            ("['a']['x.y']", "4"),
            ("jobs.*.steps.*.c", "5"),
            ("**.c", "1 2 5"),
            ("**.**.c", "1 2 5"),
            ("a.**.c", "1 2"),
            ("**.steps[*].**.c", "5"),
            ("nothing.here", ""),
        ];
        for (query, expected) in cases {
            let found: Vec<String> =
                Query::new(query).unwrap().select(&node).into_iter().map(ToString::to_string).collect();
            assert_eq!(found.join(" "), expected, "{query}");
        }
    }

    #[test]
    fn settings_are_found_however_their_keys_are_nested() {
        let text =
            "a.b.c: 1\na.b: { c: 2, d.e: 3 }\nl: [{ x: 4 }, { x: 5 }]\na: { b: { c: 6 }, b.c: 7 }\nab: 8\n";
        let node = parse_yaml(text).unwrap();
        let cases = [("a.b.c", "1 2 6 7"), ("a.b.d.e", "3"), ("l.x", "4 5"), ("l[*].x", "4 5"), ("a.bc", "")];
        for (query, expected) in cases {
            let found = Query::new(query).unwrap();
            let mut found: Vec<String> =
                found.select_loosely(&node).into_iter().map(ToString::to_string).collect();
            found.sort();
            assert_eq!(found.join(" "), expected, "{query}");
        }
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let cases = [
            ("", 1, "names nothing"),
            (".a", 2, "starts with a key"),
            ("a..b", 3, "expected a key"),
            ("a[b]", 3, "a number"),
            ("a[1", 4, "expected `]`"),
            ("a[\"b]", 6, "not closed"),
            ("a b", 2, "expected `.`"),
        ];
        for (query, at, part) in cases {
            let error = Query::new(query).unwrap_err();
            assert!(error.to_string().contains(part), "{query}: {error}");
            assert_eq!(error.at, at, "{query}: {error}");
        }
    }
}
