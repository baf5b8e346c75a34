//! Comments, and the text that code is embedded in.

use super::scan::{Kind, Scanner, find};

impl Scanner<'_> {
    pub(super) fn comment(&mut self) -> bool {
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
            let ends = |at: &usize| rest[*at] == b'\n' || self.embedded && rest[*at..].starts_with(b"?>");
            let end = (0..rest.len()).find(ends).unwrap_or(rest.len());
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

    /// Code that stands in a text of another kind begins with a mark; where there is none, everything is code.
    pub(super) fn embed(&mut self) {
        self.embedded =
            self.language.embedded && self.text.windows(3).any(|window| window == b"<?p" || window == b"<?=");
        if self.embedded {
            self.outside();
        }
    }

    /// The text outside of the marks, up to the next one.
    fn outside(&mut self) {
        let rest = &self.text[self.at..];
        let opens = |at: &usize| {
            let rest = &rest[*at..];
            rest.starts_with(b"<?=")
                || rest.starts_with(b"<?php")
                || rest.starts_with(b"<?\n")
                || rest.starts_with(b"<? ")
        };
        let length = (0..rest.len()).find(opens).unwrap_or(rest.len());
        self.part(Kind::Text { open: 0, close: 0 }, self.at + length);
        self.last = b'\n';
        if self.at < self.text.len() {
            self.at += 2;
        }
    }

    /// A mark that ends the code.
    pub(super) fn leave(&mut self) -> bool {
        let leaves = self.embedded && self.starts("?>");
        if leaves {
            self.at += 2;
            self.outside();
        }
        leaves
    }
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
