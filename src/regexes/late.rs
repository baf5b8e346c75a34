//! A regex that is compiled when it is first asked: of hundreds in the tables a run asks few.

use regex::{Regex, bytes};
use std::sync::OnceLock;

/// A regex that tests know to be one; should it be none all the same, it matches nothing.
#[derive(Debug)]
pub(crate) struct Late<R = Regex> {
    text: String,
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
        Self { text: text.into(), regex: OnceLock::new() }
    }

    /// The regex; none where it is not one.
    pub(crate) fn get(&self) -> Option<&R> {
        self.regex.get_or_init(|| R::compile(&self.text)).as_ref()
    }
}

impl Late<Regex> {
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }
}

impl Late<bytes::Regex> {
    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }
}
