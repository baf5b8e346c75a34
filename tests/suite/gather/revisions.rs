//! Which commits are compared: default and given bases, cut histories, revisions that do not exist.

use super::{between, change, gather, since, work_tree};
use crate::repo::Repo;
use roadworthy::gather::{GatherError, Gathered, Place, Request};
use roadworthy::words::Known;

/// A repository whose branch `topic` added `b` after `main` went on with `c`.
fn forked() -> Repo {
    let repo = Repo::with(&[("a", "1\n")]);
    repo.run("checkout --quiet -b topic");
    repo.write("b", "1\n");
    repo.commit();
    repo.run("checkout --quiet main");
    repo.write("c", "1\n");
    repo.commit();
    repo.run("checkout --quiet topic");
    repo
}

/// The same with the merge commit of a pull request, as GitHub makes it, on the branch `merge`.
fn merged() -> Repo {
    let repo = forked();
    repo.run("checkout --quiet -b merge main");
    repo.run("merge --quiet --no-ff --message=x topic");
    repo
}

fn unknown_because(gathered: &Gathered) -> &str {
    let (Known::Unknown(base), Known::Unknown(change)) = (&gathered.base, &gathered.change) else {
        panic!("{:?}", gathered.change)
    };
    assert_eq!(base, change);
    assert!(gathered.notes.contains(&base.reason));
    &base.reason
}

#[test]
fn the_merge_base_is_compared_not_the_tip() {
    let repo = forked();
    let expected = ["Added b +1..1 -0"];
    assert_eq!(change(&work_tree(&repo)), expected, "by default");
    assert_eq!(change(&gather(&repo, &since("main")).unwrap()), expected, "against main");
    assert_eq!(change(&gather(&repo, &between("main", "topic")).unwrap()), expected, "without the work tree");
    let gathered = gather(&repo, &since("main")).unwrap();
    assert_eq!(gathered.base_id, Some(repo.run("rev-parse main~1")));
    assert_eq!(gathered.head_id, Some(repo.run("rev-parse topic")));
}

#[test]
fn the_default_branch_is_what_origin_says() {
    let origin = forked();
    origin.run("checkout --quiet main");
    origin.run("branch --move main trunk");
    let repo = Repo::clone_of(&origin, "");
    repo.run("checkout --quiet topic");
    assert_eq!(change(&work_tree(&repo)), ["Added b +1..1 -0"]);
    repo.run("checkout --quiet trunk");
    assert_eq!(change(&work_tree(&repo)), [""; 0], "on the default branch itself only edits count");
    repo.run("remote set-head origin --delete");
    let gathered = work_tree(&repo);
    assert!(matches!(&gathered.base, Known::Absent(why) if why.contains("no default branch")));
}

#[test]
fn revisions_that_do_not_exist_are_errors_with_help() {
    let repo = forked();
    let cases =
        ["nowhere", "origin/main", "0123456789012345678901234567890123456789", "main:a", "", "main..topic"];
    for revision in cases {
        for request in [since(revision), between("main", revision)] {
            let error = gather(&repo, &request).unwrap_err();
            assert!(matches!(error, GatherError::Revision { .. }), "{revision}: {error}");
            assert!(error.help().contains("git fetch"), "{}", error.help());
        }
    }
}

#[test]
fn histories_without_a_common_ancestor_cannot_be_compared() {
    let repo = forked();
    repo.run("checkout --quiet --orphan other");
    repo.commit();
    let error = gather(&repo, &since("main")).unwrap_err();
    assert!(matches!(error, GatherError::Unrelated { .. }), "{error}");
}

#[test]
fn a_clone_of_one_commit_says_what_it_cannot_know() {
    let origin = merged();
    let repo = Repo::clone_of(&origin, "--depth=1 --branch=merge");
    let base = origin.run("rev-parse main");
    let gathered = gather(&repo, &since(&base)).unwrap();
    assert!(unknown_because(&gathered).contains("fetch-depth: 2"));
    assert_eq!(gathered.head.files().len(), 3, "the head is judged all the same");
    let error = gather(&repo, &since("origin/main")).unwrap_err();
    assert!(error.help().contains("fetch-depth: 0"), "a name may be wrong: {}", error.help());
}

#[test]
fn a_clone_with_the_parents_of_a_merge_commit_knows_the_change() {
    let origin = merged();
    let repo = Repo::clone_of(&origin, "--depth=2 --branch=merge");
    let base = origin.run("rev-parse main");
    let gathered = gather(&repo, &since(&base)).unwrap();
    assert_eq!(change(&gathered), ["Added b +1..1 -0"]);
    assert_eq!(gathered.base_id, Some(base.clone()));
    assert_eq!(Place::open(repo.path()).unwrap().commit_parents("HEAD").unwrap()[0], base);
}

#[test]
fn a_history_that_ends_before_the_merge_base_is_unknown() {
    let origin = forked();
    let repo = Repo::clone_of(&origin, "--depth=1 --no-single-branch --branch=topic");
    repo.run("remote set-head origin main");
    assert!(unknown_because(&gather(&repo, &since("origin/main")).unwrap()).contains("fetch-depth: 0"));
    assert!(unknown_because(&gather(&repo, &Request::default()).unwrap()).contains("fetch-depth: 0"));
}

#[test]
fn contents_that_a_partial_clone_lacks_are_told() {
    let origin = forked();
    origin.run("config uploadpack.allowFilter true");
    let repo = Repo::clone_of(&origin, "--filter=blob:none --no-checkout");
    let gathered = gather(&repo, &between("origin/main", "origin/topic")).unwrap();
    assert_eq!(gathered.head.counts.failed, 2);
    assert!(gathered.notes.iter().any(|note| note.contains("could not be read")), "{:?}", gathered.notes);
}
