//! `locked`: manifests have their lock files.

use super::{Check, Kind, build, schema};
use crate::evidence::{Facet, LockState, Needs, View, locks};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "locked",
    summary: "Every package manifest that has to be locked has its lock file.",
    details: "Looks at every package manifest with dependencies, outside tests, documents and ignored files. A lock file counts \
        beside its manifest, or at the root of the workspace that the manifest belongs to; requirements with one exact \
        version each count as locked. Libraries, and tools without lock files (Maven, sbt), are left out.\n\n\
        `exists: true` asks something else: whether there is any manifest that has to be locked. It belongs into `when`.",
    example: "locked: { exists: true }",
    schema: schema::<LockedCheck>,
    build: build::<LockedCheck>,
};

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
        let all = locks(view.tree);
        if self.exists {
            if all.is_empty() {
                return Judgement::no(vec![Because::note("no manifest has to be locked")]);
            }
            let because = all.iter().map(|locked| Because::file(&locked.path)).collect();
            return Judgement::yes(because);
        }
        let (mut locked, mut missing) = (Vec::new(), Vec::new());
        for manifest in all {
            match manifest.state {
                LockState::File(lock) => {
                    locked.push(Because::file(lock).noted(format!("locks {}", manifest.path)));
                }
                LockState::Pinned => {
                    locked.push(Because::file(manifest.path).noted("every version is exact"));
                }
                LockState::Missing(fix) => {
                    let place = Because { line: Some(manifest.line), ..Because::file(manifest.path) };
                    missing.push(place.noted(format!("has no lock file; to make one: {fix}")));
                }
            }
        }
        // The same lock file for many members is told once.
        locked.dedup_by(|a, b| a.path == b.path);
        if missing.is_empty() { Judgement::yes(locked) } else { Judgement::no(missing) }
    }
}
