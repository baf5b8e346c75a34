//! The policies and the catalogue inside the binary. Adding one is a YAML file under `policies/`, and no Rust.

use super::load::Document;
use super::raw::Entries;
use super::{merge, schema};
use crate::document::{Problem, Problems};
use crate::embedded::{self, File};
use crate::evidence::Capability;
use serde_yaml::Mapping;
use std::sync::LazyLock;

/// Parts of `builtin:roadmap`, in its order.
const ROADMAP: [&str; 6] = ["assessment", "foundation", "core", "scale", "architecture", "changes"];

fn part(name: &str) -> Option<&'static File> {
    embedded::file(&format!("roadmap/{name}.yml"))
}

/// Names of the built-in policies that there are.
pub fn builtin_names() -> Vec<&'static str> {
    let there = |name: &&str| part(name).is_some();
    std::iter::once("roadmap").chain(ROADMAP.into_iter().filter(there)).collect()
}

/// A built-in policy.
pub(super) enum Builtin {
    /// A file.
    File(&'static File),
    /// The whole road is a document like any other: it extends its parts.
    Road(String),
}

/// The built-in policy of this name.
pub(super) fn builtin(name: &str) -> Option<Builtin> {
    if name != "roadmap" {
        return part(name).map(Builtin::File);
    }
    let parts: Vec<String> = builtin_names()[1..].iter().map(|part| format!("builtin:{part}")).collect();
    let extends = if parts.is_empty() {
        String::new()
    } else {
        format!(
            "extends: [{}]
",
            parts.join(", ")
        )
    };
    Some(Builtin::Road(format!(
        "version: 1
name: roadmap
{extends}"
    )))
}

/// The built-in capabilities, read once.
pub fn catalogue() -> Result<Vec<Capability>, Problems> {
    static CATALOGUE: LazyLock<Result<Vec<Capability>, Problems>> = LazyLock::new(|| {
        typed(catalogue_values()?).map_err(|message| Problem::of_source("capabilities", message).into())
    });
    CATALOGUE.clone()
}

/// Everything that is wrong with what is built in: nothing, which a test makes sure of. A run does not look.
pub fn lint_builtin() -> Problems {
    let mut problems = Problems::default();
    let of_catalogue = schema::of::<Entries<Capability>>();
    let of_policy = schema::json_schema();
    for (folder, schema) in [("capabilities", &of_catalogue), ("roadmap", &of_policy)] {
        for file in embedded::folder(folder) {
            Document::new(file.path.to_owned(), file.yaml.as_bytes(), schema, &mut problems);
        }
    }
    problems
}

/// The built-in catalogue, with a policy's additions to it.
pub(super) fn catalogue_with(more: &Mapping) -> Result<Vec<Capability>, String> {
    let told = |problems: Problems| problems.to_string();
    let mut capabilities = catalogue().map_err(told)?;
    let mut values = catalogue_values().map_err(told)?;
    values.retain(|id, _| more.contains_key(id));
    merge::capabilities(&mut values, more);
    for changed in typed(values)? {
        match capabilities.iter_mut().find(|capability| capability.id == changed.id) {
            Some(capability) => *capability = changed,
            None => capabilities.push(changed),
        }
    }
    Ok(capabilities)
}

fn catalogue_values() -> Result<Mapping, Problems> {
    let mut problems = Problems::default();
    let values = read_catalogue(&mut problems);
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// The capabilities as they are written, by id.
fn read_catalogue(problems: &mut Problems) -> Mapping {
    let mut merged = Mapping::new();
    for file in embedded::folder("capabilities") {
        match serde_json::from_str(file.json) {
            Ok(values) => merge::capabilities(&mut merged, &values),
            Err(error) => problems.push(Problem::of_source(file.path, error.to_string())),
        }
    }
    merged
}

/// Capabilities with their ids.
fn typed(values: Mapping) -> Result<Vec<Capability>, String> {
    let entries: Entries<Capability> =
        serde_yaml::from_value(values.into()).map_err(|error| error.to_string())?;
    entries.0.into_iter().map(|(id, capability)| Capability { id, ..capability }.whole()).collect()
}
