//! `container`: the images that the repository builds for production.

mod content;
mod user;
mod workloads;

use super::select::few;
use super::{Check, Kind, build, schema};
use crate::evidence::{Facet, Image, Needs, View, images};
use crate::words::{Because, Judgement, Truth, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "container",
    summary: "Every image that is built for production runs, and is built, as asked.",
    details: "\
Reads the Dockerfiles of the repository, by stage, with the defaults of their arguments put in. Those for development, tests, CI and builds do not \
count: their name, folder or stage says so, or the image has nothing to run. Of each the last stage counts, or the one that a compose file, a bake \
file, a platform or CI asks for. All that is asked must hold for every image; those that are otherwise are the places at fault.

`user: nonroot`: the last `USER` of the stage, or of what it is built on, is another than root. Where there is none: the base image is known to set one, \
the entrypoint goes on as another user (`gosu`, `su-exec`, `setpriv`, `su`), or every pod or compose service that runs the image sets a user. A user \
that is created and not switched to counts as root. Unknown where it depends on a base image that nobody knows.
`pinned: true`: each base image has a digest or a tag that names a version.
`health: true`: the image has a `HEALTHCHECK`, or what runs it has a probe.
`secrets: none`: no secret is written into `ENV` or `ARG`, and no file of secrets is copied.
`ignore_file: true`: where everything is copied, a `.dockerignore` says what is left out.

False where no image is built.",
    example: "container: { user: nonroot }",
    schema: schema::<ContainerCheck>,
    build: build::<ContainerCheck>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ContainerCheck {
    /// Who the image runs as.
    #[serde(default)]
    user: Option<User>,
    /// Base images name a version.
    #[serde(default)]
    pinned: bool,
    /// A health check is configured.
    #[serde(default)]
    health: bool,
    /// What secrets the Dockerfile may hold.
    #[serde(default)]
    secrets: Option<Secrets>,
    /// A `.dockerignore` exists where everything is copied.
    #[serde(default)]
    ignore_file: bool,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum User {
    /// Anybody but root.
    Nonroot,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Secrets {
    /// None at all.
    None,
}

/// How one image came out, and what tells.
enum Side {
    Good(Because),
    Bad(Because),
    Unknown(String),
}

impl Check for ContainerCheck {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.extend([Facet::Infra, Facet::Ci]);
        if self.user.is_some() {
            needs.patterns.insert(user::drops());
        }
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let all = images(view.tree);
        if all.is_empty() {
            return none_built(view);
        }
        let (mut good, mut bad, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for image in &all {
            if let Some((line, error)) = &image.file.error {
                unknown.push(Unknown::because(format!("{}:{line}: {error}", image.path)));
                continue;
            }
            for side in self.sides(image, view) {
                match side {
                    Side::Good(because) => good.push(because),
                    Side::Bad(because) => bad.push(because),
                    Side::Unknown(reason) => unknown.push(Unknown::because(reason)),
                }
            }
        }
        let once = |list: &mut Vec<Because>| {
            let mut seen = Vec::new();
            list.retain(|one| {
                !seen.contains(one) && {
                    seen.push(one.clone());
                    true
                }
            });
        };
        once(&mut good);
        once(&mut bad);
        if !bad.is_empty() {
            Judgement::no(bad)
        } else if !unknown.is_empty() {
            Judgement { truth: Truth::Unknown, because: good, unknown }
        } else {
            Judgement::yes(few(good, "images"))
        }
    }
}

impl ContainerCheck {
    fn sides(&self, image: &Image<'_>, view: &View<'_>) -> Vec<Side> {
        let mut sides = Vec::new();
        if matches!(self.user, Some(User::Nonroot)) {
            sides.push(user::judge(image, view));
        }
        if self.pinned {
            sides.extend(content::pinned(image));
        }
        if self.health {
            sides.push(workloads::health(image, view));
        }
        if matches!(self.secrets, Some(Secrets::None)) {
            sides.extend(content::secrets(image));
        }
        if self.ignore_file {
            sides.push(content::ignore_file(image, view));
        }
        sides
    }
}

/// Nothing is built, or what builds it could not be read.
fn none_built(view: &View<'_>) -> Judgement {
    let broken = view.tree.infra().filter_map(|(file, infra)| {
        let dockerfile = infra.dockerfile.as_ref().filter(|dockerfile| dockerfile.stages.is_empty())?;
        let (line, error) = dockerfile.error.as_ref()?;
        Some(Unknown::because(format!("{}:{line}: {error}", file.path)))
    });
    let unknown: Vec<Unknown> = broken.collect();
    if unknown.is_empty() {
        return Judgement::no(vec![Because::note("no Dockerfile builds an image for production")]);
    }
    Judgement { truth: Truth::Unknown, because: Vec::new(), unknown }
}
