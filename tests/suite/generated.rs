//! What is generated from the code is committed, and current. `UPDATE=1 cargo test` rewrites it.

use std::fs;
use std::path::Path;

#[test]
fn the_reference_of_checks_is_current() {
    current("docs/checks.md", &roadworthy::checks::reference());
}

#[test]
fn the_inputs_in_the_readme_are_those_of_the_action() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let action: serde_yaml::Value =
        serde_yaml::from_str(&fs::read_to_string(root.join("action.yml")).unwrap()).unwrap();
    let mut table = String::new();
    for (kind, column) in [("inputs", "default"), ("outputs", "")] {
        let name = kind.trim_end_matches('s');
        table.push_str(&if column.is_empty() {
            format!("\n| {name} | meaning |\n| --- | --- |\n")
        } else {
            format!("\n| {name} | {column} | meaning |\n| --- | --- | --- |\n")
        });
        for (name, entry) in action[kind].as_mapping().unwrap() {
            let text = |key: &str| entry.get(key).and_then(|value| value.as_str()).unwrap_or_default().trim();
            let (name, meaning) = (name.as_str().unwrap(), text("description"));
            let default = if text(column).is_empty() { String::new() } else { format!("`{}`", text(column)) };
            table.push_str(&if column.is_empty() {
                format!("| `{name}` | {meaning} |\n")
            } else {
                format!("| `{name}` | {default} | {meaning} |\n")
            });
        }
    }
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (before, rest) = readme.split_once("<!-- inputs:").unwrap();
    let (first, rest) = rest.split_once('\n').unwrap();
    let (_, after) = rest.split_once("<!-- end of inputs -->").unwrap();
    current("README.md", &format!("{before}<!-- inputs:{first}\n{table}\n<!-- end of inputs -->{after}"));
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
