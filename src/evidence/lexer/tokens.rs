//! The normal form of code: what is left when comments, blank lines and formatting are taken away.

use super::scan::{Kind, Part, scan};
use crate::evidence::languages::Language;

/// Code in which only differences that matter are left.
pub(super) fn normal(language: &Language, text: &[u8]) -> Vec<u8> {
    let mut form =
        Form { language, out: Vec::with_capacity(text.len()), blank: false, depth: 0, levels: vec![0] };
    let parts = scan(language, text);
    for (at, part) in parts.iter().enumerate() {
        match part.kind {
            Kind::Comment => form.blank = true,
            Kind::Text { open, close } => form.string(&text[part.range.clone()], open, close),
            Kind::Code => {
                let comment_follows = parts.get(at + 1).is_some_and(|next| next.kind == Kind::Comment);
                form.code(text, part, comment_follows);
            }
        }
    }
    form.out
}

struct Form<'a> {
    language: &'a Language,
    out: Vec<u8>,
    /// Whether blanks or a comment lie behind what was written last.
    blank: bool,
    /// Depth of brackets, inside which line breaks mean nothing.
    depth: u32,
    /// Widths of the indentations that are open.
    levels: Vec<usize>,
}

impl Form<'_> {
    fn code(&mut self, text: &[u8], part: &Part, comment_follows: bool) {
        let mut at = part.range.start;
        while at < part.range.end {
            let byte = text[at];
            let line_start = at == 0 || text[at - 1] == b'\n';
            if line_start && self.language.indentation && self.depth == 0 {
                let line = &text[at..part.range.end];
                let width = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                // A line that holds nothing, or nothing but a comment, opens no level.
                let empty = match line.get(width) {
                    Some(next) => matches!(next, b'\n' | b'\r'),
                    None => comment_follows || part.range.end == text.len(),
                };
                if !empty {
                    self.level(width);
                }
                at += width;
                if width > 0 {
                    continue;
                }
            }
            if byte.is_ascii_whitespace() {
                self.blank = true;
            } else {
                self.byte(byte);
            }
            at += 1;
        }
    }

    /// Writes how deep a line is, however wide one step is.
    fn level(&mut self, width: usize) {
        while self.levels.last().is_some_and(|open| *open > width) {
            self.levels.pop();
        }
        if self.levels.last().is_none_or(|open| *open < width) {
            self.levels.push(width);
        }
        self.out.push(b'\n');
        self.out.extend_from_slice(self.levels.len().to_string().as_bytes());
        self.out.push(b' ');
        self.blank = false;
    }

    fn byte(&mut self, byte: u8) {
        match byte {
            b'(' | b'[' | b'{' => self.depth += 1,
            b')' | b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                // A comma in front of a closing bracket is formatting, except that `(a,)` is a tuple in Python.
                if self.out.last() == Some(&b',') && !(self.language.indentation && byte == b')') {
                    self.out.pop();
                }
            }
            _ => {}
        }
        self.separate(byte);
        self.out.push(byte);
        self.blank = false;
    }

    fn string(&mut self, text: &[u8], open: usize, close: usize) {
        self.separate(b'"');
        let inside = &text[open.min(text.len())..text.len().saturating_sub(close).max(open.min(text.len()))];
        let plain =
            open == 1 && close == 1 && !inside.iter().any(|byte| matches!(byte, b'\'' | b'"' | b'\\'));
        let exchangeable = self.language.quotes && plain && matches!(text.first(), Some(b'\'' | b'"'));
        if exchangeable {
            self.out.push(b'"');
            self.out.extend_from_slice(inside);
            self.out.push(b'"');
        } else {
            self.out.extend_from_slice(text);
        }
        self.blank = false;
    }

    /// Blanks matter between two words and between two operators, nowhere else.
    fn separate(&mut self, next: u8) {
        let Some(last) = self.out.last().copied().filter(|_| self.blank) else { return };
        if word(last) && word(next) || operator(last) && operator(next) {
            self.out.push(b' ');
        }
    }
}

const fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'@' | 0x80..)
}

const fn operator(byte: u8) -> bool {
    matches!(
        byte,
        b'+' | b'-'
            | b'*'
            | b'/'
            | b'<'
            | b'>'
            | b'='
            | b'!'
            | b'&'
            | b'|'
            | b'^'
            | b'%'
            | b'?'
            | b':'
            | b'.'
            | b'~'
    )
}
