//! `document`: documents for people, by their structure.

mod commands;

use super::content::unread;
use super::select::{Paths, few};
use super::{Check, Kind, build, schema};
use crate::evidence::{Facet, File, Needs, OneOrMany, Outline, Pattern, Tree, View};
use crate::words::{Because, Judgement, Truth, Unknown};
use commands::{Project, Purpose, backed_commands};
use regex::{Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "document",
    summary: "A document has a section with substance, or commands that the project backs.",
    details: "\
Reads Markdown, reStructuredText, AsciiDoc and plain text as headings, prose, code and links.

* `section`: a regex on headings; only what stands under such a heading counts. Without it the whole document does.
* `words`: least words of prose. Code, links, badges, and lists of files are not prose.
* `commands`: `run`, `test`, `build` or `install`; the document shows a command for one of these purposes, and what the command needs is in the tree: \
the script in `package.json`, the target in the Makefile, the manifest of the tool.
* `linked: true`: documents in the tree that a chosen one links to count too, one step far.

All that is asked for must hold in the same document. Unknown where a chosen document could not be read and could turn the answer.",
    example: "document: { in: \"README*\", section: '(?i)architecture', words: 60 }",
    schema: schema::<Document>,
    build: build::<Document>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Document {
    /// Globs of the documents.
    r#in: Paths,
    /// Regexes on headings.
    section: Option<OneOrMany<Pattern>>,
    /// Least words of prose.
    words: Option<u32>,
    /// Purposes of commands, of which any counts.
    commands: Option<OneOrMany<Purpose>>,
    /// Whether documents count that a chosen one links to.
    #[serde(default)]
    linked: bool,
}

impl Check for Document {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.insert(Facet::Outlines);
        if self.commands.is_some() {
            commands::needs(needs);
        }
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let chosen: Vec<&File> = self.r#in.files(view.tree, &[]).collect();
        let mut unknown: Vec<Unknown> = chosen.iter().filter_map(|file| unread(file)).collect();
        let mut files = chosen.clone();
        if self.linked {
            files.extend(chosen.iter().flat_map(|file| linked(view.tree, file)));
        }
        let mut seen = BTreeSet::new();
        files.retain(|file| seen.insert(file.path.clone()));
        let (sections, project) = (self.sections(), Project::new(view));
        let found: Vec<Because> =
            files.iter().filter_map(|file| self.good(&project, file, sections.as_deref())).collect();
        if !found.is_empty() {
            return Judgement::yes(few(found, "documents"));
        }
        if !unknown.is_empty() {
            unknown.dedup();
            return Judgement { truth: Truth::Unknown, because: Vec::new(), unknown };
        }
        Judgement::no(vec![Because::note(self.missing(files.len()))])
    }
}

impl Document {
    fn sections(&self) -> Option<Vec<Regex>> {
        let build = |pattern: &Pattern| RegexBuilder::new(&pattern.0).build().ok();
        self.section.as_ref().map(|patterns| patterns.0.iter().filter_map(build).collect())
    }

    /// The place in the document where it meets what is asked, when it does.
    fn good(&self, project: &Project<'_>, file: &File, sections: Option<&[Regex]>) -> Option<Because> {
        let outline = file.facts.as_ref()?.outline.as_ref()?;
        let (first, last, text, words) = match sections {
            None => (1, u32::MAX, None, outline.words()),
            Some(sections) => {
                let at = (0..outline.headings.len()).find(|at| {
                    let heading = &outline.headings[*at];
                    sections.iter().any(|regex| heading.level > 0 && regex.is_match(&heading.text))
                        && self.words.is_none_or(|least| outline.words_under(*at) >= least)
                })?;
                let heading = &outline.headings[at];
                (heading.line, end_of(outline, at), Some(&heading.text), outline.words_under(at))
            }
        };
        if self.words.is_some_and(|least| words < least) {
            return None;
        }
        if let Some(purposes) = &self.commands {
            let commands = backed_commands(project, outline, &purposes.0);
            let (line, command) = commands.into_iter().find(|(line, _)| (first..=last).contains(line))?;
            return Some(Because::line(&*file.path, line, &command));
        }
        let note = format!("{words} words");
        Some(match text {
            Some(text) => Because::line(&*file.path, first, text).noted(note),
            None => Because::file(&*file.path).noted(note),
        })
    }

    fn missing(&self, looked: usize) -> String {
        if looked == 0 {
            return format!("no document matches {}", self.r#in.shown());
        }
        let mut wanted = Vec::new();
        if self.section.is_some() {
            wanted.push("such a section".to_owned());
        }
        wanted.extend(self.words.map(|words| format!("{words} words of prose")));
        if let Some(purposes) = &self.commands {
            let names: Vec<&str> = purposes.0.iter().map(|purpose| purpose.name()).collect();
            wanted.push(format!("a command to {} that the project backs", names.join(" or ")));
        }
        format!("{looked} documents of {} looked at, none has {}", self.r#in.shown(), wanted.join(" with "))
    }
}

/// The last line that belongs to the heading.
fn end_of(outline: &Outline, at: usize) -> u32 {
    let level = outline.headings[at].level;
    let next = outline.headings[at + 1..].iter().find(|next| next.level <= level);
    next.map_or(u32::MAX, |next| next.line.saturating_sub(1))
}

/// Documents in the tree that this one links to.
fn linked<'a>(tree: &'a Tree, file: &'a File) -> impl Iterator<Item = &'a File> {
    let outline = file.facts.as_ref().and_then(|facts| facts.outline.as_ref());
    let links = outline.into_iter().flat_map(|outline| &outline.links);
    links.filter_map(move |link| tree.file(&resolve(&file.path, &link.target)?))
}

/// The path that a link leads to; none when it leaves the tree.
fn resolve(from: &str, target: &str) -> Option<String> {
    let target = target.split(['#', '?']).next().unwrap_or_default();
    // Many link to their own tree by its address on the platform.
    let (absolute, target) = match target.split_once("://") {
        Some((_, rest)) => {
            let parts: Vec<&str> = rest.splitn(6, '/').collect();
            let blob = parts.len() == 6 && matches!(parts[3], "blob" | "tree");
            (true, *parts.get(5).filter(|_| blob)?)
        }
        None => (target.starts_with('/'), target),
    };
    let mut path: Vec<&str> = if absolute { Vec::new() } else { from.split('/').collect() };
    path.pop();
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                path.pop()?;
            }
            segment => path.push(segment),
        }
    }
    Some(path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn links_lead_into_the_tree_or_nowhere() {
        let cases = [
            ("README.md", "docs/a.md#top", Some("docs/a.md")),
            ("docs/a.md", "../b.md", Some("b.md")),
            ("docs/a.md", "./b.md", Some("docs/b.md")),
            ("docs/a.md", "/b.md", Some("b.md")),
            ("README.md", "../b.md", None),
            ("a/README.md", "https://host/o/r/blob/main/docs/b.md", Some("docs/b.md")),
            ("README.md", "https://host/docs", None),
        ];
        for (from, target, expected) in cases {
            assert_eq!(resolve(from, target).as_deref(), expected, "{from} {target}");
        }
    }
}
