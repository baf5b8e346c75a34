//! Problems of a document, each drawn at its place. The text is somebody's: nothing of it may steer a terminal.

use super::node::{Node, ParseError, Pos};
use crate::text;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::fmt::Write as _;
use std::sync::Arc;

/// Problems that are drawn; the rest is counted.
const DRAWN: usize = 50;

/// Characters of a line that are drawn behind the place.
const BEHIND: usize = 120;

/// Something wrong at a place of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Name of the document.
    pub source: String,
    /// Its whole text.
    pub text: Arc<str>,
    /// Where it starts; line 0 where it concerns the document as a whole.
    pub pos: Pos,
    /// Where it ends, exclusive.
    pub end: Pos,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem of the document as a whole.
    pub fn of_source(source: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            text: Arc::default(),
            pos: Pos::default(),
            end: Pos::default(),
            message: message.into(),
            hint: None,
        }
    }

    /// A problem at a value.
    pub fn at(source: &str, text: &Arc<str>, node: &Node, message: impl Into<String>) -> Self {
        Self { text: Arc::clone(text), pos: node.pos, end: node.end, ..Self::of_source(source, message) }
    }

    /// A text that is no document. What is missing at its end is told at its last line.
    pub fn unreadable(source: &str, text: &Arc<str>, error: ParseError) -> Self {
        let last = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).last();
        let pos = match last {
            Some((line, text)) if error.pos.line as usize > line => Pos::at(line, text.chars().count() + 1),
            _ => error.pos,
        };
        let end = pos;
        Self { text: Arc::clone(text), pos, end, ..Self::of_source(source, error.message) }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<Option<String>>) -> Self {
        self.hint = hint.into();
        self
    }

    /// `source:line:column`, or the source alone.
    pub fn place(&self) -> String {
        if self.pos.line == 0 {
            return text::aligned(&self.source);
        }
        format!("{}:{}:{}", text::aligned(&self.source), self.pos.line, self.pos.column)
    }

    fn render(&self, renderer: &Renderer) -> String {
        let (message, source) = (text::aligned(&self.message), text::aligned(&self.source));
        let title = Level::ERROR.primary_title(message);
        let line = self.pos.line.checked_sub(1).and_then(|line| self.text.lines().nth(line as usize));
        let group = match line {
            None => title.element(Origin::path(source)),
            Some(line) => {
                let (drawn, span) = self.drawn(line);
                let mark = AnnotationKind::Primary.span(span);
                let snippet = Snippet::source(drawn).line_start(self.pos.line as usize).path(source);
                title.element(snippet.annotation(mark))
            }
        };
        renderer.render(&[self.with_help(group)])
    }

    fn with_help<'a>(&self, group: Group<'a>) -> Group<'a> {
        match &self.hint {
            Some(hint) => group.element(Level::HELP.message(text::aligned(hint))),
            None => group,
        }
    }

    /// The line as it is drawn, and which of its bytes are at fault.
    fn drawn(&self, line: &str) -> (String, std::ops::Range<usize>) {
        let first = self.pos.column.saturating_sub(1) as usize;
        let last = if self.end.line == self.pos.line {
            self.end.column.saturating_sub(1) as usize
        } else {
            usize::MAX
        };
        let tamed: String = text::aligned(line).chars().take(first.saturating_add(BEHIND)).collect();
        let tamed = tamed.trim_end();
        let byte = |chars: usize| tamed.char_indices().nth(chars).map_or(tamed.len(), |(at, _)| at);
        let start = byte(first);
        // Where no end is known, the word that starts here is meant.
        let word = tamed[start..].find(|char: char| !(char.is_alphanumeric() || "_-".contains(char)));
        let end = if last > first { byte(last) } else { word.map_or(tamed.len(), |length| start + length) };
        (tamed.to_owned(), start..end.max(byte(first.saturating_add(1))).max(start))
    }
}

/// All problems that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// In order of document and place, each once.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        let key = |problem: &Problem| (problem.source.clone(), problem.pos, problem.message.clone());
        self.0.sort_by_cached_key(key);
        self.0.dedup();
        self
    }

    /// Draws all of them, in order, and counts them.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let sorted = self.clone().sorted().0;
        let mut text = String::new();
        for problem in sorted.iter().take(DRAWN) {
            // A drawn line can hold what the log of a workflow obeys.
            for line in problem.render(&renderer).lines() {
                text += &text::defuse(line);
                text.push('\n');
            }
            text.push('\n');
        }
        match sorted.len() {
            0 => {}
            1 => text += "1 problem\n",
            count if count > DRAWN => {
                let _ = writeln!(text, "{count} problems, the first {DRAWN} are shown");
            }
            count => {
                let _ = writeln!(text, "{count} problems");
            }
        }
        text
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl std::fmt::Display for Problems {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.render(false).trim_end())
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str, column: usize, end: usize) -> Problem {
        let (pos, end) = (Pos::at(1, column), Pos::at(1, end));
        Problem { text: text.into(), pos, end, ..Problem::of_source("a.yml", "this is wrong") }
    }

    #[test]
    fn a_problem_is_drawn_at_its_place() {
        let drawn = Problems::from(problem("é: wrong # x", 4, 9).hinted(Some("write `right`".into())));
        let expected = "error: this is wrong
 --> a.yml:1:4
  |
1 | é: wrong # x
  |    ^^^^^
  |
  = help: write `right`

1 problem
";
        assert_eq!(drawn.render(false), expected);
        assert!(drawn.render(true).contains("\u{1b}["));
    }

    #[test]
    fn hostile_text_does_not_reach_the_terminal() {
        let evil = "a\u{1b}[31m\u{202e}b\r\u{7}";
        let mut problem = problem(evil, 1, 3);
        problem.message = evil.into();
        problem.source = evil.into();
        problem.hint = Some(evil.into());
        let drawn = Problems::from(problem).render(false);
        assert!(!drawn.chars().any(|char| char != '\n' && char.is_control()), "{drawn:?}");
        assert!(!drawn.contains('\u{202e}'));
    }

    #[test]
    fn places_outside_of_the_text_do_no_harm() {
        for (column, end) in [(1, 1), (5, 2), (900, 1000), (0, 0)] {
            assert!(problem("short", column, end).place().starts_with("a.yml:1:"));
            assert!(Problems::from(problem("short", column, end)).render(false).contains("a.yml"));
            assert!(Problems::from(problem("", column, end)).render(false).contains("a.yml"));
        }
    }

    #[test]
    fn problems_stand_in_order_and_many_are_counted() {
        let list = (0..60).rev().map(|column| problem("x", column, column + 1)).collect();
        let text = Problems(list).render(false);
        assert!(text.ends_with("60 problems, the first 50 are shown\n"), "{text}");
    }
}
