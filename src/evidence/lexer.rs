//! Tells code from comments and strings, by the table of the languages. Not a parser, and it need not be one.
//!
//! Linear in the length of the text, whatever the text is. Must not guess at a language it does not know.

mod comment;
mod heredoc;
mod in_file;
mod jsx;
mod masks;
mod quoted;
mod regex;
mod scan;
mod tokens;

pub use masks::Masks;

use super::languages;
use super::needs::Mask;
use std::borrow::Cow;

/// The text with what the mask names blanked out, byte for byte, so that every place stays where it is.
pub fn masked<'a>(language: Option<&str>, text: &'a str, mask: Mask) -> Cow<'a, str> {
    Masks::new(language, text).into_form(mask)
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
