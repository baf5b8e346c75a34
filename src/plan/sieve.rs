//! Tells which patterns can match in a text, in one pass over it and before any regex is compiled.
//!
//! A pattern needs texts ([`crate::regexes::required`]). A piece of a file is first reduced to the set of its triples of
//! characters; only a text whose triples are all there is looked for in it. Nothing is built for all patterns together, so that a run
//! pays for those alone whose files it meets. Must only ever say too much.

use crate::regexes::Texts;
use memchr::memmem;

/// Bytes of one piece: in larger ones nearly every triple stands somewhere.
const PIECE: usize = 16 << 10;
/// Bytes of a text that count, so that pieces need to overlap by no more.
const LONGEST: usize = 48;
/// Bits of one character's class.
const BITS: u32 = 6;
const TRIPLES: usize = 1 << (3 * BITS);

/// A piece of a text in small letters, and the triples of characters that stand in it.
struct Piece<'a> {
    text: &'a [u8],
    triples: Box<[u64]>,
}

/// Letters in either case are one, and no digit or sign is a letter.
const fn class(byte: u8) -> usize {
    (byte & 31 | (byte & 64) >> 1) as usize
}

const fn next(triple: usize, byte: u8) -> usize {
    (triple << BITS | class(byte)) & (TRIPLES - 1)
}

impl<'a> Piece<'a> {
    fn new(text: &'a [u8]) -> Self {
        let (mut triples, mut triple) = (vec![0_u64; TRIPLES / 64], 0);
        for byte in text {
            triple = next(triple, *byte);
            triples[triple / 64] |= 1 << (triple % 64);
        }
        Self { text, triples: triples.into() }
    }

    fn holds_one(&self, texts: &[Vec<u8>]) -> bool {
        texts.iter().any(|text| {
            let text = &text[..text.len().min(LONGEST)];
            self.may_hold(text) && memmem::find(self.text, text).is_some()
        })
    }

    /// Whether all triples of the text are there.
    fn may_hold(&self, text: &[u8]) -> bool {
        text.windows(3).all(|three| {
            let triple = three.iter().fold(0, |triple, byte| next(triple, *byte));
            self.triples[triple / 64] & 1 << (triple % 64) != 0
        })
    }
}

/// Those of the patterns that can match in the text, which is in small letters here, in their order. `needed` tells what a pattern needs.
pub(super) fn possible<'a>(lower: &str, patterns: &[u32], needed: impl Fn(u32) -> &'a Texts) -> Vec<u32> {
    if lower.len() <= PIECE {
        let piece = Piece::new(lower.as_bytes());
        let seen = |pattern: &&u32| needed(**pattern).iter().all(|texts| piece.holds_one(texts));
        return patterns.iter().filter(seen).copied().collect();
    }
    // A piece may hold a text of one choice, and another piece one of the next.
    let mut left: Vec<Vec<&Vec<Vec<u8>>>> =
        patterns.iter().map(|pattern| needed(*pattern).iter().collect()).collect();
    for start in (0..lower.len()).step_by(PIECE) {
        let piece = Piece::new(&lower.as_bytes()[start..lower.len().min(start + PIECE + LONGEST)]);
        for choices in &mut left {
            choices.retain(|texts| !piece.holds_one(texts));
        }
    }
    patterns.iter().zip(left).filter(|(_, left)| left.is_empty()).map(|(pattern, _)| *pattern).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regexes::required;

    fn found(regexes: &[&str], text: &str) -> Vec<u32> {
        let texts: Vec<Texts> = regexes.iter().map(|regex| required(regex)).collect();
        let patterns: Vec<u32> = (0..).zip(regexes).map(|(number, _)| number).collect();
        possible(&text.to_ascii_lowercase(), &patterns, |pattern| &texts[pattern as usize])
    }

    #[test]
    fn a_pattern_is_possible_where_its_texts_stand() {
        let regexes = ["import redis", "(?i)memcached|redis", r"\d", "nowhere"];
        assert_eq!(found(&regexes, "IMPORT REDIS"), [0, 1, 2]);
        assert_eq!(found(&regexes, "REDIS"), [1, 2]);
        assert_eq!(found(&regexes, "a memcached b"), [1, 2]);
        assert_eq!(found(&regexes, "red is his"), [2]);
        assert_eq!(found(&regexes, ""), [2]);
    }

    #[test]
    fn a_text_is_seen_wherever_it_stands() {
        let long = format!("start{}end", "x".repeat(80));
        for before in (PIECE - 100..PIECE + 2).chain([3 * PIECE - 5]) {
            let text = format!("first {}Some.Thing{} last", "a ".repeat(before / 2), " b".repeat(PIECE));
            let regexes = [r"some\.thing", "some.thing_else", &long, "first.some.last", "first.none"];
            assert_eq!(found(&regexes, &text), [0, 3], "{before}");
            assert_eq!(found(&[&long], &text.replace("Some", &long)), [0], "{before}");
        }
    }
}
