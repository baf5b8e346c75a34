//! A policy as one YAML document, with where each rule comes from.

use super::resolve::Resolved;
use serde_yaml::{Mapping, Value};
use std::fmt::Write as _;

/// The policy with all that it extends laid over one another; it is a policy again.
pub fn show(resolved: &Resolved) -> String {
    let mut text = String::from("# Made of, the last counts most:\n");
    for source in &resolved.policy.sources {
        let commit = source.commit.as_ref().map(|commit| format!(" at {commit}")).unwrap_or_default();
        let _ = writeln!(text, "#   {}{commit} ({})", source.source, source.digest);
    }
    let keys = [
        "version",
        "name",
        "stage",
        "stage_property",
        "enforce",
        "on_unknown",
        "ignore",
        "services",
        "capabilities",
    ];
    for key in keys {
        entry(&mut text, &resolved.merged, key);
    }
    rules(&mut text, resolved);
    for key in ["locked", "waivers"] {
        entry(&mut text, &resolved.merged, key);
    }
    text
}

fn entry(text: &mut String, merged: &Mapping, key: &str) {
    if let Some(value) = merged.get(key) {
        *text += &yaml(key, value);
    }
}

fn rules(text: &mut String, resolved: &Resolved) {
    let Some(rules) = resolved.merged.get("rules").and_then(Value::as_mapping) else { return };
    *text += "rules:\n";
    for (id, from) in &resolved.origins {
        let Some(rule) = rules.get(id.as_str()) else { continue };
        let (first, later) =
            from.split_first().map_or(("", &[][..]), |(first, later)| (first.as_str(), later));
        let changed =
            if later.is_empty() { String::new() } else { format!(", changed by {}", later.join(", ")) };
        let _ = writeln!(text, "\n  # from {first}{changed}");
        for line in yaml(id, rule).lines() {
            let _ = if line.is_empty() { writeln!(text) } else { writeln!(text, "  {line}") };
        }
    }
}

fn yaml(key: &str, value: &Value) -> String {
    let mapping: Mapping = std::iter::once((key.into(), value.clone())).collect();
    // Values that were read can be written.
    serde_yaml::to_string(&mapping).unwrap_or_default()
}
