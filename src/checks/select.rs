//! Parts that several checks share: globs compiled once, and the files they choose.

use super::{Check, build, schema};
use crate::document::Node;
use crate::evidence::{
    Class, Comparison, File, FileKind, Globs, Keep, OneOrMany, PathSet, Pattern, Selection, Tree,
};
use crate::words::Because;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Globs that are named in a sentence, and the letters they may have together.
const SHOWN: (usize, usize) = (2, 48);

/// Globs of a parameter, compiled.
#[derive(Debug, Clone)]
pub(super) struct Paths {
    pub(super) globs: Vec<String>,
    pub(super) set: PathSet,
}

impl Paths {
    /// Compiles globs; those that are only taken away are taken from everything.
    pub(super) fn new(mut globs: Vec<String>) -> Result<Self, String> {
        if globs.iter().all(|glob| glob.starts_with('!')) {
            globs.push("**".into());
        }
        Ok(Self { set: PathSet::new(&globs)?, globs })
    }

    /// The files of the tree that are meant, links and other oddities left out.
    pub(super) fn files<'a>(
        &'a self,
        tree: &'a Tree,
        classes: &'a [Class],
    ) -> impl Iterator<Item = &'a File> {
        let chosen = tree.in_set(&self.set);
        chosen.filter(move |file| file.kind == FileKind::Regular && takes(classes, file.class))
    }

    /// As a need.
    pub(super) fn selection(&self, classes: &[Class]) -> Selection {
        Selection { globs: self.globs.clone(), classes: classes.to_vec() }
    }

    /// One or two globs for people, short ones, and how many more there are.
    pub(super) fn shown(&self) -> String {
        let globs: Vec<&String> = self.globs.iter().filter(|glob| !glob.starts_with('!')).collect();
        let (most, mut room) = SHOWN;
        let mut shown: Vec<String> = Vec::new();
        for glob in &globs {
            if shown.len() < most && glob.len() <= room {
                room -= glob.len();
                shown.push(format!("`{glob}`"));
            }
        }
        if shown.is_empty() {
            shown.extend(globs.first().map(|glob| format!("`{}...`", shortened(glob, SHOWN.1))));
        }
        match globs.len().saturating_sub(shown.len()) {
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }
}

impl Default for Paths {
    fn default() -> Self {
        Self::new(Vec::new()).unwrap_or_else(|_| Self { globs: Vec::new(), set: PathSet::default() })
    }
}

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Globs::deserialize(deserializer)?.0).map_err(D::Error::custom)
    }
}

impl JsonSchema for Paths {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Paths".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Globs>()
    }
}

/// Which lines of a file count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Lines {
    /// Every line.
    #[default]
    All,
    /// Lines that the change adds.
    Added,
}

impl Lines {
    /// Which matches of a pattern that is searched in these lines are kept.
    pub(super) fn keep(self) -> Keep {
        match self {
            Self::All => Keep::All,
            Self::Added => Keep::Added,
        }
    }
}

// What a value is held against: parameters of several checks, whose schemas must not get its description.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Compared {
    /// The value is this.
    equals: Option<Value>,
    /// The value is one of these.
    one_of: Option<Vec<Value>>,
    /// The value, as text, matches this regex.
    matches: Option<OneOrMany<Pattern>>,
    /// The value is a number that is not smaller, or a list that is not shorter.
    at_least: Option<f64>,
    /// The value is a number that is not larger, or a list that is not longer.
    at_most: Option<f64>,
}

impl Compared {
    /// Whether a value compares as asked.
    pub(super) fn holds(&self, node: &Node) -> bool {
        let comparison = Comparison {
            equals: self.equals.as_ref(),
            one_of: self.one_of.as_deref(),
            matches: self.matches.as_ref().map(|patterns| patterns.0.as_slice()),
            at_least: self.at_least,
            at_most: self.at_most,
        };
        comparison.holds(node)
    }
}

fn shortened(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(at, _)| &text[..at])
}

/// Whether files of the class count; no classes means all that the policy does not ignore.
pub(super) fn takes(classes: &[Class], class: Class) -> bool {
    if classes.is_empty() { !class.ignored() } else { classes.contains(&class) }
}

/// Builds a check for which a text or a list is short for one parameter.
pub(super) fn build_short<T>(key: &str, value: Value) -> Result<Box<dyn Check>, String>
where
    T: Check + DeserializeOwned + 'static,
{
    let value = match value {
        Value::Object(_) => value,
        short => Value::Object(Map::from_iter([(key.to_owned(), short)])),
    };
    build::<T>(value)
}

/// The schema of a check for which globs are short.
pub(super) fn short_schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let (globs, whole) = (generator.subschema_for::<Globs>(), schema::<T>(generator));
    json_schema!({ "anyOf": [globs, whole] })
}

/// Places that are listed one by one; the rest is told as a number.
const LISTED: usize = 5;

/// The first few places, and how many more there are.
pub(super) fn few(mut because: Vec<Because>, what: &str) -> Vec<Because> {
    if because.len() > LISTED {
        let more = because.len() - LISTED;
        because.truncate(LISTED);
        because.push(Because::note(format!("and {more} more {what}")));
    }
    because
}

#[cfg(test)]
mod tests {
    use super::Paths;

    #[test]
    fn a_sentence_names_few_globs_and_no_long_ones() {
        let long = "{docs,doc,documentation}/**/*{architecture,design}*.{md,mdx,rst,adoc,txt}";
        let cases: [(&[&str], &str); 4] = [
            (&["README*"], "`README*`"),
            (&["README*", "!README.old", "docs/*", "a", "b"], "`README*`, `docs/*` and 2 more"),
            (&[long, "README*"], "`README*` and 1 more"),
            (&[long], "`{docs,doc,documentation}/**/*{architecture,desig...`"),
        ];
        for (globs, expected) in cases {
            let globs = globs.iter().map(ToString::to_string).collect();
            assert_eq!(Paths::new(globs).unwrap().shown(), expected);
        }
    }
}
