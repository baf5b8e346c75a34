//! Builds nested mappings out of pieces that come one by one: dotted keys, blocks with labels.

use super::node::{Node, Value};

/// Puts a value below the keys. Where a key leads to something that is no mapping, the rest of the path, joined by
/// dots, stands beside it, so that nothing is lost.
pub(super) fn insert(entries: &mut Vec<(Node, Node)>, path: &[Node], value: Node) {
    let Some((first, rest)) = path.split_first() else { return };
    let found = entries.iter().position(|(key, _)| key.as_str() == first.as_str());
    if rest.is_empty() {
        match found.and_then(|at| entries.get_mut(at)) {
            Some((_, held)) => again(held, value),
            None => entries.push((first.clone(), value)),
        }
        return;
    }
    match found.and_then(|at| entries.get_mut(at)) {
        Some((_, Node { value: Value::Map(inner), .. })) => insert(inner, rest, value),
        Some(_) => {
            let joined: Vec<&str> = path.iter().filter_map(Node::as_str).collect();
            entries.push((Node::text(first.pos, first.end, joined.join(".")), value));
        }
        None => {
            let mut inner = Vec::new();
            let (pos, end) = (rest[0].pos, value.end);
            insert(&mut inner, rest, value);
            entries.push((first.clone(), Node { pos, end, value: Value::Map(inner) }));
        }
    }
}

/// The same key once more: blocks become a list, of other values the last counts.
fn again(held: &mut Node, value: Node) {
    match (&mut held.value, &value.value) {
        (Value::List(items), Value::Map(_)) if items.iter().all(|item| item.as_map().is_some()) => {
            items.push(value);
        }
        (Value::Map(_), Value::Map(_)) => {
            let (pos, end) = (held.pos, value.end);
            let first = std::mem::replace(held, Node { pos, end, value: Value::List(Vec::new()) });
            held.value = Value::List(vec![first, value]);
        }
        _ => *held = value,
    }
}
