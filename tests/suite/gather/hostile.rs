//! Trees that are made to break a reader: nothing outside is read, nothing is run, nothing hangs, nothing panics.

use super::{ALL, gather, hits, paths, plan, since, work_tree};
use crate::repo::Repo;
use roadworthy::evidence::{FileKind, Reading};
use roadworthy::gather::{GatherError, Place, Request, local};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

/// The same files as a plain folder and as a repository with everything committed.
fn both(make: impl Fn(&Repo)) -> [Repo; 2] {
    let (folder, repo) = (Repo::folder(), Repo::git());
    make(&folder);
    make(&repo);
    repo.commit();
    [folder, repo]
}

#[test]
fn a_path_that_is_no_folder_is_an_error() {
    let repo = Repo::with(&[("a", "x")]);
    let error = Place::open(&repo.at("nothing")).unwrap_err();
    assert!(matches!(error, GatherError::Path { .. }) && error.help().contains("exists"), "{error}");
    let error = Place::open(&repo.at("a")).unwrap_err();
    assert!(matches!(error, GatherError::NotAFolder { .. }), "{error}");
}

#[test]
fn links_are_listed_and_never_followed() {
    let outside = Repo::folder();
    outside.write("secret", "needle");
    for repo in both(|repo| {
        repo.write("real/a", "needle");
        symlink(outside.at("secret"), repo.at("file")).unwrap();
        symlink(outside.path(), repo.at("folder")).unwrap();
        symlink("..", repo.at("real/loop")).unwrap();
        symlink("itself", repo.at("itself")).unwrap();
    }) {
        let gathered = work_tree(&repo);
        assert_eq!(paths(&gathered.head), ["- file", "- folder", "- itself", "+ real/a", "- real/loop"]);
        assert!(
            gathered
                .head
                .files()
                .iter()
                .filter(|file| file.facts.is_none())
                .all(|file| file.kind == FileKind::Symlink)
        );
    }
}

#[test]
fn a_folder_that_became_a_link_hides_what_was_tracked_in_it() {
    let outside = Repo::folder();
    outside.write("a", "needle from outside");
    let repo = Repo::with(&[("sub/a", "x"), ("b", "x")]);
    std::fs::remove_dir_all(repo.at("sub")).unwrap();
    symlink(outside.path(), repo.at("sub")).unwrap();
    // The index still promises `sub/a`; even when git is told not to look, nothing outside is read.
    for flag in ["--no-assume-unchanged", "--assume-unchanged"] {
        repo.run(&format!("update-index {flag} sub/a"));
        let gathered = work_tree(&repo);
        assert_eq!(hits(&gathered.head, ALL), [""; 0], "{flag}");
        assert!(gathered.head.file("sub/a").is_none_or(|file| file.reading != Reading::Read), "{flag}");
    }
}

#[test]
fn a_fifo_is_never_opened() {
    let folder = Repo::folder();
    let repo = Repo::with(&[("a", "needle"), ("b", "x")]);
    folder.write("a", "needle");
    repo.remove("b");
    for (repo, expected) in [(&folder, vec!["+ a", "- b"]), (&repo, vec!["+ a", "- b"])] {
        let made = std::process::Command::new("mkfifo").arg(repo.at("b")).status().unwrap();
        assert!(made.success());
        let gathered = work_tree(repo);
        assert_eq!(paths(&gathered.head), expected);
        assert_eq!(gathered.head.file("b").unwrap().kind, FileKind::Special);
    }
}

#[test]
fn names_are_text_whatever_they_say() {
    let names = [
        "new\nline",
        "esc\x1b[31m",
        "##[set-output]x",
        "::error file=a::b",
        "bidi\u{202e}txt.exe",
        "a\tb",
        "*",
        "-rf",
    ];
    for repo in both(|repo| names.iter().for_each(|name| repo.write(name, "needle"))) {
        let gathered = work_tree(&repo);
        let mut expected: Vec<String> = names.iter().map(|name| format!("{name}:1")).collect();
        expected.sort();
        assert_eq!(hits(&gathered.head, ALL), expected);
    }
}

#[test]
fn names_that_are_not_utf8_are_read_and_shown_as_far_as_possible() {
    for repo in both(|repo| {
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
        std::fs::write(repo.path().join(name), "needle").unwrap();
    }) {
        assert_eq!(hits(&work_tree(&repo).head, ALL), ["caf\u{fffd}:1"]);
    }
}

#[test]
fn very_long_paths_are_read_or_told() {
    let part = "d".repeat(199);
    // 20 folders make a path of 4,000 characters, 25 one that the system does not take in one piece.
    for (folders, read) in [(19, true), (25, false)] {
        let repo = Repo::folder();
        let dir = cap_std::fs::Dir::open_ambient_dir(repo.path(), cap_std::ambient_authority()).unwrap();
        let mut deepest = dir;
        for _ in 0..folders {
            deepest.create_dir(&part).unwrap();
            deepest = deepest.open_dir(&part).unwrap();
        }
        deepest.write("a".repeat(180), "needle").unwrap();
        let gathered = work_tree(&repo);
        assert_eq!(hits(&gathered.head, ALL).len(), usize::from(read), "{folders}");
        assert_eq!(gathered.notes.is_empty(), read, "{:?}", gathered.notes);
        repo.run("init --quiet --initial-branch=main");
        match gather(&repo, &Request::default()) {
            Ok(gathered) => assert_eq!(hits(&gathered.head, ALL).len(), usize::from(read)),
            Err(error) => assert!(!read, "{error}"),
        }
        remove_deep(repo.path());
    }
}

/// The system's own removal takes only paths of limited length.
fn remove_deep(path: &std::path::Path) {
    assert!(std::process::Command::new("rm").arg("-rf").arg(path).status().unwrap().success());
}

#[test]
fn a_sparse_file_of_two_gibibytes_is_counted_not_read() {
    for repo in [Repo::folder(), Repo::with(&[("a", "x")])] {
        repo.write("a", "x");
        std::fs::File::create(repo.at("huge")).unwrap().set_len(2 << 30).unwrap();
        let gathered = work_tree(&repo);
        assert_eq!(paths(&gathered.head), ["+ a", "L huge"]);
        assert_eq!(gathered.head.file("huge").unwrap().size, 2 << 30);
        assert_eq!((gathered.head.counts.too_large, gathered.head.counts.bytes), (1, 1));
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    // Root may read everything, so the content is taken out of the repository instead.
    let repo = Repo::with(&[("a", "needle"), ("b", "needle")]);
    let blob = repo.run("rev-parse HEAD:a");
    repo.remove("b");
    repo.commit();
    repo.write("a", "other");
    repo.commit();
    repo.remove(&format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
    let gathered = gather(&repo, &super::between("HEAD~2", "HEAD~2")).unwrap();
    assert_eq!(paths(&gathered.head), ["! a", "! b"]);
    assert_eq!(gathered.head.counts.failed, 2);
}

#[test]
fn programs_that_the_repository_names_are_not_run() {
    let repo = Repo::with(&[(".gitattributes", "* filter=evil diff=evil text=auto"), ("a", "1\n")]);
    let program = format!("touch {}", repo.at("ran").display());
    for key in ["filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.command"] {
        repo.git_command(&["config", key, &program]);
    }
    repo.git_command(&["config", "diff.evil.textconv", &program]);
    repo.git_command(&["config", "core.fsmonitor", &program]);
    repo.git_command(&["config", "filter.evil.required", "true"]);
    repo.write("a", "1\r\n2\r\n");
    repo.write("new", "x\r\n");
    let gathered = gather(&repo, &since("HEAD")).unwrap();
    assert!(!repo.at("ran").exists(), "a program was run");
    assert_eq!(super::change(&gathered), ["Modified a +2..2 -0", "Added new +1..1 -0"]);
}

#[test]
fn a_tree_that_names_itself_many_times_is_refused() {
    let repo = Repo::with(&[("a", "x")]);
    let mut tree = repo.run("rev-parse HEAD^{tree}");
    for _ in 0..7 {
        let list: Vec<String> = (0..10).map(|at| format!("040000 tree {tree}\t{at}\n")).collect();
        repo.write("list", list.concat());
        tree = repo.run_with_input("mktree", "list");
    }
    let commit = repo.run(&format!("commit-tree -m x {tree}"));
    let error = gather(&repo, &super::between(&commit, &commit)).unwrap_err();
    assert!(matches!(error, GatherError::TooMany { .. }), "{error}");
}

#[test]
fn binary_and_odd_encodings_do_not_disturb() {
    for repo in both(|repo| {
        repo.write("binary", b"needle\0");
        repo.write("late", [&[b'x'; 9000][..], b"\0needle"].concat());
        repo.write("latin", b"\xe9 needle");
        repo.write("mark", b"\xef\xbb\xbfneedle");
        repo.write("empty", b"");
    }) {
        let gathered = work_tree(&repo);
        assert_eq!(paths(&gathered.head), ["b binary", "+ empty", "+ late", "+ latin", "+ mark"]);
        let columns: Vec<u32> = gathered.head.hits(ALL).map(|(_, hits)| hits[0].column).collect();
        assert_eq!(columns, [9002, 3, 1]);
    }
}

#[test]
fn a_broken_repository_is_an_error_or_a_plain_folder() {
    let repo = Repo::with(&[("a", "x")]);
    repo.write(".git/index", "no index");
    assert!(matches!(gather(&repo, &Request::default()).unwrap_err(), GatherError::Repository { .. }));
    repo.write(".git/HEAD", "");
    let result = Place::open(repo.path()).and_then(|place| local(&plan(), &place, &Request::default()));
    assert!(result.is_err() || !result.unwrap().notes.is_empty());
}
