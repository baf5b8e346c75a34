//! When files were last changed.

use super::*;
use roadworthy::evidence::{History, HistoryNeed};

fn needs() -> Needs {
    let need = |glob: &str, each| HistoryNeed { globs: vec![glob.to_owned()], each };
    Needs { history: [need("docs/*", true), need("src/**", false)].into(), ..Needs::default() }
}

fn history(repo: &Repo, request: &Request) -> (Known<History>, Known<History>) {
    let plan = Plan::new(needs(), Classes::new(PathSet::default())).unwrap();
    let gathered = local(&plan, &Place::open(repo.path()).unwrap(), request).unwrap();
    let base = match gathered.base {
        Known::Known(base) => base.history,
        _ => Known::Absent("no base".into()),
    };
    (gathered.head.history, base)
}

/// Commits everything on a day of its own.
fn commit(repo: &Repo, day: i64) -> String {
    repo.run("add --all .");
    let date = format!("@{} +0000", 1_700_000_000 + day * 86_400);
    repo.commit_at(&date);
    repo.run("rev-parse HEAD")
}

#[test]
fn files_have_the_date_of_the_commit_that_last_changed_them() {
    let repo = Repo::git();
    repo.write_all(&[("docs/a.md", "1"), ("docs/b.md", "1"), ("src/a.js", "1"), ("other", "1")]);
    let first = commit(&repo, 0);
    repo.write("docs/a.md", "2");
    repo.write("src/b.js", "1");
    commit(&repo, 3);
    repo.write("other", "2");
    commit(&repo, 5);
    repo.write("docs/c.md", "new");
    let (head, base) = history(&repo, &since(&first));
    let head = head.known().unwrap();
    let day = |time: i64| (time - 1_700_000_000) / 86_400;
    let dates: Vec<(&str, i64)> = head.dates.iter().map(|(path, time)| (path.as_str(), day(*time))).collect();
    assert_eq!(dates, [("docs/a.md", 3), ("docs/b.md", 0)]);
    assert_eq!(head.uncommitted.iter().collect::<Vec<_>>(), ["docs/c.md"]);
    let newest: Vec<_> = head.newest.values().map(|(path, time)| (path.as_str(), day(*time))).collect();
    assert_eq!(newest, [("src/b.js", 3)]);
    let base = base.known().unwrap();
    assert_eq!(base.dates.values().map(|time| day(*time)).collect::<Vec<_>>(), [0, 0]);
}

#[test]
fn a_cut_history_does_not_know_what_lies_before_the_cut() {
    let origin = Repo::git();
    origin.write_all(&[("docs/a.md", "1"), ("docs/b.md", "1")]);
    commit(&origin, 0);
    origin.write("docs/a.md", "2");
    commit(&origin, 1);
    origin.write("other", "2");
    commit(&origin, 2);
    let clone = Repo::clone_of(&origin, "--depth=2");
    let (head, _) = history(&clone, &Request { base: Base::None, ..Request::default() });
    let head = head.known().unwrap();
    assert!(head.cut && head.dates.is_empty(), "{head:?}");
}
