//! `migrations`: what the change's migrations of the database can do to a running system.

mod indexed;

use super::{Check, Kind, build, schema};
use crate::evidence::{
    Change, ChangeKind, ChangedFile, Facet, Migration, Needs, View, dialect_of, is_migration, kind_says,
};
use crate::words::{Because, Judgement, Known, Truth, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "migrations",
    summary: "The change adds migrations, and these are safe, lead back, and leave merged ones alone.",
    details: "\
Knows the migrations of Rails, Django, Alembic, Laravel, Ecto, Entity Framework, Knex, TypeORM, Sequelize, Liquibase and those in SQL (Flyway, Prisma, Drizzle, Diesel, \
sqlx, goose, golang-migrate, dbmate ...). SQL, in files or handed to calls, is judged by a linter of PostgreSQL; a step counts only where it concerns \
the database that the manifests name a driver of, and PostgreSQL is assumed where they name none or several. New tables and the way back are not judged. \
[The steps](migrations.md).

* `added: true`: the change adds a migration.
* `safe: true`: no added migration locks, loses or rewrites data, or breaks code that still runs. Each step is a place.
* `reversible: true`: each added migration says how to get back, where its framework has a place for that.
* `untouched: true`: the change neither edits nor deletes a migration of the merge base.
* `foreign_keys: true`: there are foreign keys that somebody has to index: in an added migration, or in a schema file (`schema.rb`, `structure.sql`, \
`schema.prisma`). MySQL and H2 do it by themselves.
* `indexed: true`: an index, a unique constraint or a primary key starts with the columns of each; any migration may have made it. Reads SQL, Rails, Prisma, Alembic and Ecto; \
Django indexes foreign keys by itself.

Several keys must all hold. True without a change, but for `added`; unknown where the change is not known, or a migration cannot be read.",
    example: "migrations: { safe: true }",
    schema: schema::<Migrations>,
    build: build::<Migrations>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a question of its own")]
struct Migrations {
    /// A migration is added, or none.
    added: Option<bool>,
    /// No step does harm.
    #[serde(default)]
    safe: bool,
    /// Each leads back.
    #[serde(default)]
    reversible: bool,
    /// Merged ones stay as they are.
    #[serde(default)]
    untouched: bool,
    /// There are foreign keys to be indexed, or none.
    foreign_keys: Option<bool>,
    /// Each of them is.
    #[serde(default)]
    indexed: bool,
}

impl Check for Migrations {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.extend([Facet::Migrations, Facet::Manifests]);
        if self.indexed || self.foreign_keys.is_some() {
            needs.facets.insert(Facet::Keys);
        }
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let keys = [
            self.foreign_keys.map(|wanted| (indexed::any(view), wanted)),
            self.indexed.then(|| (indexed::judge(view), true)),
        ];
        let mut because = Vec::new();
        for (judged, wanted) in keys.into_iter().flatten() {
            match judged.truth {
                Truth::Unknown => return judged,
                truth if truth != Truth::from(wanted) => return Judgement { truth: Truth::False, ..judged },
                _ => because.extend(judged.because),
            }
        }
        let asked = self.added.is_some() || self.safe || self.reversible || self.untouched;
        if !asked && !because.is_empty() {
            return Judgement::yes(because);
        }
        self.of_change(view)
    }
}

impl Migrations {
    /// What concerns the change's own migrations.
    fn of_change(&self, view: &View<'_>) -> Judgement {
        let change = match view.change {
            Known::Known(change) => change,
            Known::Absent(reason) => {
                return Judgement::new(self.added != Some(true), vec![Because::note(reason)]);
            }
            Known::Unknown(unknown) => return Judgement::unknown(unknown.clone()),
        };
        let added: Vec<(&ChangedFile, &Migration)> = added(view, change).collect();
        if self.added.is_some_and(|wanted| wanted == added.is_empty()) {
            let note =
                if added.is_empty() { "the change adds no migration" } else { "the change adds a migration" };
            return Judgement::no(vec![Because::note(note)]);
        }
        let mut bad = Vec::new();
        if self.safe {
            bad.extend(added.iter().flat_map(|(file, migration)| risks(view, file, migration)));
        }
        if self.reversible {
            let none = added.iter().filter(|(_, migration)| migration.reversible == Some(false));
            bad.extend(none.map(|(file, _)| Because::file(&file.path).noted("does not say how to get back")));
        }
        if self.untouched {
            bad.extend(touched(change));
        }
        if !bad.is_empty() {
            return Judgement::no(bad);
        }
        let problem = |(file, migration): &(&ChangedFile, &Migration)| {
            let problem = migration.problem.as_ref()?;
            Some(Unknown::because(format!("{} cannot be read: {problem}", file.path)))
        };
        let unknown: Vec<Unknown> = added.iter().filter_map(problem).collect();
        if self.safe && !unknown.is_empty() {
            return Judgement { truth: Truth::Unknown, because: Vec::new(), unknown };
        }
        Judgement::yes(added.iter().map(|(file, _)| Because::file(&file.path)).collect())
    }
}

/// Migrations that the change adds.
fn added<'a>(
    view: &View<'a>,
    change: &'a Change,
) -> impl Iterator<Item = (&'a ChangedFile, &'a Migration)> + use<'a> {
    let tree = view.tree;
    let new = change.files.iter().filter(|file| file.kind == ChangeKind::Added && !file.class.ignored());
    new.filter_map(move |file| {
        let facts = tree.file(&file.path)?.facts.as_ref()?;
        Some((file, facts.migration.as_deref()?))
    })
}

fn risks<'a>(
    view: &View<'_>,
    file: &'a ChangedFile,
    migration: &'a Migration,
) -> impl Iterator<Item = Because> + use<'a> {
    let dialect = dialect_of(view.tree);
    let assumed = if dialect.is_none() { " (PostgreSQL is assumed)" } else { "" };
    migration.risks.iter().filter_map(move |risk| {
        let says = kind_says(&risk.kind, dialect)?;
        Some(Because::line(&file.path, risk.line, &risk.text).noted(format!("{says}{assumed}")))
    })
}

/// Migrations of the merge base that are another now.
fn touched(change: &Change) -> impl Iterator<Item = Because> {
    let edited = |file: &&ChangedFile| match file.kind {
        ChangeKind::Added => false,
        ChangeKind::Modified => file.code_differs != Some(false),
        ChangeKind::Deleted | ChangeKind::Renamed => true,
    };
    let path = |file: &ChangedFile| file.old_path.clone().unwrap_or_else(|| file.path.clone());
    let files = change.files.iter().filter(|file| !file.class.ignored()).filter(edited);
    files.filter(move |file| is_migration(&path(file))).map(|file| {
        let what = match file.kind {
            ChangeKind::Deleted => "deleted",
            ChangeKind::Renamed => "renamed",
            ChangeKind::Added | ChangeKind::Modified => "edited",
        };
        Because::file(&file.path)
            .noted(format!("a merged migration is {what}; databases that ran it stay as they are"))
    })
}
