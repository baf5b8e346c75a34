//! Sets of paths, written as globs.
//!
//! One meaning everywhere: anchored at the root, `*` stays in its folder, `**` crosses folders, `!` takes away,
//! letters match in either case (`README*` finds `readme.md`). Paths use `/`.

use super::braces::written_out;
use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Globs to match and globs to take away again.
#[derive(Debug, Clone, Default)]
pub struct PathSet {
    include: GlobSet,
    exclude: GlobSet,
}

impl PathSet {
    /// Compiles the globs. The text of the error says what is wrong with which glob.
    pub fn new<S: AsRef<str>>(globs: &[S]) -> Result<Self, String> {
        let (mut include, mut exclude) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for glob in globs {
            let (set, glob) = match glob.as_ref().strip_prefix('!') {
                Some(rest) => (&mut exclude, rest),
                None => (&mut include, glob.as_ref()),
            };
            for glob in lowercase_globs(glob)? {
                set.add(glob);
            }
        }
        let built = |set: GlobSetBuilder| set.build().map_err(|error| error.to_string());
        Ok(Self { include: built(include)?, exclude: built(exclude)? })
    }

    /// Whether the path is in the set.
    pub fn contains(&self, path: &str) -> bool {
        self.contains_lowercase(&lowercase(path))
    }

    /// The same for a path that is in [`lowercase`] already.
    pub(crate) fn contains_lowercase(&self, path: &str) -> bool {
        !self.include.is_empty() && self.include.is_match(path) && !self.exclude.is_match(path)
    }

    /// Whether nothing can be in the set.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty()
    }
}

/// The glob as it is matched against paths in [`lowercase`]. Many such globs match much faster in one set than
/// case-insensitive ones: the set can look up extensions and names instead of running a regex over the path.
pub(crate) fn lowercase_globs(glob: &str) -> Result<Vec<Glob>, String> {
    let whole = compile(glob)?;
    // The ends of a range in `[...]` are in another order in small letters.
    if glob.contains(['[', '\\']) {
        return Ok(vec![whole]);
    }
    written_out(&lowercase(glob)).iter().map(|glob| build(glob, false)).collect()
}

/// The path as it is matched: which letters of ASCII are large does not count.
pub(crate) fn lowercase(path: &str) -> String {
    path.to_ascii_lowercase()
}

fn compile(glob: &str) -> Result<Glob, String> {
    build(glob, true)
}

fn build(glob: &str, any_case: bool) -> Result<Glob, String> {
    // A leading `./` or `/` is what people type for "from the root", which is what every glob means here.
    let anchored = glob.strip_prefix("./").or_else(|| glob.strip_prefix('/')).unwrap_or(glob);
    GlobBuilder::new(anchored)
        .literal_separator(true)
        .case_insensitive(any_case)
        .empty_alternates(true)
        .build()
        .map_err(|error| format!("`{glob}` is not a glob: {}", error.kind()))
}

/// Whether the text is a glob that can be used in a policy; the error says what is wrong.
pub fn valid_glob(glob: &str) -> Result<(), String> {
    compile(glob.strip_prefix('!').unwrap_or(glob)).map(drop)
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
