//! Whether the lock files that cover a manifest hold what it asks for.

use super::table::Manager;
use super::{Cover, LockState, Stale};
use crate::evidence::lockfiles::Lock;
use crate::evidence::manifests::{DependencyScope, InLock, Manifest};

/// What the lock files come to: one that is right is enough, and so is one of which too little is known.
pub(super) fn judged(path: &str, manifest: &Manifest, cover: &Cover<'_>) -> LockState {
    let mut first = None;
    for (lock_path, manager, lock) in &cover.files {
        let Some(problem) = lock.and_then(|lock| problem(path, manifest, cover, (lock_path, manager, lock)))
        else {
            return LockState::File(lock_path.clone());
        };
        first.get_or_insert(problem);
    }
    first.unwrap_or(LockState::Pinned)
}

/// What is wrong with a lock file, for all that is known of it.
fn problem(
    path: &str,
    manifest: &Manifest,
    cover: &Cover<'_>,
    (lock_path, manager, lock): (&str, &Manager, &Lock),
) -> Option<LockState> {
    if let Some(fault) = &lock.fault {
        let (lock, fault) = (lock_path.to_owned(), fault.clone());
        return Some(LockState::Broken { lock, fault, fix: manager.fix(path) });
    }
    // The lock file of another tool says little of a list of requirements.
    if !cover.certain || !lock.is_known() || manifest.tool == "requirements" {
        return None;
    }
    let asked = manifest
        .dependencies
        .iter()
        .filter(|one| one.scope == DependencyScope::Runtime && one.lock == InLock::Must);
    let lacks: Vec<(String, u32)> = asked
        .filter(|one| !lock.holds(manifest.ecosystem, &one.name))
        .map(|one| (one.name.clone(), one.line))
        .collect();
    let names: Vec<&str> = lacks.iter().map(|(name, _)| name.as_str()).collect();
    let fix = manager.renew(path, &names.join(" "));
    (!lacks.is_empty()).then(|| LockState::Stale(Stale { lock: lock_path.to_owned(), lacks, fix }))
}
