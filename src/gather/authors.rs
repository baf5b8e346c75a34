//! Who worked on it lately, by the commits before the head.
//!
//! Must not count what it does not know: where the history of a clone is cut, the number is unknown.

use super::git;
use crate::evidence::AUTHOR_DAYS;
use crate::words::{Known, Unknown};
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;
use gix::{ObjectId, Repository};
use std::collections::HashMap;

/// Commits that are looked at; whoever writes more in this time is not alone.
const MAX_COMMITS: usize = 20_000;
const DAY: i64 = 24 * 60 * 60;

/// How many people wrote the commits of the last days before the head. The clock is the head's own, so that the number
/// is the same whenever one looks.
pub(super) fn authors(repo: Option<&Repository>, head: Option<ObjectId>) -> Known<usize> {
    let (Some(repo), Some(head)) = (repo, head) else {
        return Known::Absent("there is no history here".to_owned());
    };
    if git::shallow(repo) {
        return Known::Unknown(Unknown::because(
            "the history of this clone is cut, so how many people work on it cannot be told; with actions/checkout set `fetch-depth: 0`",
        ));
    }
    match count(repo, head) {
        Ok(authors) => Known::Known(authors),
        Err(error) => Known::Unknown(Unknown::because(format!("the history could not be read: {error}"))),
    }
}

fn count(repo: &Repository, head: ObjectId) -> Result<usize, gix::Error> {
    let newest = repo.find_commit(head)?.time()?.seconds;
    let since = newest.saturating_sub(AUTHOR_DAYS * DAY);
    let sorting = Sorting::ByCommitTimeCutoff { order: CommitTimeOrder::NewestFirst, seconds: since };
    let mut people = People::default();
    for info in repo.rev_walk([head]).sorting(sorting).all()?.take(MAX_COMMITS) {
        let commit = info?.object()?;
        let author = commit.author()?;
        people.see(&author.name.to_string(), &author.email.to_string());
    }
    Ok(people.count())
}

/// People by name and address: who shares one of them with somebody is the same.
#[derive(Default)]
struct People {
    known: HashMap<String, usize>,
    /// For each sighting the earlier one that was the same person; itself for the first.
    same: Vec<usize>,
}

impl People {
    fn see(&mut self, name: &str, email: &str) {
        let keys = [name, email].map(|text| text.trim().to_lowercase());
        if keys.iter().any(|key| machine(key)) {
            return;
        }
        let mut person = self.same.len();
        self.same.push(person);
        for key in keys.into_iter().filter(|key| !key.is_empty()) {
            let known = *self.known.entry(key).or_insert(person);
            let (one, other) = (self.first(known), self.first(person));
            person = one.min(other);
            self.same[one.max(other)] = person;
        }
    }

    fn first(&self, mut person: usize) -> usize {
        while self.same[person] != person {
            person = self.same[person];
        }
        person
    }

    /// A sighting without name and address is nobody.
    fn count(&self) -> usize {
        let people: std::collections::BTreeSet<usize> = self.known.values().map(|one| self.first(*one)).collect();
        people.len()
    }
}

/// Whether this is no person.
fn machine(key: &str) -> bool {
    const NAMES: [&str; 6] =
        ["dependabot", "renovate bot", "github actions", "github-actions", "weblate", "greenkeeper"];
    key.contains("[bot]") || NAMES.contains(&key) || key.ends_with("-bot") || key.starts_with("bot@")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_shares_a_name_or_an_address_is_one_person() {
        let cases: [(&[(&str, &str)], usize); 6] = [
            (&[], 0),
            (&[("Ann", "ann@a"), ("ann ", "ann@b"), ("A", "ANN@b")], 1),
            (&[("Ann", "ann@a"), ("Ben", "ben@a")], 2),
            (&[("Ann", "ann@a"), ("Ben", "ben@a"), ("Ann", "ben@a")], 1),
            (&[("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"), ("Ann", "a@a")], 1),
            (&[("", "")], 0),
        ];
        for (seen, expected) in cases {
            let mut people = People::default();
            seen.iter().for_each(|(name, email)| people.see(name, email));
            assert_eq!(people.count(), expected, "{seen:?}");
        }
    }
}
