//! Documents -> [`Policy`].

use super::conditions::Conditions;
use super::extends::{Family, follow};
use super::load::{Document, Files, digest};
use super::raw::{self, RawCondition};
use super::{Demand, Policy, Rule, Service, Source, Waiver, builtin, builtin_names, merge, schema, validate};
use crate::checks::Condition;
use crate::document::{Problem, Problems};
use crate::evidence::Capability;
use crate::words::{Enforce, OnUnknown, Scope, Severity, Stage};
use serde_yaml::{Mapping, Value};
use std::collections::BTreeMap;

/// A policy, and how it came about.
#[derive(Debug)]
pub struct Resolved {
    /// The policy.
    pub policy: Policy,
    /// What its documents come to, as they are written.
    pub(super) merged: Mapping,
    /// For each rule the documents that define or change it, in the order they count.
    pub(super) origins: Vec<(String, Vec<String>)>,
}

/// Loads the policy of this name: `builtin:NAME`, `github:...`, or a path from the root of `files`.
/// The error is everything that is wrong with it, at once.
pub fn load(source: &str, files: &dyn Files) -> Result<Policy, Problems> {
    resolve(source, files).map(|resolved| resolved.policy)
}

/// Like [`load`], and keeps where everything came from.
pub fn resolve(source: &str, files: &dyn Files) -> Result<Resolved, Problems> {
    let Family { documents, mut problems, unsupported, incomplete } =
        follow(source, files, &schema::json_schema());
    let mut merged = merge::merged(&documents);
    // Where a document could not be read nobody knows which rules it defines.
    if !incomplete {
        problems.0.extend(validate::together(&documents, &merged).0);
    }
    if !problems.is_empty() {
        return Err(problems.sorted());
    }
    if incomplete {
        keep_whole_rules(&mut merged);
    }
    let pending = [unsupported, validate::unsupported(&documents)].concat();
    let capabilities = capabilities(&documents, &merged)?;
    let typed = serde_yaml::from_value(Value::Mapping(merged.clone()));
    let typed: raw::Document = typed.map_err(|error| Problem::of_source(source, error.to_string()))?;
    let mut builder = Builder {
        documents: &documents,
        conditions: Conditions::new(&typed.conditions),
        problems: Problems::default(),
    };
    let policy = builder.policy(source, typed, capabilities, pending);
    if !builder.problems.is_empty() {
        return Err(builder.problems.sorted());
    }
    let origins = origins(&documents, &merged);
    Ok(Resolved { policy, merged, origins })
}

/// Leaves out rules that only change what a document defines that cannot be read yet.
fn keep_whole_rules(merged: &mut Mapping) {
    if let Some(Value::Mapping(rules)) = merged.get_mut("rules") {
        rules.retain(|_, rule| {
            let has = |key: &str| rule.get(key).is_some();
            has("title") && has("stage") && has("why") && has("fix") && (has("require") || has("forbid"))
        });
    }
}

fn capabilities(documents: &[Document], merged: &Mapping) -> Result<Vec<Capability>, Problems> {
    let source = documents.last().map_or("", |document| document.source.as_str());
    match merged.get("capabilities") {
        Some(Value::Mapping(more)) => {
            builtin::catalogue_with(more).map_err(|message| Problem::of_source(source, message).into())
        }
        _ => builtin::catalogue(),
    }
}

fn origins(documents: &[Document], merged: &Mapping) -> Vec<(String, Vec<String>)> {
    let mut sources: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for document in documents {
        for (id, _, _) in document.rules() {
            sources.entry(id).or_default().push(document.source.clone());
        }
    }
    let rules = merged.get("rules").and_then(Value::as_mapping).into_iter().flatten();
    let of = |id: &str| (id.to_owned(), sources.get(id).cloned().unwrap_or_default());
    rules.filter_map(|(id, _)| id.as_str()).map(of).collect()
}

struct Builder<'a> {
    documents: &'a [Document],
    conditions: Conditions,
    problems: Problems,
}

impl Builder<'_> {
    fn policy(
        &mut self,
        source: &str,
        raw: raw::Document,
        capabilities: Vec<Capability>,
        pending: Vec<Problem>,
    ) -> Policy {
        let mut sources: Vec<Source> = self.documents.iter().map(source_of).collect();
        let all: Vec<String> = sources
            .iter()
            .map(|source| {
                format!(
                    "{}
{}
",
                    source.source, source.digest
                )
            })
            .collect();
        // The files that a built-in policy consists of are no sources of their own to whoever names the policy.
        sources.retain(|one| {
            one.source == source
                || !one.source.starts_with("builtin:")
                || builtin_names().contains(&&one.source[8..])
        });
        let off = |rule: &raw::Rule| rule.severity == Some(Severity::Off);
        Policy {
            name: raw.name.unwrap_or_else(|| source.to_owned()),
            digest: digest(all.concat().as_bytes()),
            sources,
            stage: raw.stage.unwrap_or(Stage::Assessment),
            stage_property: raw.stage_property,
            enforce: raw.enforce.unwrap_or(Enforce::New),
            on_unknown: raw.on_unknown.unwrap_or(OnUnknown::Warn),
            ignore: raw.ignore.into_iter().map(|glob| glob.0).collect(),
            services: raw.services.into_iter().map(service_of).collect(),
            capabilities,
            rules: raw
                .rules
                .0
                .into_iter()
                .filter(|(_, rule)| !off(rule))
                .filter_map(|rule| self.rule(rule))
                .collect(),
            waivers: raw.waivers.into_iter().map(waiver_of).collect(),
            pending,
        }
    }

    fn rule(&mut self, (id, raw): (String, raw::Rule)) -> Option<Rule> {
        let when = raw.when.map(|when| self.condition(&id, "when", when));
        let demand = match (raw.require, raw.forbid) {
            (Some(require), None) => self.condition(&id, "require", require).map(Demand::Require),
            (None, Some(forbid)) => self.condition(&id, "forbid", forbid).map(Demand::Forbid),
            _ => None,
        };
        Some(Rule {
            title: raw.title?,
            stage: raw.stage?,
            severity: raw.severity.unwrap_or(Severity::Error),
            since: raw.since.map(|day| day.0),
            scope: raw.scope.unwrap_or(Scope::Repository),
            when: match when {
                Some(built) => Some(built?),
                None => None,
            },
            demand: demand?,
            why: raw.why?,
            fix: raw.fix?,
            fix_for: raw.fix_for,
            docs: raw.docs,
            signs: raw.signs.into_iter().map(|sign| sign.name().to_owned()).collect(),
            on_unknown: raw.on_unknown,
            examples: raw.tests,
            id,
        })
    }

    fn condition(&mut self, id: &str, key: &str, raw: RawCondition) -> Option<Condition> {
        let error = match self.conditions.expand(raw.0).and_then(Condition::build) {
            Ok(condition) => return Some(condition),
            Err(error) => error,
        };
        let place = self.documents.iter().rev().find_map(|document| {
            let (_, node) = document.entry(&["rules", id, key])?;
            Some(document.problem(node, error.clone()))
        });
        self.problems.push(place.unwrap_or_else(|| Problem::of_source(id, error)));
        None
    }
}

fn source_of(document: &Document) -> Source {
    let Document { source, commit, digest, .. } = document;
    Source { source: source.clone(), commit: commit.clone(), digest: digest.clone() }
}

fn service_of(raw: raw::Service) -> Service {
    let path = raw.path.trim_start_matches("./").trim_end_matches('/').to_owned();
    Service { name: raw.name, path, stage: raw.stage }
}

fn waiver_of(raw: raw::Waiver) -> Waiver {
    let paths = raw.paths.map(|globs| globs.0).unwrap_or_default();
    Waiver { rule: raw.rule, reason: raw.reason, owner: raw.owner, until: raw.until.0, paths }
}
