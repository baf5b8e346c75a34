//! `value`: values in YAML, JSON and TOML documents.

use super::content::unread;
use super::select::{Compared, Paths, few};
use super::{Check, Kind, build, schema};
use crate::document::Node;
use crate::evidence::{Class, Needs, Steps, View, shown};
use crate::words::{Because, Judgement, Truth, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "value",
    summary: "A value in a YAML, JSON, TOML, HCL or properties file compares as asked.",
    details: "\
Follows `query` (`a.b[*].c`, `a[\"key.with.dots\"]`, `**.image`) into each document of `in` (YAML files may hold several). Without a comparison it is \
enough that the value exists. Of several comparisons all must hold for the value.

True when any value does; with `every: true` when all of them do and there is at least one, and the values that do not are the places at \
fault. Unknown where a document does not parse, or could not be read, and could turn the answer.",
    example: "value: { in: package.json, query: engines.node, exists: true }",
    schema: schema::<ValueCheck>,
    build: build::<ValueCheck>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ValueCheck {
    /// Globs of the documents.
    r#in: Paths,
    /// Path to the values.
    query: Steps,
    /// Whether there must be such a value, or must be none.
    #[serde(default)]
    exists: Option<bool>,
    #[serde(flatten)]
    compared: Compared,
    /// Every value must compare, not only one.
    #[serde(default)]
    every: bool,
    /// Classes of files that count.
    #[serde(default)]
    classes: Vec<Class>,
}

impl Check for ValueCheck {
    fn needs(&self, needs: &mut Needs) {
        // What one check takes away may be another's.
        needs.documents.extend(self.r#in.globs.iter().filter(|glob| !glob.starts_with('!')).cloned());
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let (mut good, mut bad, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for file in self.r#in.files(view.tree, &self.classes) {
            match file.facts.as_ref().and_then(|facts| facts.documents.as_ref()) {
                Some(Ok(roots)) => {
                    for node in roots.iter().flat_map(|root| self.query.query.select(root)) {
                        let side = if self.compared.holds(node) { &mut good } else { &mut bad };
                        side.push(self.place(&file.path, node));
                    }
                }
                Some(Err(error)) => {
                    let (line, column) = (error.pos.line, error.pos.column);
                    unknown
                        .push(Unknown::because(format!("{}:{line}:{column}: {}", file.path, error.message)));
                }
                None => unknown.extend(unread(file)),
            }
        }
        self.decide(good, bad, unknown)
    }
}

impl ValueCheck {
    fn decide(&self, good: Vec<Because>, bad: Vec<Because>, unknown: Vec<Unknown>) -> Judgement {
        let wanted = self.exists != Some(false);
        if self.every && !bad.is_empty() {
            return Judgement::no(bad);
        }
        if !self.every && !good.is_empty() {
            return Judgement::new(wanted, few(good, "values"));
        }
        if !unknown.is_empty() {
            return Judgement { truth: Truth::Unknown, because: Vec::new(), unknown };
        }
        if self.every && !good.is_empty() {
            return Judgement::new(wanted, few(good, "values"));
        }
        let missing = Because::note(format!("no `{}` in {}", self.query.text, self.r#in.shown()));
        Judgement::new(!wanted, if bad.is_empty() { vec![missing] } else { bad })
    }

    fn place(&self, path: &str, node: &Node) -> Because {
        let text = format!("{}: {}", self.query.text, shown(node));
        Because { column: Some(node.pos.column), ..Because::line(path, node.pos.line, &text) }
    }
}
