//! Objects of Kubernetes: plain manifests, and templates of charts as far as they are YAML.

use super::super::nodes::{at, get, items, text};
use super::Resource;
use crate::document::{Node, Value};

/// Whether the document is an object.
pub(super) fn is(node: &Node) -> bool {
    let named = |key| get(node, key).and_then(text).is_some_and(|value| !value.is_empty());
    named("apiVersion") && named("kind")
}

/// The object, or those of a list of objects.
pub(super) fn resources(node: &Node) -> Vec<Resource> {
    let word = |key| get(node, key).and_then(text).unwrap_or_default();
    let (version, kind) = (word("apiVersion"), word("kind").to_owned());
    if kind == "List" || kind == "Template" {
        let inner = ["items", "objects"].iter().find_map(|key| get(node, key));
        let objects = inner.map(items).unwrap_or_default().iter().filter(|item| is(item));
        return objects.flat_map(|item| single(item.clone())).collect();
    }
    // The configuration of a program is written in the same form, and runs nothing.
    if version.contains("config.k8s.io") && !version.starts_with("kustomize.")
        || version.starts_with("audit.k8s.io")
    {
        return Vec::new();
    }
    single(node.clone())
}

fn single(node: Node) -> Vec<Resource> {
    if !matches!(node.value, Value::Map(_)) {
        return Vec::new();
    }
    let word = |key| get(&node, key).and_then(text).unwrap_or_default().to_owned();
    let group = word("apiVersion").split_once('/').map_or(String::new(), |(group, _)| group.to_owned());
    let name = at(&node, &["metadata", "name"]).and_then(text).unwrap_or_default().to_owned();
    let line = get(&node, "kind").map_or(node.pos.line, |kind| kind.pos.line);
    vec![Resource { group, ..Resource::new(word("kind"), &name, line, node) }]
}

/// Where the specification of a pod stands.
const PODS: [&[&str]; 4] = [
    &["spec", "template", "spec"],
    &["spec", "jobTemplate", "spec", "template", "spec"],
    &["spec", "podTemplate", "spec"],
    &["spec"],
];

/// The specification of the pods that an object runs.
pub fn pod_of(node: &Node) -> Option<&Node> {
    PODS.iter().find_map(|path| at(node, path).filter(|pod| get(pod, "containers").is_some()))
}
