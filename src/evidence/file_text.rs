//! The text of one file, and what several readers work out of it: its masked forms and its documents, each once.
//!
//! Made for a file when it is read, and gone when its facts are there. Must not know what is looked for in it.

use super::languages;
use super::lexer::Masks;
use crate::document::{Format, Node, ParseError, parse, parse_all, parse_templated};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

/// The documents of a text, of which YAML can hold several, or why it is none.
pub type Documents = Result<Arc<[Node]>, ParseError>;

/// The text of a file.
pub struct FileText<'a> {
    /// Where it stands.
    pub path: &'a str,
    /// All of it.
    pub text: &'a str,
    /// Its masked forms.
    pub masks: Masks<'a>,
    format: Option<Format>,
    lower: OnceCell<String>,
    documents: OnceCell<Documents>,
    templated: OnceCell<Documents>,
}

impl<'a> FileText<'a> {
    /// The text of the file at this path.
    pub fn new(path: &'a str, text: &'a str) -> Self {
        let language = languages::by_path(path).map(|language| language.id.as_str());
        Self {
            path,
            text,
            masks: Masks::new(language, text),
            format: Format::of_path(path),
            lower: OnceCell::new(),
            documents: OnceCell::new(),
            templated: OnceCell::new(),
        }
    }

    /// The text in small letters of ASCII: every place in it is the same place in the text.
    pub fn lower(&self) -> &str {
        self.lower.get_or_init(|| self.text.to_ascii_lowercase())
    }

    /// The text as documents; none where its name does not say that it is data.
    pub fn documents(&self) -> Option<&Documents> {
        let format = self.format?;
        Some(self.documents.get_or_init(|| parse_all(format, self.text).map(Arc::from)))
    }

    /// The same, where a template of YAML is read as far as that is possible.
    pub fn templated(&self) -> Option<&Documents> {
        let plain = self.documents()?;
        if plain.is_ok() || self.format != Some(Format::Yaml) {
            return Some(plain);
        }
        Some(self.templated.get_or_init(|| parse_templated(self.text).map(Arc::from)))
    }

    /// The text as YAML, whatever its name says, a template as far as that can be read; none where it is neither.
    pub(super) fn as_templated(&self) -> Option<Arc<[Node]>> {
        if self.format == Some(Format::Yaml) {
            return self.templated()?.as_ref().ok().cloned();
        }
        parse_templated(self.text).ok().map(Arc::from)
    }

    /// The text as the one document of a format that it is; an empty one is null.
    pub(super) fn document_as(&self, format: Format) -> Option<Cow<'_, Node>> {
        if self.format != Some(format) {
            return parse(format, self.text).ok().map(Cow::Owned);
        }
        match &**self.documents()?.as_ref().ok()? {
            [] => Some(Cow::Owned(Node::null())),
            [node] => Some(Cow::Borrowed(node)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_what_the_name_says() {
        let count = |path, text| {
            let file = FileText::new(path, text);
            let of =
                |documents: Option<&Documents>| documents.map(|all| all.as_ref().map_or(99, |all| all.len()));
            (of(file.documents()), of(file.templated()), file.document_as(Format::Yaml).is_some())
        };
        assert_eq!(count("a.yml", "a: 1\n---\nb: 2\n"), (Some(2), Some(2), false));
        assert_eq!(count("a.yml", ""), (Some(0), Some(0), true));
        assert_eq!(count("a.json", "{}"), (Some(1), Some(1), true));
        assert_eq!(count("a.json", "a: 1"), (Some(99), Some(99), true));
        assert_eq!(count("a.yml", "{{ if a }}\nb: 1\n{{ end }}\n"), (Some(99), Some(1), false));
        assert_eq!(count("a.txt", "a: 1"), (None, None, true));
    }
}
