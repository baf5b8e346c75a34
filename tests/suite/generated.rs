//! What is generated from the code is committed, and current. `UPDATE=1 cargo test` rewrites it.

use std::fs;
use std::path::Path;

#[test]
fn the_reference_of_checks_is_current() {
    current("docs/checks.md", &roadworthy::checks::reference());
}

/// Compares a committed file with what it should be, or rewrites it.
fn current(path: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{} is not current; run `UPDATE=1 cargo test`", path.display());
}
