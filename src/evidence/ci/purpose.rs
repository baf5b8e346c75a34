//! What pipelines do things for: tests, deployments, scans. The table is data: `policies/data/commands.yml`.

use super::command::program;
use crate::embedded;
use crate::regexes::Late;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

/// What a command of a pipeline is for: an id of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Purpose(&'static str);

impl Purpose {
    /// Runs tests.
    pub const TESTS: Self = Self("tests");

    /// The purpose with this id.
    pub fn of(id: &str) -> Option<Self> {
        table().purposes.get_key_value(id).map(|(id, _)| Self(id))
    }

    /// Every purpose of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        table().purposes.keys().map(|id| Self(id))
    }

    /// Its id.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// What a pipeline runs, for people: `a linter`.
    pub fn title(self) -> &'static str {
        table().purposes.get(self.0).map_or(self.0, |uses| uses.title.as_str())
    }
}

impl<'de> Deserialize<'de> for Purpose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::of(&id).ok_or_else(|| {
            let known: Vec<&str> = Self::all().map(Self::name).collect();
            D::Error::custom(format!("`{id}` is none of {}", known.join(", ")))
        })
    }
}

impl JsonSchema for Purpose {
    fn schema_name() -> Cow<'static, str> {
        "Purpose".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = |purpose: Self| json_schema!({ "type": "string", "const": purpose.name(), "description": format!("Runs {}.", purpose.title()) });
        let all: Vec<Schema> = Self::all().map(one).collect();
        json_schema!({ "description": "What a pipeline runs.", "oneOf": all })
    }
}

/// The table: what commands and actions are for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) purposes: BTreeMap<String, Uses>,
    /// Programs that run the command in their arguments, by program.
    #[serde(deserialize_with = "by_program")]
    pub(super) wrappers: HashMap<String, Vec<Wrapper>>,
    pub(super) throwaway: Throwaway,
    /// Actions that run commands given as parameters.
    pub(super) scripted: Vec<Scripted>,
}

/// What serves a purpose.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Uses {
    title: String,
    /// Commands, by program.
    #[serde(default, deserialize_with = "by_program")]
    pub(super) commands: HashMap<String, Vec<Entry>>,
    /// Actions that do it by themselves.
    #[serde(default)]
    pub(super) actions: Vec<ActionEntry>,
    /// Scopes of the token that say it where a workflow of another repository is given them to write.
    #[serde(default)]
    pub(super) permissions: Vec<String>,
    /// Names of tasks that say it, where what they run is not known.
    #[serde(default)]
    pub(super) tasks: Vec<String>,
}

/// A command that serves a purpose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) run: String,
    /// Words that turn it off.
    #[serde(default)]
    pub(super) unless: Vec<String>,
    /// Words of which one must be there.
    #[serde(default)]
    pub(super) with: Vec<String>,
    /// What the whole command must match.
    #[serde(default)]
    pub(super) matching: Option<Late>,
    /// What the whole command must not match.
    #[serde(default)]
    pub(super) not: Option<Late>,
    /// The words may stand anywhere: goals and tasks of build tools.
    #[serde(default)]
    pub(super) anywhere: bool,
    /// Nothing but flags may follow.
    #[serde(default)]
    pub(super) bare: bool,
    /// Nothing comes of it when the job works on a cluster that it throws away.
    #[serde(default)]
    pub(super) cluster: bool,
}

/// An action that serves a purpose.
#[derive(Debug, Deserialize)]
#[serde(from = "ActionText")]
pub(super) struct ActionEntry {
    pub(super) uses: String,
    /// Parameters of which one must match.
    pub(super) with: BTreeMap<String, Late>,
    /// Parameters that turn it off.
    pub(super) unless: BTreeMap<String, Late>,
}

/// The name alone, or with conditions.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ActionText {
    Name(String),
    #[serde(rename_all = "snake_case")]
    Full {
        uses: String,
        #[serde(default)]
        with: BTreeMap<String, Late>,
        #[serde(default)]
        unless: BTreeMap<String, Late>,
    },
}

impl From<ActionText> for ActionEntry {
    fn from(text: ActionText) -> Self {
        let (uses, with, unless) = match text {
            ActionText::Name(uses) => (uses, BTreeMap::new(), BTreeMap::new()),
            ActionText::Full { uses, with, unless } => (uses, with, unless),
        };
        Self { uses: uses.to_ascii_lowercase(), with, unless }
    }
}

/// A program that runs the command in its arguments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wrapper {
    pub(super) run: String,
    /// Words between its flags and the command, such as the name of a container.
    #[serde(default)]
    pub(super) skip: usize,
}

/// What shows that a job works on a cluster of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Throwaway {
    pub(super) actions: Vec<ActionEntry>,
    pub(super) commands: Vec<Entry>,
}

/// An action that runs commands given as parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scripted {
    /// Which; `*` stands for anything.
    pub(super) uses: String,
    /// The pieces of the command; one that names a parameter is left out where that is not given.
    pub(super) run: Vec<String>,
}

/// Has a first word, by which it is found.
trait Runs {
    fn run(&self) -> &str;
}

impl Runs for Entry {
    fn run(&self) -> &str {
        &self.run
    }
}

impl Runs for Wrapper {
    fn run(&self) -> &str {
        &self.run
    }
}

fn by_program<'de, D, T>(deserializer: D) -> Result<HashMap<String, Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Runs,
{
    let mut all: HashMap<String, Vec<T>> = HashMap::new();
    for entry in Vec::<T>::deserialize(deserializer)? {
        let first = program(entry.run().split(' ').next().unwrap_or_default());
        all.entry(first).or_default().push(entry);
    }
    Ok(all)
}

pub(super) fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    // A test reads the file; a table that does not parse cannot be built into a release.
    TABLE.get_or_init(|| embedded::table("commands").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_its_regexes_compile() {
        let table: Table = embedded::table("commands").unwrap();
        assert!(table.purposes.contains_key(Purpose::TESTS.name()));
        for (id, uses) in &table.purposes {
            let of_commands =
                uses.commands.values().flatten().flat_map(|entry| entry.not.iter().chain(&entry.matching));
            let of_actions =
                uses.actions.iter().flat_map(|entry| entry.with.values().chain(entry.unless.values()));
            for matcher in of_commands.chain(of_actions) {
                assert!(matcher.get().is_some(), "{id}: {matcher:?}");
            }
            assert!(!uses.title.is_empty(), "{id}");
        }
    }
}
