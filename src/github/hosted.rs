//! Facts of the repository on the platform: one request each, and only those that a rule asked for (github-facts 6).

use super::api::{Api, Ask, path_part};
use super::branch;
use super::error::ApiError;
use super::payload::{at, text};
use crate::evidence::{Alert, AlertSeverity, Day, DeployEnvironment, Fact, OwnersError, Platform};
use crate::words::{Known, Unknown};
use chrono::{DateTime, NaiveDate};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Entries of one list that are read at most.
const ENTRIES: usize = 1000;

/// What the platform says of the repository, as far as it is asked for. The branch is the one that changes are merged into.
pub fn hosted(api: Result<&dyn Api, &Unknown>, needs: &BTreeSet<Fact>, branch: Option<&str>) -> Platform {
    let api = match api {
        Ok(api) => api,
        Err(unknown) => return Platform::unknown(unknown),
    };
    let not_asked = Unknown::because("it is only read from the platform when a rule asks for it");
    let mut platform =
        Platform { repository: Known::Known(api.repository().to_owned()), ..Platform::unknown(&not_asked) };
    for need in needs {
        match need {
            Fact::Commits | Fact::Approvals => {}
            Fact::Branch => {
                platform.branch = match branch {
                    Some(name) => told(branch::rules(api, name)),
                    None => Known::Unknown(Unknown::because("the default branch is not known")),
                }
            }
            Fact::Environments => platform.environments = told(environments(api)),
            Fact::Dependabot => platform.dependabot = told(alerts(api, *need, dependabot)),
            Fact::CodeScanning => platform.code_scanning = told(alerts(api, *need, code_scanning)),
            Fact::OwnersErrors => platform.owners_errors = owners_errors(api, branch),
            Fact::Properties => platform.properties = told(properties(api)),
        }
    }
    platform
}

fn told<T>(result: Result<T, ApiError>) -> Known<T> {
    result.map_or_else(|error| Known::Unknown(error.into()), Known::Known)
}

/// The path of a fact in the repository.
pub(super) fn place(api: &dyn Api, tail: &str) -> String {
    format!("/repos/{}/{tail}", api.repository())
}

fn list(
    api: &dyn Api,
    what: &'static str,
    fact: Fact,
    query: &str,
    inside: Option<&str>,
) -> Result<Vec<Value>, ApiError> {
    let (tail, permission) = fact.source();
    let path = place(api, &format!("{tail}{query}"));
    api.get_all(Ask { what, path: &path, permission }, inside, ENTRIES)
}

fn environments(api: &dyn Api) -> Result<Vec<DeployEnvironment>, ApiError> {
    let what = "the environments";
    let found = list(api, what, Fact::Environments, "", Some("environments"))?;
    let mut found: Vec<_> = found.iter().map(environment).collect::<Option<_>>().ok_or_else(|| odd(what))?;
    found.sort_by(|a: &DeployEnvironment, b| a.name.cmp(&b.name));
    Ok(found)
}

fn environment(entry: &Value) -> Option<DeployEnvironment> {
    let mut found =
        DeployEnvironment { name: text(entry, "/name")?.to_owned(), ..DeployEnvironment::default() };
    for rule in at(entry, "/protection_rules").and_then(Value::as_array).into_iter().flatten() {
        match text(rule, "/type")? {
            "required_reviewers" => {
                let reviewers = at(rule, "/reviewers").and_then(Value::as_array).map_or(0, Vec::len);
                found.reviewers = u32::try_from(reviewers).unwrap_or(u32::MAX);
            }
            "wait_timer" => found.wait = number(rule, "/wait_timer"),
            "branch_policy" => found.branches = true,
            _ => {}
        }
    }
    found.branches |= at(entry, "/deployment_branch_policy").is_some();
    Some(found)
}

pub(super) fn number(value: &Value, pointer: &str) -> u32 {
    at(value, pointer).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

/// Open alerts. 404 may mean that there are none to be had, or that the token may not know (github-facts 6): unknown.
fn alerts(api: &dyn Api, fact: Fact, read: fn(&Value) -> Option<Alert>) -> Result<Vec<Alert>, ApiError> {
    let what =
        if fact == Fact::Dependabot { "the alerts of Dependabot" } else { "the alerts of code scanning" };
    let found = list(api, what, fact, "?state=open", None)?;
    let mut found: Vec<Alert> = found.iter().map(read).collect::<Option<_>>().ok_or_else(|| odd(what))?;
    found.sort_by_key(|alert| alert.number);
    Ok(found)
}

fn dependabot(entry: &Value) -> Option<Alert> {
    let severity = text(entry, "/security_advisory/severity").and_then(AlertSeverity::of);
    let about = text(entry, "/security_vulnerability/package/name")
        .or_else(|| text(entry, "/dependency/package/name"));
    alert(entry, severity, about)
}

fn code_scanning(entry: &Value) -> Option<Alert> {
    let security = text(entry, "/rule/security_severity_level").and_then(AlertSeverity::of);
    let level = || match text(entry, "/rule/severity")? {
        // "none" is code scanning's own word for the least.
        "none" => Some(AlertSeverity::Low),
        word => AlertSeverity::of(word),
    };
    alert(entry, security.or_else(level), text(entry, "/rule/id"))
}

fn alert(entry: &Value, severity: Option<AlertSeverity>, about: Option<&str>) -> Option<Alert> {
    Some(Alert {
        number: at(entry, "/number")?.as_u64()?,
        about: about.unwrap_or("?").chars().filter(|char| !char.is_control()).take(100).collect(),
        severity: severity.unwrap_or(AlertSeverity::Critical),
        since: Day(day(text(entry, "/created_at")?)?),
    })
}

fn day(text: &str) -> Option<NaiveDate> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.date_naive())
}

/// The copy of the branch counts (github-facts 6); 404 where there is no such file.
fn owners_errors(api: &dyn Api, branch: Option<&str>) -> Known<Vec<OwnersError>> {
    let what = "the errors of CODEOWNERS";
    let (tail, permission) = Fact::OwnersErrors.source();
    let query = branch.map(|name| format!("?ref={}", path_part(name))).unwrap_or_default();
    let path = place(api, &format!("{tail}{query}"));
    let reply = match api.get(Ask { what, path: &path, permission }) {
        Ok(reply) => reply,
        Err(ApiError::Refused { status: 404, .. }) => {
            return Known::Absent("GitHub finds no CODEOWNERS on the branch".to_owned());
        }
        Err(error) => return Known::Unknown(error.into()),
    };
    let errors = at(&reply, "/errors").and_then(Value::as_array).map(|errors| {
        errors.iter().map(|error| {
            let owned = |pointer| text(error, pointer).unwrap_or_default().to_owned();
            OwnersError { path: owned("/path"), line: number(error, "/line"), kind: owned("/kind") }
        })
    });
    errors.map_or_else(|| Known::Unknown(odd(what).into()), |errors| Known::Known(errors.collect()))
}

fn properties(api: &dyn Api) -> Result<BTreeMap<String, Vec<String>>, ApiError> {
    let what = "the custom properties";
    let (tail, permission) = Fact::Properties.source();
    let path = place(api, tail);
    let reply = api.get(Ask { what, path: &path, permission })?;
    let entries = reply.as_array().ok_or_else(|| odd(what))?;
    let read = |entry: &Value| {
        let name = text(entry, "/property_name")?.to_owned();
        let values = match at(entry, "/value") {
            Some(Value::Array(values)) => {
                values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(value) => value.as_str().map(str::to_owned).into_iter().collect(),
            None => Vec::new(),
        };
        Some((name, values))
    };
    entries.iter().map(read).collect::<Option<_>>().ok_or_else(|| odd(what))
}

pub(super) fn odd(what: &'static str) -> ApiError {
    ApiError::Malformed { what, detail: "an entry lacks what GitHub documents".to_owned() }
}
