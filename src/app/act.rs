//! Carries out `roadworthy action`: describe the run, judge, and deliver to everything that the runner offers.
//!
//! The exit code is the verdict; every other channel is best effort, and says so when it could not be used.

use super::action::{self, Base as RunBase, PolicyFrom, Run};
use super::check::Case;
use super::deliver::{self, Judged, Told};
use super::relay;
use super::source::Located;
use super::{Error, Output, Surroundings, hosted};
use crate::gather::{self, Head, Place, Request, Site};
use crate::github::{self, Client, Context, Environment, Inputs};
use crate::policy::Files;
use crate::publish;
use crate::text::workflow_data;
use crate::words::{Known, Unknown, Verdict};
use std::path::Path;
use std::rc::Rc;

/// Judges what the event is about, and publishes.
pub(super) fn run(surroundings: &Surroundings) -> Output {
    let env = &surroundings.environment;
    let inputs = match Inputs::read(env) {
        Ok(inputs) => inputs,
        // Whether the job should fail is one of the inputs; in doubt it does.
        Err(problems) => {
            let told = deliver::error(env, &action::RunError::Inputs(problems).into());
            return published(&told, 2, &[]);
        }
    };
    if let Some(file) = &inputs.publish {
        let told = relay::run(env, &inputs, file, surroundings);
        let (code, told) = match told {
            Ok(told) => (if told.failed { 2 } else { 0 }, told),
            Err(error) => (2, deliver::error(env, &error)),
        };
        let log: Vec<String> = told.notices.iter().map(|line| notice(line)).collect();
        return published(&told, code, &log);
    }
    let (verdict, told) = match judge(env, &inputs, surroundings) {
        Ok(judged) => (judged.report.verdict, deliver::report(env, &inputs, judged)),
        Err(error) => (Verdict::Undecided, deliver::error(env, &error)),
    };
    let (code, warned) = action::exit_code(verdict, inputs.fail_on_undecided);
    let mut log: Vec<String> = inputs.notices.iter().chain(&told.notices).map(|line| notice(line)).collect();
    log.extend(warned.map(|line| warning(&line)));
    published(&told, code, &log)
}

fn warning(message: &str) -> String {
    format!("::warning::{}\n", workflow_data(message))
}

fn notice(message: &str) -> String {
    format!("::notice::{}\n", workflow_data(message))
}

fn published(told: &Told, code: u8, log: &[String]) -> Output {
    let mut stdout = Vec::new();
    let troubles = publish::deliver(&told.delivery, &mut stdout).unwrap_or_default();
    let mut stdout = String::from_utf8_lossy(&stdout).into_owned();
    stdout.extend(log.iter().cloned().chain(troubles.iter().map(|trouble| warning(trouble))));
    Output { stdout, stderr: told.stderr.clone(), code }
}

fn judge(env: &Environment, inputs: &Inputs, surroundings: &Surroundings) -> Result<Judged, Error> {
    let context = Context::read(env).map_err(action::RunError::from)?;
    let root = action::root(env, inputs)?;
    let place = Place::open(&root)?;
    let prefix = prefix(env, &place);
    let (mut case, pull_request, commit) = match action::describe(env, inputs, context.clone(), root, &place)
    {
        Ok(run) => {
            let pull_request = run.pull_request.as_ref().map(|pull| (pull.number, pull.fork));
            let commit = run.tip.clone();
            (case(run, place, env, inputs, surroundings)?, pull_request, commit)
        }
        Err(error) => {
            let elsewhere = hosted::of_event(&context, env, inputs, surroundings)?;
            let case = elsewhere.ok_or_else(|| Error::from(error))?;
            let pull_request = case.pull_request.known().map(|pull| (pull.number, pull.fork));
            let commit = case.tip.clone();
            (case, pull_request, commit)
        }
    };
    let report = case.judge()?;
    Ok(Judged { report, prefix, pull_request, commit, api: case.platform })
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
            notes.extend(live.and_then(|client| github::refresh(&**client, &mut pull)).map(|unknown| {
                let reason = unknown.reason;
                format!("the pull request's title, body, labels and draft state are as they were when it first ran: {reason}")
            }));
            Known::Known(pull)
        }
        None => Known::Absent("the event is not about a pull request".to_owned()),
    };
    Ok(Case {
        site: Site::Here(Box::new(place)),
        policy,
        request: Request { base, head: Head::WorkTree, ..Request::default() },
        base_unknown,
        stage: inputs.stage,
        enforce: inputs.enforce,
        today: surroundings.today,
        event: Some(run.event),
        repository: run.repository,
        default_branch: run.default_branch,
        pull_request,
        tip,
        platform,
        watched: false,
        notes,
    })
}

/// The client of a run. The file of the input `ca-file` is found from the workspace, like every path of an input.
pub(super) fn connect(
    env: &Environment,
    inputs: &Inputs,
    repository: Option<&str>,
    surroundings: &Surroundings,
) -> Result<Rc<Client>, Unknown> {
    let workspace = Path::new(env.get("GITHUB_WORKSPACE").unwrap_or("."));
    let roots = inputs.ca_file.as_ref().map(|file| workspace.join(file).display().to_string());
    let env = roots.map_or_else(|| env.clone(), |roots| env.with("SSL_CERT_FILE", roots));
    github::connect(&env, repository, inputs.credentials.clone(), &surroundings.network).map(Rc::new)
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
