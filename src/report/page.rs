//! Lines of a terminal: wrapped to its width, coloured if it wants that, never able to act on it.

use crate::text;
use anstyle::{AnsiColor, Style};

/// Narrower than this, wrapping would make a column of letters.
const MIN_WIDTH: usize = 40;

pub(super) const PLAIN: Style = Style::new();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const RED: Style = AnsiColor::Red.on_default().bold();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(super) const GREEN: Style = AnsiColor::Green.on_default();

/// A text under construction.
pub(super) struct Page {
    out: String,
    columns: usize,
    colour: bool,
}

impl Page {
    pub(super) fn new(columns: usize, colour: bool) -> Self {
        Self { out: String::new(), columns: columns.max(MIN_WIDTH), colour }
    }

    /// An empty line, unless there is one or nothing yet.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Text with nothing in front of it.
    pub(super) fn text(&mut self, indent: usize, style: Style, text: &str) {
        self.hang(indent, ("", PLAIN), (text, style));
    }

    /// A label, and text that is wrapped at the label's right. Both may be hostile.
    pub(super) fn hang(&mut self, indent: usize, label: (&str, Style), text: (&str, Style)) {
        let start = text::terminal(label.0);
        let inner = indent + text::width(&start);
        // A long label leaves the text a line of its own.
        let (inner, own_line) =
            if inner + 20 > self.columns && !start.is_empty() { (indent + 2, true) } else { (inner, false) };
        let mut first = Some(self.paint(&start, label.1));
        if own_line {
            for line in text::wrap(&start, self.columns - indent) {
                self.push(indent, &self.paint(line.trim_end(), label.1));
            }
            first = None;
        }
        for line in text::wrap(text.0, self.columns.saturating_sub(inner)) {
            let painted = self.paint(&line, text.1);
            match first.take() {
                Some(label) => self.push(indent, &format!("{label}{painted}")),
                None if line.is_empty() => self.push(0, ""),
                None => self.push(inner, &painted),
            }
        }
        if let Some(label) = first.filter(|_| !start.trim().is_empty()) {
            self.push(indent, &label);
        }
    }

    /// One line that is cut where the width ends.
    pub(super) fn row(&mut self, indent: usize, label: (&str, Style), text: &str) {
        let start = text::terminal(label.0);
        let line = format!("{start}{rest}", rest = text::terminal(text));
        let line = text::cut_columns(&line, self.columns.saturating_sub(indent));
        match line.strip_prefix(&start) {
            Some(rest) => self.push(indent, &format!("{label}{rest}", label = self.paint(&start, label.1))),
            None => self.push(indent, &line),
        }
    }

    fn paint(&self, text: &str, style: Style) -> String {
        if self.colour && style != PLAIN && !text.trim().is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// The only way into the text: also a word that wrapping moved to the start of a line stays harmless.
    fn push(&mut self, indent: usize, line: &str) {
        let line = format!("{space}{line}", space = " ".repeat(indent));
        self.out.push_str(text::defuse(&line).trim_end());
        self.out.push('\n');
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}
