//! Reads the files that are understood as a whole: one line for each facet.

use super::needs::Facet;
use super::outline::{OUTLINES, read_outline};
use super::owners::{CODEOWNERS, read_owners};
use super::paths::PathSet;
use super::tree::Facts;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Globs of the files that a facet reads.
pub fn facet_globs(facet: Facet) -> Vec<&'static str> {
    match facet {
        Facet::Owners => CODEOWNERS.to_vec(),
        Facet::Outlines => OUTLINES.to_vec(),
        Facet::Manifests | Facet::Ci => Vec::new(),
    }
}

static DOCUMENTS: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&OUTLINES).unwrap_or_default());

/// Fills the parts of `found` that the facets ask for and that a file of this path can give.
pub fn read_facets(path: &str, text: &str, facets: &BTreeSet<Facet>, found: &mut Facts) {
    if facets.contains(&Facet::Owners) && CODEOWNERS.contains(&path) {
        found.owners = Some(read_owners(text));
    }
    if facets.contains(&Facet::Outlines) && DOCUMENTS.contains(path) {
        found.outline = Some(read_outline(path, text));
    }
}
