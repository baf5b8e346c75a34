//! `roadworthy policy lint | show | schema`: what a policy is, without judging by it.

use super::source::Located;
use super::{Error, Output};
use crate::cli::PolicyArgs;
use crate::gather::Place;
use crate::policy;
use crate::text::counted;
use std::fmt::Write as _;
use std::path::Path;

/// Checks a policy. What is valid and not supported yet is told, and is no mistake.
pub(super) fn lint(args: &PolicyArgs) -> Result<Output, Error> {
    let located = located(args)?;
    let policy = policy::load(&located.source, &*located.files)?;
    let (rules, documents) = (policy.rules.len(), policy.sources.len());
    let mut text = format!(
        "{}: {}, {}, no problems\n",
        located.source,
        counted(rules, "rule"),
        counted(documents, "document")
    );
    for problem in policy.unsupported() {
        let _ = writeln!(text, "note: {}: {}", problem.place(), problem.message);
    }
    Ok(Output::text(text))
}

/// Shows a policy with all that it extends.
pub(super) fn show(args: &PolicyArgs) -> Result<Output, Error> {
    let located = located(args)?;
    Ok(Output::text(policy::show(&policy::resolve(&located.source, &*located.files)?)))
}

/// The JSON Schema of policies, as it is committed at `policies/schema.json`.
pub(super) fn schema() -> Output {
    Output::text(format!("{:#}\n", policy::json_schema()))
}

fn located(args: &PolicyArgs) -> Result<Located, Error> {
    Located::typed(&Place::open(Path::new("."))?, args.policy.as_deref())
}
