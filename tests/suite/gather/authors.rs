//! How many people work on a repository.

use crate::repo::Repo;
use roadworthy::evidence::{Classes, Needs, PathSet};
use roadworthy::gather::{Place, Request, local};
use roadworthy::plan::Plan;
use roadworthy::words::Known;

/// Commits once as somebody, some days after the first commit.
fn commit_as(repo: &Repo, name: &str, days: u32) {
    let seconds = 1_700_000_000 + i64::from(days) * 86_400;
    let author = format!("--author={name} <{name}@example.org>");
    let date = format!("--date=@{seconds} +0000");
    repo.git_command(&["commit", "--quiet", "--allow-empty", "--message=x", &author, &date]);
}

fn authors(repo: &Repo) -> Known<usize> {
    let needs = Needs { authors: true, ..Needs::default() };
    let plan = Plan::new(needs, Classes::new(PathSet::default())).unwrap();
    local(&plan, &Place::open(repo.path()).unwrap(), &Request::default()).unwrap().authors
}

#[test]
fn people_count_once_and_robots_do_not() {
    let repo = Repo::with(&[("a", "1\n")]);
    commit_as(&repo, "ann", 1);
    commit_as(&repo, "ben", 2);
    commit_as(&repo, "ann", 3);
    commit_as(&repo, "dependabot[bot]", 4);
    assert_eq!(authors(&repo), Known::Known(3), "the first commit has an author of its own");
}

#[test]
fn a_cut_history_is_unknown_and_none_is_absent() {
    let repo = Repo::with(&[("a", "1\n")]);
    commit_as(&repo, "ann", 1);
    let cut = authors(&Repo::clone_of(&repo, "--depth=1"));
    assert!(matches!(&cut, Known::Unknown(unknown) if unknown.reason.contains("fetch-depth: 0")), "{cut:?}");
    let folder = Repo::folder();
    folder.write("a", "1\n");
    assert!(matches!(authors(&folder), Known::Absent(_)));
    assert!(matches!(authors(&Repo::git()), Known::Absent(_)), "no commit yet");
}
