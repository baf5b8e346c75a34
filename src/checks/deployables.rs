//! `deployables`: how many programs are deployed from here.

use super::{Check, Kind, build, schema};
use crate::evidence::{AUTHOR_DAYS, Deployables, Needs, View, deployables, needs_of_deployables};
use crate::words::{Because, Judgement, Known, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "deployables",
    summary: "No more programs are deployed from here than somebody can run.",
    details: "\
Counts what is deployed by itself in three ways, and takes the way that finds most: images that are built here, workloads of Kubernetes, compose and Terraform that run \
an image of ours, and programs that begin to serve, each below a manifest of its own. Variants of one image (`Dockerfile.prod`), a second process of the same image, tests, \
examples, and what only somebody else's image runs do not count.

True while there are no more than `at_most`. With `for_each_author` there may also be so many for each person who wrote a commit in the 90 days before the head; robots \
do not count. Where the history of the clone is cut and the number of people could turn the answer, it is unknown; where there is no history, `at_most` decides alone.",
    example: "deployables: { at_most: 4, for_each_author: 0.5 }",
    schema: schema::<AtMost>,
    build: build::<AtMost>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AtMost {
    /// So many are few, whoever works on them.
    at_most: usize,
    /// How many more there may be for each person who works on them.
    #[serde(default)]
    for_each_author: Option<f64>,
}

/// Names that are told.
const TOLD: usize = 12;

impl Check for AtMost {
    fn needs(&self, needs: &mut Needs) {
        needs_of_deployables(needs);
        needs.authors |= self.for_each_author.is_some();
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let found = deployables(view);
        let count = found.units.len();
        let told = told(&found);
        if count <= self.at_most {
            return Judgement::yes(vec![Because::note(told)]);
        }
        let Some(each) = self.for_each_author else {
            return Judgement::no(vec![Because::note(format!(
                "{told}; no more than {} are few",
                self.at_most
            ))]);
        };
        match view.authors {
            Known::Known(authors) => {
                let people = if *authors == 1 { "1 person".into() } else { format!("{authors} people") };
                let told = format!("{told}; {people} worked on it in {AUTHOR_DAYS} days");
                // Counts of people and programs are small: nothing is lost.
                #[allow(clippy::cast_precision_loss)]
                let enough = count as f64 <= *authors as f64 * each;
                Judgement::new(enough, vec![Because::note(told)])
            }
            Known::Unknown(unknown) => {
                let reason = format!("{told}; {}", unknown.reason);
                Judgement::unknown(Unknown { reason, ..unknown.clone() })
            }
            Known::Absent(_) => {
                let told = format!("{told}; how many people work on it is not known here");
                Judgement::no(vec![Because::note(told)])
            }
        }
    }
}

/// What there is, in one line.
fn told(found: &Deployables) -> String {
    let count = found.units.len();
    if count == 0 {
        return "nothing is deployed from here".to_owned();
    }
    let shown = |name: &String| if name.is_empty() { "the root".to_owned() } else { format!("`{name}`") };
    let mut names: Vec<String> = found.units.keys().take(TOLD).map(shown).collect();
    if count > TOLD {
        names.push(format!("{} more", count - TOLD));
    }
    let way = if count == 1 { found.way.trim_end_matches('s') } else { found.way };
    format!("{count} {way}: {}", names.join(", "))
}
