//! One glob of literal names, `*` and `**`, matched without a regex.
//!
//! Must mean exactly what `globset` means by it; everything that it writes otherwise (`?`, `[...]`, `{...}`, `\`) is none.

use memchr::memmem;

/// A glob in small letters, for paths in small letters.
#[derive(Debug, Clone)]
pub(super) struct Wild(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// `**`: any number of folders; at the end everything below.
    Folders,
    /// The name of a folder or file.
    Name(Name),
}

/// A name with stars: what it starts with, what stands in it, one behind the other, and what it ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    start: Box<[u8]>,
    middle: Vec<Box<[u8]>>,
    /// None where there is no star, and the start is everything.
    end: Option<Box<[u8]>>,
}

/// By what a glob can be looked up.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Handle<'a> {
    /// The name of the file.
    Name(&'a [u8]),
    /// What stands behind its last dot.
    Extension(&'a [u8]),
    /// A folder on the way.
    Folder(&'a [u8]),
    /// Being in no folder.
    Top,
    /// The first byte of the name.
    Start(u8),
    /// By nothing.
    None,
}

impl Wild {
    /// The glob, where it is such a one.
    pub(super) fn new(glob: &str) -> Option<Self> {
        if glob.is_empty() || glob.contains(['?', '[', ']', '{', '}', '\\']) {
            return None;
        }
        let parts: Option<Vec<Part>> = glob.split('/').map(Part::new).collect();
        // What several of them in a row mean, `globset` may say.
        parts.filter(|parts| !parts.windows(2).any(|two| two == [Part::Folders, Part::Folders])).map(Self)
    }

    /// The rarest of what paths that it matches have in common.
    pub(super) fn handle(&self) -> Handle<'_> {
        let folder = self.0.iter().find_map(Part::exact);
        match (self.0.as_slice(), folder) {
            ([.., Part::Name(Name { start, end: None, .. })], _) => Handle::Name(start),
            ([Part::Name(_)], _) => Handle::Top,
            (_, Some(folder)) => Handle::Folder(folder),
            ([.., Part::Name(Name { end: Some(end), .. })], _) if end.contains(&b'.') => {
                Handle::Extension(end.rsplit(|byte| *byte == b'.').next().unwrap_or_default())
            }
            ([.., Part::Name(last)], _) => {
                last.start.first().map_or(Handle::None, |first| Handle::Start(*first))
            }
            _ => Handle::None,
        }
    }

    /// The longest text that stands in every path that it matches.
    pub(super) fn piece(&self) -> &[u8] {
        let names =
            self.0.iter().filter_map(|part| if let Part::Name(name) = part { Some(name) } else { None });
        let pieces = names.flat_map(|name| name.middle.iter().chain([&name.start]).chain(&name.end));
        pieces.map(|piece| &**piece).max_by_key(|piece| piece.len()).unwrap_or_default()
    }

    /// What the names that it matches end with, where that is all it asks of a path.
    pub(super) fn any_ending(&self) -> Option<&[u8]> {
        match self.0.as_slice() {
            [Part::Folders, Part::Name(Name { start, middle, end: Some(end) })]
                if start.is_empty() && middle.is_empty() =>
            {
                Some(end)
            }
            _ => None,
        }
    }

    /// Whether it matches the path, the last part of which is the name.
    pub(super) fn matches(&self, path: &str, name: &str) -> bool {
        match self.0.as_slice() {
            // By far the most: no need to cut the path into its parts.
            [Part::Folders, Part::Name(last)] => last.matches(name.as_bytes()),
            [.., Part::Name(last)] if !last.matches(name.as_bytes()) => false,
            parts => follow(parts, Some(path)),
        }
    }
}

/// Whether the parts match all of what is left of the path; none is the end of it.
fn follow(parts: &[Part], path: Option<&str>) -> bool {
    match (parts, path) {
        ([], None) | ([Part::Folders], Some(_)) => true,
        // `a/**` is what lies below, and not `a`.
        ([Part::Folders], None) => false,
        ([Part::Folders, rest @ ..], _) => {
            let mut left = path;
            loop {
                if follow(rest, left) {
                    return true;
                }
                let Some(path) = left else { return false };
                left = path.split_once('/').map(|(_, rest)| rest);
            }
        }
        ([Part::Name(name), rest @ ..], Some(path)) => {
            let (first, left) =
                path.split_once('/').map_or((path, None), |(first, left)| (first, Some(left)));
            name.matches(first.as_bytes()) && follow(rest, left)
        }
        ([], Some(_)) | ([_, ..], None) => false,
    }
}

impl Part {
    /// The name, where it is one without stars.
    fn exact(&self) -> Option<&[u8]> {
        match self {
            Self::Name(Name { start, end: None, .. }) => Some(start),
            _ => None,
        }
    }

    fn new(text: &str) -> Option<Self> {
        if text == "**" {
            return Some(Self::Folders);
        }
        let mut pieces = text.split('*').map(|piece| Box::from(piece.as_bytes()));
        let start = pieces.next()?;
        let mut middle: Vec<Box<[u8]>> = pieces.collect();
        let end = middle.pop();
        // Two stars within a name.
        let plain = !middle.iter().any(|piece| piece.is_empty());
        plain.then_some(Self::Name(Name { start, middle, end }))
    }
}

impl Name {
    fn matches(&self, name: &[u8]) -> bool {
        // Most names differ in their first or last byte.
        let differs = |one: Option<&u8>, other: Option<&u8>| one.is_some_and(|one| Some(one) != other);
        let Some(end) = &self.end else {
            return !differs(self.start.first(), name.first()) && *name == *self.start;
        };
        if differs(self.start.first(), name.first()) || differs(end.last(), name.last()) {
            return false;
        }
        let Some(mut rest) = name.strip_prefix(&*self.start).and_then(|rest| rest.strip_suffix(&**end))
        else {
            return false;
        };
        self.middle.iter().all(|piece| {
            memmem::find(rest, piece).is_some_and(|at| {
                rest = &rest[at + piece.len()..];
                true
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use globset::GlobBuilder;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_plain_is_left_to_others() {
        for glob in ["a?", "[a]", "{a,b}", "a\\*", "a**", "**a", "a/**/**", "**/**/a", ""] {
            assert!(Wild::new(glob).is_none(), "{glob}");
        }
    }

    #[test]
    fn handles_are_told() {
        let handle = |glob: &str| format!("{:?}", Wild::new(glob).unwrap().handle());
        let cases = [
            ("**/a.b", Handle::Name(b"a.b")),
            ("a/**/b", Handle::Name(b"b")),
            ("**/*.tar.gz", Handle::Extension(b"gz")),
            ("a*.b*", Handle::Top),
            ("*.md", Handle::Top),
            ("**/a*", Handle::Start(b'a')),
            ("**/*a*", Handle::None),
            ("a/**", Handle::Folder(b"a")),
            ("**/b/*/c*", Handle::Folder(b"b")),
            ("**/b/**/*.c", Handle::Folder(b"b")),
            ("**", Handle::None),
        ];
        for (glob, expected) in cases {
            assert_eq!(handle(glob), format!("{expected:?}"), "{glob}");
        }
    }

    proptest! {
        #[test]
        fn it_means_what_globset_means(glob in r"(\*\*/)?([ab.*]{1,3}/|\*\*/){0,3}([ab.*]{1,4}|\*\*)", path in "([ab.]{1,3}/){0,4}[ab.]{1,4}") {
            let built = GlobBuilder::new(&glob).literal_separator(true).empty_alternates(true).build().unwrap();
            if let Some(wild) = Wild::new(&glob) {
                prop_assert_eq!(wild.matches(&path, path.rsplit('/').next().unwrap_or(&path)), built.compile_matcher().is_match(&path), "{} {}", glob, path);
            }
        }
    }
}
