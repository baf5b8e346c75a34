//! `technology`: the change brings a technology that the base does not use.

use super::select::Paths;
use super::{Check, Kind, build, schema};
use crate::evidence::{
    Dependency, DependencyScope, Facet, Manifest, Needs, Pattern, Tree, View, established, name_matches,
    new_languages, new_technologies, technologies,
};
use crate::regexes::Late;
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "technology",
    summary: "The change brings a technology that the merge base has no sign of.",
    details: "\
Compares the two sides of the change, and tells each new technology at the line that brings it. Each parameter is a sort of them, and any counts:

* `capabilities`: technologies of these capabilities, as the catalogue names them; `besides`: the same, but only beside another one of the same capability;
* `packages`: runtime dependencies by ecosystem (`*` stands for anything);
* `second`: packages that do the same; one is told only where the merge base depends on another of them;
* `languages`: a language of product code in `in`, with so many new lines at least;
* `prerelease: true`: a runtime dependency on an alpha, a beta, a release candidate or the like that is new, or was on a release before.

`only` and `except` are regexes on the names of technologies. What the change only moves is not new, and nothing is new where the merge base holds no product code or where there is none.",
    example: "technology: { capabilities: [document-database, search-engine], languages: 50, prerelease: true }",
    schema: schema::<Technology>,
    build: build::<Technology>,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Technology {
    /// Ids of capabilities.
    capabilities: Vec<String>,
    /// Ids of capabilities of which a second technology counts.
    besides: Vec<String>,
    /// Packages by ecosystem.
    packages: BTreeMap<String, Vec<String>>,
    /// Packages of which a second one counts.
    second: Vec<Group>,
    /// Least lines of a new language.
    languages: Option<u32>,
    /// Globs of the files that count for a language.
    r#in: Paths,
    /// Dependencies on what is not released yet.
    prerelease: bool,
    /// Names that count.
    only: Vec<Pattern>,
    /// Names that do not count.
    except: Vec<Pattern>,
}

/// Packages that do the same.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Group {
    /// What they are, for people: `web framework`.
    of: String,
    /// Their names by ecosystem.
    packages: BTreeMap<String, Vec<String>>,
}

type Used<'a> = (&'a str, &'a Manifest, &'a Dependency);

/// Dependencies that the product runs with.
fn dependencies(tree: &Tree) -> impl Iterator<Item = Used<'_>> {
    let all = tree.manifests().flat_map(|(file, manifest)| {
        manifest.dependencies.iter().map(move |one| (&*file.path, manifest, one))
    });
    all.filter(|(_, _, one)| one.scope == DependencyScope::Runtime)
}

fn named(packages: &BTreeMap<String, Vec<String>>, (_, manifest, one): &Used<'_>) -> bool {
    let names = packages.get(manifest.ecosystem);
    names.is_some_and(|names| names.iter().any(|name| name_matches(name, &one.name)))
}

impl Check for Technology {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.insert(Facet::Manifests);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        view.base.judge(Judgement::no, |base| {
            if !established(base) {
                return Judgement::no(vec![Because::note(
                    "there is no product code yet that it would be new to",
                )]);
            }
            let mut found = self.by_capability(view, base);
            found.extend(self.by_package(view, base));
            found.extend(self.by_language(view, base));
            if found.is_empty() {
                return Judgement::no(vec![Because::note("the change brings no such technology")]);
            }
            Judgement::yes(found)
        })
    }
}

impl Technology {
    fn counts(&self, name: &str) -> bool {
        let among = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.is_match(name));
        (self.only.is_empty() || among(&self.only)) && !among(&self.except)
    }

    fn by_capability(&self, view: &View<'_>, base: &Tree) -> Vec<Because> {
        let before = View { tree: base, ..*view };
        let mut found: Vec<Because> = Vec::new();
        for capability in view.capabilities {
            let beside = self.besides.contains(&capability.id);
            if !beside && !self.capabilities.contains(&capability.id)
                || beside && technologies(capability, &before).is_empty()
            {
                continue;
            }
            let title = capability.title.as_deref().unwrap_or(&capability.id);
            for (name, because) in new_technologies(capability, view, &before) {
                let told = |other: &Because| other.path == because.path && other.line == because.line;
                if self.counts(&name) && !found.iter().any(told) {
                    let note = if name == title {
                        format!("new here: {name}")
                    } else {
                        format!("{name} is new here ({title})")
                    };
                    found.push(because.noted(note));
                }
            }
        }
        found
    }

    fn by_package(&self, view: &View<'_>, base: &Tree) -> Vec<Because> {
        let mut found = Vec::new();
        let old = |(_, manifest, one): &Used<'_>| {
            dependencies(base)
                .find(|(_, other, before)| other.ecosystem == manifest.ecosystem && before.name == one.name)
                .map(|used| used.2)
        };
        for used in dependencies(view.tree) {
            let before = old(&used);
            let (path, _, one) = &used;
            let version = one.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
            let place = || Because::line(*path, one.line, &format!("{}{version}", one.name));
            if before.is_none() && named(&self.packages, &used) {
                found.push(place().noted(format!("{} is new here", one.name)));
            }
            let second = self.second.iter().filter(|group| before.is_none() && named(&group.packages, &used));
            for group in second {
                let other = dependencies(base)
                    .find(|other| named(&group.packages, other) && other.1.ecosystem == used.1.ecosystem);
                if let Some((_, _, other)) = other {
                    found.push(
                        place().noted(format!("{} is a second {} beside {}", one.name, group.of, other.name)),
                    );
                }
            }
            let unreleased = |one: &Dependency| one.version.as_deref().is_some_and(unreleased);
            if self.prerelease && unreleased(one) && !before.is_some_and(unreleased) {
                found.push(place().noted(format!("{}{version} is not released yet", one.name)));
            }
        }
        found
    }

    fn by_language(&self, view: &View<'_>, base: &Tree) -> Vec<Because> {
        let Some(least) = self.languages else { return Vec::new() };
        let found = new_languages(view, base, |path| self.r#in.set.contains(path)).into_iter();
        let enough = found.filter(|one| one.lines >= least && self.counts(one.name));
        let told = |one: &crate::evidence::NewLanguage| {
            format!(
                "{} is new here: {} lines in {}",
                one.name,
                one.lines,
                crate::text::counted(one.files, "file")
            )
        };
        enough.map(|one| Because { line: Some(1), ..Because::file(&one.path) }.noted(told(&one))).collect()
    }
}

/// Whether the smallest version that is allowed is an alpha, a beta, a release candidate or a snapshot.
fn unreleased(version: &str) -> bool {
    static MARK: Late = Late::of(
        r"(?i)^[\^~=>v\s]*\d[\w.]*?(?:[-._+~]?(?:alpha|beta|rc|cr|canary|nightly|snapshot|milestone|preview|insiders|experimental)|-(?:pre|next|dev|m\d)|[._]?(?:pre|dev)\d|\d(?:a|b)\d)(?:[-._\d]|$)",
    );
    MARK.is_match(version.split(',').next().unwrap_or(version).trim())
}

#[cfg(test)]
mod tests {
    use super::unreleased;

    #[test]
    fn versions_that_are_not_released_are_known() {
        for version in [
            "1.0.0-beta.2",
            "^2.0.0-rc.1",
            "1.0rc1",
            ">=3.0a2",
            "5.0.0.beta1",
            "1.2-SNAPSHOT",
            "0.1.0-alpha",
            "15.0.0-canary.3",
            "6.0.0-preview.7",
            "1.0.dev3",
            "3.0.0-M1",
        ] {
            assert!(unreleased(version), "{version}");
        }
        for version in [
            "1.0.0",
            "^2",
            "~> 7.1",
            "v0.0.0-20240101000000-abcdef123456",
            "5.3.1.Final",
            "workspace:*",
            "1.0.0-1",
            "latest",
            "32.1.3-jre",
            "2.9.9-android",
        ] {
            assert!(!unreleased(version), "{version}");
        }
    }
}
