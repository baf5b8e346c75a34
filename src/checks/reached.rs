//! `reached`: a stage of the policy is met.

use super::{Check, Kind, build, schema};
use crate::evidence::{Needs, View};
use crate::words::{Because, Judgement, Stage, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "reached",
    summary: "The repository meets this stage of the policy.",
    details: "Takes the name of a stage. Rules that ask for it are evaluated after all others, on what those came to. Rules of this sort do not count for the stages themselves.",
    example: "reached: foundation",
    schema: schema::<Reached>,
    build: build::<Reached>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
struct Reached(Stage);

impl Check for Reached {
    fn needs(&self, _: &mut Needs) {}

    fn judge(&self, view: &View<'_>) -> Judgement {
        let name = self.0.name();
        let Some(reached) = view.reached else {
            return Judgement::unknown(Unknown::because(format!(
                "whether stage {name} is reached is not known yet"
            )));
        };
        let met = reached.contains(&self.0);
        let word = if met { "reached" } else { "not reached" };
        Judgement::new(met, vec![Because::note(format!("stage {name} is {word}"))])
    }

    fn last(&self) -> bool {
        true
    }
}
