//! The masked forms of one text: it is cut into its parts once, and each form is made when it is first asked for.

use super::in_file;
use super::scan::{Kind, Part, scan};
use crate::evidence::languages::{self, Language};
use crate::evidence::needs::Mask;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

/// A text in its masked forms. Every place in them is the same place in the text.
pub struct Masks<'a> {
    text: &'a str,
    language: Option<&'static Language>,
    parts: OnceCell<Vec<Part>>,
    /// Whether tests can stand in it.
    tests: OnceCell<bool>,
    forms: [OnceCell<Cow<'a, str>>; 5],
}

impl<'a> Masks<'a> {
    /// The forms of a text in a language, by its id.
    pub fn new(language: Option<&str>, text: &'a str) -> Self {
        let language = language.and_then(languages::by_id);
        Self { text, language, parts: OnceCell::new(), tests: OnceCell::new(), forms: Default::default() }
    }

    /// The text with what the mask names blanked out.
    pub fn get(&self, mask: Mask) -> &str {
        let (mask, place) = self.place(mask);
        place.map_or(self.text, |place| self.forms[place].get_or_init(|| self.form(mask)))
    }

    /// The same for somebody who asks once.
    pub(super) fn into_form(self, mask: Mask) -> Cow<'a, str> {
        let (mask, _) = self.place(mask);
        self.form(mask)
    }

    fn place(&self, mask: Mask) -> (Mask, Option<usize>) {
        let mask = match mask {
            Mask::Product if !self.has_tests() => Mask::Comments,
            Mask::ProductCode if !self.has_tests() => Mask::CommentsAndStrings,
            mask => mask,
        };
        let place = match mask {
            Mask::Nothing => None,
            Mask::Comments => Some(0),
            Mask::CommentsAndStrings => Some(1),
            Mask::Code => Some(2),
            Mask::Product => Some(3),
            Mask::ProductCode => Some(4),
        };
        (mask, place)
    }

    fn id(&self) -> Option<&'static str> {
        self.language.map(|language| language.id.as_str())
    }

    /// Whether tests can stand in it, so that the masks of the product are masks of their own.
    pub fn has_tests(&self) -> bool {
        *self.tests.get_or_init(|| in_file::possible(self.id(), self.text))
    }

    fn form(&self, mask: Mask) -> Cow<'a, str> {
        let Some(language) = self.language else {
            let everything = Part { kind: Kind::Code, range: 0..self.text.len() };
            let known = mask == Mask::Code;
            return if known { blanked(self.text, &[everything], mask) } else { Cow::Borrowed(self.text) };
        };
        match mask {
            Mask::Nothing => Cow::Borrowed(self.text),
            Mask::Product => self.without_tests(Mask::Comments),
            Mask::ProductCode => self.without_tests(Mask::CommentsAndStrings),
            Mask::Comments | Mask::CommentsAndStrings | Mask::Code => {
                let parts = self.parts.get_or_init(|| scan(language, self.text.as_bytes()));
                blanked(self.text, parts, mask)
            }
        }
    }

    /// The masked text without the tests in it, which are looked for where comments and strings cannot mislead.
    fn without_tests(&self, mask: Mask) -> Cow<'a, str> {
        let (code, kept) = (self.get(Mask::CommentsAndStrings), self.get(mask));
        let tests = in_file::tests(self.id(), code.as_bytes());
        let mut bytes = kept.as_bytes().to_vec();
        if kept.len() == code.len() {
            for range in tests {
                blank(&mut bytes, range);
            }
        }
        // Tests start and end with ASCII, so only whole characters were blanked.
        String::from_utf8(bytes).map_or(Cow::Borrowed(self.text), Cow::Owned)
    }
}

fn blanked<'a>(text: &'a str, parts: &[Part], mask: Mask) -> Cow<'a, str> {
    let mut bytes = text.as_bytes().to_vec();
    for part in parts {
        let range = match part.kind {
            Kind::Comment if mask != Mask::Code => part.range.clone(),
            Kind::Code | Kind::Text { .. } if mask == Mask::Code => part.range.clone(),
            Kind::Text { open, close } if mask == Mask::CommentsAndStrings => {
                part.range.start + open..part.range.end.saturating_sub(close)
            }
            Kind::Code | Kind::Text { .. } | Kind::Comment => continue,
        };
        blank(&mut bytes, range);
    }
    // Delimiters are ASCII, so only whole characters were blanked.
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Line breaks stay, so that lines stay where they are.
fn blank(bytes: &mut [u8], range: Range<usize>) {
    for byte in bytes.get_mut(range).into_iter().flatten().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
        *byte = b' ';
    }
}
