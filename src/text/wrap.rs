//! Breaking prose into lines, measured in the columns that a terminal shows.

use super::plain::terminal;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that the text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// At most `columns` columns; an ellipsis stands for what was cut.
pub fn cut_columns(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for character in text.chars() {
        let next = character.width().unwrap_or(0);
        if used + next + 1 > columns {
            break;
        }
        used += next;
        out.push(character);
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// Lines of at most `columns` columns, safe for a terminal. The text's own line breaks and indentation stay;
/// a word that is longer than a line is broken.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.trim_end().lines() {
        let indent = paragraph.len() - paragraph.trim_start_matches(' ').len();
        let indent = " ".repeat(indent.min(columns / 4));
        wrap_paragraph(paragraph, &indent, columns.max(2), &mut lines);
    }
    lines
}

fn wrap_paragraph(text: &str, indent: &str, columns: usize, lines: &mut Vec<String>) {
    let mut line = indent.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        let mut rest = terminal(word);
        let space = usize::from(!empty);
        if !empty && width(&line) + space + width(&rest) > columns {
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        while width(&line) + width(&rest) > columns {
            let at = split_at_width(&rest, columns - width(&line));
            let tail = rest.split_off(at);
            line.push_str(&rest);
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
            rest = tail;
        }
        line.push_str(&rest);
        empty = false;
    }
    lines.push(line.trim_end().to_owned());
}

/// The byte where the first `columns` columns end; always behind one character at least.
fn split_at_width(text: &str, columns: usize) -> usize {
    let mut used = 0;
    for (index, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > columns && index > 0 {
            return index;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::super::hostile;
    use super::*;

    #[test]
    fn prose_is_broken_at_words_and_long_words_anywhere() {
        let cases: [(&str, usize, &[&str]); 8] = [
            ("one two three", 7, &["one two", "three"]),
            ("one\ntwo", 20, &["one", "two"]),
            ("a\n\nb", 20, &["a", "", "b"]),
            ("list:\n  - one two", 9, &["list:", "  - one", "  two"]),
            ("abcdefgh", 3, &["abc", "def", "gh"]),
            ("漢字漢字", 4, &["漢字", "漢字"]),
            ("ab 漢字", 5, &["ab", "漢字"]),
            ("", 10, &[]),
        ];
        for (text, columns, expected) in cases {
            assert_eq!(wrap(text, columns), expected, "{text:?}");
        }
    }

    #[test]
    fn no_line_is_wider_than_allowed() {
        for text in hostile::all() {
            for columns in [2, 10, 80] {
                for line in wrap(&text, columns) {
                    assert!(width(&line) <= columns, "{columns}: {line:?}");
                }
                assert!(width(&cut_columns(&terminal(&text), columns)) <= columns);
            }
        }
    }

    #[test]
    fn cutting_counts_columns_and_not_characters() {
        for (text, columns, expected) in
            [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("漢字", 3, "漢…"), ("漢字", 2, "…"), ("ab", 0, "")]
        {
            assert_eq!(cut_columns(text, columns), expected);
        }
    }
}
