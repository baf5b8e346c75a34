//! `pom.xml`.

use super::super::xml::{Element, walk};
use super::{DependencyScope, InLock, Manifest};

pub(super) fn read(source: &str) -> Option<Manifest> {
    let mut pom = Pom { manifest: Manifest::of("maven", "maven"), ..Pom::default() };
    walk(source, |path, event, line| pom.visit(path, event, line))?;
    let Pom { mut manifest, parent, .. } = pom;
    if !parent.name.is_empty() {
        // An empty path says that the parent is not in the tree.
        let path = parent.path.unwrap_or_else(|| "../pom.xml".to_owned());
        manifest.parent = (!path.is_empty()).then_some((path, parent.name));
    }
    manifest.dependencies.sort_by_key(|one| one.line);
    for one in &mut manifest.dependencies {
        one.lock = InLock::Never;
    }
    Some(manifest)
}

#[derive(Default)]
struct Pom {
    manifest: Manifest,
    /// What is open: a plugin can have dependencies of its own.
    found: Vec<Artifact>,
    parent: Artifact,
}

#[derive(Default)]
struct Artifact {
    group: String,
    name: String,
    version: Option<String>,
    scope: String,
    optional: bool,
    path: Option<String>,
    line: u32,
}

impl Pom {
    fn visit(&mut self, path: &[String], event: &Element<'_>, line: u32) {
        let last = path.last().map_or("", String::as_str);
        let parent = path.len().checked_sub(2).map_or("", |at| path[at].as_str());
        match event {
            Element::Start if matches!(last, "dependency" | "plugin" | "extension") => {
                self.found.push(Artifact { line, ..Artifact::default() });
            }
            // An empty element has no text.
            Element::Start if last == "relativePath" && path.len() == 3 => {
                self.parent.path = Some(String::new());
            }
            Element::Text(text) if parent == "parent" && path.len() == 3 => self.parent.set(last, text),
            Element::Text(text) if matches!(parent, "dependency" | "plugin" | "extension") => {
                if let Some(found) = self.found.last_mut() {
                    found.set(last, text);
                }
            }
            Element::Text(text) if path.len() == 2 && last == "artifactId" => {
                self.manifest.name = Some((*text).to_owned());
            }
            Element::Text(text) if parent == "properties" && path.len() == 3 => {
                self.manifest.properties.insert(last.to_owned(), (*text).to_owned());
            }
            Element::Text(text) if last == "module" && parent == "modules" => {
                self.manifest.workspace = true;
                self.manifest.members.push((*text).to_owned());
            }
            Element::End if matches!(last, "dependency" | "plugin" | "extension") => self.add(path),
            _ => {}
        }
    }

    fn add(&mut self, path: &[String]) {
        let found = self.found.pop().unwrap_or_default();
        let within = |name: &str| path.iter().any(|element| element == name);
        let group = if found.group.is_empty() { "org.apache.maven.plugins" } else { &found.group };
        let name = format!("{group}:{}", found.name);
        if found.name.is_empty() {
            return;
        }
        // What `dependencyManagement` lists is a version, not a dependency.
        if path.iter().any(|element| element.ends_with("Management")) {
            if let Some(managed) = self.manifest.manage(&name, &name, found.version) {
                managed.scope = (found.scope == "test").then_some(DependencyScope::Dev);
            }
            return;
        }
        let scope = match found.scope.as_str() {
            "test" => DependencyScope::Dev,
            _ if within("plugin") || within("extension") || within("reporting") => DependencyScope::Build,
            _ if found.optional => DependencyScope::Optional,
            _ => DependencyScope::Runtime,
        };
        // A scope that is written down is not overridden by a managed one.
        let managed = (found.scope.is_empty() && scope == DependencyScope::Runtime).then(|| name.clone());
        if let Some(one) = self.manifest.add(&name, found.version, scope, found.line) {
            one.reference = managed;
        }
    }
}

impl Artifact {
    fn set(&mut self, key: &str, text: &str) {
        match key {
            "groupId" => text.clone_into(&mut self.group),
            "artifactId" => text.clone_into(&mut self.name),
            "version" => self.version = Some(text.to_owned()),
            "scope" => text.clone_into(&mut self.scope),
            "optional" => self.optional = text == "true",
            "relativePath" => self.path = Some(text.to_owned()),
            _ => {}
        }
    }
}
