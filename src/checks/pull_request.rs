//! `pull_request`: what the pull request says of itself.

use super::{Check, Kind, build, schema};
use crate::evidence::{Fact, Needs, OneOrMany, Pattern, PullRequest, View};
use crate::regexes::Late;
use crate::words::{Because, Judgement, Known, Truth, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "pull_request",
    summary: "The pull request is as described.",
    details: "\
Looks at the pull request's own texts and state. Of several parameters all must hold; of several regexes or labels any counts.

Where there is no pull request (on a laptop, on a push) every question about one is unknown, except `exists`. So a rule about \
pull requests says `when: { pull_request: { exists: true } }` and does not apply elsewhere. Commits and approvals are asked of the \
platform; without the permission they are unknown.",
    example: "pull_request: { title: '^(feat|fix|docs)(\\(.+\\))?: ', draft: false }",
    schema: schema::<PullRequestCheck>,
    build: build::<PullRequestCheck>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PullRequestCheck {
    /// Whether there is a pull request.
    exists: Option<bool>,
    /// Regexes on the title.
    title: Option<OneOrMany<Pattern>>,
    /// Regexes on the description.
    body: Option<OneOrMany<Pattern>>,
    /// Regexes on the name of the branch that is merged.
    branch: Option<OneOrMany<Pattern>>,
    /// Regexes on the name of the branch that it is merged into.
    base: Option<OneOrMany<Pattern>>,
    /// Regexes on the author's login.
    author: Option<OneOrMany<Pattern>>,
    /// Names of labels.
    labels: Option<OneOrMany<String>>,
    /// Whether it is a draft.
    draft: Option<bool>,
    /// Whether a bot wrote it.
    bot: Option<bool>,
    /// Whether it comes from another repository.
    fork: Option<bool>,
    /// Whether title or description link an issue (`#12`, `ABC-12`, or its address).
    issue: Option<bool>,
    /// Regexes that the message of every commit must match.
    commits: Option<OneOrMany<Pattern>>,
    /// How many reviewers must approve.
    approvals: Option<usize>,
}

/// What links an issue.
static ISSUE: Late = Late::of(
    r"(?:^|[\s(\[:])(?:[\w.-]+/[\w.-]+)?#\d+\b|\b[A-Z][A-Z0-9]+-\d+\b|https?://\S+/(?:issues|browse|issue)/\S+",
);

impl Check for PullRequestCheck {
    fn needs(&self, needs: &mut Needs) {
        needs.facts.extend(self.commits.as_ref().map(|_| Fact::Commits));
        needs.facts.extend(self.approvals.map(|_| Fact::Approvals));
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        match view.pull_request {
            Known::Known(request) if self.exists == Some(false) => {
                Judgement::no(vec![Because::note(format!("this is pull request #{}", request.number))])
            }
            Known::Known(request) => self.judge_request(request),
            Known::Absent(reason) => match self.exists {
                Some(exists) => Judgement::new(!exists, vec![Because::note(reason.clone())]),
                None => Judgement::unknown(Unknown::because(reason.clone())),
            },
            Known::Unknown(unknown) => Judgement::unknown(unknown.clone()),
        }
    }
}

/// Parts of the answer: what does not hold, and what is not known.
#[derive(Default)]
struct Answer {
    good: Vec<Because>,
    bad: Vec<Because>,
    unknown: Vec<Unknown>,
}

impl Answer {
    fn say(&mut self, holds: bool, what: String) {
        if holds { self.good.push(Because::note(what)) } else { self.bad.push(Because::note(what)) }
    }

    fn text(&mut self, patterns: Option<&OneOrMany<Pattern>>, name: &str, text: &str) {
        if let Some(patterns) = patterns {
            let shown: String = text.chars().take(Because::MAX_TEXT).collect();
            self.say(any_matches(patterns, text), format!("the {name} is `{}`", shown.trim()));
        }
    }

    fn flag(&mut self, wanted: Option<bool>, is: bool, what: &str) {
        if let Some(wanted) = wanted {
            let not = if is { "" } else { "not " };
            self.say(wanted == is, format!("it is {not}{what}"));
        }
    }
}

fn any_matches(patterns: &OneOrMany<Pattern>, text: &str) -> bool {
    patterns.0.iter().any(|pattern| pattern.is_match(text))
}

impl PullRequestCheck {
    fn judge_request(&self, request: &PullRequest) -> Judgement {
        let mut answer = Answer::default();
        answer.text(self.title.as_ref(), "title", &request.title);
        answer.text(self.body.as_ref(), "description", &request.body);
        answer.text(self.branch.as_ref(), "branch", &request.head_ref);
        answer.text(self.base.as_ref(), "target branch", &request.base_ref);
        answer.text(self.author.as_ref(), "author", &request.author);
        answer.flag(self.draft, request.draft, "a draft");
        answer.flag(self.bot, request.bot, "a bot's");
        answer.flag(self.fork, request.fork, "from a fork");
        if let Some(labels) = &self.labels {
            let holds = labels.0.iter().any(|label| request.labels.contains(label));
            answer.say(holds, format!("its labels are: {}", request.labels.join(", ")));
        }
        if let Some(wanted) = self.issue {
            let links = ISSUE.is_match(&request.title) || ISSUE.is_match(&request.body);
            answer.say(wanted == links, format!("it links {}", if links { "an issue" } else { "no issue" }));
        }
        self.platform(request, &mut answer);
        let truth = match (answer.bad.is_empty(), answer.unknown.is_empty()) {
            (false, _) => Truth::False,
            (true, false) => Truth::Unknown,
            (true, true) => Truth::True,
        };
        let because = if truth == Truth::False { answer.bad } else { answer.good };
        Judgement {
            truth,
            because,
            unknown: if truth == Truth::Unknown { answer.unknown } else { Vec::new() },
        }
    }

    fn platform(&self, request: &PullRequest, answer: &mut Answer) {
        if let Some(patterns) = &self.commits {
            match &request.commits {
                Known::Known(commits) => {
                    for commit in commits {
                        let title = commit.message.lines().next().unwrap_or_default();
                        let id: String = commit.id.chars().take(8).collect();
                        answer.say(
                            any_matches(patterns, &commit.message),
                            format!("commit {id} says `{title}`"),
                        );
                    }
                }
                Known::Absent(reason) => answer.unknown.push(Unknown::because(reason.clone())),
                Known::Unknown(unknown) => answer.unknown.push(unknown.clone()),
            }
        }
        if let Some(least) = self.approvals {
            match &request.approvals {
                Known::Known(approvals) => {
                    let count = approvals.len();
                    answer.say(count >= least, format!("it has {count} approvals, {least} are asked for"));
                }
                Known::Absent(reason) => answer.unknown.push(Unknown::because(reason.clone())),
                Known::Unknown(unknown) => answer.unknown.push(unknown.clone()),
            }
        }
    }
}
