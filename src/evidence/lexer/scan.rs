//! Cuts a text into code, comments and strings. What is text in other ways has modules of its own.

use super::heredoc::{Ends, Heredoc};
use super::jsx::{Closers, Elements};
use super::quoted::{Quoted, Raw};
use crate::evidence::languages::{Language, Style};
use std::collections::VecDeque;
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

/// Cuts the text into parts.
pub(super) fn scan(language: &Language, text: &[u8]) -> Vec<Part> {
    let mut scanner = Scanner {
        language,
        text,
        at: 0,
        start: 0,
        parts: Vec::new(),
        open: Vec::new(),
        last: b'\n',
        pending: VecDeque::new(),
        bodies: 0,
        ends: None,
        closers: None,
        embedded: false,
    };
    scanner.embed();
    while scanner.at < text.len() {
        scanner.step();
    }
    scanner.flush(text.len());
    scanner.parts
}

/// What code stands in, and goes on behind it.
#[derive(Clone, Copy)]
pub(super) enum Open<'a> {
    /// A string of a style.
    Style(&'a Style),
    /// A here-document whose body ends here.
    Body(usize),
    /// A raw string of C#.
    Raw(Raw),
    /// A sigil of Elixir, a literal of Ruby.
    Quoted(Quoted),
    /// Elements of JSX.
    Elements(Elements),
}

pub(super) struct Scanner<'a> {
    pub(super) language: &'a Language,
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    /// Where the code began that is not yet a part.
    start: usize,
    parts: Vec<Part>,
    /// What is interrupted by code, with the depth of braces inside it.
    pub(super) open: Vec<(Open<'a>, u32)>,
    /// Last byte of code that is no blank.
    pub(super) last: u8,
    /// Here-documents whose bodies follow behind the line.
    pub(super) pending: VecDeque<Heredoc<'a>>,
    /// How many bodies are open.
    pub(super) bodies: u32,
    /// Lines that can end here-documents, once somebody asked.
    pub(super) ends: Option<Ends<'a>>,
    /// Elements that are closed, once somebody asked.
    pub(super) closers: Option<Closers<'a>>,
    /// Code stands between marks in a text of another kind.
    pub(super) embedded: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn starts(&self, token: &str) -> bool {
        self.text[self.at..].starts_with(token.as_bytes())
    }

    pub(super) fn before(&self) -> u8 {
        self.at.checked_sub(1).map_or(b'\n', |at| self.text[at])
    }

    fn flush(&mut self, end: usize) {
        if self.start < end {
            self.parts.push(Part { kind: Kind::Code, range: self.start..end });
        }
        self.start = end;
    }

    pub(super) fn part(&mut self, kind: Kind, end: usize) {
        self.flush(self.at);
        if end > self.at {
            self.parts.push(Part { kind, range: self.at..end });
        }
        (self.at, self.start) = (end, end);
    }

    /// Goes on to the next byte that can open something.
    fn skip(&mut self) {
        let (language, rest) = (self.language, &self.text[self.at..]);
        let skipped = rest.iter().position(|byte| language.opens_with(*byte)).unwrap_or(rest.len());
        if let Some(last) = rest[..skipped].iter().rfind(|byte| !byte.is_ascii_whitespace()) {
            self.last = *last;
        }
        self.at += skipped;
    }

    fn step(&mut self) {
        if self.open.is_empty() && self.pending.is_empty() {
            self.skip();
        }
        let Some(byte) = self.text.get(self.at).copied() else { return };
        if byte == b'\n' && self.bodies == 0 && !self.pending.is_empty() {
            return self.body();
        }
        if matches!(self.open.last(), Some((Open::Elements(_), _))) && self.elements() {
            return;
        }
        if self.language.opens_with(byte) && (self.comment() || self.leave() || self.string() || self.value())
        {
            return;
        }
        if let Some((open, depth)) = self.open.last_mut() {
            match byte {
                _ if matches!(open, Open::Body(end) if self.at >= *end) => {
                    self.open.pop();
                    self.bodies -= 1;
                    return;
                }
                b'{' => *depth += 1,
                b'}' if *depth == 0 => {
                    let open = *open;
                    return self.resume(open);
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

    /// Goes on with what the code at hand interrupts; a closing brace ends that code.
    fn resume(&mut self, open: Open<'a>) {
        match open {
            Open::Elements(_) => return self.ends_code(),
            Open::Body(_) => self.bodies -= 1,
            Open::Style(_) | Open::Raw(_) | Open::Quoted(_) => {}
        }
        self.open.pop();
        match open {
            Open::Style(style) => self.text_from(style, 1, 1),
            Open::Body(end) => self.body_from(end, 1),
            Open::Raw(raw) => self.raw_from(raw, raw.braces(&self.text[self.at..])),
            Open::Quoted(quoted) => self.quoted_from(quoted, 1, true),
            Open::Elements(_) => {}
        }
    }

    /// What opens a value that is no plain string.
    fn value(&mut self) -> bool {
        self.heredoc() || self.regex() || self.element()
    }

    fn string(&mut self) -> bool {
        let language = self.language;
        if language.spaced && self.before().is_ascii_alphanumeric() {
            return false;
        }
        for style in &language.styles {
            let found = if style.hashes {
                self.hashed(style)
            } else if style.quotes {
                self.raw()
            } else if style.sigil {
                self.sigil()
            } else {
                let prefixed = !style.prefixed || self.before().is_ascii_alphanumeric();
                let found = prefixed && self.starts(&style.open) && (!style.char || self.is_char());
                if found {
                    self.text_from(style, style.open.len(), 0);
                }
                found
            };
            if found {
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
            } else if style.doubled && is_doubled(rest, style) {
                at += 2;
            } else if rest.starts_with(style.close.as_bytes()) {
                close = style.close.len();
                at += close;
                break;
            } else if *byte == b'\n' && !style.multiline {
                break;
            } else if let Some(open) =
                style.interpolation.as_ref().filter(|open| rest.starts_with(open.as_bytes()))
            {
                close = open.len();
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
            self.interrupt(Open::Style(style));
        }
    }

    /// Code begins inside of something.
    pub(super) fn interrupt(&mut self, open: Open<'a>) {
        self.open.push((open, 0));
        self.last = b'(';
    }

    /// A string that nothing uses is a comment, and so is one behind a word such as `@doc`.
    fn is_documentation(&self, style: &Style) -> bool {
        if !style.statement && self.language.docs.is_empty() {
            return false;
        }
        let line = self.line_before();
        if style.statement {
            return line.is_empty()
                && !matches!(self.last, b'(' | b'[' | b'{' | b',' | b'=' | b'+' | b'\\' | b'%');
        }
        self.follows_doc()
    }

    /// What stands in front of this on its line, as far as it matters.
    fn line_before(&self) -> &'a [u8] {
        let before = &self.text[self.at.saturating_sub(80)..self.at];
        before.rsplit(|byte| *byte == b'\n').next().unwrap_or(before).trim_ascii()
    }

    /// Whether this stands behind a word such as `@doc`.
    pub(super) fn follows_doc(&self) -> bool {
        let line = self.line_before();
        self.language.docs.iter().any(|word| line == word.as_bytes())
    }
}

/// What is written twice in a row means itself: the brace of an interpolation, and the quote where a backslash means nothing.
fn is_doubled(rest: &[u8], style: &Style) -> bool {
    let twice =
        |token: &str| token.len() == 1 && rest.starts_with(token.as_bytes()) && rest.get(1) == rest.first();
    style.interpolation.as_deref().is_some_and(twice) || !style.escape && twice(&style.close)
}

pub(super) fn find(text: &[u8], token: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, token)
}
