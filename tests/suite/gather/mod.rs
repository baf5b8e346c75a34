//! What is gathered from folders and git repositories.

mod authors;
mod changes;
mod history;
mod hostile;
mod places;
mod reports;
mod revisions;

use crate::repo::Repo;
use roadworthy::evidence::{
    Change, Classes, File, Keep, Mask, Needs, PathSet, PatternNeed, Reading, Selection, Tree,
};
use roadworthy::gather::{Base, GatherError, Gathered, Head, Place, Request, local};
use roadworthy::plan::Plan;
use roadworthy::words::Known;

/// A plan that looks for `needle` in every file and on every added line, except below `node_modules` and `vendor`.
pub(super) fn plan() -> Plan {
    let need = |keep| PatternNeed {
        files: Selection::of(["**"]),
        regex: "needle".into(),
        mask: Mask::Nothing,
        keep,
    };
    let ignore = PathSet::new(&["**/node_modules/**", "vendor/**"]).unwrap();
    let needs = Needs { patterns: [need(Keep::All), need(Keep::Added)].into(), ..Needs::default() };
    Plan::new(needs, Classes::new(ignore)).unwrap()
}

/// The number of the pattern for all lines.
pub(super) const ALL: u32 = 0;
/// The number of the pattern for added lines.
pub(super) const ADDED: u32 = 1;

pub(super) fn gather(repo: &Repo, request: &Request) -> Result<Gathered, GatherError> {
    local(&plan(), &Place::open(repo.path())?, request)
}

/// The work tree against the default base.
pub(super) fn work_tree(repo: &Repo) -> Gathered {
    gather(repo, &Request::default()).unwrap()
}

/// The work tree against a base.
pub(super) fn since(base: &str) -> Request {
    Request { base: Base::Revision(base.into()), ..Request::default() }
}

/// One commit against another.
pub(super) fn between(base: &str, head: &str) -> Request {
    Request { head: Head::Revision(head.into()), ..since(base) }
}

/// All paths with what became of them: `+` read, `-` not asked, `b` binary, `L` too large, `!` failed.
pub(super) fn paths(tree: &Tree) -> Vec<String> {
    tree.files().iter().map(|file| format!("{} {}", mark(file), file.path)).collect()
}

fn mark(file: &File) -> char {
    match file.reading {
        Reading::Read => '+',
        Reading::NotAsked => '-',
        Reading::Binary => 'b',
        Reading::TooLarge => 'L',
        Reading::Failed(_) => '!',
    }
}

/// Where the pattern hit, as `path:line`.
pub(super) fn hits(tree: &Tree, pattern: u32) -> Vec<String> {
    tree.hits(pattern)
        .flat_map(|(file, hits)| hits.iter().map(move |hit| format!("{}:{}", file.path, hit.line)))
        .collect()
}

/// The change in one line for each file: `kind path (from old) +added lines -removed`.
pub(super) fn change(gathered: &Gathered) -> Vec<String> {
    let Known::Known(Change { files }) = &gathered.change else { panic!("{:?}", gathered.change) };
    files
        .iter()
        .map(|file| {
            let from = file.old_path.as_ref().map(|old| format!(" from {old}")).unwrap_or_default();
            let binary = if file.binary { " binary" } else { "" };
            let added: Vec<String> = file.added.ranges().iter().map(|(a, b)| format!(" +{a}..{b}")).collect();
            format!("{:?} {}{from}{} -{}{binary}", file.kind, file.path, added.concat(), file.removed)
        })
        .collect()
}
