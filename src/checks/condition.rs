//! Trees of checks, joined by `all`, `any` and `not` by Kleene's rules.

use super::{Check, kind};
use crate::evidence::{Needs, View};
use crate::words::{Judgement, Truth};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

/// A condition: a tree whose leaves are checks.
#[derive(Debug)]
pub enum Condition {
    /// True when every one is.
    All(Vec<Self>),
    /// True when at least one is.
    Any(Vec<Self>),
    /// The opposite.
    Not(Box<Self>),
    /// A leaf.
    Check(Box<dyn Check>),
}

impl Condition {
    /// Builds the tree from a policy's value. A mapping of several keys means all of them.
    /// The error is for the author of the policy.
    pub fn build(value: Value) -> Result<Self, String> {
        let Value::Object(map) = value else {
            return Err("a condition is a mapping such as `file: README.md`".into());
        };
        let mut parts =
            map.into_iter().map(|(key, value)| Self::entry(&key, value)).collect::<Result<Vec<_>, _>>()?;
        match parts.len() {
            0 => Err("a condition needs at least one check".into()),
            1 => Ok(parts.remove(0)),
            _ => Ok(Self::All(parts)),
        }
    }

    fn entry(key: &str, value: Value) -> Result<Self, String> {
        let list = |value: Value| match value {
            Value::Array(items) => items.into_iter().map(Self::build).collect::<Result<Vec<_>, _>>(),
            _ => Err(format!("`{key}` takes a list of conditions")),
        };
        match key {
            "all" => list(value).map(Self::All),
            "any" => list(value).map(Self::Any),
            "not" => Self::build(value).map(|inner| Self::Not(Box::new(inner))),
            name => {
                let kind = kind(name).ok_or_else(|| format!("there is no check `{name}`"))?;
                (kind.build)(value).map(Self::Check).map_err(|error| format!("`{name}`: {error}"))
            }
        }
    }

    /// States the needs of every check in the tree.
    pub fn needs(&self, needs: &mut Needs) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.needs(needs)),
            Self::Not(inner) => inner.needs(needs),
            Self::Check(check) => check.needs(needs),
        }
    }

    /// Whether any check in the tree has to be evaluated last.
    pub fn last(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::last),
            Self::Not(inner) => inner.last(),
            Self::Check(check) => check.last(),
        }
    }

    /// Judges the tree. What decided it is kept: of an `any` that is true only its true parts, and so on.
    pub fn judge(&self, view: &View<'_>) -> Judgement {
        match self {
            Self::All(parts) => join(parts, view, Truth::False),
            Self::Any(parts) => join(parts, view, Truth::True),
            Self::Not(inner) => negate(inner.judge(view)),
            Self::Check(check) => check.judge(view),
        }
    }
}

/// `decider` is the truth that a single part can force on the whole: false for `all`, true for `any`.
fn join(parts: &[Condition], view: &View<'_>, decider: Truth) -> Judgement {
    let judged: Vec<Judgement> = parts.iter().map(|part| part.judge(view)).collect();
    let has = |truth| judged.iter().any(|part| part.truth == truth);
    let truth = if has(decider) {
        decider
    } else if has(Truth::Unknown) {
        Truth::Unknown
    } else {
        negated(decider)
    };
    let deciding: Vec<Judgement> = judged.into_iter().filter(|part| part.truth == truth).collect();
    let mut whole = Judgement { truth, because: Vec::new(), unknown: Vec::new() };
    for part in deciding {
        for because in part.because {
            if !whole.because.contains(&because) {
                whole.because.push(because);
            }
        }
        whole.unknown.extend(part.unknown);
    }
    whole
}

const fn negated(truth: Truth) -> Truth {
    match truth {
        Truth::True => Truth::False,
        Truth::False => Truth::True,
        Truth::Unknown => Truth::Unknown,
    }
}

fn negate(judgement: Judgement) -> Judgement {
    Judgement { truth: negated(judgement.truth), ..judgement }
}

/// The schema of a condition: any of the checks by name, and the three joints.
pub fn condition_schema(generator: &mut SchemaGenerator) -> Schema {
    let mut properties = Map::new();
    let reference = json_schema!({ "$ref": "#/$defs/Condition" });
    let list = json_schema!({ "type": "array", "minItems": 1, "items": reference });
    properties.insert("all".into(), list.clone().into());
    properties.insert("any".into(), list.into());
    properties.insert("not".into(), reference.into());
    properties.insert(
        "condition".into(),
        json_schema!({ "type": "string", "description": "A condition of `conditions`, by its name." }).into(),
    );
    for kind in super::REGISTRY {
        let mut schema = (kind.schema)(generator);
        schema.insert("description".into(), Value::from(kind.summary));
        properties.insert(kind.name.into(), schema.into());
    }
    json_schema!({
        "type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties,
        "description": "A tree of checks. Several keys in one mapping must all hold."
    })
}
