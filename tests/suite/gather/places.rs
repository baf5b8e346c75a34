//! Where a project can lie: plain folders, work trees and their parts, bare repositories, other people's checkouts.

use super::{ALL, between, change, gather, hits, paths, plan, since, work_tree};
use crate::repo::Repo;
use roadworthy::gather::{Base, GatherError, Head, Place, Request, local};
use roadworthy::policy::Files as _;
use roadworthy::words::Known;

#[test]
fn a_folder_without_git_counts_with_everything_in_it() {
    let repo = Repo::folder();
    repo.write_all(&[(".gitignore", "ignored"), ("ignored", "needle"), (".hidden/a", "needle")]);
    repo.write_all(&[
        ("web/node_modules/p/a", "needle"),
        (".git/config", "needle"),
        ("sub/.git/x", "needle"),
    ]);
    let gathered = work_tree(&repo);
    assert_eq!(paths(&gathered.head), ["+ .gitignore", "+ .hidden/a", "+ ignored", "- web/node_modules/p/a"]);
    assert_eq!(hits(&gathered.head, ALL), [".hidden/a:1", "ignored:1"]);
    assert!(matches!(gathered.base, Known::Absent(_)) && matches!(gathered.change, Known::Absent(_)));
    assert_eq!((gathered.head_id, gathered.base_id), (None, None));
    assert!(gathered.notes[0].contains("`.git` is not a repository"), "{:?}", gathered.notes);
}

#[test]
fn git_questions_about_a_folder_without_git_are_errors() {
    let repo = Repo::folder();
    let head = Request { head: Head::Revision("x".into()), ..Request::default() };
    for request in [since("main"), head] {
        let error = gather(&repo, &request).unwrap_err();
        assert!(matches!(error, GatherError::NoRepository { .. }), "{error}");
        assert!(error.help().contains("--base"));
    }
}

#[test]
fn a_work_tree_is_what_is_tracked_or_not_ignored() {
    let repo = Repo::with(&[(".gitignore", "*.log\nbuild/\n"), ("kept.log", "needle"), ("gone", "x")]);
    repo.write_all(&[("other.log", "x"), ("build/x", "x"), ("new/untracked", "needle")]);
    repo.remove("gone");
    let gathered = work_tree(&repo);
    assert_eq!(paths(&gathered.head), ["+ .gitignore", "+ kept.log", "+ new/untracked"]);
    assert_eq!(gathered.head_id, None, "no commit holds this work tree");
}

#[test]
fn a_clean_work_tree_is_its_commit() {
    let repo = Repo::with(&[("a", "x")]);
    let id = Some(repo.run("rev-parse HEAD"));
    let gathered = work_tree(&repo);
    assert_eq!((gathered.head_id, gathered.base_id), (id.clone(), id.clone()));
    let without = Request { base: Base::None, ..Request::default() };
    let gathered = gather(&repo, &without).unwrap();
    assert_eq!((gathered.head_id, gathered.base_id), (id, None));
    assert!(matches!(gathered.change, Known::Absent(_)));
}

#[test]
fn a_subfolder_means_its_repository_unless_nothing_in_it_is_tracked() {
    let repo = Repo::with(&[("a", "x"), ("sub/deep/b", "x"), (".gitignore", "corpus\n")]);
    repo.write("corpus/c", "x");
    let place = Place::open(&repo.at("sub/deep")).unwrap();
    let gathered = local(&plan(), &place, &Request::default()).unwrap();
    assert_eq!(paths(&gathered.head), ["+ .gitignore", "+ a", "+ sub/deep/b"]);
    assert!(gathered.notes[0].contains("`sub/deep` is part of a repository"), "{:?}", gathered.notes);
    let place = Place::open(&repo.at("corpus")).unwrap();
    assert!(!place.is_git());
    assert_eq!(paths(&local(&plan(), &place, &Request::default()).unwrap().head), ["+ c"]);
}

#[test]
fn a_repository_without_commits_is_judged_without_a_base() {
    let repo = Repo::git();
    repo.write("a", "needle");
    let gathered = work_tree(&repo);
    assert_eq!(hits(&gathered.head, ALL), ["a:1"]);
    assert!(
        matches!(&gathered.base, Known::Absent(why) if why.contains("no commits")),
        "{:?}",
        gathered.base
    );
    let empty = Repo::git();
    assert_eq!(paths(&work_tree(&empty).head), [""; 0]);
}

#[test]
fn a_linked_work_tree_is_a_work_tree() {
    let repo = Repo::with(&[("a", "x")]);
    repo.run("worktree add --quiet -b topic linked");
    let place = Place::open(&repo.at("linked")).unwrap();
    std::fs::write(repo.at("linked/b"), "x\n").unwrap();
    let gathered = local(&plan(), &place, &Request::default()).unwrap();
    assert_eq!(paths(&gathered.head), ["+ a", "+ b"]);
    assert_eq!(change(&gathered), ["Added b +1..1 -0"]);
    assert_eq!(paths(&work_tree(&repo).head), ["+ a", "- linked"], "from outside it is another repository");
}

#[test]
fn a_bare_repository_needs_a_head() {
    let origin = Repo::with(&[("a", "x\n")]);
    origin.run("branch base");
    origin.write("b", "needle\n");
    origin.commit();
    let bare = Repo::clone_of(&origin, "--bare");
    assert!(matches!(work_tree_error(&bare), GatherError::Bare { .. }));
    let gathered = gather(&bare, &between("base", "main")).unwrap();
    assert_eq!(change(&gathered), ["Added b +1..1 -0"]);
    assert_eq!(hits(&gathered.head, ALL), ["b:1"]);
}

fn work_tree_error(repo: &Repo) -> GatherError {
    gather(repo, &Request::default()).unwrap_err()
}

#[test]
fn files_left_out_of_a_sparse_checkout_still_count() {
    let repo = Repo::with(&[("in/a", "needle"), ("out/b", "needle")]);
    for mode in ["--no-sparse-index", "--sparse-index"] {
        repo.run(&format!("sparse-checkout set --cone {mode} in"));
        assert!(!repo.at("out/b").exists());
        let gathered = work_tree(&repo);
        assert_eq!(paths(&gathered.head), ["+ in/a", "+ out/b"], "{mode}");
        assert_eq!(change(&gathered), [""; 0], "{mode}");
    }
}

#[test]
fn a_checkout_of_another_user_is_read() {
    let repo = Repo::with(&[("a", "needle"), (".gitignore", "b")]);
    repo.write("b", "needle");
    repo.write("c", "needle");
    let changed = std::process::Command::new("chown").arg("-R").arg("1001:1001").arg(repo.path()).status();
    if !changed.is_ok_and(|status| status.success()) {
        // Only root can give a folder away.
        return;
    }
    assert_eq!(hits(&work_tree(&repo).head, ALL), ["a:1", "c:1"]);
}

#[test]
fn an_unfinished_merge_is_what_lies_in_the_work_tree() {
    let repo = Repo::with(&[("a", "1\n")]);
    repo.run("checkout --quiet -b topic");
    repo.write("a", "2\n");
    repo.commit();
    repo.run("checkout --quiet main");
    repo.write("a", "3\n");
    repo.commit();
    std::process::Command::new("git")
        .args(["merge", "--quiet", "topic"])
        .current_dir(repo.path())
        .output()
        .unwrap();
    repo.write("a", "3\nneedle\n");
    let gathered = work_tree(&repo);
    assert_eq!(paths(&gathered.head), ["+ a"]);
    assert_eq!(change(&gathered), ["Modified a +2..2 -0"]);
}

#[test]
fn files_for_a_policy_come_from_the_folder_or_from_a_commit() {
    let repo = Repo::with(&[("p/policy.yml", "old"), ("large", &"x".repeat(1_100_000))]);
    repo.write("p/policy.yml", "new");
    std::os::unix::fs::symlink("p", repo.at("link")).unwrap();
    repo.run("add link");
    repo.run("commit --quiet --message=x");
    let place = Place::open(repo.path()).unwrap();
    let (disk, commit) = (place.files().unwrap(), place.files_at("HEAD").unwrap());
    assert_eq!(disk.read("p/policy.yml"), Ok(Some(b"new".to_vec())));
    assert_eq!(commit.read("p/policy.yml"), Ok(Some(b"old".to_vec())));
    assert_eq!(commit.commit(), Some(repo.run("rev-parse HEAD")));
    let both = |path: &str| [disk.read(path), commit.read(path)];
    for path in ["none", "p/none", "p/policy.yml/none"] {
        assert_eq!(both(path), [Ok(None), Ok(None)], "{path}");
    }
    for path in ["link/policy.yml", "link", "p", "large", "../x", "/etc/passwd", "", "p/../large"] {
        assert!(both(path).iter().all(Result::is_err), "{path}");
    }
}

#[test]
fn a_remote_is_told_without_its_credentials() {
    let repo = Repo::git();
    repo.run("remote add origin https://user:secret@github.com/acme/shop.git");
    let remote = Place::open(repo.path()).unwrap().remote().unwrap();
    assert_eq!((remote.host.as_str(), remote.repository.as_str()), ("github.com", "acme/shop"));
}
