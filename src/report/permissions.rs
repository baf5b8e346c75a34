//! What the job's token would have to be allowed, as the exact `permissions:` block of a workflow.

use super::model::Report;
use crate::words::Outcome;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The keys that a workflow's `permissions:` has (github-facts 6). What is not among them no `GITHUB_TOKEN` can do.
const KEYS: [&str; 18] = [
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "repository-projects",
    "security-events",
    "statuses",
    "vulnerability-alerts",
    "metadata",
];

/// What is missing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Missing {
    /// The whole block, with what the job needs anyway: naming one key sets all others to none (github-facts 6).
    pub(super) block: Vec<String>,
    /// What only the token of a GitHub App or a person can have.
    pub(super) elsewhere: BTreeSet<String>,
}

/// What the unknown rules of the report lack; `needed` is what the job uses already, e.g. `pull-requests: write`.
pub(super) fn missing(report: &Report, needed: &[&str]) -> Option<Missing> {
    let unknown = report.rules.iter().filter(|rule| rule.outcome == Outcome::Unknown);
    let lines: Vec<&str> = unknown
        .filter_map(|rule| rule.unknown.as_ref()?.permission.as_deref())
        .flat_map(|permission| permission.split(','))
        .collect();
    let mut keys = BTreeMap::new();
    let mut elsewhere = BTreeSet::new();
    let mut asked = false;
    for line in lines {
        let Some((key, level)) = parse(line) else { continue };
        if KEYS.contains(&key) {
            asked = true;
            allow(&mut keys, key, level);
        } else {
            elsewhere.insert(format!("{key}: {level}"));
        }
    }
    if asked {
        for line in ["contents: read"].iter().chain(needed) {
            if let Some((key, level)) = parse(line) {
                allow(&mut keys, key, level);
            }
        }
    }
    let block: Vec<String> = keys.into_iter().map(|(key, level)| format!("  {key}: {level}")).collect();
    (asked || !elsewhere.is_empty()).then_some(Missing { block, elsewhere })
}

fn allow<'a>(keys: &mut BTreeMap<&'a str, &'a str>, key: &'a str, level: &'a str) {
    let known = keys.entry(key).or_insert(level);
    if level == "write" {
        *known = level;
    }
}

fn parse(line: &str) -> Option<(&str, &str)> {
    let (key, level) = line.split_once(':')?;
    let (key, level) = (key.trim(), level.trim());
    let word = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let legal = !key.is_empty() && key.len() <= 40 && word(key) && matches!(level, "read" | "write");
    legal.then_some((key, level))
}

impl Missing {
    /// The block as Markdown, with what has to be said about it.
    pub(super) fn markdown(&self) -> String {
        let mut out = String::new();
        // Writing into a `String` cannot fail.
        if !self.block.is_empty() {
            let _ = write!(
                out,
                "To have them checked, give the job this whole block:\n\n```yaml\npermissions:\n{}\n```\n",
                self.block.join("\n")
            );
        }
        if !self.elsewhere.is_empty() {
            let list: Vec<String> = self.elsewhere.iter().map(|line| format!("`{line}`")).collect();
            let gap = if out.is_empty() { "" } else { "\n" };
            let _ = writeln!(
                out,
                "{gap}No workflow can give {} to its own token: it takes a GitHub App (inputs `app-id` and `app-private-key`).",
                list.join(", ")
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_of_a_workflow_are_taken() {
        for (line, expected) in [
            ("pull-requests: read", Some(("pull-requests", "read"))),
            (" checks: write ", Some(("checks", "write"))),
            ("contents: admin", None),
            ("x\ny: read", None),
            ("<b>: read", None),
            ("", None),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
    }
}
