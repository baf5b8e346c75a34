//! Runs without a checkout: a pull request that is read by the API alone.
//!
//! Its policy comes from the tip of its base branch, as in every other run, or from a file here that a person names.

use super::act::connect;
use super::check::Case;
use super::source::Located;
use super::{Error, Surroundings};
use crate::cli::JudgeArgs;
use crate::evidence::PullRequest;
use crate::gather::{Hosted, Place, Request, Site};
use crate::github::{
    self, Api, Client, Context, Credentials, Environment, Inputs, Limits, Platform as _, Trigger,
};
use crate::words::Known;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

/// A run that reads everything by the API takes longer than one that asks a few questions.
const TOTAL: Duration = Duration::from_mins(10);

/// A pull request, and the tips of its two sides.
struct Pull {
    request: PullRequest,
    head: String,
    base: String,
}

/// The pull request that a person names.
pub(super) fn typed(
    repository: &str,
    number: u64,
    args: &JudgeArgs,
    surroundings: &Surroundings,
) -> Result<Case, Error> {
    let credentials = surroundings.environment.token().map_or(Credentials::Anonymous, Credentials::Token);
    let network = patient(surroundings).network;
    let client = github::connect(&surroundings.environment, Some(repository), credentials, &network);
    let client = client.map(Rc::new).map_err(|unknown| Error::Usage {
        message: format!("{repository} cannot be read: {}", unknown.reason),
        help: "Set GITHUB_TOKEN or GH_TOKEN to a token that may read the repository.".to_owned(),
    })?;
    let (pull, head, base) = client.pull_request_at(number).map_err(crate::gather::GatherError::from)?;
    let here = args.policy.as_deref().filter(|name| !name.contains(':') && Path::new(name).is_file());
    let policy = match here {
        Some(name) => Policy::Here(name),
        None => Policy::OfBase(args.policy.as_deref()),
    };
    let mut case = case(client, Pull { request: pull, head, base }, &policy, surroundings)?;
    case.repository = Some(repository.to_owned());
    (case.stage, case.enforce) = (args.stage, args.enforce);
    case.today = args.date.unwrap_or(surroundings.today);
    Ok(case)
}

/// The pull request of a `pull_request_target`, which is not checked out (github-facts 5). None for every other event, and
/// where nobody can be asked.
pub(super) fn of_event(
    context: &Context,
    env: &Environment,
    inputs: &Inputs,
    surroundings: &Surroundings,
) -> Result<Option<Case>, Error> {
    let Trigger::PullRequest { pull, head, base: Some(base), target: true } = &context.trigger else {
        return Ok(None);
    };
    let Ok(client) = connect(env, inputs, context.repository.as_deref(), &patient(surroundings)) else {
        return Ok(None);
    };
    let mut pull = (**pull).clone();
    let rerun = env.get("GITHUB_RUN_ATTEMPT").is_some_and(|attempt| attempt != "1");
    let stale = if rerun { github::refresh(&*client, &mut pull) } else { None };
    let pull = Pull { request: pull, head: head.clone(), base: base.clone() };
    let mut case = case(client, pull, &Policy::OfBase(inputs.policy.as_deref()), surroundings)?;
    case.notes.extend(
        stale.map(|unknown| format!("the pull request is as it was when it first ran: {}", unknown.reason)),
    );
    case.event = Some(context.event.clone());
    case.repository.clone_from(&context.repository);
    (case.stage, case.enforce) = (inputs.stage, inputs.enforce);
    Ok(Some(case))
}

fn patient(surroundings: &Surroundings) -> Surroundings {
    let mut patient = surroundings.clone();
    patient.network.limits = Limits { total: TOTAL, ..patient.network.limits };
    patient
}

/// Where the policy comes from.
enum Policy<'a> {
    /// A file of whoever runs this.
    Here(&'a str),
    /// The base branch.
    OfBase(Option<&'a str>),
}

fn case(
    client: Rc<Client>,
    pull: Pull,
    policy: &Policy<'_>,
    surroundings: &Surroundings,
) -> Result<Case, Error> {
    let api: Rc<dyn Api> = Rc::clone(&client) as Rc<dyn Api>;
    let hosted = Hosted::open(api, &pull.head, &pull.base)?;
    let tip = Some(pull.head);
    let policy = match policy {
        Policy::Here(name) => Located::typed(&Place::open(Path::new("."))?, Some(name))?,
        Policy::OfBase(named) => Located::among(Box::new(hosted.files_at(&pull.base)), *named)?,
    };
    Ok(Case {
        site: Site::Hosted(hosted),
        policy,
        request: Request::default(),
        base_unknown: None,
        stage: None,
        enforce: None,
        today: surroundings.today,
        event: None,
        repository: None,
        default_branch: None,
        pull_request: Known::Known(pull.request),
        tip,
        platform: Ok(client),
        watched: surroundings.watched,
        notes: Vec::new(),
    })
}
