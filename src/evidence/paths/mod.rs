//! Sets of paths, written as globs.
//!
//! One meaning everywhere: anchored at the root, `*` stays in its folder, `**` crosses folders, `!` takes away,
//! letters match in either case (`README*` finds `readme.md`). Paths use `/`.

mod braces;
mod index;
mod table;
mod wild;

pub(crate) use index::PathIndex;
pub(crate) use table::GlobTable;

use braces::written_out;
use globset::{Glob, GlobBuilder};
use std::borrow::Cow;
use wild::Wild;

/// Globs to match and globs to take away again.
#[derive(Debug, Clone, Default)]
pub struct PathSet {
    include: GlobTable,
    exclude: GlobTable,
}

impl PathSet {
    /// Compiles the globs. The text of the error says what is wrong with which glob.
    pub fn new<S: AsRef<str>>(globs: &[S]) -> Result<Self, String> {
        let globs = || globs.iter().map(AsRef::as_ref);
        let include = GlobTable::new(globs().filter(|glob| !glob.starts_with('!')).map(|glob| (glob, 0)))?;
        let exclude = GlobTable::new(globs().filter_map(|glob| Some((glob.strip_prefix('!')?, 0))))?;
        Ok(Self { include, exclude })
    }

    /// Whether the path is in the set.
    pub fn contains(&self, path: &str) -> bool {
        self.contains_lowercase(&lowercase(path))
    }

    /// The same for a path that is in [`lowercase`] already.
    pub(crate) fn contains_lowercase(&self, path: &str) -> bool {
        self.include.is_match(path) && !self.exclude.is_match(path)
    }

    /// The places of the paths that are in the set, in order.
    pub(crate) fn select(&self, paths: &PathIndex) -> Vec<u32> {
        paths.select(&self.include, &self.exclude)
    }

    /// Whether nothing can be in the set.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty()
    }
}

/// The path as it is matched: which letters of ASCII are large does not count.
pub(crate) fn lowercase(path: &str) -> Cow<'_, str> {
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        path.to_ascii_lowercase().into()
    } else {
        path.into()
    }
}

/// A leading `./` or `/` is what people type for "from the root", which is what every glob means here.
fn anchored(glob: &str) -> &str {
    glob.strip_prefix("./").or_else(|| glob.strip_prefix('/')).unwrap_or(glob)
}

fn compile(glob: &str, any_case: bool) -> Result<Glob, String> {
    GlobBuilder::new(anchored(glob))
        .literal_separator(true)
        .empty_alternates(true)
        .case_insensitive(any_case)
        .build()
        .map_err(|error| format!("`{glob}` is not a glob: {}", error.kind()))
}

/// Whether the text is a glob that can be used in a policy; the error says what is wrong.
pub fn valid_glob(glob: &str) -> Result<(), String> {
    let glob = glob.strip_prefix('!').unwrap_or(glob);
    if written_out(glob).iter().all(|one| Wild::new(anchored(one)).is_some()) {
        return Ok(());
    }
    compile(glob, true).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_anchored_and_forgive_case() {
        let cases = [
            (vec!["README*"], "readme.md", true),
            (vec!["README*"], "docs/README.md", false),
            (vec!["src/*"], "src/a/b.rs", false),
            (vec!["src/**"], "src/a/b.rs", true),
            (vec!["**/*.{yml,yaml}"], "a.yaml", true),
            (vec!["./src/**"], "src/a", true),
            (vec!["**/{*.,}Dockerfile{,.*}"], "a/Dockerfile", true),
            (vec!["src/**", "!src/gen/**"], "src/gen/a", false),
            (vec!["{,docs/**/}A{,.md}"], "A", true),
            (vec!["{,docs/**/}A{,.md}"], "docs/b/A.md", true),
        ];
        for (globs, path, expected) in cases {
            assert_eq!(PathSet::new(&globs).unwrap().contains(path), expected, "{globs:?} {path}");
        }
        assert!(valid_glob("a{b").is_err());
    }
}
