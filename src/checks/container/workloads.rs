//! What runs an image: pods, compose services, tasks of platforms.

use super::Side;
use crate::document::{Node, Scalar, Value};
use crate::evidence::{Declared, Image, ImageName, View, images, pod_of};
use crate::words::Because;

/// A container that runs an image.
struct Workload<'a> {
    declared: &'a Declared,
    container: &'a Node,
    pod: Option<&'a Node>,
}

fn at<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Node> {
    path.iter().try_fold(node, |node, key| node.get(key))
}

/// The containers that run the image: by its name, or, where there is only one image, those that run none of others.
fn workloads<'a>(image: &Image<'_>, view: &'a View<'_>) -> Vec<Workload<'a>> {
    let names = image.names();
    let single = images(view.tree).len() == 1;
    let mut found = Vec::new();
    for declared in view.tree.resources() {
        let attributes = &declared.resource.attributes;
        match declared.resource.kind.as_str() {
            "compose:service" => {
                let own =
                    attributes.get("build").is_some() && (single || names.contains(&declared.resource.name));
                if own {
                    found.push(Workload { declared, container: attributes, pod: None });
                }
            }
            "ecs:task-definition" => {
                let list = attributes.get("containerDefinitions").and_then(Node::as_list).unwrap_or_default();
                let own = list.iter().filter(|one| runs(one, &names, single));
                found.extend(own.map(|container| Workload { declared, container, pod: None }));
            }
            _ => {
                let Some(pod) = pod_of(attributes) else { continue };
                let list = pod.get("containers").and_then(Node::as_list).unwrap_or_default();
                let own = list.iter().filter(|one| runs(one, &names, single));
                found.extend(own.map(|container| Workload { declared, container, pod: Some(pod) }));
            }
        }
    }
    found
}

fn runs(container: &Node, names: &[String], single: bool) -> bool {
    let word = |key: &str| container.get(key).and_then(Node::as_str).unwrap_or_default().to_ascii_lowercase();
    let text = word("image");
    let image = ImageName::of(&text);
    let official = !image.repository.contains('/') && !text.contains("{{") && !text.contains('$');
    if single {
        return !official;
    }
    names.iter().any(|name| {
        image.short() == name || image.short().ends_with(&format!("-{name}")) || word("name") == *name
    })
}

/// What runs it sets another user than root, everywhere.
pub(super) fn user(image: &Image<'_>, view: &View<'_>) -> Option<Because> {
    let all = workloads(image, view);
    let first = all.first()?;
    all.iter().all(nonroot).then(|| {
        let Declared { path, resource } = first.declared;
        Because::line(&**path, resource.line, &format!("{} {}", resource.kind, resource.name))
            .noted("what runs the image sets another user than root")
    })
}

fn nonroot(workload: &Workload<'_>) -> bool {
    let user = workload.container.get("user").map(ToString::to_string).filter(|user| !user.contains("{{"));
    if user.is_some_and(|user| !matches!(user.split(':').next(), Some("" | "0" | "root"))) {
        return true;
    }
    let contexts = [Some(workload.container), workload.pod];
    let contexts = contexts.into_iter().flatten().filter_map(|node| node.get("securityContext"));
    // What stands at the container counts more than at the pod.
    contexts.into_iter().find_map(|context| {
        let refused = context.get("runAsNonRoot").and_then(Node::as_bool);
        let user = context.get("runAsUser").and_then(|user| match user.value {
            Value::Scalar(Scalar::Integer(user)) => Some(user != 0),
            _ => None,
        });
        refused.or(user)
    }) == Some(true)
}

/// The image, or what runs it, can say that it is well.
pub(super) fn health(image: &Image<'_>, view: &View<'_>) -> Side {
    let own = image.file.chain(image.stage).find_map(|stage| stage.health.as_ref());
    if let Some(health) = own.filter(|health| health.value.is_some()) {
        return Side::Good(Because::line(&*image.path, health.line, "HEALTHCHECK"));
    }
    let probed = |workload: &Workload<'_>| {
        ["healthcheck", "healthCheck", "livenessProbe", "readinessProbe", "startupProbe"]
            .iter()
            .any(|key| workload.container.get(key).is_some_and(|probe| !probe.is_null()))
    };
    let platform = view.tree.resources().iter().find(|one| {
        let node = &one.resource.attributes;
        let keys: &[&[&str]] = match one.resource.kind.as_str() {
            "fly:app" => &[&["http_service", "checks"], &["checks"], &["services"]],
            "render:service" => &[&["healthCheckPath"]],
            "railway:service" => &[&["deploy", "healthcheckPath"]],
            "kamal:app" => &[&["proxy"], &["healthcheck"]],
            "appengine:service" => &[&["liveness_check"], &["readiness_check"]],
            _ => &[],
        };
        keys.iter().any(|path| at(node, path).is_some())
    });
    let runs = workloads(image, view);
    let probed = runs.iter().find(|workload| probed(workload)).map(|workload| workload.declared);
    if let Some(Declared { path, resource }) = probed.or(platform) {
        return Side::Good(Because::line(
            &**path,
            resource.line,
            &format!("{} {}", resource.kind, resource.name),
        ));
    }
    let base = image.file.image(image.stage).unwrap_or("scratch");
    Side::Bad(
        Because::line(&*image.path, image.line(), &format!("FROM {base}"))
            .noted("no HEALTHCHECK, and nothing that runs the image probes it"),
    )
}
