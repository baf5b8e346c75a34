//! What a change is: files, renames, exact lines; and what is shared between head and merge base.

use super::{ADDED, ALL, between, change, gather, hits, paths, since, work_tree};
use crate::repo::Repo;
use roadworthy::words::Known;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

const TEN: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

#[test]
fn a_change_is_known_to_the_line() {
    let repo = Repo::with(&[
        ("edited", TEN),
        ("gone", "a\nb\n"),
        ("moved", &TEN.repeat(3)),
        ("moved-and-edited", &TEN.repeat(5)),
        ("sub/same", "needle\n"),
    ]);
    repo.run("branch base");
    repo.write("edited", TEN.replace('5', "five\nand more"));
    repo.remove("gone");
    std::fs::rename(repo.at("moved"), repo.at("sub/moved")).unwrap();
    repo.remove("moved-and-edited");
    repo.write("sub/other", TEN.repeat(5) + "needle\n");
    repo.write("image", b"\0\x01");
    repo.write("new", "x\nneedle\n");
    let expected = [
        "Modified edited +5..6 -1",
        "Deleted gone -2",
        "Added image -0 binary",
        "Added new +1..2 -0",
        "Renamed sub/moved from moved -0",
        "Renamed sub/other from moved-and-edited +51..51 -0",
    ];
    assert_eq!(change(&work_tree(&repo)), expected, "on disk");
    repo.run("checkout --quiet -b topic");
    repo.commit();
    let gathered = gather(&repo, &between("base", "topic")).unwrap();
    assert_eq!(change(&gathered), expected, "in commits");
    assert_eq!(hits(&gathered.head, ALL), ["new:2", "sub/other:51", "sub/same:1"]);
    assert_eq!(hits(&gathered.head, ADDED), ["new:2", "sub/other:51"], "only lines that the change adds");
    let Known::Known(base) = &gathered.base else { panic!("no base") };
    assert_eq!(hits(base, ALL), ["sub/same:1"]);
    assert_eq!(hits(base, ADDED), [""; 0], "the merge base adds nothing");
    assert_eq!(base.file("moved").unwrap().size, 63, "what was moved has its old path at the base");
}

#[test]
fn what_is_the_same_is_read_once_and_shared() {
    let repo = Repo::with(&[("same", "needle"), ("edited", "needle")]);
    repo.write("edited", "needle\nneedle");
    let gathered = work_tree(&repo);
    let Known::Known(base) = &gathered.base else { panic!("no base") };
    let facts = |tree: &roadworthy::evidence::Tree, path| {
        Arc::clone(tree.file(path).unwrap().facts.as_ref().unwrap())
    };
    assert!(Arc::ptr_eq(&facts(&gathered.head, "same"), &facts(base, "same")));
    assert!(!Arc::ptr_eq(&facts(&gathered.head, "edited"), &facts(base, "edited")));
    assert_eq!((gathered.head.counts.read, base.counts.read), (2, 1));
    assert_eq!((gathered.head.counts.bytes, base.counts.bytes), (6 + 13, 6));
}

#[test]
fn only_what_somebody_wants_is_read() {
    let repo = Repo::with(&[("a", "needle"), ("vendor/b", "needle"), ("web/node_modules/c", "needle")]);
    let gathered = work_tree(&repo);
    assert_eq!(paths(&gathered.head), ["+ a", "- vendor/b", "- web/node_modules/c"]);
    let counts = gathered.head.counts;
    assert_eq!((counts.listed, counts.read, counts.ignored), (3, 1, 2));
}

#[test]
fn a_touched_file_is_no_change_and_a_mode_is_one() {
    let repo = Repo::with(&[("touched", "a"), ("script", "a")]);
    let base = repo.run("rev-parse HEAD");
    repo.write("touched", "a");
    assert_eq!(change(&work_tree(&repo)), [""; 0]);
    std::fs::set_permissions(repo.at("script"), PermissionsExt::from_mode(0o755)).unwrap();
    assert_eq!(change(&work_tree(&repo)), ["Modified script -0"]);
    repo.commit();
    assert_eq!(change(&gather(&repo, &between(&base, "HEAD")).unwrap()), ["Modified script -0"]);
}

#[test]
fn line_endings_that_git_converts_are_no_change() {
    let repo = Repo::with(&[(".gitattributes", "* text=auto eol=crlf"), ("a", "1\n2\n3\n"), ("b", "1\n2\n")]);
    repo.write("a", "1\r\ntwo\r\n3\r\n");
    repo.write("b", "1\r\n2\r\n");
    assert_eq!(change(&work_tree(&repo)), ["Modified a +2..2 -1"]);
}

#[test]
fn staged_and_unstaged_and_reverted_edits_are_told_from_the_disk() {
    let repo = Repo::with(&[("staged", "1\n"), ("reverted", "1\n"), ("intended", "1\n")]);
    repo.write("staged", "1\n2\n");
    repo.write("reverted", "2\n");
    repo.run("add .");
    repo.write("reverted", "1\n");
    repo.write("promised", "1\n");
    repo.run("add --intent-to-add promised");
    assert_eq!(change(&work_tree(&repo)), ["Added promised +1..1 -0", "Modified staged +2..2 -0"]);
}

#[test]
fn a_submodule_and_a_link_are_entries_without_lines() {
    let repo = Repo::with(&[("target", "needle")]);
    let base = repo.run("rev-parse HEAD");
    repo.run(&format!("update-index --add --cacheinfo 160000,{base},module"));
    // Where a submodule is not initialised, git leaves an empty folder.
    std::fs::create_dir(repo.at("module")).unwrap();
    std::os::unix::fs::symlink("target", repo.at("link")).unwrap();
    repo.run("add link");
    repo.run("commit --quiet --message=x");
    let gathered = gather(&repo, &between(&base, "HEAD")).unwrap();
    assert_eq!(change(&gathered), ["Added link -0", "Added module -0"]);
    assert_eq!(paths(&gathered.head), ["- link", "- module", "+ target"]);
    assert_eq!(paths(&gather(&repo, &since(&base)).unwrap().head), ["- link", "- module", "+ target"]);
}

#[test]
fn a_large_file_is_counted_and_its_lines_are_not_guessed() {
    let large = "needle\n".repeat(200_000);
    let repo = Repo::with(&[("large", &large), ("small", "needle")]);
    repo.write("large", format!("{large}x"));
    let gathered = work_tree(&repo);
    assert_eq!(paths(&gathered.head), ["L large", "+ small"]);
    assert_eq!(change(&gathered), ["Modified large -0"]);
    assert_eq!(gathered.head.counts.too_large, 1);
    assert!(gathered.notes.iter().any(|note| note.contains("size limit")), "{:?}", gathered.notes);
}

#[test]
fn many_renames_are_bounded_and_told() {
    let repo = Repo::git();
    for at in 0..600 {
        repo.write(&format!("old/{at}"), format!("{at} old\n"));
    }
    repo.commit();
    std::fs::remove_dir_all(repo.at("old")).unwrap();
    for at in 0..600 {
        repo.write(&format!("new/{at}"), format!("{at} new\n"));
    }
    let gathered = work_tree(&repo);
    assert_eq!(change(&gathered).len(), 1200);
    assert!(gathered.notes.iter().any(|note| note.contains("renames")), "{:?}", gathered.notes);
}
