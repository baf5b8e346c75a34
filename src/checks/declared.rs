//! `declared`: the policy asks for a stage.

use super::{Check, Kind, build, schema};
use crate::evidence::{Needs, View};
use crate::words::{Because, Judgement, Stage};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "declared",
    summary: "The policy asks this repository for a stage, or for a later one.",
    details: "Takes the name of a stage and compares it with the `stage` of the policy that binds. What a stage asks for is not too early where the stage is declared. \
        False where no policy is known.",
    example: "declared: scale",
    schema: schema::<Declared>,
    build: build::<Declared>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
struct Declared(Stage);

impl Check for Declared {
    fn needs(&self, _: &mut Needs) {}

    fn judge(&self, view: &View<'_>) -> Judgement {
        let Some(stage) = view.declared else {
            return Judgement::no(vec![Because::note("no policy declares a stage")]);
        };
        Judgement::new(
            stage >= self.0,
            vec![Because::note(format!("the policy asks for stage {}", stage.name()))],
        )
    }
}
