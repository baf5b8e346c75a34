//! Tests that stand in the files of the product: in Rust the items behind `#[cfg(test)]` and `#[test]`, in JavaScript the blocks
//! behind `if (import.meta.vitest)`.
//!
//! Works on text without comments and strings, in which every bracket is code.

use std::ops::Range;

/// What JavaScript asks for before it tests itself.
const VITEST: &str = "import.meta.vitest";

/// Whether a text in this language can hold tests of its own.
pub(super) fn possible(language: Option<&str>, text: &str) -> bool {
    match language {
        Some("rust") => true,
        Some("javascript" | "typescript") => text.contains(VITEST),
        _ => false,
    }
}

/// What only tests run.
pub(super) fn tests(language: Option<&str>, code: &[u8]) -> Vec<Range<usize>> {
    if language == Some("rust") { items(code) } else { blocks(code) }
}

fn find_all<'a>(text: &'a [u8], token: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    memchr::memmem::find_iter(text, token)
}

/// Blocks behind `if (import.meta.vitest)`.
fn blocks(code: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in find_all(code, VITEST.as_bytes()) {
        let before = code[..at].trim_ascii_end();
        let before = before.strip_suffix(b"(").map(<[u8]>::trim_ascii_end).unwrap_or_default();
        let behind = &code[at + VITEST.len()..];
        let blanks = behind.len() - behind.trim_ascii_start().len();
        let close = at + VITEST.len() + blanks;
        let open =
            close + 1 + code.get(close + 1..).map_or(0, |rest| rest.len() - rest.trim_ascii_start().len());
        let inside = found.last().is_some_and(|last| last.end > at);
        if !inside
            && before.ends_with(b"if")
            && code.get(close) == Some(&b')')
            && code.get(open) == Some(&b'{')
        {
            found.push(before.len() - 2..(matching(code, open) + 1).min(code.len()));
        }
    }
    found
}

/// The items that only tests see, attributes included.
fn items(code: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(start) = find(code, at, b'#') {
        let inner = code.get(start + 1) == Some(&b'!');
        let open = start + 1 + usize::from(inner);
        if code.get(open) != Some(&b'[') {
            at = start + 1;
            continue;
        }
        let close = matching(code, open);
        let attribute: Vec<u8> =
            code[open + 1..close].iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        at = close + 1;
        if !is_test(&String::from_utf8_lossy(&attribute)) {
            continue;
        }
        // `#![cfg(test)]` means the whole file, or the module around it; only the file's is at the top.
        let end =
            if inner { if found.is_empty() && start < 1 { code.len() } else { at } } else { item(code, at) };
        found.push(start..end);
        at = end;
    }
    found
}

/// Whether an attribute says that what follows is compiled for tests alone.
fn is_test(attribute: &str) -> bool {
    let all = attribute.strip_prefix("cfg(all(").and_then(|rest| rest.strip_suffix("))"));
    let path = attribute.split('(').next().unwrap_or(attribute);
    attribute == "cfg(test)"
        || all.is_some_and(|all| all.split(',').any(|part| part == "test"))
        || matches!(path.rsplit("::").next(), Some("test" | "bench" | "rstest" | "test_case"))
}

/// Where the item ends that starts here, further attributes in front of it included.
fn item(code: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(byte) = code.get(at) {
        match byte {
            b'(' | b'[' => at = matching(code, at),
            b'{' => return (matching(code, at) + 1).min(code.len()),
            b';' => return at + 1,
            // The module around it closes: there was no item.
            b'}' => return at,
            _ => {}
        }
        at += 1;
    }
    code.len()
}

/// The bracket that closes the one at this place; the last byte where none does.
fn matching(code: &[u8], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.iter().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at;
        }
    }
    code.len().saturating_sub(1).max(open)
}

fn find(code: &[u8], from: usize, byte: u8) -> Option<usize> {
    code.get(from..)?.iter().position(|other| *other == byte).map(|at| from + at)
}
