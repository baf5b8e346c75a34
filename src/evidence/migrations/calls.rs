//! Steps that are calls of a framework, and the SQL that some of them are handed.

use super::{Harm, Source, regions, sql};
use std::ops::Range;

/// Steps that are looked at in one migration.
const MAX_STEPS: usize = 2000;

/// The steps that can do harm. `online`: the migration runs outside a transaction.
pub(super) fn risks(source: &Source<'_>, online: bool) -> Vec<Harm> {
    let safe = regions::safe(source);
    let new_tables = regions::new_tables(source);
    let judged = |at: usize| !safe.iter().any(|range| range.contains(&at));
    let mut found = Vec::new();
    for step in &source.framework.steps {
        for start in step.starts(source.code).take(MAX_STEPS).filter(|start| judged(start.start())) {
            let end = regions::call_end(source, start.start(), start.end());
            let call = source.code.get(start.start()..end).unwrap_or_default();
            if step.harms(call) && !about(call, &new_tables) {
                let at = start.start() + (start.as_str().len() - start.as_str().trim_start().len());
                found.push(Harm {
                    line: source.line(at),
                    kind: step.kind.clone(),
                    text: source.first_line(at),
                });
            }
        }
    }
    for start in source.framework.sql.iter().flat_map(|sql| sql.find_iter(source.code)).take(MAX_STEPS) {
        if judged(start.start()) {
            let end = regions::call_end(source, start.start(), start.end());
            found.extend(handed(source, start.end()..end, online));
        }
    }
    found
}

/// Whether the call is about a table that this migration makes.
fn about(call: &str, tables: &[String]) -> bool {
    let lower = call.to_lowercase();
    let mut words = lower.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.any(|word| tables.iter().any(|table| table == word))
}

/// What the SQL does that a call is handed: the first text among its arguments.
fn handed(source: &Source<'_>, call: Range<usize>, online: bool) -> Vec<Harm> {
    let Some(text) = inside(source, &call) else { return Vec::new() };
    let Some(statement) = source.text.get(text.clone()) else { return Vec::new() };
    let first = source.line(text.start);
    let risks = sql::risks(statement, !online).unwrap_or_default();
    risks.into_iter().map(|risk| Harm { line: risk.line + first - 1, ..risk }).collect()
}

/// The inside of the first text in the range: what only the mask of strings blanks out.
fn inside(source: &Source<'_>, call: &Range<usize>) -> Option<Range<usize>> {
    let (code, bare) = (source.code.as_bytes(), source.bare.as_bytes());
    let differs = |at: &usize| code.get(*at) != bare.get(*at);
    let start = call.clone().find(differs)?;
    // Blanks of the text are blanks in both: it ends where both have the same visible letter.
    let end = (start..call.end)
        .find(|at| !differs(at) && code.get(*at).is_some_and(|byte| !byte.is_ascii_whitespace()));
    Some(start..end.unwrap_or(call.end))
}
