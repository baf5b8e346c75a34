//! A policy document as it is written: serde reads it, schemars makes the JSON Schema of it.
//!
//! Everything a rule needs is optional here, because a document may change a rule that another one defines.

use super::example::Example;
use crate::checks::condition_schema;
use crate::document::KEYS;
use crate::evidence::{Capability, Day, Glob, Globs, StackId, stack_ids};
use crate::words::{Enforce, OnUnknown, Scope, Severity, Stage};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// Most rules of a policy, all documents together.
pub(super) const MAX_RULES: usize = 2000;

/// What ids look like.
const ID: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

/// A policy of roadworthy: settings and rules.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// The version of the format: 1.
    #[schemars(schema_with = "version_schema")]
    #[allow(dead_code, reason = "the schema checks it")]
    version: u8,
    /// Name of the policy, for reports.
    #[schemars(length(min = 1))]
    pub(super) name: Option<String>,
    /// Policies that this one starts from: `builtin:NAME`, a path relative to this file, or
    /// `github:OWNER/REPO//PATH@REF`. Later ones win, then this file.
    #[schemars(length(min = 1))]
    #[allow(dead_code, reason = "followed before documents are merged")]
    extends: Option<Vec<SourceName>>,
    /// What the repository must meet; later stages are advice.
    pub(super) stage: Option<Stage>,
    /// A custom property of the repository on GitHub whose value is the stage. Where it is not set or cannot be read, `stage` counts.
    #[schemars(length(min = 1))]
    pub(super) stage_property: Option<String>,
    /// Which failures block: those that the change introduced, or always all.
    pub(super) enforce: Option<Enforce>,
    /// What a rule that cannot be established does.
    pub(super) on_unknown: Option<OnUnknown>,
    /// Globs that no check looks at, on top of the built-in ones.
    #[serde(default)]
    pub(super) ignore: Vec<Glob>,
    /// Services of a monorepo: rules with `scope: service` run for each.
    #[serde(default)]
    pub(super) services: Vec<Service>,
    /// Additions to the catalogue of capabilities, by id.
    #[serde(default)]
    #[allow(dead_code, reason = "merged with the built-in catalogue, then read on its own")]
    capabilities: Entries<Capability>,
    /// Conditions by name, for rules to use: `when: { condition: NAME }`.
    #[serde(default)]
    pub(super) conditions: Entries<RawCondition>,
    /// Rules by id. A rule that an extended policy defines is changed key by key.
    #[serde(default)]
    pub(super) rules: Entries<Rule>,
    /// Rules that a policy which extends this one cannot weaken.
    #[serde(default)]
    #[allow(dead_code, reason = "checked, and not supported in a run yet")]
    locked: Vec<String>,
    /// Failures that are accepted until a day.
    #[serde(default)]
    pub(super) waivers: Vec<Waiver>,
}

/// What must hold, why, and how to get there.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// What must hold, in a sentence.
    #[schemars(length(min = 1))]
    pub(super) title: Option<String>,
    /// The stage from which on it can block.
    pub(super) stage: Option<Stage>,
    /// How much a failure matters; `error` where nothing is said.
    pub(super) severity: Option<Severity>,
    /// It only warns before this day, `YYYY-MM-DD`.
    pub(super) since: Option<Day>,
    /// What it is judged for; `repository` where nothing is said.
    pub(super) scope: Option<Scope>,
    /// Where this does not hold, the rule does not apply.
    pub(super) when: Option<RawCondition>,
    /// Must be true.
    pub(super) require: Option<RawCondition>,
    /// Must not be true: each place that makes it true is a finding.
    pub(super) forbid: Option<RawCondition>,
    /// Why it matters.
    #[schemars(length(min = 1))]
    pub(super) why: Option<String>,
    /// How to meet it.
    #[schemars(length(min = 1))]
    pub(super) fix: Option<String>,
    /// The same for a stack, by its id: whoever works with it is shown this instead of `fix`.
    #[serde(default)]
    #[schemars(schema_with = "fix_for_schema")]
    pub(super) fix_for: BTreeMap<StackId, String>,
    /// Where to read more.
    #[schemars(length(min = 1))]
    pub(super) docs: Option<String>,
    /// Signs of an outgrown prototype that it belongs to.
    #[serde(default)]
    pub(super) signs: Vec<Sign>,
    /// What it does when it cannot be established, where that differs from the policy.
    pub(super) on_unknown: Option<OnUnknown>,
    /// Whether a policy that extends this one cannot weaken it.
    #[serde(default)]
    #[allow(dead_code, reason = "checked, and not supported in a run yet")]
    locked: bool,
    /// Examples of the rule; `roadworthy policy test` runs them.
    #[serde(default)]
    pub(super) tests: Vec<Example>,
}

/// A sign that a prototype is outgrown.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum Sign {
    /// It gets slow.
    Performance,
    /// It fails, or cannot be repaired in time.
    Reliability,
    /// Features take longer and longer.
    Features,
    /// It can be attacked.
    Security,
    /// Work on it is laborious.
    Friction,
    /// It meets a limit that it was built with.
    Ceiling,
}

impl Sign {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Performance => "performance",
            Self::Reliability => "reliability",
            Self::Features => "features",
            Self::Security => "security",
            Self::Friction => "friction",
            Self::Ceiling => "ceiling",
        }
    }
}

/// A part of a monorepo with a stage of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    /// Name, in kebab-case.
    #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub(super) name: String,
    /// Folder, relative to the root of the repository.
    #[schemars(extend("format" = "folder"))]
    pub(super) path: String,
    /// Stage that it must meet, where that differs from the policy.
    pub(super) stage: Option<Stage>,
}

/// A failure that is accepted until a day.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Waiver {
    /// Id of the rule.
    pub(super) rule: String,
    /// Why it is accepted.
    #[schemars(length(min = 1))]
    pub(super) reason: String,
    /// Who accepts it.
    #[schemars(length(min = 1))]
    pub(super) owner: String,
    /// The last day that it counts, `YYYY-MM-DD`.
    pub(super) until: Day,
    /// Only findings in these paths.
    pub(super) paths: Option<Globs>,
}

/// A condition before the checks have read it.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct RawCondition(pub(super) serde_json::Value);

impl JsonSchema for RawCondition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = condition_schema(generator);
        schema.insert(KEYS.into(), "check".into());
        schema
    }
}

/// The name of a policy, as `extends` has it.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
#[allow(dead_code, reason = "followed before documents are merged")]
struct SourceName(String);

impl JsonSchema for SourceName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "SourceName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "source" })
    }
}

fn fix_for_schema(_: &mut SchemaGenerator) -> Schema {
    let stacks: Vec<&str> = stack_ids().collect();
    json_schema!({
        "type": "object", "propertyNames": { "enum": stacks },
        "additionalProperties": { "type": "string", "minLength": 1 },
    })
}

fn version_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "const": 1 })
}

/// A mapping by id that keeps the order of the text.
#[derive(Debug)]
pub(super) struct Entries<T>(pub(super) Vec<(String, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Entries<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a mapping by id")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Entries_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object", "maxProperties": MAX_RULES,
            "propertyNames": { "pattern": ID, "description": "ids are kebab-case: `tests-with-code`" },
            "additionalProperties": generator.subschema_for::<T>(),
        })
    }
}
