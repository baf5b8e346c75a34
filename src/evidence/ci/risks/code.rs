//! Code of a pull request that is checked out and run by an event that is trusted.

use super::super::command::{action_name, program, unwrapped};
use super::super::model::{Access, Job, Pipeline, Step, Text};
use super::super::shell::{Command, commands};
use super::{Hazard, Risk, permissions, step_texts};

/// Events whose runs have secrets and a token that may write, whoever causes them.
const TRUSTED: [&str; 3] = ["pull_request_target", "workflow_run", "issue_comment"];

/// Programs that run code of the folder they work in.
const RUN_CODE: [&str; 52] = [
    "npm",
    "pnpm",
    "yarn",
    "bun",
    "npx",
    "node",
    "deno",
    "tsx",
    "pip",
    "pip3",
    "pipenv",
    "poetry",
    "uv",
    "pdm",
    "hatch",
    "tox",
    "nox",
    "python",
    "pytest",
    "make",
    "just",
    "task",
    "cmake",
    "ninja",
    "meson",
    "cargo",
    "go",
    "gradle",
    "mvn",
    "sbt",
    "ant",
    "bundle",
    "rake",
    "rails",
    "ruby",
    "rspec",
    "composer",
    "php",
    "phpunit",
    "mix",
    "rebar3",
    "dotnet",
    "swift",
    "xcodebuild",
    "docker",
    "terraform",
    "pre-commit",
    "lerna",
    "nx",
    "turbo",
    "bazel",
    "nix",
];

/// Steps that run strangers' code by an event that is trusted, each at its check-out.
pub(super) fn untrusted(pipeline: &Pipeline, found: &mut Vec<Hazard>) {
    let Some(event) = TRUSTED.iter().find(|event| pipeline.starts_on(event)) else { return };
    let labelled =
        pipeline.triggers.iter().all(|trigger| trigger.event != *event || trigger.types == ["labeled"]);
    for job in &pipeline.jobs {
        if labelled || job.environment.is_some() || harmless(pipeline, job) || guarded(job.condition.as_ref())
        {
            continue;
        }
        let mut taken: Option<Text> = None;
        for step in job.steps.iter().filter(|step| !guarded(step.condition.as_ref())) {
            if let Some(at) = &taken
                && let Some(what) = runs_code(step)
            {
                let note = format!(
                    "`{event}` runs with the secrets and the token of the repository, and `{what}` runs what the pull request brings"
                );
                found.push(Hazard::new(Risk::UntrustedCode, at, note));
                break;
            }
            taken = taken.or_else(|| takes_head(step));
        }
    }
}

/// Whether a token that may only read, and no secret, are all that the job has.
fn harmless(pipeline: &Pipeline, job: &Job) -> bool {
    let reads = permissions(pipeline, job).is_some_and(|permissions| {
        permissions.all != Some(Access::Write)
            && permissions.scopes.iter().all(|(_, access)| *access != Access::Write)
    });
    let env = pipeline.env.iter().chain(&job.env).map(|(_, value)| value.as_str());
    let secret = |text: &str| text.replace("secrets.GITHUB_TOKEN", "").contains("secrets.");
    reads && !env.chain(job.steps.iter().flat_map(step_texts)).any(secret)
}

/// Whether a condition lets only those in who may write anyhow.
pub(super) fn guarded(condition: Option<&Text>) -> bool {
    let Some(condition) = condition else { return false };
    let compact: String = condition.text.chars().filter(|c| !c.is_whitespace()).collect();
    [
        "head.repo.full_name==github.repository",
        "github.repository==github.event.pull_request.head.repo.full_name",
        "head.repo.fork==false",
        "!github.event.pull_request.head.repo.fork",
        "head_repository.full_name==github.repository",
        "head.repo.id==github.event.pull_request.base.repo.id",
        "author_association",
        // Whose it is, not who caused the event: that can be somebody else.
        "user.login==",
        "workflow_run.event=='push'",
        "workflow_run.event!='pull_request'",
    ]
    .iter()
    .any(|guard| compact.contains(guard))
}

/// The place at which a step takes the head of a pull request.
fn takes_head(step: &Step) -> Option<Text> {
    if let Some(uses) = step.uses.as_ref().filter(|uses| action_name(&uses.text) == "actions/checkout") {
        let asked = ["ref", "repository"].iter().find_map(|key| {
            let (_, value) = step.with.iter().find(|(name, _)| name == key)?;
            head(&value.text).then(|| Text { text: format!("{key}: {}", value.text), line: value.line })
        });
        let unsafe_too = step.parameter("allow-unsafe-pr-checkout").is_some_and(|value| value == "true");
        return asked.filter(|_| unsafe_too || !refuses(&uses.text));
    }
    step.scripts.iter().find_map(|script| {
        let takes = |command: &Command| {
            let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
            let git = matches!(
                words[..],
                ["git", "fetch" | "checkout" | "switch" | "pull" | "clone" | "merge", ..]
            );
            matches!(words[..], ["gh", "pr", "checkout", ..])
                || git && (head(&command.text()) || command.text().contains("pull/"))
        };
        let command = commands(&script.text, script.line).into_iter().find(takes)?;
        Some(Text { text: command.text(), line: command.line })
    })
}

/// Whether a version of the check-out refuses the head of a fork by itself.
fn refuses(uses: &str) -> bool {
    let version = uses.split_once('@').map_or("", |(_, version)| version).trim_start_matches('v');
    version
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok())
        .is_some_and(|major| (7..1000).contains(&major))
}

/// Whether an expression means the head of a pull request.
fn head(text: &str) -> bool {
    [
        "pull_request.head.",
        "github.head_ref",
        "refs/pull/",
        "pull_request.merge_commit_sha",
        "workflow_run.head_sha",
        "workflow_run.head_branch",
        "workflow_run.head_commit",
        "workflow_run.head_repository",
    ]
    .iter()
    .any(|part| text.contains(part))
}

/// What a step runs of the folder it works in.
fn runs_code(step: &Step) -> Option<String> {
    if let Some(uses) = step.uses.as_ref().filter(|uses| uses.text.starts_with("./")) {
        return Some(uses.text.clone());
    }
    let all = step.scripts.iter().flat_map(|script| commands(&script.text, script.line));
    let runs = |command: &Command| {
        unwrapped(&command.words).iter().any(|words| {
            let Some(first) = words.first() else { return false };
            let script = first.starts_with("./")
                || matches!(first.as_str(), "bash" | "sh" | "source" | ".") && words.len() > 1;
            let version = words.get(1).is_some_and(|word| {
                matches!(word.as_str(), "--version" | "-v" | "version" | "login" | "config")
            });
            !version && (script || RUN_CODE.contains(&program(first).as_str()))
        })
    };
    all.into_iter().find(runs).map(|command| command.text())
}
