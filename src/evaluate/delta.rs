//! Findings against the merge base: introduced, existing or fixed, by fingerprint.
//!
//! A fingerprint is made of rule, path and the text at fault, never of the line number, so that it survives
//! line shifts. Where the same text stands several times in a file, the occurrences are numbered; those on
//! lines that the change adds come last, so that the surplus over the merge base is what was added.

use super::judge::Judged;
use crate::evidence::{Change, ChangeKind};
use crate::findings::Finding;
use crate::policy::Rule;
use crate::text;
use crate::words::{Because, Delta, Known, Outcome};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The places where a rule fails, each with its fingerprint, in order of path and line.
pub(super) struct Places<'a> {
    places: Vec<(&'a Because, String)>,
}

impl<'a> Places<'a> {
    /// The places of a failed rule. Paths are as the head has them.
    pub(super) fn new(rule: &Rule, because: &'a [Because], change: &Known<Change>) -> Self {
        let mut located: Vec<&Because> = because.iter().filter(|because| because.path.is_some()).collect();
        located
            .sort_by(|a, b| (&a.path, a.line, a.column, &a.note).cmp(&(&b.path, b.line, b.column, &b.note)));
        located.dedup();
        let mut order: Vec<usize> = (0..located.len()).collect();
        order.sort_by_key(|at| added(located[*at], change));
        let mut seen: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        let mut prints = vec![String::new(); located.len()];
        for at in order {
            let place = located[at];
            let (path, text) =
                (place.path.as_deref().unwrap_or_default(), place.text.as_deref().unwrap_or_default());
            let count = seen.entry((path, text)).or_default();
            prints[at] = fingerprint(&rule.id, path, text, *count);
            *count += 1;
        }
        Self { places: located.into_iter().zip(prints).collect() }
    }

    /// The findings; `before` holds the fingerprints of the merge base, where it was judged.
    pub(super) fn findings(&self, rule: &Rule, message: &str, before: Option<&Before>) -> Vec<Finding> {
        if self.places.is_empty() {
            let print = fingerprint(&rule.id, "", "", 0);
            return vec![finding(rule, &Because::note(message), print, before)];
        }
        self.places.iter().map(|(because, print)| finding(rule, because, print.clone(), before)).collect()
    }
}

/// What the merge base says of a rule.
pub(super) enum Before {
    /// It fails there with these fingerprints, or does not fail (then there are none).
    Known(BTreeSet<String>),
    /// It could not be judged there.
    Unknown,
}

/// The fingerprints at the merge base, with paths as the head has them: a moved file brings no new finding.
pub(super) fn fingerprints(rule: &Rule, base: &Judged, change: &Known<Change>) -> Before {
    match base.outcome {
        Outcome::Unknown => return Before::Unknown,
        Outcome::Fail => {}
        Outcome::Pass | Outcome::NotApplicable | Outcome::Waived => return Before::Known(BTreeSet::new()),
    }
    let renamed: BTreeMap<&str, &str> = change
        .known()
        .into_iter()
        .flat_map(|change| &change.files)
        .filter(|file| file.kind == ChangeKind::Renamed)
        .filter_map(|file| Some((file.old_path.as_deref()?, file.path.as_str())))
        .collect();
    let mut because = base.because.clone();
    for place in &mut because {
        if let Some(path) = place.path.as_deref().and_then(|path| renamed.get(path)) {
            place.path = Some((*path).to_owned());
        }
    }
    let absent = Known::Absent(String::new());
    let places = Places::new(rule, &because, &absent);
    Before::Known(places.findings(rule, "", None).into_iter().map(|finding| finding.fingerprint).collect())
}

/// The delta of a rule from those of its findings.
pub(super) fn of_rule(outcome: Outcome, base: Option<&Judged>, findings: &[Finding]) -> Delta {
    let before = base.map(|judged| judged.outcome);
    match outcome {
        Outcome::Fail => {
            let has = |delta| findings.iter().any(|finding| finding.delta == delta);
            [Delta::Introduced, Delta::Existing].into_iter().find(|delta| has(*delta)).unwrap_or(Delta::None)
        }
        Outcome::Pass if before == Some(Outcome::Fail) => Delta::Fixed,
        _ => Delta::None,
    }
}

fn finding(rule: &Rule, because: &Because, fingerprint: String, before: Option<&Before>) -> Finding {
    let delta = match before {
        Some(Before::Known(prints)) if prints.contains(&fingerprint) => Delta::Existing,
        Some(Before::Known(_)) => Delta::Introduced,
        Some(Before::Unknown) | None => Delta::None,
    };
    Finding {
        rule: rule.id.clone(),
        path: because.path.clone(),
        line: because.line,
        end_line: because.end_line,
        column: because.column,
        message: because.note.clone().unwrap_or_else(|| rule.title.clone()),
        delta,
        blocking: false,
        fingerprint,
    }
}

fn added(because: &Because, change: &Known<Change>) -> bool {
    let file = because.path.as_deref().and_then(|path| change.known()?.file(path));
    file.zip(because.line).is_some_and(|(file, line)| file.added.contains(line))
}

/// 128 bits in hex are plenty for the findings of one repository.
fn fingerprint(rule: &str, path: &str, text: &str, count: u32) -> String {
    let mut hash = Sha256::new();
    for part in [rule, path, text, &count.to_string()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    text::hex(&hash.finalize()[..16])
}
