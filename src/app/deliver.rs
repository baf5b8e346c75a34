//! A judged run -> everything that the runner and the platform offer: log, annotations, files, summary, outputs, and the
//! channels of the API.

use super::channels::{self, Occasion};
use super::{Error, action};
use crate::github::{Api, Client, Environment, Inputs};
use crate::publish::{Delivery, FileReport};
use crate::report::{self, Format, Links, Options, Report};
use crate::text::{log_line, workflow_data};
use crate::words::{Unknown, Verdict};
use std::path::PathBuf;
use std::rc::Rc;

/// Where GitHub is, unless the runner says otherwise.
const SERVER: &str = "https://github.com";

/// A judged run.
pub(super) struct Judged {
    pub(super) report: Report,
    /// What stands before paths for somebody who starts at the workspace.
    pub(super) prefix: String,
    /// The pull request, and whether it comes from a fork.
    pub(super) pull_request: Option<(u64, bool)>,
    /// The commit that the event is about.
    pub(super) commit: Option<String>,
    pub(super) api: Result<Rc<Client>, Unknown>,
}

/// What is said, and where.
pub(super) struct Told {
    pub(super) delivery: Delivery,
    pub(super) stderr: String,
    /// What could not be said, and why.
    pub(super) notices: Vec<String>,
    /// Whether nothing that the job is for could be done.
    pub(super) failed: bool,
}

/// Uses the channels of the API first: what they cost stands in the report.
pub(super) fn report(env: &Environment, inputs: &Inputs, judged: Judged) -> Told {
    let Judged { mut report, prefix, pull_request, commit, api } = judged;
    let occasion = Occasion {
        api: api.as_ref().map(|client| &**client as &dyn Api),
        event: report.subject.event.clone().unwrap_or_default(),
        pull_request,
        commit,
        run: run(env),
        hearsay: false,
    };
    let links = links(env, report.subject.repository.as_deref(), occasion.commit.as_deref());
    let permissions = channels::permissions(inputs, &occasion);
    let options = Options { prefix, links, permissions, ..Options::default() };
    let channels = channels::publish(&report, &options, inputs, &occasion);
    if let Ok(client) = &api {
        report.usage.api_calls = client.calls();
    }
    let mut delivery = delivery(env, inputs, &report, &options, channels.annotated);
    // The runner knows the tokens that it handed out; those of an App it has to be told of (github-facts 8).
    let made = api.as_ref().map(|client| client.made_tokens()).unwrap_or_default();
    for token in &made {
        delivery.stdout.insert_str(0, &format!("::add-mask::{}\n", workflow_data(token.expose())));
    }
    Told { delivery, stderr: String::new(), notices: channels.notices, failed: false }
}

/// Addresses on the platform that this run belongs to.
pub(super) fn links(env: &Environment, repository: Option<&str>, commit: Option<&str>) -> Links {
    let server = env.get("GITHUB_SERVER_URL").unwrap_or(SERVER);
    let run = env.get("GITHUB_RUN_ID").and_then(|id| id.parse().ok());
    repository.map(|repository| Links::new(server, repository, commit, run)).unwrap_or_default()
}

/// `<run id>/<attempt>`.
pub(super) fn run(env: &Environment) -> Option<String> {
    let number = |name| env.get(name)?.parse::<u64>().ok();
    Some(format!("{}/{}", number("GITHUB_RUN_ID")?, number("GITHUB_RUN_ATTEMPT").unwrap_or(1)))
}

fn delivery(
    env: &Environment,
    inputs: &Inputs,
    report: &Report,
    options: &Options,
    annotated: bool,
) -> Delivery {
    // Findings that a check run shows at their lines are not annotated a second time. What marks no line it does not show.
    let annotations = inputs.annotations && (!annotated || report.verdict == Verdict::Undecided);
    let format = if annotations { Format::Github } else { Format::Terminal };
    let text = report::render(report, format, options);
    // Without annotations the text still stands in a log that obeys commands.
    let stdout = if annotations { text } else { text.lines().map(|line| log_line(line) + "\n").collect() };
    let workspace = PathBuf::from(env.get("GITHUB_WORKSPACE").unwrap_or("."));
    let reached = report.ladder.iter().filter(|step| step.reached).map(|step| step.stage).next_back();
    let written =
        [(&inputs.json_file, Format::Json, "json-file"), (&inputs.sarif_file, Format::Sarif, "sarif-file")];
    let mut outputs =
        action::outputs(report.verdict, report.summary.blocking, report.summary.failed, reached);
    let mut files = Vec::new();
    for (path, format, output) in written {
        outputs.push((output.to_owned(), path.clone().unwrap_or_default()));
        files.extend(path.as_ref().map(|path| FileReport {
            root: workspace.clone(),
            path: PathBuf::from(path),
            confined: true,
            output: Some(output),
            text: report::render(report, format, options),
        }));
    }
    let markdown = || report::render(report, Format::Markdown, options);
    Delivery {
        stdout,
        files,
        summary: env.get("GITHUB_STEP_SUMMARY").map(|path| (PathBuf::from(path), markdown())),
        outputs: env.get("GITHUB_OUTPUT").map(|path| (PathBuf::from(path), outputs)),
    }
}

/// Nothing could be judged: an annotation without a place, the same in the summary and as plain text, and the outputs.
pub(super) fn error(env: &Environment, error: &Error) -> Told {
    let message = error.render(false);
    // Indented by four, everything is code: nothing in it is Markdown, and no fence can be closed from inside.
    let plain: Vec<String> = message.lines().map(log_line).collect();
    let block = format!("    {}\n", plain.join("\n    "));
    let summary = format!("## ? Undecided: the gate could not judge\n\n{block}\n");
    let outputs = action::no_outputs();
    let delivery = Delivery {
        stdout: format!("::error title=The gate could not decide::{}\n", workflow_data(message.trim_end())),
        files: Vec::new(),
        summary: env.get("GITHUB_STEP_SUMMARY").map(|path| (PathBuf::from(path), summary)),
        outputs: env.get("GITHUB_OUTPUT").map(|path| (PathBuf::from(path), outputs)),
    };
    Told { delivery, stderr: plain.join("\n") + "\n", notices: Vec::new(), failed: false }
}
