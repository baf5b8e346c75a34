//! Files in which a platform is told what to run: Fly, Render, Heroku, Vercel, App Engine, ECS, Kamal and their kin.

use super::super::nodes::{at, entries, get, is_map, items, text};
use super::{Resource, cloudformation};
use crate::document::Node;

/// A file that is one resource as a whole: how its name starts, and a key that it must have, if any.
const WHOLE: [(&str, &str, &str); 15] = [
    ("fly.", "", "fly:app"),
    ("vercel.json", "", "vercel:project"),
    ("now.json", "", "vercel:project"),
    ("netlify.toml", "", "netlify:site"),
    ("wrangler.", "", "cloudflare:worker"),
    ("railway.", "", "railway:service"),
    ("heroku.yml", "build", "heroku:build"),
    ("app.yaml", "runtime", "appengine:service"),
    ("app.yml", "runtime", "appengine:service"),
    ("dockerrun.aws.json", "", "elasticbeanstalk:container"),
    ("serverless.", "provider", "serverless:service"),
    ("chart.yaml", "name", "helm:chart"),
    ("pulumi.yaml", "runtime", "pulumi:project"),
    ("azure.yaml", "services", "azd:project"),
    ("captain-definition", "", "caprover:app"),
];

/// Whether a file of this name can be one.
pub(super) fn names(name: &str) -> bool {
    let more =
        ["render.y", "deploy.y", "manifest.y", "kustomization.y", "helmfile", "docker-bake", "app.json"];
    WHOLE.iter().map(|(start, _, _)| *start).chain(more).any(|start| name.starts_with(start))
}

/// What the document tells a platform, by its name and place.
pub(super) fn resources(path: &str, name: &str, node: &Node) -> Vec<Resource> {
    let mut found = Vec::new();
    let whole = WHOLE
        .iter()
        .find(|(start, key, _)| name.starts_with(start) && (key.is_empty() || get(node, key).is_some()));
    if let Some((_, _, kind)) = whole.filter(|_| is_map(node)) {
        let called = ["app", "name", "service"].iter().find_map(|key| get(node, key).and_then(text));
        found.push(Resource::new(*kind, called.unwrap_or_default(), node.pos.line, node.clone()));
    }
    match name {
        "app.json" => found.extend(heroku(node)),
        "render.yaml" | "render.yml" => {
            found.extend(listed(node, "services", "render:service"));
            found.extend(listed(node, "databases", "render:database"));
        }
        "manifest.yml" | "manifest.yaml" if path.starts_with("copilot/") => {
            found.push(Resource::new("copilot:service", "", 1, node.clone()));
        }
        "manifest.yml" | "manifest.yaml" => found.extend(listed(node, "applications", "cloudfoundry:app")),
        "docker-bake.json" => found.extend(bake(node)),
        _ => {}
    }
    if name.starts_with("deploy.") && get(node, "service").is_some() && get(node, "servers").is_some() {
        found.push(Resource::new("kamal:app", "", 1, node.clone()));
        found.extend(mapped(node, &["accessories"], "kamal:accessory"));
    }
    if path.starts_with(".do/") {
        let spec = get(node, "spec").unwrap_or(node);
        found.extend(listed(spec, "services", "digitalocean:service"));
        found.extend(listed(spec, "databases", "digitalocean:database"));
    }
    if name.starts_with("helmfile") {
        found.extend(listed(node, "releases", "helm:release"));
    }
    if name.starts_with("kustomization.") {
        found.push(Resource::new("Kustomization", "", node.pos.line, node.clone()));
    }
    found.extend(inside(node));
    found
}

/// What shows by its content.
fn inside(node: &Node) -> Vec<Resource> {
    let mut found = Vec::new();
    if get(node, "containerDefinitions").is_some_and(|containers| !items(containers).is_empty()) {
        let family = get(node, "family").and_then(text).unwrap_or_default();
        found.push(Resource::new("ecs:task-definition", family, node.pos.line, node.clone()));
    }
    if get(node, "provider").is_some() && get(node, "functions").is_some() {
        found.extend(mapped(node, &["functions"], "serverless:function"));
        found.extend(get(node, "resources").into_iter().flat_map(cloudformation::resources));
    }
    // Pulumi in YAML: the type stands in the resource.
    if get(node, "runtime").is_some() || get(node, "variables").is_some() {
        let typed = get(node, "resources").into_iter().flat_map(entries).filter_map(|(name, one)| {
            let kind = get(one, "type").and_then(text).filter(|kind| kind.contains(':'))?;
            let body = get(one, "properties").unwrap_or(one);
            Some(Resource::new(kind, text(name).unwrap_or_default(), name.pos.line, body.clone()))
        });
        found.extend(typed);
    }
    if get(node, "dependencies")
        .is_some_and(|list| items(list).iter().any(|one| get(one, "repository").is_some()))
    {
        found.extend(listed(node, "dependencies", "helm:dependency"));
    }
    found
}

/// Heroku's `app.json`; Expo and others call their files the same.
fn heroku(node: &Node) -> Vec<Resource> {
    let known = ["addons", "formation", "buildpacks", "env", "environments", "stack"];
    if get(node, "expo").is_some() || !known.iter().any(|key| get(node, key).is_some()) {
        return Vec::new();
    }
    let mut found = vec![Resource::new("heroku:app", "", node.pos.line, node.clone())];
    for addon in get(node, "addons").map(items).unwrap_or_default() {
        let plan = text(addon).or_else(|| get(addon, "plan").and_then(text)).unwrap_or_default();
        let name = plan.split(':').next().unwrap_or(plan);
        found.push(Resource::new("heroku:addon", name, addon.pos.line, addon.clone()));
    }
    found
}

/// Processes of a Procfile.
pub(super) fn procfile(source: &str) -> Vec<Resource> {
    let Ok(node) = crate::document::parse_properties(source) else { return Vec::new() };
    let process = |(name, command): (&Node, &Node)| {
        Some(Resource::new("procfile:process", text(name)?, name.pos.line, command.clone()))
    };
    entries(&node).filter_map(process).collect()
}

/// Targets of `docker buildx bake`.
pub(super) fn bake(node: &Node) -> Vec<Resource> {
    mapped(node, &["target"], "bake:target")
}

fn mapped(node: &Node, path: &[&str], kind: &str) -> Vec<Resource> {
    let all = at(node, path).into_iter().flat_map(entries).filter(|(_, body)| is_map(body));
    all.map(|(name, body)| Resource::new(kind, text(name).unwrap_or_default(), name.pos.line, body.clone()))
        .collect()
}

fn listed(node: &Node, key: &str, kind: &str) -> Vec<Resource> {
    let all = get(node, key).map(items).unwrap_or_default().iter().filter(|one| is_map(one));
    let named = |one: &Node| get(one, "name").and_then(text).unwrap_or_default().to_owned();
    all.map(|one| Resource::new(kind, &named(one), one.pos.line, one.clone())).collect()
}
