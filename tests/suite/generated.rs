//! What is generated from the code is committed, and current. `UPDATE=1 cargo test` rewrites it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[test]
fn the_reference_of_checks_is_current() {
    current("docs/checks.md", &roadworthy::checks::reference());
}

#[test]
fn the_table_of_capabilities_is_current() {
    let capabilities = roadworthy::policy::catalogue().unwrap();
    current("docs/capabilities.md", &roadworthy::app::capabilities::reference(&capabilities));
}

/// What a change of an API's description means, and which cases prove that it is seen.
#[test]
fn the_table_of_api_changes_is_current() {
    let read = |path: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let table: serde_yaml::Mapping = serde_yaml::from_str(&read("policies/data/api-changes.yml")).unwrap();
    let mut cases: Vec<serde_yaml::Value> = serde_yaml::from_str(&read("tests/cases/api.yml")).unwrap();
    cases.extend(serde_yaml::from_str::<Vec<serde_yaml::Value>>(&read("tests/cases/contracts.yml")).unwrap());
    let proof = |kind: &str| -> String {
        let forms = ["parameter", "body", "property"].map(|place| kind.replace("{}", place));
        let shows = |case: &&serde_yaml::Value| {
            let kinds =
                case["kinds"].as_sequence().into_iter().flatten().filter_map(serde_yaml::Value::as_str);
            kinds.into_iter().any(|kind| forms.iter().any(|form| form == kind))
        };
        let names = cases.iter().filter(shows).filter_map(|case| case["name"].as_str());
        names.collect::<Vec<_>>().join("; ")
    };
    let mut text = String::from(
        "# What changes an API\n\n<!-- Made from policies/data/api-changes.yml, tests/cases/api.yml and tests/cases/contracts.yml by `UPDATE=1 cargo test`. Do not edit. -->\n\n\
         Kinds of differences between two versions of an OpenAPI or Swagger description, or of a contract in GraphQL or Protocol Buffers, what they mean\n\
         for clients, and the cases of `tests/cases/api.yml` and `tests/cases/contracts.yml` that prove that each is seen. `{}` is `parameter`, `body` or `property`. Kinds that oasdiff knows have its names.\n\n\
         | kind | for clients | case |\n| --- | --- | --- |\n",
    );
    for level in ["breaking", "warning", "info"] {
        for kind in table[level].as_sequence().unwrap().iter().filter_map(serde_yaml::Value::as_str) {
            let _ = writeln!(text, "| `{kind}` | {level} | {} |", proof(kind));
        }
    }
    text += "\n## Protocol Buffers in buf's words\n\nThe rule of `buf breaking` for each kind, and the least strict of its categories that refuses it\n(FILE > PACKAGE > WIRE_JSON > WIRE). What WIRE refuses is breaking here; a message, enum, service, call or package that is gone is breaking too.\n\n| kind | buf |\n| --- | --- |\n";
    for (kind, rule) in table["buf"].as_mapping().unwrap() {
        let _ = writeln!(text, "| `{}` | {} |", kind.as_str().unwrap(), rule.as_str().unwrap());
    }
    text += "\n## Not seen\n\nKinds of oasdiff that are not looked for.\n\n| kind | why |\n| --- | --- |\n";
    for (kind, why) in table["unseen"].as_mapping().unwrap() {
        let _ = writeln!(text, "| {} | {} |", kind.as_str().unwrap(), why.as_str().unwrap());
    }
    current("docs/api-changes.md", &text);
}

/// The steps of migrations that can do harm, and what the linter calls them.
#[test]
fn the_table_of_migrations_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(path.join(name)).unwrap();
    let table: serde_yaml::Value = serde_yaml::from_str(&read("policies/data/migrations.yml")).unwrap();
    let cases: Vec<serde_yaml::Value> = serde_yaml::from_str(&read("tests/cases/migrations.yml")).unwrap();
    let words = |value: &serde_yaml::Value| -> Vec<String> {
        value.as_sequence().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let mut text = String::from(
        "# Migrations\n\n<!-- Made from policies/data/migrations.yml and tests/cases/migrations.yml by `UPDATE=1 cargo test`. Do not edit. -->\n\n\
         Steps of a migration that can do harm, the databases that they concern, what squawk calls them, and the cases of\n\
         `tests/cases/migrations.yml` that prove that each is seen.\n\n\
         | step | it | databases | rules of squawk | cases |\n| --- | --- | --- | --- | --- |\n",
    );
    for (kind, entry) in table["kinds"].as_mapping().unwrap() {
        let kind = kind.as_str().unwrap();
        let rules = table["sql"].as_mapping().unwrap().iter().filter(|(_, ours)| ours.as_str() == Some(kind));
        let rules: Vec<&str> = rules.filter_map(|(rule, _)| rule.as_str()).collect();
        let shows = |case: &&serde_yaml::Value| {
            words(&case["risks"]).iter().any(|risk| risk.split(' ').nth(1) == Some(kind))
        };
        let names: Vec<&str> = cases.iter().filter(shows).filter_map(|case| case["name"].as_str()).collect();
        let _ = writeln!(
            text,
            "| `{kind}` | {} | {} | {} | {} |",
            entry["say"].as_str().unwrap(),
            words(&entry["dialects"]).join(", "),
            rules.join(", "),
            names.join("; ")
        );
    }
    let _ = writeln!(
        text,
        "\nOut of scope, because they are a matter of taste or of permissions: {}.",
        table["taste"].as_str().unwrap().trim()
    );
    current("docs/migrations.md", &text);
}

#[test]
fn the_inputs_in_the_readme_are_those_of_the_action() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let action: serde_yaml::Value =
        serde_yaml::from_str(&fs::read_to_string(root.join("action.yml")).unwrap()).unwrap();
    let text = |entry: &serde_yaml::Value, key: &str| {
        entry.get(key).and_then(|value| value.as_str()).unwrap_or_default().trim().to_owned()
    };
    let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut table = String::new();
    for (kind, heads) in
        [("inputs", &["input", "default", "meaning"][..]), ("outputs", &["output", "meaning"])]
    {
        let heads: Vec<String> = heads.iter().map(ToString::to_string).collect();
        table += "\n";
        table += &row(&heads);
        table += &row(&vec!["---".to_owned(); heads.len()]);
        for (name, entry) in action[kind].as_mapping().unwrap() {
            let mut cells = vec![format!("`{}`", name.as_str().unwrap()), text(entry, "description")];
            if kind == "inputs" {
                let default = text(entry, "default");
                cells.insert(1, if default.is_empty() { default } else { format!("`{default}`") });
            }
            table += &row(&cells);
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
