//! `roadworthy check`: the whole way from policy and evidence to the report.

use super::compare::{self, Edit};
use super::progress::shown;
use super::source::Located;
use super::{Error, Output, Surroundings, hosted, inventory};
use crate::cli::{CheckArgs, JudgeArgs};
use crate::evaluate::{Evaluation, evaluate};
use crate::evidence::{Classes, Evidence, Facet, Fact, Needs, PathSet, PullRequest};
use crate::gather::{Base, Gathered, Head, Place, Request, Site};
use crate::github::{self, Api as _, Client};
use crate::plan::Plan;
use crate::policy::Policy;
use crate::publish::FileReport;
use crate::report::{
    self, Format, NAME, Options, PolicyInfo, PullRequestInfo, Report, SCHEMA, Subject, Tool, Usage,
};
use crate::verdict::{self, Decision};
use crate::words::{Enforce, Known, Stage, Unknown, Verdict};
use chrono::NaiveDate;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// What is judged, by what, and on which day.
pub(super) struct Case {
    pub(super) site: Site,
    pub(super) policy: Located,
    pub(super) request: Request,
    /// Why a base that there is cannot be read, where it cannot.
    pub(super) base_unknown: Option<Unknown>,
    pub(super) stage: Option<Stage>,
    pub(super) enforce: Option<Enforce>,
    pub(super) today: NaiveDate,
    pub(super) event: Option<String>,
    pub(super) repository: Option<String>,
    /// The branch that changes are merged into where no pull request names one.
    pub(super) default_branch: Option<String>,
    pub(super) pull_request: Known<PullRequest>,
    /// The tip of the pull request, which is not what is checked out.
    pub(super) tip: Option<String>,
    pub(super) platform: Result<Rc<Client>, Unknown>,
    /// Whether somebody watches on a terminal.
    pub(super) watched: bool,
    /// What is known before anything is gathered, for the report's notes.
    pub(super) notes: Vec<String>,
}

/// Judges, and returns the report for stdout; other reports go to their files.
pub(super) fn run(
    args: &CheckArgs,
    surroundings: &Surroundings,
    colour: bool,
    verbose: bool,
) -> Result<Output, Error> {
    let outputs = args.output.iter().map(|text| output(text)).collect::<Result<Vec<_>, _>>()?;
    let mut case = match (&args.repo, args.pr) {
        (Some(repository), Some(number)) => hosted::typed(repository, number, &args.judge, surroundings)?,
        _ => Case::typed(&args.path, &args.judge, surroundings)?,
    };
    let report = case.judge()?;
    for (format, path) in outputs {
        let text = report::render(&report, format, &Options::default());
        FileReport { root: PathBuf::from("."), path, confined: false, output: None, text }.write()?;
    }
    let stdout = report::render(&report, args.format, &Options { colour, verbose, ..Options::default() });
    Ok(Output { stdout, code: exit_code(report.verdict), ..Output::default() })
}

/// The exit code of a verdict.
pub(super) const fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Fail => 1,
        Verdict::Undecided => 2,
    }
}

/// `FORMAT=FILE`.
fn output(text: &str) -> Result<(Format, PathBuf), Error> {
    let wrong = |message: String| Error::Usage {
        message,
        help: "Write it as --output FORMAT=FILE, for example --output json=report.json".to_owned(),
    };
    let (format, file) = text
        .split_once('=')
        .filter(|(_, file)| !file.is_empty())
        .ok_or_else(|| wrong(format!("`--output {text}` names no file")))?;
    let format = format.parse().map_err(|error: report::UnknownFormat| wrong(error.to_string()))?;
    Ok((format, PathBuf::from(file)))
}

impl Case {
    /// What a person asks for on the command line.
    pub(super) fn typed(path: &Path, args: &JudgeArgs, surroundings: &Surroundings) -> Result<Self, Error> {
        let place = Place::open(path)?;
        let policy = Located::typed(&place, args.policy.as_deref())?;
        let repository = place.remote().map(|remote| remote.repository);
        let base = args.base.clone().map_or(Base::Default, Base::Revision);
        let head = args.head.clone().map_or(Head::WorkTree, Head::Revision);
        Ok(Self {
            site: Site::Here(Box::new(place)),
            policy,
            request: Request { base, head, ..Request::default() },
            base_unknown: None,
            stage: args.stage,
            enforce: args.enforce,
            today: args.date.unwrap_or(surroundings.today),
            event: None,
            repository,
            default_branch: None,
            pull_request: Known::Absent("there is no pull request here".to_owned()),
            tip: None,
            platform: Err(Unknown::because("a local run asks nothing of the platform")),
            watched: surroundings.watched,
            notes: Vec::new(),
        })
    }

    /// policy + evidence -> findings -> verdict -> report.
    pub(super) fn judge(&mut self) -> Result<Report, Error> {
        let mut policy = self.policy.load()?;
        policy.stage = self.stage.unwrap_or(policy.stage);
        let property = policy.stage_property.clone().filter(|_| self.stage.is_none());
        policy.enforce = self.enforce.unwrap_or(policy.enforce);
        tracing::debug!(policy = policy.digest, rules = policy.rules.len(), "policy loaded");
        let edit = Edit::of(self)?;
        let mut more = edit.needs();
        more.facts.extend(property.as_ref().map(|_| Fact::Properties));
        let plan = plan(&policy, more)?;
        let progress = Arc::default();
        let gathered = shown(self.watched, &progress, || self.site.gather(&plan, &self.request, &progress))?;
        let counts = gathered.head.counts;
        let (listed, read) = (counts.listed, counts.read);
        tracing::debug!(
            patterns = plan.patterns.len(),
            listed,
            read,
            base = gathered.base_id,
            "evidence gathered"
        );
        let (mut evidence, facts) = self.evidence(&plan, gathered);
        if let Some(name) = property {
            self.choose_stage(&mut policy, &name, &evidence);
        }
        evidence.policy_weakened = compare::weakened(&edit, &evidence);
        let evaluation = evaluate(&policy, &evidence);
        let decision = verdict::decide(&evaluation.results, &evaluation.findings, &evaluation.undecided);
        let report = self.report(policy, &evidence, facts, evaluation, decision);
        // Its million pieces are freed beside the printing, or not at all.
        rayon::spawn(move || drop(evidence));
        Ok(report)
    }

    fn evidence(&mut self, plan: &Plan, gathered: Gathered) -> (Evidence, Facts) {
        if let Known::Known(pull) = &mut self.pull_request {
            let platform = self.platform.as_ref().map(|client| &**client as &dyn github::Platform);
            github::facts(platform, &plan.facts, pull);
        }
        let api = self.platform.as_ref().map(|client| &**client as &dyn github::Api);
        let platform = github::hosted(api, &plan.facts, self.branch().as_deref());
        let Gathered { head, base, change, authors, head_id, base_id, notes } = gathered;
        let (base, change) = match &self.base_unknown {
            Some(unknown) => (Known::Unknown(unknown.clone()), Known::Unknown(unknown.clone())),
            None => (base, change),
        };
        let evidence = Evidence {
            head,
            base,
            change,
            pull_request: self.pull_request.clone(),
            platform,
            authors,
            policy_weakened: Known::Absent("there is no change to the policy".to_owned()),
            patterns: plan.index.clone(),
            today: self.today,
        };
        (evidence, Facts { head_id, base_id, notes })
    }

    /// The stage that a custom property of the repository names. Only those who administer the repository or its
    /// organization set these; the policy that names the property comes from trusted ground.
    fn choose_stage(&mut self, policy: &mut Policy, name: &str, evidence: &Evidence) {
        let stays = policy.stage.name();
        let note = match &evidence.platform.properties {
            Known::Known(all) => match all.get(name).map(Vec::as_slice).unwrap_or_default() {
                [] => format!("the property `{name}` is not set, so the stage is {stays}"),
                [value, ..] => match Stage::ALL.into_iter().find(|stage| stage.name() == value) {
                    Some(stage) => {
                        policy.stage = stage;
                        return;
                    }
                    None => format!(
                        "the property `{name}` is {value:?}, which is no stage, so the stage is {stays}"
                    ),
                },
            },
            Known::Absent(reason) => {
                format!("the property `{name}` does not choose the stage, {stays}: {reason}")
            }
            Known::Unknown(unknown) => {
                format!("the property `{name}` does not choose the stage, {stays}: {}", unknown.reason)
            }
        };
        self.notes.push(note);
    }

    /// The branch that changes are merged into.
    fn branch(&self) -> Option<String> {
        self.pull_request.known().map(|pull| pull.base_ref.clone()).or_else(|| self.default_branch.clone())
    }

    fn report(
        &self,
        policy: Policy,
        evidence: &Evidence,
        facts: Facts,
        evaluation: Evaluation,
        decision: Decision,
    ) -> Report {
        let mut notes = self.notes.clone();
        notes.extend(facts.notes);
        if decision.verdict == Verdict::Fail {
            // An undecided verdict tells them itself.
            notes.extend(evaluation.undecided);
        }
        Report {
            schema: SCHEMA.into(),
            tool: Tool { name: NAME.into(), version: env!("CARGO_PKG_VERSION").to_owned() },
            date: self.today.to_string(),
            subject: Subject {
                repository: self.repository.clone(),
                base: facts.base_id,
                head: facts.head_id,
                event: self.event.clone(),
                pull_request: self
                    .pull_request
                    .known()
                    .map(|pull| PullRequestInfo { number: pull.number, head: self.tip.clone() }),
            },
            verdict: decision.verdict,
            undecided_because: decision.undecided_because,
            summary: decision.summary,
            ladder: decision.ladder,
            rules: evaluation.results,
            findings: evaluation.findings,
            inventory: inventory::of(&policy, evidence, &evaluation.proofs),
            usage: self.usage(evidence),
            notes,
            policy: PolicyInfo {
                name: policy.name,
                digest: policy.digest,
                sources: policy.sources,
                stage: policy.stage,
                enforce: policy.enforce,
            },
        }
    }

    fn usage(&self, evidence: &Evidence) -> Usage {
        let (head, base) =
            (evidence.head.counts, evidence.base.known().map(|tree| tree.counts).unwrap_or_default());
        Usage {
            api_calls: self.platform.as_ref().map_or(0, |client| client.calls()),
            files_listed: head.listed,
            files_read: head.read + base.read,
            bytes_read: head.bytes + base.bytes,
            files_binary: head.binary,
            files_too_large: head.too_large,
            files_failed: head.failed,
            files_ignored: head.ignored,
        }
    }
}

/// What the report tells of the gathering itself.
struct Facts {
    head_id: Option<String>,
    base_id: Option<String>,
    notes: Vec<String>,
}

/// Everything that the policy's rules and capabilities ask for, and `more`, compiled.
pub(super) fn plan(policy: &Policy, more: Needs) -> Result<Plan, Error> {
    let mut needs = needs(policy);
    needs.extend(more);
    compiled(needs, &policy.ignore)
}

/// What has to be read, compiled.
pub(super) fn compiled(needs: Needs, ignore: &[String]) -> Result<Plan, Error> {
    let invalid = |message: String| Error::Usage {
        message,
        help: "`roadworthy policy lint` shows where it stands.".to_owned(),
    };
    let ignore = PathSet::new(ignore).map_err(invalid)?;
    Plan::new(needs, Classes::new(ignore)).map_err(invalid)
}

/// Everything that the policy's rules and capabilities ask for.
pub(super) fn needs(policy: &Policy) -> Needs {
    let mut needs = Needs::default();
    for rule in &policy.rules {
        if !rule.fix_for.is_empty() {
            needs.facets.insert(Facet::Manifests);
        }
        rule.when.iter().for_each(|when| when.needs(&mut needs));
        rule.demand.condition().needs(&mut needs);
    }
    for capability in &policy.capabilities {
        capability.needs(&mut needs);
    }
    needs
}
