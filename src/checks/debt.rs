//! `debt`: remarks without an issue, and warnings that are switched off without a reason.

use super::select::Lines;
use super::{Check, Kind, build, schema};
use crate::evidence::{Class, Debt, DebtKind, Facet, File, Needs, OneOrMany, View};
use crate::text::counted;
use crate::words::{Because, Judgement, Known};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "debt",
    summary: "Code holds remarks that name no issue, or suppressions that give no reason.",
    details: "\
Looks at the comments of product code, tests and configuration:

* `remark`: `TODO`, `FIXME`, `HACK` and `XXX` at the start of a comment, or before a colon in it. `#12`, `ABC-12` or an address, in the remark or below it \
in the same comment, is its issue; a name is none.
* `suppression`: a warning of a linter, compiler or scanner that is switched off (`eslint-disable`, `@ts-ignore`, `# noqa`, `#[allow(...)]`, \
`@SuppressWarnings`, `//nolint` and their kin), outside tests. Its reason stands behind it, where the tool has its own way to say it, or in a comment on the line above.

`lines: added` looks at what the change adds, and names each place; without a change it is false. `lines: all` counts what stands in the tree, \
and is true when there are `at_least` so many.",
    example: "debt: { lines: added, kind: remark }",
    schema: schema::<DebtCheck>,
    build: build::<DebtCheck>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DebtCheck {
    /// Which lines are looked at.
    #[serde(default)]
    lines: Lines,
    /// Kinds of debt; both by default.
    #[serde(default)]
    kind: Option<OneOrMany<DebtKind>>,
    /// How many there must be.
    #[serde(default = "one")]
    at_least: usize,
}

const fn one() -> usize {
    1
}

/// Files that are named where debt is counted.
const NAMED: usize = 3;

impl Check for DebtCheck {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.insert(Facet::Debt);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        match (self.lines, view.change) {
            (Lines::All, _) => self.judge_all(view),
            (Lines::Added, Known::Unknown(unknown)) => Judgement::unknown(unknown.clone()),
            (Lines::Added, Known::Absent(reason)) => Judgement::no(vec![Because::note(reason.clone())]),
            (Lines::Added, Known::Known(change)) => {
                let added = |file: &File, debt: &Debt| {
                    change.file(&file.path).is_some_and(|changed| changed.added.contains(debt.line))
                };
                let place = |file: &File, debt: &Debt| {
                    Because::line(&*file.path, debt.line, &debt.text).noted(fault(debt.kind))
                };
                let found: Vec<Because> = self
                    .unexplained(view)
                    .filter(|(file, debt)| added(file, debt))
                    .map(|(file, debt)| place(file, debt))
                    .collect();
                if found.len() >= self.at_least {
                    return Judgement::yes(found);
                }
                Judgement::no(vec![Because::note("the change adds no debt without an issue or a reason")])
            }
        }
    }
}

impl DebtCheck {
    fn unexplained<'a>(&'a self, view: &View<'a>) -> impl Iterator<Item = (&'a File, &'a Debt)> {
        let wanted = |kind| self.kind.as_ref().is_none_or(|kinds| kinds.0.contains(&kind));
        let all = view.tree.files().iter().flat_map(|file| {
            let debt = file.facts.iter().flat_map(|facts| &facts.debt);
            debt.map(move |debt| (file, debt))
        });
        all.filter(move |(file, debt)| !debt.explained && wanted(debt.kind) && counts(file.class, debt.kind))
    }

    fn judge_all(&self, view: &View<'_>) -> Judgement {
        let mut files: Vec<(usize, &File)> = Vec::new();
        for (file, _) in self.unexplained(view) {
            match files.last_mut().filter(|(_, last)| last.path == file.path) {
                Some((count, _)) => *count += 1,
                None => files.push((1, file)),
            }
        }
        let total: usize = files.iter().map(|(count, _)| count).sum();
        if total < self.at_least {
            let note = match total {
                0 => "no debt without an issue or a reason".to_owned(),
                _ => format!("only {} with debt that has no issue or reason", counted(total, "place")),
            };
            return Judgement::no(vec![Because::note(note)]);
        }
        files.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.path.cmp(&b.1.path)));
        let named: Vec<String> =
            files.iter().take(NAMED).map(|(count, file)| format!("{count} in {}", file.path)).collect();
        let note = format!(
            "{} in {} with debt that has no issue or reason, most of it in: {}",
            counted(total, "place"),
            counted(files.len(), "file"),
            named.join(", ")
        );
        Judgement::yes(vec![Because::note(note)])
    }
}

/// Whether debt of this kind matters in such a file.
fn counts(class: Class, kind: DebtKind) -> bool {
    match kind {
        DebtKind::Remark => matches!(class, Class::Product | Class::Test | Class::Other),
        DebtKind::Suppression => matches!(class, Class::Product | Class::Other),
    }
}

const fn fault(kind: DebtKind) -> &'static str {
    match kind {
        DebtKind::Remark => "names no issue",
        DebtKind::Suppression => "switches a warning off and does not say why",
    }
}
