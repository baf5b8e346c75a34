//! SARIF 2.1.0: what an analysis found, without what is suppressed, passed or gone.

use super::stamp::stamp;
use super::{MAX_VALUES, json};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Characters of a message that are kept.
const MAX_MESSAGE: usize = 300;

/// A report of an analysis.
#[derive(Debug, Default)]
pub struct Sarif {
    /// The tools that ran.
    pub tools: Vec<String>,
    /// What they found.
    pub results: Vec<SarifResult>,
}

/// One result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SarifResult {
    /// Who found it.
    pub tool: String,
    /// Which rule of the tool.
    pub rule: String,
    /// How bad it is.
    pub level: SarifLevel,
    /// What it says.
    pub message: String,
    /// The file, as the tool calls it.
    pub path: Option<String>,
    /// Where it starts.
    pub line: Option<u32>,
    /// Where it ends.
    pub end_line: Option<u32>,
}

/// How bad a result is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SarifLevel {
    /// It does not matter how bad.
    None,
    /// Worth a look.
    Note,
    /// A problem.
    #[default]
    Warning,
    /// A serious problem.
    Error,
}

#[derive(Deserialize)]
struct Log {
    runs: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    #[serde(default)]
    results: Option<Vec<Raw>>,
    #[serde(default)]
    artifacts: Vec<Artifact>,
    #[serde(default)]
    invocations: Vec<Invocation>,
    #[serde(default)]
    original_uri_base_ids: BTreeMap<String, Location>,
}

#[derive(Deserialize)]
struct Tool {
    driver: Component,
    #[serde(default)]
    extensions: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(default)]
    name: String,
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(default)]
    id: String,
    default_configuration: Option<Configuration>,
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    level: SarifLevel,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    end_time_utc: Option<String>,
}

#[derive(Deserialize)]
struct Artifact {
    location: Option<Location>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    uri: Option<String>,
    uri_base_id: Option<String>,
    index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    rule_id: Option<String>,
    rule_index: Option<i64>,
    rule: Option<Reference>,
    level: Option<SarifLevel>,
    kind: Option<String>,
    #[serde(default)]
    message: Message,
    #[serde(default)]
    locations: Vec<Place>,
    #[serde(default)]
    suppressions: Option<Vec<Suppression>>,
    baseline_state: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    id: Option<String>,
    index: Option<i64>,
}

#[derive(Default, Deserialize)]
struct Message {
    text: Option<String>,
    markdown: Option<String>,
}

#[derive(Deserialize)]
struct Suppression {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    physical_location: Option<Physical>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Option<Location>,
    region: Option<Region>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<u32>,
    end_line: Option<u32>,
}

pub(super) fn read(text: &str) -> Result<(Sarif, Option<i64>), String> {
    let log: Log = json(text)?;
    let mut found = Sarif::default();
    let mut made = None;
    for run in &log.runs {
        found.tools.push(run.tool.driver.name.clone());
        let ends = run.invocations.iter().filter_map(|one| one.end_time_utc.as_deref().and_then(stamp));
        made = made.max(ends.max());
        found
            .results
            .extend(run.results.iter().flatten().filter(|raw| counts(raw)).map(|raw| run.result(raw)));
        if found.results.len() > MAX_VALUES {
            return Err(format!("it tells of more than {MAX_VALUES} results"));
        }
    }
    Ok((found, made))
}

/// Whether somebody has to look at it: it is a failure, there, and not accepted by anybody.
fn counts(raw: &Raw) -> bool {
    let failed = raw.kind.as_deref().is_none_or(|kind| kind == "fail");
    let accepted = |one: &Suppression| one.status.as_deref().is_none_or(|status| status == "accepted");
    let suppressed = raw.suppressions.iter().flatten().any(accepted);
    failed && !suppressed && raw.baseline_state.as_deref() != Some("absent")
}

impl Run {
    fn result(&self, raw: &Raw) -> SarifResult {
        let id = raw.rule_id.as_deref().or_else(|| raw.rule.as_ref()?.id.as_deref());
        let index = raw.rule_index.or_else(|| raw.rule.as_ref()?.index);
        let rule = self.rule(id, index);
        let configured = rule.and_then(|rule| rule.default_configuration.as_ref()).map(|one| one.level);
        let physical = raw.locations.iter().find_map(|place| place.physical_location.as_ref());
        let region = physical.and_then(|physical| physical.region.as_ref());
        let text = raw.message.text.as_deref().or(raw.message.markdown.as_deref()).unwrap_or_default();
        let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        SarifResult {
            tool: self.tool.driver.name.clone(),
            rule: id.or_else(|| Some(rule?.id.as_str())).unwrap_or_default().to_owned(),
            level: raw.level.or(configured).unwrap_or_default(),
            message: first.chars().take(MAX_MESSAGE).collect(),
            path: physical.and_then(|physical| self.path(physical.artifact_location.as_ref()?)),
            line: region.and_then(|region| region.start_line),
            end_line: region.and_then(|region| region.end_line),
        }
    }

    fn rule(&self, id: Option<&str>, index: Option<i64>) -> Option<&Rule> {
        let all =
            || std::iter::once(&self.tool.driver).chain(&self.tool.extensions).flat_map(|one| &one.rules);
        let at = index.and_then(|at| usize::try_from(at).ok());
        let numbered = at.and_then(|at| self.tool.driver.rules.get(at));
        let fits = |rule: &&Rule| id.is_none_or(|id| rule.id == id);
        numbered.filter(fits).or_else(|| all().find(|rule| Some(rule.id.as_str()) == id)).or_else(|| {
            // An id can be a rule's with a part behind it.
            all().find(|rule| {
                id.is_some_and(|id| id.strip_prefix(&*rule.id).is_some_and(|rest| rest.starts_with('/')))
            })
        })
    }

    /// The file, below the folder that its base names.
    fn path(&self, location: &Location) -> Option<String> {
        let known = |at: i64| self.artifacts.get(usize::try_from(at).ok()?)?.location.clone();
        let location = if location.uri.is_some() { location.clone() } else { known(location.index?)? };
        let uri = location.uri?;
        let base = location.uri_base_id.and_then(|id| self.original_uri_base_ids.get(&id)?.uri.clone());
        let whole = match base {
            Some(base) if !uri.contains("://") => format!("{}/{uri}", base.trim_end_matches('/')),
            _ => uri,
        };
        Some(decoded(&whole))
    }
}

/// `%20` and its kin as what they stand for.
fn decoded(uri: &str) -> String {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits.filter(|_| *first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
