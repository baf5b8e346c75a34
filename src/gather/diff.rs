//! Two contents of a file -> which lines stand in place of which.

use super::extract::lines as count;
use crate::evidence::{Hunk, LineSet};
use gix::diff::blob::{Algorithm, InternedInput, diff_with_slider_heuristics};

/// Where the two differ, from top to bottom.
pub(super) fn hunks(old: &[u8], new: &[u8]) -> Vec<Hunk> {
    if old.is_empty() || new.is_empty() {
        let whole = Hunk { before: 0..count(old), after: 0..count(new) };
        return if old == new { Vec::new() } else { vec![whole] };
    }
    let input = InternedInput::new(old, new);
    let diff = diff_with_slider_heuristics(Algorithm::Histogram, &input);
    diff.hunks().map(|hunk| Hunk { before: hunk.before, after: hunk.after }).collect()
}

/// Lines of the new content that the old one does not have, and how many of the old one are gone.
pub(super) fn lines(hunks: &[Hunk]) -> (LineSet, u32) {
    let mut added = LineSet::default();
    for hunk in hunks {
        // Counted from 0 with an open end there, from 1 with a closed end here.
        added.push(hunk.after.start + 1, hunk.after.end);
    }
    (added, hunks.iter().map(|hunk| hunk.before.end - hunk.before.start).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_lines_are_exact() {
        type Case<'a> = (&'a str, &'a str, &'a [(u32, u32)], u32);
        let cases: [Case<'_>; 8] = [
            ("", "", &[], 0),
            ("", "a\nb", &[(1, 2)], 0),
            ("a\nb\n", "", &[], 2),
            ("a\nb\n", "a\nb\n", &[], 0),
            ("a\nb\nc\n", "a\nx\ny\nc\n", &[(2, 3)], 1),
            ("a\nb\nc\n", "c\n", &[], 2),
            ("a\n", "a\nb\n", &[(2, 2)], 0),
            ("f {\n}\n", "f {\n}\n\ng {\n}\n", &[(3, 5)], 0),
        ];
        for (old, new, added, removed) in cases {
            let (found, gone) = lines(&hunks(old.as_bytes(), new.as_bytes()));
            assert_eq!((found.ranges(), gone), (added, removed), "{old:?} -> {new:?}");
        }
    }
}
