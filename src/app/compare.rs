//! A change that edits the policy: what would the edited policy no longer say?
//!
//! What weakens is told in two ways: settings that are plainly looser, and failures that the edit would turn green.

use super::Error;
use super::check::{Case, needs};
use super::source::Located;
use crate::evaluate::evaluate;
use crate::evidence::{Evidence, Needs};
use crate::gather::Base;
use crate::policy::{self, Files, Policy};
use crate::text::counted;
use crate::words::{Because, Known, Outcome};
use std::collections::BTreeSet;

/// The policy on both sides of the change.
pub(super) enum Edit {
    /// It is the same, or there are no two sides.
    None(String),
    /// It differs; the path is that of the policy at the head.
    Some { before: Box<Policy>, after: Box<Policy>, path: String },
    /// The head's cannot be loaded.
    Broken { path: String, message: String },
}

impl Edit {
    /// Compares the policy at the merge base with the one at the head.
    pub(super) fn of(case: &Case) -> Result<Self, Error> {
        let same = || Ok(Self::None("the change does not touch the policy".to_owned()));
        let Some((before, after)) = sides(case) else { return same() };
        let both = case.policy.elsewhere(before).zip(case.policy.elsewhere(after));
        let Some((before, after)) = both else { return same() };
        let (before, after): (Located, Located) = (before?, after?);
        // A policy of the merge base that no longer loads binds nobody; nothing can be weaker than it.
        let Ok(before) = before.load() else { return same() };
        let path = after.source.clone();
        match policy::load(&after.source, &*after.files) {
            Ok(policy) if policy.digest == before.digest => same(),
            Ok(policy) => Ok(Self::Some { before: Box::new(before), after: Box::new(policy), path }),
            Err(problems) => {
                let message = problems
                    .0
                    .first()
                    .map_or_else(String::new, |problem| format!("{}: {}", problem.place(), problem.message));
                Ok(Self::Broken { path, message })
            }
        }
    }

    /// What has to be gathered to judge by both.
    pub(super) fn needs(&self) -> Needs {
        match self {
            Self::Some { before, after, .. } => {
                let mut all = needs(before);
                all.extend(needs(after));
                all
            }
            Self::None(_) | Self::Broken { .. } => Needs::default(),
        }
    }
}

/// The files of the merge base and of the head, where there are both.
fn sides(case: &Case) -> Option<(Box<dyn Files>, Box<dyn Files>)> {
    if case.request.base == Base::None || case.base_unknown.is_some() {
        return None;
    }
    let base = case.site.merge_base(&case.request)?;
    Some((case.site.files_at(&base).ok()?, case.site.files(&case.request.head).ok()?))
}

/// In what the change weakens the policy, one entry each.
pub(super) fn weakened(edit: &Edit, evidence: &Evidence) -> Known<Vec<Because>> {
    let told =
        |path: &str, what: String| Because { text: Some(what.clone()), ..Because::file(path) }.noted(what);
    match edit {
        Edit::None(reason) => Known::Absent(reason.clone()),
        Edit::Broken { path, message } => {
            Known::Known(vec![told(path, format!("the policy can no longer be used: {message}"))])
        }
        Edit::Some { before, after, path } => {
            let mut found = policy::weakened(before, after);
            let greened = greened(before, after, evidence);
            if !greened.is_empty() {
                found.push(format!(
                    "this edit would turn {} green: {}",
                    counted(greened.len(), "failure"),
                    greened.join(", ")
                ));
            }
            Known::Known(found.into_iter().map(|what| told(path, what)).collect())
        }
    }
}

/// Rules that fail by the policy of the merge base, and no longer by the head's.
fn greened(before: &Policy, after: &Policy, evidence: &Evidence) -> Vec<String> {
    let failing = |policy: &Policy| -> BTreeSet<String> {
        let results = evaluate(policy, evidence).results;
        results.into_iter().filter(|rule| rule.outcome == Outcome::Fail).map(|rule| rule.id).collect()
    };
    failing(before).difference(&failing(after)).cloned().collect()
}
