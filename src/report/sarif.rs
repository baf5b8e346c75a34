//! SARIF 2.1.0 for code scanning: what fails, and nothing else (github-facts 10).
//!
//! Old debts are in it too, because code scanning takes an alert that is no longer reported for repaired; it tells new
//! ones from old ones by the analysis of the base branch. It knows neither `baselineState` nor suppressions, which other
//! readers do; what counts there is the level: only what blocks is an error, and no debt can fail its check.

use super::links::{Links, encoded};
use super::model::Report;
use super::pieces::{self, Style};
use super::{json, phrases};
use crate::findings::{Finding, RuleResult};
use crate::text;
use crate::words::{Delta, Outcome, Severity};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The address that readers know the format by.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Code scanning keeps the top 5,000 results of a run, and refuses more than 25,000 (github-facts 10).
const MAX_RESULTS: usize = 5_000;
/// `fullDescription` has at most 1,024 characters (github-facts 10); the others share the bound.
const MAX_TEXT: usize = 1_024;
/// Characters of the way to fix.
const MAX_HELP: usize = 8_000;
/// Where the policy would be: the place of what is wrong with the repository as a whole.
const POLICY_FILE: &str = ".github/roadworthy.yml";

/// The report as SARIF, with a newline at the end; the same report gives the same bytes.
pub(super) fn render(report: &Report) -> String {
    let rules = rules(report);
    let index: HashMap<&str, usize> =
        rules.iter().enumerate().map(|(index, rule)| (rule.id.as_str(), index)).collect();
    let sarif = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": report.tool.name,
                "version": report.tool.version,
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "automationDetails": { "id": format!("{}/{}/", report.tool.name, slug(&report.policy.name)) },
            "columnKind": "unicodeCodePoints",
            "results": results(report, &rules, &index),
        }],
    });
    json::written(&sarif)
}

/// The rules that fail, each once, although a rule may be judged for several services.
fn rules(report: &Report) -> Vec<&RuleResult> {
    let mut rules: Vec<&RuleResult> = Vec::new();
    for rule in report.rules.iter().filter(|rule| rule.outcome == Outcome::Fail) {
        if !rules.iter().any(|known| known.id == rule.id) {
            rules.push(rule);
        }
    }
    rules
}

fn descriptor(rule: &RuleResult) -> Value {
    let or_title = |part: &str| {
        let part = if part.trim().is_empty() { &rule.title } else { part };
        text::cut(&plain(part), MAX_TEXT)
    };
    let title = if rule.title.trim().is_empty() { rule.id.clone() } else { or_title(&rule.title) };
    let mut descriptor = json!({
        "id": rule.id,
        "shortDescription": { "text": title },
        "fullDescription": { "text": or_title(&rule.why) },
        "help": help(rule),
        "defaultConfiguration": { "level": severity(rule.severity) },
        "properties": { "tags": ["production-readiness", rule.stage.name()] },
    });
    if let (Some(address), Some(object)) =
        (rule.docs.as_deref().and_then(text::web_address), descriptor.as_object_mut())
    {
        object.insert("helpUri".to_owned(), address.into());
    }
    descriptor
}

/// The way to fix, as text and as the Markdown that code scanning shows instead.
fn help(rule: &RuleResult) -> Value {
    let fix = [&rule.fix, &rule.title, &rule.id].into_iter().find(|part| !part.trim().is_empty());
    let fix = text::cut(fix.map_or("", String::as_str), MAX_HELP);
    let style = Style { links: &Links::default(), brief: false, rest: "" };
    let markdown = pieces::labelled("", &fix, "", style);
    json!({ "text": plain(&fix), "markdown": markdown.trim() })
}

/// What blocks first, because only so many are kept; then in the order of the report.
fn results(report: &Report, rules: &[&RuleResult], index: &HashMap<&str, usize>) -> Vec<Value> {
    let mut found: Vec<(&Finding, usize)> = report
        .findings
        .iter()
        .filter_map(|finding| Some((finding, *index.get(finding.rule.as_str())?)))
        .collect();
    found.sort_by_key(|(finding, _)| (!finding.blocking, finding.delta != Delta::Introduced));
    let mut seen: HashMap<(&str, &str), u32> = HashMap::new();
    let mut results = Vec::new();
    for (finding, index) in found.into_iter().take(MAX_RESULTS) {
        let nth = seen.entry((&finding.rule, &finding.fingerprint)).or_default();
        *nth += 1;
        results.push(result(report, rules[index], index, finding, *nth));
    }
    results
}

fn result(report: &Report, rule: &RuleResult, index: usize, finding: &Finding, nth: u32) -> Value {
    let message = if finding.message.trim().is_empty() { phrases::what(rule) } else { &finding.message };
    let message = if message.trim().is_empty() { &rule.id } else { message };
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), rule.id.clone().into());
    result.insert("ruleIndex".to_owned(), index.into());
    result.insert("level".to_owned(), level(rule, finding).into());
    result.insert("message".to_owned(), json!({ "text": text::cut(&plain(message), MAX_TEXT) }));
    result.insert("locations".to_owned(), json!([{ "physicalLocation": location(report, finding) }]));
    // The only fingerprint that code scanning reads (github-facts 10); ours survives line shifts.
    let print = json!({ "primaryLocationLineHash": format!("{}:{nth}", finding.fingerprint) });
    result.insert("partialFingerprints".to_owned(), print);
    let state = match finding.delta {
        Delta::Introduced => Some("new"),
        Delta::Existing => Some("unchanged"),
        Delta::Fixed | Delta::None => None,
    };
    result.extend(state.map(|state| ("baselineState".to_owned(), state.into())));
    Value::Object(result)
}

/// Code scanning fails its own check by errors: only what blocks is one.
fn level(rule: &RuleResult, finding: &Finding) -> &'static str {
    match (finding.blocking, finding.delta, rule.severity) {
        (true, ..) => "error",
        (_, Delta::Existing, _) | (.., Severity::Notice | Severity::Off) => "note",
        (.., Severity::Error | Severity::Warning) => "warning",
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice | Severity::Off => "note",
    }
}

/// Code scanning shows nothing without a file and a whole region.
fn location(report: &Report, finding: &Finding) -> Value {
    let line = finding.line.unwrap_or(1).max(1);
    let column = finding.column.unwrap_or(1).max(1);
    let end_line = finding.end_line.unwrap_or(line).max(line);
    // Behind the first character; how long the line is, nobody noted.
    let end_column = if end_line == line { column.saturating_add(1) } else { 1 };
    let path = finding.path.as_deref().unwrap_or_else(|| policy_file(report));
    json!({
        "artifactLocation": { "uri": encoded(path) },
        "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
    })
}

/// The file of the policy, where it is one of the repository.
fn policy_file(report: &Report) -> &str {
    let mut names = report.policy.sources.iter().map(|source| source.source.trim_start_matches("./"));
    let inside = |name: &&str| {
        !name.is_empty()
            && !name.contains(':')
            && !name.split('/').any(|part| part.is_empty() || part == "..")
    };
    names.rfind(inside).unwrap_or(POLICY_FILE)
}

/// Line breaks stay, and whatever else would act or hide is spelled out.
fn plain(words: &str) -> String {
    words.trim_end().lines().map(text::visible).collect::<Vec<_>>().join("\n")
}

/// A name as part of the category.
fn slug(name: &str) -> String {
    let letters = name
        .chars()
        .take(60)
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' });
    let slug: String = letters.collect();
    let words: Vec<&str> = slug.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "policy".to_owned() } else { words.join("-") }
}
