//! Patches of documents: strategic merges of Kubernetes, and steps of JSON patches. What is put in stands where it is put.

use super::super::nodes::{get, text};
use super::resolve::moved;
use crate::document::{Node, Scalar, Value};

/// The same place, without a value.
fn place(node: &Node) -> Node {
    Node { pos: node.pos, end: node.end, value: Value::Scalar(Scalar::Null) }
}

/// Whether a patch says how it is to be merged.
pub(super) fn directs(node: &Node, depth: usize) -> bool {
    let below = |node: &Node| directs(node, depth + 1);
    match &node.value {
        _ if depth > crate::document::MAX_DEPTH => true,
        Value::Map(entries) => entries
            .iter()
            .any(|(key, value)| text(key).is_some_and(|key| key.starts_with('$')) || below(value)),
        Value::List(items) => items.iter().any(below),
        Value::Scalar(_) => false,
    }
}

/// Keys by which the items of lists are the same.
const KEYS: [(&str, &str); 8] = [
    ("containers", "name"),
    ("initContainers", "name"),
    ("ephemeralContainers", "name"),
    ("env", "name"),
    ("volumes", "name"),
    ("volumeMounts", "mountPath"),
    ("ports", "containerPort"),
    ("imagePullSecrets", "name"),
];

/// A strategic merge. Places stay in the file that is changed.
pub(super) fn merge(base: &mut Node, patch: &Node, depth: usize) {
    let here = place(base);
    let (Value::Map(known), Value::Map(new)) = (&mut base.value, &patch.value) else {
        base.value = moved(patch.value.clone(), &here);
        return;
    };
    if depth > crate::document::MAX_DEPTH {
        return;
    }
    for (key, value) in new {
        let name = text(key).unwrap_or_default();
        let place = known.iter().position(|(known, _)| known.value == key.value);
        match place {
            Some(place) if value.is_null() => drop(known.remove(place)),
            Some(place) => match KEYS.iter().find(|(list, _)| *list == name) {
                Some((_, by)) => merge_items(&mut known[place].1, value, by, depth),
                None => merge(&mut known[place].1, value, depth + 1),
            },
            None if value.is_null() => {}
            None => known.push((put(key, &here), put(value, &here))),
        }
    }
}

fn merge_items(base: &mut Node, patch: &Node, by: &str, depth: usize) {
    let here = place(base);
    let (Value::List(known), Value::List(new)) = (&mut base.value, &patch.value) else {
        base.value = moved(patch.value.clone(), &here);
        return;
    };
    for item in new {
        let key = get(item, by).map(|key| key.value.clone());
        let same =
            known.iter_mut().find(|one| key.is_some() && get(one, by).map(|key| key.value.clone()) == key);
        match same {
            Some(one) => merge(one, item, depth + 1),
            None => known.push(put(item, &here)),
        }
    }
}

fn put(node: &Node, here: &Node) -> Node {
    Node { value: moved(node.value.clone(), here), pos: here.pos, end: here.end }
}

/// One step of a JSON patch: `add`, `replace` and `remove`; others are left out.
pub(super) fn json(root: &mut Node, step: &Node) {
    let word = |key| get(step, key).and_then(text);
    let (Some(operation), Some(path)) = (word("op"), word("path")) else { return };
    let path: Vec<String> =
        path.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
    let Some((last, above)) = path.split_last() else { return };
    let mut node = root;
    for part in above {
        let next = match &mut node.value {
            Value::Map(entries) => {
                entries.iter_mut().find(|(key, _)| text(key) == Some(part)).map(|(_, value)| value)
            }
            Value::List(items) => part.parse::<usize>().ok().and_then(|at| items.get_mut(at)),
            Value::Scalar(_) => None,
        };
        let Some(next) = next else { return };
        node = next;
    }
    let here = place(node);
    let value = get(step, "value").map(|value| put(value, &here));
    match (&mut node.value, operation, value) {
        (Value::Map(entries), "add" | "replace", Some(value)) => {
            match entries.iter_mut().find(|(key, _)| text(key) == Some(last)) {
                Some((_, old)) => *old = value,
                None => entries.push((
                    put(&Node { value: Value::Scalar(Scalar::Text(last.clone())), ..place(&here) }, &here),
                    value,
                )),
            }
        }
        (Value::Map(entries), "remove", _) => entries.retain(|(key, _)| text(key) != Some(last)),
        (Value::List(items), "add", Some(value)) => {
            let at = last.parse::<usize>().unwrap_or(items.len()).min(items.len());
            items.insert(at, value);
        }
        (Value::List(items), "replace", Some(value)) => {
            if let Some(old) = last.parse::<usize>().ok().and_then(|at| items.get_mut(at)) {
                *old = value;
            }
        }
        (Value::List(items), "remove", _) => {
            if let Some(at) = last.parse::<usize>().ok().filter(|at| *at < items.len()) {
                items.remove(at);
            }
        }
        _ => {}
    }
}

/// Puts a value at the end of a path of keys that is there.
pub(super) fn set(node: &mut Node, path: &[&str], value: &Node) {
    let here = place(node);
    let [first, rest @ ..] = path else {
        node.value = moved(value.value.clone(), &here);
        return;
    };
    if let Value::Map(entries) = &mut node.value
        && let Some((_, inner)) = entries.iter_mut().find(|(key, _)| text(key) == Some(first))
    {
        set(inner, rest, value);
    }
}
