//! Two versions of a GraphQL schema: what its clients' queries and answers no longer find.

use super::Side;
use super::difference;
use super::graphql::{Field, Schema, Shape};
use crate::evidence::api::Difference;
use std::collections::BTreeMap;

/// A type of all files together, each part with the file that it stands in.
#[derive(Default)]
struct Whole<'a> {
    kind: &'a str,
    place: (&'a str, u32),
    fields: BTreeMap<&'a str, (&'a str, &'a Field)>,
    members: BTreeMap<&'a str, (&'a str, u32)>,
    interfaces: BTreeMap<&'a str, (&'a str, u32)>,
}

/// All files of a side as one schema.
#[derive(Default)]
struct Joined<'a> {
    types: BTreeMap<&'a str, Whole<'a>>,
    roots: BTreeMap<&'a str, (&'a str, (&'a str, u32))>,
    directives: BTreeMap<&'a str, (&'a str, u32)>,
}

impl<'a> Joined<'a> {
    fn of(side: &Side<'a, Schema>) -> Self {
        let mut joined = Self::default();
        for (path, schema) in side.iter().copied() {
            for (name, one) in &schema.types {
                let whole = joined.types.entry(name).or_default();
                if whole.kind.is_empty() {
                    (whole.kind, whole.place) = (one.kind, (path, one.line));
                }
                whole.fields.extend(one.fields.iter().map(|(name, field)| (name.as_str(), (path, field))));
                whole.members.extend(one.members.iter().map(|(name, line)| (name.as_str(), (path, *line))));
                whole
                    .interfaces
                    .extend(one.interfaces.iter().map(|(name, line)| (name.as_str(), (path, *line))));
            }
            for (operation, (of, line)) in &schema.roots {
                joined.roots.insert(operation, (of, (path, *line)));
            }
            joined
                .directives
                .extend(schema.directives.iter().map(|(name, line)| (name.as_str(), (path, *line))));
        }
        joined
    }

    /// Where the newer side tells of something that is gone with its file or type.
    fn place_of(&self, file: &'a str) -> (&'a str, u32) {
        let first = self.types.values().map(|whole| whole.place).filter(|(path, _)| *path == file).min();
        first.unwrap_or((file, 1))
    }
}

pub(super) fn compare(before: &Side<'_, Schema>, after: &Side<'_, Schema>) -> Vec<Difference> {
    let (old, new) = (Joined::of(before), Joined::of(after));
    let mut found = Vec::new();
    for (name, was) in &old.types {
        match new.types.get(name) {
            Some(is) if is.kind == was.kind => types(name, was, is, &mut found),
            Some(is) => {
                let message = format!("`{name}` was `{}`, and is `{}`", was.kind, is.kind);
                found.push(difference("graphql-type-kind-changed", is.place, message));
            }
            None => {
                let message = format!("the {} `{name}` is gone", was.kind);
                found.push(difference("graphql-type-removed", new.place_of(was.place.0), message));
            }
        }
    }
    for (operation, (of, (file, _))) in &old.roots {
        match new.roots.get(operation) {
            Some((is, place)) if is != of => {
                let message = format!("`{operation}` was `{of}`, and is `{is}`");
                found.push(difference("graphql-root-changed", *place, message));
            }
            // Without a `schema` the root has its usual name.
            None if !new.roots.is_empty() => {
                let message = format!("there is no `{operation}` any more");
                found.push(difference("graphql-root-changed", new.place_of(file), message));
            }
            _ => {}
        }
    }
    for (name, (file, _)) in old.directives.iter().filter(|(name, _)| !new.directives.contains_key(*name)) {
        let message = format!("the directive `@{name}` is gone");
        found.push(difference("graphql-directive-removed", new.place_of(file), message));
    }
    for (name, is) in new.types.iter().filter(|(name, _)| !old.types.contains_key(*name)) {
        found.push(difference("graphql-type-added", is.place, format!("the {} `{name}` is new", is.kind)));
    }
    found
}

fn types(name: &str, was: &Whole<'_>, is: &Whole<'_>, found: &mut Vec<Difference>) {
    for (field, (_, old)) in &was.fields {
        let what = format!("{name}.{field}");
        match is.fields.get(field) {
            None if was.kind == "input" => {
                found.push(difference("graphql-input-field-removed", is.place, format!("`{what}` is gone")));
            }
            None => {
                let kind =
                    if old.deprecated { "graphql-deprecated-field-removed" } else { "graphql-field-removed" };
                found.push(difference(kind, is.place, format!("`{what}` is gone")));
            }
            Some((file, new)) if was.kind == "input" => {
                input("graphql-input-field", &what, old, (file, new), found);
            }
            Some((file, new)) => {
                if !safe_out(&old.of, &new.of) {
                    let message = format!("`{what}` was `{}`, and is `{}`", old.of, new.of);
                    found.push(difference("graphql-field-type-changed", (file, new.line), message));
                }
                arguments(&what, old, (file, new), found);
            }
        }
    }
    for (field, (file, new)) in is.fields.iter().filter(|(field, _)| !was.fields.contains_key(*field)) {
        let kind = match was.kind {
            "input" if required(new) => "graphql-input-field-added-required",
            "input" => "graphql-input-field-added-optional",
            _ => "graphql-field-added",
        };
        found.push(difference(kind, (file, new.line), format!("`{name}.{field}` is new")));
    }
    members(name, was, is, found);
}

/// Values of enums, types of unions, interfaces of types.
fn members(name: &str, was: &Whole<'_>, is: &Whole<'_>, found: &mut Vec<Difference>) {
    let noun = if was.kind == "enum" { "enum-value" } else { "union-member" };
    for member in was.members.keys().filter(|member| !is.members.contains_key(*member)) {
        found.push(difference(
            &format!("graphql-{noun}-removed"),
            is.place,
            format!("`{member}` of `{name}` is gone"),
        ));
    }
    for (member, place) in is.members.iter().filter(|(member, _)| !was.members.contains_key(*member)) {
        found.push(difference(
            &format!("graphql-{noun}-added"),
            *place,
            format!("`{member}` of `{name}` is new"),
        ));
    }
    for one in was.interfaces.keys().filter(|one| !is.interfaces.contains_key(*one)) {
        found.push(difference(
            "graphql-interface-removed",
            is.place,
            format!("`{name}` is no `{one}` any more"),
        ));
    }
    for (one, place) in is.interfaces.iter().filter(|(one, _)| !was.interfaces.contains_key(*one)) {
        found.push(difference("graphql-interface-added", *place, format!("`{name}` is a `{one}` now")));
    }
}

fn arguments(what: &str, old: &Field, (file, new): (&str, &Field), found: &mut Vec<Difference>) {
    for (name, was) in &old.arguments {
        let what = format!("{what}({name}:)");
        match new.arguments.get(name) {
            Some(is) => input("graphql-argument", &what, was, (file, is), found),
            None => found.push(difference(
                "graphql-argument-removed",
                (file, new.line),
                format!("`{what}` is gone"),
            )),
        }
    }
    for (name, is) in new.arguments.iter().filter(|(name, _)| !old.arguments.contains_key(*name)) {
        let kind =
            if required(is) { "graphql-argument-added-required" } else { "graphql-argument-added-optional" };
        found.push(difference(kind, (file, is.line), format!("`{what}({name}:)` is new")));
    }
}

/// What clients send: an argument, or a field of an input.
fn input(kind: &str, what: &str, old: &Field, (file, new): (&str, &Field), found: &mut Vec<Difference>) {
    if !safe_in(&old.of, &new.of) {
        let message = format!("`{what}` was `{}`, and is `{}`", old.of, new.of);
        let nullable = |shape: &Shape| !matches!(shape, Shape::NonNull(_));
        let only = matches!(&new.of, Shape::NonNull(inner) if **inner == old.of) && nullable(&old.of);
        // A default stands in for whoever sends nothing.
        if !(only && new.default.is_some()) {
            found.push(difference(&format!("{kind}-type-changed"), (file, new.line), message));
        }
    } else if old.default != new.default {
        let said = |field: &Field| field.default.clone().unwrap_or_else(|| "none".to_owned());
        let message = format!("the default of `{what}` was {}, and is {}", said(old), said(new));
        found.push(difference(&format!("{kind}-default-changed"), (file, new.line), message));
    }
}

fn required(field: &Field) -> bool {
    matches!(field.of, Shape::NonNull(_)) && field.default.is_none()
}

/// Whether answers of the new type are answers of the old one.
fn safe_out(old: &Shape, new: &Shape) -> bool {
    match (old, new) {
        (Shape::NonNull(old), Shape::NonNull(new)) | (Shape::List(old), Shape::List(new)) => {
            safe_out(old, new)
        }
        (Shape::Named(old), Shape::Named(new)) => old == new,
        (Shape::Named(_) | Shape::List(_), Shape::NonNull(new)) => safe_out(old, new),
        (Shape::NonNull(_), _) | (Shape::List(_), Shape::Named(_)) | (Shape::Named(_), Shape::List(_)) => {
            false
        }
    }
}

/// Whether what was sent for the old type can be sent for the new one.
fn safe_in(old: &Shape, new: &Shape) -> bool {
    match (old, new) {
        (Shape::NonNull(old), Shape::NonNull(new)) | (Shape::List(old), Shape::List(new)) => {
            safe_in(old, new)
        }
        (Shape::Named(old), Shape::Named(new)) => old == new,
        (Shape::NonNull(old), Shape::Named(_) | Shape::List(_)) => safe_in(old, new),
        (_, Shape::NonNull(_)) | (Shape::List(_), Shape::Named(_)) | (Shape::Named(_), Shape::List(_)) => {
            false
        }
    }
}
