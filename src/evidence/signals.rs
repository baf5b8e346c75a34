//! What the signals of the catalogue ask for, and what they find.

use super::View;
use super::catalogue::{SettingSignal, Signal};
use super::class::Class;
use super::compare::{Comparison, shown};
use super::infra::Declared;
use super::manifests::DependencyScope;
use super::needs::{Facet, Keep, Mask, Needs, PatternNeed, Selection};
use super::paths::PathSet;
use super::terms::{OneOrMany, Pattern};
use super::tree::{File, Hit, Tree};
use crate::document::Node;
use crate::regexes::{Late, ascii};
use crate::words::{Because, Grade};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Pieces of proof that one signal gives.
const MAX_EACH: usize = 5;

/// Languages of the catalogue and the files that hold them. One id for a family whose packages are the same.
const LANGUAGES: [(&str, &[&str]); 11] = [
    ("javascript", &["**/*.{js,jsx,ts,tsx,mjs,cjs,mts,cts,vue,svelte,astro}"]),
    ("python", &["**/*.py"]),
    ("go", &["**/*.go"]),
    ("rust", &["**/*.rs"]),
    ("jvm", &["**/*.{java,kt,kts,scala,groovy,clj,cljc}"]),
    ("ruby", &["**/*.{rb,ru,rake}"]),
    ("php", &["**/*.php"]),
    ("csharp", &["**/*.{cs,fs,vb}"]),
    ("elixir", &["**/*.{ex,exs}"]),
    ("swift", &["**/*.swift"]),
    ("dart", &["**/*.dart"]),
];

/// Files in which the environment of a program is set.
const ENVIRONMENT: [&str; 4] = [
    "**/.env*",
    "**/*.{yml,yaml,json,toml,tf,tfvars,properties,env,conf,hcl,tpl}",
    "**/{Dockerfile,Containerfile,Procfile}*",
    "**/*.{exs,cs,py,rb,php,js,ts,java,kt,go,rs}",
];

/// Files that are read only while somebody develops or tests: what they set up, production does not have.
const DEVELOPMENT: [&str; 8] = [
    "**/config/environments/{development,test}.rb",
    "**/config/{dev,test}.exs",
    "**/settings/{dev,development,local,test,testing,tests}.py",
    "**/config/packages/{dev,test}/**",
    "**/{application,bootstrap,logback}-{dev,development,local,test}.{yml,yaml,properties,xml}",
    "**/appsettings.{Development,Local,Test,Testing}.json",
    "**/.env.{development,dev,local,test,testing}{,.*}",
    "**/config/{development,dev,local,test}.{yml,yaml,json,toml,js,ts}",
];

/// Files that name container images.
const IMAGES: [&str; 2] = ["**/*.{yml,yaml}", "**/{Dockerfile,Containerfile}*"];

/// What a signal looks for, compiled.
#[derive(Debug)]
pub(super) struct Compiled {
    patterns: Vec<PatternNeed>,
    /// Blocks in which these do not count.
    blocks: Vec<PatternNeed>,
    file: PathSet,
    settings: Vec<PathSet>,
    commands: Vec<Late>,
}

impl Signal {
    fn compiled(&self) -> &Compiled {
        let set = |globs: &[String]| PathSet::new(globs).unwrap_or_default();
        self.compiled.get(|| Compiled {
            // The first may stand in such a block.
            patterns: if self.outside.is_empty() {
                self.patterns()
            } else {
                all(self.patterns().into_iter()).collect()
            },
            blocks: all(of_languages(&self.outside, Mask::Comments))
                .map(|need| self.where_it_counts(need))
                .collect(),
            file: self.file.as_ref().map(|globs| set(&globs.0)).unwrap_or_default(),
            settings: self.setting.0.iter().map(|setting| set(&setting.files.0)).collect(),
            commands: self.command.iter().map(|regex| Late::new(regex.0.as_str())).collect(),
        })
    }

    /// States what the signal needs.
    pub(super) fn needs(&self, needs: &mut Needs) {
        needs.patterns.extend(self.compiled().patterns.iter().chain(&self.compiled().blocks).cloned());
        needs.documents.extend(self.setting.0.iter().flat_map(|setting| documents(&setting.files.0)));
        if !self.resource.0.is_empty() {
            needs.facets.insert(Facet::Infra);
        }
        if !self.dependency.is_empty() || !self.with.is_empty() {
            needs.facets.insert(Facet::Manifests);
        }
        if self.asks_pipelines() {
            needs.facets.insert(Facet::Ci);
        }
    }

    /// A block of a signal that tests prove may stand in a test.
    fn where_it_counts(&self, mut need: PatternNeed) -> PatternNeed {
        if self.grade == Grade::Exercised {
            need.files.classes.push(Class::Test);
        }
        need
    }

    fn asks_pipelines(&self) -> bool {
        !self.action.is_empty() || !self.command.is_empty() || !self.runs.0.is_empty()
    }

    /// The patterns that the signal searches.
    fn patterns(&self) -> Vec<PatternNeed> {
        let mut patterns = Vec::new();
        // What only tests do proves nothing of the product, unless that is what is asked for.
        let (words, code) = if self.dev {
            (Mask::Comments, Mask::CommentsAndStrings)
        } else {
            (Mask::Product, Mask::ProductCode)
        };
        let sources = [(&self.import, words), (&self.call, code), (&self.code, words)];
        for (by_language, mask) in sources {
            patterns.extend(of_languages(by_language, mask));
        }
        let anything = [Class::Product, Class::Other];
        if !self.env.is_empty() {
            let keys: Vec<String> = self.env.iter().map(|key| regex::escape(key)).collect();
            patterns.push(pattern(
                &ENVIRONMENT,
                &anything,
                &ascii(&format!(r"\b(?:{})\b", keys.join("|"))),
                Mask::Comments,
            ));
        }
        if !self.image.is_empty() {
            let names: Vec<String> = self.image.iter().map(|name| regex::escape(name)).collect();
            let names = names.join("|");
            let regex = format!(
                r#"^[ \t]*(?:-[ \t]*)?(?:image:[ \t]*|FROM[ \t]+(?:--\S+[ \t]+)?)["']?(?:[\w.:-]+/)*?(?:{names})(?:[:@"'\s]|$)"#
            );
            patterns.push(pattern(&IMAGES, &anything, &ascii(&regex), Mask::Comments));
        }
        if let Some(config) = &self.config {
            let globs: Vec<&str> = config.files.0.iter().map(String::as_str).collect();
            let usual = [Class::Product, Class::Test, Class::Other];
            let classes = if config.classes.is_empty() { &usual[..] } else { &config.classes };
            patterns.push(pattern(&globs, classes, &config.matches.0, Mask::Comments));
        }
        patterns
    }

    /// The places where the signal is seen.
    pub(super) fn found(&self, view: &View<'_>) -> Vec<Because> {
        if !self.in_company(view.tree) {
            return Vec::new();
        }
        let mut found = self.dependencies(view.tree, &self.dependency);
        for need in &self.compiled().patterns {
            let Some(pattern) = view.patterns.get(need) else { continue };
            let places = view.tree.hits(pattern).filter(|(file, _)| self.matters(&file.path)).filter_map(
                |(file, hits)| {
                    let hit = hits.iter().find(|hit| !self.inside_block(view, file, hit))?;
                    Some(Because::line(&*file.path, hit.line, &hit.text))
                },
            );
            found.extend(places.take(MAX_EACH));
        }
        if self.file.is_some() {
            let set = &self.compiled().file;
            let files = view.tree.in_set(set);
            let kept = files.filter(|file| {
                matches!(file.class, Class::Product | Class::Test | Class::Other | Class::Docs)
                    && self.matters(&file.path)
            });
            found.extend(kept.take(MAX_EACH).map(|file| Because::file(&*file.path)));
        }
        if self.asks_pipelines() {
            found.extend(self.pipelines(view.tree));
        }
        found.extend(self.settings(view.tree).take(MAX_EACH));
        found.extend(self.resources(view.tree).take(MAX_EACH));
        found
    }

    /// Whether what stands in a file counts: a test proves something wherever it is, a setting only where production reads it.
    fn matters(&self, path: &str) -> bool {
        static SET: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&DEVELOPMENT).unwrap_or_default());
        self.grade == Grade::Exercised || !SET.contains(path)
    }

    /// Whether the place is in a block in which nothing counts.
    fn inside_block(&self, view: &View<'_>, file: &File, hit: &Hit) -> bool {
        let numbers = self.compiled().blocks.iter().filter_map(|need| view.patterns.get(need));
        numbers
            .flat_map(|number| file.hits(number))
            .any(|block| (block.line..=block.end_line).contains(&hit.line))
    }

    /// Keys of configuration that the product runs with.
    fn settings<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = Because> + 'a {
        let pairs = self.setting.0.iter().zip(&self.compiled().settings);
        pairs.flat_map(|(setting, set)| {
            let files = tree.documents().filter(|(file, _)| {
                !matches!(file.class, Class::Test | Class::Docs)
                    && set.contains(&file.path)
                    && self.matters(&file.path)
            });
            files.flat_map(|(file, documents)| {
                let place = |(text, node): (&str, &Node)| {
                    Because::line(&*file.path, node.pos.line, &format!("{text}: {}", shown(node)))
                };
                documents.iter().flat_map(|root| setting.found(root)).map(place).collect::<Vec<_>>()
            })
        })
    }

    fn resources<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = Because> + 'a {
        // Nobody else may have asked for infrastructure.
        let all = if self.resource.0.is_empty() { &[] } else { tree.resources() };
        let of_kind = all.iter().filter(|one| self.resource.0.iter().any(|kind| one.resource.is(kind)));
        of_kind.map(|Declared { path, resource }| {
            Because::line(&**path, resource.line, &format!("{} {}", resource.kind, resource.name))
        })
    }

    /// Whether a manifest names one of the packages that must be there.
    pub fn in_company(&self, tree: &Tree) -> bool {
        self.with.is_empty() || !self.dependencies(tree, &self.with).is_empty()
    }

    fn dependencies(&self, tree: &Tree, wanted: &BTreeMap<String, OneOrMany<String>>) -> Vec<Because> {
        if wanted.is_empty() {
            return Vec::new();
        }
        let counts = |scope| match scope {
            DependencyScope::Runtime | DependencyScope::Optional | DependencyScope::Build => true,
            DependencyScope::Dev => self.dev,
            DependencyScope::Indirect => false,
        };
        let mut found = Vec::new();
        let kept = |class: Class| self.dev || !matches!(class, Class::Test | Class::Docs);
        for (file, manifest) in tree.manifests().filter(|(file, _)| kept(file.class)) {
            let Some(names) = wanted.get(manifest.ecosystem) else { continue };
            let places = manifest.dependencies.iter().filter(|one| counts(one.scope));
            let places = places.filter(|one| names.0.iter().any(|name| name_matches(name, &one.name)));
            found.extend(places.take(MAX_EACH).map(|one| Because::line(&*file.path, one.line, &one.name)));
        }
        found.truncate(MAX_EACH);
        found
    }

    fn pipelines(&self, tree: &Tree) -> Vec<Because> {
        let mut found = tree.sites().using(&self.action, &self.compiled().commands);
        for purpose in &self.runs.0 {
            let runs = tree.sites().runs(*purpose, &self.on).found.into_iter();
            found.extend(runs.filter(|run| run.started).map(|run| run.because));
        }
        found.truncate(MAX_EACH);
        found
    }
}

impl SettingSignal {
    /// The values that count, each with the path that led there.
    fn found<'a>(&'a self, root: &'a Node) -> Vec<(&'a str, &'a Node)> {
        let comparison = Comparison {
            equals: self.equals.as_ref(),
            one_of: self.one_of.as_deref(),
            matches: self.matches.as_ref().map(|patterns| patterns.0.as_slice()),
            ..Comparison::default()
        };
        let named = self.query.0.iter().flat_map(|steps| {
            steps.query.select_loosely(root).into_iter().map(|node| (steps.text.as_str(), node))
        });
        named.filter(|(_, node)| !node.is_null() && comparison.holds(node)).collect()
    }
}

/// Globs of files that may be kept parsed. What one signal takes away may be another's.
fn documents(globs: &[String]) -> impl Iterator<Item = String> {
    globs.iter().filter(|glob| !glob.starts_with('!')).cloned()
}

/// The patterns of regexes by language, in product code.
fn of_languages(
    by_language: &BTreeMap<String, OneOrMany<Pattern>>,
    mask: Mask,
) -> impl Iterator<Item = PatternNeed> {
    by_language.iter().flat_map(move |(language, regexes)| {
        let globs = LANGUAGES.iter().find(|(id, _)| id == language).map_or(&[][..], |(_, globs)| globs);
        let code = [Class::Product, Class::Other];
        regexes.0.iter().map(move |regex| pattern(globs, &code, &regex.0, mask))
    })
}

/// The patterns, so that no match is left out.
fn all(patterns: impl Iterator<Item = PatternNeed>) -> impl Iterator<Item = PatternNeed> {
    patterns.map(|need| PatternNeed { keep: Keep::All, ..need })
}

fn pattern(globs: &[&str], classes: &[Class], regex: &str, mask: Mask) -> PatternNeed {
    let files =
        Selection { globs: globs.iter().map(|glob| (*glob).to_owned()).collect(), classes: classes.to_vec() };
    PatternNeed { files, regex: regex.to_owned(), mask, keep: Keep::First }
}

/// Whether a name of the catalogue means this one; one or more `*` stand for anything.
pub fn name_matches(wanted: &str, name: &str) -> bool {
    let mut parts = wanted.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        let cases = [
            ("@sentry/*", "@sentry/node", true),
            ("sentry", "sentry-raven", false),
            ("*sentry*", "a-sentry-b", true),
            ("a*a", "a", false),
            ("io.sentry:*", "io.sentry:sentry-spring", true),
        ];
        for (wanted, name, expected) in cases {
            assert_eq!(name_matches(wanted, name), expected, "{wanted} {name}");
        }
    }
}
