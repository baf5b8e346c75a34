//! Reads the files that are understood as a whole: one line for each facet.

use super::api::{API_FILES, read_api};
use super::ci::{PIPELINES, read_pipeline};
use super::contract::{CONTRACT_FILES, read_contract};
use super::debt::{self, debts};
use super::environments::{environment_globs, read_environment};
use super::file_text::FileText;
use super::infra::{INFRA, read_infra};
use super::keys::{key_globs, read_keys};
use super::lockfiles::{lock_globs, read_lock};
use super::manifests::{manifest_globs, read_manifest};
use super::migrations::{migration_globs, read_migration};
use super::needs::Facet;
use super::outline::{OUTLINES, read_outline};
use super::owners::{CODEOWNERS, read_owners};
use super::paths::PathSet;
use super::tasks::{TASK_FILES, read_tasks};
use super::tree::Facts;
use std::sync::LazyLock;

/// Globs of the files that a facet reads.
pub fn facet_globs(facet: Facet) -> Vec<&'static str> {
    match facet {
        Facet::Manifests => manifest_globs().chain(lock_globs()).collect(),
        Facet::Ci => PIPELINES.iter().chain(&TASK_FILES).copied().collect(),
        Facet::Owners => CODEOWNERS.to_vec(),
        Facet::Environments => environment_globs(),
        Facet::Outlines => OUTLINES.to_vec(),
        Facet::Infra => INFRA.to_vec(),
        Facet::Debt => debt::FILES.iter().map(String::as_str).collect(),
        Facet::Api => API_FILES.iter().chain(&CONTRACT_FILES).copied().collect(),
        Facet::Migrations => migration_globs(),
        Facet::Keys => key_globs(),
    }
}

static DOCUMENTS: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&OUTLINES).unwrap_or_default());
static INFRA_FILES: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&INFRA).unwrap_or_default());
static PIPELINE_FILES: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&PIPELINES).unwrap_or_default());

/// `changed`: the change touches the file. Fills the parts of `facts` that the facets ask for and that a file of this path can give.
pub fn read_facets(file: &FileText<'_>, changed: bool, asked: &[Facet], facts: &mut Facts) {
    let FileText { path, text, .. } = *file;
    if asked.contains(&Facet::Manifests) {
        facts.manifest = read_manifest(path, text).map(Box::new);
        facts.lock = read_lock(path, text).map(Box::new);
    }
    if asked.contains(&Facet::Ci) {
        facts.pipeline = PIPELINE_FILES.contains(path).then(|| read_pipeline(file)).flatten().map(Box::new);
        facts.tasks = read_tasks(file);
    }
    if asked.contains(&Facet::Owners) && CODEOWNERS.contains(&path) {
        facts.owners = Some(Box::new(read_owners(text)));
    }
    if asked.contains(&Facet::Environments) {
        facts.environment = read_environment(file).map(Box::new);
    }
    if asked.contains(&Facet::Outlines) && DOCUMENTS.contains(path) {
        facts.outline = Some(Box::new(read_outline(path, text)));
    }
    if asked.contains(&Facet::Infra) && INFRA_FILES.contains(path) {
        facts.infra = read_infra(file).map(Box::new);
    }
    if asked.contains(&Facet::Debt) {
        facts.debt = debts(file);
    }
    if asked.contains(&Facet::Api) {
        facts.api = read_api(file).map(Box::new);
        facts.contract = read_contract(path, text).map(Box::new);
    }
    if asked.contains(&Facet::Keys) {
        facts.keys = read_keys(path, text).map(Box::new);
    }
    // Only what a change brings is judged, and the linter takes its time.
    if changed && asked.contains(&Facet::Migrations) {
        facts.migration = read_migration(path, text).map(Box::new);
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
            ("web/Dockerfile", Facet::Ci, true),
            ("deploy/api.Dockerfile", Facet::Ci, true),
            ("Dockerfile.dev", Facet::Ci, true),
            ("src/main.rs", Facet::Ci, false),
            (".github/CODEOWNERS", Facet::Owners, true),
            ("docs/setup.md", Facet::Outlines, true),
            ("src/a.rs", Facet::Debt, true),
            ("docs/setup.md", Facet::Debt, false),
        ];
        for (path, facet, expected) in cases {
            let taken = PathSet::new(&facet_globs(facet)).unwrap().contains(path);
            assert_eq!(taken, expected, "{path} {facet:?}");
        }
    }
}
