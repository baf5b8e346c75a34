//! Tells code from comments and strings, by the table of the languages. Not a parser, and it need not be one.
//!
//! Linear in the length of the text, whatever the text is. Must not guess at a language it does not know.

mod comment;
mod heredoc;
mod in_file;
mod jsx;
mod quoted;
mod regex;
mod scan;
mod tokens;

use super::languages;
use super::needs::Mask;
use scan::{Kind, Part, scan};
use std::borrow::Cow;
use std::ops::Range;

/// The text with what the mask names blanked out, byte for byte, so that every place stays where it is.
pub fn masked<'a>(language: Option<&str>, text: &'a str, mask: Mask) -> Cow<'a, str> {
    let mask = plain(mask, language, text);
    if matches!(mask, Mask::Product | Mask::ProductCode) {
        return without_tests(language, text, mask);
    }
    let language = language.and_then(languages::by_id);
    let parts = match (language, mask) {
        (_, Mask::Nothing)
        | (None, Mask::Comments | Mask::CommentsAndStrings | Mask::Product | Mask::ProductCode) => {
            return Cow::Borrowed(text);
        }
        (None, Mask::Code) => vec![Part { kind: Kind::Code, range: 0..text.len() }],
        (Some(language), _) => scan(language, text.as_bytes()),
    };
    let mut bytes = text.as_bytes().to_vec();
    for part in parts {
        let range = match part.kind {
            Kind::Comment if mask != Mask::Code => part.range,
            Kind::Code | Kind::Text { .. } if mask == Mask::Code => part.range,
            Kind::Text { open, close } if mask == Mask::CommentsAndStrings => {
                part.range.start + open..part.range.end.saturating_sub(close)
            }
            Kind::Code | Kind::Text { .. } | Kind::Comment => continue,
        };
        blank(&mut bytes, range);
    }
    // Delimiters are ASCII, so only whole characters were blanked.
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The mask that comes to the same for a text without tests in it.
#[must_use]
pub fn plain(mask: Mask, language: Option<&str>, text: &str) -> Mask {
    match mask {
        Mask::Product if !in_file::possible(language, text) => Mask::Comments,
        Mask::ProductCode if !in_file::possible(language, text) => Mask::CommentsAndStrings,
        mask => mask,
    }
}

/// Line breaks stay, so that lines stay where they are.
fn blank(bytes: &mut [u8], range: Range<usize>) {
    for byte in bytes.get_mut(range).into_iter().flatten().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
        *byte = b' ';
    }
}

/// The masked text without the tests in it, which are looked for where comments and strings cannot mislead.
fn without_tests<'a>(language: Option<&str>, text: &'a str, mask: Mask) -> Cow<'a, str> {
    let code = masked(language, text, Mask::CommentsAndStrings);
    let kept = if mask == Mask::Product { masked(language, text, Mask::Comments) } else { code.clone() };
    let tests = in_file::tests(language, code.as_bytes());
    if tests.is_empty() || kept.len() != code.len() {
        return kept;
    }
    let mut bytes = kept.into_owned().into_bytes();
    for range in tests {
        blank(&mut bytes, range);
    }
    // Tests start and end with ASCII, so only whole characters were blanked.
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether the two texts differ in more than comments, blank lines and formatting.
/// `None` where the language is not known.
pub fn code_differs(language: Option<&str>, old: &str, new: &str) -> Option<bool> {
    let language = language.and_then(languages::by_id)?;
    Some(old != new && tokens::normal(language, old.as_bytes()) != tokens::normal(language, new.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Cases {
        masked: Vec<Masked>,
        differs: Vec<Differs>,
    }

    /// Blanks show as `·` in the expected texts; they are turned into spaces, one for each byte.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Masked {
        language: String,
        text: String,
        comments: Option<String>,
        strings: Option<String>,
        /// What is left when only comments are.
        code: Option<String>,
        product: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Differs {
        language: String,
        old: String,
        new: String,
        matters: bool,
    }

    fn cases() -> Cases {
        serde_yaml::from_str(include_str!("../../tests/cases/lexer.yml")).unwrap()
    }

    #[test]
    fn comments_and_strings_are_blanked_and_nothing_else() {
        for case in cases().masked {
            let Masked { language, text, comments, strings, code, product } = case;
            let check = |expected: Option<String>, mask| {
                let Some(expected) = expected.map(|text| text.replace('·', " ")) else { return };
                let found = masked(Some(&language), &text, mask);
                assert_eq!(found, expected, "{language}: {text}");
                assert_eq!(found.len(), text.len(), "{language}: {text}");
            };
            check(comments, Mask::Comments);
            check(strings, Mask::CommentsAndStrings);
            check(code, Mask::Code);
            check(product, Mask::Product);
        }
    }

    #[test]
    fn the_comments_of_every_language_are_known() {
        for language in languages::all() {
            let lines = language.line.iter().map(|open| format!("{open} here\n"));
            let blocks = language.block.iter().map(|(open, close)| format!("{open} here {close}\n"));
            for comment in lines.chain(blocks) {
                let text = format!("a \n{comment}b");
                let comment = comment.trim_start_matches('\n');
                let (kept, blanked) = (
                    masked(Some(&language.id), &text, Mask::Code),
                    masked(Some(&language.id), &text, Mask::Comments),
                );
                assert_eq!(kept.trim(), comment.trim(), "{}: {text}", language.id);
                assert_eq!(blanked.split_whitespace().collect::<String>(), "ab", "{}: {text}", language.id);
            }
        }
    }

    #[test]
    fn only_code_makes_a_difference() {
        for case in cases().differs {
            let found = code_differs(Some(&case.language), &case.old, &case.new);
            assert_eq!(found, Some(case.matters), "{}: {} | {}", case.language, case.old, case.new);
        }
        assert_eq!(code_differs(None, "a", "b"), None);
        assert_eq!(code_differs(Some("cobol"), "a", "b"), None);
    }
}
