//! One rule on one tree: outcome, what it rests on, and its message.

use crate::evidence::View;
use crate::policy::{Demand, Rule};
use crate::words::{Because, Judgement, Outcome, Truth, Unknown};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Entries of `because` that are kept for a rule; a forbidden pattern can match anywhere.
const MAX_BECAUSE: usize = 1000;
/// Notes that a message names before it counts the rest.
const NAMED: usize = 3;

/// A rule judged on one tree.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) outcome: Outcome,
    pub(super) because: Vec<Because>,
    pub(super) unknown: Vec<Unknown>,
    /// Whether the program itself went wrong.
    pub(super) internal: bool,
}

/// Judges the rule. A check that panics is a fault of ours: it must neither pass nor take the run down.
pub(super) fn judge(rule: &Rule, view: &View<'_>) -> Judged {
    catch_unwind(AssertUnwindSafe(|| decide(rule, view))).unwrap_or_else(|_| Judged {
        outcome: Outcome::Unknown,
        because: Vec::new(),
        unknown: vec![Unknown::because("an internal error; please report it")],
        internal: true,
    })
}

/// `when` implies the demand, by Kleene's rules: a demand that is met passes even where it is not known
/// whether the rule applies.
fn decide(rule: &Rule, view: &View<'_>) -> Judged {
    let when = rule.when.as_ref().map(|condition| condition.judge(view));
    if let Some(when) = when.as_ref().filter(|when| when.truth == Truth::False) {
        return judged(Outcome::NotApplicable, when.clone());
    }
    let demand = rule.demand.condition().judge(view);
    let good = match rule.demand {
        Demand::Require(_) => Truth::True,
        Demand::Forbid(_) => Truth::False,
    };
    match (demand.truth, when) {
        (truth, _) if truth == good => judged(Outcome::Pass, demand),
        (Truth::Unknown, _) => judged(Outcome::Unknown, demand),
        (_, Some(when)) if when.truth == Truth::Unknown => judged(Outcome::Unknown, when),
        _ => judged(Outcome::Fail, demand),
    }
}

fn judged(outcome: Outcome, judgement: Judgement) -> Judged {
    let Judgement { mut because, unknown, .. } = judgement;
    because.truncate(MAX_BECAUSE);
    Judged { outcome, because, unknown, internal: false }
}

impl Judged {
    /// What happened, in a sentence.
    pub(super) fn message(&self) -> String {
        match self.outcome {
            Outcome::Unknown => self.reason().reason,
            Outcome::Pass => self.told().unwrap_or_else(|| "holds".to_owned()),
            Outcome::NotApplicable => self.told().map_or_else(
                || "does not apply here".to_owned(),
                |told| format!("does not apply here: {told}"),
            ),
            Outcome::Fail | Outcome::Waived => {
                self.told().unwrap_or_else(|| "nothing was found that shows it".to_owned())
            }
        }
    }

    /// The first few places of what the outcome rests on, or what was looked for in vain first; `explain` has it all.
    fn told(&self) -> Option<String> {
        let placed = self.because.iter().any(|because| because.path.is_some());
        let named = if placed { NAMED } else { 1 };
        let mut said: Vec<String> = Vec::new();
        for because in self.because.iter().filter(|because| !placed || because.path.is_some()) {
            let words = match (&because.note, because.place()) {
                (Some(note), Some(place)) => format!("{note} ({place})"),
                (Some(note), None) => note.clone(),
                (None, Some(place)) => place,
                (None, None) => continue,
            };
            if !said.contains(&words) {
                said.push(words);
            }
        }
        let more = said.len().saturating_sub(named);
        said.truncate(named);
        let text = said.join("; ");
        match (text.is_empty(), more) {
            (true, _) => None,
            (false, 0) => Some(text),
            (false, more) if placed => Some(format!("{text}; and {more} more")),
            // What else was looked for would only repeat the title.
            (false, _) => Some(text),
        }
    }

    /// Why it is unknown: all reasons, and the first permission that would help.
    pub(super) fn reason(&self) -> Unknown {
        let mut reasons: Vec<&str> = self.unknown.iter().map(|unknown| unknown.reason.as_str()).collect();
        reasons.dedup();
        reasons.truncate(NAMED);
        let permission = self.unknown.iter().find_map(|unknown| unknown.permission.clone());
        let reason = if reasons.is_empty() { "no reason was given".to_owned() } else { reasons.join("; ") };
        let outage = self.unknown.iter().any(|unknown| unknown.outage);
        Unknown { reason, permission, outage }
    }
}
