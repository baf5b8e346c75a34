//! One file per kind of check, and the registry. A check says what it needs, and judges what it got.
//!
//! Checks are pure: no I/O, no clock, no failure. What cannot be established is `unknown`, with the reason.
//! Adding a kind: one file here, and its two lines below. Documentation and schema are made from that file.

mod api;
mod behaviour;
mod capability;
mod changed;
mod ci;
mod condition;
mod container;
mod content;
mod coverage;
mod debt;
mod decision;
mod dependency;
mod deployables;
mod document;
mod environments;
mod example_env;
mod file;
mod freshness;
mod gate;
mod growth;
mod links;
mod load_test;
mod locked;
mod migrations;
mod operated;
mod owners;
mod platform;
mod probes;
mod pull_request;
mod reached;
mod reference;
mod reports;
mod resource;
mod sarif;
mod secret;
mod select;
mod shape;
mod size;
mod technology;
mod test_report;
mod value;
mod workflow;

pub use condition::{Condition, condition_schema};
pub use reference::reference;

use crate::evidence::{Needs, View};
use crate::words::{Because, Judgement, Known};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Debug;

/// Every kind of check, in the order of the reference.
pub const REGISTRY: &[&Kind] = &[
    &file::KIND,
    &content::KIND,
    &secret::KIND,
    &value::KIND,
    &document::KIND,
    &debt::KIND,
    &links::KIND,
    &resource::KIND,
    &container::KIND,
    &probes::KIND,
    &dependency::KIND,
    &locked::KIND,
    &capability::KIND,
    &api::KIND,
    &migrations::KIND,
    &coverage::KIND,
    &test_report::KIND,
    &sarif::KIND,
    &load_test::KIND,
    &freshness::KIND,
    &ci::KIND,
    &workflow::KIND,
    &environments::KIND,
    &example_env::KIND,
    &owners::KIND,
    &decision::KIND,
    &deployables::KIND,
    &operated::KIND,
    &technology::KIND,
    &changed::KIND,
    &behaviour::KIND,
    &size::KIND,
    &growth::KIND,
    &shape::KIND,
    &gate::KIND,
    &pull_request::KIND,
    &platform::KIND,
    &reached::KIND,
];

/// A leaf condition of a rule, built from its parameters.
pub trait Check: Debug + Send + Sync {
    /// Says what has to be gathered.
    fn needs(&self, needs: &mut Needs);

    /// Judges what was gathered.
    fn judge(&self, view: &View<'_>) -> Judgement;

    /// Whether the rule has to be evaluated after all others.
    fn last(&self) -> bool {
        false
    }
}

/// A kind of check: what a policy calls it, its documentation, its schema, and how to build one.
#[derive(Debug)]
pub struct Kind {
    /// The key in a condition.
    pub name: &'static str,
    /// What holds when the check is true, in one sentence.
    pub summary: &'static str,
    /// Markdown: what it looks at, what it answers, when it is unknown.
    pub details: &'static str,
    /// A condition in YAML that uses it; a test parses it.
    pub example: &'static str,
    /// Schema of the parameters.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// Builds the check; the error is for the author of the policy.
    pub build: fn(Value) -> Result<Box<dyn Check>, String>,
}

/// The kind with this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    REGISTRY.iter().find(|kind| kind.name == name).copied()
}

/// Builds a check whose parameters are `T`: the `build` of a [`Kind`].
pub(crate) fn build<T>(value: Value) -> Result<Box<dyn Check>, String>
where
    T: Check + DeserializeOwned + 'static,
{
    let check: T = serde_json::from_value(value).map_err(|error| error.to_string())?;
    Ok(Box::new(check))
}

/// The schema of parameters `T`: the `schema` of a [`Kind`].
pub(crate) fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl<T> Known<T> {
    /// What a check makes of it: `absent` is told why there is none, and what is unknown is not established.
    fn judge<'a>(
        &'a self,
        absent: impl FnOnce(Vec<Because>) -> Judgement,
        known: impl FnOnce(&'a T) -> Judgement,
    ) -> Judgement {
        match self {
            Self::Known(value) => known(value),
            Self::Absent(reason) => absent(vec![Because::note(reason.as_str())]),
            Self::Unknown(unknown) => Judgement::unknown(unknown.clone()),
        }
    }
}
