//! Texts that a stranger chooses, and that become part of a script.

use super::super::command::action_name;
use super::super::expression::{expressions, path};
use super::super::model::{Job, Pipeline, Step, System, Text};
use super::super::purpose::table;
use super::code::guarded;
use super::{Hazard, Risk};
use crate::evidence::signals::name_matches;
use github_actions_expressions::Expr;

/// Texts that whoever causes the event chooses; `*` stands for any name.
const CHOSEN: [&[&str]; 26] = [
    &["github", "head_ref"],
    &["github", "event", "issue", "title"],
    &["github", "event", "issue", "body"],
    &["github", "event", "pull_request", "title"],
    &["github", "event", "pull_request", "body"],
    &["github", "event", "pull_request", "head", "ref"],
    &["github", "event", "pull_request", "head", "label"],
    &["github", "event", "pull_request", "head", "repo", "default_branch"],
    &["github", "event", "pull_request", "head", "repo", "description"],
    &["github", "event", "pull_request", "head", "repo", "homepage"],
    &["github", "event", "comment", "body"],
    &["github", "event", "review", "body"],
    &["github", "event", "review_comment", "body"],
    &["github", "event", "discussion", "title"],
    &["github", "event", "discussion", "body"],
    &["github", "event", "pages", "*", "page_name"],
    &["github", "event", "commits", "*", "message"],
    &["github", "event", "commits", "*", "author", "name"],
    &["github", "event", "commits", "*", "author", "email"],
    &["github", "event", "head_commit", "message"],
    &["github", "event", "head_commit", "author", "name"],
    &["github", "event", "head_commit", "author", "email"],
    &["github", "event", "workflow_run", "head_branch"],
    &["github", "event", "workflow_run", "display_title"],
    &["github", "event", "workflow_run", "head_commit", "message"],
    &["github", "event", "workflow_run", "head_repository", "description"],
];

/// Events on which a part of the payload exists, and which of them belong to the repository: there the script is its own, and
/// may hold secrets, while strangers choose the text.
const EVENTS: [(&str, &[&str]); 10] = [
    ("pull_request", &["pull_request_target", "pull_request_review", "pull_request_review_comment"]),
    ("head_ref", &["pull_request_target"]),
    ("issue", &["issues", "issue_comment"]),
    ("comment", &["issue_comment", "discussion_comment", "commit_comment", "pull_request_review_comment"]),
    ("review", &["pull_request_review"]),
    ("discussion", &["discussion", "discussion_comment"]),
    ("pages", &["gollum"]),
    ("commits", &["push"]),
    ("head_commit", &["push"]),
    ("workflow_run", &["workflow_run"]),
];

/// Scripts that a stranger's text becomes part of.
pub(super) fn injected(pipeline: &Pipeline, found: &mut Vec<Hazard>) {
    for job in pipeline.jobs.iter().filter(|job| !guarded(job.condition.as_ref())) {
        for step in job.steps.iter().filter(|step| !guarded(step.condition.as_ref())) {
            for script in scripts(step) {
                in_script(pipeline, job, step, script, found);
            }
        }
    }
}

/// Everything of a step that is run.
fn scripts(step: &Step) -> impl Iterator<Item = &Text> {
    let name = step.uses.as_ref().map(|uses| action_name(&uses.text)).unwrap_or_default();
    let run_by = move |key: &str| {
        name == "actions/github-script" && key == "script"
            || table().scripted.iter().any(|entry| {
                name_matches(&entry.uses.to_ascii_lowercase(), &name)
                    && entry.run.iter().any(|piece| piece.contains(&format!("{{{key}}}")))
            })
    };
    step.scripts.iter().chain(step.with.iter().filter(move |(key, _)| run_by(key)).map(|(_, text)| text))
}

fn in_script(pipeline: &Pipeline, job: &Job, step: &Step, script: &Text, found: &mut Vec<Hazard>) {
    for (place, inner) in expressions(&script.text) {
        let Some(chosen) = chosen_in(inner, pipeline, job, step, 0) else { continue };
        let Some(risk) = risk(pipeline, &chosen) else { continue };
        let before = script.text.get(..place.start).unwrap_or_default().matches('\n').count();
        let line = script.line.saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
        let text = script.text.lines().nth(before).unwrap_or_default().trim().to_owned();
        let note = format!(
            "whoever opens it chooses `{}`, and with it what the script does; hand it over by `env`",
            chosen.join(".")
        );
        found.push(Hazard::new(risk, &Text { text, line }, note));
    }
}

/// The stranger's text that flows into an expression, by way of variables too.
fn chosen_in(inner: &str, pipeline: &Pipeline, job: &Job, step: &Step, depth: usize) -> Option<Vec<String>> {
    let parsed = Expr::parse(inner).ok()?;
    parsed.dataflow_contexts().into_iter().find_map(|(context, _)| {
        let names = path(context)?;
        if let [env, name] = &names[..]
            && env == "env"
            && depth < 4
        {
            let known = step.env.iter().chain(&job.env).chain(&pipeline.env);
            let (_, value) = known.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
            return expressions(value)
                .into_iter()
                .find_map(|(_, inner)| chosen_in(inner, pipeline, job, step, depth + 1));
        }
        let whole = inner.to_ascii_lowercase().contains("tojson");
        let chosen = CHOSEN.iter().any(|pattern| {
            let same = pattern.iter().zip(&names).all(|(wanted, name)| *wanted == "*" || wanted == name);
            same && (names.len() == pattern.len() || whole && names.len() < pattern.len())
        });
        chosen.then_some(names)
    })
}

/// How dangerous the text is on the events that bring it; none where no event does.
fn risk(pipeline: &Pipeline, chosen: &[String]) -> Option<Risk> {
    // Who calls it brings the event: pull requests at the least.
    if pipeline.system == System::GitHubAction {
        return Some(Risk::InjectionByPullRequest);
    }
    let part = chosen.iter().skip(1).find(|name| *name != "event").map_or("", String::as_str);
    let own =
        EVENTS.iter().filter(|(name, _)| part.is_empty() || *name == part).flat_map(|(_, events)| *events);
    let mut own = own.filter(|event| pipeline.starts_on(event));
    if own.next().is_some() {
        return Some(Risk::Injection);
    }
    let pulls = pipeline.starts_on("pull_request") || pipeline.starts_on("workflow_call");
    pulls.then_some(Risk::InjectionByPullRequest)
}
