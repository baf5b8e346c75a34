//! `roadworthy check` on whole repositories: verdict, deltas, places.

use crate::repo::Repo;

const CODE: &str = "def total(prices):\n    return sum(prices)\n";
const MORE: &str = "def total(prices):\n    return sum(prices)\n\n\ndef mean(prices):\n    return total(prices) / len(prices)\n";
const TEST: &str = "from shop import price\n\n\ndef test_total():\n    assert price.total([1, 2]) == 3\n";

/// A policy of one rule that can exist before the change.
const NO_EVAL: &str = "version: 1
name: One rule
stage: assessment
rules:
  no-eval:
    title: Nothing evaluates text as code
    stage: assessment
    severity: error
    forbid: { content: { in: '**/*.py', matches: '\\beval\\(' } }
    why: Text that is evaluated is code that nobody reviewed.
    fix: Parse the text.
";

fn shop() -> Repo {
    Repo::with(&[
        ("shop/price.py", CODE),
        ("tests/test_price.py", TEST),
        ("pyproject.toml", "[project]\nname = \"shop\"\n"),
    ])
}

#[test]
fn code_without_a_test_blocks_on_its_first_line_of_code() {
    let repo = shop();
    repo.branch("feature").write_all(&[("shop/price.py", MORE)]).commit();
    let checked = repo.check(&[]);
    assert_eq!(checked.code, 1, "{}", checked.report);
    assert_eq!(checked.outcome("tests-with-code"), "fail/introduced");
    assert_eq!(checked.findings("tests-with-code"), ["shop/price.py:5 introduced"]);
    let run = repo.roadworthy(&["check", "--format", "github"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("::error file=shop/price.py,line=5"), "{}", run.stdout);
}

#[test]
fn the_same_with_a_test_passes() {
    let repo = shop();
    let test = format!("{TEST}\n\ndef test_mean():\n    assert price.mean([1, 3]) == 2\n");
    repo.branch("feature").write_all(&[("shop/price.py", MORE), ("tests/test_price.py", &test)]).commit();
    let checked = repo.check(&[]);
    assert_eq!(
        (checked.code, checked.outcome("tests-with-code").as_str()),
        (0, "pass/none"),
        "{}",
        checked.report
    );
}

#[test]
fn old_debts_do_not_block_new_ones_do_and_repairs_are_told() {
    let repo = Repo::with(&[
        ("policy.yml", NO_EVAL),
        ("old.py", "a = 1\nb = eval(text)\n"),
        ("clean.py", "a = 1\n"),
    ]);
    let args = ["--policy", "policy.yml"];

    repo.branch("untouched")
        .write_all(&[("clean.py", "a = 2\n"), ("old.py", "# moved down\na = 1\nb = eval(text)\n")])
        .commit();
    let checked = repo.check(&args);
    assert_eq!((checked.code, checked.findings("no-eval")), (0, vec!["old.py:3 existing".to_owned()]));

    repo.write_all(&[("clean.py", "a = 2\nc = eval(text)\n")]).commit();
    let checked = repo.check(&args);
    let expected = ["clean.py:2 introduced", "old.py:3 existing"];
    assert_eq!((checked.code, checked.findings("no-eval")), (1, expected.map(String::from).to_vec()));
    assert_eq!(repo.check(&[&args[..], &["--enforce", "always"]].concat()).code, 1);

    repo.write_all(&[("clean.py", "a = 1\n"), ("old.py", "a = 1\n")]).commit();
    let checked = repo.check(&args);
    assert_eq!((checked.code, checked.outcome("no-eval").as_str()), (0, "pass/fixed"));
    assert_eq!(checked.report["summary"]["fixed"], 1);
}

#[test]
fn a_moved_file_brings_nothing_new() {
    let text = "import os\nimport sys\nname = sys.argv[1]\nvalue = eval(name)\nprint(value)\n";
    let repo = Repo::with(&[("policy.yml", NO_EVAL), ("old.py", text)]);
    repo.branch("move").remove("old.py").write_all(&[("new/place.py", text)]).commit();
    let checked = repo.check(&["--policy", "policy.yml"]);
    assert_eq!((checked.code, checked.findings("no-eval")), (0, vec!["new/place.py:4 existing".to_owned()]));
}

#[test]
fn the_work_tree_counts_before_it_is_committed() {
    let repo = Repo::with(&[("policy.yml", NO_EVAL), ("a.py", "a = 1\n")]);
    repo.write_all(&[("new.py", "b = eval(text)\n")]);
    assert_eq!(repo.check(&["--policy", "policy.yml"]).findings("no-eval"), ["new.py:1 introduced"]);
    assert!(repo.check(&["--policy", "policy.yml", "--head", "HEAD"]).findings("no-eval").is_empty());
}

#[test]
fn a_folder_without_git_is_judged_alone() {
    let repo = Repo::folder();
    repo.write_all(&[("policy.yml", NO_EVAL), ("a.py", "b = eval(text)\n")]);
    let checked = repo.check(&["--policy", "policy.yml"]);
    assert_eq!((checked.code, checked.findings("no-eval")), (0, vec!["a.py:1 none".to_owned()]));
    assert_eq!(repo.check(&["--policy", "policy.yml", "--enforce", "always"]).code, 1);
}

#[test]
fn warnings_later_stages_and_later_days_do_not_block() {
    let cases = [
        ("severity: error", "severity: warning"),
        ("    stage: assessment", "    stage: core"),
        ("    severity: error", "    severity: error\n    since: 2026-03-03"),
    ];
    for (from, to) in cases {
        let repo = Repo::with(&[("policy.yml", &NO_EVAL.replace(from, to)), ("a.py", "b = eval(text)\n")]);
        let checked = repo.check(&["--policy", "policy.yml", "--enforce", "always"]);
        assert_eq!((checked.code, checked.outcome("no-eval").as_str()), (0, "fail/existing"), "{to}");
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let repo = shop();
    repo.branch("feature").write_all(&[("shop/price.py", MORE)]).commit();
    for format in ["json", "terminal", "markdown", "github"] {
        let args = ["check", "--format", format, "--date", crate::support::DAY];
        assert_eq!(repo.roadworthy(&args).stdout, repo.roadworthy(&args).stdout, "{format}");
    }
}

#[test]
fn what_cannot_be_judged_is_an_error_that_says_so() {
    let repo = shop();
    let cases: [(&[&str], &str); 5] = [
        (&["check", "no/such/folder"], "no/such/folder"),
        (&["check", "--base", "no-such-branch"], "no-such-branch"),
        (&["check", "--policy", "missing.yml"], "missing.yml"),
        (&["check", "--stage", "foundaton"], "foundation"),
        (&["check", "--output", "json"], "--output"),
    ];
    for (args, named) in cases {
        let run = repo.roadworthy(args);
        assert_eq!(run.code, 2, "{args:?}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{args:?}: {}", run.stdout);
        assert!(run.stderr.contains(named), "{args:?}: {}", run.stderr);
    }
}
