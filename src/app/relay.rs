//! The action with the input `publish`: says on a pull request what the run of another, unprivileged workflow found.
//!
//! A fork's run may write nothing, so it leaves its JSON report as an artifact, and this job, started by `workflow_run` on
//! the default branch, publishes it. The author of the pull request made that artifact, or could have: it is read as an
//! outsider's text. Places and outcomes are taken from it; titles, reasons and ways to fix come from the policy that is
//! trusted here. It decides nothing: the run that made the report is the check.

use super::act::connect;
use super::channels::{self, Occasion};
use super::deliver::{Told, links, run as run_of};
use super::source::Located;
use super::{Error, Surroundings, action};
use crate::findings::RuleResult;
use crate::gather::{FolderFiles, Place};
use crate::github::{Api, Ask, Client, Environment, Inputs, WorkflowRun};
use crate::policy::{Files as _, Policy};
use crate::publish::Delivery;
use crate::report::{self, Format, MAX_REPORT, Options, Report};
use serde_json::Value;
use std::path::PathBuf;

/// The only event whose run is told of: what other events find is not about a pull request, or needs no relay.
const EVENT: &str = "pull_request";

/// Publishes the report in this file of the workspace, if it is about the pull request as it is now.
pub(super) fn run(
    env: &Environment,
    inputs: &Inputs,
    file: &str,
    surroundings: &Surroundings,
) -> Result<Told, Error> {
    let run = told_of(env)?;
    let workspace = PathBuf::from(env.get("GITHUB_WORKSPACE").unwrap_or("."));
    let mut report = read(&workspace, file)?;
    let number = about(&report, &run).map_err(|reason| refused(file, reason))?;
    let policy =
        Located::among(Box::new(Place::open(&workspace)?.files()?), inputs.policy.as_deref())?.load()?;
    let api = connect(env, inputs, Some(&run.repository), surroundings);
    let client = api.as_ref().map_err(|unknown| refused(file, &unknown.reason))?;
    let path = format!("/repos/{}/pulls/{number}", run.repository);
    let ask = Ask { what: "the pull request", path: &path, permission: "pull-requests: read" };
    let pull = client.get(ask).map_err(|error| refused(file, &error.to_string()))?;
    if let Some(reason) = passed_by(&pull, &run) {
        let notice = format!("the report is not published: {reason}");
        return Ok(Told { notices: vec![notice], ..nothing(String::new()) });
    }
    trust(&mut report, &policy);
    Ok(publish(env, inputs, &report, &run, (number, is_fork(&pull, &run)), client))
}

fn publish(
    env: &Environment,
    inputs: &Inputs,
    report: &Report,
    run: &WorkflowRun,
    pull_request: (u64, bool),
    client: &Client,
) -> Told {
    let occasion = Occasion {
        api: Ok(client),
        event: WorkflowRun::EVENT.to_owned(),
        pull_request: Some(pull_request),
        commit: Some(run.head.clone()),
        run: run_of(env),
        hearsay: true,
    };
    let links = links(env, Some(&run.repository), Some(&run.head));
    let permissions = channels::permissions(inputs, &occasion);
    let options = Options { links, permissions, ..Options::default() };
    let channels = channels::publish(report, &options, inputs, &occasion);
    let page = report::render(report, Format::Markdown, &options);
    let summary = env.get("GITHUB_STEP_SUMMARY").map(|path| (PathBuf::from(path), page));
    let stdout = format!("Told pull request {} what its run found.\n", pull_request.0);
    let told = nothing(if channels.used > 0 { stdout } else { String::new() });
    let failed = channels.used == 0 && !channels.notices.is_empty();
    Told { delivery: Delivery { summary, ..told.delivery }, notices: channels.notices, failed, ..told }
}

fn nothing(stdout: String) -> Told {
    let delivery = Delivery { stdout, ..Delivery::default() };
    Told { delivery, stderr: String::new(), notices: Vec::new(), failed: false }
}

/// The run that this job was started by.
fn told_of(env: &Environment) -> Result<WorkflowRun, Error> {
    let wrong = |message: String| Error::Usage {
        message,
        help: "Use the input `publish` in a workflow on `workflow_run`; docs/forks.md shows both workflows."
            .to_owned(),
    };
    let event = env.get("GITHUB_EVENT_NAME").unwrap_or_default();
    if event != WorkflowRun::EVENT {
        return Err(wrong(format!("the input `publish` has no meaning on the event {event:?}")));
    }
    let run = WorkflowRun::read(env).map_err(action::RunError::from)?;
    if run.event != EVENT {
        return Err(wrong(format!("the run that is done was about {:?}, not `{EVENT}`", run.event)));
    }
    Ok(run)
}

fn refused(file: &str, reason: &str) -> Error {
    Error::Usage {
        message: format!("the report `{file}` is not published: {reason}"),
        help: "Leave it as an artifact with the input `json-file`, as docs/forks.md shows.".to_owned(),
    }
}

fn read(workspace: &std::path::Path, file: &str) -> Result<Report, Error> {
    let found = FolderFiles::up_to(workspace, MAX_REPORT)?.read(file);
    let bytes = found.map_err(|reason| refused(file, &reason))?;
    let bytes = bytes.ok_or_else(|| refused(file, "there is no such file"))?;
    report::read(&bytes).map_err(|error| refused(file, &error.to_string()))
}

/// The number of the pull request, if the report is about what the run was about.
fn about(report: &Report, run: &WorkflowRun) -> Result<u64, &'static str> {
    let subject = &report.subject;
    if subject.repository.as_ref() != Some(&run.repository) {
        return Err("it is about another repository");
    }
    if subject.event.as_deref() != Some(EVENT) {
        return Err("it is not about a pull request");
    }
    let pull = subject.pull_request.as_ref().ok_or("it names no pull request")?;
    if pull.head.as_ref() != Some(&run.head) {
        return Err("it is about another commit than the run");
    }
    Ok(pull.number)
}

/// Why the pull request is not, or no longer, what the run was about.
fn passed_by(pull: &Value, run: &WorkflowRun) -> Option<String> {
    let text = |pointer: &str| pull.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    if text("/base/repo/full_name") != run.repository {
        return Some("its pull request belongs to another repository".to_owned());
    }
    if text("/state") != "open" {
        return Some("its pull request is closed".to_owned());
    }
    let head = text("/head/sha").to_ascii_lowercase();
    (head != run.head).then(|| "its pull request has moved on, and a newer run will tell".to_owned())
}

fn is_fork(pull: &Value, run: &WorkflowRun) -> bool {
    pull.pointer("/head/repo/full_name").and_then(Value::as_str) != Some(&run.repository)
}

/// Takes every word that can be had from the trusted policy from there.
fn trust(report: &mut Report, policy: &Policy) {
    let mut notes = vec![
        "This is what the pull request's own run found, and it decides nothing: its check does.".to_owned(),
    ];
    let mut strangers = 0;
    for rule in &mut report.rules {
        rule.because.clear();
        if !retold(rule, policy) {
            strangers += 1;
        }
    }
    if report.policy.digest == policy.digest {
        report.policy.name.clone_from(&policy.name);
        report.policy.sources.clone_from(&policy.sources);
    } else {
        "that is not the default branch's".clone_into(&mut report.policy.name);
        report.policy.sources.clear();
        notes.push(
            "The run used another policy than the default branch has; titles, reasons and fixes are the default branch's."
                .to_owned(),
        );
    }
    if strangers > 0 {
        notes.push(format!("{strangers} of its rules are not in the default branch's policy."));
    }
    report.inventory = report::Inventory::default();
    report.notes = notes;
}

/// The policy's words for a rule. A fix for a stack is kept where it is one of the policy's.
fn retold(rule: &mut RuleResult, policy: &Policy) -> bool {
    let known = policy.rules.iter().find(|known| known.id == rule.id);
    let Some(known) = known else {
        rule.title.clone_from(&rule.id);
        (rule.why, rule.fix, rule.docs, rule.signs) = Default::default();
        return false;
    };
    rule.title.clone_from(&known.title);
    rule.why.clone_from(&known.why);
    rule.docs.clone_from(&known.docs);
    rule.signs.clone_from(&known.signs);
    if !known.fix_for.values().any(|fix| *fix == rule.fix) {
        rule.fix.clone_from(&known.fix);
    }
    true
}
