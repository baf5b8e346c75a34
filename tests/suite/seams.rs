//! One change that hurts three seams at once, the database, the API and the tests, and the same change repaired.

use crate::repo::Repo;

const SPEC: &str = "openapi: 3.1.0
info: { title: Orders, version: 1.2.0 }
paths:
  /orders:
    get: { responses: { '200': { description: all } } }
  /orders/{id}:
    get: { responses: { '200': { description: one } } }
";
const CODE: &str = "def total(prices):\n    return sum(prices)\n";
const MORE: &str = "def total(prices):\n    return sum(prices)\n\n\ndef mean(prices):\n    if not prices:\n        return 0\n    return total(prices) / len(prices)\n";
const TEST: &str = "from shop import price\n\n\ndef test_total():\n    assert price.total([1, 2]) == 3\n";

fn shop() -> Repo {
    let repo = Repo::with(&[
        (".gitignore", "coverage.xml\n"),
        ("requirements.txt", "psycopg==3.2.1\n"),
        ("shop/price.py", CODE),
        ("tests/test_price.py", TEST),
        ("openapi.yaml", SPEC),
        ("migrations/0001_orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, email text);\n"),
    ]);
    repo.branch("feature");
    repo
}

/// What pytest leaves: the new lines with these hits.
fn coverage(hits: [u8; 4]) -> String {
    let new = [5, 6, 7, 8].into_iter().zip(hits);
    let lines: Vec<String> =
        new.map(|(line, hits)| format!("<line number=\"{line}\" hits=\"{hits}\"/>")).collect();
    let lines = lines.concat();
    format!(
        "<coverage timestamp=\"1800000000000\"><sources><source>/home/runner/work/shop/shop</source></sources><packages><package name=\"shop\"><classes>\
         <class name=\"price.py\" filename=\"shop/price.py\"><lines><line number=\"1\" hits=\"1\"/><line number=\"2\" hits=\"1\"/>{lines}</lines></class></classes></package></packages></coverage>"
    )
}

#[test]
fn a_change_that_hurts_three_seams_gets_three_findings_on_their_lines() {
    let repo = shop();
    let spec = SPEC.replace("  /orders/{id}:\n    get: { responses: { '200': { description: one } } }\n", "");
    repo.write_all(&[
        ("shop/price.py", MORE),
        ("openapi.yaml", &spec),
        ("migrations/0002_email.sql", "-- faster look-ups\nCREATE INDEX orders_email ON orders (email);\n"),
    ]);
    repo.run("add --all .");
    repo.run("commit --quiet --message=x");
    repo.write("coverage.xml", coverage([1, 1, 0, 0]));
    let checked = repo.check(&["--stage", "core"]);
    assert_eq!(checked.code, 1, "{}", checked.report);
    assert_eq!(checked.findings("migrations-safe"), ["migrations/0002_email.sql:2 introduced"]);
    assert_eq!(checked.findings("api-compatible"), ["openapi.yaml:4 introduced"]);
    assert_eq!(checked.findings("coverage-held"), ["shop/price.py:7 introduced"]);
}

#[test]
fn the_same_change_repaired_passes_all_three() {
    let repo = shop();
    let spec = SPEC.replace(
        "    get: { responses: { '200': { description: one } } }",
        "    get: { deprecated: true, x-sunset: '2099-01-01', responses: { '200': { description: one } } }",
    );
    repo.write_all(&[
        ("shop/price.py", MORE),
        ("openapi.yaml", &spec),
        (
            "migrations/0002_email.sql",
            "-- no-transaction\nCREATE INDEX CONCURRENTLY orders_email ON orders (email);\n",
        ),
    ]);
    repo.run("add --all .");
    repo.run("commit --quiet --message=x");
    repo.write("coverage.xml", coverage([1, 1, 1, 1]));
    let checked = repo.check(&["--stage", "core"]);
    for rule in ["migrations-safe", "api-compatible", "coverage-held"] {
        assert_eq!(checked.outcome(rule), "pass/none", "{rule}: {}", checked.report);
    }
}

#[test]
fn a_stale_report_counts_for_nothing() {
    let repo = shop();
    repo.write_all(&[("shop/price.py", MORE)]);
    repo.run("add --all .");
    repo.run("commit --quiet --message=x");
    repo.write("coverage.xml", coverage([1, 1, 1, 1]).replace("1800000000000", "1600000000000"));
    let checked = repo.check(&["--stage", "core"]);
    assert_eq!(checked.outcome("coverage-held"), "unknown/none", "{}", checked.report);
}
