//! Which patterns are searched in a file of some path and class.

use super::Pattern;
use crate::evidence::{Class, GlobTable};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// The globs of all patterns, each once, so that a path is matched once.
#[derive(Debug)]
pub(super) struct PatternPaths {
    globs: GlobTable,
    /// For each number in `globs`, the patterns that use it.
    users: Vec<Vec<User>>,
    /// Thousands of paths match the same few globs.
    known: RwLock<HashMap<Key, Arc<[u32]>>>,
}

/// The globs that match a path, and its class.
type Key = (Vec<u32>, Class);

/// A pattern that uses a glob, to take files or to leave them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct User {
    pattern: u32,
    leaves_out: bool,
}

impl PatternPaths {
    /// Ways to match the globs that are remembered; made-up names could bring any number of them.
    const MOST: usize = 4096;

    pub(super) fn new(patterns: &[Pattern]) -> Result<Self, String> {
        let mut by_glob: BTreeMap<&str, Vec<User>> = BTreeMap::new();
        for (pattern, each) in (0_u32..).zip(patterns) {
            for glob in &each.need.files.globs {
                let rest = glob.strip_prefix('!');
                let user = User { pattern, leaves_out: rest.is_some() };
                by_glob.entry(rest.unwrap_or(glob)).or_default().push(user);
            }
        }
        let globs = GlobTable::new(by_glob.keys().copied().zip(0..))?;
        Ok(Self { globs, users: by_glob.into_values().collect(), known: RwLock::default() })
    }

    /// The numbers of the patterns for a path in small letters, in order.
    pub(super) fn patterns(&self, path: &str, class: Class, patterns: &[Pattern]) -> Arc<[u32]> {
        let key = (self.globs.matches(path), class);
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(known);
        }
        let found = self.find(&key.0, class, patterns);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < Self::MOST {
            known.insert(key, Arc::clone(&found));
        }
        found
    }

    fn find(&self, globs: &[u32], class: Class, patterns: &[Pattern]) -> Arc<[u32]> {
        let mut users: Vec<User> = globs.iter().flat_map(|at| &self.users[*at as usize]).copied().collect();
        users.sort_unstable();
        users
            .chunk_by(|a, b| a.pattern == b.pattern)
            // What leaves out sorts last.
            .filter(|same| same.last().is_some_and(|user| !user.leaves_out))
            .map(|same| same[0].pattern)
            .filter(|pattern| patterns[*pattern as usize].need.files.takes(class))
            .collect()
    }
}
