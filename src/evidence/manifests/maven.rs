//! `pom.xml`.

use super::{DependencyScope, Manifest};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Elements may lie this deep.
const MAX_DEPTH: usize = 64;

pub(super) fn read(source: &str) -> Option<Manifest> {
    let mut manifest = Manifest::of("maven", "maven");
    let mut found = Artifact::default();
    walk(source, |path, event, line| {
        let last = path.last().map_or("", String::as_str);
        let parent = path.len().checked_sub(2).map_or("", |at| path[at].as_str());
        match event {
            Element::Start if matches!(last, "dependency" | "plugin" | "parent") => {
                found = Artifact { line, ..Artifact::default() };
            }
            Element::Text(text) if matches!(parent, "dependency" | "plugin" | "parent") => {
                found.set(last, text);
            }
            Element::Text(text) if path.len() == 2 && last == "artifactId" => {
                manifest.name = Some((*text).to_owned());
            }
            Element::Text(text) if last == "module" => {
                manifest.workspace = true;
                manifest.members.push((*text).to_owned());
            }
            // What `dependencyManagement` lists is a version, not a dependency.
            Element::End
                if matches!(last, "dependency" | "plugin")
                    && !path.iter().any(|name| name.ends_with("Management")) =>
            {
                let build = last == "plugin"
                    || path.iter().any(|name| name == "plugin" || name == "annotationProcessorPaths");
                found.add(build, &mut manifest);
            }
            _ => {}
        }
    })?;
    Some(manifest)
}

#[derive(Default)]
struct Artifact {
    group: String,
    name: String,
    version: Option<String>,
    scope: String,
    line: u32,
}

impl Artifact {
    fn set(&mut self, key: &str, text: &str) {
        match key {
            "groupId" => text.clone_into(&mut self.group),
            "artifactId" => text.clone_into(&mut self.name),
            "version" => self.version = Some(text.to_owned()),
            "scope" => text.clone_into(&mut self.scope),
            _ => {}
        }
    }

    fn add(&self, build: bool, manifest: &mut Manifest) {
        let scope = match self.scope.as_str() {
            "test" => DependencyScope::Dev,
            _ if build => DependencyScope::Build,
            _ => DependencyScope::Runtime,
        };
        let group = if self.group.is_empty() { "org.apache.maven.plugins" } else { &self.group };
        manifest.add(&format!("{group}:{}", self.name), self.version.clone(), scope, self.line);
    }
}

/// What a walk meets.
pub(super) enum Element<'a> {
    /// An element opens; it is the last of the path.
    Start,
    /// Its text.
    Text(&'a str),
    /// An attribute of it.
    Attribute(&'a str, &'a str),
    /// It closes.
    End,
}

/// Walks an XML document without external entities; none where it is broken. The path holds local names.
pub(super) fn walk(source: &str, mut visit: impl FnMut(&[String], &Element<'_>, u32)) -> Option<()> {
    let mut reader = Reader::from_str(source);
    reader.config_mut().expand_empty_elements = true;
    let (mut path, mut seen, mut line): (Vec<String>, usize, u32) = (Vec::new(), 0, 1);
    loop {
        let event = reader.read_event().ok()?;
        match event {
            Event::Start(start) => {
                path.push(start.local_name().as_ref().to_owned());
                if path.len() > MAX_DEPTH {
                    return None;
                }
                visit(&path, &Element::Start, line);
                for attribute in start.attributes().flatten() {
                    let key = attribute.key.local_name().as_ref().to_owned();
                    let value = attribute.value.clone().into_owned();
                    visit(&path, &Element::Attribute(&key, &value), line);
                }
            }
            Event::Text(text) => {
                let text: &str = &text;
                if !text.trim().is_empty() {
                    visit(&path, &Element::Text(text.trim()), line);
                }
            }
            Event::End(_) => {
                visit(&path, &Element::End, line);
                path.pop();
            }
            Event::Eof => return path.is_empty().then_some(()),
            _ => {}
        }
        let position = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(source.len());
        let passed = source.get(seen..position).unwrap_or_default();
        let lines = passed.matches('\n').count();
        line = line.saturating_add(u32::try_from(lines).unwrap_or(0));
        seen = position;
    }
}
