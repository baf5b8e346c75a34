//! The terms that conditions are written in: globs, regexes, days, and "one or a list of them".
//!
//! Each reads itself from a policy, refuses what it cannot mean, and states its format in the JSON Schema, so that
//! a mistake is found at its place in the file.

use super::paths::valid_glob;
use crate::regexes::{self, ascii};
use chrono::NaiveDate;
use regex::{Regex, RegexBuilder};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

/// How many regexes are remembered as valid.
const REMEMBERED: usize = 10_000;

/// One glob; `!` in front takes away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Glob(pub String);

/// A glob or a list of globs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Globs(pub Vec<String>);

/// A linear-time regex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(pub String, Once<Option<Regex>>);

impl Pattern {
    /// Whether it matches in the text, whose ends `^` and `$` are.
    pub fn is_match(&self, text: &str) -> bool {
        let regex = self.1.get(|| Regex::new(&self.0).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// A day, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Day(pub NaiveDate);

/// One of something, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// What is made of a term when it is first asked for. It says nothing of its own: a copy makes it anew.
#[derive(Debug)]
pub(super) struct Once<T>(OnceLock<T>);

impl<T> Once<T> {
    /// What was made, or is made now.
    pub(super) fn get(&self, make: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(make)
    }
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> Clone for Once<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T> PartialEq for Once<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Once<T> {}

/// Whether the text is a regex that a policy can use; the error says what is wrong.
pub fn valid_regex(text: &str) -> Result<(), String> {
    // Compiling is slow, and every regex is looked at by the schema and by its type.
    static VALID: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    let known = || VALID.lock().unwrap_or_else(PoisonError::into_inner);
    if known().contains(text) {
        return Ok(());
    }
    compile(text)?;
    let mut known = known();
    if known.len() < REMEMBERED {
        known.insert(text.to_owned());
    }
    Ok(())
}

fn compile(text: &str) -> Result<(), String> {
    // Nearly all are small, and most are never run: these need not be compiled to know that they can be.
    if regexes::small(text) {
        return Ok(());
    }
    match RegexBuilder::new(text).size_limit(regexes::MOST_BYTES).multi_line(true).build() {
        Ok(_) => Ok(()),
        Err(regex::Error::CompiledTooBig(_)) => Err("this regex is too large".into()),
        Err(error) => {
            // The first lines of the message draw the regex; the place in the policy is drawn by us.
            let text = error.to_string();
            let reason = text.rsplit("error: ").next().unwrap_or(&text).trim();
            Err(format!("this is not a regex: {reason}"))
        }
    }
}

/// Reads a day; the error says what is wrong.
pub fn valid_day(text: &str) -> Result<NaiveDate, String> {
    let shape = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let day = shape.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
    day.ok_or_else(|| "this is not a day in the form YYYY-MM-DD".into())
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "this takes one value or a list of them")]
enum Either<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> Either<T> {
    fn list(self) -> Vec<T> {
        match self {
            Self::Many(list) => list,
            Self::One(one) => vec![one],
        }
    }
}

impl<'de> Deserialize<'de> for Glob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        valid_glob(&text).map_err(D::Error::custom)?;
        Ok(Self(text))
    }
}

impl<'de> Deserialize<'de> for Globs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Either::<String>::deserialize(deserializer)?.list();
        if list.is_empty() {
            return Err(D::Error::custom("there is no glob"));
        }
        list.iter().try_for_each(|glob| valid_glob(glob)).map_err(D::Error::custom)?;
        Ok(Self(list))
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let text = ascii(&text);
        valid_regex(&text).map_err(D::Error::custom)?;
        Ok(Self(text, Once::default()))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        valid_day(&text).map(Self).map_err(D::Error::custom)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Either::deserialize(deserializer).map(|either| Self(either.list()))
    }
}

/// A text of a format that only we check: editors show it, `document::schema` enforces it.
fn formatted(format: &str) -> Schema {
    json_schema!({ "type": "string", "format": format })
}

fn one_or_many(one: &Schema) -> Schema {
    json_schema!({ "anyOf": [one, { "type": "array", "minItems": 1, "items": one }] })
}

impl JsonSchema for Glob {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Glob".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        formatted("glob")
    }
}

impl JsonSchema for Globs {
    fn schema_name() -> Cow<'static, str> {
        "Globs".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = one_or_many(&formatted("glob"));
        schema.insert("description".into(), "A glob or a list of globs; `!` in front takes away.".into());
        schema
    }
}

impl JsonSchema for Pattern {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Pattern".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        formatted("regex")
    }
}

impl JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        formatted("date")
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        one_or_many(&generator.subschema_for::<T>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn one_stands_for_a_list_of_one() {
        assert_eq!(from_value::<Globs>(json!("a/**")).unwrap(), Globs(vec!["a/**".into()]));
        assert_eq!(from_value::<Globs>(json!(["a", "!b"])).unwrap().0, ["a", "!b"]);
        assert_eq!(from_value::<OneOrMany<u8>>(json!(3)).unwrap().0, [3]);
        assert_eq!(from_value::<OneOrMany<u8>>(json!([3, 4])).unwrap().0, [3, 4]);
    }

    #[test]
    fn what_means_nothing_is_refused_with_a_reason() {
        let reasons = [
            (from_value::<Globs>(json!(["a{b"])).unwrap_err(), "`a{b` is not a glob"),
            (from_value::<Globs>(json!([])).unwrap_err(), "no glob"),
            (from_value::<Pattern>(json!("(a")).unwrap_err(), "unclosed group"),
            (from_value::<Pattern>(json!(r"\d{1000}{1000}")).unwrap_err(), "too large"),
            (from_value::<Day>(json!("2026-02-30")).unwrap_err(), "YYYY-MM-DD"),
            (from_value::<Day>(json!("2026-2-3")).unwrap_err(), "YYYY-MM-DD"),
            (from_value::<OneOrMany<u8>>(json!("x")).unwrap_err(), "one value or a list"),
        ];
        for (error, part) in reasons {
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
