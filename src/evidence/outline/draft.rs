//! An outline while it is written, and what the formats have in common: words, and code inside a line.

use super::{CodeBlock, Heading, Link, Outline};

pub(super) struct Draft(Outline);

impl Draft {
    pub(super) fn new() -> Self {
        let front = Heading { level: 0, line: 1, text: String::new(), words: 0 };
        Self(Outline { headings: vec![front], ..Outline::default() })
    }

    pub(super) fn done(self) -> Outline {
        self.0
    }

    pub(super) fn heading(&mut self, level: usize, line: u32, text: &str) {
        let level = u8::try_from(level.clamp(1, 6)).unwrap_or(6);
        self.0.headings.push(Heading { level, line, text: text.trim().to_owned(), words: 0 });
    }

    /// Adds to the text of the last heading.
    pub(super) fn title(&mut self, text: &str) {
        if let Some(heading) = self.0.headings.last_mut() {
            heading.text.push_str(text);
        }
    }

    pub(super) fn prose(&mut self, text: &str) {
        if let Some(heading) = self.0.headings.last_mut() {
            heading.words = heading.words.saturating_add(words(text));
        }
    }

    pub(super) fn code(&mut self, language: Option<String>, line: u32, text: &str) {
        self.0.code.push(CodeBlock { language, line, text: text.to_owned(), inline: false });
    }

    pub(super) fn inline(&mut self, line: u32, text: &str) {
        self.0.code.push(CodeBlock { language: None, line, text: text.to_owned(), inline: true });
    }

    /// Adds to the last piece of code.
    pub(super) fn more_code(&mut self, text: &str) {
        if let Some(code) = self.0.code.last_mut() {
            code.text.push_str(text);
        }
    }

    /// Lines of code, the blanks that all of them start with left out.
    pub(super) fn block(&mut self, language: Option<&str>, line: u32, lines: &[&str]) {
        let filled = lines.iter().filter(|line| !line.trim().is_empty());
        let margin = filled.map(|line| indent(line)).min().unwrap_or(0);
        let mut text = String::new();
        for line in lines {
            text.push_str(line.get(margin..).unwrap_or_default().trim_end());
            text.push('\n');
        }
        self.code(language.map(str::to_owned), line, &text);
    }

    pub(super) fn link(&mut self, line: u32, target: &str) {
        let target = target.trim();
        if !target.is_empty() && !target.contains(char::is_whitespace) {
            self.0.links.push(Link { target: target.to_owned(), line });
        }
    }

    /// A line of prose in which code stands between two of these marks.
    pub(super) fn line(&mut self, line: u32, text: &str, mark: &str) {
        let mut parts = text.split(mark);
        let Some(mut before) = parts.next() else { return };
        loop {
            self.prose(before);
            match (parts.next(), parts.next()) {
                (Some(code), Some(after)) => {
                    self.inline(line, code);
                    before = after;
                }
                (Some(rest), None) => return self.prose(rest),
                (None, _) => return,
            }
        }
    }
}

/// Bytes of blanks at the start.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// The line with this index, counted from 1.
pub(super) fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}

/// Whether the line is the entry of a list of files, which is no prose.
pub(super) fn names_file(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    first.contains('/') || first.starts_with(['├', '└', '│'])
}

/// Words with a letter in them. Of scripts that put no blanks between words two characters count as one word.
pub(super) fn words(text: &str) -> u32 {
    let count = text.split_whitespace().map(|word| {
        let dense = word.chars().filter(|char| is_dense(*char)).count();
        let plain = word.chars().any(|char| char.is_alphabetic() && !is_dense(char));
        dense.div_ceil(2) + usize::from(plain)
    });
    u32::try_from(count.sum::<usize>()).unwrap_or(u32::MAX)
}

/// Chinese characters, Japanese kana, and Thai.
const fn is_dense(char: char) -> bool {
    matches!(char, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{e00}'..='\u{e7f}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_whatever_the_script() {
        let cases = [
            ("one two", 2),
            ("1 | - 2.0", 0),
            ("系统架构", 2),
            ("使用 Redis 缓存", 3),
            ("서버 시작", 2),
            ("", 0),
        ];
        for (text, count) in cases {
            assert_eq!(words(text), count, "{text}");
        }
    }
}
