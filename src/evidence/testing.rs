//! Trees in memory for tests: texts are read as a gathering run would read them.

use super::{
    Change, Classes, Facts, File, FileKind, Hit, Needs, PathSet, PatternIndex, PullRequest, Reading, Tree,
    View, masked, read_facets,
};
use crate::evidence::Capability;
use crate::words::{Because, Known};
use regex::RegexBuilder;
use std::sync::Arc;

/// A tree and what a view needs beside it.
pub(crate) struct Sample {
    tree: Tree,
    patterns: PatternIndex,
    change: Known<Change>,
    pull_request: Known<PullRequest>,
    weakened: Known<Vec<Because>>,
    base: Known<Tree>,
    pub(crate) capabilities: Vec<Capability>,
}

impl Sample {
    /// Reads these files for these needs.
    pub(crate) fn new<A: AsRef<str>, B: AsRef<str>>(files: &[(A, B)], needs: &Needs) -> Self {
        let (tree, patterns) = tree(files, needs);
        let absent = || "this is a test".to_owned();
        Self {
            tree,
            patterns,
            change: Known::Absent(absent()),
            pull_request: Known::Absent(absent()),
            weakened: Known::Absent(absent()),
            base: Known::Absent(absent()),
            capabilities: Vec::new(),
        }
    }

    /// What a check sees of it.
    pub(crate) fn view(&self) -> View<'_> {
        View {
            tree: &self.tree,
            change: &self.change,
            pull_request: &self.pull_request,
            policy_weakened: &self.weakened,
            base: &self.base,
            capabilities: &self.capabilities,
            patterns: &self.patterns,
            today: chrono::NaiveDate::default(),
            reached: None,
        }
    }
}

fn tree<A: AsRef<str>, B: AsRef<str>>(files: &[(A, B)], needs: &Needs) -> (Tree, PatternIndex) {
    let numbered = || (0_u32..).zip(&needs.patterns);
    let patterns = PatternIndex(numbered().map(|(number, need)| (need.clone(), number)).collect());
    let compiled: Vec<_> = numbered()
        .map(|(number, need)| {
            let regex = RegexBuilder::new(&need.regex).multi_line(true).build().unwrap();
            (number, need, PathSet::new(&need.files.globs).unwrap(), regex)
        })
        .collect();
    let classes = Classes::new(PathSet::default());
    let read = |(path, text): &(A, B)| {
        let (path, text) = (path.as_ref(), text.as_ref());
        let (class, language) = classes.of(path);
        let mut facts = Facts::default();
        for (number, need, set, regex) in &compiled {
            if need.files.takes(class) && set.contains(path) {
                let text = masked(language, text, need.mask);
                let hits: Vec<Hit> = regex.find_iter(&text).map(|hit| place(&text, hit.start())).collect();
                facts.hits.extend((!hits.is_empty()).then_some((*number, hits)));
            }
        }
        read_facets(path, text, &needs.facets, &mut facts);
        File {
            path: path.into(),
            kind: FileKind::Regular,
            size: text.len() as u64,
            class,
            language,
            reading: Reading::Read,
            facts: Some(Arc::new(facts)),
        }
    };
    (Tree::new(files.iter().map(read).collect(), compiled.len(), super::Counts::default()), patterns)
}

fn place(text: &str, at: usize) -> Hit {
    let line = u32::try_from(text[..at].matches('\n').count()).unwrap() + 1;
    let shown = text.lines().nth(line as usize - 1).unwrap_or_default().trim();
    Hit { line, end_line: line, column: 1, text: shown.into(), matched: shown.into() }
}
