//! `api`: the description of an API, and what the change breaks in it.

mod contracts;
mod described;

use super::{Check, Kind, build, schema};
use crate::evidence::{
    Announcement, ApiFile, Change, Difference, Documents, Facet, File, Level, Needs, Reading, Tree, View,
    announced, compare, route_needs,
};
use crate::words::{Because, Judgement, Known, Truth, Unknown};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "api",
    summary: "There is a description of an API, the change touches it, or it stays compatible.",
    details: "\
Reads OpenAPI 3 and Swagger 2, in YAML or JSON, spread over files by `$ref` or not; types of GraphQL (`*.graphql`), where the project serves \
them (capability `graphql-api`: clients keep copies); and Protocol Buffers (`*.proto`), of which packages such as `v1alpha` and `v1beta1` may change. Nothing is fetched.

* `exists: true`: there is a description.
* `changed: true`: the change touches a description or a part of one.
* `compatible: true`: nothing that clients rely on is gone, narrower or newly required, against the merge base; or `info.version` \
has a new major version (before 1.0 a new minor one), which announces it. A field of GraphQL that was `@deprecated` may go, and a field of Protocol Buffers whose number is `reserved`. Each break is a place. [The kinds](api-changes.md).
* `described: true`: a route that the change adds to the code stands in a description that is kept by hand, and one that it takes out does not; judged only \
where the description tells of other routes of the same file.

`level: warning` counts what may break some clients too. Several keys must all hold. `compatible` is true without a change, and unknown where the merge base cannot \
be read.",
    example: "api: { compatible: true }",
    schema: schema::<Api>,
    build: build::<Api>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Api {
    /// Whether there must be a description, or none.
    exists: Option<bool>,
    /// Whether the change must touch one, or none.
    changed: Option<bool>,
    /// Whether the change must break no client, or some.
    compatible: Option<bool>,
    /// Whether the description must follow the routes of the code that come and go.
    described: Option<bool>,
    /// From which level on a difference counts.
    #[serde(default)]
    level: Least,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Least {
    /// What breaks clients.
    #[default]
    Breaking,
    /// What may break some, too.
    Warning,
}

impl Check for Api {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.extend([Facet::Api, Facet::Manifests]);
        if self.described.is_some() {
            needs.patterns.extend(route_needs());
        }
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let parts = [
            (self.exists, exists as fn(&View<'_>, Least) -> Judgement),
            (self.changed, changed),
            (self.compatible, compatible),
            (self.described, |view, _| described::judge(view)),
        ];
        let mut because = Vec::new();
        for (wanted, judge) in parts {
            let Some(wanted) = wanted else { continue };
            let judged = judge(view, self.level);
            match (judged.truth, wanted) {
                (Truth::True, true) | (Truth::False, false) => because.extend(judged.because),
                (Truth::Unknown, _) => return judged,
                _ => return Judgement { truth: Truth::False, ..judged },
            }
        }
        Judgement::yes(because)
    }
}

fn exists(view: &View<'_>, _: Least) -> Judgement {
    let roots = roots(view.tree).map(|(file, _)| file);
    let all = roots.chain(contracts::contracts(view.tree, view).map(|(file, _)| file));
    let found: Vec<Because> = all.map(|file| Because::file(&*file.path)).take(5).collect();
    if found.is_empty() {
        return Judgement::no(vec![Because::note("no description of an API was found")]);
    }
    Judgement::yes(found)
}

fn changed(view: &View<'_>, _: Least) -> Judgement {
    let change = match view.change {
        Known::Known(change) => change,
        Known::Absent(reason) => return Judgement::no(vec![Because::note(reason)]),
        Known::Unknown(unknown) => return Judgement::unknown(unknown.clone()),
    };
    let touched: Vec<Because> = change
        .files
        .iter()
        .filter(|file| is_api(view, &file.path))
        .map(|file| Because::file(&file.path))
        .collect();
    if touched.is_empty() {
        return Judgement::no(vec![Because::note("the change touches no description of an API")]);
    }
    Judgement::yes(touched)
}

/// Whether either side has a description, or a part of one, at the path.
fn is_api(view: &View<'_>, path: &str) -> bool {
    let contract = |tree: &Tree| contracts::contracts(tree, view).any(|(file, _)| *file.path == *path);
    if contract(view.tree) || view.base.known().is_some_and(contract) {
        return true;
    }
    let has = |tree: &Tree| tree.file(path).is_some_and(|file| api(file).is_some());
    (has(view.tree) || view.base.known().is_some_and(has)) && roots(view.tree).next().is_some()
        || view.base.known().is_some_and(|base| base.file(path).and_then(api).is_some_and(|one| one.root))
}

fn compatible(view: &View<'_>, least: Least) -> Judgement {
    let (base, change) = match (view.base, view.change) {
        (Known::Known(base), Known::Known(change)) => (base, change),
        (Known::Unknown(unknown), _) | (_, Known::Unknown(unknown)) => {
            return Judgement::unknown(unknown.clone());
        }
        (Known::Absent(reason), _) | (_, Known::Absent(reason)) => {
            return Judgement::yes(vec![Because::note(reason)]);
        }
    };
    let level = if least == Least::Warning { Level::Warning } else { Level::Breaking };
    let (before, after) = (documents(base), documents(view.tree));
    let (mut broken, mut fine, mut unread) = (Vec::new(), Vec::new(), Vec::new());
    for (file, old) in roots(base) {
        let path = path_now(change, &file.path);
        if let Some(reason) = not_read(view.tree, path) {
            unread.push(reason);
            continue;
        }
        let Some((now, new)) = view.tree.file(path).and_then(|file| Some((file, api(file)?))) else {
            if change.file(&file.path).is_some() {
                broken.push(Because::file(&*file.path).noted("the description is removed"));
            }
            continue;
        };
        let differences = compare(&before, &file.path, &after, &now.path, view.today);
        let bad: Vec<Difference> = differences.into_iter().filter(|one| one.level >= level).collect();
        match announced(old.node(), new.node()) {
            _ if bad.is_empty() => fine.push(Because::file(&*now.path).noted("breaks nothing")),
            Announcement::Announced(step) => {
                fine.push(Because::file(&*now.path).noted(format!("{step} announces it")));
            }
            Announcement::Unannounced(step) => broken.extend(bad.into_iter().map(|one| place(one, &step))),
        }
    }
    let compared = contracts::compare(view, base, change);
    let bad = compared.differences.iter().filter(|one| one.level >= level);
    broken.extend(bad.map(|one| contracts::place(one, change)));
    if !broken.is_empty() {
        return Judgement::no(broken);
    }
    unread.extend(compared.unread);
    if !unread.is_empty() {
        return Judgement::unknown(Unknown::because(unread.join("; ")));
    }
    fine.extend(compared.files.into_iter().map(|path| Because::file(path).noted("breaks nothing")));
    if before.unresolved() || after.unresolved() {
        let reason = "a `$ref` leads out of the repository, so not all of the API can be compared";
        return Judgement::unknown(Unknown::because(reason));
    }
    Judgement::yes(fine)
}

fn place(difference: Difference, step: &str) -> Because {
    let Difference { kind, message, file, line, .. } = difference;
    Because::line(file, line, &message).noted(format!("{message} ({kind}; {step})"))
}

/// Why the file at the path was not read, where it is there: it is not gone.
fn not_read(tree: &Tree, path: &str) -> Option<String> {
    match &tree.file(path)?.reading {
        Reading::TooLarge => Some(format!("{path} is too large to be read")),
        Reading::Failed(reason) => Some(format!("{path} cannot be read: {reason}")),
        Reading::Read | Reading::NotAsked | Reading::Binary => None,
    }
}

/// Where the file of the merge base is now.
fn path_now<'a>(change: &'a Change, path: &'a str) -> &'a str {
    let renamed = change.files.iter().find(|file| file.old_path.as_deref() == Some(path));
    renamed.map_or(path, |file| file.path.as_str())
}

fn api(file: &File) -> Option<&ApiFile> {
    file.facts.as_ref()?.api.as_deref()
}

/// Files that start a description, in order of path.
fn roots(tree: &Tree) -> impl Iterator<Item = (&File, &ApiFile)> {
    let files = tree.files().iter().filter(|file| !file.class.ignored());
    files.filter_map(|file| Some((file, api(file).filter(|api| api.root)?)))
}

fn documents(tree: &Tree) -> Documents<'_> {
    Documents::new(tree.files().iter().filter_map(|file| Some((&*file.path, api(file)?.node()))))
}
