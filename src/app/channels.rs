//! The channels that need the API: the comment, the check run, the commit status.
//!
//! Each is best effort: what could not be used becomes a line for the log, with the permission that would allow it, and
//! the verdict stays what it is (github-facts 0).

use crate::github::{Api, ApiError, CommentMode, Inputs};
use crate::publish::{self, CheckRun, Comment, Status};
use crate::report::{self, Options, Report, Thread};
use crate::words::{Unknown, Verdict};

/// The name of the status, and of the check run where none is given. Not the job's name, nor each other's: a name that
/// stands for two checks cannot be required (github-facts 11).
const STATUS: &str = "roadworthy/verdict";
/// A description has at most 140 characters (github-facts 3).
const MAX_DESCRIPTION: usize = 140;

/// Where and for whom something is said.
pub(super) struct Occasion<'a> {
    pub(super) api: Result<&'a dyn Api, &'a Unknown>,
    pub(super) event: String,
    /// The pull request, and whether it comes from a fork.
    pub(super) pull_request: Option<(u64, bool)>,
    /// The commit that is judged.
    pub(super) commit: Option<String>,
    /// `<run id>/<attempt>`.
    pub(super) run: Option<String>,
    /// Whether the report was made by somebody else: it is told, and nothing is decided by it.
    pub(super) hearsay: bool,
}

/// What became of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Lines for the log.
    pub(super) notices: Vec<String>,
    /// Whether a check run carries the annotations.
    pub(super) annotated: bool,
    /// Channels that were used.
    pub(super) used: usize,
}

/// Uses every channel that the inputs ask for and the event allows.
pub(super) fn publish(report: &Report, options: &Options, inputs: &Inputs, occasion: &Occasion<'_>) -> Told {
    let mut told = Told::default();
    let wanted = wanted(inputs, occasion);
    if wanted.is_empty() {
        return told;
    }
    let api = match occasion.api {
        Ok(api) => api,
        Err(unknown) => {
            told.notices.push(format!("{}: {}", list(&wanted), unknown.reason));
            return told;
        }
    };
    for channel in &wanted {
        let done = match channel {
            Channel::Comment => comment(api, report, options, inputs, occasion),
            Channel::CheckRun => check_run(api, report, options, inputs, occasion),
            Channel::Status => status(api, report, options, inputs, occasion),
        };
        match done {
            Ok(()) => {
                told.used += 1;
                told.annotated |= *channel == Channel::CheckRun;
            }
            Err(error) => told.notices.push(trouble(*channel, &error, options, occasion)),
        }
    }
    told
}

/// What the channels need of the job's token, for the `permissions:` block.
pub(super) fn permissions(inputs: &Inputs, occasion: &Occasion<'_>) -> Vec<&'static str> {
    wanted(inputs, occasion).into_iter().map(Channel::permission).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    Comment,
    CheckRun,
    Status,
}

impl Channel {
    const fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::CheckRun => "check run",
            Self::Status => "commit status",
        }
    }

    const fn permission(self) -> &'static str {
        match self {
            Self::Comment => "pull-requests: write",
            Self::CheckRun => "checks: write",
            Self::Status => "statuses: write",
        }
    }

    /// The input that turns it off.
    const fn off(self) -> &'static str {
        match self {
            Self::Comment => "comment: never",
            Self::CheckRun => "check-run: false",
            Self::Status => "commit-status: never",
        }
    }
}

fn wanted(inputs: &Inputs, occasion: &Occasion<'_>) -> Vec<Channel> {
    let mut channels = Vec::new();
    if inputs.comment != CommentMode::Never && occasion.pull_request.is_some() {
        channels.push(Channel::Comment);
    }
    if inputs.check_run.is_some() && occasion.commit.is_some() {
        channels.push(Channel::CheckRun);
    }
    let elsewhere = !occasion.hearsay && !publish::attaches(&occasion.event);
    if elsewhere && inputs.commit_status && occasion.commit.is_some() {
        channels.push(Channel::Status);
    }
    channels
}

fn list(channels: &[Channel]) -> String {
    let names: Vec<&str> = channels.iter().map(|channel| channel.name()).collect();
    format!("no {}", names.join(", no "))
}

fn comment(
    api: &dyn Api,
    report: &Report,
    options: &Options,
    inputs: &Inputs,
    occasion: &Occasion<'_>,
) -> Result<(), ApiError> {
    let Some((number, _)) = occasion.pull_request else { return Ok(()) };
    // Two jobs with other inputs on the same pull request each have their comment.
    let part = |input: &Option<String>| input.clone().unwrap_or_default();
    let id = format!("{}\n{}", part(&inputs.policy), part(&inputs.working_directory));
    let text = |previous: Option<&str>| {
        let thread = Thread { id: &id, previous };
        let wanted = inputs.comment == CommentMode::Always || report::wants_comment(report);
        if wanted {
            return Some(report::comment(report, options, thread));
        }
        previous.map(|_| report::all_clear(report, thread))
    };
    let start = report::comment_start(&id);
    Comment { number, start: &start }.publish(api, &text, &report::same_comment)?;
    Ok(())
}

fn check_run(
    api: &dyn Api,
    report: &Report,
    options: &Options,
    inputs: &Inputs,
    occasion: &Occasion<'_>,
) -> Result<(), ApiError> {
    let (Some(name), Some(commit)) = (&inputs.check_run, &occasion.commit) else { return Ok(()) };
    let page = report::check_page(report, options);
    let conclusion = match report.verdict {
        // Anybody could write such a report: it must not look like a check that passed.
        Verdict::Pass if occasion.hearsay => "neutral",
        Verdict::Pass => "success",
        Verdict::Fail => "failure",
        // Not a pass, and not the change's fault. Where the job itself succeeds, this must not stop anybody either.
        Verdict::Undecided if inputs.fail_on_undecided => "action_required",
        Verdict::Undecided => "neutral",
    };
    let details = options.links.run();
    CheckRun { name, commit, conclusion, external_id: occasion.run.clone(), details, page: &page }
        .publish(api)
}

fn status(
    api: &dyn Api,
    report: &Report,
    options: &Options,
    inputs: &Inputs,
    occasion: &Occasion<'_>,
) -> Result<(), ApiError> {
    let Some(commit) = &occasion.commit else { return Ok(()) };
    let state = match report.verdict {
        Verdict::Fail => "failure",
        Verdict::Undecided if inputs.fail_on_undecided => "error",
        // As the job's exit code: whoever wants an undecided gate to stop nobody said so.
        Verdict::Pass | Verdict::Undecided => "success",
    };
    let description = report::headline(report, MAX_DESCRIPTION);
    Status { commit, state, context: STATUS, description: &description, target: options.links.run() }
        .publish(api)
}

/// What went wrong, and how to mend it: the whole line, because naming one key sets all others to none (github-facts 6).
fn trouble(channel: Channel, error: &ApiError, options: &Options, occasion: &Occasion<'_>) -> String {
    let told = format!("the {} could not be used: {error}.", channel.name());
    if !matches!(error, ApiError::Refused { .. }) {
        return told;
    }
    let mut needed = vec!["contents: read"];
    needed.extend(&options.permissions);
    let line = needed.join(", ");
    let off = channel.off();
    let fork = occasion.pull_request.is_some_and(|(_, fork)| fork);
    let advice = if fork {
        "The token of a fork's pull request only reads; docs/forks.md shows how a second workflow publishes the report.".to_owned()
    } else {
        format!("The job needs `permissions: {{ {line} }}`.")
    };
    format!("{told} {advice} `{off}` turns it off.")
}
