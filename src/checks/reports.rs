//! Parts that the checks of other jobs' reports share: which reports count, and what is said where there is none.

use super::select::Paths;
use crate::evidence::{Class, Report, ReportBody, ReportKind, View, how_to_make, report_globs};
use crate::words::{Because, Judgement, Unknown};
use std::collections::BTreeMap;

/// Reports that are named in a sentence.
const NAMED: usize = 3;

/// Reports that tell of what is judged.
pub(super) struct Picked<'a, T> {
    pub(super) reports: Vec<(&'a Report, &'a T)>,
    /// Those that were left out, and why.
    pub(super) notes: Vec<String>,
}

impl<T> Picked<'_, T> {
    /// The notes, as something that a judgement rests on.
    pub(super) fn because(&self) -> impl Iterator<Item = Because> + use<'_, T> {
        self.notes.iter().take(NAMED).map(Because::note)
    }
}

/// The globs of a parameter, or where such reports usually lie.
pub(super) fn globs(paths: Option<&Paths>, kind: ReportKind) -> Vec<String> {
    paths.map_or_else(|| report_globs(kind).to_vec(), |paths| paths.globs.clone())
}

/// Parameter `reports`, or the usual places.
pub(super) fn usual(paths: Option<&Paths>, kind: ReportKind) -> Paths {
    paths.cloned().unwrap_or_else(|| Paths::new(report_globs(kind).to_vec()).unwrap_or_default())
}

/// The reports of a kind that tell of what is judged; where there is none, what that comes to.
pub(super) fn pick<'a, T>(
    view: &View<'a>,
    kind: ReportKind,
    paths: &Paths,
    body: impl Fn(&'a ReportBody) -> Option<&'a T>,
) -> Result<Picked<'a, T>, Judgement> {
    let Some(all) = &view.tree.reports else {
        return Err(Judgement::yes(vec![Because::note("reports tell of the head, not of the merge base")]));
    };
    let mut picked = Picked { reports: Vec::new(), notes: Vec::new() };
    for report in all.files.iter().filter(|report| paths.set.contains(&report.path)) {
        match &report.body {
            Ok(content) => {
                let Some(content) = body(content) else { continue };
                match all.stale(report, view.change.known()) {
                    Some(why) => picked.notes.push(format!("{} {why}", report.path)),
                    None => picked.reports.push((report, content)),
                }
            }
            Err(why) => picked.notes.push(format!("{} cannot be read: {why}", report.path)),
        }
    }
    if picked.reports.is_empty() { Err(none(view, kind, paths, &picked.notes)) } else { Ok(picked) }
}

/// Nobody left a report, or none that counts.
fn none(view: &View<'_>, kind: ReportKind, paths: &Paths, notes: &[String]) -> Judgement {
    let what = match kind {
        ReportKind::Coverage => "report of coverage",
        ReportKind::Tests => "report of tests",
        ReportKind::Sarif => "SARIF report",
        ReportKind::Load => "report of a load test",
    };
    let how = how_to_make(kind, languages(view));
    let reason = if notes.is_empty() {
        format!(
            "no {what} was found ({}); make one in the same job before the gate, or download it there: {how}",
            paths.shown()
        )
    } else {
        let told: Vec<&str> = notes.iter().take(NAMED).map(String::as_str).collect();
        format!("there is no {what} that counts: {}; make it anew before the gate: {how}", told.join("; "))
    };
    Judgement::unknown(Unknown::because(reason))
}

/// Languages of the code: of the change's first, else those of the tree, the most frequent first.
fn languages<'a>(view: &View<'a>) -> Vec<&'a str> {
    let changed = view.change.known().into_iter().flat_map(|change| &change.files);
    let changed: Vec<&str> = changed
        .filter(|file| file.class == Class::Product)
        .filter_map(|file| view.tree.file(&file.path)?.language)
        .collect();
    let all = view.tree.files().iter().filter(|file| file.class == Class::Product);
    let all = all.filter_map(|file| file.language).filter(|_| changed.is_empty());
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for language in all.chain(changed.iter().copied()) {
        *count.entry(language).or_default() += 1;
    }
    let mut languages: Vec<(&str, usize)> = count.into_iter().collect();
    languages.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    languages.into_iter().map(|(language, _)| language).collect()
}
