//! Tells code from comments and strings, by the table of the languages. Not a parser, and it need not be one.
//!
//! Linear in the length of the text, whatever the text is. Must not guess at a language it does not know.

mod scan;
mod tokens;

use super::languages;
use super::needs::Mask;
use scan::{Kind, scan};
use std::borrow::Cow;

/// The text with what the mask names blanked out, byte for byte, so that every place stays where it is.
pub fn masked<'a>(language: Option<&str>, text: &'a str, mask: Mask) -> Cow<'a, str> {
    let Some(language) = language.and_then(languages::by_id).filter(|_| mask != Mask::Nothing) else {
        return Cow::Borrowed(text);
    };
    let mut bytes = text.as_bytes().to_vec();
    for part in scan(language, text.as_bytes()) {
        let range = match part.kind {
            Kind::Comment => part.range,
            Kind::Text { open, close } if mask == Mask::CommentsAndStrings => {
                part.range.start + open..part.range.end.saturating_sub(close)
            }
            Kind::Code | Kind::Text { .. } => continue,
        };
        for byte in bytes.get_mut(range).into_iter().flatten() {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    // Delimiters are ASCII, so only whole characters were blanked.
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
            let Masked { language, text, comments, strings } = case;
            let check = |expected: Option<String>, mask| {
                let Some(expected) = expected.map(|text| text.replace('·', " ")) else { return };
                let found = masked(Some(&language), &text, mask);
                assert_eq!(found, expected, "{language}: {text}");
                assert_eq!(found.len(), text.len(), "{language}: {text}");
            };
            check(comments, Mask::Comments);
            check(strings, Mask::CommentsAndStrings);
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
