//! The languages: by which paths they are known, and how their comments and strings look.
//!
//! Data of ours, `policies/data/languages.yml`, read once. Knows nothing of classes or rules.

use crate::embedded;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A language of the table.
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of data")]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Language {
    pub(super) id: String,
    #[serde(default)]
    pub(super) code: bool,
    #[serde(default)]
    extensions: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    pub(super) line: Vec<String>,
    #[serde(default)]
    pub(super) block: Vec<(String, String)>,
    #[serde(default)]
    pub(super) never: Vec<String>,
    #[serde(default)]
    pub(super) nested: bool,
    #[serde(default)]
    strings: Vec<String>,
    #[serde(default)]
    pub(super) spaced: bool,
    #[serde(default)]
    pub(super) indentation: bool,
    #[serde(default)]
    pub(super) regexes: bool,
    #[serde(default)]
    pub(super) quotes: bool,
    #[serde(default)]
    pub(super) docs: Vec<String>,
    #[serde(default)]
    pub(super) heredocs: Option<Heredocs>,
    #[serde(default)]
    pub(super) jsx: bool,
    #[serde(default)]
    pub(super) embedded: bool,
    /// The styles that `strings` names, longest opening first where one starts with another.
    #[serde(skip)]
    pub(super) styles: Vec<Style>,
    /// Whether a comment, a string or a regex can open with this byte.
    #[serde(skip)]
    opens: Opens,
}

/// Bytes that can open something; all where nothing is known yet.
#[derive(Debug)]
struct Opens([bool; 256]);

impl Default for Opens {
    fn default() -> Self {
        Self([true; 256])
    }
}

/// How here-documents are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Heredocs {
    /// `<<~NAME`, `<<-NAME`, `<<NAME`, with interpolations unless the name stands in single quotes.
    Ruby,
    /// `<<<NAME`, ended by a line that begins with the name.
    Php,
    /// `<<NAME`, `<<-NAME`.
    Shell,
}

/// One way to write a string.
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of data")]
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Style {
    pub(super) open: String,
    /// What ends it; the opening where nothing is said.
    #[serde(default)]
    pub(super) close: String,
    /// A backslash takes the next character along.
    #[serde(default)]
    pub(super) escape: bool,
    #[serde(default)]
    pub(super) multiline: bool,
    /// Opens code inside the string, which a `}` ends.
    pub(super) interpolation: Option<String>,
    /// A comment when it is a statement of its own.
    #[serde(default)]
    pub(super) statement: bool,
    /// Only a single character (else the quote is something else, such as a lifetime).
    #[serde(default)]
    pub(super) char: bool,
    /// Any number of `#` around the quotes belongs to them.
    #[serde(default)]
    pub(super) hashes: bool,
    /// With `hashes`: the `#` come first and there is at least one.
    #[serde(default)]
    pub(super) raw: bool,
    /// Any number of quotes from three, and of `$` in front: a raw string of C#.
    #[serde(default)]
    pub(super) quotes: bool,
    /// A sigil of Elixir or a literal of Ruby, whose letters and quotes are chosen where it is written.
    #[serde(default)]
    pub(super) sigil: bool,
    /// Only behind a word, which belongs to it.
    #[serde(default)]
    pub(super) prefixed: bool,
    /// What opens an interpolation, or ends the string, means itself when it is written twice.
    #[serde(default)]
    pub(super) doubled: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    strings: HashMap<String, Style>,
    languages: Vec<Language>,
}

#[derive(Debug, Default)]
struct Index {
    languages: Vec<Language>,
    by_extension: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
    by_id: HashMap<String, usize>,
}

fn parse() -> Result<Index, String> {
    let Table { strings, mut languages } = embedded::table("languages")?;
    let mut index = Index::default();
    for (at, language) in languages.iter_mut().enumerate() {
        let known = language.strings.iter().filter_map(|name| strings.get(name).cloned());
        language.styles = known.map(closed).collect();
        language.opens = opens(language);
        index.by_id.insert(language.id.clone(), at);
        index.by_extension.extend(language.extensions.iter().map(|extension| (extension.clone(), at)));
        index.by_name.extend(language.names.iter().map(|name| (name.clone(), at)));
    }
    index.languages = languages;
    Ok(index)
}

fn closed(mut style: Style) -> Style {
    if style.close.is_empty() {
        style.close.clone_from(&style.open);
    }
    style
}

impl Language {
    /// Whether something other than code can open with this byte. Most bytes open nothing, and nobody looks further.
    pub(super) fn opens_with(&self, byte: u8) -> bool {
        self.opens.0[usize::from(byte)]
    }
}

fn opens(language: &Language) -> Opens {
    let mut opens = [false; 256];
    let mut mark = |text: &str| match text.as_bytes().first() {
        Some(byte) => opens[usize::from(*byte)] = true,
        None => opens.fill(true),
    };
    language.line.iter().for_each(|open| mark(open));
    for (open, _) in &language.block {
        mark(open);
        // At the start of the text the line break may be missing.
        mark(open.trim_start_matches('\n'));
    }
    for style in &language.styles {
        mark(&style.open);
        if style.hashes {
            mark("#");
        }
        if style.quotes {
            mark("$");
        }
    }
    if language.jsx || language.heredocs.is_some() {
        mark("<");
    }
    if language.embedded {
        mark("?");
    }
    if language.regexes {
        mark("/");
    }
    Opens(opens)
}

/// The table is ours and a test reads it; should it break all the same, no language is known.
static INDEX: LazyLock<Index> = LazyLock::new(|| parse().unwrap_or_default());

/// All languages of the table.
pub(super) fn all() -> &'static [Language] {
    &INDEX.languages
}

/// Globs of all files whose comments are known.
pub(super) fn globs() -> Vec<String> {
    let known =
        INDEX.languages.iter().filter(|language| !language.line.is_empty() || !language.block.is_empty());
    let of = |language: &'static Language| {
        let extensions = language.extensions.iter().map(|extension| format!("**/*.{extension}"));
        extensions
            .chain(language.names.iter().flat_map(|name| [format!("**/{name}"), format!("**/{name}.*")]))
    };
    known.flat_map(of).collect()
}

/// The language with this id.
pub(super) fn by_id(id: &str) -> Option<&'static Language> {
    INDEX.by_id.get(id).map(|at| &INDEX.languages[*at])
}

/// The language of a file, by its name and extension.
pub(super) fn by_path(path: &str) -> Option<&'static Language> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let at = INDEX.by_name.get(name).or_else(|| {
        let (stem, extension) = name.rsplit_once('.')?;
        let known = INDEX.by_extension.get(extension);
        let forgiving = || INDEX.by_extension.get(&extension.to_ascii_lowercase());
        // `Dockerfile.prod` and `.env.production` are named in front.
        known.or_else(forgiving).or_else(|| prefixed(stem))
    })?;
    Some(&INDEX.languages[*at])
}

fn prefixed(stem: &str) -> Option<&'static usize> {
    let first = if let Some(rest) = stem.strip_prefix('.') {
        &stem[..=rest.find('.').unwrap_or(rest.len())]
    } else {
        stem.split('.').next()?
    };
    INDEX.by_name.get(first.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_names_only_known_strings() {
        let Table { strings, languages } = embedded::table("languages").unwrap();
        for language in &languages {
            for name in &language.strings {
                assert!(strings.contains_key(name), "{}: {name}", language.id);
            }
            assert!(!language.extensions.is_empty(), "{}", language.id);
        }
        assert_eq!(parse().unwrap().by_id.len(), languages.len(), "ids are unique");
    }

    #[test]
    fn names_and_extensions_tell_the_language() {
        let cases = [
            ("a/b.py", Some("python")),
            ("a/B.PY", Some("python")),
            ("Dockerfile", Some("dockerfile")),
            ("docker/Dockerfile.prod", Some("dockerfile")),
            ("api.dockerfile", Some("dockerfile")),
            (".env", Some("env")),
            (".env.production", Some("env")),
            ("x.env", Some("env")),
            ("Makefile", Some("make")),
            ("a.tsx", Some("typescript")),
            ("README", None),
            ("", None),
            (".", None),
            ("a.", None),
            ("..", None),
        ];
        for (path, expected) in cases {
            assert_eq!(by_path(path).map(|language| language.id.as_str()), expected, "{path}");
        }
    }
}
