//! Two versions of messages and services: what old programs can no longer read on the wire, or no longer call.
//!
//! Levels follow buf: what its WIRE category refuses is breaking, what only generated code and JSON notice is a warning.

use super::Side;
use super::difference;
use super::proto::{Enum, Field, Message, Proto, Service};
use crate::evidence::api::Difference;
use std::collections::{BTreeMap, BTreeSet};

/// Types whose values look alike on the wire.
const ALIKE: [&[&str]; 5] = [
    &["int32", "uint32", "int64", "uint64", "bool"],
    &["sint32", "sint64"],
    &["fixed32", "sfixed32"],
    &["fixed64", "sfixed64"],
    &["string", "bytes"],
];

/// All files of a side, by full name.
#[derive(Default)]
struct Joined<'a> {
    files: BTreeMap<&'a str, &'a Proto>,
    packages: BTreeSet<&'a str>,
    messages: BTreeMap<&'a str, (&'a str, &'a Message)>,
    enums: BTreeMap<&'a str, (&'a str, &'a Enum)>,
    services: BTreeMap<&'a str, (&'a str, &'a Service)>,
}

impl<'a> Joined<'a> {
    fn of(side: &Side<'a, Proto>) -> Self {
        let mut joined = Self::default();
        for (path, proto) in side.iter().copied() {
            joined.files.insert(path, proto);
            joined.packages.insert(&proto.package);
            joined.messages.extend(proto.messages.iter().map(|one| (one.name.as_str(), (path, one))));
            joined.enums.extend(proto.enums.iter().map(|one| (one.name.as_str(), (path, one))));
            joined.services.extend(proto.services.iter().map(|one| (one.name.as_str(), (path, one))));
        }
        joined
    }

    /// The full name of a type that is written in a scope: the innermost that is known.
    fn resolved(&self, scope: &str, name: &str) -> String {
        if let Some(whole) = name.strip_prefix('.') {
            return whole.to_owned();
        }
        let mut scope = scope;
        loop {
            let whole = if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") };
            if self.messages.contains_key(whole.as_str()) || self.enums.contains_key(whole.as_str()) {
                return whole;
            }
            match scope.rsplit_once('.') {
                Some((outer, _)) => scope = outer,
                None if scope.is_empty() => return name.to_owned(),
                None => scope = "",
            }
        }
    }
}

pub(super) fn compare(before: &Side<'_, Proto>, after: &Side<'_, Proto>) -> Vec<Difference> {
    let (old, new) = (Joined::of(before), Joined::of(after));
    let mut compare = Compare { old: &old, new: &new, moved: BTreeSet::new(), found: Vec::new() };
    compare.packages();
    compare.names();
    for (name, (_, was)) in &old.messages {
        if let Some((file, is)) = new.messages.get(name) {
            compare.message(was, file, is);
        }
    }
    for (name, (_, was)) in &old.enums {
        if let Some((file, is)) = new.enums.get(name) {
            compare.enumeration(was, file, is);
        }
    }
    for (name, (_, was)) in &old.services {
        if let Some((file, is)) = new.services.get(name) {
            compare.service(was, file, is);
        }
    }
    compare.found
}

struct Compare<'c, 'a> {
    old: &'c Joined<'a>,
    new: &'c Joined<'a>,
    /// Packages that have another name now.
    moved: BTreeSet<&'a str>,
    found: Vec<Difference>,
}

impl Compare<'_, '_> {
    fn tell(&mut self, kind: &str, place: (&str, u32), message: String) {
        self.found.push(difference(kind, place, message));
    }

    /// A file whose package changed loses everything at once: that is told once.
    fn packages(&mut self) {
        for (path, was) in &self.old.files {
            let Some(is) = self.new.files.get(path) else { continue };
            if was.package != is.package
                && !unstable(&was.package)
                && !self.new.packages.contains(was.package.as_str())
            {
                self.moved.insert(&was.package);
                let message = format!("the package was `{}`, and is `{}`", was.package, is.package);
                self.found.push(difference("proto-package-changed", (path, is.line), message));
            }
        }
    }

    /// What is gone as a whole, and what is new.
    fn names(&mut self) {
        let (old, new) = (self.old, self.new);
        for (name, (file, _)) in old.messages.iter().filter(|(name, _)| !new.messages.contains_key(*name)) {
            self.gone("message", name, file);
        }
        for (name, (file, _)) in old.enums.iter().filter(|(name, _)| !new.enums.contains_key(*name)) {
            self.gone("enum", name, file);
        }
        for (name, (file, _)) in old.services.iter().filter(|(name, _)| !new.services.contains_key(*name)) {
            self.gone("service", name, file);
        }
    }

    fn gone(&mut self, what: &str, name: &str, file: &str) {
        let mut packages = self.old.packages.iter().filter(|package| within(name, package));
        let silent = packages.any(|package| unstable(package) || self.moved.contains(package));
        // What lies in a message that is gone goes with it.
        let outer = name.rsplit_once('.').map_or("", |(outer, _)| outer);
        let inner = self.old.messages.contains_key(outer) && !self.new.messages.contains_key(outer);
        if !silent && !inner {
            let line = self.new.files.get(file).map_or(1, |proto| proto.line);
            self.tell(&format!("proto-{what}-removed"), (file, line), format!("the {what} `{name}` is gone"));
        }
    }

    fn message(&mut self, was: &Message, file: &str, is: &Message) {
        if self.unstable(&was.name) {
            return;
        }
        let reserved =
            |number: i32| is.reserved.iter().any(|(first, last)| (*first..=*last).contains(&number));
        for old in &was.fields {
            let what = format!("{}.{}", was.name, old.name);
            let same_number = is.fields.iter().find(|field| field.number == old.number);
            let same_name = is.fields.iter().find(|field| field.name == old.name);
            match (same_number, same_name) {
                (Some(new), _) if new.name == old.name => self.field(&what, was, old, file, new),
                (_, Some(new)) => {
                    let message = format!("`{what}` had the number {}, and has {}", old.number, new.number);
                    self.tell("proto-field-number-changed", (file, new.line), message);
                }
                (Some(new), None) => {
                    let message = format!(
                        "number {} of `{}` was `{}`, and is `{}`",
                        old.number, was.name, old.name, new.name
                    );
                    self.tell("proto-field-renamed", (file, new.line), message);
                    self.field(&what, was, old, file, new);
                }
                (None, None) if reserved(old.number) => {
                    let message = format!("`{what}` is gone; its number is reserved");
                    self.tell("proto-field-removed-reserved", (file, is.line), message);
                }
                (None, None) => {
                    let message = format!("`{what}` is gone, and its number {} is not reserved", old.number);
                    self.tell("proto-field-removed", (file, is.line), message);
                }
            }
        }
        for new in is.fields.iter().filter(|new| !was.fields.iter().any(|old| old.number == new.number)) {
            if new.required {
                let message = format!("`{}.{}` is new, and required", is.name, new.name);
                self.tell("proto-field-added-required", (file, new.line), message);
            } else if !was.fields.iter().any(|old| old.name == new.name) {
                self.tell(
                    "proto-field-added",
                    (file, new.line),
                    format!("`{}.{}` is new", is.name, new.name),
                );
            }
        }
        self.reserved(&was.name, &was.reserved, &is.reserved, (file, is.line));
    }

    fn field(&mut self, what: &str, message: &Message, old: &Field, file: &str, new: &Field) {
        let place = (file, new.line);
        let was = type_name(self.old, &message.name, &old.of);
        let is = type_name(self.new, &message.name, &new.of);
        if was != is {
            let alike =
                ALIKE.iter().any(|group| group.contains(&was.as_str()) && group.contains(&is.as_str()))
                    && (was.as_str(), is.as_str()) != ("bytes", "string");
            let kind = if alike { "proto-field-type-changed-alike" } else { "proto-field-type-changed" };
            self.tell(kind, place, format!("`{what}` was `{was}`, and is `{is}`"));
        }
        if old.repeated != new.repeated {
            let said = |field: &Field| if field.repeated { "repeated" } else { "single" };
            self.tell(
                "proto-field-cardinality-changed",
                place,
                format!("`{what}` was {}, and is {}", said(old), said(new)),
            );
        }
        if new.required && !old.required {
            self.tell("proto-field-became-required", place, format!("`{what}` is required now"));
        }
        if old.oneof != new.oneof {
            self.tell(
                "proto-field-oneof-changed",
                place,
                format!("`{what}` moved into a `oneof`, or out of one"),
            );
        }
    }

    fn enumeration(&mut self, was: &Enum, file: &str, is: &Enum) {
        if self.unstable(&was.name) {
            return;
        }
        let reserved =
            |number: i32| is.reserved.iter().any(|(first, last)| (*first..=*last).contains(&number));
        for (name, number, _) in &was.values {
            let what = format!("{}.{name}", was.name);
            let by_name = is.values.iter().find(|(other, ..)| other == name);
            let by_number = is.values.iter().find(|(_, other, _)| other == number);
            match (by_name, by_number) {
                (Some((_, other, _)), _) if other == number => {}
                (Some((_, other, line)), _) => {
                    let message = format!("`{what}` was {number}, and is {other}");
                    self.tell("proto-enum-value-number-changed", (file, *line), message);
                }
                (None, Some((other, _, line))) => {
                    let message = format!("{number} of `{}` was `{name}`, and is `{other}`", was.name);
                    self.tell("proto-enum-value-renamed", (file, *line), message);
                }
                (None, None) if reserved(*number) => {
                    let message = format!("`{what}` is gone; its number is reserved");
                    self.tell("proto-enum-value-removed-reserved", (file, is.line), message);
                }
                (None, None) => {
                    let message = format!("`{what}` is gone, and its number {number} is not reserved");
                    self.tell("proto-enum-value-removed", (file, is.line), message);
                }
            }
        }
        self.reserved(&was.name, &was.reserved, &is.reserved, (file, is.line));
    }

    fn reserved(&mut self, name: &str, was: &[(i32, i32)], is: &[(i32, i32)], place: (&str, u32)) {
        let kept = |(first, last): &(i32, i32)| is.iter().any(|(from, to)| from <= first && last <= to);
        for (first, last) in was.iter().filter(|range| !kept(range)) {
            let numbers = if first == last { first.to_string() } else { format!("{first} to {last}") };
            let message = format!("`{name}` reserves {numbers} no more");
            self.tell("proto-reserved-removed", place, message);
        }
    }

    fn service(&mut self, was: &Service, file: &str, is: &Service) {
        if self.unstable(&was.name) {
            return;
        }
        for old in &was.rpcs {
            let what = format!("{}/{}", was.name, old.name);
            let Some(new) = is.rpcs.iter().find(|new| new.name == old.name) else {
                self.tell("proto-rpc-removed", (file, is.line), format!("the call `{what}` is gone"));
                continue;
            };
            let sides = [("request", &old.request, &new.request), ("response", &old.response, &new.response)];
            for (side, (was_type, was_stream), (is_type, is_stream)) in sides {
                let was_type = type_name(self.old, &was.name, was_type);
                let is_type = type_name(self.new, &is.name, is_type);
                if was_type != is_type {
                    let message = format!("the {side} of `{what}` was `{was_type}`, and is `{is_type}`");
                    self.tell(&format!("proto-rpc-{side}-type-changed"), (file, new.line), message);
                }
                if was_stream != is_stream {
                    let said = if *is_stream { "a stream now" } else { "no stream any more" };
                    self.tell(
                        "proto-rpc-streaming-changed",
                        (file, new.line),
                        format!("the {side} of `{what}` is {said}"),
                    );
                }
            }
        }
        for new in is.rpcs.iter().filter(|new| !was.rpcs.iter().any(|old| old.name == new.name)) {
            self.tell(
                "proto-rpc-added",
                (file, new.line),
                format!("the call `{}/{}` is new", is.name, new.name),
            );
        }
    }

    fn unstable(&self, name: &str) -> bool {
        self.old.packages.iter().any(|package| within(name, package) && unstable(package))
    }
}

/// A type by its full name; of maps, that of what they hold.
fn type_name(side: &Joined<'_>, scope: &str, of: &str) -> String {
    if let Some((key, value)) = of.strip_prefix("map<").and_then(|of| of.strip_suffix('>')?.split_once(", "))
    {
        return format!("map<{key}, {}>", side.resolved(scope, value));
    }
    side.resolved(scope, of)
}

/// Whether the full name lies in the package.
fn within(name: &str, package: &str) -> bool {
    package.is_empty() || name.strip_prefix(package).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether the package says by its last part that it may still change: `v1alpha`, `v1beta2`, `v2p1beta1`, `v1test`.
fn unstable(package: &str) -> bool {
    let last = package.rsplit('.').next().unwrap_or_default();
    let version =
        last.strip_prefix('v').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    version && ["alpha", "beta", "test"].iter().any(|word| last.contains(word))
}
