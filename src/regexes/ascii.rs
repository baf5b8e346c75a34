//! Regexes whose `\\w`, `\\d`, `\\s` and `\\b` mean ASCII.
//!
//! What we look for are names, keys and paths. The tables of Unicode make a regex dear to compile, and its word boundary keeps
//! the fast engine from running on any text that holds a letter beyond ASCII. `build.rs` asks it too.

/// The regex with the classes of Perl written out in ASCII; everything else stays as it is.
pub(crate) fn ascii(regex: &str) -> String {
    let mut text = String::with_capacity(regex.len() + 16);
    let mut letters = regex.chars().peekable();
    // How many brackets of classes are open.
    let mut depth = 0_u32;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                let Some(escaped) = letters.next() else {
                    text.push(letter);
                    break;
                };
                match (escaped, depth > 0) {
                    ('w', true) => text.push_str("0-9A-Za-z_"),
                    ('d', true) => text.push_str("0-9"),
                    ('s', true) => text.push_str(r"\t-\r\x20"),
                    ('w', false) => text.push_str("[0-9A-Za-z_]"),
                    ('d', false) => text.push_str("[0-9]"),
                    ('s', false) => text.push_str(r"[\t-\r\x20]"),
                    // `\b{start}` is another thing.
                    ('b', false) if letters.peek() != Some(&'{') => text.push_str(r"(?-u:\b)"),
                    (other, _) => text.extend([letter, other]),
                }
            }
            '[' => {
                depth += 1;
                text.push(letter);
                if letters.peek() == Some(&'^') {
                    text.extend(letters.next());
                }
                // A bracket that closes nothing, because it is the first of its class.
                if letters.peek() == Some(&']') {
                    text.extend(letters.next());
                }
            }
            _ => {
                depth = depth.saturating_sub(u32::from(letter == ']'));
                text.push(letter);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_written_out_wherever_they_stand() {
        let cases = [
            (r"\bfoo\b", r"(?-u:\b)foo(?-u:\b)"),
            (r"\w+\s*=\d", r"[0-9A-Za-z_]+[\t-\r\x20]*=[0-9]"),
            (r"[\w.-]+[^\s]", r"[0-9A-Za-z_.-]+[^\t-\r\x20]"),
            (r"[]\d][^]\d]", r"[]0-9][^]0-9]"),
            (r"\\b\[\w", r"\\b\[[0-9A-Za-z_]"),
            (r"\S\W\b{start}\.", r"\S\W\b{start}\."),
            ("\\", "\\"),
        ];
        for (regex, expected) in cases {
            assert_eq!(ascii(regex), expected);
            if regex.len() > 1 {
                assert!(regex::Regex::new(expected).is_ok(), "{expected}");
            }
        }
    }
}
