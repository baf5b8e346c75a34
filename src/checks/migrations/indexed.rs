//! Foreign keys that no index serves: of the migrations that the change adds, and of schema files.

use crate::evidence::{ChangeKind, Class, File, Key, Keys, Tree, View, dialect_of};
use crate::words::{Because, Judgement, Known};
use std::collections::{BTreeMap, BTreeSet};

/// Databases that index foreign keys by themselves, or have none.
const BY_ITSELF: [&str; 4] = ["mysql", "h2", "hsqldb", "mongodb"];

/// Whether there are foreign keys that somebody has to index.
pub(super) fn any(view: &View<'_>) -> Judgement {
    let judged = match keys(view) {
        Ok(judged) => judged,
        Err(judgement) => return judgement,
    };
    let first: Vec<Because> =
        judged.iter().map(|(file, key)| Because::line(&*file.path, key.line, &key.text)).take(1).collect();
    if first.is_empty() {
        return Judgement::no(vec![Because::note("there is no foreign key whose index is up to you")]);
    }
    Judgement::yes(first)
}

/// Whether all of them have one.
pub(super) fn judge(view: &View<'_>) -> Judgement {
    let judged = match keys(view) {
        Ok(judged) => judged,
        Err(judgement) => return judgement,
    };
    let mut indexes: BTreeMap<&str, Vec<&Key>> = BTreeMap::new();
    for (_, keys) in files(view.tree) {
        for index in &keys.indexes {
            indexes.entry(&index.table).or_default().push(index);
        }
    }
    let served =
        |key: &Key| indexes.get(&*key.table).is_some_and(|all| all.iter().any(|index| key.served_by(index)));
    let bad: Vec<Because> =
        judged.iter().filter(|(_, key)| !served(key)).map(|(file, key)| place(file, key)).collect();
    if bad.is_empty() {
        let note = format!("an index serves each of {} foreign keys", judged.len());
        return Judgement::yes(vec![Because::note(note)]);
    }
    Judgement::no(bad)
}

fn place(file: &File, key: &Key) -> Because {
    let columns: Vec<&str> = key.columns.iter().map(|column| as_written(&key.text, column)).collect();
    let columns = columns.join(", ");
    let note = format!(
        "no index starts with `{columns}` of `{}`, and the database makes none for a foreign key: joins, and each delete of a row that it refers to, read the whole table",
        key.table
    );
    Because::line(&*file.path, key.line, &key.text).noted(note)
}

/// The name as the line has it: names are compared in small letters.
fn as_written<'k>(text: &'k str, name: &'k str) -> &'k str {
    let found = text.to_ascii_lowercase().find(name).and_then(|at| text.get(at..at + name.len()));
    found.unwrap_or(name)
}

/// The foreign keys to be judged, each once: where a schema is written by hand, there; else in the migration that brings it.
fn keys<'a>(view: &View<'a>) -> Result<Vec<(&'a File, &'a Key)>, Judgement> {
    let change = match view.change {
        Known::Known(change) => Some(change),
        Known::Absent(_) => None,
        Known::Unknown(unknown) => return Err(Judgement::unknown(unknown.clone())),
    };
    let dialect = dialect_of(view.tree);
    let mut ranked: Vec<(u8, &File, &Keys)> = Vec::new();
    for (file, keys) in files(view.tree) {
        if keys.dialect.or(dialect).is_some_and(|dialect| BY_ITSELF.contains(&dialect)) {
            continue;
        }
        let added = || {
            let one = change.and_then(|change| change.file(&file.path));
            one.is_some_and(|one| one.kind == ChangeKind::Added)
        };
        let rank = match keys.schema {
            true if file.path.ends_with(".prisma") => 0,
            true => 2,
            false if added() && !below_prisma(view.tree, &file.path) => 1,
            false => continue,
        };
        ranked.push((rank, file, keys));
    }
    ranked.sort_by_key(|(rank, file, _)| (*rank, &file.path));
    let mut seen: BTreeSet<(&str, &[String])> = BTreeSet::new();
    let all = ranked.into_iter().flat_map(|(_, file, keys)| keys.foreign.iter().map(move |key| (file, key)));
    Ok(all.filter(|(_, key)| seen.insert((&key.table, &key.columns))).collect())
}

fn files(tree: &Tree) -> impl Iterator<Item = (&File, &Keys)> {
    let files = tree
        .files()
        .iter()
        .filter(|file| !file.class.ignored() && !matches!(file.class, Class::Test | Class::Docs));
    files.filter_map(|file| Some((file, file.facts.as_ref()?.keys.as_deref()?)))
}

/// Whether Prisma made the migration from a schema that lies beside its folder.
fn below_prisma(tree: &Tree, path: &str) -> bool {
    path.split_once("migrations/").is_some_and(|(folder, _)| {
        let beside = tree.files().iter().filter(|file| file.path.starts_with(folder));
        beside.into_iter().any(|file| file.path.ends_with(".prisma"))
    })
}
