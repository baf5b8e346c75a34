//! Cuts a text into code, comments and strings.

use crate::evidence::languages::{Language, Style};
use std::ops::Range;

/// What a part of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Code,
    Comment,
    /// A string; so many bytes of it open and close it.
    Text {
        open: usize,
        close: usize,
    },
}

/// A part of a text. Parts follow one another without a gap.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// A regex literal longer than this is none: bounds the search for its end.
const LONGEST_REGEX: usize = 400;

/// Cuts the text into parts.
pub(super) fn scan(language: &Language, text: &[u8]) -> Vec<Part> {
    let mut scanner =
        Scanner { language, text, at: 0, start: 0, parts: Vec::new(), open: Vec::new(), last: b'\n' };
    while scanner.at < text.len() {
        scanner.step();
    }
    scanner.flush(text.len());
    scanner.parts
}

struct Scanner<'a> {
    language: &'a Language,
    text: &'a [u8],
    at: usize,
    /// Where the code began that is not yet a part.
    start: usize,
    parts: Vec<Part>,
    /// Strings that are interrupted by an interpolation, with the depth of braces inside it.
    open: Vec<(&'a Style, u32)>,
    /// Last byte of code that is no blank.
    last: u8,
}

impl<'a> Scanner<'a> {
    fn starts(&self, token: &str) -> bool {
        self.text[self.at..].starts_with(token.as_bytes())
    }

    fn before(&self) -> u8 {
        self.at.checked_sub(1).map_or(b'\n', |at| self.text[at])
    }

    fn flush(&mut self, end: usize) {
        if self.start < end {
            self.parts.push(Part { kind: Kind::Code, range: self.start..end });
        }
        self.start = end;
    }

    fn part(&mut self, kind: Kind, end: usize) {
        self.flush(self.at);
        if end > self.at {
            self.parts.push(Part { kind, range: self.at..end });
        }
        (self.at, self.start) = (end, end);
    }

    fn step(&mut self) {
        let byte = self.text[self.at];
        if self.language.opens_with(byte) && (self.comment() || self.string() || self.regex()) {
            return;
        }
        if let Some((style, depth)) = self.open.last_mut() {
            match byte {
                b'{' => *depth += 1,
                b'}' if *depth == 0 => {
                    let style = *style;
                    self.open.pop();
                    return self.text_from(style, 1, 1);
                }
                b'}' => *depth -= 1,
                _ => {}
            }
        }
        if !byte.is_ascii_whitespace() {
            self.last = byte;
        }
        self.at += 1;
    }

    fn comment(&mut self) -> bool {
        let language = self.language;
        if language.never.iter().any(|open| self.starts(open)) {
            return false;
        }
        for (open, close) in &language.block {
            if self.opens_block(open) {
                let end = block_end(&self.text[self.at..], (open, close), language.nested);
                self.part(Kind::Comment, self.at + end);
                return true;
            }
        }
        let spaced = !language.spaced || matches!(self.before(), b' ' | b'\t' | b'\n' | b'\r' | b';' | b'{');
        if spaced && language.line.iter().any(|open| self.starts(open)) {
            let rest = &self.text[self.at..];
            let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            self.part(Kind::Comment, self.at + end);
            return true;
        }
        false
    }

    /// An opening that starts with a line break has to stand at the start of a line, the first one too.
    fn opens_block(&self, open: &str) -> bool {
        self.starts(open)
            || self.at == 0
                && open.strip_prefix('\n').is_some_and(|open| self.text.starts_with(open.as_bytes()))
    }

    fn string(&mut self) -> bool {
        let language = self.language;
        if language.spaced && self.before().is_ascii_alphanumeric() {
            return false;
        }
        for style in &language.styles {
            if style.hashes {
                if self.hashed(style) {
                    return true;
                }
            } else if self.starts(&style.open) && (!style.char || self.is_char()) {
                self.text_from(style, style.open.len(), 0);
                return true;
            }
        }
        false
    }

    /// A character literal holds one character, or an escape.
    fn is_char(&self) -> bool {
        let rest = &self.text[self.at + 1..];
        match rest.first() {
            Some(b'\\') => rest.iter().take(12).skip(2).any(|byte| *byte == b'\''),
            Some(b'\'') | None => false,
            Some(_) => {
                let width = 1 + rest[1..].iter().take_while(|byte| **byte & 0xC0 == 0x80).count();
                rest.get(width) == Some(&b'\'')
            }
        }
    }

    /// `r##"..."##` and `##"..."##`: the number of `#` belongs to the quotes.
    fn hashed(&mut self, style: &Style) -> bool {
        let prefix = style.open.trim_end_matches('"').len();
        let word = self.before().is_ascii_alphanumeric() && self.before() != b'b' || self.before() == b'_';
        if word || !self.starts(&style.open[..prefix]) {
            return false;
        }
        let rest = &self.text[self.at + prefix..];
        let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
        if rest.get(hashes) != Some(&b'"') || style.raw && hashes == 0 {
            return false;
        }
        let mut close = vec![b'"'];
        close.extend(std::iter::repeat_n(b'#', hashes));
        let open = prefix + hashes + 1;
        let inside = &self.text[self.at + open..];
        let found = find(inside, &close);
        let end = found.map_or(self.text.len(), |end| self.at + open + end + close.len());
        self.part(Kind::Text { open, close: found.map_or(0, |_| close.len()) }, end);
        self.last = b'"';
        true
    }

    /// The string that starts here, or goes on behind an interpolation (`resumed` bytes end that one).
    fn text_from(&mut self, style: &'a Style, open: usize, resumed: usize) {
        let comment = resumed == 0 && self.is_documentation(style);
        let mut at = self.at + open;
        let mut close = 0;
        let mut interpolates = false;
        while let Some(byte) = self.text.get(at) {
            let rest = &self.text[at..];
            if style.escape && *byte == b'\\' {
                // A backslash takes along a line break, too.
                at = (at + 2).min(self.text.len());
            } else if rest.starts_with(style.close.as_bytes()) {
                close = style.close.len();
                at += close;
                break;
            } else if *byte == b'\n' && !style.multiline {
                break;
            } else if style.interpolation.as_ref().is_some_and(|open| rest.starts_with(open.as_bytes())) {
                close = 2;
                at += close;
                interpolates = true;
                break;
            } else {
                at += 1;
            }
        }
        // The escape above can step into the middle of a character.
        while at < self.text.len() && self.text[at] & 0xC0 == 0x80 {
            at += 1;
        }
        self.part(if comment { Kind::Comment } else { Kind::Text { open, close } }, at);
        self.last = b'"';
        if interpolates {
            self.open.push((style, 0));
            self.last = b'(';
        }
    }

    /// A string that nothing uses is a comment, and so is one behind a word such as `@doc`.
    fn is_documentation(&self, style: &Style) -> bool {
        if !style.statement && self.language.docs.is_empty() {
            return false;
        }
        let before = &self.text[self.at.saturating_sub(80)..self.at];
        let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or(before).trim_ascii();
        if style.statement {
            return line.is_empty()
                && !matches!(self.last, b'(' | b'[' | b'{' | b',' | b'=' | b'+' | b'\\' | b'%');
        }
        self.language.docs.iter().any(|word| {
            let rest = line.strip_prefix(word.as_bytes());
            rest.is_some_and(|rest| matches!(rest.trim_ascii(), b"" | b"~S" | b"~s"))
        })
    }

    /// A slash where a value is expected opens a regex that ends on its line.
    fn regex(&mut self) -> bool {
        if !self.language.regexes || self.text[self.at] != b'/' {
            return false;
        }
        let value = b"(,=:[!&|?{};\n~".contains(&self.last) || self.follows("return") || self.follows("when");
        let rest = &self.text[self.at + 1..];
        let Some(length) = regex_length(&rest[..rest.len().min(LONGEST_REGEX)]).filter(|_| value) else {
            return false;
        };
        self.part(Kind::Text { open: 1, close: 1 }, self.at + 1 + length);
        self.last = b'"';
        true
    }

    fn follows(&self, word: &str) -> bool {
        self.text[self.at.saturating_sub(20)..self.at].trim_ascii_end().ends_with(word.as_bytes())
    }
}

/// How far the regex goes, its closing slash included.
fn regex_length(rest: &[u8]) -> Option<usize> {
    let (mut at, mut class) = (0, false);
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\n' => return None,
            b'\\' => at += 1,
            b'[' => class = true,
            b']' => class = false,
            b'/' if !class => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// How far a block comment goes; to the end of the text when nothing closes it.
fn block_end(text: &[u8], (open, close): (&str, &str), nested: bool) -> usize {
    if !nested {
        let found = text.get(open.len()..).and_then(|rest| find(rest, close.as_bytes()));
        return found.map_or(text.len(), |end| open.len() + end + close.len());
    }
    let (mut at, mut depth) = (0, 0_usize);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(open.as_bytes()) {
            depth += 1;
            at += open.len();
        } else if rest.starts_with(close.as_bytes()) {
            depth -= 1;
            at += close.len();
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

fn find(text: &[u8], token: &[u8]) -> Option<usize> {
    text.windows(token.len()).position(|window| window == token)
}
