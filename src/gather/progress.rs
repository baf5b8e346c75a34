//! How far gathering is, for somebody who waits. Counts alone; showing them is for others.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How many files are to be looked at, and how many are done.
#[derive(Debug, Default)]
pub struct Progress {
    total: AtomicUsize,
    done: AtomicUsize,
}

impl Progress {
    /// Files that are done, and all files; 0 before they are listed.
    pub fn seen(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    pub(super) fn start(&self, total: usize) {
        self.total.store(total, Ordering::Relaxed);
    }

    pub(super) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}
