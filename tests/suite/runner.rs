//! The machine of a runner: a checkout, the event's payload, the files by which a step answers, and one step.

use crate::github::FakeClock;
use crate::repo::Repo;
use crate::support::{DAY, Run, roadworthy};
use chrono::NaiveDate;
use clap::Parser as _;
use roadworthy::app::{self, Output, Surroundings};
use roadworthy::cli::Cli;
use roadworthy::github::{Environment, Limits, Network};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;
use tempfile::TempDir;

/// In the environment of every step, and never in anything that it writes.
pub(crate) const TOKEN: &str = "ghs_NeverInAnyOutput0123456789";

/// An id of this shape that no repository has.
pub(crate) const NOWHERE: &str = "dddddddddddddddddddddddddddddddddddddddd";

/// What a push of a new ref has as `before`.
pub(crate) const ZEROS: &str = "0000000000000000000000000000000000000000";

/// Old failures are there on purpose: only what a change adds may block.
pub(crate) const POLICY: &str = "version: 1
name: Acme
stage: foundation
rules:
  no-eval:
    title: Nothing evaluates text as code
    stage: foundation
    severity: error
    forbid: { content: { in: '**/*.py', matches: '\\beval\\(' } }
    why: Text that is evaluated is code that nobody reviewed.
    fix: Parse the text.
";

/// One job on a machine of its own.
pub(crate) struct Job {
    folder: TempDir,
    environment: BTreeMap<String, String>,
}

/// What a step came to, as the runner reads it.
pub(crate) struct Step {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) summary: String,
    pub(crate) outputs: BTreeMap<String, String>,
}

impl Step {
    /// Exit code, and the outputs `verdict`, `blocking`, `failed`.
    pub(crate) fn came_to(&self) -> (i32, String) {
        let output = |name: &str| self.outputs.get(name).map_or("-", String::as_str);
        (self.code, format!("{} {}/{}", output("verdict"), output("blocking"), output("failed")))
    }

    /// The workflow commands of this name that the runner obeys.
    pub(crate) fn commands(&self, name: &str) -> Vec<&str> {
        let starts = [format!("::{name} "), format!("::{name}::")];
        let lines = self.stdout.lines().chain(self.stderr.lines());
        lines.filter(|line| starts.iter().any(|start| line.trim_start().starts_with(start))).collect()
    }
}

impl Job {
    /// A job of this event, with an empty workspace.
    pub(crate) fn of(event: &str, payload: &Value) -> Self {
        let mut job = Self { folder: TempDir::new().unwrap(), environment: BTreeMap::new() };
        for folder in ["work", "commands"] {
            fs::create_dir(job.folder.path().join(folder)).unwrap();
        }
        let place = |name: &str| job.folder.path().join(name).to_str().unwrap().to_owned();
        let variables = [
            ("GITHUB_ACTIONS", "true".to_owned()),
            // A run that asks although no rule needs it finds nobody.
            ("GITHUB_API_URL", "http://127.0.0.1:1".to_owned()),
            ("GITHUB_EVENT_NAME", event.to_owned()),
            ("GITHUB_EVENT_PATH", place("event.json")),
            ("GITHUB_OUTPUT", place("commands/output")),
            ("GITHUB_REPOSITORY", "acme/app".to_owned()),
            ("GITHUB_STEP_SUMMARY", place("commands/summary")),
            ("GITHUB_WORKSPACE", place("work")),
            // The comment is on by default; what it costs is the business of the tests about it.
            ("INPUT_COMMENT", "never".to_owned()),
            ("INPUT_TOKEN", TOKEN.to_owned()),
        ];
        job.environment.extend(variables.map(|(name, value)| (name.to_owned(), value)));
        job.payload(&payload.to_string());
        job
    }

    /// A pull request of `origin`: the test merge at depth 2, as `actions/checkout` leaves it.
    pub(crate) fn of_pull_request(origin: &Origin) -> Self {
        let mut job = Self::of("pull_request", &origin.payload());
        job.set("GITHUB_SHA", &origin.merge).checkout(origin, "refs/pull/7/merge", 2, "");
        job
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Replaces the text of the payload.
    pub(crate) fn payload(&mut self, text: &str) -> &mut Self {
        fs::write(self.folder.path().join("event.json"), text).unwrap();
        self
    }

    /// A path below the machine's folder: `work` is the workspace, `commands` holds the files of the step.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Fetches one ref to this depth (0: everything) into a folder of the workspace, and checks it out.
    pub(crate) fn checkout(
        &mut self,
        origin: &Origin,
        reference: &str,
        depth: u8,
        folder: &str,
    ) -> &mut Self {
        let at = self.path("work").join(folder);
        fs::create_dir_all(&at).unwrap();
        let at = at.to_str().unwrap();
        let url = format!("file://{}", origin.repo.path().display());
        origin.repo.git_command(&["init", "-q", at]);
        let git = |arguments: &[&str]| origin.repo.git_command(&[&["-C", at], arguments].concat());
        git(&["remote", "add", "origin", &url]);
        let depth = format!("--depth={depth}");
        let one = format!("+{reference}:refs/remotes/pull/7/merge");
        if depth == "--depth=0" {
            git(&["fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*", &one]);
        } else {
            git(&["fetch", "-q", "--no-tags", &depth, "origin", &one]);
        }
        git(&["checkout", "-q", "--force", "--detach", "refs/remotes/pull/7/merge"]);
        self
    }

    /// Runs the step inside of this process, by this clock, so that nothing waits.
    pub(crate) fn run_in_process(&self, clock: FakeClock) -> Output {
        let environment =
            self.environment.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let surroundings = Surroundings {
            environment,
            today: NaiveDate::from_ymd_opt(2027, 1, 15).unwrap(),
            colour: false,
            watched: false,
            network: Network { clock: Rc::new(clock), limits: Limits::default() },
        };
        app::run(Cli::try_parse_from(["roadworthy", "action"]).unwrap(), &surroundings).unwrap()
    }

    /// Runs the step.
    pub(crate) fn run(&self) -> Step {
        let output = self.path("commands/output");
        let run = Run::of(roadworthy().arg("action").current_dir(self.path("work")).envs(&self.environment));
        let read = |variable: &str| fs::read_to_string(&self.environment[variable]).unwrap_or_default();
        let summary = read("GITHUB_STEP_SUMMARY");
        for (channel, text) in [
            ("stdout", &run.stdout),
            ("stderr", &run.stderr),
            ("summary", &summary),
            ("outputs", &fs::read_to_string(output).unwrap_or_default()),
        ] {
            assert!(!text.contains(TOKEN), "the token is in the {channel}: {text}");
            assert!(!text.contains("panicked"), "{channel}: {text}");
        }
        let outputs = parse_outputs(&read("GITHUB_OUTPUT"));
        Step { code: run.code, stdout: run.stdout, stderr: run.stderr, summary, outputs }
    }
}

impl Job {
    /// Runs the step inside of this process, with a clock that stands still until somebody waits.
    pub(crate) fn run_here(&self, network: &Network) -> Step {
        let environment: Environment =
            self.environment.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let surroundings = Surroundings {
            environment,
            today: DAY.parse().unwrap(),
            colour: false,
            watched: false,
            network: network.clone(),
        };
        let output = app::run(Cli::parse_from(["roadworthy", "action"]), &surroundings).unwrap();
        let read = |variable: &str| fs::read_to_string(&self.environment[variable]).unwrap_or_default();
        let step = Step {
            code: output.code.into(),
            stdout: output.stdout,
            stderr: output.stderr,
            summary: read("GITHUB_STEP_SUMMARY"),
            outputs: parse_outputs(&read("GITHUB_OUTPUT")),
        };
        let told = format!("{}{}{}{:?}", step.stdout, step.stderr, step.summary, step.outputs);
        assert!(!told.contains(TOKEN), "the token is told: {told}");
        step
    }
}

/// Reads the file of outputs as the runner does.
fn parse_outputs(text: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (name, delimiter) = line.split_once("<<").unwrap();
        let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
        outputs.insert(name.to_owned(), value.join("\n"));
    }
    outputs
}

/// The repository on the platform, with pull request 7 from `fix` into `main`.
pub(crate) struct Origin {
    pub(crate) repo: Repo,
    /// Tip of `main`.
    pub(crate) base: String,
    /// Tip of `fix`.
    pub(crate) head: String,
    /// The test merge, at `refs/pull/7/merge`.
    pub(crate) merge: String,
}

impl Origin {
    /// `main` holds the first files; the pull request writes the others. `main` moves on in the meantime.
    pub(crate) fn with(main: &[(&str, &str)], fix: &[(&str, &str)]) -> Self {
        let repo = Repo::with(main);
        repo.branch("fix").write_all(fix);
        let head = repo.commit();
        repo.git_command(&["checkout", "-q", "main"]);
        repo.write_all(&[("notes.txt", "main moved on\n")]);
        let base = repo.commit();
        repo.git_command(&["checkout", "-q", "--detach"]);
        repo.git_command(&["merge", "-q", "--no-ff", "-m", "test merge", "fix"]);
        let merge = repo.git_command(&["rev-parse", "HEAD"]);
        repo.git_command(&["update-ref", "refs/pull/7/merge", &merge]);
        repo.git_command(&["checkout", "-q", "main"]);
        Self { repo, base, head, merge }
    }

    /// The payload of the pull request's events.
    pub(crate) fn payload(&self) -> Value {
        json!({
            "action": "synchronize",
            "number": 7,
            "pull_request": {
                "number": 7, "title": "Fix it", "body": null, "draft": false, "labels": [],
                "user": { "login": "alice", "type": "User" },
                "head": { "ref": "fix", "sha": self.head, "repo": { "full_name": "acme/app" } },
                "base": { "ref": "main", "sha": self.base, "repo": { "full_name": "acme/app" } },
            },
            "repository": repository(),
        })
    }
}

/// The repository, as payloads name it.
pub(crate) fn repository() -> Value {
    json!({ "full_name": "acme/app", "default_branch": "main" })
}
