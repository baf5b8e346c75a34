//! `resource`: an attribute of what infrastructure as code declares.

use super::select::{Compared, few};
use super::{Check, Kind, build, schema};
use crate::document::{Node, Scalar, Value as Held, is_template};
use crate::evidence::{Declared, Facet, Globs, Needs, OneOrMany, PathSet, Pattern, Steps, View, shown};
use crate::words::{Because, Judgement, Truth, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "resource",
    summary: "A resource of infrastructure as code exists, and an attribute of it compares as asked.",
    details: "\
Looks at what Terraform and OpenTofu, Kubernetes (Helm charts and Kustomize too), CloudFormation and SAM, compose files, ARM, Nomad, Ansible, \
systemd and the files of platforms (Fly, Render, Heroku, App Engine, ECS, Kamal ...) declare, outside of tests, documents and examples. `kind` is \
what the tool calls it: `aws_db_instance`, `data:aws_ami`, `module:*rds*`, `Deployment` or `apps/Deployment`, `AWS::RDS::DBInstance`, \
`compose:service`, `fly:app`; `*` stands for anything. \
`query` leads from the resource to the attribute; several are tried in turn until one leads to something; a list stands for each of its items.

Without `query` it is enough that the resource exists. True when any resource holds; with `every: true` when all of them do and \
there is at least one, and those that do not are the places at fault. A resource without the attribute does not hold, unless `missing` \
says otherwise.

Variables of Terraform (defaults, locals, `terraform.tfvars`, what modules of the same repository are given) and values of charts are put in. \
Where an attribute cannot be known without running the tool, the answer is unknown, if it depends on it.",
    example: "resource: { kind: [aws_db_instance], query: storage_encrypted, equals: true, every: true }",
    schema: schema::<ResourceCheck>,
    build: build::<ResourceCheck>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ResourceCheck {
    /// Kinds of resources.
    kind: OneOrMany<String>,
    /// Kinds that are left out again.
    #[serde(default)]
    except: OneOrMany<String>,
    /// Their names, as a regex.
    #[serde(default)]
    named: Option<Pattern>,
    /// Only in these files.
    #[serde(default)]
    r#in: Option<Globs>,
    /// Paths to the attribute.
    #[serde(default)]
    query: OneOrMany<Steps>,
    /// What a resource without the attribute counts as.
    #[serde(default)]
    missing: bool,
    #[serde(flatten)]
    compared: Compared,
    /// Every resource must hold, not only one.
    #[serde(default)]
    every: bool,
}

/// How one resource came out.
enum Side {
    Good,
    Bad,
    Unknown(String),
}

impl Check for ResourceCheck {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.insert(Facet::Infra);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let (mut good, mut bad, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        let files = self.r#in.as_ref().map(|globs| PathSet::new(&globs.0).unwrap_or_default());
        for one in view.tree.resources() {
            let kinds = |list: &OneOrMany<String>| list.0.iter().any(|kind| one.resource.is(kind));
            let left_out = files.as_ref().is_some_and(|set| !set.contains(&one.path))
                || self.named.as_ref().is_some_and(|named| !named.is_match(&one.resource.name));
            if !kinds(&self.kind) || kinds(&self.except) || left_out {
                continue;
            }
            let (side, place) = self.one(one);
            match side {
                Side::Good => good.push(place),
                Side::Bad => bad.push(place),
                Side::Unknown(text) => {
                    let place = place.place().unwrap_or_default();
                    unknown
                        .push(Unknown::because(format!("{place}: `{text}` is not known before it is run")));
                }
            }
        }
        self.decide(good, bad, unknown)
    }
}

impl ResourceCheck {
    /// How the resource holds, and the place that tells.
    fn one(&self, one: &Declared) -> (Side, Because) {
        let Declared { path, resource } = one;
        let called = format!("{} {}", resource.kind, resource.name);
        let whole = Because::line(&**path, resource.line, &called);
        let Some(first) = self.query.0.first() else { return (Side::Good, whole) };
        let found =
            self.query.0.iter().map(|steps| (steps, steps.query.select_loosely(&resource.attributes)));
        let found = found.map(|(steps, nodes)| {
            (steps, nodes.into_iter().filter(|node| !node.is_null()).collect::<Vec<_>>())
        });
        let Some((steps, nodes)) = found.into_iter().find(|(_, nodes)| !nodes.is_empty()) else {
            let side = match unseen(&resource.attributes) {
                Some(text) => Side::Unknown(text),
                None if self.missing => Side::Good,
                None => Side::Bad,
            };
            return (side, whole.noted(format!("`{}` is not set", first.text)));
        };
        // Of several values one is enough; the first of the others is told.
        let holds = nodes.iter().find(|node| self.compared.holds(node));
        let open = nodes.iter().find_map(|node| node.as_str().filter(|text| is_template(text)));
        let node = holds.or_else(|| nodes.first());
        let shown = node.map(|node| format!("{called}: {} is {}", steps.text, shown(node)));
        let line = node.map_or(resource.line, |node| node.pos.line);
        let place = Because::line(&**path, line, &shown.unwrap_or_default());
        let side = match (holds, open) {
            (Some(_), _) => Side::Good,
            (None, Some(text)) => Side::Unknown(text.to_owned()),
            (None, None) => Side::Bad,
        };
        (side, place)
    }

    fn decide(&self, good: Vec<Because>, bad: Vec<Because>, unknown: Vec<Unknown>) -> Judgement {
        if self.every && !bad.is_empty() {
            return Judgement::no(bad);
        }
        if !self.every && !good.is_empty() {
            return Judgement::yes(few(good, "resources"));
        }
        if !unknown.is_empty() {
            return Judgement { truth: Truth::Unknown, because: good, unknown };
        }
        if !good.is_empty() {
            return Judgement::yes(few(good, "resources"));
        }
        let kinds: Vec<String> = self.kind.0.iter().take(3).map(|kind| format!("`{kind}`")).collect();
        let missing = Because::note(format!("no resource of kind {}", kinds.join(", ")));
        Judgement::no(if bad.is_empty() { vec![missing] } else { bad })
    }
}

/// A template that could hold an attribute that is not there.
fn unseen(node: &Node) -> Option<String> {
    match &node.value {
        Held::Scalar(Scalar::Text(text)) if text == "${...}" => Some("an expression".into()),
        Held::Scalar(_) => None,
        Held::List(items) => items.iter().find_map(unseen),
        Held::Map(entries) => entries.iter().find_map(|(key, value)| {
            let key = key.as_str().unwrap_or_default();
            // Names and labels of a chart are made by templates too, and hold nothing else.
            let names = matches!(key, "labels" | "matchLabels" | "annotations" | "selector");
            let given = key.starts_with("{{")
                && !key.starts_with("{{if")
                && !["label", "annotation"].iter().any(|word| key.to_lowercase().contains(word));
            if given {
                Some(key.split("}}@").next().unwrap_or(key).trim_start_matches('{').to_owned())
            } else if names {
                None
            } else {
                unseen(value)
            }
        }),
    }
}
