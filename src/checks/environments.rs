//! `environments`: development, staging and production are configured apart, and nothing of development reaches production.

use super::{Check, Kind, build, schema};
use crate::evidence::{
    Environment, EnvironmentFile, Facet, Group, Needs, Setting, View, concealed, debugs, entropy,
    environment_file, environments_of, groups, names_secret, serve_enough, stands_in,
};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "environments",
    summary: "Development, staging and production are configured apart, and nothing of development reaches production.",
    details: "\
True where configuration is kept for two environments or more, production among them: files (`config/environments/production.rb`, `application-prod.yml`, \
`settings/production.py`, `config/prod.exs`, `appsettings.Production.json`, `.env.production`, `compose.prod.yml`, overlays, `values-prod.yaml`, `prod.tfvars`, `fly.staging.toml` ...), \
sections of files (`when@prod`, `on-profile: prod`, `class ProductionConfig`, `[env.production]`) or deployment environments of pipelines. A file that is read where no environment is named \
counts as one. A single switch, environment variables alone, or development apart from everything else do not.

In a repository of several programs (folders with a manifest of their own) what keeps its configuration apart has to be a fifth of the product's code.

Places at fault, each by `faults` (all where nothing is said):

* `debug`: a debug switch or another environment's name is set for production.
* `shared_secrets`: a secret has the same value in production and in another environment.

Where it holds, it also tells keys that one environment file sets and the one of production does not. Files of tests, documents and examples do not count.",
    example: "environments: { faults: [debug] }",
    schema: schema::<Environments>,
    build: build::<Environments>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Environments {
    /// What is a fault in configuration that is kept apart.
    #[serde(default = "all_faults")]
    faults: Vec<Fault>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Fault {
    /// A debug switch for production.
    Debug,
    /// A secret that production shares with another environment.
    SharedSecrets,
}

fn all_faults() -> Vec<Fault> {
    vec![Fault::Debug, Fault::SharedSecrets]
}

/// Places that are told of one thing.
const MOST: usize = 5;

impl Check for Environments {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.extend([Facet::Environments, Facet::Manifests]);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let groups = groups(view.tree);
        let mut faults = Vec::new();
        if self.faults.contains(&Fault::Debug) {
            faults.extend(debug(view));
        }
        if self.faults.contains(&Fault::SharedSecrets) {
            faults.extend(groups.iter().flat_map(shared));
        }
        let apart: Vec<&Group<'_>> = groups.iter().filter(|group| group.apart()).collect();
        if apart.is_empty() || !serve_enough(view.tree, &apart) {
            faults.extend(missing(&groups, &apart));
            return Judgement::no(faults);
        }
        if faults.is_empty() { Judgement::yes(told(&apart)) } else { Judgement::no(faults) }
    }
}

/// What keeps the environments apart, and keys that production lacks.
fn told(apart: &[&Group<'_>]) -> Vec<Because> {
    let mut because = Vec::new();
    for group in apart.iter().take(MOST) {
        for (environment, places) in group.places.iter().take(3) {
            because.extend(places.first().map(|place| place.clone().noted(environment.name())));
        }
        because.extend(group.default.filter(|_| group.places.len() < 2).map(|path| {
            Because::file(path).noted(format!("read where no environment is named ({})", group.layout.title))
        }));
    }
    because.truncate(2 * MOST);
    because
        .extend(apart.iter().filter(|group| group.layout.flat).flat_map(|group| lacking(group)).take(MOST));
    because
}

/// Why the configuration is not kept apart.
fn missing(groups: &[Group<'_>], apart: &[&Group<'_>]) -> Vec<Because> {
    if let Some(group) = apart.first() {
        let note = format!("only `{}` has configuration for each environment", group.module);
        return vec![Because::note(note)];
    }
    let mut because: Vec<Because> = Vec::new();
    for group in groups {
        // Tests on their own tell nothing of where the program runs.
        let Some((environment, places)) =
            group.places.iter().find(|(environment, _)| **environment != Environment::Test)
        else {
            continue;
        };
        let note = match environment {
            Environment::Production => "production alone is configured apart",
            Environment::Staging => "staging is configured apart, production is not",
            Environment::Development | Environment::Test => {
                "development is configured apart, production is not"
            }
        };
        let known = |place: &&Because| because.iter().all(|told| told.path != place.path);
        let place = places.iter().find(known).cloned();
        because.extend(place.filter(|_| because.len() < MOST).map(|place| place.noted(note)));
    }
    if because.is_empty() {
        because.push(Because::note("no configuration is kept for each environment"));
    }
    because
}

/// Debug switches of production.
fn debug(view: &View<'_>) -> Vec<Because> {
    let mut found = Vec::new();
    let files = view.tree.files().iter().filter(|file| !file.class.ignored());
    for (file, settings) in files.filter_map(|file| Some((file, environment_file(file)?))) {
        let production = of_production(&file.path, settings);
        for setting in
            settings.settings.iter().filter(|one| production(one.line) && debugs(&one.key, &one.value))
        {
            let text = format!("{} = {}", setting.key, setting.value);
            found.push(Because::line(&*file.path, setting.line, &text).noted("is set for production"));
        }
    }
    found
}

/// Tells the lines of a file that are for production alone.
fn of_production<'a>(path: &str, file: &'a EnvironmentFile) -> impl Fn(u32) -> bool + 'a {
    let named: BTreeSet<Environment> = environments_of(path).into_iter().map(|(_, one)| one).collect();
    let whole = named.len() == 1 && named.contains(&Environment::Production);
    move |line| {
        // The innermost part that holds the line says whose it is.
        let part = file
            .parts
            .iter()
            .filter(|part| (part.line..=part.end).contains(&line))
            .max_by_key(|part| part.line);
        part.map_or(whole, |part| part.environment == Environment::Production)
    }
}

/// Least length and entropy of a value that two environments must not share.
const SECRET: (usize, f64) = (8, 2.8);

fn secret(setting: &Setting) -> bool {
    let (length, least) = SECRET;
    let value = &*setting.value;
    names_secret(&setting.key)
        && value.len() >= length
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && !value.contains(['(', ' '])
        && !stands_in(value)
        && entropy(value) >= least
}

/// What the files of a group set, for some of its environments.
fn settings<'a>(
    group: &'a Group<'_>,
    wanted: fn(Environment) -> bool,
) -> impl Iterator<Item = (&'a str, &'a Setting)> {
    let files = group.files.iter().filter(move |(environment, _)| wanted(*environment));
    let read = files.filter_map(|(_, file)| Some((&*file.path, environment_file(file)?)));
    read.flat_map(|(path, file)| file.settings.iter().map(move |one| (path, one)))
}

/// Secrets that production has in common with another environment.
fn shared(group: &Group<'_>) -> Vec<Because> {
    let mut elsewhere: BTreeMap<(&str, &str), (&str, u32)> = BTreeMap::new();
    for (path, one) in settings(group, |one| one != Environment::Production).filter(|(_, one)| secret(one)) {
        elsewhere.entry((&one.key, &one.value)).or_insert((path, one.line));
    }
    let mut found = Vec::new();
    for (path, one) in settings(group, |one| one == Environment::Production).filter(|(_, one)| secret(one)) {
        let Some((other, line)) = elsewhere.get(&(&*one.key, &*one.value)) else { continue };
        let text = format!("{} = {}", one.key, concealed(&one.value, &one.value));
        let note = format!("the same secret as in {other}:{line}");
        found.push(Because::line(path, one.line, &text).noted(note));
    }
    found
}

/// Keys that a file of another environment sets and that of production does not.
fn lacking(group: &Group<'_>) -> Vec<Because> {
    let production: BTreeSet<&str> =
        settings(group, |one| one == Environment::Production).map(|(_, one)| &*one.key).collect();
    if production.is_empty() {
        return Vec::new();
    }
    let others = settings(group, |one| matches!(one, Environment::Staging | Environment::Development));
    let mut lacking: Vec<Because> = others
        .filter(|(_, one)| !production.contains(&*one.key))
        .map(|(path, one)| Because::line(path, one.line, &one.key).noted("production does not set this key"))
        .collect();
    lacking.truncate(MOST);
    lacking
}
