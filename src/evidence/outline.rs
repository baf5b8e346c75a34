//! The outline of a document for people: headings with how much prose is under them, code, and links.
//!
//! Markdown is read as Markdown, and so is plain text, which is written much alike; `reStructuredText`, `AsciiDoc` and
//! Org by their own marks. A file that holds nothing but a diagram is a document with one piece of code.
//! Must not judge what the text says.

mod asciidoc;
mod draft;
mod markdown;
mod org;
mod restructured;

use draft::Draft;

/// Documents that have an outline.
pub const OUTLINES: [&str; 5] = [
    "**/*.{md,mdx,markdown,mkd,rst,adoc,asciidoc,asc,org}",
    "**/*.txt",
    "**/*.{mmd,mermaid,puml,plantuml,wsd,dot,gv,d2}",
    "**/{README,ARCHITECTURE,DESIGN,SECURITY,MAINTAINERS,RUNBOOK,TODO}",
    "**/{INSTALL,HACKING,CONTRIBUTING}",
];

/// What a document is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Headings in order; the text in front of the first has a heading without text at level 0.
    pub headings: Vec<Heading>,
    /// Code in order, inline code too.
    pub code: Vec<CodeBlock>,
    /// Links in order.
    pub links: Vec<Link>,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6; 0 for what comes before the first.
    pub level: u8,
    /// Line, from 1.
    pub line: u32,
    /// Its text.
    pub text: String,
    /// Words of prose up to the next heading. Code, links, badges and lists of files do not count.
    pub words: u32,
}

/// A piece of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeBlock {
    /// The language that it is marked with.
    pub language: Option<String>,
    /// Line of its first line of code.
    pub line: u32,
    /// The code.
    pub text: String,
    /// Whether it stands inside a line of prose.
    pub inline: bool,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, as written.
    pub target: String,
    /// Line, from 1.
    pub line: u32,
}

impl Outline {
    /// Words under this heading and those below it.
    pub fn words_under(&self, at: usize) -> u32 {
        let Some(heading) = self.headings.get(at) else { return 0 };
        let below = self.headings[at + 1..].iter().take_while(|next| next.level > heading.level);
        below.map(|next| next.words).fold(heading.words, u32::saturating_add)
    }

    /// Words of the whole document.
    pub fn words(&self) -> u32 {
        self.headings.iter().map(|heading| heading.words).fold(0, u32::saturating_add)
    }
}

/// Reads a document.
pub fn read_outline(path: &str, text: &str) -> Outline {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "rst" => restructured::read(text),
        "adoc" | "asciidoc" | "asc" => asciidoc::read(text),
        "org" => org::read(text),
        "mmd" | "mermaid" => picture("mermaid", text),
        "puml" | "plantuml" | "wsd" => picture("plantuml", text),
        "dot" | "gv" => picture("dot", text),
        "d2" => picture("d2", text),
        _ => markdown::read(text),
    }
}

/// A file that is a diagram and nothing else.
fn picture(language: &str, text: &str) -> Outline {
    let mut draft = Draft::new();
    draft.code(Some(language.to_owned()), 1, text);
    draft.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    /// What a document comes to: `level line text (words)`, `line language text`, `line target`.
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        name: String,
        path: String,
        text: String,
        #[serde(default)]
        headings: Vec<String>,
        #[serde(default)]
        code: Vec<String>,
        #[serde(default)]
        links: Vec<String>,
    }

    #[test]
    fn documents_have_their_structure_and_nothing_else() {
        let cases: Vec<Case> = serde_yaml::from_str(include_str!("../../tests/cases/outlines.yml")).unwrap();
        let mut wrong = Vec::new();
        for case in cases {
            let outline = read_outline(&case.path, &case.text);
            let headings = outline.headings.iter().filter(|heading| heading.level > 0 || heading.words > 0);
            let headings: Vec<String> =
                headings.map(|h| format!("{} {} {} ({})", h.level, h.line, h.text, h.words)).collect();
            let code = outline.code.iter().map(|code| {
                let language = code.language.as_deref().unwrap_or(if code.inline { "inline" } else { "-" });
                format!("{} {language} {}", code.line, code.text.trim_end().replace('\n', "|"))
            });
            let links = outline.links.iter().map(|link| format!("{} {}", link.line, link.target));
            let found = [headings, code.collect(), links.collect()];
            let expected = [case.headings, case.code, case.links];
            if found != expected {
                wrong.push(format!("{}\n found {found:?}\n expected {expected:?}", case.name));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn words_below_a_heading_count_for_it() {
        let outline = read_outline("a.md", "# A\none\n## B\ntwo\n# C\nthree");
        assert_eq!((outline.words_under(1), outline.words()), (2, 3));
        assert_eq!(read_outline("README", "").words(), 0);
    }
}
