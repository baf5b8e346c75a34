//! The policies and the catalogue inside the binary. Adding one is a YAML file under `policies/`, and no Rust.

use super::load::Document;
use super::raw::Entries;
use super::{merge, schema};
use crate::document::{Problem, Problems};
use crate::evidence::Capability;
use include_dir::{Dir, File, include_dir};
use serde_yaml::Mapping;
use std::sync::LazyLock;

static POLICIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/policies");

/// Parts of `builtin:roadmap`, in its order.
const ROADMAP: [&str; 6] = ["assessment", "foundation", "core", "scale", "architecture", "changes"];

fn file(path: &str) -> Option<&'static str> {
    POLICIES.get_file(path)?.contents_utf8()
}

/// Names of the built-in policies that there are.
pub fn builtin_names() -> Vec<&'static str> {
    let there = |name: &&str| file(&format!("roadmap/{name}.yml")).is_some();
    std::iter::once("roadmap").chain(ROADMAP.into_iter().filter(there)).collect()
}

/// The text of a built-in policy. The whole road is a document like any other: it extends its parts.
pub(super) fn builtin(name: &str) -> Option<String> {
    if name != "roadmap" {
        return file(&format!("roadmap/{name}.yml")).map(ToOwned::to_owned);
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
    Some(format!(
        "version: 1
name: roadmap
{extends}"
    ))
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
        for file in POLICIES.get_dir(folder).map(files).unwrap_or_default() {
            Document::new(file.path().display().to_string(), file.contents(), schema, &mut problems);
        }
    }
    problems
}

/// All files of a folder and the folders in it.
fn files<'a>(folder: &'a Dir<'a>) -> Vec<&'a File<'a>> {
    folder.files().chain(folder.dirs().flat_map(files)).collect()
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
    let folder = POLICIES.get_dir("capabilities");
    let mut files: Vec<_> = folder.into_iter().flat_map(Dir::files).collect();
    files.sort_by_key(|file| file.path());
    for file in files.into_iter().filter(|file| file.path().extension().is_some_and(|end| end == "yml")) {
        let name = format!("builtin:{}", file.path().display());
        let text = file.contents_utf8().unwrap_or_default();
        if let Some(document) = Document::builtin(name, text, problems) {
            merge::capabilities(&mut merged, &document.values);
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
