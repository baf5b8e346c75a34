//! Two schemas: what a client may send no more, and what it may receive that it was not told of.

use super::openapi::Found;
use super::operations::Side;
use super::reference::At;
use super::shape::Shape;
use crate::document::Node;
use std::collections::BTreeSet;

/// Schemas below one another that are compared.
const MAX_DEPTH: usize = 40;
/// Schemas that are compared for one body.
const MAX_SCHEMAS: usize = 5000;

/// Bounds, and what kinds call them.
const UPPER: [(&str, &str); 3] = [("maximum", "max"), ("maxLength", "max-length"), ("maxItems", "max-items")];
const LOWER: [(&str, &str); 3] = [("minimum", "min"), ("minLength", "min-length"), ("minItems", "min-items")];

/// Who writes the values of a schema, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// The client, in a parameter.
    Parameter,
    /// The client, in a body.
    Request,
    /// The server.
    Response,
}

/// The same thing in both versions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) base: At<'a>,
    pub(super) head: At<'a>,
}

/// Compares two schemas and all below them; `what` is the thing they describe, for people.
pub(super) fn compare<'a>(
    base: &Side<'a>,
    head: &Side<'a>,
    pair: Pair<'a>,
    direction: Direction,
    what: &str,
    found: &mut Found,
) {
    let mut walk = Walk { base, head, direction, what, seen: BTreeSet::new(), found };
    walk.schema(pair, &mut Vec::new());
}

struct Walk<'w, 'a> {
    base: &'w Side<'a>,
    head: &'w Side<'a>,
    direction: Direction,
    what: &'w str,
    /// Pairs that were compared, by address: schemas may hold themselves.
    seen: BTreeSet<(*const Node, *const Node)>,
    found: &'w mut Found,
}

impl<'a> Walk<'_, 'a> {
    fn sends(&self) -> bool {
        self.direction != Direction::Response
    }

    /// `request-property-...`: where we are, before what changed.
    fn kind(&self, path: &[String], what: &str) -> String {
        let side = if self.sends() { "request" } else { "response" };
        let place = match self.direction {
            _ if !path.is_empty() => "property",
            Direction::Parameter => "parameter",
            Direction::Request | Direction::Response => "body",
        };
        format!("{side}-{place}-{what}")
    }

    fn tell(&mut self, path: &[String], kind: &str, at: At<'a>, change: &str) {
        let kind = self.kind(path, kind);
        self.tell_as(path, kind, at, change);
    }

    fn tell_as(&mut self, path: &[String], kind: String, at: At<'a>, change: &str) {
        let name = if path.is_empty() { String::new() } else { format!(", `{}`", path.join(".")) };
        self.found.at(kind, at, &format!("{}{name} {change}", self.what));
    }

    fn schema(&mut self, pair: Pair<'a>, path: &mut Vec<String>) {
        let key = (std::ptr::from_ref(pair.base.node), std::ptr::from_ref(pair.head.node));
        if path.len() > MAX_DEPTH || self.seen.len() > MAX_SCHEMAS || !self.seen.insert(key) {
            return;
        }
        let old = Shape::of(self.base.documents, pair.base);
        let new = Shape::of(self.head.documents, pair.head);
        self.types(&old, &new, path);
        self.values(&old, &new, path);
        self.bounds(&old, &new, path);
        self.properties(&old, &new, path);
        for (was, now, name) in [(old.items, new.items, "[]"), (old.additional, new.additional, "*")] {
            if let (Some(base), Some(head)) = (was, now) {
                path.push(name.to_owned());
                self.schema(Pair { base, head }, path);
                path.pop();
            }
        }
        self.alternatives(&old.any_of, &new.any_of, "any-of", new.at, path);
        self.alternatives(&old.one_of, &new.one_of, "one-of", new.at, path);
    }

    fn types(&mut self, old: &Shape<'a>, new: &Shape<'a>, path: &[String]) {
        let sent = self.sends();
        if old.types != new.types && !(old.types.is_empty() && new.types.is_empty()) {
            let fits = if sent { new.takes(old) } else { old.takes(new) };
            let kind = match (fits, sent) {
                (false, _) => "type-changed",
                (true, true) => "type-generalized",
                (true, false) => "type-specialized",
            };
            self.tell(path, kind, new.at, &format!("was {} and is {}", old.types_told(), new.types_told()));
        } else if let (Some(was), Some(now)) = (&old.format, &new.format)
            && was != now
            && !wider(if sent { (was, now) } else { (now, was) })
        {
            self.tell(path, "format-changed", new.at, &format!("was {was} and is {now}"));
        }
        match (old.nullable, new.nullable) {
            (true, false) => self.tell(path, "became-not-nullable", new.at, "cannot be null any more"),
            (false, true) => self.tell(path, "became-nullable", new.at, "can be null now"),
            _ => {}
        }
    }

    fn values(&mut self, old: &Shape<'a>, new: &Shape<'a>, path: &[String]) {
        match (&old.values, &new.values) {
            (None, Some(_)) if self.sends() => {
                self.tell(path, "became-enum", new.at, "takes only some values now");
            }
            (Some(_), None) if !self.sends() => {
                self.tell(path, "enum-removed", new.at, "can be any value now");
            }
            (Some(was), Some(now)) => {
                for value in was.difference(now) {
                    self.tell(path, "enum-value-removed", new.at, &format!("cannot be {value} any more"));
                }
                for value in now.difference(was) {
                    self.tell(path, "enum-value-added", new.at, &format!("can be {value} now"));
                }
            }
            _ => {}
        }
        if !self.sends() {
            return;
        }
        match (&old.pattern, &new.pattern) {
            (None, Some(now)) => self.tell(path, "pattern-added", new.at, &format!("must match {now} now")),
            (Some(_), None) => self.tell(path, "pattern-removed", new.at, "need match no pattern any more"),
            (Some(was), Some(now)) if was != now => {
                self.tell(path, "pattern-changed", new.at, &format!("must match {now}, no longer {was}"));
            }
            _ => {}
        }
        match (&old.default, &new.default) {
            (Some(was), Some(now)) if was != now => {
                self.tell(
                    path,
                    "default-value-changed",
                    new.at,
                    &format!("is {now} by default, no longer {was}"),
                );
            }
            (Some(was), None) => {
                self.tell(path, "default-value-removed", new.at, &format!("is {was} by default no more"));
            }
            (None, Some(now)) => {
                self.tell(path, "default-value-added", new.at, &format!("is {now} by default"));
            }
            _ => {}
        }
    }

    /// Narrower bounds refuse what was taken; wider ones send what nobody expects.
    fn bounds(&mut self, old: &Shape<'a>, new: &Shape<'a>, path: &[String]) {
        for ((key, name), upper) in
            UPPER.iter().map(|bound| (bound, true)).chain(LOWER.iter().map(|bound| (bound, false)))
        {
            let (was, now) = (old.number(key), new.number(key));
            let change = match (was, now) {
                (None, Some(now)) if self.sends() && (upper || now > 0.0) => Some("set"),
                (Some(_), None) if !self.sends() => Some("unset"),
                (Some(was), Some(now)) if self.sends() != upper && now > was => Some("increased"),
                (Some(was), Some(now)) if self.sends() == upper && now < was => Some("decreased"),
                _ => None,
            };
            if let Some(change) = change {
                let told =
                    |bound: Option<f64>| bound.map_or_else(|| "none".to_owned(), |bound| bound.to_string());
                let what = format!("has {key} {}, before {}", told(now), told(was));
                self.tell(path, &format!("{name}-{change}"), new.at, &what);
            }
        }
    }

    fn properties(&mut self, old: &Shape<'a>, new: &Shape<'a>, path: &mut Vec<String>) {
        if self.sends() && !old.closed && new.closed {
            self.tell(path, "additional-properties-forbidden", new.at, "takes no other properties any more");
        }
        // Nobody sends what is read only, and nobody receives what is write only.
        let key = if self.sends() { "readOnly" } else { "writeOnly" };
        let unseen = |at: &At<'a>| at.node.get(key).and_then(Node::as_bool) == Some(true);
        let names: BTreeSet<&str> = old.properties.keys().chain(new.properties.keys()).copied().collect();
        for name in names {
            let sides = [old.properties.get(name), new.properties.get(name)];
            if sides.iter().flatten().any(|at| unseen(at)) {
                continue;
            }
            path.push(name.to_owned());
            let needed = (old.required.contains(name), new.required.contains(name));
            match sides {
                [Some(base), Some(head)] => {
                    self.requirement(needed, *head, path);
                    self.schema(Pair { base: *base, head: *head }, path);
                }
                [Some(_), None] => self.property_gone(needed.0, new.at, path),
                [None, Some(head)] => self.property_new(needed.1, *head, path),
                [None, None] => {}
            }
            path.pop();
        }
    }

    fn requirement(&mut self, needed: (bool, bool), head: At<'a>, path: &[String]) {
        let defaulted = head.node.get("default").is_some();
        let kind = match (needed, self.sends()) {
            ((false, true), true) if defaulted => return,
            ((false, true), true) => "request-property-became-required",
            ((true, false), true) => "request-property-became-optional",
            ((false, true), false) => "response-property-became-required",
            ((true, false), false) => "response-property-became-optional",
            _ => return,
        };
        let what = if needed.1 { "became required" } else { "became optional" };
        self.tell_as(path, kind.to_owned(), head, what);
    }

    fn property_gone(&mut self, needed: bool, from: At<'a>, path: &[String]) {
        let kind = match (self.sends(), needed) {
            (true, _) => "request-property-removed",
            (false, true) => "response-required-property-removed",
            (false, false) => "response-optional-property-removed",
        };
        self.tell_as(path, kind.to_owned(), from, "is removed");
    }

    fn property_new(&mut self, needed: bool, head: At<'a>, path: &[String]) {
        let defaulted = head.node.get("default").is_some();
        let (kind, what) = match (self.sends(), needed && !defaulted) {
            (true, true) => ("new-required-request-property", "is new and required"),
            (true, false) => ("new-optional-request-property", "is new"),
            (false, _) => ("response-property-added", "is new"),
        };
        self.tell_as(path, kind.to_owned(), head, what);
    }

    /// Alternatives that both have are compared as they are written; one that changed on each side is compared inside.
    fn alternatives(
        &mut self,
        old: &[At<'a>],
        new: &[At<'a>],
        name: &str,
        at: At<'a>,
        path: &mut Vec<String>,
    ) {
        let missing = |these: &[At<'a>], those: &[At<'a>]| -> Vec<At<'a>> {
            let texts: BTreeSet<String> = those.iter().map(|at| at.node.to_string()).collect();
            these.iter().filter(|at| !texts.contains(&at.node.to_string())).copied().collect()
        };
        let (gone, come) = (missing(old, new), missing(new, old));
        if let ([base], [head]) = (gone.as_slice(), come.as_slice()) {
            return self.alternative(*base, *head, path);
        }
        if !gone.is_empty() {
            self.tell(path, &format!("{name}-removed"), at, "has fewer alternatives");
        }
        // Where nothing was said, a client that sends could send anything.
        let known = !old.is_empty() || !self.sends();
        if !come.is_empty() && known {
            self.tell(path, &format!("{name}-added"), at, "has more alternatives");
        }
    }

    fn alternative(&mut self, base: At<'a>, head: At<'a>, path: &mut Vec<String>) {
        let sides = (self.base.documents.follow(base), self.head.documents.follow(head));
        if let (Some(base), Some(head)) = sides {
            self.schema(Pair { base, head }, path);
        }
    }
}

/// Whether the second format holds every value of the first.
fn wider((narrow, wide): (&String, &String)) -> bool {
    matches!((narrow.as_str(), wide.as_str()), ("int32", "int64") | ("float", "double"))
}
