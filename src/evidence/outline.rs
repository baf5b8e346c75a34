//! The outline of a document for people: headings with how much prose is under them, code, and links.
//!
//! Markdown is read as Markdown; `reStructuredText`, `AsciiDoc` and plain text by their simplest structure.

mod plain;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Documents that have an outline.
pub const OUTLINES: [&str; 4] = [
    "**/*.{md,mdx,markdown,rst,adoc,asciidoc}",
    "**/*.txt",
    "**/README",
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
    /// The first word of the fence.
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
        "md" | "mdx" | "markdown" => markdown(text),
        _ => plain::read(text),
    }
}

fn markdown(text: &str) -> Outline {
    let mut reader = Reader::new(text);
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        reader.event(event, range.start);
    }
    reader.outline
}

#[expect(clippy::struct_excessive_bools, reason = "where the reader is in the text")]
struct Reader<'a> {
    text: &'a str,
    /// How far lines are counted, and the line there.
    counted: (usize, u32),
    outline: Outline,
    in_heading: bool,
    in_code: bool,
    /// Depth of links and images, whose text is no prose.
    in_link: u32,
    /// Whether the text that comes is the first of a list item.
    item_starts: bool,
    /// Whether the list item is an entry of a list of files.
    skip_item: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let front = Heading { level: 0, line: 1, text: String::new(), words: 0 };
        Self {
            text,
            counted: (0, 1),
            outline: Outline { headings: vec![front], ..Outline::default() },
            in_heading: false,
            in_code: false,
            in_link: 0,
            item_starts: false,
            skip_item: false,
        }
    }

    fn line(&mut self, at: usize) -> u32 {
        let (from, line) = self.counted;
        // Events can step back a little (into a paragraph); lines are counted forwards only.
        if let Some(passed) = self.text.as_bytes().get(from..at) {
            let breaks = passed.split(|byte| *byte == b'\n').count() - 1;
            self.counted = (at, line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX)));
        }
        self.counted.1
    }

    fn event(&mut self, event: Event<'_>, at: usize) {
        let line = self.line(at);
        match event {
            Event::Start(tag) => self.start(tag, line),
            Event::End(TagEnd::Heading(_)) => self.in_heading = false,
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            Event::End(TagEnd::Link | TagEnd::Image) => self.in_link = self.in_link.saturating_sub(1),
            Event::End(TagEnd::Item) => self.skip_item = false,
            Event::Text(text) => self.prose(&text),
            Event::Code(code) => {
                if self.in_heading {
                    self.prose(&code);
                } else {
                    self.skip_item |= std::mem::take(&mut self.item_starts);
                    let code = CodeBlock { language: None, line, text: code.into_string(), inline: true };
                    self.outline.code.push(code);
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, line: u32) {
        match tag {
            Tag::Heading { level, .. } => {
                self.in_heading = true;
                let heading = Heading { level: depth(level), line, text: String::new(), words: 0 };
                self.outline.headings.push(heading);
            }
            Tag::CodeBlock(kind) => {
                self.in_code = true;
                let (language, line) = match kind {
                    CodeBlockKind::Fenced(info) => {
                        (info.split_whitespace().next().map(str::to_owned), line + 1)
                    }
                    CodeBlockKind::Indented => (None, line),
                };
                self.outline.code.push(CodeBlock { language, line, text: String::new(), inline: false });
            }
            Tag::Link { dest_url, .. } => {
                self.in_link += 1;
                self.outline.links.push(Link { target: dest_url.into_string(), line });
            }
            Tag::Image { .. } => self.in_link += 1,
            Tag::Item => (self.item_starts, self.skip_item) = (true, false),
            _ => {}
        }
    }

    fn prose(&mut self, text: &str) {
        if self.in_code {
            if let Some(code) = self.outline.code.last_mut() {
                code.text.push_str(text);
            }
            return;
        }
        let first = text.split_whitespace().next().unwrap_or_default();
        if std::mem::take(&mut self.item_starts) {
            self.skip_item = first.contains('/') || first.starts_with(['├', '└', '│']);
        }
        let Some(heading) = self.outline.headings.last_mut() else { return };
        if self.in_heading {
            heading.text.push_str(text);
        } else if self.in_link == 0 && !self.skip_item {
            heading.words = heading.words.saturating_add(words(text));
        }
    }
}

const fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Words with a letter in them.
fn words(text: &str) -> u32 {
    let count = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_counted_and_nothing_else() {
        let text = "front words\n\n# Title `x`\n\n![badge](a.svg) [a link](docs/a.md)\n\n- src/ holds code\n- `a.rs` file\n- one two\n\n## Sub\nthree words here\n\n```sh\nmake run\n```\n\n    make test\n\n| a | b |\n|---|---|\n| c | d e |\n";
        let outline = read_outline("README.md", text);
        let headings: Vec<_> =
            outline.headings.iter().map(|h| (h.level, h.line, h.text.as_str(), h.words)).collect();
        assert_eq!(headings, [(0, 1, "", 2), (1, 3, "Title x", 2), (2, 11, "Sub", 8)]);
        assert_eq!(outline.words_under(1), 10);
        let code: Vec<_> = outline.code.iter().map(|c| (c.line, c.text.as_str(), c.inline)).collect();
        assert_eq!(code, [(8, "a.rs", true), (15, "make run\n", false), (18, "make test\n", false)]);
        assert_eq!(outline.links, [Link { target: "docs/a.md".into(), line: 5 }]);
    }

    #[test]
    fn other_formats_have_headings_and_code() {
        let cases = [
            ("a.rst", "Design\n======\n\nTwo words::\n\n    make run\n", "Design", 2, "make run\n"),
            ("a.adoc", "== Design\n\nTwo words.\n\n----\nmake run\n----\n", "Design", 2, "make run\n"),
        ];
        for (path, text, heading, words, code) in cases {
            let outline = read_outline(path, text);
            let last = outline.headings.last().unwrap();
            assert_eq!((last.text.as_str(), last.words), (heading, words), "{path}");
            assert_eq!(outline.code[0].text, code, "{path}");
        }
        assert_eq!(read_outline("README", "").words(), 0);
    }
}
