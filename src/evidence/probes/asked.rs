//! Where platforms are told what to ask for: Dockerfiles, compose files, containers, files of platforms.
//!
//! Only of programs that are built here: what runs somebody else's image is asked for what that one answers.

use super::super::infra::{Declared, Image, ImageName, images, pod_of};
use super::super::manifests::joined;
use super::super::nodes::{at, entries, get, items, strings, text};
use super::super::signals::name_matches;
use super::super::tree::Tree;
use super::{Place, TABLE, parts};
use crate::document::Node;
use crate::evidence::PathSet;
use crate::regexes::Late;
use std::sync::{Arc, LazyLock};

/// A path that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The file that says so.
    pub path: Arc<str>,
    /// Where.
    pub line: u32,
    /// The path of the request, as it is written.
    pub asks: String,
    /// The text, for people.
    pub text: String,
    /// Its parts that are known.
    pub(super) parts: Vec<String>,
}

impl Probe {
    fn new(path: &Arc<str>, line: u32, asks: &str, what: &str) -> Option<Self> {
        let parts = parts(asks)?;
        let text = format!("{what} {asks}");
        Some(Self { path: Arc::clone(path), line, asks: asks.to_owned(), text, parts })
    }
}

/// Every probe that is told of.
pub(super) fn probes(tree: &Tree) -> Vec<Probe> {
    let built = images(tree);
    let own = Own::of(tree, &built);
    let mut found: Vec<Probe> = own.images.iter().filter_map(|image| of_image(image)).collect();
    for one in tree.resources() {
        let attributes = &one.resource.attributes;
        if one.resource.kind == "compose:service" {
            if own.builds(one) {
                let test = at(attributes, &["healthcheck", "test"]);
                found.extend(test.and_then(|test| of_command(&one.path, test, "healthcheck")));
            }
            continue;
        }
        let pod = pod_of(attributes).and_then(|pod| get(pod, "containers"));
        let listed = pod.or_else(|| get(attributes, "containerDefinitions")).map(items).unwrap_or_default();
        let ours = listed.iter().filter(|container| own.runs(container));
        found.extend(ours.flat_map(|container| of_container(&one.path, container)));
        found.extend(of_platform(tree, one, &own));
    }
    found
}

/// What is built here of code from here, on images that answer nothing by themselves.
struct Own<'a> {
    images: Vec<&'a Image<'a>>,
    names: Vec<String>,
    /// Whether this is the only image that is built here.
    single: bool,
}

impl<'a> Own<'a> {
    fn of(tree: &Tree, built: &'a [Image<'a>]) -> Self {
        let images: Vec<&Image<'_>> = built.iter().filter(|image| is_ours(image)).collect();
        let single = images.len() == 1 && built.len() == 1;
        let mut names: Vec<String> = images.iter().flat_map(|image| image.names()).collect();
        if single {
            let packages = tree.manifests().filter_map(|(_, manifest)| manifest.name.as_deref());
            let last = |name: &str| name.rsplit(['/', ':']).next().unwrap_or(name).to_lowercase();
            names.extend(packages.map(last));
        }
        Self { images, names, single }
    }

    /// Whether a container runs one of them.
    fn runs(&self, container: &Node) -> bool {
        let image = get(container, "image").and_then(text).unwrap_or_default().to_lowercase();
        let open = image.contains("{{") || image.contains('$');
        let short = ImageName::of(&image).short().to_owned();
        (open && self.single) || self.names.contains(&short)
    }

    /// Whether a service of a compose file is built of one of them.
    fn builds(&self, one: &Declared) -> bool {
        let Some(build) = get(&one.resource.attributes, "build") else { return false };
        let folder = one.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let context = text(build).or_else(|| get(build, "context").and_then(text)).unwrap_or(".");
        let name = get(build, "dockerfile").and_then(text).unwrap_or("Dockerfile");
        let path = joined(folder, context).and_then(|context| joined(&context, name));
        self.images.iter().any(|image| path.as_deref() == Some(&*image.path))
    }
}

/// Whether an image holds code from here and nothing else that answers.
fn is_ours(image: &Image<'_>) -> bool {
    static BASES: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&TABLE.bases).unwrap_or_default());
    let plain = image.file.image(image.stage).is_none_or(|base| {
        let name = ImageName::of(base);
        name.is_system() || BASES.contains(name.repository)
    });
    let stages = image.used().into_iter().filter_map(|stage| image.file.stages.get(stage));
    let mut copied = stages.flat_map(|stage| &stage.copies).filter(|copy| copy.value.from.is_none());
    plain && copied.any(|copy| copy.value.sources.iter().any(|source| holds_code(source)))
}

/// Whether what is copied can be code: folders and files that are no settings.
fn holds_code(source: &str) -> bool {
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
    let settings = [
        "sh", "conf", "cfg", "ini", "yml", "yaml", "json", "toml", "txt", "pem", "crt", "key", "env", "lock",
    ];
    !name.rsplit_once('.').is_some_and(|(_, extension)| settings.contains(&extension))
}

/// `HEALTHCHECK` of a Dockerfile.
fn of_image(image: &Image<'_>) -> Option<Probe> {
    let health = image.file.chain(image.stage).find_map(|stage| stage.health.as_ref())?;
    let asks = asked_locally(&health.value.as_ref()?.words.join(" "))?;
    Probe::new(&image.path, health.line, &asks, "HEALTHCHECK")
}

/// A command, as a text or as a list of words.
fn of_command(path: &Arc<str>, node: &Node, what: &str) -> Option<Probe> {
    Probe::new(path, node.pos.line, &asked_locally(&strings(node).join(" "))?, what)
}

/// The path that a command asks this very machine for, where it is one.
fn asked_locally(command: &str) -> Option<String> {
    static LOCAL: Late = Late::of(
        r#"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\$\{?HOSTNAME\}?)(?::[^\s/"'`]*)?(/[^\s"'`)|;&<>\\]*)?"#,
    );
    let mut found: Vec<&str> =
        LOCAL.captures_iter(command).map(|hit| hit.get(1).map_or("/", |path| path.as_str())).collect();
    found.dedup();
    match found.as_slice() {
        [one] => Some((*one).to_owned()),
        _ => None,
    }
}

/// Probes of a container of Kubernetes or ECS.
fn of_container(path: &Arc<str>, container: &Node) -> Vec<Probe> {
    let mut found = Vec::new();
    for (name, probe) in entries(container) {
        let what = text(name).unwrap_or_default();
        match what {
            "livenessProbe" | "readinessProbe" | "startupProbe" => {
                let request = get(probe, "httpGet").filter(|request| get(request, "host").is_none());
                let asks = request
                    .and_then(|request| get(request, "path"))
                    .and_then(|node| Probe::new(path, node.pos.line, text(node)?, what));
                let command = at(probe, &["exec", "command"]);
                found.extend(asks.or_else(|| of_command(path, command?, what)));
            }
            "healthCheck" => {
                found.extend(get(probe, "command").and_then(|node| of_command(path, node, what)));
            }
            _ => {}
        }
    }
    found
}

/// What the file of a platform, or a load balancer, says.
fn of_platform(tree: &Tree, one: &Declared, own: &Own<'_>) -> Vec<Probe> {
    let Some(place) = TABLE.places.iter().find(|place| name_matches(&place.kind, &one.resource.kind)) else {
        return Vec::new();
    };
    let attributes = &one.resource.attributes;
    let leads = |steps: &super::Steps| !steps.query.select_loosely(attributes).is_empty();
    if place.unless.0.iter().any(leads) || place.alone && !(own.single && is_alone(tree, place)) {
        return Vec::new();
    }
    let nodes = place.query.0.iter().flat_map(|steps| steps.query.select_loosely(attributes));
    nodes.filter_map(|node| Probe::new(&one.path, node.pos.line, text(node)?, &one.resource.kind)).collect()
}

fn is_alone(tree: &Tree, place: &Place) -> bool {
    tree.resources().iter().filter(|one| one.resource.kind == place.kind).count() == 1
}

#[cfg(test)]
mod tests {
    use super::asked_locally;

    #[test]
    fn commands_ask_their_own_machine() {
        let cases = [
            ("curl -f http://localhost:8080/health || exit 1", Some("/health")),
            ("wget -qO- \"http://localhost:${PORT:-3000}/_health\" | grep -q OK", Some("/_health")),
            ("curl http://[::1]:80", Some("/")),
            ("python -c \"urlopen('http://127.0.0.1/live')\"", Some("/live")),
            ("curl localhost/a || curl localhost/b", None),
            ("curl https://example.com/health", None),
            ("pg_isready", None),
        ];
        for (command, expected) in cases {
            assert_eq!(asked_locally(command).as_deref(), expected, "{command}");
        }
    }
}
