//! `document`: documents for people, by their structure.

mod commands;

use super::content::unread;
use super::links::resolve;
use super::select::{Paths, few};
use super::{Check, Kind, build, schema};
use crate::evidence::{
    Diagram, Facet, File, Heading, Needs, OneOrMany, Outline, Pattern, Tree, View, diagram,
};
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
Reads Markdown, reStructuredText, AsciiDoc, Org and plain text as headings, prose, code and links.

* `section`: a regex on headings; only what stands under such a heading counts. Without it the whole document does.
* `depth`: headings that are deeper do not count as sections; the title of a page has depth 1.
* `words`: least words of prose. Code, links, badges, and lists of files are not prose.
* `diagram`: `structure`, `sequence`, `journey`, `entities`, `classes` or `states`; the document has a diagram of this kind as text (Mermaid, PlantUML, \
Graphviz, D2) with at least three statements.
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
    /// Deepest headings that count as sections.
    depth: Option<u8>,
    /// Least words of prose.
    words: Option<u32>,
    /// Kinds of diagrams, of which any counts.
    diagram: Option<OneOrMany<Diagram>>,
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
        Judgement::no(vec![Because::note(self.missing(&files))])
    }
}

impl Document {
    fn sections(&self) -> Option<Vec<Regex>> {
        let build = |pattern: &Pattern| RegexBuilder::new(&pattern.0).build().ok();
        self.section.as_ref().map(|patterns| patterns.0.iter().filter_map(build).collect())
    }

    /// The place in the document where it meets what is asked, when it does.
    fn good(&self, project: &Project<'_>, file: &File, sections: Option<&[Regex]>) -> Option<Because> {
        let outline = file.facts.as_ref()?.outline.as_deref()?;
        let Some(sections) = sections else {
            return self.good_part(project, file, outline, None);
        };
        let fits = |heading: &Heading| {
            heading.level > 0
                && self.depth.is_none_or(|depth| heading.level <= depth)
                && sections.iter().any(|regex| regex.is_match(&heading.text))
        };
        let found = (0..outline.headings.len()).filter(|at| fits(&outline.headings[*at]));
        found.into_iter().find_map(|at| self.good_part(project, file, outline, Some(at)))
    }

    /// The same for one section, or for the whole document.
    fn good_part(
        &self,
        project: &Project<'_>,
        file: &File,
        outline: &Outline,
        section: Option<usize>,
    ) -> Option<Because> {
        let heading = section.map(|at| &outline.headings[at]);
        let words = section.map_or_else(|| outline.words(), |at| outline.words_under(at));
        if self.words.is_some_and(|least| words < least) {
            return None;
        }
        let first = heading.map_or(1, |heading| heading.line);
        let lines = first..=section.map_or(u32::MAX, |at| end_of(outline, at));
        if let Some(purposes) = &self.commands {
            let commands = backed_commands(project, outline, &purposes.0);
            let (line, command) = commands.into_iter().find(|(line, _)| lines.contains(line))?;
            return Some(Because::line(&*file.path, line, &command));
        }
        if let Some(kinds) = &self.diagram {
            let (line, kind) = drawn(outline, &kinds.0).find(|(line, _)| lines.contains(line))?;
            return Some(
                Because { line: Some(line), ..Because::file(&*file.path) }
                    .noted(format!("a diagram ({})", kind.name())),
            );
        }
        let note = format!("{words} words");
        Some(match heading {
            Some(heading) => Because::line(&*file.path, first, &heading.text).noted(note),
            None => Because::file(&*file.path).noted(note),
        })
    }

    fn missing(&self, looked: &[&File]) -> String {
        let mut wanted = Vec::new();
        match (self.section.is_some(), self.words) {
            (true, Some(words)) => wanted.push(format!("a fitting section of {words} words")),
            (true, None) => wanted.push("a fitting section".to_owned()),
            (false, words) => wanted.extend(words.map(|words| format!("{words} words of prose"))),
        }
        if let Some(kinds) = &self.diagram {
            let names: Vec<&str> = kinds.0.iter().map(|kind| kind.name()).collect();
            wanted.push(format!("a diagram ({}) as text", names.join(" or ")));
        }
        if let Some(purposes) = &self.commands {
            let names: Vec<&str> = purposes.0.iter().map(|purpose| purpose.name()).collect();
            wanted.push(format!("a command to {} that the project backs", names.join(" or ")));
        }
        let wanted = wanted.join(" with ");
        match looked {
            [] => format!("no document matches {}", self.r#in.shown()),
            [one] => format!("{} does not have {wanted}", one.path),
            many => format!("none of {} documents has {wanted}", many.len()),
        }
    }
}

/// Statements that a diagram needs to say anything.
const LEAST_DRAWN: usize = 3;

/// Diagrams of these kinds, with their lines.
fn drawn<'a>(outline: &'a Outline, kinds: &'a [Diagram]) -> impl Iterator<Item = (u32, Diagram)> + 'a {
    outline.code.iter().filter_map(|block| {
        let (kind, statements) = diagram(block.language.as_deref()?, &block.text)?;
        (statements >= LEAST_DRAWN && kinds.contains(&kind)).then_some((block.line, kind))
    })
}

/// The last line that belongs to the heading.
fn end_of(outline: &Outline, at: usize) -> u32 {
    let level = outline.headings[at].level;
    let next = outline.headings[at + 1..].iter().find(|next| next.level <= level);
    next.map_or(u32::MAX, |next| next.line.saturating_sub(1))
}

/// What a link may leave out of the name of a document.
const LEFT_OUT: [&str; 5] = ["", "/README.md", "/index.md", ".md", ".mdx"];

/// Documents in the tree that this one links to, or names as code.
fn linked<'a>(tree: &'a Tree, file: &'a File) -> impl Iterator<Item = &'a File> {
    let outline = file.facts.as_ref().and_then(|facts| facts.outline.as_deref());
    let named = |outline: &'a Outline| {
        let code = outline.code.iter().filter(|code| code.inline && code.text.contains('.'));
        outline.links.iter().map(|link| link.target.as_str()).chain(code.map(|code| code.text.as_str()))
    };
    outline.into_iter().flat_map(named).filter_map(move |target| {
        let path = resolve(&file.path, target)?;
        LEFT_OUT.iter().find_map(|rest| tree.file(format!("{path}{rest}").trim_start_matches('/')))
    })
}
