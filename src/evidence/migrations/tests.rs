//! Migrations of each framework, case by case: `tests/cases/migrations.yml`.

use super::table::{self, kind_says};
use super::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    path: String,
    text: String,
    /// `line kind`, in order.
    #[serde(default)]
    risks: Vec<String>,
    reversible: Option<bool>,
}

#[test]
fn steps_come_out_as_the_cases_say() {
    let cases: Vec<Case> = serde_yaml::from_str(include_str!("../../../tests/cases/migrations.yml")).unwrap();
    for case in &cases {
        let migration =
            read_migration(&case.path, &case.text).unwrap_or_else(|| panic!("{}: not read", case.name));
        let found: Vec<String> =
            migration.risks.iter().map(|risk| format!("{} {}", risk.line, risk.kind)).collect();
        assert_eq!(found, case.risks, "{}", case.name);
        if case.reversible.is_some() {
            assert_eq!(migration.reversible, case.reversible, "{}", case.name);
        }
    }
    let table = table::parse().unwrap();
    for framework in &table.frameworks {
        assert!(framework.regexes().all(|regex| regex.get().is_some()), "{}", framework.id);
        let shown = |case: &&Case| framework.takes(&case.path) && framework.fits(&case.text);
        assert!(
            cases.iter().any(|case| shown(&case) && !case.risks.is_empty()),
            "no case for {}",
            framework.id
        );
        for step in &framework.steps {
            assert!(kind_says(&step.kind, Some("postgresql")).is_some(), "{}: {}", framework.id, step.kind);
        }
    }
}

#[test]
fn every_rule_of_the_linter_has_a_kind_that_there_is() {
    let table = table::parse().unwrap();
    for (rule, kind) in &table.sql {
        assert!(rule.parse::<squawk_linter::Rule>().is_ok(), "the linter has no rule {rule}");
        assert!(kind_says(kind, Some("postgresql")).is_some(), "{rule}: {kind}");
    }
}

#[test]
fn hostile_texts_are_no_panic() {
    let deep = "(".repeat(20_000);
    let texts = ["", "(", "'", "$$", "é`é", "create_table :a do", "def down", "op.execute(", &deep];
    for path in [
        "db/migrate/1_a.rb",
        "a/migrations/0001_a.py",
        "alembic/versions/a.py",
        "a/migrations/a.sql",
        "Migrations/a.cs",
    ] {
        for text in texts {
            let _ = read_migration(path, &format!("MigrationBuilder def upgrade {text}"));
            let _ = read_migration(path, text);
        }
    }
}
