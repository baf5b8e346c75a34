//! .NET: project files and central package management.

use super::maven::{Element, walk};
use super::{DependencyScope, Manifest};

pub(super) fn read(path: &str, source: &str) -> Option<Manifest> {
    let central = path.to_ascii_lowercase().ends_with("directory.packages.props");
    let mut manifest = Manifest::of(if central { "nuget-central" } else { "nuget" }, "nuget");
    let (mut name, mut version, mut at, mut tests) = (String::new(), None, 0, false);
    walk(source, |path, element, line| {
        let last = path.last().map_or("", String::as_str);
        let package = matches!(last, "PackageReference" | "PackageVersion" | "GlobalPackageReference");
        match element {
            Element::Start if package => (name, version, at) = (String::new(), None, line),
            Element::Attribute("Include" | "Update", value) if package => (*value).clone_into(&mut name),
            Element::Attribute("Version", value) if package => version = Some((*value).to_owned()),
            Element::Text(text) if last == "Version" && path.len() > 1 => version = Some((*text).to_owned()),
            Element::Text(text) if last == "IsTestProject" => tests |= *text == "true",
            Element::Text(text) if last == "OutputType" => {
                manifest.library = Some(!text.eq_ignore_ascii_case("exe"));
            }
            Element::End if package => {
                tests |= name == "Microsoft.NET.Test.Sdk";
                manifest.add(&name, version.take(), DependencyScope::Runtime, at);
            }
            _ => {}
        }
    })?;
    if tests && !central {
        manifest.dependencies.iter_mut().for_each(|dependency| dependency.scope = DependencyScope::Dev);
    }
    Some(manifest)
}
