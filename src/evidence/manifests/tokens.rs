//! Cuts a manifest that is a program into words, texts and marks. Not a parser: the readers look for calls.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, digits and `_`.
    Word,
    /// The inside of a string.
    Text,
    /// One character.
    Mark,
}

/// A piece of a program.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) line: u32,
    /// Whether it is the first of its line.
    pub(super) first: bool,
}

impl Token<'_> {
    pub(super) fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    pub(super) fn word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }
}

/// Most tokens of one text.
const MOST: usize = 100_000;

/// The tokens of a text without its comments.
pub(super) fn tokens(code: &str) -> Vec<Token<'_>> {
    let bytes = code.as_bytes();
    let (mut found, mut at, mut line, mut first): (Vec<Token<'_>>, usize, u32, bool) =
        (Vec::new(), 0, 1, true);
    while at < bytes.len() && found.len() < MOST {
        let byte = bytes[at];
        if byte.is_ascii_whitespace() {
            (line, first) = if byte == b'\n' { (line.saturating_add(1), true) } else { (line, first) };
            at += 1;
            continue;
        }
        let (kind, range, end) = match byte {
            b'"' | b'\'' => string(bytes, at),
            _ if word(byte) => {
                let length = bytes[at..].iter().take_while(|byte| word(**byte)).count();
                (Kind::Word, at..at + length, at + length)
            }
            _ => (Kind::Mark, at..at + 1, at + 1),
        };
        // Words take every byte that is not ASCII along, so no character is cut.
        let text = code.get(range).unwrap_or_default();
        found.push(Token { kind, text, line, first });
        let lines = code.get(at..end).map_or(0, |piece| piece.matches('\n').count());
        line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        (at, first) = (end, false);
    }
    found
}

const fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | 0x80..)
}

/// The string that opens here: its inside, and where it ends. One that is not closed ends with its line.
fn string(bytes: &[u8], start: usize) -> (Kind, std::ops::Range<usize>, usize) {
    let quote = bytes[start];
    let long = bytes[start..].starts_with(&[quote; 3]);
    let width = if long { 3 } else { 1 };
    let mut at = start + width;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest[0] == b'\\' {
            at = (at + 2).min(bytes.len());
        } else if rest[0] == quote && (!long || rest.starts_with(&[quote; 3])) {
            return (Kind::Text, start + width..at, at + width);
        } else if quote == b'"' && (rest.starts_with(b"${") || rest.starts_with(b"#{")) {
            // What is interpolated may hold quotes of its own.
            let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            at += rest[..line].iter().position(|byte| *byte == b'}').unwrap_or(1) + 1;
        } else if rest[0] == b'\n' && !long {
            break;
        } else {
            at += 1;
        }
    }
    (Kind::Text, start + width..at, at)
}

/// What stands between the bracket at this place and the one that closes it; up to the end where none does.
pub(super) fn inside<'a, 'b>(tokens: &'b [Token<'a>], open: usize) -> &'b [Token<'a>] {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.kind == Kind::Mark {
            match token.text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if depth == 0 {
            return tokens.get(open + 1..at).unwrap_or_default();
        }
    }
    tokens.get(open + 1..).unwrap_or_default()
}

/// The tokens behind `name:` or `name =` at the depth of the list itself.
pub(super) fn argument<'a, 'b>(list: &'b [Token<'a>], name: &str) -> Option<&'b [Token<'a>]> {
    let mut depth = 0_usize;
    for (at, token) in list.iter().enumerate() {
        if token.kind == Kind::Mark {
            match token.text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        let named = depth == 0 && token.word(name);
        if named && list.get(at + 1).is_some_and(|next| next.is(":") || next.is("=")) {
            let arrow = list.get(at + 2).is_some_and(|next| next.is(">"));
            return list.get(at + if arrow { 3 } else { 2 }..);
        }
    }
    None
}

/// The words and texts of a value: one alone, or all of a list.
pub(super) fn values<'a>(value: &[Token<'a>]) -> Vec<&'a str> {
    let open = value.iter().position(|token| !token.is(":") && !token.is("%") && !token.is("~"));
    let Some(open) = open else { return Vec::new() };
    let list = |open: usize| {
        inside(value, open).iter().filter(|token| token.kind != Kind::Mark).map(|token| token.text).collect()
    };
    match value[open] {
        // `~w(dev test)a` and `%i[dev test]`.
        token
            if token.kind == Kind::Word
                && value.get(open + 1).is_some_and(|next| next.is("(") || next.is("["))
                && matches!(token.text, "w" | "i" | "listOf" | "setOf") =>
        {
            list(open + 1)
        }
        token if token.is("[") || token.is("(") => list(open),
        token if token.kind == Kind::Mark => Vec::new(),
        token => vec![token.text],
    }
}
