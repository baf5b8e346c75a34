//! Byte offsets -> line and column.

use super::node::Pos;

/// Bytes between two remembered counts of characters: a one-line document of a megabyte stays quick.
const STEP: usize = 256;

/// Where lines start, and how many characters stand before every [`STEP`]th byte.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    chars: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut chars = Vec::with_capacity(text.len() / STEP + 1);
        let mut count = 0;
        for chunk in text.as_bytes().chunks(STEP) {
            chars.push(count);
            count += heads(chunk);
        }
        Self { text, starts, chars }
    }

    /// The place of a byte.
    pub(super) fn pos(&self, offset: usize) -> Pos {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        Pos::at(line, self.before(offset) - self.before(start) + 1)
    }

    fn before(&self, offset: usize) -> usize {
        let step = (offset / STEP).min(self.chars.len().saturating_sub(1));
        let counted = self.chars.get(step).copied().unwrap_or_default();
        counted + heads(&self.text.as_bytes()[(step * STEP).min(offset)..offset])
    }
}

/// How many characters start in these bytes.
fn heads(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = format!("a\n{}x\nß y", "é".repeat(300));
        let lines = Lines::new(&text);
        let place = |needle: &str| lines.pos(text.find(needle).unwrap());
        assert_eq!(place("a"), Pos::at(1, 1));
        assert_eq!(place("x"), Pos::at(2, 301));
        assert_eq!(place("y"), Pos::at(3, 3));
        assert_eq!(lines.pos(usize::MAX), Pos::at(3, 4));
        assert_eq!(Lines::new("").pos(0), Pos::START);
    }
}
