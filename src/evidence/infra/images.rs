//! Which images a repository runs in production: of its Dockerfiles those that are not for development, tests or builds, and
//! of each the stage that is built.

use super::super::ci::{Command, Step, commands};
use super::super::manifests::joined;
use super::super::nodes::{get, strings, text};
use super::super::tree::Tree;
use super::bases::{ImageName, TABLE};
use super::{Base, Declared, Dockerfile};
use crate::document::Node;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An image that the repository builds.
#[derive(Debug, Clone)]
pub struct Image<'a> {
    /// Its Dockerfile.
    pub path: Arc<str>,
    /// The same, read.
    pub file: &'a Dockerfile,
    /// The stage that is built.
    pub stage: usize,
}

/// The images that run in production, in order of path.
pub fn images(tree: &Tree) -> Vec<Image<'_>> {
    let asked = asked(tree);
    let mut found = Vec::new();
    let built =
        || tree.infra().filter(|(file, infra)| infra.dockerfile.is_some() && !named_otherwise(&file.path));
    let only_alternatives = built().all(|(file, _)| is_alternative(&file.path));
    for (file, infra) in built() {
        let Some(dockerfile) = &infra.dockerfile else { continue };
        if dockerfile.stages.is_empty() || is_alternative(&file.path) && !only_alternatives {
            continue;
        }
        let asked = || asked.get(&*file.path).into_iter().flatten();
        let mut stages: BTreeSet<usize> = asked()
            .filter(|name| !is_word(name, &TABLE.development) && !is_word(name, &TABLE.helper))
            .filter_map(|name| dockerfile.stage(name))
            .collect();
        if stages.is_empty() || asked().any(String::is_empty) {
            stages.extend(default_stage(dockerfile));
        }
        // What another one of them is filled from is built on the way to it.
        let copies = stages.iter().flat_map(|stage| dockerfile.chain(*stage)).flat_map(|stage| &stage.copies);
        let sources: BTreeSet<usize> =
            copies.filter_map(|copy| dockerfile.stage(copy.value.from.as_deref()?)).collect();
        stages.retain(|stage| !sources.contains(stage));
        let serving = stages.into_iter().filter(|stage| serves(dockerfile, *stage));
        found.extend(serving.map(|stage| Image { path: Arc::clone(&file.path), file: dockerfile, stage }));
    }
    found
}

/// Whether the file is named after a package manager: one of several that a template brings along, while another is built.
fn is_alternative(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').any(|word| matches!(word, "bun" | "pnpm" | "yarn" | "npm"))
}

/// Whether file or folder say that it is none of production.
fn named_otherwise(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let other = |word: &str| is_word(word, &TABLE.development) || is_word(word, &TABLE.helper);
    let folders: Vec<&str> = folders.split('/').collect();
    // What is called for production inside of such a folder is.
    let words =
        || name.split(['.', '-', '_']).filter(|word| !matches!(*word, "dockerfile" | "containerfile"));
    let production = words().any(|word| matches!(word, "prod" | "production"));
    let whole = name.replace("dockerfile", "").replace("containerfile", "");
    let whole = whole.trim_matches(['.', '-', '_']);
    let shown = |folder: &str| folder.split(['-', '_']).any(|word| word == "demo");
    !production
        && (folders.iter().any(|folder| other(folder) || shown(folder)) || words().any(other) || other(whole))
}

fn is_word(word: &str, list: &[String]) -> bool {
    list.contains(&word.to_ascii_lowercase())
}

/// The last stage, unless it is called otherwise and another is called for production.
fn default_stage(file: &Dockerfile) -> Option<usize> {
    let last = file.stages.len().checked_sub(1)?;
    let words = |stage: usize, list: &[String]| {
        let name = file.stages.get(stage).and_then(|stage| stage.name.as_deref()).unwrap_or_default();
        is_word(name, list) || name.split(['-', '_', '.']).any(|word| is_word(word, list))
    };
    if !words(last, &TABLE.development) || words(last, &TABLE.production) {
        return Some(last);
    }
    (0..last).rev().find(|stage| words(*stage, &TABLE.production)).or_else(|| {
        // Without a better name: what a stage for development is not built on, and nothing is copied from.
        (0..last).rev().find(|stage| {
            !words(*stage, &TABLE.development) && !words(*stage, &TABLE.helper) && starts(file, *stage)
        })
    })
}

fn starts(file: &Dockerfile, stage: usize) -> bool {
    file.chain(stage).any(|stage| stage.entrypoint.is_some() || stage.command.is_some())
}

/// Whether the image is there to run, not only to hold files or to do a job.
fn serves(file: &Dockerfile, stage: usize) -> bool {
    let program = file.chain(stage).find_map(|stage| stage.entrypoint.as_ref().or(stage.command.as_ref()));
    let Some(program) = program else {
        // Something outside may start it: then it says who runs it, or what it is for.
        let own = file.stages.get(stage);
        let meant = own.is_some_and(|stage| {
            stage.user.is_some()
                || stage.exposes
                || stage.name.as_deref().is_some_and(|name| is_word(name, &TABLE.production))
        });
        return file.image(stage).is_some_and(|image| meant || !ImageName::of(image).is_system());
    };
    let words = program.value.words.iter().filter(|word| !word.starts_with('-'));
    let mut names = words.map(|word| word.rsplit('/').next().unwrap_or(word));
    let first = names.next().unwrap_or_default();
    let shell =
        matches!(first, "sh" | "bash" | "ash" | "python" | "python3" | "make" | "poetry" | "uv" | "bundle");
    let name = if shell { names.find(|name| !matches!(*name, "run" | "exec")) } else { Some(first) };
    !name.is_some_and(|name| is_word(name, &TABLE.jobs))
}

/// Stages that something asks for, by Dockerfile; an empty name is the one that is built where nobody names any.
#[derive(Default)]
struct Asked(BTreeMap<String, Vec<String>>);

/// What compose files, bake files, platforms and CI ask for.
fn asked(tree: &Tree) -> BTreeMap<String, Vec<String>> {
    let mut asked = Asked::default();
    for one in tree.resources() {
        asked.resource(one);
    }
    for step in tree.pipelines().flat_map(|(_, pipeline)| &pipeline.jobs).flat_map(|job| &job.steps) {
        asked.step(step);
    }
    asked.0
}

impl Asked {
    fn add(&mut self, folder: &str, context: &str, file: Option<&str>, target: Option<&str>) {
        let target = target.unwrap_or_default();
        let name = file.unwrap_or("Dockerfile");
        // A name counts from the context, or from where the command runs.
        let within = joined(folder, context).and_then(|context| joined(&context, name));
        for path in [within, joined(folder, name)].into_iter().flatten() {
            let targets = self.0.entry(path).or_default();
            if !targets.iter().any(|known| known == target) {
                targets.push(target.to_owned());
            }
        }
    }

    fn resource(&mut self, one: &Declared) {
        let (folder, file) = one.path.rsplit_once('/').unwrap_or(("", &one.path));
        let attributes = &one.resource.attributes;
        let build = get(attributes, "build");
        let field = |node: Option<&'_ Node>, key: &str| {
            node.and_then(|node| get(node, key)).and_then(text).map(str::to_owned)
        };
        let (context, name, target) = match one.resource.kind.as_str() {
            "compose:service"
                if !developed(attributes)
                    && !file
                        .split(['.', '-', '_'])
                        .any(|word| is_word(word, &TABLE.development) || word == "override") =>
            {
                let context = field(build, "context").or_else(|| build.and_then(text).map(str::to_owned));
                (context, field(build, "dockerfile"), field(build, "target"))
            }
            "bake:target" => {
                let node = Some(attributes);
                (field(node, "context"), field(node, "dockerfile"), field(node, "target"))
            }
            "fly:app" => (None, field(build, "dockerfile"), field(build, "build-target")),
            _ => return,
        };
        self.add(folder, context.as_deref().unwrap_or("."), name.as_deref(), target.as_deref());
    }

    fn step(&mut self, step: &Step) {
        if step.uses.as_ref().is_some_and(|uses| uses.text.contains("/build-push-action")) {
            let context = step.parameter("context").filter(|context| !context.contains("://")).unwrap_or(".");
            self.add("", context, step.parameter("file"), step.parameter("target"));
        }
        let scripts = step.scripts.iter().flat_map(|script| commands(&script.text, script.line));
        for command in scripts.filter(builds) {
            self.add(&step.folder, ".", flag(&command, &["-f", "--file"]), flag(&command, &["--target"]));
        }
    }
}

/// Whether a service of a compose file starts only with profiles for development.
fn developed(service: &Node) -> bool {
    let profiles = get(service, "profiles").map(strings).unwrap_or_default();
    !profiles.is_empty() && profiles.iter().all(|name| is_word(name, &TABLE.development))
}

fn builds(command: &Command) -> bool {
    let mut words = command.words.iter().map(String::as_str);
    matches!(words.next(), Some("docker" | "podman" | "buildah" | "nerdctl"))
        && words.take(3).any(|word| matches!(word, "build" | "bud"))
}

fn flag<'a>(command: &'a Command, names: &[&str]) -> Option<&'a str> {
    let at = command.words.iter().position(|word| {
        names.contains(&word.as_str()) || names.iter().any(|name| word.starts_with(&format!("{name}=")))
    })?;
    let word = command.words.get(at)?;
    word.split_once('=').map(|(_, value)| value).or_else(|| command.words.get(at + 1).map(String::as_str))
}

impl Image<'_> {
    /// Where an instruction that is missing would belong: the start of the stage.
    pub fn line(&self) -> u32 {
        self.file.stages.get(self.stage).map_or(1, |stage| stage.line)
    }

    /// The stages that end up in the image or are copied into it.
    pub fn used(&self) -> BTreeSet<usize> {
        let mut used = BTreeSet::new();
        let mut open = vec![self.stage];
        while let Some(at) = open.pop() {
            let Some(stage) = self.file.stages.get(at).filter(|_| used.insert(at)) else { continue };
            if let Base::Stage(below) = stage.base {
                open.push(below);
            }
            let copied = stage.copies.iter().filter_map(|copy| copy.value.from.as_deref());
            open.extend(copied.filter_map(|from| self.file.stage(from)));
        }
        used
    }

    /// Names that other files may call the image: of its folder, and of its file.
    pub fn names(&self) -> Vec<String> {
        let lower = self.path.to_ascii_lowercase();
        let mut parts: Vec<String> = lower.split('/').map(str::to_owned).collect();
        let file = parts.pop().unwrap_or_default();
        let own: Vec<String> = file
            .split('.')
            .filter(|word| !matches!(*word, "dockerfile" | "containerfile"))
            .map(str::to_owned)
            .collect();
        let general = [
            "docker",
            "src",
            "build",
            "deploy",
            "services",
            "apps",
            "packages",
            "container",
            "containers",
            "images",
            "",
        ];
        let folder = parts.iter().rev().find(|part| !general.contains(&part.as_str())).cloned();
        own.into_iter().chain(folder).collect()
    }
}
