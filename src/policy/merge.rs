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
                ("rules", Value::Mapping(values)) => rules(slot(&mut merged, "rules"), values),
                ("capabilities", Value::Mapping(values)) => {
                    capabilities(slot(&mut merged, "capabilities"), values);
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
        let Some(id) = id.as_str() else { continue };
        let place = slot(known, id);
        for (key, value) in rule.as_mapping().into_iter().flatten() {
            // A rule demands one thing: saying the other kind of it is saying something else.
            match key.as_str() {
                Some("require") => drop(place.shift_remove("forbid")),
                Some("forbid") if !rule.as_mapping().is_some_and(|rule| rule.contains_key("require")) => {
                    drop(place.shift_remove("require"));
                }
                _ => {}
            }
            place.insert(key.clone(), value.clone());
        }
    }
}

/// Adds capabilities to those that are known: signals by adding, everything else by replacing.
pub(super) fn capabilities(known: &mut Mapping, values: &Mapping) {
    for (id, capability) in values {
        let Some(id) = id.as_str() else { continue };
        let place = slot(known, id);
        for (key, value) in capability.as_mapping().into_iter().flatten() {
            match (key.as_str(), value) {
                (Some("signals"), Value::Sequence(items)) => add(place, "signals", items),
                _ => drop(place.insert(key.clone(), value.clone())),
            }
        }
    }
}

/// The mapping under a key, made where it is not there.
fn slot<'a>(known: &'a mut Mapping, key: &str) -> &'a mut Mapping {
    let place = known.entry(key.into()).or_insert_with(|| Mapping::new().into());
    if !place.is_mapping() {
        *place = Mapping::new().into();
    }
    match place {
        Value::Mapping(mapping) => mapping,
        _ => unreachable!("it has just been made one"),
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
