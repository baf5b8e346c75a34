//! `roadworthy explain RULE`: why, how to fix, what was looked for, what was found here.

use super::check::Case;
use super::{Error, Output, Surroundings};
use crate::cli::ExplainArgs;
use crate::document::hint;
use crate::findings::RuleResult;
use crate::text::{terminal, wrap};
use crate::words::{Delta, Outcome};
use std::fmt::Write as _;

/// Judges the repository and tells all there is to one rule.
pub(super) fn run(args: &ExplainArgs, surroundings: &Surroundings) -> Result<Output, Error> {
    let report = Case::typed(&args.path, &args.judge, surroundings)?.judge()?;
    let Some(rule) = report.rules.iter().find(|rule| rule.id == args.rule) else {
        let ids: Vec<&str> = report.rules.iter().map(|rule| rule.id.as_str()).collect();
        return Err(Error::Usage {
            message: format!("the policy has no rule `{}`", args.rule),
            help: hint(&args.rule, "rules", ids)
                .unwrap_or_else(|| "`roadworthy rules` lists them.".to_owned()),
        });
    };
    Ok(Output::text(text(rule)))
}

fn text(rule: &RuleResult) -> String {
    let mut text = format!("{}: {}\n", terminal(&rule.id), terminal(&rule.title));
    let _ = writeln!(text, "  stage {}, severity {}", rule.stage.name(), rule.severity.name());
    paragraph(&mut text, "Why", &rule.why);
    paragraph(&mut text, "Fix", &rule.fix);
    if let Some(docs) = &rule.docs {
        paragraph(&mut text, "Docs", docs);
    }
    paragraph(&mut text, &format!("Here: {}", outcome(rule)), &rule.message);
    for because in &rule.because {
        let place = because.place().unwrap_or_default();
        let grade = because.grade.map(|grade| format!(" ({})", grade.name())).unwrap_or_default();
        let said = because.text.as_deref().or(because.note.as_deref()).unwrap_or_default();
        if !place.is_empty() {
            let _ = writeln!(text, "  {}{grade}  {}", terminal(&place), terminal(said));
        }
    }
    text
}

fn outcome(rule: &RuleResult) -> String {
    let outcome = match rule.outcome {
        Outcome::Pass => "it passes",
        Outcome::Fail => "it fails",
        Outcome::NotApplicable => "it does not apply",
        Outcome::Unknown => "it is unknown",
        Outcome::Waived => "it fails, and is waived",
    };
    let delta = match rule.delta {
        Delta::Introduced => ", introduced by this change",
        Delta::Existing => ", since before this change",
        Delta::Fixed => ", fixed by this change",
        Delta::None => "",
    };
    let blocking = if rule.blocking { ", and blocks" } else { "" };
    format!("{outcome}{delta}{blocking}")
}

fn paragraph(text: &mut String, title: &str, body: &str) {
    let _ = write!(text, "\n{title}\n");
    for line in body.lines().flat_map(|line| wrap(&terminal(line), 76)) {
        let _ = writeln!(text, "  {line}");
    }
}
