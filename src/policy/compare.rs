//! In what one policy is weaker than another: the part that can be told without judging anything.

use super::model::{Policy, Rule};
use crate::words::{Enforce, OnUnknown};

/// What `after` loosens against `before`, one sentence each, in policy order. A rule that is stricter or new
/// is no finding; a condition that reads differently is not either, because only its outcome can tell.
pub fn weakened(before: &Policy, after: &Policy) -> Vec<String> {
    let mut found = settings(before, after);
    for rule in &before.rules {
        match after.rules.iter().find(|other| other.id == rule.id) {
            None => found.push(format!("rule `{}` is removed or switched off", rule.id)),
            Some(other) => found.extend(rule_weakened(rule, other)),
        }
    }
    found
}

fn settings(before: &Policy, after: &Policy) -> Vec<String> {
    let mut found = Vec::new();
    if after.stage < before.stage {
        found.push(format!("stage is lowered from {} to {}", before.stage.name(), after.stage.name()));
    }
    if after.stage_property != before.stage_property {
        found.push("stage_property is another, so that another property chooses the stage".to_owned());
    }
    if before.enforce == Enforce::Always && after.enforce == Enforce::New {
        found.push("enforce is loosened from always to new".to_owned());
    }
    if before.on_unknown == OnUnknown::Fail && after.on_unknown != OnUnknown::Fail {
        found.push("on_unknown no longer fails".to_owned());
    }
    for glob in after.ignore.iter().filter(|glob| !before.ignore.contains(glob)) {
        found.push(format!("ignore gains `{glob}`"));
    }
    for waiver in after.waivers.iter().filter(|waiver| !before.waivers.contains(waiver)) {
        found.push(format!("a waiver of `{}` is added or prolonged", waiver.rule));
    }
    found
}

fn rule_weakened(before: &Rule, after: &Rule) -> Vec<String> {
    let mut found = Vec::new();
    let id = &before.id;
    if after.severity > before.severity {
        let (from, to) = (before.severity.name(), after.severity.name());
        found.push(format!("severity of `{id}` is lowered from {from} to {to}"));
    }
    if after.stage > before.stage {
        found.push(format!("`{id}` is moved from stage {} to {}", before.stage.name(), after.stage.name()));
    }
    if after.since > before.since {
        found.push(format!("`{id}` starts to block later"));
    }
    if before.on_unknown == Some(OnUnknown::Fail) && after.on_unknown != Some(OnUnknown::Fail) {
        found.push(format!("`{id}` no longer fails when it is unknown"));
    }
    found
}
