//! Carries out `roadworthy action`: describe the run, judge, and deliver to everything that the runner offers.
//!
//! The exit code is the verdict; every other channel is best effort, and says so when it could not be used.

use super::action::{self, Base as RunBase, PolicyFrom, Run};
use super::check::Case;
use super::source::Located;
use super::{Error, Output, Surroundings};
use crate::gather::{self, Head, Place, Request};
use crate::github::{self, Client, Context, Environment, Inputs};
use crate::policy::Files;
use crate::publish::{self, Delivery, FileReport};
use crate::report::{self, Format, Options, Report};
use crate::text::{log_line, workflow_data};
use crate::words::{Known, Unknown, Verdict};
use std::path::{Path, PathBuf};

/// Judges what the event is about, and publishes.
pub(super) fn run(surroundings: &Surroundings) -> Output {
    let env = &surroundings.environment;
    let inputs = match Inputs::read(env) {
        Ok(inputs) => inputs,
        // Whether the job should fail is one of the inputs; in doubt it does.
        Err(problems) => return published(&told(env, &action::RunError::Inputs(problems).into()), 2, &[]),
    };
    let (verdict, told) = match judge(env, &inputs, surroundings) {
        Ok((report, prefix, masks)) => {
            let mut delivery = deliver(env, &inputs, &report, prefix);
            delivery.stdout.insert_str(0, &masks);
            (report.verdict, Told { delivery, stderr: String::new() })
        }
        Err(error) => (Verdict::Undecided, told(env, &error)),
    };
    let (code, notice) = action::exit_code(verdict, inputs.fail_on_undecided);
    let mut log: Vec<String> =
        inputs.notices.iter().map(|notice| format!("::notice::{}\n", workflow_data(notice))).collect();
    log.extend(notice.map(|notice| warning(&notice)));
    published(&told, code, &log)
}

/// What is said, and where.
struct Told {
    delivery: Delivery,
    stderr: String,
}

fn warning(message: &str) -> String {
    format!("::warning::{}\n", workflow_data(message))
}

fn published(told: &Told, code: u8, log: &[String]) -> Output {
    let mut stdout = Vec::new();
    let troubles = publish::deliver(&told.delivery, &mut stdout).unwrap_or_default();
    let mut stdout = String::from_utf8_lossy(&stdout).into_owned();
    stdout.extend(log.iter().cloned().chain(troubles.iter().map(|trouble| warning(trouble))));
    Output { stdout, stderr: told.stderr.clone(), code }
}

/// The report, what stands before its paths for somebody who starts at the workspace, and what masks new tokens.
fn judge(
    env: &Environment,
    inputs: &Inputs,
    surroundings: &Surroundings,
) -> Result<(Report, String, String), Error> {
    let context = Context::read(env).map_err(action::RunError::from)?;
    let root = action::root(env, inputs)?;
    let place = Place::open(&root)?;
    let run = action::describe(env, inputs, context, root, &place)?;
    let prefix = prefix(env, &place);
    let mut case = case(run, place, env, inputs, surroundings)?;
    let report = case.judge()?;
    // The runner knows the tokens that it handed out; those of an App it has to be told of (github-facts 8).
    let made = case.platform.as_ref().map(Client::made_tokens).unwrap_or_default();
    let masks = made.iter().map(|token| format!("::add-mask::{}\n", workflow_data(token.expose()))).collect();
    Ok((report, prefix, masks))
}

fn case(
    run: Run,
    place: Place,
    env: &Environment,
    inputs: &Inputs,
    surroundings: &Surroundings,
) -> Result<Case, Error> {
    let files: Box<dyn Files> = match &run.policy_from {
        PolicyFrom::Commit(id) if place.resolve_commit(id).is_ok() => Box::new(place.files_at(id)?),
        // Only a built-in policy gets here without its commit, and that needs no files.
        PolicyFrom::WorkTree | PolicyFrom::Commit(_) => Box::new(place.files()?),
    };
    let policy = Located::among(files, run.policy.as_deref())?;
    let (base, base_unknown) = base(run.base, &place);
    let platform = connect(env, inputs, run.repository.as_deref(), surroundings);
    let mut notes = Vec::new();
    let tip = run.tip.filter(|_| run.pull_request.is_some());
    let pull_request = match run.pull_request {
        Some(mut pull) => {
            // The payload of a run that is done again is the old one.
            let live = platform.as_ref().ok().filter(|_| run.rerun);
            notes.extend(live.and_then(|client| github::refresh(client, &mut pull)).map(|unknown| {
                let reason = unknown.reason;
                format!("the pull request's title, body, labels and draft state are as they were when it first ran: {reason}")
            }));
            Known::Known(pull)
        }
        None => Known::Absent("the event is not about a pull request".to_owned()),
    };
    Ok(Case {
        place,
        policy,
        request: Request { base, head: Head::WorkTree, ..Request::default() },
        base_unknown,
        stage: inputs.stage,
        enforce: inputs.enforce,
        today: surroundings.today,
        event: Some(run.event),
        repository: run.repository,
        pull_request,
        tip,
        platform,
        watched: false,
        notes,
    })
}

/// The client of a run. The file of the input `ca-file` is found from the workspace, like every path of an input.
fn connect(
    env: &Environment,
    inputs: &Inputs,
    repository: Option<&str>,
    surroundings: &Surroundings,
) -> Result<Client, Unknown> {
    let workspace = Path::new(env.get("GITHUB_WORKSPACE").unwrap_or("."));
    let roots = inputs.ca_file.as_ref().map(|file| workspace.join(file).display().to_string());
    let env = roots.map_or_else(|| env.clone(), |roots| env.with("SSL_CERT_FILE", roots));
    github::connect(&env, repository, inputs.credentials.clone(), &surroundings.network)
}

fn base(base: RunBase, place: &Place) -> (gather::Base, Option<Unknown>) {
    match base {
        RunBase::None(_) => (gather::Base::None, None),
        RunBase::Commit(id) | RunBase::MergeBase(id) => (gather::Base::Revision(id), None),
        RunBase::Branch(name) => {
            let revision = format!("refs/remotes/origin/{name}");
            let there = place.resolve_commit(&revision).is_ok();
            (if there { gather::Base::Revision(revision) } else { gather::Base::None }, None)
        }
        RunBase::Unknown(reason) => (gather::Base::None, Some(Unknown::because(reason))),
    }
}

/// A repository that is checked out in a subfolder: annotations and reports start at the workspace.
fn prefix(env: &Environment, place: &Place) -> String {
    let workspace = env.get("GITHUB_WORKSPACE").map(Path::new).and_then(|path| path.canonicalize().ok());
    let inside =
        workspace.and_then(|workspace| place.root().strip_prefix(workspace).ok().map(Path::to_path_buf));
    match inside {
        Some(inside) if !inside.as_os_str().is_empty() => format!("{}/", inside.display()),
        _ => String::new(),
    }
}

fn deliver(env: &Environment, inputs: &Inputs, report: &Report, prefix: String) -> Delivery {
    let format = if inputs.annotations { Format::Github } else { Format::Terminal };
    let text = report::render(report, format, &Options { prefix, ..Options::default() });
    // Without annotations the text still stands in a log that obeys commands.
    let stdout =
        if inputs.annotations { text } else { text.lines().map(|line| log_line(line) + "\n").collect() };
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
            text: report::render(report, format, &Options::default()),
        }));
    }
    let markdown = || report::render(report, Format::Markdown, &Options::default());
    Delivery {
        stdout,
        files,
        summary: env.get("GITHUB_STEP_SUMMARY").map(|path| (PathBuf::from(path), markdown())),
        outputs: env.get("GITHUB_OUTPUT").map(|path| (PathBuf::from(path), outputs)),
    }
}

/// Nothing could be judged: an annotation without a place, the same in the summary and as plain text, and the outputs.
fn told(env: &Environment, error: &Error) -> Told {
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
    Told { delivery, stderr: plain.join("\n") + "\n" }
}
