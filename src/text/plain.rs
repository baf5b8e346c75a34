//! Text for people and logs: what cannot be seen is spelled out, what is too long is cut.

use super::workflow::defuse;
use std::fmt::Write;

/// The mark of a cut.
const ELLIPSIS: char = '…';

/// Whether a character acts on a screen, or hides on it, instead of being shown.
const fn is_invisible(character: char) -> bool {
    matches!(character,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'       // C0 with ESC, CR and LF; DEL; C1
        | '\u{ad}' | '\u{34f}' | '\u{61c}'          // soft hyphen, joiner, Arabic letter mark
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // blank Hangul letters
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'                   // zero width, left-to-right and right-to-left marks
        | '\u{2028}'..='\u{202e}'                   // line and paragraph separator, bidi embedding and override
        | '\u{2060}'..='\u{206f}'                   // word joiner, bidi isolates, deprecated controls
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}'      // byte order mark, annotation controls
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'                 // tags and selectors that smuggle text
    )
}

/// The text with every character that would act or hide spelled as an escape, `\n` or `\u{202e}`.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if is_invisible(character) => {
                // Writing into a `String` cannot fail.
                let _ = write!(out, "{}", character.escape_unicode());
            }
            _ => out.push(character),
        }
    }
    out
}

/// The text with every such character, and every tab, replaced one for one, so that columns stay true.
pub fn aligned(text: &str) -> String {
    let harmless = |character| match character {
        '\t' => ' ',
        _ if is_invisible(character) => char::REPLACEMENT_CHARACTER,
        _ => character,
    };
    text.chars().map(harmless).collect()
}

/// `1 rule`, `2 rules`.
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// For a terminal, whose output may also end in a workflow's log: one line, without effect on either.
pub fn terminal(text: &str) -> String {
    defuse(&visible(text))
}

/// The text as one line of at most `max` characters; white space is joined to single spaces.
pub fn one_line(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        // The cut needs to see no more than one character too many.
        if count > max {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        let word = visible(&word.chars().take(max.saturating_add(1)).collect::<String>());
        count += word.chars().count() + 1;
        out.push_str(&word);
    }
    cut(&out, max)
}

/// At most `max` characters; an ellipsis stands for what was cut.
pub fn cut(text: &str, max: usize) -> String {
    if max == 0 {
        return String::new();
    }
    if text.char_indices().nth(max).is_none() {
        return text.to_owned();
    }
    let end = text.char_indices().nth(max - 1).map_or(text.len(), |(index, _)| index);
    format!("{kept}{ELLIPSIS}", kept = &text[..end])
}

#[cfg(test)]
mod tests {
    use super::super::hostile;
    use super::*;

    #[test]
    fn what_acts_or_hides_is_spelled_out() {
        for (text, expected) in [
            ("plain text", "plain text"),
            ("naïve 漢字 👍", "naïve 漢字 👍"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("a\r\nb\tc\0", "a\\r\\nb\\tc\\u{0}"),
            ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
            ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
            ("\u{200e}\u{200f}\u{200b}\u{feff}", "\\u{200e}\\u{200f}\\u{200b}\\u{feff}"),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            ("\u{e0041}", "\\u{e0041}"),
            // The emoji selector is part of everyday text.
            ("⚠\u{fe0f}", "⚠\u{fe0f}"),
        ] {
            assert_eq!(visible(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_terminal_gets_one_line_without_controls_or_commands() {
        for text in hostile::all() {
            let shown = terminal(&text);
            assert!(!shown.chars().any(is_invisible), "{text:?} became {shown:?}");
            assert!(!shown.contains("##[") && !shown.trim_start().starts_with("::"), "{shown:?}");
        }
    }

    #[test]
    fn one_line_joins_white_space_and_is_bounded() {
        for (text, max, expected) in [
            ("a\n  b\t c\r\n", 80, "a b c"),
            ("  ", 80, ""),
            ("one two three", 8, "one two…"),
            ("one two", 7, "one two"),
            ("esc \u{1b}[1m", 80, "esc \\u{1b}[1m"),
        ] {
            assert_eq!(one_line(text, max), expected, "{text:?}");
        }
        for text in hostile::all() {
            let line = one_line(&text, 40);
            assert!(line.chars().count() <= 40 && !line.chars().any(is_invisible), "{line:?}");
        }
    }

    #[test]
    fn a_cut_keeps_whole_characters_and_says_so() {
        for (text, max, expected) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("漢字漢字", 3, "漢字…"),
            ("👍👍", 1, "…"),
            ("abc", 0, ""),
            ("", 5, ""),
        ] {
            assert_eq!(cut(text, max), expected);
        }
    }
}
