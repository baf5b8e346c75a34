//! Holds a document against a JSON Schema and finds everything that is wrong, each thing at its place.
//!
//! Understands the part of JSON Schema that `schemars` writes. Its problems are for people: of several alternatives
//! the one that fits best speaks, never "matched no variant".

use super::node::{Node, Pos, Scalar, Value};
use super::suggest::hint;
use serde_json::{Map, Value as Json};

/// Something that does not follow the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it starts.
    pub pos: Pos,
    /// Where it ends, exclusive.
    pub end: Pos,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The name of a `format` and what checks a text of it; the error says what is wrong.
pub type Format = (&'static str, fn(&str) -> Result<(), String>);

/// Everything in the document that does not follow the schema.
pub fn validate(document: &Node, schema: &Json, formats: &[Format]) -> Vec<Fault> {
    let mut walk = Walk { root: schema, formats, faults: Vec::new() };
    walk.node(document, document, schema);
    walk.faults
}

/// Most references that are followed in a row: a schema that only refers to itself ends here.
const MAX_REFS: usize = 32;

struct Walk<'a> {
    root: &'a Json,
    formats: &'a [Format],
    faults: Vec<Fault>,
}

impl<'a> Walk<'a> {
    fn fault(&mut self, at: &Node, message: String, hint: Option<String>) {
        self.faults.push(Fault { pos: at.pos, end: at.end, message, hint });
    }

    fn resolve(&self, mut schema: &'a Json) -> &'a Json {
        for _ in 0..MAX_REFS {
            let Some(reference) = schema["$ref"].as_str() else { break };
            let Some(target) = reference.strip_prefix('#').and_then(|path| self.root.pointer(path)) else {
                break;
            };
            schema = target;
        }
        schema
    }

    /// `owner` is what a reader looks at when something is missing: the key, or the item itself.
    fn node(&mut self, node: &Node, owner: &Node, schema: &'a Json) {
        let schema = self.resolve(schema);
        let Json::Object(rules) = schema else {
            if schema == &Json::Bool(false) {
                self.fault(owner, "nothing is allowed here".into(), None);
            }
            return;
        };
        if !fits(node, rules) {
            let message = format!("expected {}, found {}", wanted(rules), node.sort());
            return self.fault(if node.is_null() { owner } else { node }, message, described(rules));
        }
        self.choice(node, owner, rules);
        self.words(node, rules);
        match &node.value {
            Value::Map(entries) => self.map(owner, entries, rules),
            Value::List(items) => self.list(node, items, rules),
            Value::Scalar(Scalar::Text(text)) => self.text(node, text, rules),
            Value::Scalar(Scalar::Integer(number)) => self.range(node, number.to_string(), *number, rules),
            Value::Scalar(_) => {}
        }
        for part in rules.get("allOf").and_then(Json::as_array).into_iter().flatten() {
            self.node(node, owner, part);
        }
    }

    fn choice(&mut self, node: &Node, owner: &Node, rules: &'a Map<String, Json>) {
        let Some(branches) = ["anyOf", "oneOf"].iter().find_map(|key| rules.get(*key)?.as_array()) else {
            return;
        };
        let branches: Vec<&Json> = branches.iter().map(|branch| self.resolve(branch)).collect();
        let fitting: Vec<&Json> = branches
            .iter()
            .copied()
            .filter(|branch| branch.as_object().is_none_or(|rules| fits(node, rules)))
            .collect();
        if fitting.is_empty() {
            let mut sorts: Vec<String> =
                branches.iter().filter_map(|branch| branch.as_object()).map(wanted).collect();
            sorts.dedup();
            let message = format!("expected {}, found {}", sorts.join(" or "), node.sort());
            return self.fault(if node.is_null() { owner } else { node }, message, described(rules));
        }
        if let Some(text) = node.as_str() {
            let words: Vec<&str> = fitting.iter().flat_map(|branch| words(branch)).collect();
            if !words.is_empty() && fitting.iter().all(|branch| !self::words(branch).is_empty()) {
                return self.word(node, text, &words);
            }
        }
        let best = fitting.into_iter().map(|branch| self.tried(node, owner, branch)).min_by_key(Vec::len);
        self.faults.extend(best.unwrap_or_default());
    }

    fn tried(&self, node: &Node, owner: &Node, branch: &'a Json) -> Vec<Fault> {
        let mut walk = Walk { root: self.root, formats: self.formats, faults: Vec::new() };
        walk.node(node, owner, branch);
        walk.faults
    }

    /// `enum` and `const`.
    fn words(&mut self, node: &Node, rules: &'a Map<String, Json>) {
        let allowed: Vec<&Json> = rules.get("enum").and_then(Json::as_array).into_iter().flatten().collect();
        let allowed: Vec<&Json> = allowed.into_iter().chain(rules.get("const")).collect();
        if allowed.is_empty() || allowed.contains(&&node.to_json()) {
            return;
        }
        let texts: Vec<&str> = allowed.iter().filter_map(|word| word.as_str()).collect();
        match node.as_str() {
            Some(text) if !texts.is_empty() => self.word(node, text, &texts),
            _ => {
                let listed: Vec<String> = allowed.iter().map(|word| format!("`{word}`")).collect();
                self.fault(node, format!("expected {}", listed.join(" or ")), described(rules));
            }
        }
    }

    fn word(&mut self, node: &Node, text: &str, known: &[&str]) {
        if !known.contains(&text) {
            let hint = hint(text, "possible here", known.iter().copied());
            self.fault(node, format!("`{text}` is not possible here"), hint);
        }
    }

    fn map(&mut self, owner: &Node, entries: &[(Node, Node)], rules: &'a Map<String, Json>) {
        let properties = rules.get("properties").and_then(Json::as_object);
        let names = rules.get("propertyNames");
        for (key, value) in entries {
            let name = key.as_str().unwrap_or_default();
            if let Some(schema) = properties.and_then(|known| known.get(name)) {
                self.node(value, key, schema);
                continue;
            }
            if let Some(schema) = names {
                self.node(key, key, schema);
            }
            match rules.get("additionalProperties") {
                Some(Json::Bool(false)) => {
                    let known = properties.into_iter().flatten().map(|(name, _)| name.as_str());
                    let hint = hint(name, "known here", known);
                    self.fault(key, format!("unknown key `{name}`"), hint);
                }
                Some(schema) => self.node(value, key, schema),
                None => {}
            }
        }
        self.missing(owner, entries, rules);
        let count = entries.len() as u64;
        if rules.get("minProperties").and_then(Json::as_u64).is_some_and(|least| count < least) {
            self.fault(owner, "there has to be at least one key".into(), described(rules));
        }
        if let Some(most) = rules.get("maxProperties").and_then(Json::as_u64).filter(|most| count > *most) {
            self.fault(owner, format!("{count} keys, at most {most} are possible"), None);
        }
    }

    fn missing(&mut self, owner: &Node, entries: &[(Node, Node)], rules: &Map<String, Json>) {
        let required = rules.get("required").and_then(Json::as_array).into_iter().flatten();
        for name in required.filter_map(Json::as_str) {
            if !entries.iter().any(|(key, _)| key.as_str() == Some(name)) {
                // A whole mapping is too much to underline.
                let end = if owner.as_map().is_some() { owner.pos } else { owner.end };
                let at = Node { pos: owner.pos, end, value: Value::Scalar(Scalar::Null) };
                let what = rules.get("properties").and_then(|known| known[name]["description"].as_str());
                let hint = what.and_then(first_line).map(|text| format!("`{name}`: {text}"));
                self.fault(&at, format!("`{name}` is missing"), hint);
            }
        }
    }

    fn list(&mut self, node: &Node, items: &[Node], rules: &'a Map<String, Json>) {
        if let Some(schema) = rules.get("items") {
            items.iter().for_each(|item| self.node(item, item, schema));
        }
        let count = items.len() as u64;
        if let Some(least) = rules.get("minItems").and_then(Json::as_u64).filter(|least| count < *least) {
            self.fault(node, format!("{count} items, at least {least} have to be here"), None);
        }
        if let Some(most) = rules.get("maxItems").and_then(Json::as_u64).filter(|most| count > *most) {
            self.fault(node, format!("{count} items, at most {most} are possible"), None);
        }
    }

    fn text(&mut self, node: &Node, text: &str, rules: &Map<String, Json>) {
        if text.trim().is_empty()
            && rules.get("minLength").and_then(Json::as_u64).is_some_and(|least| least > 0)
        {
            self.fault(node, "there has to be a text".into(), described(rules));
        }
        if let Some(pattern) = rules.get("pattern").and_then(Json::as_str) {
            let matches = regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(text));
            if !matches {
                self.fault(node, format!("`{text}` is not possible here"), described(rules));
            }
        }
        let format = rules.get("format").and_then(Json::as_str);
        if let Some((_, check)) = self.formats.iter().find(|(name, _)| Some(*name) == format)
            && let Err(message) = check(text)
        {
            self.fault(node, message, described(rules));
        }
    }

    fn range(&mut self, node: &Node, text: String, number: i64, rules: &Map<String, Json>) {
        let bound = |key: &str| rules.get(key).and_then(Json::as_f64);
        #[expect(clippy::cast_precision_loss, reason = "bounds in our schemas are small")]
        let number = number as f64;
        if let Some(least) = bound("minimum").filter(|least| number < *least) {
            self.fault(node, format!("{text} is less than {least}"), None);
        }
        if let Some(most) = bound("maximum").filter(|most| number > *most) {
            self.fault(node, format!("{text} is more than {most}"), None);
        }
    }
}

/// The words that a branch stands for, where it stands for words.
fn words(branch: &Json) -> Vec<&str> {
    let listed = branch["enum"].as_array().into_iter().flatten().filter_map(Json::as_str);
    listed.chain(branch["const"].as_str()).collect()
}

fn types(rules: &Map<String, Json>) -> Vec<&str> {
    match rules.get("type") {
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        _ => match rules.get("const") {
            Some(Json::String(_)) => vec!["string"],
            _ => Vec::new(),
        },
    }
}

/// Whether the value is of a type that the rules allow.
fn fits(node: &Node, rules: &Map<String, Json>) -> bool {
    let types = types(rules);
    let of_type = |name: &str| match &node.value {
        Value::List(_) => name == "array",
        Value::Map(_) => name == "object",
        Value::Scalar(Scalar::Null) => name == "null",
        Value::Scalar(Scalar::Bool(_)) => name == "boolean",
        Value::Scalar(Scalar::Integer(_)) => matches!(name, "integer" | "number"),
        Value::Scalar(Scalar::Float(_)) => name == "number",
        Value::Scalar(Scalar::Text(_)) => name == "string",
    };
    types.is_empty() || types.into_iter().any(of_type)
}

/// What the rules allow, for people.
fn wanted(rules: &Map<String, Json>) -> String {
    let names = types(rules).into_iter().map(|name| match name {
        "array" => "a list",
        "object" => "a mapping",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "null" => "nothing",
        _ => "a text",
    });
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "something else".into() } else { names.join(" or ") }
}

fn described(rules: &Map<String, Json>) -> Option<String> {
    rules.get("description").and_then(Json::as_str).and_then(first_line).map(ToOwned::to_owned)
}

fn first_line(text: &str) -> Option<&str> {
    text.lines().next().filter(|line| !line.is_empty())
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
