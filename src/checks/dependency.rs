//! `dependency`: a manifest names a package.

use super::{Check, Kind, build, schema};
use crate::evidence::{
    Dependency, DependencyScope, Facet, Locks, Manifest, Needs, OneOrMany, Tree, View, name_matches,
};
use crate::words::{Because, Judgement, Known};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "dependency",
    summary: "A package manifest depends on a package.",
    details: "`name` is the name in the registry (`group:artifact` on the JVM); `*` stands for anything. Without a name every \
        dependency counts. `ecosystem` is one of npm, pypi, cargo, go, maven, rubygems, packagist, nuget, hex, pub, swift. \
        `scope` limits it to runtime, dev, build, optional or indirect dependencies; without it all but indirect ones count. \
        `version` is a requirement on the version that the lock file holds, or else, where none tells, on the smallest that \
        the manifest allows: a semver range such as `>=2, <3`, or else the exact text. `new: true` counts only what the merge base does not depend on; nothing is new \
        where there is no merge base.",
    example: "dependency: { name: [\"left-pad\"], ecosystem: npm, new: true }",
    schema: schema::<DependencyCheck>,
    build: build::<DependencyCheck>,
};

/// Parameters of `dependency`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct DependencyCheck {
    /// Names of packages.
    name: Option<OneOrMany<String>>,
    /// Where the names come from.
    ecosystem: Option<OneOrMany<String>>,
    /// What the locked version, or else the smallest allowed one, must meet.
    version: Option<String>,
    /// What the dependency is for.
    scope: Option<OneOrMany<DependencyScope>>,
    /// Only those that the change adds.
    new: bool,
}

impl DependencyCheck {
    fn takes(&self, manifest: &Manifest, dependency: &Dependency, version: Option<&str>) -> bool {
        let ecosystem =
            self.ecosystem.as_ref().is_none_or(|list| list.0.iter().any(|id| id == manifest.ecosystem));
        let scope = match &self.scope {
            Some(list) => list.0.contains(&dependency.scope),
            None => dependency.scope != DependencyScope::Indirect,
        };
        let name = self
            .name
            .as_ref()
            .is_none_or(|list| list.0.iter().any(|name| name_matches(name, &dependency.name)));
        let version = self.version.as_ref().is_none_or(|wanted| meets(version, wanted));
        ecosystem && scope && name && version
    }
}

/// Every dependency of the manifests that count.
fn dependencies(tree: &Tree) -> impl Iterator<Item = (&str, &Manifest, &Dependency)> {
    tree.manifests().flat_map(|(file, manifest)| {
        manifest.dependencies.iter().map(move |one| (&*file.path, manifest, one))
    })
}

/// Whether the smallest version that the text allows meets the requirement.
fn meets(version: Option<&str>, wanted: &str) -> bool {
    let Some(version) = version else { return false };
    let smallest: String = version
        .trim_start_matches(|letter: char| !letter.is_ascii_digit())
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-'))
        .collect();
    let padded = match smallest.matches('.').count() {
        0 => format!("{smallest}.0.0"),
        1 => format!("{smallest}.0"),
        _ => smallest,
    };
    match (semver::VersionReq::parse(wanted), semver::Version::parse(&padded)) {
        (Ok(wanted), Ok(version)) => wanted.matches(&version),
        _ => version == wanted,
    }
}

impl Check for DependencyCheck {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.insert(Facet::Manifests);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let before = match (self.new, view.base) {
            (false, _) => None,
            (true, Known::Known(base)) => Some(base),
            // While the merge base itself is judged nothing is new; without one nothing is known to be.
            (true, Known::Absent(_)) => return Judgement::no(Vec::new()),
            (true, Known::Unknown(unknown)) => return Judgement::unknown(unknown.clone()),
        };
        let known = |manifest: &Manifest, one: &Dependency| {
            before.is_some_and(|base| {
                dependencies(base).any(|(_, old, other)| {
                    old.ecosystem == manifest.ecosystem
                        && other.name == one.name
                        && other.scope != DependencyScope::Indirect
                })
            })
        };
        // Lock files are looked at only where a version is asked for.
        let locks = self.version.as_ref().map(|_| Locks::of(view.tree));
        let found: Vec<Because> = dependencies(view.tree)
            .filter_map(|(path, manifest, one)| {
                let locked = locks.as_ref().and_then(|locks| locks.version(path, manifest, one));
                let version = locked.or(one.version.as_deref());
                (self.takes(manifest, one, version) && !known(manifest, one)).then(|| {
                    let version =
                        one.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
                    let because = Because::line(path, one.line, &format!("{}{version}", one.name));
                    match locked {
                        Some(locked) => because.noted(format!("locked at {locked}")),
                        None => because,
                    }
                })
            })
            .collect();
        Judgement::new(!found.is_empty(), found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_the_smallest_that_is_allowed() {
        let cases = [
            ("^1.2.3", ">=1.2", true),
            ("~> 7.1", ">=7", true),
            ("1", "<2", true),
            (">=2.0,<3", ">=3", false),
            ("latest", ">=1", false),
            ("latest", "latest", true),
        ];
        for (version, wanted, expected) in cases {
            assert_eq!(meets(Some(version), wanted), expected, "{version} {wanted}");
        }
    }
}
