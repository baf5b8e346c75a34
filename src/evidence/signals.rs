//! What the signals of the catalogue ask for, and what they find.

use super::View;
use super::catalogue::Signal;
use super::ci::{Command, System};
use super::class::Class;
use super::manifests::DependencyScope;
use super::needs::{Facet, Mask, Needs, PatternNeed, Selection};
use super::paths::PathSet;
use super::tree::Tree;
use crate::words::Because;
use regex::Regex;

/// Pieces of proof that one signal gives.
const MAX_EACH: usize = 5;

/// Languages of the catalogue and the files that hold them. One id for a family whose packages are the same.
const LANGUAGES: [(&str, &[&str]); 11] = [
    ("javascript", &["**/*.{js,jsx,ts,tsx,mjs,cjs,mts,cts,vue,svelte,astro}"]),
    ("python", &["**/*.py"]),
    ("go", &["**/*.go"]),
    ("rust", &["**/*.rs"]),
    ("jvm", &["**/*.{java,kt,kts,scala,groovy}"]),
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

/// Files that name container images.
const IMAGES: [&str; 2] = ["**/*.{yml,yaml}", "**/{Dockerfile,Containerfile}*"];

impl Signal {
    /// States what the signal needs.
    pub(super) fn needs(&self, needs: &mut Needs) {
        needs.patterns.extend(self.patterns());
        if !self.dependency.is_empty() {
            needs.facets.insert(Facet::Manifests);
        }
        if !self.action.is_empty() || !self.command.is_empty() {
            needs.facets.insert(Facet::Ci);
        }
    }

    /// The patterns that the signal searches.
    fn patterns(&self) -> Vec<PatternNeed> {
        let mut patterns = Vec::new();
        let sources = [
            (&self.import, Mask::Comments),
            (&self.call, Mask::CommentsAndStrings),
            (&self.code, Mask::Comments),
        ];
        for (by_language, mask) in sources {
            for (language, regexes) in by_language {
                let globs =
                    LANGUAGES.iter().find(|(id, _)| id == language).map_or(&[][..], |(_, globs)| globs);
                let code = [Class::Product, Class::Other];
                patterns.extend(regexes.0.iter().map(|regex| pattern(globs, &code, &regex.0, mask)));
            }
        }
        let anything = [Class::Product, Class::Other];
        if !self.env.is_empty() {
            let keys: Vec<String> = self.env.iter().map(|key| regex::escape(key)).collect();
            patterns.push(pattern(
                &ENVIRONMENT,
                &anything,
                &format!(r"\b(?:{})\b", keys.join("|")),
                Mask::Comments,
            ));
        }
        if !self.image.is_empty() {
            let names: Vec<String> = self.image.iter().map(|name| regex::escape(name)).collect();
            let names = names.join("|");
            let regex = format!(
                r#"^[ \t]*(?:-[ \t]*)?(?:image:[ \t]*|FROM[ \t]+(?:--\S+[ \t]+)?)["']?(?:[\w.:-]+/)*?(?:{names})(?:[:@"'\s]|$)"#
            );
            patterns.push(pattern(&IMAGES, &anything, &regex, Mask::Comments));
        }
        if let Some(config) = &self.config {
            let globs: Vec<&str> = config.files.0.iter().map(String::as_str).collect();
            let classes = [Class::Product, Class::Test, Class::Other];
            patterns.push(pattern(&globs, &classes, &config.matches.0, Mask::Comments));
        }
        patterns
    }

    /// The places where the signal is seen.
    pub(super) fn found(&self, view: &View<'_>) -> Vec<Because> {
        let mut found = self.dependencies(view.tree);
        for need in self.patterns() {
            let Some(pattern) = view.patterns.get(&need) else { continue };
            for (file, hits) in view.tree.hits(pattern).take(MAX_EACH) {
                found.extend(hits.first().map(|hit| Because::line(&*file.path, hit.line, &hit.text)));
            }
        }
        if let Some(set) = self.file.as_ref().and_then(|globs| PathSet::new(&globs.0).ok()) {
            let files = view.tree.files().iter().filter(|file| set.contains(&file.path));
            let kept = files.filter(|file| {
                matches!(file.class, Class::Product | Class::Test | Class::Other | Class::Docs)
            });
            found.extend(kept.take(MAX_EACH).map(|file| Because::file(&*file.path)));
        }
        if !self.action.is_empty() || !self.command.is_empty() {
            found.extend(self.pipelines(view.tree));
        }
        found
    }

    fn dependencies(&self, tree: &Tree) -> Vec<Because> {
        if self.dependency.is_empty() {
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
            let Some(names) = self.dependency.get(manifest.ecosystem) else { continue };
            let places = manifest.dependencies.iter().filter(|one| counts(one.scope));
            let places = places.filter(|one| names.0.iter().any(|name| name_matches(name, &one.name)));
            found.extend(places.take(MAX_EACH).map(|one| Because::line(&*file.path, one.line, &one.name)));
        }
        found.truncate(MAX_EACH);
        found
    }

    fn pipelines(&self, tree: &Tree) -> Vec<Because> {
        let commands: Vec<Regex> =
            self.command.iter().filter_map(|regex| Regex::new(&regex.0).ok()).collect();
        let mut found = Vec::new();
        for (file, pipeline) in tree.pipelines() {
            if pipeline.system == System::GitHubAction {
                continue;
            }
            for step in pipeline.jobs.iter().flat_map(|job| &job.steps) {
                if let Some((uses, line)) = &step.uses {
                    let name = uses.split('@').next().unwrap_or(uses);
                    if self
                        .action
                        .iter()
                        .any(|action| name_matches(&action.to_lowercase(), &name.to_lowercase()))
                    {
                        found.push(Because::line(&*file.path, *line, uses));
                    }
                }
                let hit = |command: &&Command| commands.iter().any(|regex| regex.is_match(&command.text()));
                if let Some(command) = step.commands.iter().find(hit) {
                    found.push(Because::line(&*file.path, command.line, &command.text()));
                }
            }
        }
        found.truncate(MAX_EACH);
        found
    }
}

fn pattern(globs: &[&str], classes: &[Class], regex: &str, mask: Mask) -> PatternNeed {
    let files =
        Selection { globs: globs.iter().map(|glob| (*glob).to_owned()).collect(), classes: classes.to_vec() };
    PatternNeed { files, regex: regex.to_owned(), mask, added: false }
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
