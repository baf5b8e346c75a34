//! .NET: project files, what they share by folder (`Directory.Build.props`), central package management, `packages.config`.

use super::super::xml::{Element, walk};
use super::extension;
use super::{DependencyScope, InLock, Manifest};

pub(super) fn read(path: &str, source: &str) -> Option<Manifest> {
    let file = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let tool = match file.as_str() {
        "directory.packages.props" => "nuget-central",
        _ if matches!(extension(&file), "props" | "targets") => "nuget-shared",
        _ => "nuget",
    };
    let mut project = Project { manifest: Manifest::of(tool, "nuget"), ..Project::default() };
    project.manifest.name =
        path.rsplit('/').next().and_then(|file| Some(file.rsplit_once('.')?.0.to_owned()));
    walk(source, |path, element, line| project.visit(path, element, line))?;
    let Project { mut manifest, tests, .. } = project;
    if tests {
        let packages = manifest.dependencies.iter_mut().filter(|one| one.lock != InLock::Never);
        packages.for_each(|one| one.scope = DependencyScope::Dev);
    }
    Some(manifest)
}

#[derive(Default)]
struct Project {
    manifest: Manifest,
    found: Package,
    tests: bool,
    /// Elements from the outside that have a condition.
    conditions: Vec<usize>,
}

#[derive(Default)]
struct Package {
    name: String,
    version: Option<String>,
    /// Only the build of this project sees it.
    private: bool,
    /// It changes a reference that stands elsewhere.
    update: bool,
    line: u32,
}

impl Project {
    fn visit(&mut self, path: &[String], element: &Element<'_>, line: u32) {
        let last = path.last().map_or("", String::as_str);
        let parent = path.len().checked_sub(2).map_or("", |at| path[at].as_str());
        let package =
            |name: &str| matches!(name, "PackageReference" | "PackageVersion" | "GlobalPackageReference");
        match element {
            Element::Start if package(last) => self.found = Package { line, ..Package::default() },
            Element::Attribute("Condition", _) => self.conditions.push(path.len()),
            Element::Attribute("Sdk", sdk) if last == "Project" => self.sdk(sdk, line),
            Element::Attribute(key, value) if package(last) => self.found.set(key, value),
            Element::Attribute("Include", value) if last == "FrameworkReference" => self.never(value, line),
            Element::Text(text) if package(parent) => self.found.set(last, text),
            Element::Text(text) if matches!(last, "IsTestProject" | "IsTestingPlatformApplication") => {
                self.tests |= text.eq_ignore_ascii_case("true");
            }
            Element::Text(text) if parent == "PropertyGroup" => self.property(last, text),
            Element::End => {
                if package(last) {
                    self.add(last);
                }
                self.conditions.retain(|depth| *depth < path.len());
            }
            _ => {}
        }
    }

    fn property(&mut self, key: &str, text: &str) {
        if key == "OutputType" {
            let program =
                ["exe", "winexe", "appcontainerexe"].iter().any(|kind| text.eq_ignore_ascii_case(kind));
            self.manifest.library = Some(!program);
        }
        self.manifest.properties.insert(key.to_owned(), text.to_owned());
    }

    fn sdk(&mut self, sdk: &str, line: u32) {
        for sdk in sdk.split(';') {
            let name = sdk.split('/').next().unwrap_or(sdk).trim();
            self.tests |= name.eq_ignore_ascii_case("MSTest.Sdk");
            self.never(&format!("sdk:{name}"), line);
        }
    }

    /// What comes with the platform.
    fn never(&mut self, name: &str, line: u32) {
        if let Some(one) = self.manifest.add(name, None, DependencyScope::Build, line) {
            one.lock = InLock::Never;
        }
    }

    fn add(&mut self, element: &str) {
        let Package { name, version, private, update, line } = std::mem::take(&mut self.found);
        self.tests |= matches!(name.as_str(), "Microsoft.NET.Test.Sdk" | "TUnit");
        let key = name.to_lowercase();
        if element == "PackageVersion" {
            self.manifest.manage(&key, &name, version);
            return;
        }
        let scope = if private { DependencyScope::Build } else { DependencyScope::Runtime };
        if update && self.manifest.dependencies.iter().any(|one| one.name == name) {
            return;
        }
        let conditional = update || !self.conditions.is_empty() || name.contains('$');
        let central = version.is_none().then_some(key);
        if let Some(one) = self.manifest.add(&name, version, scope, line) {
            one.reference = central;
            one.lock = if conditional { InLock::May } else { InLock::Must };
        }
    }
}

impl Package {
    fn set(&mut self, key: &str, value: &str) {
        match key {
            "Include" => value.clone_into(&mut self.name),
            "Update" => (self.name, self.update) = (value.to_owned(), true),
            "Version" | "VersionOverride" => self.version = Some(value.to_owned()),
            "PrivateAssets" => self.private = value.eq_ignore_ascii_case("all"),
            _ => {}
        }
    }
}

/// `packages.config`, which names every package, dependencies of dependencies too, with its exact version.
pub(super) fn packages(source: &str) -> Option<Manifest> {
    let mut manifest = Manifest::of("packages.config", "nuget");
    manifest.pinned = true;
    let (mut name, mut version, mut dev, mut at) = (String::new(), None, false, 0);
    walk(source, |path, element, line| match element {
        Element::Start => (name, version, dev, at) = (String::new(), None, false, line),
        Element::Attribute("id", value) => (*value).clone_into(&mut name),
        Element::Attribute("version", value) => version = Some((*value).to_owned()),
        Element::Attribute("developmentDependency", value) => dev = *value == "true",
        Element::End if path.last().is_some_and(|last| last == "package") => {
            let scope = if dev { DependencyScope::Dev } else { DependencyScope::Runtime };
            manifest.add(&name, version.take(), scope, at);
        }
        _ => {}
    })?;
    Some(manifest)
}
