//! Reports that other jobs leave in the work tree, ignored by git or not.

use super::*;
use roadworthy::evidence::Report;

fn gathered(repo: &Repo, request: &Request) -> Gathered {
    let globs = ["**/lcov.info", "**/target/site/*/jacoco.xml", "**/coverage.xml"];
    let needs = Needs { reports: globs.iter().map(ToString::to_string).collect(), ..Needs::default() };
    let plan = Plan::new(needs, Classes::new(PathSet::default())).unwrap();
    local(&plan, &Place::open(repo.path()).unwrap(), request).unwrap()
}

/// Paths of the reports, with `!` those that could not be read and with `*` those that the repository holds.
fn told(gathered: &Gathered) -> String {
    let one = |report: &Report| {
        let mark = if report.body.is_err() { "!" } else { "" };
        let held = if report.tracked { "*" } else { "" };
        format!("{mark}{held}{}", report.path)
    };
    gathered.head.reports.as_ref().unwrap().files.iter().map(one).collect::<Vec<_>>().join(" ")
}

const LCOV: &str = "SF:a.js\nDA:1,1\nend_of_record\n";

#[test]
fn reports_are_found_where_a_glob_names_the_folder_and_are_no_part_of_the_change() {
    let repo =
        Repo::with(&[(".gitignore", "target/\nlogs/\nnode_modules/\n"), ("a.js", "a"), ("web/b.js", "b")]);
    repo.write_all(&[
        ("lcov.info", LCOV),
        ("web/lcov.info", LCOV),
        ("target/site/jacoco/jacoco.xml", "<report"),
        ("target/lcov.info", LCOV),
        ("logs/lcov.info", LCOV),
        ("node_modules/x/lcov.info", LCOV),
        ("notes.txt", "new"),
    ]);
    let found = gathered(&repo, &Request::default());
    assert_eq!(told(&found), "lcov.info !target/site/jacoco/jacoco.xml web/lcov.info");
    let change = found.change.known().unwrap();
    let changed: Vec<&str> = change.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(changed, ["notes.txt"]);
    assert_eq!(found.head.reports.as_ref().unwrap().head, Some(1_700_000_000));
    assert!(found.base.known().unwrap().reports.is_none());
}

#[test]
fn what_the_repository_holds_is_a_report_too_and_has_no_time_of_its_file() {
    let repo = Repo::with(&[("a.js", "a"), ("lcov.info", LCOV)]);
    repo.write("coverage.xml", "<coverage timestamp=\"1600000000\"/>");
    let found = gathered(&repo, &Request::default());
    assert_eq!(told(&found), "coverage.xml *lcov.info");
    let made: Vec<Option<i64>> =
        found.head.reports.as_ref().unwrap().files.iter().map(|report| report.made).collect();
    assert_eq!(made, [Some(1_600_000_000), None]);
    let id = repo.run("rev-parse HEAD");
    assert_eq!(told(&gathered(&repo, &between(&id, &id))), "*lcov.info");
}

#[test]
fn the_time_of_a_file_counts_where_the_report_names_none() {
    let repo = Repo::with(&[("a.js", "a")]);
    repo.write("lcov.info", LCOV);
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000);
    std::fs::File::options().write(true).open(repo.at("lcov.info")).unwrap().set_modified(old).unwrap();
    let found = gathered(&repo, &Request::default());
    let reports = found.head.reports.as_ref().unwrap();
    assert_eq!(reports.files[0].made, Some(1_600_000_000));
    assert!(reports.stale(&reports.files[0], None).is_some());
}

#[cfg(unix)]
#[test]
fn links_to_reports_and_folders_are_not_followed() {
    let outside = Repo::folder();
    outside.write("lcov.info", LCOV);
    outside.write("site/jacoco/jacoco.xml", "<report/>");
    let repo = Repo::with(&[(".gitignore", "target\nlcov.info\n"), ("a.js", "a")]);
    std::os::unix::fs::symlink(outside.at("lcov.info"), repo.at("lcov.info")).unwrap();
    std::os::unix::fs::symlink(outside.path(), repo.at("target")).unwrap();
    assert_eq!(told(&gathered(&repo, &Request::default())), "");
}

#[test]
fn a_folder_without_git_has_reports() {
    let repo = Repo::folder();
    repo.write_all(&[
        ("a.js", "a"),
        ("web/target/site/x/jacoco.xml", "<report/>"),
        ("node_modules/lcov.info", LCOV),
    ]);
    let found = gathered(&repo, &Request::default());
    assert_eq!(told(&found), "!web/target/site/x/jacoco.xml");
    assert_eq!(found.head.reports.as_ref().unwrap().head, None);
}
