//! `changed`: what the change touches.

use super::select::{Paths, build_short, short_schema, takes};
use super::{Check, Kind};
use crate::evidence::{ChangeKind, ChangedFile, Class, Needs, View};
use crate::text::counted;
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "changed",
    summary: "The change touches a file whose path matches one of the globs.",
    details: "\
Looks at the files that differ between the merge base and the head. A text or a list is short for `paths`.

`kind` chooses what happened to the file, `classes` its class; a renamed file counts by either of its paths. `code: true` leaves out files in \
which only comments, blank lines or formatting differ, and renames that change nothing else.

False where there is no change to look at, unknown where there is one that could not be read.",
    example: "changed: [\"src/**\", \"!src/generated/**\"]",
    schema: short_schema::<Changed>,
    build: |value| build_short::<Changed>("paths", value),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Changed {
    /// Globs of the files; all by default.
    #[serde(default)]
    paths: Paths,
    /// What happened to them; anything by default.
    #[serde(default)]
    kind: Vec<ChangeKind>,
    /// Classes of files that count.
    #[serde(default)]
    classes: Vec<Class>,
    /// Only files whose code is another.
    #[serde(default)]
    code: bool,
}

impl Changed {
    fn takes(&self, file: &ChangedFile) -> bool {
        let here = |path: &str| self.paths.set.contains(path);
        (self.kind.is_empty() || self.kind.contains(&file.kind))
            && takes(&self.classes, file.class)
            && (here(&file.path) || file.old_path.as_deref().is_some_and(here))
            && (!self.code || code_changed(file))
    }
}

fn code_changed(file: &ChangedFile) -> bool {
    let moved = file.kind == ChangeKind::Renamed && file.added.is_empty() && file.removed == 0;
    !moved && file.code_differs != Some(false)
}

impl Check for Changed {
    fn needs(&self, _: &mut Needs) {}

    fn judge(&self, view: &View<'_>) -> Judgement {
        view.change.judge(Judgement::no, |change| {
            let found: Vec<Because> =
                change.files.iter().filter(|file| self.takes(file)).map(place).collect();
            if found.is_empty() {
                return Judgement::no(vec![Because::note(format!("the change touches no {}", self.shown()))]);
            }
            Judgement::yes(found)
        })
    }
}

impl Changed {
    fn shown(&self) -> String {
        let classes: Vec<String> =
            self.classes.iter().map(|class| format!("{class:?}").to_lowercase()).collect();
        let (class, place) = (classes.join(" or "), self.paths.shown());
        match (class.is_empty(), place == "`**`") {
            (true, _) => format!("file of {place}"),
            (false, true) => format!("{class} file"),
            (false, false) => format!("{class} file in {place}"),
        }
    }
}

/// The file at the first line that is new in it.
fn place(file: &ChangedFile) -> Because {
    Because { line: file.added.first(), ..Because::file(&file.path) }.noted(told(file))
}

/// What happened to the file, in a few words.
fn told(file: &ChangedFile) -> String {
    let lines = |number: u32| counted(number as usize, "line");
    match (file.kind, file.added.len(), file.removed) {
        (ChangeKind::Deleted, ..) => "deleted".to_owned(),
        (ChangeKind::Added, 0, _) => "added".to_owned(),
        (ChangeKind::Renamed, 0, 0) => "renamed".to_owned(),
        (_, 0, 0) => "changed".to_owned(),
        (_, 0, removed) => format!("{} removed", lines(removed)),
        (_, added, 0) => format!("{} added", lines(added)),
        (_, added, removed) => format!("{} added, {removed} removed", lines(added)),
    }
}
