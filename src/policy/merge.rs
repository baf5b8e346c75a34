//! Lays documents over one another: rules by id and key, lists by adding, settings by replacing.

use super::load::Document;
use serde_yaml::{Mapping, Value};

/// Lists that grow from document to document.
const GROWING: [&str; 4] = ["ignore", "services", "waivers", "locked"];

/// One mapping out of all documents, the last of which counts most.
pub(super) fn merged(documents: &[Document]) -> Mapping {
    let mut merged = Mapping::new();
    for document in documents {
        for (key, value) in &document.values {
            match (key.as_str().unwrap_or_default(), value) {
                ("extends", _) => {}
                ("rules", Value::Mapping(values)) => {
                    within(&mut merged, "rules", |known| rules(known, values));
                }
                ("conditions", Value::Mapping(values)) => {
                    within(&mut merged, "conditions", |known| known.extend(values.clone()));
                }
                ("capabilities", Value::Mapping(values)) => {
                    within(&mut merged, "capabilities", |known| capabilities(known, values));
                }
                (name, Value::Sequence(items)) if GROWING.contains(&name) => add(&mut merged, name, items),
                (name, value) => {
                    merged.insert(name.into(), value.clone());
                }
            }
        }
    }
    merged
}

fn rules(known: &mut Mapping, values: &Mapping) {
    for (id, rule) in values {
        if let (Some(id), Some(rule)) = (id.as_str(), rule.as_mapping()) {
            within(known, id, |known| change(known, rule));
        }
    }
}

/// A rule demands one thing: saying the other kind of it replaces what was demanded.
fn change(known: &mut Mapping, rule: &Mapping) {
    if rule.contains_key("require") || rule.contains_key("forbid") {
        known.shift_remove("require");
        known.shift_remove("forbid");
    }
    for (key, value) in rule {
        known.insert(key.clone(), value.clone());
    }
}

/// Adds capabilities to those that are known: signals and parts by adding, everything else by replacing.
pub(super) fn capabilities(known: &mut Mapping, values: &Mapping) {
    for (id, capability) in values {
        let (Some(id), Some(capability)) = (id.as_str(), capability.as_mapping()) else { continue };
        within(known, id, |known| {
            for (key, value) in capability {
                match (key.as_str(), value) {
                    (Some("signals"), Value::Sequence(items)) => add(known, "signals", items),
                    (Some("parts"), Value::Mapping(parts)) => {
                        within(known, "parts", |known| known.extend(parts.clone()));
                    }
                    _ => drop(known.insert(key.clone(), value.clone())),
                }
            }
        });
    }
}

/// Works on the mapping under a key, which is made where there is none.
fn within(known: &mut Mapping, key: &str, work: impl FnOnce(&mut Mapping)) {
    let place = known.entry(key.into()).or_insert(Value::Null);
    if !place.is_mapping() {
        *place = Mapping::new().into();
    }
    if let Value::Mapping(mapping) = place {
        work(mapping);
    }
}

fn add(known: &mut Mapping, key: &str, items: &[Value]) {
    let place = known.entry(key.into()).or_insert_with(|| Value::Sequence(Vec::new()));
    if let Value::Sequence(list) = place {
        for item in items {
            if !list.contains(item) {
                list.push(item.clone());
            }
        }
    }
}
