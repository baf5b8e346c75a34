//! Policy -> [`Plan`]: every glob, pattern and fact that any rule asks for, once.
//!
//! Must not read anything: it only says, for a path, what has to be read there.

mod pattern_paths;
mod report_paths;
mod sieve;

pub use report_paths::{ReportPaths, Way};

use crate::evidence::{
    Class, Classes, Facet, Fact, GlobTable, HistoryNeed, Needs, PathSet, PatternIndex, PatternNeed,
    facet_globs, lowercase, valid_regex,
};
use crate::regexes::{self, Texts};
use pattern_paths::PatternPaths;
use rayon::prelude::*;
use regex::{Regex, RegexBuilder};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// What has to be read, compiled.
#[derive(Debug)]
pub struct Plan {
    /// Patterns; the place in the list is the pattern's number.
    pub patterns: Vec<Pattern>,
    /// The numbers by need.
    pub index: PatternIndex,
    /// Documents to keep parsed.
    pub documents: PathSet,
    /// Kinds of files to understand.
    facets: Vec<Facet>,
    /// The files that these facets read, by the place of the facet.
    facet_files: GlobTable,
    /// Reports that other jobs leave.
    pub reports: ReportPaths,
    /// Files whose last change is asked for.
    pub history: BTreeSet<HistoryNeed>,
    /// Facts of the platform to ask for.
    pub facts: BTreeSet<Fact>,
    /// Whether to count who works on it.
    pub authors: bool,
    /// Tells class and language of paths.
    pub classes: Classes,
    paths: PatternPaths,
}

/// A pattern and its regex, which is compiled when a file is met that it could match.
#[derive(Debug)]
pub struct Pattern {
    /// What was asked for.
    pub need: PatternNeed,
    regex: OnceLock<Result<Regex, String>>,
    /// What stands in every text that it matches.
    texts: Texts,
}

impl Plan {
    /// Largest compiled regex, in bytes.
    pub const REGEX_SIZE: usize = 1 << 20;
    /// Largest cache of a regex in one thread, in bytes: there are hundreds of them.
    const REGEX_CACHE: usize = 1 << 18;

    /// Compiles what every run needs. The error says which glob or regex is wrong, and how.
    pub fn new(needs: Needs, classes: Classes) -> Result<Self, String> {
        let patterns = needs.patterns.into_par_iter().map(Pattern::new).collect::<Result<Vec<_>, _>>()?;
        let numbered = || (0_u32..).zip(&patterns);
        let paths = PatternPaths::new(&patterns)?;
        let facets: Vec<Facet> = needs.facets.into_iter().collect();
        let facet_files = (0..).zip(&facets);
        let facet_files =
            facet_files.flat_map(|(at, facet)| facet_globs(*facet).into_iter().map(move |glob| (glob, at)));
        let documents: Vec<String> = needs.documents.into_iter().collect();
        Ok(Self {
            paths,
            index: PatternIndex(numbered().map(|(at, pattern)| (pattern.need.clone(), at)).collect()),
            documents: PathSet::new(&documents)?,
            facet_files: GlobTable::new(facet_files)?,
            history: needs.history,
            reports: ReportPaths::new(needs.reports)?,
            facets,
            facts: needs.facts,
            authors: needs.authors,
            classes,
            patterns,
        })
    }

    /// The numbers of the patterns that are searched in a file of this path and class, in order.
    pub fn patterns_for(&self, path: &str, class: Class) -> Arc<[u32]> {
        self.paths.patterns(&lowercase(path), class, &self.patterns)
    }

    /// Those of the patterns that can match in the text, which is given in small letters, in their order.
    pub fn possible(&self, lower: &str, patterns: &[u32]) -> Vec<u32> {
        sieve::possible(lower, patterns, |pattern| &self.patterns[pattern as usize].texts)
    }

    /// As what a file of this path and class is understood.
    pub fn facets_for(&self, path: &str, class: Class) -> Vec<Facet> {
        if class.ignored() {
            return Vec::new();
        }
        let places = self.facet_files.matches(&lowercase(path));
        places.into_iter().filter_map(|at| self.facets.get(at as usize).copied()).collect()
    }

    /// Whether a file of this path and class is kept parsed.
    pub fn wants_document(&self, path: &str, class: Class) -> bool {
        !class.ignored() && self.documents.contains(path)
    }
}

impl Pattern {
    fn new(need: PatternNeed) -> Result<Self, String> {
        valid_regex(&need.regex).map_err(|error| format!("`{}`: {error}", need.regex))?;
        let texts = regexes::required(&need.regex);
        Ok(Self { need, regex: OnceLock::new(), texts })
    }

    /// Multi-line: `^` and `$` match at lines, whether these end in `\n` or `\r\n`. The error is for what could not be
    /// told before: a regex that turns out larger than it looked.
    pub fn regex(&self) -> Result<&Regex, &str> {
        let compiled = self.regex.get_or_init(|| {
            RegexBuilder::new(&regexes::ascii(&self.need.regex))
                .multi_line(true)
                .crlf(true)
                .size_limit(Plan::REGEX_SIZE)
                .dfa_size_limit(Plan::REGEX_CACHE)
                .build()
                .map_err(|error| format!("`{}` is not a regex: {error}", self.need.regex))
        });
        compiled.as_ref().map_err(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Keep, Mask, Selection};

    fn need(globs: &[&str], classes: Vec<Class>, regex: &str) -> PatternNeed {
        let files = Selection { globs: globs.iter().map(ToString::to_string).collect(), classes };
        PatternNeed { files, regex: regex.into(), mask: Mask::Nothing, keep: Keep::All }
    }

    fn plan(patterns: Vec<PatternNeed>) -> Result<Plan, String> {
        let ignore = PathSet::new(&["vendor/**"]).unwrap();
        Plan::new(
            Needs { patterns: patterns.into_iter().collect(), ..Needs::default() },
            Classes::new(ignore),
        )
    }

    #[test]
    fn a_path_gets_the_patterns_of_its_globs_and_class() {
        let plan = plan(vec![
            need(&["**/*.rs", "!**/inner/**"], vec![], "a"),
            need(&["**/*.RS", "src/**"], vec![], "b"),
            need(&["**"], vec![Class::Ignored], "c"),
        ])
        .unwrap();
        let cases = [
            ("src/a.rs", "a b"),
            ("SRC/A.Rs", "a b"),
            ("src/inner/a.rs", "b"),
            ("readme.md", ""),
            ("vendor/a.rs", "c"),
        ];
        for (path, expected) in cases {
            let (class, _) = plan.classes.of(path);
            let mut found: Vec<&str> = plan
                .patterns_for(path, class)
                .iter()
                .map(|at| plan.patterns[*at as usize].need.regex.as_str())
                .collect();
            found.sort_unstable();
            assert_eq!(found.join(" "), expected, "{path}");
        }
    }

    #[test]
    fn what_does_not_compile_is_named() {
        let cases = [("a{b", "x", "`a{b` is not a glob"), ("**", "(x", "`(x`: this is not a regex")];
        for (glob, regex, expected) in cases {
            let error = plan(vec![need(&[glob], vec![], regex)]).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        assert!(plan(vec![need(&["**"], vec![], "(a{500}){500}")]).is_err(), "too large a regex");
    }
}
