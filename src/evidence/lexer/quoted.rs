//! Strings whose quotes are chosen where they are written: `r#"..."#`, `$$"""..."""`, sigils of Elixir, `%w[...]` of Ruby.

use super::scan::{Kind, Open, Scanner, find};
use crate::evidence::languages::Style;

/// A raw string of C#: so many quotes end it, so many braces open an interpolation.
#[derive(Clone, Copy)]
pub(super) struct Raw {
    quotes: usize,
    dollars: usize,
}

impl Raw {
    /// How many of these braces end an interpolation.
    pub(super) fn braces(self, text: &[u8]) -> usize {
        run(text, b'}').min(self.dollars)
    }
}

/// A string between two marks.
#[derive(Clone, Copy)]
pub(super) struct Quoted {
    /// The byte that ends it, and how many of it.
    close: (u8, usize),
    /// The bracket that opens another level.
    nests: Option<u8>,
    level: usize,
    interpolates: bool,
}

/// How often the byte stands at the start.
fn run(text: &[u8], byte: u8) -> usize {
    text.iter().take_while(|other| **other == byte).count()
}

impl Scanner<'_> {
    /// `r##"..."##` and `##"..."##`: the number of `#` belongs to the quotes.
    pub(super) fn hashed(&mut self, style: &Style) -> bool {
        let prefix = style.open.trim_end_matches('"').len();
        let word = self.before().is_ascii_alphanumeric() && !matches!(self.before(), b'b' | b'c')
            || self.before() == b'_';
        if word || !self.starts(&style.open[..prefix]) {
            return false;
        }
        let rest = &self.text[self.at + prefix..];
        let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
        if rest.get(hashes) != Some(&b'"') || style.raw && hashes == 0 {
            return false;
        }
        // Swift has raw strings over lines, too.
        let quotes = if style.raw && run(&rest[hashes..], b'"') >= 3 { 3 } else { 1 };
        let mut close = vec![b'"'; quotes];
        close.extend(std::iter::repeat_n(b'#', hashes));
        let open = prefix + hashes + quotes;
        let inside = &self.text[self.at + open..];
        let found = find(inside, &close);
        let end = found.map_or(self.text.len(), |end| self.at + open + end + close.len());
        self.part(Kind::Text { open, close: found.map_or(0, |_| close.len()) }, end);
        self.last = b'"';
        true
    }

    /// `"""..."""` of C#, with any number of quotes from three, and of `$` in front.
    pub(super) fn raw(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let dollars = run(rest, b'$');
        let quotes = run(&rest[dollars..], b'"');
        if quotes >= 3 {
            self.raw_from(Raw { quotes, dollars }, dollars + quotes);
        }
        quotes >= 3
    }

    /// The raw string that starts here, or goes on behind an interpolation.
    pub(super) fn raw_from(&mut self, raw: Raw, open: usize) {
        let (mut at, mut close, mut interpolates) = (self.at + open, 0, false);
        while let Some(byte) = self.text.get(at) {
            let length = match byte {
                b'"' | b'{' => run(&self.text[at..], *byte),
                _ => 1,
            };
            at += length;
            interpolates = *byte == b'{' && raw.dollars > 0 && length >= raw.dollars;
            if interpolates {
                close = raw.dollars;
                break;
            }
            if *byte == b'"' && length >= raw.quotes {
                close = raw.quotes;
                break;
            }
        }
        self.part(Kind::Text { open, close }, at);
        self.last = b'"';
        if interpolates {
            self.interrupt(Open::Raw(raw));
        }
    }

    /// `~w(...)` of Elixir, `%w[...]` of Ruby.
    pub(super) fn sigil(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let letters = rest.iter().skip(1).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (Some(mark), Some(letter), Some(delimiter)) =
            (rest.first().copied(), rest.get(1).copied(), rest.get(1 + letters).copied())
        else {
            return false;
        };
        let known = match mark {
            b'~' => letters == 1 || letters > 1 && rest[1..=letters].iter().all(u8::is_ascii_uppercase),
            b'%' => letters == 1 && b"wWiIqQrxs".contains(&letter) && !self.before().is_ascii_alphanumeric(),
            _ => false,
        };
        let close = match delimiter {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            b'<' => b'>',
            b'/' | b'|' | b'!' => delimiter,
            b'"' | b'\'' if mark == b'~' => delimiter,
            _ => return false,
        };
        if !known {
            return false;
        }
        let count =
            if matches!(close, b'"' | b'\'') && run(&rest[1 + letters..], close) >= 3 { 3 } else { 1 };
        let interpolates =
            if mark == b'~' { letter.is_ascii_lowercase() } else { b"WIQrx".contains(&letter) };
        let nests = (mark == b'%' && close != delimiter).then_some(delimiter);
        self.quoted_from(
            Quoted { close: (close, count), nests, level: 0, interpolates },
            1 + letters + count,
            false,
        );
        true
    }

    /// The string that starts here, or goes on behind an interpolation.
    pub(super) fn quoted_from(&mut self, mut quoted: Quoted, open: usize, resumed: bool) {
        let comment = !resumed && self.follows_doc();
        let (mut at, mut end, mut interpolates) = (self.at + open, 0, false);
        while let Some(byte) = self.text.get(at).copied() {
            let rest = &self.text[at..];
            let (close, count) = quoted.close;
            if byte == b'\\' {
                at = (at + 2).min(self.text.len());
            } else if byte == close && run(rest, close) >= count {
                at += count;
                if quoted.level == 0 {
                    end = count;
                    break;
                }
                quoted.level -= 1;
            } else if quoted.interpolates && rest.starts_with(b"#{") {
                (at, end, interpolates) = (at + 2, 2, true);
                break;
            } else {
                quoted.level += usize::from(quoted.nests == Some(byte));
                at += 1;
            }
        }
        // A backslash can step into the middle of a character.
        while at < self.text.len() && self.text[at] & 0xC0 == 0x80 {
            at += 1;
        }
        self.part(if comment { Kind::Comment } else { Kind::Text { open, close: end } }, at);
        self.last = b'"';
        if interpolates {
            self.interrupt(Open::Quoted(quoted));
        }
    }
}
