//! Tests that stand in the files of the product: in Rust the items behind `#[cfg(test)]` and `#[test]`.
//!
//! Works on text without comments and strings, in which every bracket is code.

use std::ops::Range;

/// The items that only tests see, attributes included.
pub(super) fn tests(code: &[u8]) -> Vec<Range<usize>> {
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
