//! `owners`: CODEOWNERS names who owns what.

use super::content::unread;
use super::{Check, Kind, build, schema};
use crate::evidence::{CODEOWNERS, ChangeKind, ChangedFile, Facet, File, Needs, Owners, Tree, View};
use crate::words::{Because, Judgement, Known, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "owners",
    summary: "A valid CODEOWNERS file names owners, and the change leaves nothing without one.",
    details: "\
Reads the CODEOWNERS file that the platform reads (`.github/`, the root, `docs/`; the first that exists) with the platform's meaning of its \
patterns. False when there is none, when it names nobody, or when a line is not valid: the platform skips such a line silently.

`cover: changed` (the default) asks also that files which the change adds or moves have an owner, and that no changed file loses the one it had. \
`cover: none` looks at the file alone. Unknown where the file could not be read.",
    example: "owners: { cover: changed }",
    schema: schema::<OwnersCheck>,
    build: build::<OwnersCheck>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OwnersCheck {
    /// Which files must have an owner.
    #[serde(default)]
    cover: Cover,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Cover {
    /// Those of the change.
    #[default]
    Changed,
    /// None: the CODEOWNERS file alone is judged.
    None,
}

/// The CODEOWNERS file that counts.
pub(super) fn codeowners(tree: &Tree) -> Option<(&File, Option<&Owners>)> {
    let file = CODEOWNERS.iter().find_map(|path| tree.file(path))?;
    Some((file, file.facts.as_ref().and_then(|facts| facts.owners.as_deref())))
}

impl Check for OwnersCheck {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.insert(Facet::Owners);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let Some((file, owners)) = codeowners(view.tree) else {
            return Judgement::no(vec![Because::note("there is no CODEOWNERS file")]);
        };
        let Some(owners) = owners else {
            let reason =
                unread(file).unwrap_or_else(|| Unknown::because(format!("{} was not read", file.path)));
            return Judgement::unknown(reason);
        };
        let errors = owners.errors.iter();
        let mut wrong: Vec<Because> = errors
            .map(|(line, reason)| Because::line(&*file.path, *line, "").noted(reason.clone()))
            .collect();
        if wrong.is_empty() && !owners.names_somebody() {
            wrong.push(Because::file(&*file.path).noted("names no owner"));
        }
        if self.cover == Cover::Changed {
            match view.change {
                Known::Known(change) => {
                    wrong.extend(change.files.iter().filter(|file| left_alone(file, owners, view)).map(
                        |file| {
                            Because { line: file.added.first(), ..Because::file(&file.path) }
                                .noted("has no owner")
                        },
                    ));
                }
                Known::Unknown(unknown) if wrong.is_empty() => return Judgement::unknown(unknown.clone()),
                Known::Absent(_) | Known::Unknown(_) => {}
            }
        }
        if wrong.is_empty() { Judgement::yes(vec![Because::file(&*file.path)]) } else { Judgement::no(wrong) }
    }
}

/// Whether the change leaves the file without an owner: it is new here, or somebody owned it before.
fn left_alone(file: &ChangedFile, owners: &Owners, view: &View<'_>) -> bool {
    if file.kind == ChangeKind::Deleted || file.class.ignored() || owners.owned(&file.path) {
        return false;
    }
    match file.kind {
        ChangeKind::Added | ChangeKind::Renamed => true,
        _ => view
            .base
            .known()
            .and_then(codeowners)
            .and_then(|(_, owners)| owners)
            .is_some_and(|owners| owners.owned(&file.path)),
    }
}
