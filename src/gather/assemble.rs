//! Listings of head and merge base -> their trees and the change between them. One pass, whatever the source.
//!
//! A file that is the same on both sides is read once and its facts are shared; of the base only what differs is read.

use super::differing::{EMPTY, compare, set_class};
use super::extract::{Wanted, facts, text};
use super::listing::Entry;
use super::pairs::Pairs;
use super::source::{Content, Reader, Source};
use crate::evidence::{
    Change, ChangeKind, ChangedFile, Class, Counts, File, FileKind, LineSet, Reading, Tree, says_generated,
};
use crate::plan::Plan;
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;

/// Files that a thread takes at once: with more of them, one thread is left alone with its last piece.
const PIECE: usize = 64;

/// The trees and what differs.
pub(super) struct Assembled {
    pub(super) head: Tree,
    pub(super) base: Option<Tree>,
    pub(super) change: Option<Change>,
    pub(super) notes: Vec<String>,
}

/// What became of one path of the head, or of one that is gone.
#[derive(Default)]
struct Done {
    head: Option<File>,
    base: Option<File>,
    changed: Option<ChangedFile>,
    head_read: Tally,
    base_read: Tally,
    /// Which lines changed could not be told.
    uncompared: bool,
}

/// What was read.
#[derive(Default, Clone, Copy)]
struct Tally {
    files: u64,
    bytes: u64,
}

impl Tally {
    fn of(content: &Content) -> Self {
        content.bytes().map_or_else(Self::default, |bytes| Self { files: 1, bytes: bytes.len() as u64 })
    }
}

/// Reads and compares. Without a base there is no change.
pub(super) fn assemble(plan: &Plan, source: &Source, head: &[Entry], base: Option<&[Entry]>) -> Assembled {
    let pairs = base.map(|base| Pairs::of(head, base, source));
    let work = Work { plan, head, base: base.unwrap_or_default(), pairs: pairs.as_ref() };
    let deleted = pairs.as_ref().map_or(&[][..], |pairs| &pairs.deleted);
    source.progress.start(head.len());
    let done: Vec<Done> = (0..head.len())
        .into_par_iter()
        .map_init(
            || source.reader(),
            |reader, at| {
                let done = work.head_file(at, reader);
                source.progress.step();
                done
            },
        )
        .chain(deleted.par_iter().map_init(|| source.reader(), |reader, at| work.deleted_file(*at, reader)))
        .with_max_len(PIECE)
        .collect();
    let mut notes = Vec::new();
    let uncompared = done.iter().filter(|done| done.uncompared).count();
    if uncompared > 0 {
        notes.push(format!(
            "{uncompared} changed file(s) could not be read or are over the size limit: \
             which of their lines changed is not known"
        ));
    }
    if pairs.is_some_and(|pairs| pairs.bounded()) {
        notes.push("so many files were added and deleted that not all renames were looked for".to_owned());
    }
    collect(plan, done, base.is_some(), notes)
}

fn collect(plan: &Plan, done: Vec<Done>, compared: bool, notes: Vec<String>) -> Assembled {
    let (mut head, mut base, mut files) = (Vec::with_capacity(done.len()), Vec::new(), Vec::new());
    let (mut head_read, mut base_read) = (Tally::default(), Tally::default());
    let add = |sum: &mut Tally, one: Tally| {
        sum.files += one.files;
        sum.bytes += one.bytes;
    };
    for one in done {
        add(&mut head_read, one.head_read);
        add(&mut base_read, one.base_read);
        head.extend(one.head);
        base.extend(one.base);
        files.extend(one.changed);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let tree = |files: Vec<File>, read| {
        let counts = counts(&files, read);
        Tree::new(files, plan.patterns.len(), counts)
    };
    Assembled {
        head: tree(head, head_read),
        base: compared.then(|| tree(base, base_read)),
        change: compared.then_some(Change { files }),
        notes,
    }
}

fn counts(files: &[File], read: Tally) -> Counts {
    let count = |test: &dyn Fn(&File) -> bool| files.iter().filter(|file| test(file)).count() as u64;
    Counts {
        listed: files.len() as u64,
        read: read.files,
        bytes: read.bytes,
        binary: count(&|file| file.reading == Reading::Binary),
        too_large: count(&|file| file.reading == Reading::TooLarge),
        failed: count(&|file| matches!(file.reading, Reading::Failed(_))),
        ignored: count(&|file| file.class.ignored()),
    }
}

/// What one thread needs to know.
struct Work<'a> {
    plan: &'a Plan,
    head: &'a [Entry],
    base: &'a [Entry],
    pairs: Option<&'a Pairs>,
}

/// An entry and what the plan says of it.
struct Subject<'a> {
    entry: &'a Entry,
    class: Class,
    language: Option<&'static str>,
    wanted: Wanted,
}

impl<'a> Work<'a> {
    fn subject(&self, entry: &'a Entry) -> Subject<'a> {
        let (class, language) = self.plan.classes.of(&entry.path);
        let wanted = match entry.kind {
            FileKind::Regular => Wanted::of(self.plan, &entry.path, class),
            FileKind::Symlink | FileKind::Submodule | FileKind::Special => Wanted::default(),
        };
        Subject { entry, class, language, wanted }
    }

    fn head_file(&self, at: usize, reader: &Reader<'_>) -> Done {
        let subject = self.subject(&self.head[at]);
        let old = self.pairs.and_then(|pairs| pairs.base_of(at)).map(|old| (old, &self.base[old]));
        match old {
            Some((_, old)) if subject.entry.same_content(old) && subject.entry.path == old.path => {
                self.unchanged(&subject, old, reader)
            }
            Some((place, old)) => self.modified(at, &subject, (place, self.subject(old)), reader),
            None if self.pairs.is_some() => self.added(at, &subject, reader),
            None => {
                let content = subject.wanted.some().then(|| reader.read(subject.entry));
                let file = self.file(&subject, content.as_ref(), None);
                let head_read = content.as_ref().map_or_else(Tally::default, Tally::of);
                Done { head: Some(file), head_read, ..Done::default() }
            }
        }
    }

    /// The same content at the same path; perhaps another mode.
    fn unchanged(&self, subject: &Subject<'_>, old: &Entry, reader: &Reader<'_>) -> Done {
        let content = subject.wanted.some().then(|| reader.read(subject.entry));
        let file = self.file(subject, content.as_ref(), None);
        let changed = (subject.entry.executable != old.executable).then(|| ChangedFile {
            code_differs: subject.language.map(|_| false),
            ..changed(subject, ChangeKind::Modified)
        });
        let head_read = content.as_ref().map_or_else(Tally::default, Tally::of);
        Done { base: Some(file.clone()), head: Some(file), changed, head_read, ..Done::default() }
    }

    fn added(&self, at: usize, subject: &Subject<'_>, reader: &Reader<'_>) -> Done {
        let content = self.head_content(at, subject.entry, reader);
        let mut changed = changed(subject, ChangeKind::Added);
        let compared = compare(&mut changed, subject.language, Some(&EMPTY), content.as_deref());
        let file = self.file(subject, content.as_deref(), Some(&changed.added));
        set_class(&mut changed, file.class);
        Done {
            head: Some(file),
            head_read: content.as_deref().map_or_else(Tally::default, Tally::of),
            changed: Some(changed),
            uncompared: !compared,
            ..Done::default()
        }
    }

    fn deleted_file(&self, at: usize, reader: &Reader<'_>) -> Done {
        let subject = self.subject(&self.base[at]);
        let content = self.base_content(at, subject.entry, reader);
        let mut changed = changed(&subject, ChangeKind::Deleted);
        let compared = compare(&mut changed, subject.language, content.as_deref(), Some(&EMPTY));
        let file = self.file(&subject, content.as_deref(), None);
        set_class(&mut changed, file.class);
        Done {
            base: Some(file),
            base_read: content.as_deref().map_or_else(Tally::default, Tally::of),
            changed: Some(changed),
            uncompared: !compared,
            ..Done::default()
        }
    }

    /// Another content, another path or another sort of entry. Only reading tells for what git has no id for.
    fn modified(
        &self,
        at: usize,
        subject: &Subject<'_>,
        (place, old): (usize, Subject<'_>),
        reader: &Reader<'_>,
    ) -> Done {
        let renamed = subject.entry.path != old.entry.path;
        let new_content = self.head_content(at, subject.entry, reader);
        let old_content = self.base_content(place, old.entry, reader);
        let (new, old_bytes) = (new_content.as_deref(), old_content.as_deref());
        let same = subject.entry.kind == old.entry.kind
            && new
                .and_then(Content::bytes)
                .is_some_and(|bytes| old_bytes.and_then(Content::bytes) == Some(bytes));
        let mut changed = ChangedFile {
            old_path: renamed.then(|| old.entry.path.to_string()),
            ..changed(subject, if renamed { ChangeKind::Renamed } else { ChangeKind::Modified })
        };
        let compared = compare(&mut changed, subject.language, old_bytes, new);
        let head = self.file(subject, new, Some(&changed.added));
        set_class(&mut changed, head.class);
        let base = if same && !renamed { head.clone() } else { self.file(&old, old_bytes, None) };
        let untouched = same && !renamed && subject.entry.executable == old.entry.executable;
        Done {
            head_read: new.map_or_else(Tally::default, Tally::of),
            base_read: old_bytes.map_or_else(Tally::default, Tally::of),
            head: Some(head),
            base: Some(base),
            changed: (!untouched).then_some(changed),
            uncompared: !compared,
        }
    }

    fn head_content(&self, at: usize, entry: &Entry, reader: &Reader<'_>) -> Option<Cow<'a, Content>> {
        content(self.pairs.and_then(|pairs| pairs.head_content(at)), entry, reader)
    }

    fn base_content(&self, at: usize, entry: &Entry, reader: &Reader<'_>) -> Option<Cow<'a, Content>> {
        content(self.pairs.and_then(|pairs| pairs.base_content(at)), entry, reader)
    }

    /// The entry with what was found in its content.
    fn file(&self, subject: &Subject<'_>, content: Option<&Content>, added: Option<&LineSet>) -> File {
        let Subject { entry, language, .. } = subject;
        let generated = generated(subject, content);
        let class = if generated { Class::Generated } else { subject.class };
        let wanted =
            &if generated { Wanted::of(self.plan, &entry.path, class) } else { subject.wanted.clone() };
        let content_of = content.filter(|_| wanted.some());
        let (reading, facts) = match content_of {
            None => (Reading::NotAsked, None),
            Some(Content::Binary(_)) => (Reading::Binary, None),
            Some(Content::TooLarge(_)) => (Reading::TooLarge, None),
            Some(Content::Failed(reason)) => (Reading::Failed(reason.clone()), None),
            Some(Content::Text(bytes)) => match facts(self.plan, wanted, &entry.path, &text(bytes), added) {
                Ok(facts) => (Reading::Read, Some(Arc::new(facts))),
                Err(reason) => (Reading::Failed(reason), None),
            },
        };
        File {
            path: Arc::clone(&entry.path),
            kind: entry.kind,
            size: content.and_then(Content::size).unwrap_or(entry.size),
            class,
            language: *language,
            reading,
            facts,
        }
    }
}

/// Whether product code says itself that a tool made it. Its path alone did not tell.
fn generated(subject: &Subject<'_>, content: Option<&Content>) -> bool {
    match content {
        Some(Content::Text(bytes)) if subject.class == Class::Product => says_generated(bytes),
        _ => false,
    }
}

/// The content of a regular file: what was read before, or read now.
fn content<'a>(held: Option<&'a Content>, entry: &Entry, reader: &Reader<'_>) -> Option<Cow<'a, Content>> {
    let regular = entry.kind == FileKind::Regular;
    regular.then(|| held.map_or_else(|| Cow::Owned(reader.read(entry)), Cow::Borrowed))
}

fn changed(subject: &Subject<'_>, kind: ChangeKind) -> ChangedFile {
    ChangedFile {
        path: subject.entry.path.to_string(),
        old_path: None,
        kind,
        class: subject.class,
        added: LineSet::default(),
        removed: 0,
        binary: false,
        code_differs: None,
        behaviour: None,
        guard: None,
    }
}
