//! `probes`: what platforms ask for, the code answers.

use super::select::few;
use super::{Check, Kind, build, schema};
use crate::evidence::{Asked, Needs, View, needs_of_probes, probes};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "probes",
    summary: "The paths that probes of platforms ask for are answered by the code.",
    details: "\
Reads what `HEALTHCHECK` of Dockerfiles and `healthcheck` of compose files ask their own machine for, probes of Kubernetes (charts too) and ECS, and the health checks of Fly, Render, Railway, \
App Engine, DigitalOcean, Kamal, Cloud Foundry and Copilot; of load balancers, App Runner and Cloud Run only where one image is built here and there is one of them. Only programs count that are built here \
of code from here on a plain base image, and only paths whose last part says that it is about health (`/healthz`, `/up`, `/api/status` ...).

`found`: there is such a probe.
`answered`: something could answer each of them: a string, a symbol or a pattern in the code that is the end of the path (what is in front may be mounted elsewhere) or what it is mounted below, a file that is a \
route by its name, a setting that is no probe, or a package that answers by itself (the actuator of Spring, django-health-check, okcomputer ...). Probes that nobody can answer are the places at fault.",
    example: "probes: answered",
    schema: schema::<Probes>,
    build: build::<Probes>,
};

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Probes {
    /// There is a probe for a path of health.
    Found,
    /// Each is answered.
    Answered,
}

impl Check for Probes {
    fn needs(&self, needs: &mut Needs) {
        needs_of_probes(needs);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let all = probes(view);
        if all.is_empty() {
            let none = vec![Because::note("no probe asks a program that is built here for a path of health")];
            return match self {
                Self::Found => Judgement::no(none),
                Self::Answered => Judgement::yes(none),
            };
        }
        let place = |one: &Asked| Because::line(&*one.probe.path, one.probe.line, &one.probe.text);
        let unanswered: Vec<Because> =
            all.iter().filter(|one| one.answer.is_none()).map(|one| place(one).noted(nobody(one))).collect();
        if matches!(self, Self::Answered) && !unanswered.is_empty() {
            return Judgement::no(unanswered);
        }
        let answered = all.iter().map(|one| {
            let by = one.answer.as_ref().and_then(Because::place).unwrap_or_default();
            if by.is_empty() { place(one) } else { place(one).noted(format!("answered by {by}")) }
        });
        Judgement::yes(few(answered.collect(), "probes"))
    }
}

fn nobody(one: &Asked) -> String {
    let asks = &one.probe.asks;
    match &one.nearest {
        Some((path, place)) => format!("no route answers `{asks}`; the code has `{path}` ({place})"),
        None => format!("no route answers `{asks}`: the code does not name it"),
    }
}
