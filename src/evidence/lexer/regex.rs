//! Regex literals, and where a value is expected.

use super::scan::{Kind, Scanner};

/// A regex literal longer than this is none: bounds the search for its end.
const LONGEST_REGEX: usize = 400;

impl Scanner<'_> {
    /// A slash where a value is expected opens a regex that ends on its line.
    pub(super) fn regex(&mut self) -> bool {
        if !self.language.regexes || self.text[self.at] != b'/' || self.in_tag() {
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

    pub(super) fn follows(&self, word: &str) -> bool {
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
