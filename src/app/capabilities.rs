//! `roadworthy capabilities [PATH]`: the catalogue, or what a repository has of it and because of what.

use super::check::Case;
use super::lists::{load, table};
use super::{Error, Output, Surroundings};
use crate::cli::{CapabilitiesArgs, JudgeArgs, ListFormat};
use crate::evidence::Capability;
use crate::report::CapabilityFound;
use crate::text::terminal;
use crate::words::{Because, Grade};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Lists the catalogue, or the inventory of a repository.
pub(super) fn run(args: &CapabilitiesArgs, surroundings: &Surroundings) -> Result<Output, Error> {
    let Some(path) = &args.path else { return catalogue(args) };
    let judge = JudgeArgs { policy: args.list.policy.clone(), offline: true, ..JudgeArgs::default() };
    let inventory = Case::typed(path, &judge, surroundings)?.judge()?.inventory;
    let found = &inventory.capabilities;
    Ok(Output::text(match args.list.format {
        ListFormat::Json => format!("{:#}\n", json!(found)),
        ListFormat::Terminal => terminal_list(found),
        ListFormat::Markdown => {
            let rows: Vec<_> = found.iter().flat_map(rows).collect();
            table(["capability", "grade", "technology", "because of"], &rows, ListFormat::Markdown)
        }
    }))
}

fn catalogue(args: &CapabilitiesArgs) -> Result<Output, Error> {
    let policy = load(&args.list)?;
    let rows = policy.capabilities.iter().map(|capability| {
        let grades: Vec<&str> = capability.grades().into_iter().map(Grade::name).collect();
        [capability.id.clone(), technologies(capability).len().to_string(), grades.join(" ")]
    });
    let rows: Vec<_> = rows.collect();
    Ok(Output::text(table(["id", "technologies", "grades"], &rows, args.list.format)))
}

/// Names of the technologies that a capability knows.
fn technologies(capability: &Capability) -> BTreeSet<&str> {
    capability.signals.iter().filter_map(|signal| signal.name.as_deref()).collect()
}

fn terminal_list(found: &[CapabilityFound]) -> String {
    let mut text = String::new();
    for capability in found {
        let _ = writeln!(text, "{} ({})", terminal(&capability.id), capability.grade.name());
        for because in &capability.because {
            let [_, grade, technology, place] = row(capability, because);
            let _ = writeln!(text, "  {grade:10}  {}  {}", terminal(&place), terminal(&technology));
        }
    }
    if text.is_empty() { "no capability of the catalogue was found here\n".to_owned() } else { text }
}

fn rows(capability: &CapabilityFound) -> impl Iterator<Item = [String; 4]> {
    capability.because.iter().map(|because| row(capability, because))
}

/// Capability, grade, technology, place.
fn row(capability: &CapabilityFound, because: &Because) -> [String; 4] {
    let grade = because.grade.unwrap_or(capability.grade).name();
    [
        capability.id.clone(),
        grade.to_owned(),
        because.note.clone().unwrap_or_default(),
        because.place().unwrap_or_default(),
    ]
}
