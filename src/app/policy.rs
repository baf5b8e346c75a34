//! `roadworthy policy lint | show | schema`: texts and exit codes, printed by the caller.

use crate::document::Problems;
use crate::policy::{self, Files};
use std::fmt::Write as _;

/// What a command has to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// For stdout.
    pub stdout: String,
    /// For stderr.
    pub stderr: String,
    /// The exit code.
    pub code: u8,
}

/// Checks a policy. What is valid and not supported yet is told, and is no mistake.
pub fn lint(source: &str, files: &dyn Files, colour: bool) -> Output {
    let policy = match policy::load(source, files) {
        Ok(policy) => policy,
        Err(problems) => return broken(&problems, colour),
    };
    let (rules, documents) = (policy.rules.len(), policy.sources.len());
    let mut stdout =
        format!("{}: {}, {}, no problems\n", source, count(rules, "rule"), count(documents, "document"));
    for problem in policy.unsupported() {
        let _ = writeln!(stdout, "note: {}: {}", problem.place(), problem.message);
    }
    Output { stdout, ..Output::default() }
}

/// Shows a policy with all that it extends.
pub fn show(source: &str, files: &dyn Files, colour: bool) -> Output {
    match policy::resolve(source, files) {
        Ok(resolved) => Output { stdout: policy::show(&resolved), ..Output::default() },
        Err(problems) => broken(&problems, colour),
    }
}

/// The JSON Schema of policies, as it is committed at `policies/schema.json`.
pub fn schema() -> Output {
    Output { stdout: format!("{:#}\n", policy::json_schema()), ..Output::default() }
}

fn broken(problems: &Problems, colour: bool) -> Output {
    Output { stderr: problems.render(colour), code: 2, ..Output::default() }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
