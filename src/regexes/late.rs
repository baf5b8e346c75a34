//! A regex that is compiled when it is first asked: of hundreds in the tables a run asks few.

use super::ascii;
use regex::{Captures, Match, Regex, bytes};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::sync::OnceLock;

/// A regex that tests know to be one, with the classes of [`ascii`]; should it be none all the same, it matches nothing.
#[derive(Debug)]
pub(crate) struct Late<R = Regex> {
    text: Cow<'static, str>,
    regex: OnceLock<Option<R>>,
}

/// A kind of regex.
pub(crate) trait Compile: Sized {
    fn compile(text: &str) -> Option<Self>;
}

impl Compile for Regex {
    fn compile(text: &str) -> Option<Self> {
        Self::new(text).ok()
    }
}

impl Compile for bytes::Regex {
    fn compile(text: &str) -> Option<Self> {
        Self::new(text).ok()
    }
}

impl<R: Compile> Late<R> {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: Cow::Owned(text.into()), regex: OnceLock::new() }
    }

    /// The regex; none where it is not one.
    pub(crate) fn get(&self) -> Option<&R> {
        self.regex.get_or_init(|| R::compile(&ascii(&self.text))).as_ref()
    }
}

impl Late<Regex> {
    /// One that stands in the code.
    pub(crate) const fn of(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), regex: OnceLock::new() }
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }

    pub(crate) fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.get()?.find(text)
    }

    pub(crate) fn find_iter<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Match<'t>> {
        self.get().into_iter().flat_map(|regex| regex.find_iter(text))
    }

    pub(crate) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.get()?.captures(text)
    }

    pub(crate) fn captures_iter<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Captures<'t>> {
        self.get().into_iter().flat_map(|regex| regex.captures_iter(text))
    }
}

impl Late<bytes::Regex> {
    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }
}

impl<'de> Deserialize<'de> for Late {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(String::deserialize(deserializer)?))
    }
}
