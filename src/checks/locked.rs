//! `locked`: manifests have their lock files.

use super::{Check, Kind, build, schema};
use crate::evidence::{Facet, LockFault, LockState, Locked, Locks, Needs, Stale, View};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "locked",
    summary: "Every package manifest that has to be locked has its lock file.",
    details: "Looks at every package manifest with dependencies, outside tests, documents and ignored files. A lock file counts \
        beside its manifest, or at the root of the workspace that the manifest belongs to; requirements with one exact \
        version each count as locked. Libraries, and tools without lock files (Maven, sbt), are left out.\n\n\
        The lock file is read, too: one that is empty, that cannot be parsed or that holds the marks of a merge is none, and \
        one that does not hold a runtime dependency at all is stale. Dependencies by path, git, alias or platform are left out of \
        that, and where the lock file is over the size limit or its format is not known, it is enough that it exists.\n\n\
        `exists: true` asks something else: whether there is any manifest that has to be locked. It belongs into `when`.",
    example: "locked: { exists: true }",
    schema: schema::<LockedCheck>,
    build: build::<LockedCheck>,
};

/// Dependencies that are told of one stale lock file.
const MAX_TOLD: usize = 20;

/// Parameters of `locked`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct LockedCheck {
    /// Only ask whether a manifest has to be locked.
    exists: bool,
}

impl Check for LockedCheck {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.insert(Facet::Manifests);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let all = Locks::of(view.tree).all();
        if self.exists {
            if all.is_empty() {
                return Judgement::no(vec![Because::note("no manifest has to be locked")]);
            }
            let because = all.iter().map(|locked| Because::file(&locked.path)).collect();
            return Judgement::yes(because);
        }
        let (mut locked, mut wrong) = (Vec::new(), BTreeSet::new());
        for manifest in all {
            match good(manifest) {
                Ok(because) => locked.push(because),
                Err(because) => wrong.extend(because),
            }
        }
        // The same lock file for many members is told once, and so is what is wrong with it.
        locked.dedup_by(|a, b| a.path == b.path);
        if wrong.is_empty() { Judgement::yes(locked) } else { Judgement::no(wrong.into_iter().collect()) }
    }
}

/// What locks the manifest, or what is wrong.
fn good(manifest: Locked) -> Result<Because, Vec<Because>> {
    let Locked { path, line, state } = manifest;
    match state {
        LockState::File(lock) => Ok(Because::file(lock).noted(format!("locks {path}"))),
        LockState::Pinned => Ok(Because::file(path).noted("every version is exact")),
        LockState::Missing(fix) => {
            let place = Because { line: Some(line), ..Because::file(path) };
            Err(vec![place.noted(format!("has no lock file; to make one: {fix}"))])
        }
        LockState::Broken { lock, fault, fix } => {
            let (line, what) = match fault {
                LockFault::Empty => (None, "is empty".to_owned()),
                LockFault::Conflict(line) => (Some(line), "holds the marks of a merge".to_owned()),
                LockFault::Broken(line, why) => (Some(line), format!("cannot be read: {why}")),
            };
            let place = Because { line, ..Because::file(lock) };
            Err(vec![place.noted(format!("{what}; to make it anew: {fix}"))])
        }
        LockState::Stale(Stale { lock, lacks, fix }) => {
            let told = lacks.iter().take(MAX_TOLD).map(|(name, line)| {
                let note = format!("{lock} does not hold {name}; to renew it: {fix}");
                Because::line(&*path, *line, name).noted(note)
            });
            Err(told.collect())
        }
    }
}
