//! Reads the files that are understood as a whole: one line for each facet.

use super::ci::{PIPELINES, read_pipeline};
use super::manifests::{manifest_globs, read_manifest};
use super::needs::Facet;
use super::outline::{OUTLINES, read_outline};
use super::owners::{CODEOWNERS, read_owners};
use super::paths::PathSet;
use super::tasks::{TASK_FILES, read_tasks};
use super::tree::Facts;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Globs of the files that a facet reads.
pub fn facet_globs(facet: Facet) -> Vec<&'static str> {
    match facet {
        Facet::Manifests => manifest_globs().collect(),
        Facet::Ci => PIPELINES.iter().chain(&TASK_FILES).copied().collect(),
        Facet::Owners => CODEOWNERS.to_vec(),
        Facet::Outlines => OUTLINES.to_vec(),
    }
}

static DOCUMENTS: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&OUTLINES).unwrap_or_default());
static PIPELINE_FILES: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&PIPELINES).unwrap_or_default());

/// Whether one of these facets reads files of this path.
pub fn facets_take(path: &str, asked: &BTreeSet<Facet>) -> bool {
    static SETS: OnceLock<Vec<(Facet, PathSet)>> = OnceLock::new();
    let all = [Facet::Manifests, Facet::Ci, Facet::Owners, Facet::Outlines];
    let sets = SETS.get_or_init(|| {
        all.iter().map(|facet| (*facet, PathSet::new(&facet_globs(*facet)).unwrap_or_default())).collect()
    });
    sets.iter().any(|(facet, set)| asked.contains(facet) && set.contains(path))
}

/// Fills the parts of `facts` that the facets ask for and that a file of this path can give.
pub fn read_facets(path: &str, text: &str, asked: &BTreeSet<Facet>, facts: &mut Facts) {
    if asked.contains(&Facet::Manifests) {
        facts.manifest = read_manifest(path, text);
    }
    if asked.contains(&Facet::Ci) {
        facts.pipeline = PIPELINE_FILES.contains(path).then(|| read_pipeline(path, text));
        facts.tasks = read_tasks(path, text);
    }
    if asked.contains(&Facet::Owners) && CODEOWNERS.contains(&path) {
        facts.owners = Some(read_owners(text));
    }
    if asked.contains(&Facet::Outlines) && DOCUMENTS.contains(path) {
        facts.outline = Some(read_outline(path, text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facets_take_their_files_and_no_others() {
        let cases = [
            ("web/package.json", Facet::Manifests, true),
            ("src/main.rs", Facet::Manifests, false),
            (".github/workflows/ci.yml", Facet::Ci, true),
            (".github/actions/test/action.yml", Facet::Ci, true),
            ("backend/scripts/test.sh", Facet::Ci, true),
            ("src/main.rs", Facet::Ci, false),
        ];
        for (path, facet, expected) in cases {
            assert_eq!(facets_take(path, &BTreeSet::from([facet])), expected, "{path} {facet:?}");
        }
        assert!(!facets_take("package.json", &BTreeSet::new()));
    }
}
