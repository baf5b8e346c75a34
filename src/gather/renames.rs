//! Finds which added file is a deleted one under another path: the same content, or at least half of it.
//!
//! Bounded in files, pairs and memory; beyond the bounds files are told as deleted and added, with a note.

use super::listing::Entry;
use super::source::{Content, Reader, Source};
use crate::evidence::FileKind;
use gix::ObjectId;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Pairs whose contents are compared at most.
const MAX_PAIRS: usize = 250_000;
/// Bytes that are held of contents until the pass over all files needs them again.
const MAX_HELD: u64 = 64 << 20;
/// Percent of a file that must be the same.
const SIMILAR: u64 = 50;

/// What was found, and the contents that were read for it, so that nobody reads them again.
#[derive(Default)]
pub(super) struct Renames {
    /// Place in the base's listing by place in the head's.
    pub(super) pairs: HashMap<usize, usize>,
    pub(super) head: HashMap<usize, Content>,
    pub(super) base: HashMap<usize, Content>,
    /// Whether there were too many files to compare all.
    pub(super) bounded: bool,
}

/// Two listings and the files of each that the other does not have.
pub(super) struct Candidates<'a> {
    pub(super) head: &'a [Entry],
    pub(super) base: &'a [Entry],
    pub(super) added: Vec<usize>,
    pub(super) deleted: Vec<usize>,
}

/// Finds the renames.
pub(super) fn find(mut files: Candidates<'_>, source: &Source) -> Renames {
    let mut found = Renames::default();
    files.added.retain(|at| files.head[*at].kind == FileKind::Regular);
    files.deleted.retain(|at| files.base[*at].kind == FileKind::Regular);
    if files.added.is_empty() || files.deleted.is_empty() {
        return found;
    }
    let mut held = MAX_HELD;
    // What git has no id for yet must be read even to find the same content.
    let unnamed: Vec<usize> = files.added.iter().copied().filter(|at| files.head[*at].id.is_none()).collect();
    found.bounded |= read(files.head, &unnamed, source, &mut held, &mut found.head);
    same(&files, &mut found);
    let taken: HashSet<usize> = found.pairs.values().copied().collect();
    files.added.retain(|at| !found.pairs.contains_key(at));
    files.deleted.retain(|at| !taken.contains(at));
    if files.added.is_empty() || files.deleted.is_empty() {
        return found;
    }
    if files.added.len().saturating_mul(files.deleted.len()) > MAX_PAIRS {
        found.bounded = true;
        return found;
    }
    let (added, deleted) = (files.added.clone(), files.deleted.clone());
    found.bounded |= read(files.head, &added, source, &mut held, &mut found.head);
    found.bounded |= read(files.base, &deleted, source, &mut held, &mut found.base);
    similar(&files, &mut found);
    found
}

/// Reads what is not yet there; true where not everything could be held.
fn read(
    entries: &[Entry],
    places: &[usize],
    source: &Source,
    held: &mut u64,
    into: &mut HashMap<usize, Content>,
) -> bool {
    // A piece at a time, so that what is read and cannot be held stays little.
    for piece in places.chunks(64) {
        let missing: Vec<usize> = piece.iter().copied().filter(|at| !into.contains_key(at)).collect();
        let read: Vec<(usize, Content)> = missing
            .into_par_iter()
            .map_init(|| source.reader(), |reader: &mut Reader<'_>, at| (at, reader.read(&entries[at])))
            .collect();
        for (at, content) in read {
            *held = held.saturating_sub(content.bytes().map_or(0, |bytes| bytes.len() as u64));
            into.insert(at, content);
        }
        if *held == 0 {
            return true;
        }
    }
    false
}

/// Pairs files of the same content. Empty files say nothing.
fn same(files: &Candidates<'_>, found: &mut Renames) {
    let empty = ObjectId::empty_blob(gix::hash::Kind::Sha1);
    let mut by_id: BTreeMap<ObjectId, Vec<usize>> = BTreeMap::new();
    for at in &files.deleted {
        if let Some(id) = files.base[*at].id.filter(|id| *id != empty) {
            by_id.entry(id).or_default().push(*at);
        }
    }
    for at in &files.added {
        let entry = &files.head[*at];
        let read = || found.head.get(at).and_then(Content::bytes).and_then(blob_id);
        let Some(olds) = entry.id.or_else(read).and_then(|id| by_id.get_mut(&id)) else { continue };
        let namesake =
            olds.iter().position(|old| file_name(&files.base[*old].path) == file_name(&entry.path));
        if !olds.is_empty() {
            let old = olds.remove(namesake.unwrap_or(0));
            found.pairs.insert(*at, old);
        }
    }
}

/// The id that git gives to this content.
pub(super) fn blob_id(bytes: &[u8]) -> Option<ObjectId> {
    gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, bytes).ok()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Pairs files that share enough lines, the most similar first.
fn similar(files: &Candidates<'_>, found: &mut Renames) {
    let prints = |places: &[usize], contents: &HashMap<usize, Content>| -> Vec<(usize, Print)> {
        let readable = places.par_iter().filter_map(|at| Some((*at, Print::of(contents.get(at)?.bytes()?))));
        readable.filter(|(_, print)| print.bytes > 0).collect()
    };
    let (added, deleted) = (prints(&files.added, &found.head), prints(&files.deleted, &found.base));
    let mut scored: Vec<(u64, bool, usize, usize)> = added
        .par_iter()
        .flat_map_iter(|(new, new_print)| {
            deleted.iter().filter_map(move |(old, old_print)| {
                let score = new_print.likeness(old_print);
                let namesake = file_name(&files.head[*new].path) == file_name(&files.base[*old].path);
                (score >= SIMILAR).then_some((score, namesake, *new, *old))
            })
        })
        .collect();
    scored.sort_by_key(|(score, namesake, new, old)| (u64::MAX - score, !namesake, *new, *old));
    let mut taken = HashSet::new();
    for (_, _, new, old) in scored {
        if !found.pairs.contains_key(&new) && taken.insert(old) {
            found.pairs.insert(new, old);
        }
    }
}

/// The lines of a content by their hashes, in order of hash, with their bytes.
struct Print {
    lines: Vec<(u64, u64)>,
    bytes: u64,
}

impl Print {
    fn of(content: &[u8]) -> Self {
        let mut lines: Vec<(u64, u64)> = content
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| {
                let mut hasher = DefaultHasher::new();
                line.hash(&mut hasher);
                (hasher.finish(), line.len() as u64)
            })
            .collect();
        lines.sort_unstable();
        Self { lines, bytes: content.len() as u64 }
    }

    /// Percent of the larger content that is in both.
    fn likeness(&self, other: &Self) -> u64 {
        let largest = self.bytes.max(other.bytes).max(1);
        if self.bytes.min(other.bytes) * 100 < largest * SIMILAR {
            return 0;
        }
        let (mut ours, mut theirs) = (self.lines.iter().peekable(), other.lines.iter().peekable());
        let mut shared = 0;
        while let (Some(our), Some(their)) = (ours.peek(), theirs.peek()) {
            match our.cmp(their) {
                std::cmp::Ordering::Less => drop(ours.next()),
                std::cmp::Ordering::Greater => drop(theirs.next()),
                std::cmp::Ordering::Equal => {
                    shared += our.1;
                    ours.next();
                    theirs.next();
                }
            }
        }
        shared * 100 / largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_counts_shared_bytes() {
        let cases = [
            ("a\nb\nc\nd\n", "a\nb\nc\nd\n", 100),
            ("a\nb\nc\nd\n", "d\nc\nx\ny\n", 50),
            ("a\nb\nc\nd\n", "a\n", 0),
            ("a\n", "b\n", 0),
        ];
        for (old, new, expected) in cases {
            let likeness = Print::of(old.as_bytes()).likeness(&Print::of(new.as_bytes()));
            assert_eq!(likeness, expected, "{old:?} {new:?}");
        }
    }
}
