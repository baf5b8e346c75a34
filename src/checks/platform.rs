//! `platform`: what GitHub's settings demand, and what it warns of.

use super::{Check, Kind, build, schema};
use crate::evidence::{Alert, AlertSeverity, BranchRules, Fact, Needs, OneOrMany, Pattern, Platform, View};
use crate::words::{Because, Judgement, Known, Truth, Unknown};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "platform",
    summary: "The settings of the repository on GitHub are as described.",
    details: "\
Asked of GitHub, and only where a rule asks: each fact is one request, and a policy without this check costs none. Of several \
parameters all must hold. Settings are the same before and after a change, so that with `enforce: new` a failure is always an \
`existing` one; `enforce: always` blocks on it.

| fact | where it is read | least permission |
| --- | --- | --- |
| `branch` | `ref.rules and ref.refUpdateRule (GraphQL)` | `contents: read` |
| `environment` | `environments` | `actions: read` |
| `alerts` from `dependabot` | `dependabot/alerts` | `vulnerability-alerts: read` |
| `alerts` from `code_scanning` | `code-scanning/alerts` | `security-events: read` |
| `owners_valid` | `codeowners/errors` | `contents: read` |
| `property` | `properties/values` | `metadata: read` |

Without the permission, without a token and where GitHub does not answer, the fact is unknown, with the `permissions:` line that \
it takes. `available: true` in a rule's `when` lets it apply only where GitHub can be asked at all. `branch` is the one that the \
pull request is merged into, else the default branch; it joins rulesets (those of the organization too) with what a reader sees of \
classic protection. What a reader cannot see of that makes an answer unknown, never false.",
    example: "platform: { branch: { reviews: 1, code_owners: true, checks: ['^production-readiness$'] } }",
    schema: schema::<PlatformCheck>,
    build: build::<PlatformCheck>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PlatformCheck {
    /// Whether GitHub can be asked at all.
    available: Option<bool>,
    /// What the branch demands of changes.
    branch: Option<Branch>,
    /// An environment that is there.
    environment: Option<Environment>,
    /// At least one such alert is open; for `forbid`.
    alerts: Option<Alerts>,
    /// Whether GitHub finds no error in CODEOWNERS.
    owners_valid: Option<bool>,
    /// A custom property of the repository.
    property: Option<Property>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Branch {
    /// Whether it changes only by pull requests.
    pull_request: Option<bool>,
    /// Least number of approving reviews.
    reviews: Option<u32>,
    /// Whether code owners have to approve.
    code_owners: Option<bool>,
    /// Whether a new commit dismisses approvals.
    dismiss_stale: Option<bool>,
    /// Regexes; a required check must match each.
    checks: Option<OneOrMany<Pattern>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Environment {
    /// Regex on its name.
    name: Pattern,
    /// Whether somebody has to approve of a deployment.
    reviewers: Option<bool>,
    /// Whether only some branches may be deployed.
    branches: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Warner {
    /// Vulnerable dependencies.
    Dependabot,
    /// Flaws in the code.
    CodeScanning,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Alerts {
    /// Who raised them.
    from: Warner,
    /// Least severity; every one where nothing is said.
    #[serde(default)]
    severity: AlertSeverity,
    /// Open for more than so many days; 0 where nothing is said, and then today's count too.
    #[serde(default)]
    days: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Property {
    /// Its name.
    name: String,
    /// Values, one of which it has; any where nothing is said.
    value: Option<OneOrMany<String>>,
}

impl Check for PlatformCheck {
    fn needs(&self, needs: &mut Needs) {
        needs.facts.extend(self.branch.as_ref().map(|_| Fact::Branch));
        needs.facts.extend(self.environment.as_ref().map(|_| Fact::Environments));
        needs.facts.extend(self.alerts.as_ref().map(|alerts| match alerts.from {
            Warner::Dependabot => Fact::Dependabot,
            Warner::CodeScanning => Fact::CodeScanning,
        }));
        needs.facts.extend(self.owners_valid.map(|_| Fact::OwnersErrors));
        needs.facts.extend(self.property.as_ref().map(|_| Fact::Properties));
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let platform = view.platform;
        let mut answer = Answer::default();
        if let Some(wanted) = self.available {
            let (is, note) = match &platform.repository {
                Known::Known(name) => (true, format!("GitHub can be asked about {name}")),
                Known::Absent(reason) => (false, reason.clone()),
                Known::Unknown(unknown) => (false, unknown.reason.clone()),
            };
            answer.say(wanted == is, Because::note(note));
        }
        if let Some(branch) = &self.branch {
            answer.about(&platform.branch, |rules, answer| branch.judge(rules, answer));
        }
        if let Some(environment) = &self.environment {
            answer.about(&platform.environments, |all, answer| environment.judge(all, answer));
        }
        if let Some(alerts) = &self.alerts {
            answer.about(alerts.of(platform), |all, answer| alerts.judge(all, view.today, answer));
        }
        if let Some(wanted) = self.owners_valid {
            answer.about(&platform.owners_errors, |errors, answer| {
                let places = errors.iter().map(|error| Because {
                    path: Some(error.path.clone()),
                    line: Some(error.line),
                    ..Because::note(&error.kind)
                });
                if errors.is_empty() {
                    answer.say(wanted, Because::note("GitHub finds no error in CODEOWNERS"));
                }
                places.for_each(|place| answer.say(!wanted, place));
            });
        }
        if let Some(property) = &self.property {
            answer.about(&platform.properties, |all, answer| {
                let values = all.get(&property.name).map(Vec::as_slice).unwrap_or_default();
                let holds = match &property.value {
                    Some(wanted) => values.iter().any(|value| wanted.0.contains(value)),
                    None => !values.is_empty(),
                };
                let shown =
                    if values.is_empty() { "not set".to_owned() } else { format!("`{}`", values.join(", ")) };
                answer.say(holds, Because::note(format!("the property `{}` is {shown}", property.name)));
            });
        }
        answer.judgement()
    }
}

impl Branch {
    fn judge(&self, rules: &BranchRules, answer: &mut Answer) {
        let name = &rules.name;
        let hidden = rules.hidden.as_deref();
        let not = |is: bool| if is { "" } else { "not " };
        if let Some(wanted) = self.pull_request {
            let is = rules.pull_request;
            answer.seen(wanted, is, hidden, format!("`{name}` does {}demand a pull request", not(is)));
        }
        if let Some(least) = self.reviews {
            let count = rules.reviews;
            let note = format!("`{name}` demands {count} approving reviews, {least} are asked for");
            answer.seen(true, count >= least, hidden, note);
        }
        if let Some(wanted) = self.code_owners {
            let is = rules.code_owners;
            answer.seen(
                wanted,
                is,
                hidden,
                format!("`{name}` does {}demand that code owners approve", not(is)),
            );
        }
        if let Some(wanted) = self.dismiss_stale {
            let is = rules.dismiss_stale == Some(true);
            let unseen = rules.dismiss_stale.is_none().then_some("that is not visible to this token");
            let hidden = hidden.or(unseen);
            answer.seen(
                wanted,
                is,
                hidden,
                format!("on `{name}` a new commit does {}dismiss approvals", not(is)),
            );
        }
        for pattern in self.checks.iter().flat_map(|checks| &checks.0) {
            let found = rules.checks.iter().find(|check| pattern.is_match(check));
            let note = match found {
                Some(check) => format!("`{name}` requires the check `{check}`"),
                None => format!("`{name}` requires no check that matches `{}`", pattern.0),
            };
            answer.seen(true, found.is_some(), hidden, note);
        }
    }
}

impl Environment {
    fn judge(&self, all: &[crate::evidence::DeployEnvironment], answer: &mut Answer) {
        let named: Vec<_> = all.iter().filter(|one| self.name.is_match(&one.name)).collect();
        if named.is_empty() {
            answer.say(false, Because::note(format!("no environment is called `{}`", self.name.0)));
        }
        for one in named {
            let name = &one.name;
            answer.say(true, Because::note(format!("there is the environment `{name}`")));
            if let Some(wanted) = self.reviewers {
                let note = format!("`{name}` has {} who must approve of deployments", one.reviewers);
                answer.say(wanted == (one.reviewers > 0), Because::note(note));
            }
            if let Some(wanted) = self.branches {
                let which = if one.branches { "some branches" } else { "every branch" };
                answer.say(wanted == one.branches, Because::note(format!("`{name}` takes {which}")));
            }
        }
    }
}

impl Alerts {
    const fn of<'a>(&self, platform: &'a Platform) -> &'a Known<Vec<Alert>> {
        match self.from {
            Warner::Dependabot => &platform.dependabot,
            Warner::CodeScanning => &platform.code_scanning,
        }
    }

    fn judge(&self, all: &[Alert], today: NaiveDate, answer: &mut Answer) {
        let age = |alert: &Alert| (today - alert.since.0).num_days();
        let old = |alert: &Alert| self.days == 0 || age(alert) > i64::from(self.days);
        let open: Vec<_> = all.iter().filter(|alert| alert.severity >= self.severity && old(alert)).collect();
        if open.is_empty() {
            answer.say(false, Because::note("no such alert is open"));
        }
        for alert in open {
            let Alert { number, about, severity, .. } = alert;
            let note = format!(
                "alert #{number} ({}) about `{about}` is open for {} days",
                severity.name(),
                age(alert)
            );
            answer.say(true, Because::note(note));
        }
    }
}

/// Parts of the answer: what holds, what does not, and what is not known.
#[derive(Default)]
struct Answer {
    good: Vec<Because>,
    bad: Vec<Because>,
    unknown: Vec<Unknown>,
}

impl Answer {
    fn say(&mut self, holds: bool, because: Because) {
        if holds { self.good.push(because) } else { self.bad.push(because) }
    }

    /// A setting that is seen is there; one that is not may be hidden.
    fn seen(&mut self, wanted: bool, is: bool, hidden: Option<&str>, note: String) {
        match hidden.filter(|_| !is) {
            Some(reason) => self.unknown.push(Unknown::because(format!("{note}, but {reason}"))),
            None => self.say(wanted == is, Because::note(note)),
        }
    }

    fn about<T>(&mut self, known: &Known<T>, judge: impl FnOnce(&T, &mut Self)) {
        match known {
            Known::Known(value) => judge(value, self),
            Known::Absent(reason) => self.bad.push(Because::note(reason.clone())),
            Known::Unknown(unknown) => self.unknown.push(unknown.clone()),
        }
    }

    fn judgement(self) -> Judgement {
        match (self.bad.is_empty(), self.unknown.is_empty()) {
            (false, _) => Judgement::no(self.bad),
            (true, true) => Judgement::yes(self.good),
            (true, false) => Judgement { truth: Truth::Unknown, because: self.good, unknown: self.unknown },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_names_each_facts_source_and_permission() {
        for fact in Fact::ALL.iter().filter(|fact| !fact.of_pull_request()) {
            let (place, permission) = fact.source();
            assert!(KIND.details.contains(&format!("| `{place}` | `{permission}` |")), "{fact:?}");
        }
    }
}
