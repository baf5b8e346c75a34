//! What a change as a whole takes away: what only moved to another file is not lost.

use super::table::{self, GuardPart, Way};
use super::{Guard, Mark};
use crate::evidence::change::{Change, ChangeKind, ChangedFile};
use crate::evidence::{Behaviour, Class, altered, stem, subject};
use crate::words::Because;
use std::collections::{BTreeMap, BTreeSet};

/// Something that the change takes away from the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Of what.
    pub part: LossPart,
    /// Where, and what.
    pub because: Because,
}

/// `None`: tests that are gone.
type LossPart = Option<GuardPart>;

/// Everything of the table that the change takes away, and the tests that are gone.
pub fn losses(change: &Change) -> Vec<Loss> {
    let mut found = marks(change);
    found.extend(tests(change).into_iter().map(|because| Loss { part: None, because }));
    found
}

fn guards(change: &Change) -> impl Iterator<Item = (&ChangedFile, &Guard)> {
    change.files.iter().filter_map(|file| Some((file, file.guard.as_ref()?)))
}

fn marks(change: &Change) -> Vec<Loss> {
    // What other files lost, or gained as a number, by what it is compared with.
    let mut moved: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for (_, guard) in guards(change) {
        for mark in &guard.fewer {
            *moved.entry((mark.row, &*mark.key)).or_default() += 1;
        }
    }
    let gained = |mark: &Mark| {
        let same = |other: &&Mark| other.key == mark.key && part(other) == part(mark);
        guards(change).flat_map(|(_, guard)| &guard.fewer).filter(same).any(|other| other.level.is_some())
    };
    let mut found = Vec::new();
    for (file, guard) in guards(change) {
        for mark in &guard.more {
            let Some(row) = table::row(mark.row) else { continue };
            let elsewhere = match (row.way, mark.level) {
                (Way::More, _) => match moved.get_mut(&(mark.row, &*mark.key)).filter(|left| **left > 0) {
                    Some(left) => {
                        *left -= 1;
                        true
                    }
                    None => false,
                },
                (_, Some((_, None))) => file.kind == ChangeKind::Deleted || gained(mark),
                _ => false,
            };
            if !elsewhere {
                let because = Because::line(&file.path, mark.line, &mark.text).noted(told(row, mark));
                found.push(Loss { part: Some(row.part), because });
            }
        }
    }
    found
}

fn part(mark: &Mark) -> Option<GuardPart> {
    table::row(mark.row).map(|row| row.part)
}

fn told(row: &table::Row, mark: &Mark) -> String {
    let shown = |thousandths: i64| match thousandths % 1000 {
        0 => (thousandths / 1000).to_string(),
        rest => format!("{}.{}", thousandths / 1000, format!("{:03}", rest.abs()).trim_end_matches('0')),
    };
    match (row.way, mark.level) {
        (Way::Grown, Some((Some(was), Some(is)))) => {
            format!("{} grows from {} to {} entries", row.told, shown(was), shown(is))
        }
        (_, Some((Some(was), Some(is)))) => {
            format!("{} ({}) goes from {} to {}", row.told, mark.key, shown(was), shown(is))
        }
        (_, Some((Some(was), None))) => {
            format!("{} ({}), {} before, is gone", row.told, mark.key, shown(was))
        }
        _ => row.told.clone(),
    }
}

/// Net lines of product code that may go while the tests still count as tests of what stays.
const SHRINKS: usize = 3;

/// Tests that are gone though what they test stays.
fn tests(change: &Change) -> Vec<Because> {
    let of = |class, kind| change.files.iter().filter(move |file| file.class == class && file.kind == kind);
    // A feature goes with its tests, whatever they are called.
    let new: usize = altered(change).iter().map(|one| one.lines.len()).sum();
    let gone: usize =
        change.files.iter().filter_map(|file| file.behaviour.as_ref()).map(Behaviour::gone).sum();
    let shrinks = gone > new + SHRINKS;
    // What had a name and is gone takes its cases along.
    let undefined = change.files.iter().filter_map(|file| file.behaviour.as_ref()).any(|one| one.undefined);
    if shrinks && (undefined || of(Class::Product, ChangeKind::Deleted).next().is_some()) {
        return Vec::new();
    }
    let mut found = deleted(change);
    if !shrinks && !undefined {
        found.extend(cut(change));
    }
    found
}

/// Test files that are deleted.
fn deleted(change: &Change) -> Vec<Because> {
    let of = |class, kind| change.files.iter().filter(move |file| file.class == class && file.kind == kind);
    let mut gone: BTreeSet<String> =
        of(Class::Product, ChangeKind::Deleted).map(|file| subject(&file.path)).collect();
    // What tests share has tests of its own: `token.go` and `token_test.go`.
    let named: Vec<String> = of(Class::Test, ChangeKind::Deleted)
        .map(|file| (stem(&file.path), subject(&file.path)))
        .filter(|(stem, subject)| stem != subject)
        .map(|(_, subject)| subject)
        .collect();
    gone.extend(
        of(Class::Test, ChangeKind::Deleted).map(|file| stem(&file.path)).filter(|stem| named.contains(stem)),
    );
    let new: BTreeSet<&str> =
        guards(change).flat_map(|(_, guard)| &guard.cases_new).map(|name| &**name).collect();
    // A helper holds no case; a test whose cases all stand elsewhere now only moved.
    let tests = |file: &&ChangedFile| {
        let cases = file.guard.as_ref().map_or(&[][..], |guard| &guard.cases_gone[..]);
        let named = stem(&file.path) != subject(&file.path);
        !gone.contains(&subject(&file.path))
            && if cases.is_empty() { named } else { !cases.iter().all(|case| new.contains(&**case)) }
    };
    let lost: Vec<&ChangedFile> = of(Class::Test, ChangeKind::Deleted).filter(tests).collect();
    if of(Class::Test, ChangeKind::Added).count() >= lost.len() {
        return Vec::new();
    }
    lost.into_iter().map(|file| Because::file(&file.path).noted("this test is deleted")).collect()
}

/// Cases that are cut out of tests that stay, when no other comes and fewer things are asserted.
fn cut(change: &Change) -> Vec<Because> {
    let all = || guards(change).filter(|(file, _)| file.class == Class::Test);
    let asserts: i64 = all().map(|(_, guard)| guard.asserts).sum();
    if asserts >= 0 || all().any(|(_, guard)| !guard.cases_new.is_empty()) {
        return Vec::new();
    }
    let changed = |file: &ChangedFile| matches!(file.kind, ChangeKind::Modified | ChangeKind::Renamed);
    let cut =
        all().filter(|(file, guard)| changed(file) && guard.asserts < 0 && !guard.cases_gone.is_empty());
    cut.map(|(file, guard)| {
        let names: Vec<String> = guard.cases_gone.iter().take(3).map(|name| format!("`{name}`")).collect();
        let more = guard.cases_gone.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Because::file(&file.path).noted(format!("a test case is deleted: {}{more}", names.join(", ")))
    })
    .collect()
}
