//! Infrastructure as code -> [`Infra`]: whatever the tool, a list of resources with their attributes.
//!
//! Reads what is written and renders nothing: what a template or a variable would put in stands as its text, and whoever
//! looks at it must call it unknown.

mod cloudformation;
mod compose;
mod kubernetes;
mod terraform;

use super::signals::name_matches;
use crate::document::{Format, Node, parse, parse_templated};

/// What a file declares.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Infra {
    /// Resources in the order of the text.
    pub resources: Vec<Resource>,
}

/// One thing that somebody or something runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// What it is, as its tool calls it: `aws_db_instance` (Terraform; data sources as `data:aws_ami`, modules as
    /// `module:SOURCE`), `Deployment` (Kubernetes), `AWS::RDS::DBInstance` (CloudFormation), `compose:service`.
    pub kind: String,
    /// The API group of a Kubernetes kind; empty for the core group and for everything else.
    pub group: String,
    /// Its name; empty where it has none.
    pub name: String,
    /// Line of its start.
    pub line: u32,
    /// What it is made of.
    pub attributes: Node,
}

impl Resource {
    /// Whether it is of a kind: `*` stands for anything, and `GROUP/KIND` names a kind of Kubernetes by its group.
    pub fn is(&self, kind: &str) -> bool {
        name_matches(kind, &self.kind)
            || (!self.group.is_empty() && name_matches(kind, &format!("{}/{}", self.group, self.kind)))
    }
}

/// Resources that one file may declare.
const MAX_RESOURCES: usize = 5000;

/// Files that can declare infrastructure.
pub(super) const INFRA: [&str; 4] = [
    "**/*.{tf,tofu}",
    "**/*.{tf,tofu}.json",
    "**/*.{yml,yaml}",
    "**/*{template,cloudformation,cfn,stack}*.json",
];

/// Reads a file; nothing where it declares no infrastructure.
pub fn read_infra(path: &str, text: &str) -> Option<Infra> {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let mut extensions = name.rsplit('.');
    let (last, before) = (extensions.next().unwrap_or_default(), extensions.next().unwrap_or_default());
    let mut resources = match (before, last) {
        (_, "tf" | "tofu") => terraform::resources(&parse(Format::Hcl, text).ok()?),
        ("tf" | "tofu", "json") => terraform::resources(&parse(Format::Json, text).ok()?),
        _ if !promising(text) => return None,
        (_, "json") => document(name, parse(Format::Json, text).ok()?),
        _ => parse_templated(text).ok()?.into_iter().flat_map(|node| document(name, node)).collect(),
    };
    resources.truncate(MAX_RESOURCES);
    (!resources.is_empty()).then_some(Infra { resources })
}

/// Whether it is worth parsing.
fn promising(text: &str) -> bool {
    text.contains("kind:") && text.contains("apiVersion:")
        || text.contains("services:")
        || text.contains("Resources") && text.contains("::")
}

fn document(name: &str, node: Node) -> Vec<Resource> {
    if kubernetes::is(&node) {
        kubernetes::resources(node)
    } else if cloudformation::is(&node) {
        cloudformation::resources(&node)
    } else if compose::is(name, &node) {
        compose::resources(&node)
    } else {
        Vec::new()
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
