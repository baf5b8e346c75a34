//! Joins the listings of head and merge base: which entry of the one is which of the other.

use super::listing::Entry;
use super::renames::{Candidates, Renames, find};
use super::source::{Content, Source};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Which entry of the head is which of the base.
pub(super) struct Pairs {
    /// For each entry of the head the one of the base at the same path.
    same_path: Vec<Option<usize>>,
    renames: Renames,
    /// Entries of the base that are gone for good.
    pub(super) deleted: Vec<usize>,
}

impl Pairs {
    /// Joins the listings by path, and what is left by content.
    pub(super) fn of(head: &[Entry], base: &[Entry], source: &Source) -> Self {
        let mut same_path = vec![None; head.len()];
        let (mut added, mut deleted) = (Vec::new(), Vec::new());
        let (mut new, mut old) = (0, 0);
        while new < head.len() || old < base.len() {
            let order = match (head.get(new), base.get(old)) {
                (Some(new), Some(old)) => new.key().cmp(&old.key()),
                (Some(_), None) => Ordering::Less,
                (None, _) => Ordering::Greater,
            };
            match order {
                Ordering::Less => added.push(new),
                Ordering::Greater => deleted.push(old),
                Ordering::Equal => same_path[new] = Some(old),
            }
            new += usize::from(order != Ordering::Greater);
            old += usize::from(order != Ordering::Less);
        }
        let renames = find(Candidates { head, base, added, deleted: deleted.clone() }, source);
        let moved: BTreeSet<usize> = renames.pairs.values().copied().collect();
        deleted.retain(|at| !moved.contains(at));
        Self { same_path, renames, deleted }
    }

    /// The entry of the base that an entry of the head was.
    pub(super) fn base_of(&self, at: usize) -> Option<usize> {
        self.same_path[at].or_else(|| self.renames.pairs.get(&at).copied())
    }

    /// What was already read of an entry of the head.
    pub(super) fn head_content(&self, at: usize) -> Option<&Content> {
        self.renames.head.get(&at)
    }

    /// What was already read of an entry of the base.
    pub(super) fn base_content(&self, at: usize) -> Option<&Content> {
        self.renames.base.get(&at)
    }

    /// Whether not all renames were looked for.
    pub(super) const fn bounded(&self) -> bool {
        self.renames.bounded
    }
}
