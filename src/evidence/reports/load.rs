//! Summaries of load tests: k6, in both of its shapes, and Gatling.

use super::json;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How a system held under load. Times in milliseconds; what a report does not tell is none.
#[derive(Debug, Default, PartialEq)]
pub struct LoadTest {
    /// Percentiles of the response time by their number: `"95"`.
    pub percentiles: BTreeMap<String, f64>,
    /// The median, where a report names it so.
    pub median: Option<f64>,
    /// The mean response time.
    pub mean: Option<f64>,
    /// Failed requests, in percent.
    pub error_rate: Option<f64>,
    /// Requests in a second.
    pub requests_per_second: Option<f64>,
    /// What the test itself demands.
    pub thresholds: Vec<Threshold>,
}

/// A demand of the test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// Of what it is, and what it demands.
    pub says: String,
    /// Whether it was met.
    pub passed: bool,
}

pub(super) fn read(text: &str) -> Result<LoadTest, String> {
    if text.contains("\"numberOfRequests\"") { gatling(text) } else { k6(text) }
}

#[derive(Deserialize)]
struct K6 {
    metrics: BTreeMap<String, Metric>,
}

/// `--summary-export` writes the values beside the thresholds, `handleSummary` below `values`.
#[derive(Deserialize)]
struct Metric {
    #[serde(default)]
    thresholds: BTreeMap<String, Demand>,
    #[serde(default)]
    values: Option<BTreeMap<String, Option<f64>>>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Demand {
    /// The export says whether the threshold is crossed, ...
    Crossed(bool),
    /// ... the data of `handleSummary` whether all is well.
    State { ok: bool },
}

impl Metric {
    fn value(&self, key: &str) -> Option<f64> {
        match &self.values {
            Some(values) => values.get(key).copied().flatten(),
            None => self.rest.get(key)?.as_f64(),
        }
    }

    fn keys(&self) -> Vec<&String> {
        self.values.as_ref().map_or_else(|| self.rest.keys().collect(), |values| values.keys().collect())
    }
}

fn k6(text: &str) -> Result<LoadTest, String> {
    let K6 { metrics } = json(text)?;
    let mut found = LoadTest::default();
    if let Some(duration) = metrics.get("http_req_duration").or_else(|| metrics.get("iteration_duration")) {
        found.mean = duration.value("avg");
        found.median = duration.value("med");
        for key in duration.keys() {
            let number = key.strip_prefix("p(").and_then(|key| key.strip_suffix(')'));
            if let Some((number, value)) = number.zip(duration.value(key)) {
                found.percentiles.insert(number.to_owned(), value);
            }
        }
    }
    if let Some(failed) = metrics.get("http_req_failed") {
        found.error_rate = failed.value("rate").or_else(|| failed.value("value")).map(|rate| rate * 100.0);
    }
    let requests = metrics.get("http_reqs").or_else(|| metrics.get("iterations"));
    found.requests_per_second = requests.and_then(|requests| requests.value("rate"));
    for (name, metric) in &metrics {
        for (demand, state) in &metric.thresholds {
            let (Demand::Crossed(bad) | Demand::State { ok: bad }) = state;
            let passed = if matches!(state, Demand::State { .. }) { *bad } else { !*bad };
            found.thresholds.push(Threshold { says: format!("{name}: {demand}"), passed });
        }
    }
    Ok(found)
}

/// `stats.json` holds the statistics of all requests under `stats`, `global_stats.json` is nothing else.
#[derive(Deserialize)]
struct GatlingFile {
    stats: Gatling,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Gatling {
    number_of_requests: Triple,
    #[serde(default)]
    mean_response_time: Option<Triple>,
    #[serde(default)]
    percentiles1: Option<Triple>,
    #[serde(default)]
    percentiles2: Option<Triple>,
    #[serde(default)]
    percentiles3: Option<Triple>,
    #[serde(default)]
    percentiles4: Option<Triple>,
    #[serde(default)]
    mean_number_of_requests_per_second: Option<Triple>,
}

#[derive(Deserialize)]
struct Triple {
    total: Number,
    #[serde(default)]
    ko: Option<Number>,
}

/// Gatling writes a dash for what did not happen, and old versions write every number as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(f64),
    Text(String),
}

impl Number {
    fn get(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

fn gatling(text: &str) -> Result<LoadTest, String> {
    let stats = match json::<GatlingFile>(text) {
        Ok(file) => file.stats,
        Err(_) => json::<Gatling>(text)?,
    };
    let total = |triple: &Option<Triple>| triple.as_ref().and_then(|triple| triple.total.get());
    // The percentiles are numbered; these are the ones that Gatling computes unless it is told otherwise.
    let percentiles = [
        ("50", &stats.percentiles1),
        ("75", &stats.percentiles2),
        ("95", &stats.percentiles3),
        ("99", &stats.percentiles4),
    ];
    let all = stats.number_of_requests.total.get().filter(|all| *all > 0.0);
    let failed = stats.number_of_requests.ko.as_ref().and_then(Number::get);
    Ok(LoadTest {
        percentiles: percentiles
            .iter()
            .filter_map(|(name, one)| Some(((*name).to_owned(), total(one)?)))
            .collect(),
        median: None,
        mean: total(&stats.mean_response_time),
        error_rate: all.zip(failed).map(|(all, failed)| failed / all * 100.0),
        requests_per_second: total(&stats.mean_number_of_requests_per_second),
        thresholds: Vec::new(),
    })
}
