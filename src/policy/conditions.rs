//! Named conditions: what `condition: NAME` stands for.
//!
//! They are put in before the checks read anything, so that a check knows nothing of them.

use super::raw::{Entries, RawCondition};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How many named conditions may stand behind one another; a condition that names itself ends here too.
const MAX_DEPTH: usize = 8;

/// The conditions of a policy by name.
#[derive(Debug)]
pub(super) struct Conditions(BTreeMap<String, Value>);

impl Conditions {
    pub(super) fn new(entries: &Entries<RawCondition>) -> Self {
        Self(entries.0.iter().map(|(name, condition)| (name.clone(), condition.0.clone())).collect())
    }

    /// The condition with every name replaced by what it stands for. The error is for the author of the policy.
    pub(super) fn expand(&self, condition: Value) -> Result<Value, String> {
        self.expanded(condition, 0)
    }

    fn expanded(&self, condition: Value, depth: usize) -> Result<Value, String> {
        let Value::Object(map) = condition else { return Ok(condition) };
        let (mut rest, mut named) = (Map::new(), None);
        for (key, value) in map {
            match (key.as_str(), value) {
                ("condition", value) => named = Some(self.named(&value, depth)?),
                ("all" | "any", Value::Array(items)) => {
                    let items = items.into_iter().map(|item| self.expanded(item, depth));
                    rest.insert(key, items.collect::<Result<Vec<_>, _>>()?.into());
                }
                ("not", value) => drop(rest.insert(key, self.expanded(value, depth)?)),
                (_, value) => drop(rest.insert(key, value)),
            }
        }
        Ok(match named {
            None => Value::Object(rest),
            Some(named) if rest.is_empty() => named,
            Some(named) => json!({ "all": [named, rest] }),
        })
    }

    fn named(&self, name: &Value, depth: usize) -> Result<Value, String> {
        let name = name.as_str().unwrap_or_default();
        if depth >= MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} named conditions behind one another: `{name}`"));
        }
        let found = self.0.get(name).cloned().ok_or_else(|| format!("there is no condition `{name}`"))?;
        self.expanded(found, depth + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(value: Value) -> Conditions {
        let Value::Object(map) = value else { unreachable!("the tests write mappings") };
        Conditions(map.into_iter().collect())
    }

    #[test]
    fn names_stand_for_conditions() {
        let known = conditions(json!({ "a": { "file": "a" }, "b": { "not": { "condition": "a" } } }));
        let cases = [
            (json!({ "condition": "a" }), json!({ "file": "a" })),
            (json!({ "any": [{ "condition": "b" }] }), json!({ "any": [{ "not": { "file": "a" } }] })),
            (json!({ "condition": "a", "file": "x" }), json!({ "all": [{ "file": "a" }, { "file": "x" }] })),
        ];
        for (written, expected) in cases {
            assert_eq!(known.expand(written.clone()).unwrap(), expected, "{written}");
        }
    }

    #[test]
    fn unknown_names_and_circles_are_told() {
        let known = conditions(json!({ "a": { "condition": "a" } }));
        assert!(known.expand(json!({ "condition": "b" })).unwrap_err().contains("no condition `b`"));
        assert!(known.expand(json!({ "condition": "a" })).unwrap_err().contains("more than 8"));
    }
}
