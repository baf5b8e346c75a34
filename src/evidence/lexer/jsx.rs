//! JSX: what stands between tags is text, and code in braces within it.
//!
//! Where a value is expected, `<Name` opens an element when something closes it further on: a type parameter is never closed.

use super::scan::{Kind, Open, Scanner};
use std::collections::HashMap;

/// Elements that are open, one in the other.
#[derive(Clone, Copy)]
pub(super) struct Elements {
    count: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Inside of `<a b={c}>`, or of `</a>`.
    Tag { closing: bool },
    /// Between tags.
    Text,
    /// Inside of braces between tags.
    Code,
}

/// The last place at which each element is closed.
pub(super) struct Closers<'a>(HashMap<&'a [u8], usize>);

impl<'a> Closers<'a> {
    fn of(text: &'a [u8]) -> Self {
        let closes = |at: &usize| text[*at] == b'<' && text.get(at + 1) == Some(&b'/');
        let places = (0..text.len()).filter(closes);
        Self(places.map(|at| (name(&text[at + 2..]), at)).collect())
    }
}

/// Longest name of an element.
const LONGEST: usize = 100;

fn name(text: &[u8]) -> &[u8] {
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':' | b'$');
    &text[..text.iter().take(LONGEST).take_while(part).count()]
}

impl<'a> Scanner<'a> {
    /// An element where a value is expected.
    pub(super) fn element(&mut self) -> bool {
        if !self.language.jsx || self.text[self.at] != b'<' {
            return false;
        }
        let text: &'a [u8] = self.text;
        let value = b"(,=:[&|?{};\n".contains(&self.last)
            || ["return", "=>", "default"].iter().any(|word| self.follows(word));
        let name = name(&text[self.at + 1..]);
        let next = text.get(self.at + 1 + name.len()).copied().unwrap_or_default();
        let begins = match name.first() {
            None => next == b'>',
            Some(first) => {
                first.is_ascii_alphabetic() && (next.is_ascii_whitespace() || matches!(next, b'>' | b'/'))
            }
        };
        if !value || !begins {
            return false;
        }
        let at = self.at;
        let closers = self.closers.get_or_insert_with(|| Closers::of(text));
        if closers.0.get(name).is_none_or(|last| *last < at) {
            return false;
        }
        self.open.push((Open::Elements(Elements { count: 0, state: State::Tag { closing: false } }), 0));
        self.at += 1 + name.len();
        self.last = b'<';
        true
    }

    /// Whether what is at hand stands in a tag, outside of braces.
    pub(super) fn in_tag(&self) -> bool {
        matches!(self.open.last(), Some((Open::Elements(Elements { state: State::Tag { .. }, .. }), 0)))
    }

    /// Text between tags, and where tags begin and end; nothing of it where code is at hand.
    pub(super) fn elements(&mut self) -> bool {
        let before = self.before();
        let Some((Open::Elements(elements), depth)) = self.open.last_mut() else { return false };
        match (elements.state, self.text[self.at]) {
            (State::Tag { closing }, b'>') if *depth == 0 => {
                if closing {
                    elements.count = elements.count.saturating_sub(1);
                } else {
                    elements.count += usize::from(before != b'/');
                }
                elements.state = State::Text;
                if elements.count == 0 {
                    self.open.pop();
                }
                self.at += 1;
                self.last = b')';
            }
            (State::Text, b'{') => {
                (elements.state, *depth) = (State::Code, 0);
                self.at += 1;
                self.last = b'{';
            }
            (State::Text, b'<') => {
                let closing = self.text.get(self.at + 1) == Some(&b'/');
                elements.state = State::Tag { closing };
                self.at += 1 + usize::from(closing);
                self.last = b'<';
            }
            // Blanks around a text are formatting.
            (State::Text, byte) if byte.is_ascii_whitespace() => self.at += 1,
            (State::Text, _) => {
                let rest = &self.text[self.at..];
                let length = rest.iter().position(|byte| matches!(byte, b'<' | b'{')).unwrap_or(rest.len());
                let length = rest[..length].trim_ascii_end().len();
                self.part(Kind::Text { open: 0, close: 0 }, self.at + length);
            }
            (State::Tag { .. } | State::Code, _) => return false,
        }
        true
    }

    /// A brace that opened nothing here: code between tags ends with it, and a tag with one is none.
    pub(super) fn ends_code(&mut self) {
        self.at += 1;
        self.last = b'}';
        match self.open.last_mut() {
            Some((Open::Elements(elements), _)) if elements.state == State::Code => {
                elements.state = State::Text;
            }
            _ => drop(self.open.pop()),
        }
    }
}
