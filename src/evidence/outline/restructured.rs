//! `reStructuredText`: underlined titles, directives, literal blocks.

use super::Outline;
use super::draft::{Draft, indent, names_file, number};

/// Directives whose body is code, in their own language where they name none.
const CODE: [(&str, &str); 11] = [
    ("code-block", ""),
    ("code", ""),
    ("sourcecode", ""),
    ("prompt", "sh"),
    ("highlight", ""),
    ("parsed-literal", ""),
    ("mermaid", "mermaid"),
    ("uml", "plantuml"),
    ("plantuml", "plantuml"),
    ("graphviz", "dot"),
    ("digraph", "dot"),
];

/// Directives whose body says nothing.
const SILENT: [&str; 8] =
    ["image", "figure", "contents", "raw", "meta", "csv-table", "literalinclude", "automodule"];

/// Reads the document.
pub(super) fn read(text: &str) -> Outline {
    let lines: Vec<&str> = text.lines().collect();
    let mut reader = Reader { lines: &lines, at: 0, draft: Draft::new(), styles: Vec::new() };
    while reader.at < lines.len() {
        reader.step();
    }
    reader.draft.done()
}

struct Reader<'a> {
    lines: &'a [&'a str],
    at: usize,
    draft: Draft,
    /// Signs that underline titles, outermost first, and whether they stand above the title, too.
    styles: Vec<(char, bool)>,
}

impl<'a> Reader<'a> {
    fn get(&self, at: usize) -> &'a str {
        self.lines.get(at).map_or("", |line| line.trim_end())
    }

    fn step(&mut self) {
        let (line, next) = (self.get(self.at), self.get(self.at + 1));
        let trimmed = line.trim_start();
        if trimmed.is_empty() {
            self.at += 1;
        } else if let Some(rest) = trimmed.strip_prefix(".. ") {
            self.explicit(rest, indent(line));
        } else if sign(line).is_some() && !next.is_empty() && sign(self.get(self.at + 2)) == sign(line) {
            self.title(next, sign(line), true, 3);
        } else if is_underline(next, line) {
            self.title(line, sign(next), false, 2);
        } else {
            let literal = trimmed.ends_with("::");
            self.prose(trimmed);
            self.at += 1;
            if literal {
                let (from, body) = self.body(indent(line));
                self.draft.block(None, number(from), body);
            }
        }
    }

    fn title(&mut self, text: &str, sign: Option<char>, above: bool, lines: usize) {
        let style = (sign.unwrap_or('='), above);
        let level = self.styles.iter().position(|known| *known == style).unwrap_or_else(|| {
            self.styles.push(style);
            self.styles.len() - 1
        });
        self.draft.heading(level + 1, number(self.at + usize::from(above)), text);
        self.at += lines;
    }

    /// What starts with two dots: a directive, a target, or a comment.
    fn explicit(&mut self, rest: &str, margin: usize) {
        let line = number(self.at);
        self.at += 1;
        if let Some(target) = rest.strip_prefix('_') {
            if let Some((_, target)) = target.split_once(": ") {
                self.draft.link(line, target);
            }
            return;
        }
        let Some((name, argument)) = rest.split_once("::") else {
            self.body(margin);
            return;
        };
        // `.. |logo| image:: a.png`
        let name = name.rsplit(' ').next().unwrap_or(name);
        let argument = argument.trim();
        if let Some((_, own)) = CODE.iter().find(|(known, _)| *known == name) {
            let language = if own.is_empty() { argument } else { own };
            let (from, body) = self.body(margin);
            let options = body.iter().take_while(|line| line.trim_start().starts_with(':')).count();
            let (from, body) = skip_blank(from + options, &body[options..]);
            let language = language.split_whitespace().next();
            self.draft.block(language, number(from), body);
        } else if name == "toctree" {
            let (from, body) = self.body(margin);
            for (at, line) in body.iter().enumerate().filter(|(_, line)| !line.trim_start().starts_with(':'))
            {
                let target = line.rsplit_once('<').map_or(*line, |(_, target)| target.trim_end_matches('>'));
                self.document(number(from + at), target);
            }
        } else if name == "include" {
            self.draft.link(line, argument);
        } else if SILENT.contains(&name) {
            self.body(margin);
        } else {
            self.prose(argument);
        }
    }

    /// A document is named without its extension.
    fn document(&mut self, line: u32, name: &str) {
        let name = name.trim();
        if !name.is_empty() {
            self.draft.link(line, &format!("{name}.rst"));
        }
    }

    /// The lines below that are further in, and where they start.
    fn body(&mut self, margin: usize) -> (usize, &'a [&'a str]) {
        let mut end = self.at;
        for at in self.at..self.lines.len() {
            let line = self.lines[at];
            if line.trim().is_empty() {
                continue;
            }
            if indent(line) <= margin {
                break;
            }
            end = at + 1;
        }
        let (from, body) = skip_blank(self.at, &self.lines[self.at..end]);
        self.at = end.max(self.at);
        (from, body)
    }

    fn prose(&mut self, text: &str) {
        let line = number(self.at);
        for part in text.split('<').skip(1) {
            // `` `text <target>`_ ``, `` :doc:`text <target>` ``
            if let Some((target, _)) = part.split_once(">`") {
                self.draft.link(line, target);
            }
        }
        for part in text.split(":doc:`").skip(1) {
            if let Some(name) = part.split('`').next().filter(|name| !name.contains('<')) {
                self.document(line, name);
            }
        }
        let item = text.trim_start_matches(['*', '-', '+']).trim_start();
        if item.len() == text.len() || !names_file(item.trim_start_matches('`')) {
            self.draft.line(line, text, "``");
        }
    }
}

fn skip_blank<'a>(from: usize, body: &'a [&'a str]) -> (usize, &'a [&'a str]) {
    let blank = body.iter().take_while(|line| line.trim().is_empty()).count();
    (from + blank, &body[blank..])
}

/// The sign of a line that consists of it.
fn sign(line: &str) -> Option<char> {
    let first = line.chars().next().filter(char::is_ascii_punctuation)?;
    (line.len() >= 3 && line.chars().all(|sign| sign == first)).then_some(first)
}

/// A line of one sign, as long as the title above it or nearly.
fn is_underline(line: &str, title: &str) -> bool {
    let title = title.trim_end();
    !title.starts_with([' ', '\t'])
        && sign(title).is_none()
        && sign(line).is_some()
        && line.chars().count() + 2 >= title.chars().count()
}
