//! `AsciiDoc`: marked or underlined titles, blocks between delimiters.

use super::Outline;
use super::draft::{Draft, names_file, number};

/// Reads the document.
pub(super) fn read(text: &str) -> Outline {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut reader = Reader { lines: &lines, at: 0, draft: Draft::new(), style: None };
    while reader.at < lines.len() {
        reader.step();
    }
    reader.draft.done()
}

struct Reader<'a> {
    lines: &'a [&'a str],
    at: usize,
    draft: Draft,
    /// What the line in brackets before a block says: a language.
    style: Option<String>,
}

impl Reader<'_> {
    fn step(&mut self) {
        let line = self.lines[self.at];
        let next = self.lines.get(self.at + 1).copied().unwrap_or_default();
        if line.is_empty() {
            self.at += 1;
        } else if line.starts_with("////") {
            self.delimited(line);
        } else if line.starts_with("//") {
            self.at += 1;
        } else if let Some(style) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            self.style = language(style).or_else(|| self.style.take());
            self.at += 1;
        } else if is_delimiter(line) {
            let (from, to) = self.delimited(line);
            let fence = line.strip_prefix("```").filter(|name| !name.is_empty()).map(str::to_owned);
            let language = fence.or_else(|| self.style.take());
            self.draft.block(language.as_deref(), number(from), &self.lines[from..to]);
        } else if let Some((level, title)) = marked(line) {
            self.heading(level, title, 1);
        } else if let Some(level) = underlined(line, next) {
            self.heading(level, line, 2);
        } else if line.starts_with([' ', '\t']) && self.starts_paragraph() && !is_item(line)
            || self.style.is_some()
        {
            self.paragraph();
        } else {
            self.prose(line);
            self.at += 1;
        }
    }

    fn heading(&mut self, level: usize, title: &str, lines: usize) {
        self.style = None;
        self.draft.heading(level, number(self.at), title);
        self.at += lines;
    }

    fn starts_paragraph(&self) -> bool {
        self.at.checked_sub(1).is_none_or(|before| {
            let before = self.lines[before];
            before.is_empty() || before == "+" || before.starts_with('[')
        })
    }

    /// Steps behind the block; the lines between its delimiters.
    fn delimited(&mut self, delimiter: &str) -> (usize, usize) {
        let close = if delimiter.starts_with("```") { "```" } else { delimiter };
        let from = self.at + 1;
        let length = self.lines[from..].iter().position(|line| *line == close);
        let to = from + length.unwrap_or(self.lines.len() - from);
        self.at = to + 1;
        (from, to)
    }

    /// A paragraph of code, up to the next empty line.
    fn paragraph(&mut self) {
        let length = self.lines[self.at..].iter().position(|line| line.is_empty());
        let to = length.map_or(self.lines.len(), |length| self.at + length);
        let language = self.style.take();
        self.draft.block(language.as_deref(), number(self.at), &self.lines[self.at..to]);
        self.at = to;
    }

    fn prose(&mut self, line: &str) {
        let number = number(self.at);
        for mark in ["link:", "xref:", "include::"] {
            for rest in line.split(mark).skip(1) {
                let target = rest.split('[').next().unwrap_or_default();
                self.draft.link(number, target.split('#').next().unwrap_or(target));
            }
        }
        let macros = ["include::", "image::", "toc::", "ifdef::", "ifndef::", "endif::"];
        if macros.iter().any(|start| line.starts_with(start)) || is_attribute(line) {
            return;
        }
        let item = line.trim_start().trim_start_matches(['*', '-', '.']).trim_start();
        if !(is_item(line) && names_file(item.trim_start_matches('`'))) {
            self.draft.line(number, line, "`");
        }
    }
}

/// `:toc: left`
fn is_attribute(line: &str) -> bool {
    line.strip_prefix(':').and_then(|rest| rest.split_once(':')).is_some_and(|(name, _)| !name.contains(' '))
}

/// `* item`, `. item`, `1. item`, `| cell`.
fn is_item(line: &str) -> bool {
    let mark = line.trim_start().split(' ').next().unwrap_or_default();
    let digits = mark.trim_start_matches(|char: char| char.is_ascii_digit());
    !mark.is_empty() && (mark.starts_with('|') || digits.chars().all(|sign| matches!(sign, '*' | '-' | '.')))
}

/// The language of `source,bash`, or that of a diagram.
fn language(style: &str) -> Option<String> {
    let mut parts = style.split([',', '%', '#', '.']).map(str::trim);
    let first = parts.next()?;
    match first {
        "source" | "listing" | "" => {
            Some(parts.next().filter(|name| !name.contains('=')).unwrap_or("text").to_owned())
        }
        "mermaid" | "plantuml" | "graphviz" | "d2" | "c4plantuml" | "literal" => Some(first.to_owned()),
        _ => None,
    }
}

fn is_delimiter(line: &str) -> bool {
    let of = |sign: char| line.len() >= 4 && line.chars().all(|char| char == sign);
    of('-') || of('.') || line.starts_with("```")
}

/// `== Title`; Markdown's `## Title` is understood as well.
fn marked(line: &str) -> Option<(usize, &str)> {
    let sign = line.chars().next().filter(|sign| matches!(sign, '=' | '#'))?;
    let level = line.bytes().take_while(|byte| char::from(*byte) == sign).count();
    let title = line.get(level..)?.strip_prefix(' ')?;
    (1..=6).contains(&level).then_some((level, title))
}

/// The level of a title that is underlined.
fn underlined(title: &str, line: &str) -> Option<usize> {
    let sign = line.chars().next()?;
    let level = ['=', '-', '~', '^', '+'].iter().position(|known| *known == sign)?;
    let (length, long) = (line.chars().count(), title.chars().count());
    let fits = length >= 4 && length.abs_diff(long) <= 2 && line.chars().all(|char| char == sign);
    (fits && title.chars().any(char::is_alphabetic)).then_some(level + 1)
}
