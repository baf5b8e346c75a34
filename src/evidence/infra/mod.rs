//! Infrastructure as code -> [`Infra`]: whatever the tool, a list of resources with their attributes.
//!
//! Reads what is written and renders nothing: what a template or a variable would put in stands as its text
//! ([`crate::document::is_template`]), and whoever looks at it must call it unknown.

mod ansible;
mod azure;
mod bases;
mod cloudformation;
mod compose;
mod dockerfile;
mod helm;
mod images;
mod kubernetes;
mod kustomize;
mod nomad;
mod patch;
mod platform;
mod resolve;
mod systemd;
mod terraform;
mod variables;

pub use bases::{BaseUser, ImageName};
pub use dockerfile::{Base, BuildStage, Copied, Dockerfile, Placed, Start, Variable, read_dockerfile};
pub use images::{Image, images};
pub use kubernetes::pod_of;
pub use resolve::Declared;
pub(super) use resolve::declared;

use super::file_text::FileText;
use super::nodes::get;
use super::signals::name_matches;
use crate::document::{Format, Node};
use std::borrow::Cow;

/// What a file declares.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Infra {
    /// Resources in the order of the text.
    pub resources: Vec<Resource>,
    /// The image that it builds.
    pub dockerfile: Option<Dockerfile>,
    /// Values for the variables of other files.
    pub values: Option<Values>,
}

/// Values that other files use.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Defaults of variables, and locals, of the files of a Terraform folder: `{ var: ..., local: ... }`.
    Terraform(Node),
    /// A file of values for variables.
    Tfvars(Node),
    /// Defaults of a chart.
    Chart(Node),
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
    fn new(kind: impl Into<String>, name: &str, line: u32, attributes: Node) -> Self {
        Self { kind: kind.into(), group: String::new(), name: name.to_owned(), line, attributes }
    }

    /// Whether it is of a kind: `*` stands for anything, and `GROUP/KIND` names a kind of Kubernetes by its group.
    pub fn is(&self, kind: &str) -> bool {
        name_matches(kind, &self.kind)
            || (!self.group.is_empty() && name_matches(kind, &format!("{}/{}", self.group, self.kind)))
    }
}

/// Resources that one file may declare.
const MAX_RESOURCES: usize = 5000;

/// Files that can declare infrastructure.
pub(super) const INFRA: [&str; 15] = [
    "**/*.{tf,tofu,tfvars,nomad,hcl}",
    "**/*.{tf,tofu,tfvars}.json",
    "**/*.{yml,yaml}",
    "**/*.{yml,yaml}.{tpl,tmpl,gotmpl,erb,j2,template}",
    "**/*{template,cloudformation,cfn,stack,task-def,taskdef,task_def}*.json",
    "**/{app,now,vercel,railway,dockerrun.aws,wrangler,docker-bake,azuredeploy}.{json,jsonc}",
    "**/{fly,fly.*,railway,netlify,wrangler}.toml",
    "**/{Dockerfile,Containerfile}",
    "**/{Dockerfile,Containerfile}{.,-,_}*",
    "**/*.{dockerfile,containerfile}",
    "**/Procfile",
    "**/*.{service,timer}",
    "**/*.bicep",
    ".ebextensions/*.config",
    ".do/*.{yml,yaml}",
];

/// Reads a file; nothing where it declares no infrastructure.
pub fn read_infra(file: &FileText<'_>) -> Option<Infra> {
    let lower = file.path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    if is_dockerfile(name) {
        return Some(Infra { dockerfile: Some(read_dockerfile(file.text)), ..Infra::default() });
    }
    let mut infra = Infra { values: values(&lower, name, file), ..Infra::default() };
    infra.resources = resources(&lower, name, file).unwrap_or_default();
    infra.resources.truncate(MAX_RESOURCES);
    (!infra.resources.is_empty() || infra.values.is_some()).then_some(infra)
}

fn is_dockerfile(name: &str) -> bool {
    let other =
        ["dockerignore", "md", "txt", "sh", "py", "rb", "go", "js", "ts", "yml", "yaml", "json", "erb", "j2"];
    let (stem, last) = name.rsplit_once('.').unwrap_or((name, ""));
    let named = |name: &str| name.starts_with("dockerfile") || name.starts_with("containerfile");
    !other.contains(&last) && (named(stem) || matches!(last, "dockerfile" | "containerfile"))
}

fn resources(path: &str, name: &str, file: &FileText<'_>) -> Option<Vec<Resource>> {
    let mut extensions = name.rsplit('.');
    let (last, before) = (extensions.next().unwrap_or_default(), extensions.next().unwrap_or_default());
    let of = |format| file.document_as(format);
    Some(match (before, last) {
        (_, "tfvars") | ("tfvars", _) => return None,
        (_, "tf" | "tofu") => terraform::resources(&*of(Format::Hcl)?),
        ("tf" | "tofu", "json") => terraform::resources(&*of(Format::Json)?),
        (_, "nomad" | "hcl") => {
            let root = of(Format::Hcl)?;
            [nomad::resources(&root), platform::bake(&root)].concat()
        }
        (_, "service" | "timer") => systemd::resources(last, file.text),
        (_, "bicep") => azure::bicep(file.text),
        (_, "toml") => platform::resources(path, name, &*of(Format::Toml)?),
        (_, "procfile") => platform::procfile(file.text),
        (_, "json" | "jsonc") => document(path, name, &*of(Format::Json)?),
        _ if !promising(name, file.text) => return None,
        _ => file.as_templated()?.iter().flat_map(|node| document(path, name, node)).collect(),
    })
}

/// Whether a YAML text is worth parsing.
fn promising(name: &str, text: &str) -> bool {
    let has = |part: &str| text.contains(part);
    (has("kind:") && has("apiVersion:"))
        || ["services:", "Resources:", "resources:", "hosts:", "runtime:", "image:"].into_iter().any(has)
        || platform::names(name)
        || (has("- name:") && (has("when:") || has("become:") || has("ansible.")))
}

fn document(path: &str, name: &str, node: &Node) -> Vec<Resource> {
    if kubernetes::is(node) {
        return kubernetes::resources(node);
    }
    let mut found = platform::resources(path, name, node);
    if cloudformation::is(node) {
        found.extend(cloudformation::resources(node));
    } else if compose::is(name, node) {
        found.extend(compose::resources(node));
    } else if ansible::is(path, node) {
        found.extend(ansible::resources(node));
    } else if azure::is_arm(node) {
        found.extend(azure::arm(node));
    }
    found
}

fn values(path: &str, name: &str, file: &FileText<'_>) -> Option<Values> {
    let of = |format| file.document_as(format);
    let own = |format| of(format).map(Cow::into_owned);
    match name {
        _ if name.ends_with(".tfvars.json") => own(Format::Json).map(Values::Tfvars),
        _ if name.ends_with(".tf.json") => terraform::values(&*of(Format::Json)?).map(Values::Terraform),
        "values.yaml" | "values.yml" => {
            let node = own(Format::Yaml)?;
            (get(&node, "apiVersion").is_none() || !path.contains("templates/"))
                .then_some(Values::Chart(node))
        }
        _ => match name.rsplit('.').next() {
            Some("tfvars") => own(Format::Hcl).map(Values::Tfvars),
            Some("tf" | "tofu") => terraform::values(&*of(Format::Hcl)?).map(Values::Terraform),
            _ => None,
        },
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
