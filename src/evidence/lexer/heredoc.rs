//! Here-documents of Ruby, PHP and the shell: their bodies are text, and begin behind the line that names them.
//!
//! One is only taken for one where a line ends it; the lines are indexed once, so that it costs no more than reading them.

use super::scan::{Kind, Open, Scanner};
use crate::evidence::languages::Heredocs;
use std::collections::HashMap;

/// Longest name of a here-document.
const LONGEST: usize = 64;

/// A here-document whose body follows.
#[derive(Clone, Copy)]
pub(super) struct Heredoc<'a> {
    name: &'a [u8],
    /// How the line looks that ends it.
    ending: Ending,
    interpolates: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// The name alone, at the start of the line.
    Alone,
    /// The name alone, behind blanks perhaps.
    Indented,
    /// A line that begins with the name.
    Beginning,
}

/// A line that begins with a name.
struct Line {
    start: usize,
    indented: bool,
    alone: bool,
}

/// Lines by the names that they begin with, in order.
pub(super) struct Ends<'a>(HashMap<&'a [u8], Vec<Line>>);

impl<'a> Ends<'a> {
    fn of(text: &'a [u8]) -> Self {
        let (mut found, mut start) = (HashMap::<_, Vec<Line>>::new(), 0);
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let name = name(&line[blanks..]);
            if !name.is_empty() {
                let alone = line[blanks + name.len()..].trim_ascii().is_empty();
                found.entry(name).or_default().push(Line { start, indented: blanks > 0, alone });
            }
            start += line.len();
        }
        Self(found)
    }

    /// The start of the line that ends a here-document whose body starts here.
    fn find(&self, heredoc: &Heredoc<'_>, from: usize) -> Option<usize> {
        let lines = self.0.get(heredoc.name)?;
        let first = lines.partition_point(|line| line.start < from);
        let ends = |line: &&Line| match heredoc.ending {
            Ending::Alone => line.alone && !line.indented,
            Ending::Indented => line.alone,
            Ending::Beginning => true,
        };
        lines[first..].iter().take(MOST_LINES).find(ends).map(|line| line.start)
    }
}

/// Lines with the name of a here-document that do not end it: more of them, and it is taken for none.
const MOST_LINES: usize = 16;

/// The identifier at the start.
fn name(text: &[u8]) -> &[u8] {
    let word = text
        .iter()
        .take(LONGEST + 1)
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    let known = word <= LONGEST && !text.first().is_none_or(u8::is_ascii_digit);
    if known { &text[..word] } else { &[] }
}

impl<'a> Scanner<'a> {
    /// `<<~NAME` and its kin: code, whose body follows behind the line.
    pub(super) fn heredoc(&mut self) -> bool {
        let Some(kind) = self.language.heredocs.filter(|_| self.starts("<<")) else { return false };
        let found = match kind {
            Heredocs::Php => self.php(),
            Heredocs::Ruby => self.ruby(),
            Heredocs::Shell => self.shell(),
        };
        let Some((heredoc, length)) = found else { return false };
        let text = self.text;
        let ends = self.ends.get_or_insert_with(|| Ends::of(text));
        if ends.find(&heredoc, self.at + length).is_none() {
            return false;
        }
        self.pending.push_back(heredoc);
        self.at += length;
        self.last = b'"';
        true
    }

    /// A name that may stand in quotes, and how many bytes it takes: `NAME`, `'NAME'`.
    fn named(&self, from: usize) -> Option<(&'a [u8], u8, usize)> {
        let text: &'a [u8] = self.text;
        let rest = text.get(self.at + from..)?;
        let quote = rest.first().copied().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        let name = name(&rest[usize::from(quote.is_some())..]);
        let closed = quote.is_none_or(|quote| rest.get(1 + name.len()) == Some(&quote));
        let length = name.len() + if quote.is_some() { 2 } else { 0 };
        (closed && !name.is_empty()).then_some((name, quote.unwrap_or(0), length))
    }

    fn php(&self) -> Option<(Heredoc<'a>, usize)> {
        let rest = self.text[self.at..].strip_prefix(b"<<<")?;
        let blanks = rest.iter().take(8).take_while(|byte| **byte == b' ').count();
        let (name, _, length) = self.named(3 + blanks)?;
        let length = 3 + blanks + length;
        let ends = matches!(self.text.get(self.at + length), Some(b'\n' | b'\r'));
        ends.then_some((Heredoc { name, ending: Ending::Beginning, interpolates: false }, length))
    }

    fn ruby(&self) -> Option<(Heredoc<'a>, usize)> {
        let mark = usize::from(matches!(self.text.get(self.at + 2), Some(b'~' | b'-')));
        let (name, quote, length) = self.named(2 + mark)?;
        // Without a mark it can as well be two values that are shifted.
        let plain = mark == 0
            && (!name[0].is_ascii_uppercase()
                || self.before().is_ascii_alphanumeric()
                || matches!(self.before(), b')' | b']'));
        let ending = if mark == 0 { Ending::Alone } else { Ending::Indented };
        (!plain).then_some((Heredoc { name, ending, interpolates: quote != b'\'' }, 2 + mark + length))
    }

    fn shell(&self) -> Option<(Heredoc<'a>, usize)> {
        if self.starts("<<<") || self.before() == b'<' {
            return None;
        }
        let mark = usize::from(self.text.get(self.at + 2) == Some(&b'-'));
        let rest = &self.text[self.at + 2 + mark..];
        let blanks = rest.iter().take(8).take_while(|byte| matches!(byte, b' ' | b'\t' | b'\\')).count();
        let (name, _, length) = self.named(2 + mark + blanks)?;
        let ending = if mark == 0 { Ending::Alone } else { Ending::Indented };
        Some((Heredoc { name, ending, interpolates: false }, 2 + mark + blanks + length))
    }

    /// The body of the next here-document, behind the line break at hand.
    pub(super) fn body(&mut self) {
        self.at += 1;
        let Some(heredoc) = self.pending.pop_front() else { return };
        let Some(end) = self.ends.as_ref().and_then(|ends| ends.find(&heredoc, self.at)) else { return };
        if heredoc.interpolates {
            self.body_from(end, 0);
        } else {
            self.part(Kind::Text { open: 0, close: 0 }, end);
        }
    }

    /// The body up to its end, or to the next interpolation.
    pub(super) fn body_from(&mut self, end: usize, open: usize) {
        let end = end.max(self.at + open).min(self.text.len());
        let mut at = self.at + open;
        while at < end {
            match self.text[at] {
                b'\\' => at += 2,
                b'#' if self.text.get(at + 1) == Some(&b'{') => {
                    self.part(Kind::Text { open, close: 2 }, at + 2);
                    self.bodies += 1;
                    return self.interrupt(Open::Body(end));
                }
                _ => at += 1,
            }
        }
        self.part(Kind::Text { open, close: 0 }, end);
        self.last = b'"';
    }
}
