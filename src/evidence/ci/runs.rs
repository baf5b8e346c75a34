//! What the pipelines of a tree run for a purpose, judged for given events.

use super::command::{action_known, action_serves, permission_says, serving, task_says};
use super::follow::Leaf;
use super::model::EXTERNAL;
use super::place::Occasion;
use super::purpose::Purpose;
use super::sites::{External, Site, Sites};
use crate::regexes::Late;
use crate::words::Because;

/// A place where a pipeline serves a purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The step, and what it leads to.
    pub because: Because,
    /// Whether one of the events asked for starts it.
    pub started: bool,
    /// The events that start it.
    pub events: Vec<String>,
    /// What keeps it from running on the events asked for, though they start its pipeline.
    pub blocked: Option<String>,
    /// What takes away its failure.
    pub lost: Option<String>,
    /// Whether a path filter may skip it.
    pub filtered: bool,
}

/// What the pipelines of a tree do for a purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runs {
    /// How many pipelines the tree has.
    pub pipelines: usize,
    /// The places.
    pub found: Vec<Run>,
    /// Why more may be run than can be seen.
    pub outside: Vec<String>,
}

/// By what a site serves a purpose.
enum Served<'s> {
    ByAction,
    ByCommand(&'s Leaf),
}

impl<'s> Served<'s> {
    fn leaf(&self) -> Option<&'s Leaf> {
        match self {
            Self::ByAction => None,
            Self::ByCommand(leaf) => Some(leaf),
        }
    }
}

/// Programs that do nothing of their own.
const IDLE: [&str; 16] = [
    "echo", "exit", "true", ":", "cd", "export", "set", "printf", "mkdir", "rm", "sleep", "source", "wait",
    "cp", "mv", "chmod",
];

impl Sites {
    /// Where the purpose is served, judged for these events; none asked for means any.
    pub fn runs(&self, purpose: Purpose, on: &[String]) -> Runs {
        let mut runs = Runs { pipelines: self.pipelines, outside: self.outside.clone(), ..Runs::default() };
        for site in &self.all {
            if let Some(served) = self.serves(site, purpose) {
                let run = run(site, served.leaf(), on);
                if !run.started && run.events.iter().any(|event| event == EXTERNAL) {
                    let place = site.because.place().unwrap_or_default();
                    runs.outside.push(format!("{place}: what starts it is set outside of the repository"));
                    continue;
                }
                if !runs.found.contains(&run) {
                    runs.found.push(run);
                }
            } else if let Some(reason) = only_then(site, purpose).filter(|_| starts(&site.occasions, on)) {
                runs.outside.push(reason);
            }
        }
        for external in self.externals.iter().filter(|external| starts(&external.occasions, on)) {
            let known = action_serves(&external.uses, &[], purpose);
            if let Some(scope) = external.writes.iter().find(|scope| permission_says(scope, purpose)) {
                runs.found.push(granted(external, scope, on));
            } else if !known && (task_says(&external.job, purpose) || telling(&external.uses, purpose)) {
                let place = external.because.place().unwrap_or_default();
                runs.outside.push(format!("{place} calls {}, which cannot be read", external.uses));
            }
        }
        runs
    }

    /// The command by which a site serves the purpose; the action itself where there is none.
    fn serves<'s>(&self, site: &'s Site, purpose: Purpose) -> Option<Served<'s>> {
        if let Some((name, with)) = &site.action {
            return action_serves(name, with, purpose).then_some(Served::ByAction);
        }
        let throwaway = self.throwaway.contains(&site.job);
        let direct =
            |leaf: &&Leaf| serving(&leaf.words, purpose).is_some_and(|entry| !(entry.cluster && throwaway));
        // What a task called `test` starts is taken for a test, whatever program that is.
        let by_name = |leaf: &&Leaf| {
            leaf.tasks.iter().any(|(name, _)| task_says(name, purpose)) && starts_something(leaf, purpose)
        };
        site.leaves.iter().find(direct).or_else(|| site.leaves.iter().find(by_name)).map(Served::ByCommand)
    }

    /// Places where a pipeline runs one of these actions or commands.
    pub(in crate::evidence) fn using(&self, actions: &[String], commands: &[Late]) -> Vec<Because> {
        let mut found = Vec::new();
        for site in &self.all {
            let action = site.action.as_ref().is_some_and(|(uses, _)| {
                let name = super::command::action_name(uses);
                actions
                    .iter()
                    .any(|action| crate::evidence::signals::name_matches(&action.to_lowercase(), &name))
            });
            let leaf = site.leaves.iter().find(|leaf| {
                let text = if commands.is_empty() { String::new() } else { leaf.words.join(" ") };
                commands.iter().any(|regex| regex.is_match(&text))
            });
            if action || leaf.is_some() {
                found.push(told(site, leaf));
            }
        }
        found
    }
}

/// Whether a command is more than a word on the way, and of no other purpose.
fn starts_something(leaf: &Leaf, purpose: Purpose) -> bool {
    let other = |other: Purpose| other != purpose && serving(&leaf.words, other).is_some();
    !leaf.words.first().is_some_and(|word| IDLE.contains(&word.as_str()))
        && super::call::Call::of(&leaf.words, Some("")).is_none()
        && !Purpose::all().any(other)
}

fn run(site: &Site, leaf: Option<&Leaf>, on: &[String]) -> Run {
    let live = |occasion: &&Occasion| occasion.blocked.is_none();
    let matching: Vec<&Occasion> =
        site.occasions.iter().filter(|occasion| asked(on, &occasion.event)).collect();
    let started: Vec<&&Occasion> = matching.iter().filter(|occasion| occasion.blocked.is_none()).collect();
    Run {
        because: told(site, leaf),
        started: !started.is_empty(),
        events: site.occasions.iter().filter(live).map(|occasion| occasion.event.clone()).collect(),
        blocked: if started.is_empty() {
            matching.iter().find_map(|occasion| occasion.blocked.clone())
        } else {
            None
        },
        lost: site.lost.clone().or_else(|| leaf?.swallowed.map(str::to_owned)),
        filtered: !started.is_empty() && started.iter().all(|occasion| occasion.filtered),
    }
}

/// The place, with the way that leads from it to the command.
fn told(site: &Site, leaf: Option<&Leaf>) -> Because {
    let mut notes: Vec<String> = site.via.iter().map(|via| format!("called from {via}")).collect();
    if let Some(leaf) = leaf.filter(|leaf| !leaf.tasks.is_empty()) {
        notes.extend(leaf.tasks.iter().filter(|(_, file)| !file.is_empty()).map(|(name, file)| {
            if name.is_empty() { format!("runs {file}") } else { format!("runs {name} in {file}") }
        }));
        notes.push(leaf.text());
    }
    let because = site.because.clone();
    if notes.is_empty() { because } else { because.noted(notes.join("; ")) }
}

fn starts(occasions: &[Occasion], on: &[String]) -> bool {
    occasions.iter().any(|occasion| occasion.blocked.is_none() && asked(on, &occasion.event))
}

/// Whether this event is one of those asked for: none asked for means any, and `!` in front takes one away.
fn asked(on: &[String], event: &str) -> bool {
    let event = if event == "pull_request_target" { "pull_request" } else { event };
    let mut away = on.iter().filter_map(|wanted| wanted.strip_prefix('!'));
    let mut named = on.iter().filter(|wanted| !wanted.starts_with('!')).peekable();
    let any = named.peek().is_none();
    away.all(|other| other != event) && (any || named.any(|wanted| wanted == event))
}

/// Why it cannot be told whether a command serves the purpose: what it runs is known at run time only.
fn only_then(site: &Site, purpose: Purpose) -> Option<String> {
    if let Some((name, _)) = &site.action {
        // A command of an orb, or an action of another repository, that is not in the table.
        let orb = name.matches('/').count() == 2 && !name.contains('@');
        let plain = super::command::action_name(name);
        let last = plain.rsplit('/').next().unwrap_or(&plain);
        let says = orb && task_says(last, purpose)
            || name.contains('@') && action_says(&plain, purpose) && !action_known(name, purpose);
        let place = site.because.place().unwrap_or_default();
        return says.then(|| format!("{place} uses {name}, which cannot be read"));
    }
    if let Some(leaf) = site.leaves.iter().find(|leaf| reads_pipeline(&leaf.words)) {
        let place = site.because.place().unwrap_or_default();
        return Some(format!("{place} runs `{}`, which reads steps that only the run knows", leaf.text()));
    }
    let [job, step] = &site.names;
    let leaf = site.leaves.iter().find(|leaf| {
        let first = leaf.words.first().map_or("", String::as_str);
        let variable = first.starts_with('$') && !first.contains('/');
        let says = |name: &str| {
            name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| task_says(word, purpose))
        };
        variable && (says(first) || says(job) || says(step) || leaf.tasks.iter().any(|(name, _)| says(name)))
    })?;
    let place = site.because.place().unwrap_or_default();
    Some(format!("{place} runs `{}`, which only the run knows", leaf.text()))
}

/// Words in the name of an action that only has to do with tests or releases: it reports, prepares or waits for them.
const ASIDE: &str = "report reporter reporting reports result results comment summary draft drafter notes note status notify notification notifier setup \
    install cleanup delete cancel label labeler check wait find get upload download annotate annotations preview changelog version downloader latest allure \
    linear getsentry sentry jira datadog slack discord";

/// Whether the name of an action says that it serves the purpose: `run-tests`, `deploy-to-cluster`, `releaser`.
fn action_says(name: &str, purpose: Purpose) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let split = |text| str::split(text, |letter: char| !letter.is_ascii_alphanumeric());
    // `releaser`, `deployer`, `publisher`.
    let says = |word: &str| {
        let doer =
            ["r", "er"].iter().any(|end| word.strip_suffix(end).is_some_and(|verb| task_says(verb, purpose)));
        doer || task_says(word, purpose)
    };
    split(last).any(says) && !split(name).any(|word| ASIDE.split_whitespace().any(|aside| aside == word))
}

/// Whether the command adds steps that another one prints to the pipeline.
fn reads_pipeline(words: &[String]) -> bool {
    let Some(rest) = words.strip_prefix(&["buildkite-agent", "pipeline", "upload"].map(str::to_owned)) else {
        return false;
    };
    rest.iter().all(|word| word.starts_with('-'))
}

/// A workflow of another repository that is told from its permissions.
fn granted(external: &External, scope: &str, on: &[String]) -> Run {
    let via = external.via.iter().map(|via| format!("called from {via}; "));
    let note = via.chain([format!("it may write {scope}")]).collect::<String>();
    let mut started = external.occasions.iter().filter(|one| one.blocked.is_none() && asked(on, &one.event));
    Run {
        because: external.because.clone().noted(note),
        started: true,
        events: external.occasions.iter().map(|occasion| occasion.event.clone()).collect(),
        blocked: None,
        lost: None,
        filtered: started.all(|occasion| occasion.filtered),
    }
}

/// Whether a reusable workflow of somewhere else says by its name that it may serve the purpose.
fn telling(uses: &str, purpose: Purpose) -> bool {
    let file = uses.split('@').next().unwrap_or(uses).rsplit('/').next().unwrap_or(uses);
    let stem = file.split('.').next().unwrap_or(file);
    let words = || stem.split(['-', '_', '.']);
    // `build-and-push` of somewhere else.
    let pushes = purpose.name() == "deploy"
        && words().any(|word| word == "push")
        && words()
            .any(|word| ["build", "image", "images", "docker", "container", "containers"].contains(&word));
    pushes
        || task_says(stem, purpose)
        || stem.split(['-', '_']).any(|word| ["ci", "checks", "pipeline"].contains(&word))
}
