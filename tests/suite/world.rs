//! A repository in memory and what is known beside it, read in the way every run reads.

use chrono::NaiveDate;
use roadworthy::checks::Condition;
use roadworthy::evidence::{
    Capability, Classes, History, Needs, PathSet, Platform, Proofs, PullRequest, View,
};
use roadworthy::gather;
use roadworthy::plan::Plan;
use roadworthy::words::{Because, Judgement, Known, Stage, Unknown};
use serde_json::Value;
use std::collections::BTreeMap;

/// Path -> text.
pub(crate) type Texts = BTreeMap<String, String>;

/// What a check can see.
pub(crate) struct World {
    /// The head.
    pub(crate) files: Texts,
    /// The merge base; no change without it.
    pub(crate) base: Option<Texts>,
    pub(crate) pull_request: Known<PullRequest>,
    pub(crate) platform: Platform,
    pub(crate) weakened: Known<Vec<Because>>,
    pub(crate) authors: Known<usize>,
    /// When files were last changed, where there is a history.
    pub(crate) dates: Option<BTreeMap<String, NaiveDate>>,
    pub(crate) capabilities: Vec<Capability>,
    pub(crate) reached: Option<Vec<Stage>>,
}

impl World {
    /// These files and nothing beside them.
    pub(crate) fn of<A: ToString, B: ToString>(files: impl IntoIterator<Item = (A, B)>) -> Self {
        Self {
            files: files.into_iter().map(|(path, text)| (path.to_string(), text.to_string())).collect(),
            base: None,
            pull_request: Known::Absent("there is no pull request".into()),
            platform: Platform::unknown(&Unknown::because("nobody can be asked")),
            weakened: Known::Absent("there is no change".into()),
            authors: Known::Absent("there is no history".into()),
            dates: None,
            capabilities: Vec::new(),
            reached: None,
        }
    }

    /// Judges a condition as it stands in a policy.
    pub(crate) fn judge(&self, condition: &Value) -> Judgement {
        self.judge_built(&Condition::build(condition.clone()).unwrap())
    }

    pub(crate) fn judge_built(&self, condition: &Condition) -> Judgement {
        let mut needs = Needs::default();
        condition.needs(&mut needs);
        self.capabilities.iter().for_each(|capability| capability.needs(&mut needs));
        self.see(&plan(needs), |view| condition.judge(view))
    }

    /// Reads what the plan asks for, and shows it.
    pub(crate) fn see<T>(&self, plan: &Plan, look: impl FnOnce(&View<'_>) -> T) -> T {
        let (tree, base, change) = gather::memory(plan, &self.files, self.base.as_ref(), &[]);
        let tree = match &self.dates {
            Some(dates) => tree.with_history(Known::Known(history(plan, dates))),
            None => tree,
        };
        look(&View {
            tree: &tree,
            change: &change,
            pull_request: &self.pull_request,
            platform: &self.platform,
            policy_weakened: &self.weakened,
            authors: &self.authors,
            base: &base,
            capabilities: &self.capabilities,
            proofs: &Proofs::default(),
            patterns: &plan.index,
            today: NaiveDate::default(),
            reached: self.reached.as_deref(),
        })
    }
}

/// What a history with these dates says of what the plan asks for.
fn history(plan: &Plan, dates: &BTreeMap<String, NaiveDate>) -> History {
    let time = |date: &NaiveDate| date.and_hms_opt(12, 0, 0).unwrap().and_utc().timestamp();
    let newest = plan.history.iter().filter(|need| !need.each).filter_map(|need| {
        let set = PathSet::new(&need.globs).unwrap();
        let (path, date) =
            dates.iter().filter(|(path, _)| set.contains(path)).max_by_key(|(_, date)| **date)?;
        Some((need.globs.clone(), (path.clone(), time(date))))
    });
    History {
        dates: dates.iter().map(|(path, date)| (path.clone(), time(date))).collect(),
        newest: newest.collect(),
        ..History::default()
    }
}

/// A plan for these needs where nothing is ignored but what is everywhere.
pub(crate) fn plan(needs: Needs) -> Plan {
    Plan::new(needs, Classes::new(PathSet::default())).unwrap()
}
