//! `capability`: the system can do something, by the signals of the catalogue.

use super::{Check, Kind, build, schema};
use crate::evidence::{Needs, View};
use crate::words::{Because, Grade, Judgement, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "capability",
    summary: "The catalogue's signals prove a capability, with at least this grade.",
    details: "`name` is the capability's id. `grade` is the least proof that counts: `declared` (a manifest names it; the default), \
        `configured` (configuration, environment or infrastructure sets it up), `wired` (product code uses it), `exercised` (a test, \
        an alert or a CI step uses it). The name alone may stand for both. Where there is weaker proof than asked for, each \
        piece of it is told.",
    example: "capability: { name: error-tracking, grade: wired }",
    schema: schema::<CapabilityCheck>,
    build: build::<CapabilityCheck>,
};

/// A capability by its id, or with a grade.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "this takes the id of a capability, or `name` and `grade`")]
enum CapabilityCheck {
    /// Any proof will do.
    Name(String),
    /// Proof of a grade.
    Graded(Graded),
}

/// A capability and the least grade.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Graded {
    /// Id of the capability.
    name: String,
    /// The least grade that counts.
    #[serde(default = "declared")]
    grade: Grade,
}

const fn declared() -> Grade {
    Grade::Declared
}

impl Check for CapabilityCheck {
    /// Nothing: the capabilities of the policy are gathered for the inventory in any case.
    fn needs(&self, _: &mut Needs) {}

    fn judge(&self, view: &View<'_>) -> Judgement {
        let (name, least) = match self {
            Self::Name(name) => (name, Grade::Declared),
            Self::Graded(graded) => (&graded.name, graded.grade),
        };
        let Some(proof) = view.proof(name) else {
            return Judgement::unknown(Unknown::because(format!("the catalogue has no capability `{name}`")));
        };
        let (enough, weaker): (Vec<Because>, Vec<Because>) =
            proof.into_owned().into_iter().partition(|because| because.grade >= Some(least));
        if !enough.is_empty() {
            return Judgement::yes(enough);
        }
        let told = |because: Because| {
            let technology = because.note.as_deref().map(|note| format!("{note} is ")).unwrap_or_default();
            let grade = because.grade.map_or("found", Grade::name);
            let note = format!("{technology}{grade}, but not {}", least.name());
            because.noted(note)
        };
        if weaker.is_empty() {
            let capabilities = view.capabilities.iter().filter(|capability| capability.id == *name);
            let signals = capabilities.flat_map(|capability| &capability.signals);
            let count = signals.filter(|signal| signal.grade >= least).count();
            return Judgement::no(vec![Because::note(format!(
                "no sign of it among {count} signals of `{name}`"
            ))]);
        }
        Judgement::no(weaker.into_iter().map(told).collect())
    }
}
