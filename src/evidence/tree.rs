//! A tree of files with what was found in each: the work tree, or the tree of a commit.

use super::ci::Sites;
use super::class::Class;
use super::manifests::{Dependency, Manifest, resolve};
use super::needs::PatternNeed;
use super::paths::{PathIndex, PathSet};
use super::signals::name_matches;
use super::terms::OneOrMany;
use crate::words::Known;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

/// All files of a tree, ignored ones too, sorted by path.
#[derive(Debug)]
pub struct Tree {
    files: Vec<File>,
    /// For each pattern the files (by place) that it hit.
    by_pattern: Vec<Vec<u32>>,
    /// The files (by place) that are CI configuration or infrastructure: few of many, and asked for often.
    understood: Vec<u32>,
    /// The package manifests whose class is not ignored, with what they say of one another.
    manifests: Vec<(u32, Manifest)>,
    /// The files (by place) that are kept parsed.
    parsed: Vec<u32>,
    /// The paths of all files, once somebody looks for a set of them.
    index: OnceLock<PathIndex>,
    /// What its pipelines run, once somebody has asked.
    sites: OnceLock<Sites>,
    /// What infrastructure declares, once somebody asked.
    resources: OnceLock<Vec<super::infra::Declared>>,
    /// What other jobs left beside it; none for the merge base.
    pub reports: Option<super::reports::Reports>,
    /// When its files were last changed, those that a rule asks for.
    pub history: Known<super::history::History>,
    /// What was listed, read and left out.
    pub counts: Counts,
}

impl Default for Tree {
    fn default() -> Self {
        Self::new(Vec::new(), 0, Counts::default())
    }
}

impl Tree {
    /// A tree of these files, for so many patterns.
    pub fn new(mut files: Vec<File>, patterns: usize, counts: Counts) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut by_pattern = vec![Vec::new(); patterns];
        let (mut understood, mut manifests, mut parsed) = (Vec::new(), Vec::new(), Vec::new());
        for (place, file) in (0_u32..).zip(&files) {
            for (pattern, _) in file.facts.iter().flat_map(|facts| &facts.hits) {
                by_pattern[*pattern as usize].push(place);
            }
            let known = |facts: &Arc<Facts>| facts.pipeline.is_some() || facts.infra.is_some();
            if file.facts.as_ref().is_some_and(known) {
                understood.push(place);
            }
            let facts = file.facts.as_ref().filter(|_| !file.class.ignored());
            if let Some(manifest) = facts.and_then(|facts| facts.manifest.as_deref()) {
                manifests.push((place, (&*file.path, manifest)));
            }
            if file.facts.as_ref().is_some_and(|facts| facts.documents.is_some()) {
                parsed.push(place);
            }
        }
        let (places, read): (Vec<_>, Vec<_>) = manifests.into_iter().unzip();
        let manifests = places.into_iter().zip(resolve(&read)).collect();
        let (index, sites, resources) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self {
            files,
            by_pattern,
            understood,
            manifests,
            parsed,
            index,
            sites,
            resources,
            reports: None,
            history: unasked(),
            counts,
        }
    }

    /// The same with what other jobs left beside it.
    #[must_use]
    pub fn with_reports(self, reports: super::reports::Reports) -> Self {
        Self { reports: Some(reports), ..self }
    }

    /// The same with when its files were last changed.
    #[must_use]
    pub fn with_history(self, history: Known<super::history::History>) -> Self {
        Self { history, ..self }
    }

    /// Every file, in order of path.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Package manifests whose class is not ignored, in order of path.
    pub fn manifests(&self) -> impl Iterator<Item = (&File, &Manifest)> {
        let known = |place: &u32| self.files.get(*place as usize);
        self.manifests.iter().filter_map(move |(place, manifest)| Some((known(place)?, manifest)))
    }

    /// The first dependency, whatever it is for, that is one of these packages (by ecosystem; `*` stands for anything).
    pub fn declares(&self, packages: &BTreeMap<String, OneOrMany<String>>) -> Option<(&File, &Dependency)> {
        self.manifests().find_map(|(file, manifest)| {
            let names = packages.get(manifest.ecosystem)?;
            let wanted = |one: &&Dependency| names.0.iter().any(|name| name_matches(name, &one.name));
            manifest.dependencies.iter().find(wanted).map(|one| (file, one))
        })
    }

    /// CI configuration whose class is not ignored, in order of path.
    pub fn pipelines(&self) -> impl Iterator<Item = (&File, &super::ci::Pipeline)> {
        self.understood().filter_map(|(file, facts)| Some((file, facts.pipeline.as_deref()?)))
    }

    /// Infrastructure as code that somebody could apply: no tests, no documents, nothing ignored.
    pub fn infra(&self) -> impl Iterator<Item = (&File, &super::infra::Infra)> {
        let used = self.understood().filter(|(file, _)| !matches!(file.class, Class::Test | Class::Docs));
        used.filter_map(|(file, facts)| Some((file, facts.infra.as_deref()?)))
    }

    /// Every resource of that infrastructure, in order of path, with the values of variables put in.
    pub fn resources(&self) -> &[super::infra::Declared] {
        self.resources.get_or_init(|| super::infra::declared(self))
    }

    /// Files that were parsed as data, with what they hold; those that could not be parsed are left out.
    pub fn documents(&self) -> impl Iterator<Item = (&File, &[crate::document::Node])> {
        let files = self.parsed.iter().filter_map(|place| self.files.get(*place as usize));
        files.filter_map(|file| match &file.facts.as_ref()?.documents {
            Some(Ok(documents)) => Some((file, &**documents)),
            _ => None,
        })
    }

    /// What the pipelines run, followed into the files they lead to.
    pub fn sites(&self) -> &Sites {
        self.sites.get_or_init(|| Sites::of(self))
    }

    fn understood(&self) -> impl Iterator<Item = (&File, &Facts)> {
        let files = self.understood.iter().filter_map(|place| self.files.get(*place as usize));
        let kept = files.filter(|file| !file.class.ignored());
        kept.filter_map(|file| Some((file, &**file.facts.as_ref()?)))
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).ok().map(|at| &self.files[at])
    }

    /// Files in the set whose class is not ignored.
    pub fn matching<'a>(&'a self, set: &PathSet) -> impl Iterator<Item = &'a File> + use<'a> {
        self.in_set(set).filter(|file| !file.class.ignored())
    }

    /// Files in the set, ignored ones too, in order of path.
    pub fn in_set<'a>(&'a self, set: &PathSet) -> impl Iterator<Item = &'a File> + use<'a> {
        let index = self.index.get_or_init(|| PathIndex::new(self.files.iter().map(|file| &*file.path)));
        set.select(index).into_iter().filter_map(|place| self.files.get(place as usize))
    }

    /// Files with hits of the pattern, in order of path.
    pub fn hits(&self, pattern: u32) -> impl Iterator<Item = (&File, &[Hit])> {
        let places = self.by_pattern.get(pattern as usize).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(move |place| {
            let file = self.files.get(*place as usize)?;
            let hits = &file.facts.as_ref()?.hits;
            hits.iter().find(|(id, _)| *id == pattern).map(|(_, hits)| (file, hits.as_slice()))
        })
    }
}

/// No rule asked, or there is none in memory.
fn unasked() -> Known<super::history::History> {
    Known::Absent("there is no history here".to_owned())
}

/// One entry of a tree.
#[derive(Debug, Clone)]
pub struct File {
    /// Path from the root, with `/`. Bytes that are not UTF-8 are replaced.
    pub path: Arc<str>,
    /// What sort of entry.
    pub kind: FileKind,
    /// Size in bytes; 0 where it is not known.
    pub size: u64,
    /// What sort of content it is by its place and name.
    pub class: Class,
    /// Id of the language in the catalogue, e.g. `python`.
    pub language: Option<&'static str>,
    /// Whether its content was read.
    pub reading: Reading,
    /// What was found inside; shared between head and merge base where nothing changed.
    pub facts: Option<Arc<Facts>>,
}

impl File {
    /// Hits of the pattern in it.
    pub fn hits(&self, pattern: u32) -> &[Hit] {
        let hits = self.facts.iter().flat_map(|facts| &facts.hits);
        hits.into_iter().find(|(id, _)| *id == pattern).map_or(&[], |(_, hits)| hits.as_slice())
    }
}

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A file.
    Regular,
    /// A symbolic link: listed, never followed.
    Symlink,
    /// Another repository's commit.
    Submodule,
    /// A FIFO, socket or device: listed, never opened.
    Special,
}

/// What became of a file's content.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reading {
    /// No rule asked.
    NotAsked,
    /// Read; `facts` hold what was found.
    Read,
    /// Not text.
    Binary,
    /// Larger than the limit.
    TooLarge,
    /// Could not be read, and why.
    Failed(String),
}

/// What was found in a file. Each part is filled only when a rule asked for it; in most files most are empty, and take no place.
#[derive(Debug, Default)]
pub struct Facts {
    /// Hits by pattern number, in order of number; at most [`Facts::MAX_HITS`] each.
    pub hits: Vec<(u32, Vec<Hit>)>,
    /// The parsed documents, of which YAML can hold several, or why it is none.
    pub documents: Option<super::file_text::Documents>,
    /// The package manifest that it is.
    pub manifest: Option<Box<Manifest>>,
    /// The lock file that it is.
    pub lock: Option<Box<super::lockfiles::Lock>>,
    /// The CI configuration that it is.
    pub pipeline: Option<Box<super::ci::Pipeline>>,
    /// The tasks that it defines.
    pub tasks: Vec<super::tasks::Task>,
    /// Headings, code blocks and links of a document for people.
    pub outline: Option<Box<super::outline::Outline>>,
    /// Who owns what, of a CODEOWNERS file.
    pub owners: Option<Box<super::owners::Owners>>,
    /// The infrastructure that it declares.
    pub infra: Option<Box<super::infra::Infra>>,
    /// Remarks and suppressions in its code.
    pub debt: Vec<super::debt::Debt>,
    /// The description of an API that it is, or is a part of.
    pub api: Option<Box<super::api::ApiFile>>,
    /// The contract in a language of its own that it is, or is a part of.
    pub contract: Option<Box<super::contract::Contract>>,
    /// The migration that it is.
    pub migration: Option<Box<super::migrations::Migration>>,
    /// The foreign keys and indexes that it declares.
    pub keys: Option<Box<super::keys::Keys>>,
    /// What it holds for environments.
    pub environment: Option<Box<super::environments::EnvironmentFile>>,
    /// How many lines.
    pub lines: u32,
}

impl Facts {
    /// Hits that are kept for one pattern in one file.
    pub const MAX_HITS: usize = 1000;
}

/// One match of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Line of its start, from 1.
    pub line: u32,
    /// Line of its end.
    pub end_line: u32,
    /// Column of its start in characters, from 1.
    pub column: u32,
    /// The line of its start, without surrounding blanks, cut at [`crate::words::Because::MAX_TEXT`].
    pub text: Box<str>,
    /// The text of group 1, or of the whole match, cut at the same length.
    pub matched: Box<str>,
}

/// Which number a pattern has in the trees.
#[derive(Debug, Clone, Default)]
pub struct PatternIndex(pub HashMap<PatternNeed, u32>);

impl PatternIndex {
    /// The number of the pattern, which the plan gave it.
    pub fn get(&self, need: &PatternNeed) -> Option<u32> {
        self.0.get(need).copied()
    }
}

/// What was listed, read and left out of a tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries listed.
    pub listed: u64,
    /// Files read.
    pub read: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Files that are not text, among those asked for.
    pub binary: u64,
    /// Files over the size limit, among those asked for.
    pub too_large: u64,
    /// Files that could not be read.
    pub failed: u64,
    /// Files whose class is ignored (vendored, generated, fixtures, examples, the policy's `ignore`).
    pub ignored: u64,
}
