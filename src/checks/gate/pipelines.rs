//! What CI did on pull requests and does no more.

use crate::evidence::{
    Change, ChangeKind, Class, Forgiving, Job, Pipeline, Purpose, Run, Step, Tree, hazards,
};
use crate::words::Because;

/// What a pull request is held to. How it is deployed is no part of the gate.
const HELD: [&str; 3] = ["tests", "lint", "build"];

/// Everything that ran on pull requests and could fail them, and does not any more.
pub(super) fn lost(head: &Tree, base: &Tree, change: &Change) -> Vec<Because> {
    if head.pipelines().next().is_none() && base.pipelines().next().is_none() {
        return Vec::new();
    }
    let touched = |path: &str| change.file(path).is_some_and(|file| file.kind != ChangeKind::Added);
    let mut found = Vec::new();
    for purpose in HELD.into_iter().filter_map(Purpose::of) {
        found.extend(purpose_lost(purpose, head, base, change));
    }
    for (file, pipeline) in head.pipelines().filter(|(file, _)| touched(&file.path)) {
        let old = change.file(&file.path).and_then(|file| file.old_path.as_deref()).unwrap_or(&file.path);
        let before = base.pipelines().find(|(file, _)| &*file.path == old);
        let Some((_, before)) = before else { continue };
        for because in forgiven(&file.path, pipeline, before) {
            let told = |other: &Because| other.path == because.path && other.line == because.line;
            if !found.iter().any(told) {
                found.push(because);
            }
        }
    }
    found
}

fn purpose_lost(purpose: Purpose, head: &Tree, base: &Tree, change: &Change) -> Vec<Because> {
    let on = ["pull_request".to_owned()];
    let counts = |run: &&Run| run.started && run.lost.is_none();
    let (was, is) = (base.sites().runs(purpose, &on), head.sites().runs(purpose, &on));
    let same = |a: &Run, b: &Run| a.because.text == b.because.text && a.because.text.is_some();
    let (was_good, is_good): (Vec<&Run>, Vec<&Run>) =
        (was.found.iter().filter(counts).collect(), is.found.iter().filter(counts).collect());
    let mut gone: Vec<&Run> =
        was_good.iter().copied().filter(|run| !is_good.iter().any(|other| same(run, other))).collect();
    gone.dedup_by(|a, b| same(a, b));
    let fresh = is_good.iter().any(|run| !was.found.iter().any(|other| same(run, other)));
    if gone.is_empty() || fresh || !is.outside.is_empty() {
        return Vec::new();
    }
    // Still there, but without effect.
    let void: Vec<Because> = (gone.iter())
        .filter_map(|run| is.found.iter().find(|other| same(run, other)))
        .map(|run| {
            run.because.clone().noted(format!(
                "{} of pull requests no more: {}",
                purpose.title(),
                reason(run)
            ))
        })
        .collect();
    if !void.is_empty() {
        return void;
    }
    // A part of the product goes with what checked it.
    let shrinks = change
        .files
        .iter()
        .any(|file| matches!(file.class, Class::Product | Class::Test) && file.kind == ChangeKind::Deleted);
    if !is_good.is_empty() && shrinks {
        return Vec::new();
    }
    gone.into_iter().map(|run| removed(run, purpose, head)).collect()
}

/// What ran is gone: told at its file, which may be gone too.
fn removed(run: &Run, purpose: Purpose, head: &Tree) -> Because {
    let path = run.because.path.clone().unwrap_or_default();
    let line = if head.file(&path).is_some() { None } else { run.because.line };
    let text = run.because.text.clone().unwrap_or_default();
    let note = format!("ran {} on pull requests (`{text}`), which nothing does now", purpose.title());
    Because { line, text: Some(text), ..Because::file(&path) }.noted(note)
}

fn reason(run: &Run) -> String {
    if let Some(lost) = &run.lost {
        return format!("its failure does not count ({lost})");
    }
    run.blocked.clone().unwrap_or_else(|| format!("it runs on {} only", run.events.join(", ")))
}

/// Steps and jobs that were there before, and whose failure does not count any more or that never run.
fn forgiven(path: &str, now: &Pipeline, before: &Pipeline) -> Vec<Because> {
    let mut found = Vec::new();
    for job in &now.jobs {
        let Some(old) = before.jobs.iter().find(|old| old.id == job.id) else { continue };
        let told = |line: u32, text: &str, why: String| Because::line(path, line, text).noted(why);
        if let Some(why) = weaker(
            job.forgiving.as_ref(),
            old.forgiving.as_ref(),
            never(job.condition.as_ref()),
            never(old.condition.as_ref()),
        ) {
            found.push(told(job.line, &job.id, format!("job `{}`: {why}", job.id)));
        }
        for step in job.steps.iter().filter(|step| !idle(step, job)) {
            let Some(old) = old.steps.iter().find(|old| same(step, old)) else { continue };
            if let Some(why) = weaker(
                step.forgiving.as_ref(),
                old.forgiving.as_ref(),
                never(step.condition.as_ref()),
                never(old.condition.as_ref()),
            ) {
                found.push(told(step.line, &name(step), why));
            }
        }
    }
    found
}

fn weaker(
    now: Option<&Forgiving>,
    before: Option<&Forgiving>,
    never: bool,
    before_never: bool,
) -> Option<String> {
    match (now, before) {
        (Some(now), None) if now.when.is_none() => {
            Some(format!("its failure does not count any more ({})", now.told))
        }
        _ if never && !before_never => Some("it never runs any more".to_owned()),
        _ => None,
    }
}

fn never(condition: Option<&crate::evidence::Text>) -> bool {
    condition.is_some_and(|condition| {
        let text = condition.text.trim().trim_start_matches("${{").trim_end_matches("}}").trim();
        text.eq_ignore_ascii_case("false")
    })
}

/// The same action, or the same script.
fn same(one: &Step, other: &Step) -> bool {
    let action = |step: &Step| {
        step.uses.as_ref().map(|uses| uses.text.split('@').next().unwrap_or_default().to_owned())
    };
    let scripts =
        |step: &Step| step.scripts.iter().map(|script| script.text.trim().to_owned()).collect::<Vec<_>>();
    (action(one).is_some() || !one.scripts.is_empty())
        && action(one) == action(other)
        && scripts(one) == scripts(other)
}

/// What tells somebody of a result, keeps it, or makes things faster: its failure is no failure of the change.
fn idle(step: &Step, job: &Job) -> bool {
    const WORDS: [&str; 16] = [
        "upload",
        "download",
        "artifact",
        "cache",
        "codecov",
        "coveralls",
        "notify",
        "slack",
        "comment",
        "report",
        "label",
        "publish",
        "deploy",
        "login",
        "summary",
        "release",
    ];
    let uses = step.uses.as_ref().map_or("", |uses| uses.text.as_str());
    let texts = [&*step.name, uses, &*job.id];
    let said = texts.iter().any(|text| WORDS.iter().any(|word| text.to_lowercase().contains(word)));
    said || step.scripts.iter().any(|script| WORDS[4..8].iter().any(|word| script.text.contains(word)))
}

fn name(step: &Step) -> String {
    let script = step.scripts.first().map(|script| script.text.trim().lines().next().unwrap_or_default());
    let uses = step.uses.as_ref().map(|uses| uses.text.as_str());
    script.or(uses).unwrap_or(&step.name).to_owned()
}

/// Risks that the workflows which run the gate did not take before.
pub(super) fn riskier(head: &Tree, base: &Tree, now: &[String], before: &[String]) -> Vec<Because> {
    let risks = |tree: &Tree, files: &[String]| {
        let mut found = Vec::new();
        for (file, pipeline) in
            tree.pipelines().filter(|(file, _)| files.iter().any(|path| **path == *file.path))
        {
            found.extend(
                hazards(pipeline).into_iter().map(|hazard| (hazard.risk, hazard.because(&file.path))),
            );
        }
        found
    };
    let old = risks(base, before);
    let known =
        |risk, because: &Because| old.iter().any(|(was, other)| *was == risk && other.text == because.text);
    let fresh = risks(head, now).into_iter().filter(|(risk, because)| !known(*risk, because));
    fresh.map(|(_, because)| because).collect()
}
