//! The policies and the catalogue inside the binary. Adding one is a YAML file under `policies/`, and no Rust.

use super::load::Document;
use super::raw::Entries;
use super::{merge, schema};
use crate::document::{Problem, Problems};
use crate::evidence::Capability;
use include_dir::{Dir, include_dir};
use serde_yaml::Mapping;

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
        return ROADMAP.contains(&name).then(|| file(&format!("roadmap/{name}.yml")))?.map(ToOwned::to_owned);
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

/// The built-in capabilities.
pub fn catalogue() -> Result<Vec<Capability>, Problems> {
    typed(catalogue_values()?).map_err(|message| Problem::of_source("capabilities", message).into())
}

/// The built-in capabilities as they are written, by id.
pub(super) fn catalogue_values() -> Result<Mapping, Problems> {
    let (mut problems, mut merged) = (Problems::default(), Mapping::new());
    let folder = POLICIES.get_dir("capabilities");
    let mut files: Vec<_> = folder.into_iter().flat_map(Dir::files).collect();
    files.sort_by_key(|file| file.path());
    let schema = schema::of::<Entries<Capability>>();
    for file in files.into_iter().filter(|file| file.path().extension().is_some_and(|end| end == "yml")) {
        let name = format!("builtin:{}", file.path().display());
        if let Some(document) = Document::new(name, file.contents(), &schema, &mut problems) {
            merge::capabilities(&mut merged, &document.values);
        }
    }
    if problems.is_empty() { Ok(merged) } else { Err(problems) }
}

/// Capabilities with their ids.
pub(super) fn typed(values: Mapping) -> Result<Vec<Capability>, String> {
    let entries: Entries<Capability> =
        serde_yaml::from_value(values.into()).map_err(|error| error.to_string())?;
    Ok(entries.0.into_iter().map(|(id, capability)| Capability { id, ..capability }).collect())
}
