//! `roadworthy action`: event and inputs -> [`Run`], a plain description of what is judged against what.
//!
//! It judges nothing itself. Two things matter here: that a pull request's delta is measured from the right commit,
//! and that no file of the pull request chooses the policy by which it is judged.

use super::ground::Ground;
use crate::evidence::PullRequest;
use crate::github::{Context, Environment, EventError, InputError, Inputs, Trigger};
use crate::words::{Stage, Verdict};
use std::io;
use std::path::{Component, Path, PathBuf};

/// What is judged, against what, by which policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The folder whose files are judged: the work tree of the checkout.
    pub root: PathBuf,
    /// Name of the event.
    pub event: String,
    /// `owner/name`.
    pub repository: Option<String>,
    /// The branch that changes are merged into, where the payload names it.
    pub default_branch: Option<String>,
    /// The pull request, for its events.
    pub pull_request: Option<PullRequest>,
    /// The commit that is checked out.
    pub head: Option<String>,
    /// The commit that the event is about: the tip of a pull request or of a push, the head of a merge group.
    pub tip: Option<String>,
    /// What the head is compared with.
    pub base: Base,
    /// Source of the policy; none means the default.
    pub policy: Option<String>,
    /// From where files of the policy are read.
    pub policy_from: PolicyFrom,
    /// Whether the job is run again: title, labels and draft state in the payload are the old ones (github-facts 5).
    pub rerun: bool,
}

/// What the head is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// With nothing, and why.
    None(String),
    /// With this commit.
    Commit(String),
    /// With the merge base of the head and this commit.
    MergeBase(String),
    /// With the merge base of the head and this branch of `origin`.
    Branch(String),
    /// With something that the checkout does not have; why, and how to mend it.
    Unknown(String),
}

/// From where files of a policy are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyFrom {
    /// From the folder that is judged.
    WorkTree,
    /// From the tree of this commit: the trusted ground of a pull request.
    Commit(String),
}

/// The commit that is checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadCommit {
    /// Its id.
    pub id: String,
    /// Ids of its parents, also where a shallow checkout does not have them.
    pub parents: Vec<String>,
}

/// What has to be known of the checkout's commits.
pub trait History {
    /// The commit that is checked out; none without git or without a commit.
    fn head(&self) -> Option<HeadCommit>;
    /// Whether the commit itself is there.
    fn has(&self, commit: &str) -> bool;
}

/// Why there is nothing to judge. The verdict is `undecided` then.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Inputs that cannot be understood.
    #[error("{}", join(.0))]
    Inputs(Vec<InputError>),
    /// An event that cannot be understood.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The folder to judge is missing or lies outside.
    #[error("input `working-directory`: {path:?} {reason}")]
    WorkingDirectory {
        /// What was given.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no commit.
    #[error("there is no checkout in {}; help: add a step with `actions/checkout` and `fetch-depth: 2` before this one", .0.display())]
    NoCheckout(PathBuf),
    /// The checkout holds something else than the event is about.
    #[error(
        "the checkout is at {found}, which is neither the event's test merge nor its head {wanted}; help: {help}"
    )]
    OtherCheckout {
        /// What is checked out.
        found: String,
        /// What the event is about.
        wanted: String,
        /// How to mend it.
        help: &'static str,
    },
    /// The commit that the policy must come from is not there.
    #[error(
        "the policy must come from the base branch, and its commit {commit} is not in this checkout; \
         help: give `actions/checkout` the input `fetch-depth: {depth}`"
    )]
    NoTrustedPolicy {
        /// The commit.
        commit: String,
        /// The depth that brings it.
        depth: u8,
    },
}

fn join(problems: &[InputError]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The folder that the workflow asks to judge: `working-directory` below the workspace, links resolved.
pub fn root(env: &Environment, inputs: &Inputs) -> Result<PathBuf, RunError> {
    let workspace = PathBuf::from(env.get("GITHUB_WORKSPACE").unwrap_or("."));
    let Some(folder) = &inputs.working_directory else { return Ok(workspace) };
    let bad = |reason: String| RunError::WorkingDirectory { path: folder.clone(), reason };
    let unreadable = |error: io::Error| bad(format!("cannot be used: {error}"));
    // The runner rewrites a path of the host to the container's, so an absolute one below the workspace is usual.
    let path = Path::new(folder);
    let relative = path.strip_prefix(&workspace).unwrap_or(path);
    let inside = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    // A pull request could have turned the folder into a link, hence the second look at where it really is.
    let real = workspace.join(relative).canonicalize().map_err(unreadable)?;
    if !inside || !real.starts_with(workspace.canonicalize().map_err(unreadable)?) {
        return Err(bad("lies outside the workspace".to_owned()));
    }
    if !real.is_dir() {
        return Err(bad("is not a folder".to_owned()));
    }
    Ok(real)
}

/// The description of this run.
pub fn describe(
    env: &Environment,
    inputs: &Inputs,
    context: Context,
    root: PathBuf,
    history: &dyn History,
) -> Result<Run, RunError> {
    let head = history.head();
    let ground = Ground { env, inputs, history, context: &context };
    let (base, policy_from) = match (&context.trigger, &head) {
        (Trigger::WholeTree, _) => {
            (Base::None("the event is not about a change".to_owned()), PolicyFrom::WorkTree)
        }
        (_, None) => return Err(RunError::NoCheckout(root)),
        (Trigger::PullRequest { head: tip, base, target, .. }, Some(at)) => {
            ground.pull_request(at, tip, base.as_deref(), *target)?
        }
        (Trigger::MergeGroup { base, head: tip, .. }, Some(at)) => ground.merge_group(at, tip, base)?,
        (Trigger::Push { before, after, reference }, Some(at)) => {
            (ground.pushed(at, before.as_deref(), after, reference), PolicyFrom::WorkTree)
        }
    };
    let attempt = env.get("GITHUB_RUN_ATTEMPT").and_then(|text| text.parse::<u32>().ok());
    let tip = match &context.trigger {
        Trigger::PullRequest { head, .. } | Trigger::MergeGroup { head, .. } => Some(head.clone()),
        Trigger::Push { after, .. } => Some(after.clone()),
        Trigger::WholeTree => head.as_ref().map(|commit| commit.id.clone()),
    };
    Ok(Run {
        root,
        tip,
        pull_request: context.trigger.pull_request().cloned(),
        default_branch: context.merged_into(),
        event: context.event,
        repository: context.repository,
        head: head.map(|commit| commit.id),
        base,
        policy: inputs.policy.clone(),
        policy_from,
        rerun: attempt.is_some_and(|attempt| attempt > 1),
    })
}

/// The outputs of the step but for the files, in the order of `action.yml`.
pub fn outputs(
    verdict: Verdict,
    blocking: usize,
    failed: usize,
    stage_reached: Option<Stage>,
) -> Vec<(String, String)> {
    [
        ("verdict", verdict.name().to_owned()),
        ("blocking", blocking.to_string()),
        ("failed", failed.to_string()),
        ("stage-reached", stage_reached.map_or("", Stage::name).to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The outputs of a step that could not judge.
pub fn no_outputs() -> Vec<(String, String)> {
    let mut outputs = outputs(Verdict::Undecided, 0, 0, None);
    outputs.extend(["json-file", "sarif-file"].map(|name| (name.to_owned(), String::new())));
    outputs
}

/// The exit code of the job, and what has to be said about it.
pub fn exit_code(verdict: Verdict, fail_on_undecided: bool) -> (u8, Option<String>) {
    match verdict {
        Verdict::Pass => (0, None),
        Verdict::Fail => (1, None),
        Verdict::Undecided if fail_on_undecided => (2, None),
        Verdict::Undecided => {
            let notice = "The gate could not decide. The job succeeds all the same, because the input \
                          `fail-on-undecided` is false.";
            (0, Some(notice.to_owned()))
        }
    }
}
