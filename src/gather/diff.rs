//! Two contents of a file -> the lines that were added and how many were removed.

use super::extract::lines as count;
use crate::evidence::LineSet;
use gix::diff::blob::{Algorithm, InternedInput, diff_with_slider_heuristics};

/// Lines of `new` that `old` does not have, and how many of `old` are gone.
pub(super) fn lines(old: &[u8], new: &[u8]) -> (LineSet, u32) {
    if old.is_empty() || new.is_empty() {
        return (LineSet::all(count(new)), count(old));
    }
    let input = InternedInput::new(old, new);
    let diff = diff_with_slider_heuristics(Algorithm::Histogram, &input);
    let mut added = LineSet::default();
    for hunk in diff.hunks() {
        // Counted from 0 with an open end there, from 1 with a closed end here.
        added.push(hunk.after.start + 1, hunk.after.end);
    }
    (added, diff.count_removals())
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
            let (found, gone) = lines(old.as_bytes(), new.as_bytes());
            assert_eq!((found.ranges(), gone), (added, removed), "{old:?} -> {new:?}");
        }
    }
}
