//! What a kind of difference means for clients: `policies/data/api-changes.yml`.

use super::Level;
use crate::embedded;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// What `{}` in a kind of the table stands for: where a schema stands.
const PLACES: [&str; 3] = ["parameter", "body", "property"];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    breaking: Vec<String>,
    warning: Vec<String>,
    info: Vec<String>,
    #[serde(default)]
    #[allow(dead_code, reason = "for the page that is made from the table")]
    unseen: BTreeMap<String, String>,
    #[serde(default)]
    #[allow(dead_code, reason = "for the page that is made from the table")]
    buf: BTreeMap<String, String>,
}

/// The table is ours and a test reads it; should it break all the same, every difference is worth a warning.
static LEVELS: LazyLock<HashMap<String, Level>> = LazyLock::new(|| {
    let table: Table = embedded::table("api-changes").unwrap_or_default();
    let levels =
        [(table.breaking, Level::Breaking), (table.warning, Level::Warning), (table.info, Level::Info)];
    let each = levels.into_iter().flat_map(|(kinds, level)| kinds.into_iter().map(move |kind| (kind, level)));
    each.flat_map(|(kind, level)| {
        let written = PLACES.map(|place| kind.replace("{}", place));
        written.into_iter().map(move |kind| (kind, level))
    })
    .collect()
});

/// The level of a kind.
pub(in crate::evidence) fn of(kind: &str) -> Level {
    LEVELS.get(kind).copied().unwrap_or(Level::Warning)
}

/// Every kind that the table names, with its level, `{}` as it is written there.
#[cfg(test)]
pub(in crate::evidence) fn all() -> Vec<(String, Level)> {
    let table: Table = embedded::table("api-changes").unwrap();
    let levels =
        [(table.breaking, Level::Breaking), (table.warning, Level::Warning), (table.info, Level::Info)];
    levels.into_iter().flat_map(|(kinds, level)| kinds.into_iter().map(move |kind| (kind, level))).collect()
}
