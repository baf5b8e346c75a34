//! Where reports usually lie, and how one is made. Data of ours: `policies/data/reports.yml`.

use crate::embedded;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A kind of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// Which lines ran in tests.
    Coverage,
    /// Which tests passed.
    Tests,
    /// What an analysis found.
    Sarif,
    /// How a system held under load.
    Load,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advice {
    globs: Vec<String>,
    make: BTreeMap<String, String>,
    any: String,
}

/// The table is ours and a test reads it; should it break all the same, policies name their globs.
static TABLE: LazyLock<BTreeMap<ReportKind, Advice>> =
    LazyLock::new(|| embedded::table("reports").unwrap_or_default());

/// Where such reports usually lie.
pub fn report_globs(kind: ReportKind) -> &'static [String] {
    TABLE.get(&kind).map_or(&[], |advice| advice.globs.as_slice())
}

/// How such a report is made in these languages; what is understood at all where none of them is known.
pub fn how_to_make<'a>(kind: ReportKind, languages: impl IntoIterator<Item = &'a str>) -> String {
    let Some(advice) = TABLE.get(&kind) else { return String::new() };
    let mut told: Vec<&str> = Vec::new();
    for how in languages.into_iter().filter_map(|language| advice.make.get(language)) {
        if !told.contains(&how.as_str()) && told.len() < 2 {
            told.push(how);
        }
    }
    if told.is_empty() { advice.any.clone() } else { told.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::PathSet;

    #[test]
    fn the_table_is_whole_and_its_globs_find_the_usual_places() {
        let table: BTreeMap<ReportKind, Advice> = embedded::table("reports").unwrap();
        assert_eq!(table.len(), 4);
        let places = [
            (ReportKind::Coverage, "coverage/lcov.info"),
            (ReportKind::Coverage, "web/coverage/coverage-final.json"),
            (ReportKind::Coverage, "coverage.xml"),
            (ReportKind::Coverage, "target/site/jacoco/jacoco.xml"),
            (ReportKind::Coverage, "app/build/reports/jacoco/test/jacocoTestReport.xml"),
            (ReportKind::Coverage, "coverage.out"),
            (ReportKind::Coverage, "coverage/.resultset.json"),
            (ReportKind::Coverage, "tests/TestResults/0f/coverage.cobertura.xml"),
            (ReportKind::Tests, "junit.xml"),
            (ReportKind::Tests, "api/target/surefire-reports/TEST-com.acme.ATest.xml"),
            (ReportKind::Tests, "build/test-results/test/TEST-a.xml"),
            (ReportKind::Sarif, "results.sarif"),
            (ReportKind::Load, "k6-summary.json"),
            (ReportKind::Load, "target/gatling/sim-1/js/global_stats.json"),
        ];
        for (kind, path) in places {
            let set = PathSet::new(report_globs(kind)).unwrap();
            assert!(set.contains(path), "{path}");
        }
        let set = PathSet::new(report_globs(ReportKind::Coverage)).unwrap();
        assert!(!set.contains("src/coverage/index.ts"));
    }

    #[test]
    fn advice_speaks_the_language_of_the_code() {
        assert!(how_to_make(ReportKind::Coverage, ["html", "python"]).contains("pytest"));
        assert!(how_to_make(ReportKind::Coverage, ["cobol"]).contains("lcov"));
        assert_eq!(
            how_to_make(ReportKind::Coverage, ["javascript", "typescript"]).matches("vitest").count(),
            1
        );
    }
}
