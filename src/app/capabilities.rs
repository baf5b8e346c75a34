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
    let capabilities = load(&args.list)?.capabilities;
    Ok(Output::text(match args.list.format {
        ListFormat::Terminal => {
            let row = |one: &Capability| [one.id.clone(), technologies(one).len().to_string(), grades(one)];
            let rows: Vec<_> = capabilities.iter().map(row).collect();
            table(["id", "technologies", "grades"], &rows, ListFormat::Terminal)
        }
        format => {
            let rows: Vec<_> = capabilities.iter().map(told).collect();
            table(["capability", "technologies", "ecosystems", "grades"], &rows, format)
        }
    }))
}

/// The catalogue as a page: `docs/capabilities.md`. A test keeps the committed copy equal to it.
pub fn reference(capabilities: &[Capability]) -> String {
    let names: BTreeSet<&str> = capabilities.iter().flat_map(technologies).collect();
    let rows: Vec<_> = capabilities.iter().map(told).collect();
    format!(
        "# Capabilities\n\n<!-- Made from policies/capabilities by `UPDATE=1 cargo test`. Do not edit. -->\n\n\
         {} capabilities, proved by {} technologies. Each is a file of [policies/capabilities](../policies/capabilities), and a policy can add to \
         them: see [policies](policy.md#capabilities).\n\n{}",
        capabilities.len(),
        names.len(),
        table(["capability", "technologies", "ecosystems", "grades"], &rows, ListFormat::Markdown)
    )
}

/// Id, technologies, ecosystems and grades.
fn told(capability: &Capability) -> [String; 4] {
    let ecosystems: BTreeSet<&str> =
        capability.signals.iter().flat_map(|signal| signal.dependency.keys()).map(String::as_str).collect();
    let listed = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
    [capability.id.clone(), listed(technologies(capability)), listed(ecosystems), grades(capability)]
}

fn grades(capability: &Capability) -> String {
    capability.grades().into_iter().map(Grade::name).collect::<Vec<_>>().join(", ")
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
