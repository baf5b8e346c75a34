//! Markdown, with what people put into it: front matter, HTML for headings and links.

use super::Outline;
use super::draft::{Draft, names_file};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_YAML_STYLE_METADATA_BLOCKS).union(Options::ENABLE_FOOTNOTES);

/// Reads the document.
pub(super) fn read(text: &str) -> Outline {
    let mut reader = Reader {
        text,
        counted: (0, 1),
        draft: Draft::new(),
        place: Place::Prose,
        in_link: 0,
        item_starts: false,
        skip_item: false,
        comment: false,
    };
    for (event, range) in Parser::new_ext(text, OPTIONS).into_offset_iter() {
        reader.event(event, range.start);
    }
    reader.draft.done()
}

/// What the text that comes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Prose,
    Heading,
    Code,
    FrontMatter,
}

struct Reader<'a> {
    text: &'a str,
    /// How far lines are counted, and the line there.
    counted: (usize, u32),
    draft: Draft,
    place: Place,
    /// Depth of links and images, whose text is no prose.
    in_link: u32,
    /// Whether the text that comes is the first of a list item.
    item_starts: bool,
    /// Whether the list item is an entry of a list of files.
    skip_item: bool,
    /// Whether a comment of HTML is open.
    comment: bool,
}

impl Reader<'_> {
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
            Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::MetadataBlock(_)) => {
                self.place = Place::Prose;
            }
            Event::End(TagEnd::Link | TagEnd::Image) => self.in_link = self.in_link.saturating_sub(1),
            Event::End(TagEnd::Item) => self.skip_item = false,
            Event::Text(text) => self.text(&text, line),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html, line),
            Event::Code(code) if self.place == Place::Heading => self.draft.title(&code),
            Event::Code(code) => {
                self.skip_item |= std::mem::take(&mut self.item_starts);
                self.draft.inline(line, &code);
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, line: u32) {
        match tag {
            Tag::Heading { level, .. } => {
                self.place = Place::Heading;
                self.draft.heading(depth(level), line, "");
            }
            Tag::MetadataBlock(_) => self.place = Place::FrontMatter,
            Tag::CodeBlock(kind) => {
                self.place = Place::Code;
                let (language, line) = match kind {
                    CodeBlockKind::Fenced(info) => (language(&info), line + 1),
                    CodeBlockKind::Indented => (None, line),
                };
                self.draft.code(language, line, "");
            }
            Tag::Link { dest_url, .. } => {
                self.in_link += 1;
                self.draft.link(line, &dest_url);
            }
            Tag::Image { .. } => self.in_link += 1,
            Tag::Item => (self.item_starts, self.skip_item) = (true, false),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, line: u32) {
        match self.place {
            Place::Code => return self.draft.more_code(text),
            Place::FrontMatter => return self.front_matter(text, line),
            Place::Heading => self.draft.title(text),
            Place::Prose => {}
        }
        if std::mem::take(&mut self.item_starts) {
            self.skip_item = names_file(text);
        }
        if self.place == Place::Prose && self.in_link == 0 && !self.skip_item {
            self.draft.prose(text);
        }
    }

    /// The title in front of a page is its first heading.
    fn front_matter(&mut self, text: &str, line: u32) {
        let title =
            text.lines().zip(line..).find_map(|(text, line)| Some((text.strip_prefix("title:")?, line)));
        if let Some((title, line)) = title {
            self.draft.heading(1, line, title.trim().trim_matches(['"', '\'']));
        }
    }

    /// Headings and links that are written as HTML.
    fn html(&mut self, html: &str, line: u32) {
        for (html, line) in html.lines().zip(line..) {
            if self.comment || html.contains("<!--") {
                self.comment = !html.contains("-->");
                continue;
            }
            for target in html.split("href=").skip(1) {
                let Some(quote) = target.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else {
                    continue;
                };
                self.draft.link(line, target[1..].split(quote).next().unwrap_or_default());
            }
            if let Some((level, title)) = html_heading(html) {
                self.draft.heading(level, line, &title);
            }
        }
    }
}

/// `bash` of `bash title="x"`, `{.bash}` and `bash,ignore`.
fn language(info: &str) -> Option<String> {
    let word = info.split([' ', '\t', ',', '{', '}', ':']).find(|word| !word.is_empty())?;
    Some(word.trim_start_matches('.').to_ascii_lowercase())
}

/// Level and text of `<h2 align="center">Title</h2>`.
fn html_heading(html: &str) -> Option<(usize, String)> {
    let at = html.find("<h").or_else(|| html.find("<H"))?;
    let level = html.as_bytes().get(at + 2).filter(|level| (b'1'..=b'6').contains(level))?;
    let mut text = String::new();
    let mut inside = false;
    for char in html[at..].chars() {
        match char {
            '<' => inside = true,
            '>' => inside = false,
            char if !inside => text.push(char),
            _ => {}
        }
    }
    Some((usize::from(level - b'0'), text.trim().to_owned()))
}

const fn depth(level: HeadingLevel) -> usize {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
