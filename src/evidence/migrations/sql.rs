//! SQL by the linter of PostgreSQL. Its parser goes on behind what it does not know, so that other dialects can be read too.

use super::Harm;
use super::table::TABLE;
use squawk_linter::Linter;
use squawk_syntax::SourceFile;
use std::collections::HashMap;

/// Longest text that is judged: the linter's time grows faster than the text.
const MAX_BYTES: usize = 128 * 1024;
/// Brackets in brackets: the parser calls itself for each.
const MAX_DEPTH: usize = 200;

/// The statements that can do harm. `transaction`: they run in one. The error says why the text was not read.
pub(super) fn risks(text: &str, transaction: bool) -> Result<Vec<Harm>, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("it is larger than {} KiB", MAX_BYTES / 1024));
    }
    if depth(text) > MAX_DEPTH {
        return Err(format!("brackets are nested more than {MAX_DEPTH} deep"));
    }
    // MySQL quotes names in another way.
    let text = text.replace('`', "\"");
    let parsed = SourceFile::parse(&text);
    let mut linter = Linter::with_default_rules();
    linter.settings.assume_in_transaction = transaction;
    let mut found: HashMap<(u32, &str), Harm> = HashMap::new();
    for violation in linter.lint(&parsed, &text) {
        let Some(kind) = TABLE.sql.get(&violation.code.to_string()) else { continue };
        let at = usize::from(violation.text_range.start());
        let line =
            u32::try_from(text.get(..at).unwrap_or_default().matches('\n').count() + 1).unwrap_or(u32::MAX);
        let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        let first = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let risk = Harm { line, kind: kind.clone(), text: first.trim().to_owned() };
        found.entry((line, kind.as_str())).or_insert(risk);
    }
    let mut risks: Vec<Harm> = found.into_values().collect();
    risks.sort();
    Ok(risks)
}

/// Longest text that the parser alone is given.
const MAX_PARSED: usize = 512 * 1024;

/// Whether the parser can read the text within bounds.
pub(in crate::evidence) fn readable(text: &str) -> bool {
    text.len() <= MAX_PARSED && depth(text) <= MAX_DEPTH
}

fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
