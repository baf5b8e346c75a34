//! The capability catalogue: what a system can do, and the signals that prove it. Data only, from YAML.
//!
//! What a signal asks for and what it finds is in [`signals`]; here is its shape.

use super::ci::Purpose;
use super::class::Class;
use super::compare::Steps;
use super::signals::Compiled;
use super::terms::{Globs, Once, OneOrMany, Pattern};
use super::{Needs, View};
use crate::words::{Because, Grade};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Something a system can do, and the signals that prove it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Capability {
    /// Kebab-case id: the key in the catalogue.
    #[serde(skip)]
    pub id: String,
    /// What the system can do, for people.
    pub title: Option<String>,
    /// Parts of regexes by name: `<name>` in a regex of the signals (or in a part) stands for one.
    pub parts: BTreeMap<String, String>,
    /// The traces that prove it.
    pub signals: Vec<Signal>,
}

/// One trace of a capability; where several keys are given, each proves it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// How strong a proof it is.
    pub grade: Grade,
    /// The technology that it is a trace of, for people.
    #[serde(default)]
    pub name: Option<String>,
    /// Packages by ecosystem (npm, pypi, cargo, go, maven, rubygems, packagist, nuget, hex, pub, swift); `*` stands
    /// for anything. Only what the product runs with counts.
    #[serde(default)]
    pub dependency: BTreeMap<String, OneOrMany<String>>,
    /// Dependencies for development count too.
    #[serde(default)]
    pub dev: bool,
    /// Imports, by language; searched in product code without its comments.
    #[serde(default)]
    pub import: BTreeMap<String, OneOrMany<Pattern>>,
    /// Calls, by language; searched in product code without its comments and strings.
    #[serde(default)]
    pub call: BTreeMap<String, OneOrMany<Pattern>>,
    /// Code with its strings, such as routes, by language; searched in product code without its comments.
    #[serde(default)]
    pub code: BTreeMap<String, OneOrMany<Pattern>>,
    /// Code in which nothing counts, by language: regexes that match a whole block, such as one that only development runs.
    #[serde(default)]
    pub outside: BTreeMap<String, OneOrMany<Pattern>>,
    /// Files that exist.
    #[serde(default)]
    pub file: Option<Globs>,
    /// Keys of the environment, set in env files, compose files, manifests, workflows and configuration.
    #[serde(default)]
    pub env: Vec<String>,
    /// Text in files of any kind, comments left out.
    #[serde(default)]
    pub config: Option<ConfigSignal>,
    /// Keys of configuration, found by their place in the file; each proves the signal.
    #[serde(default)]
    pub setting: OneOrMany<SettingSignal>,
    /// Kinds of resources in infrastructure as code: `aws_db_instance` (Terraform), `data:aws_ami`, `module:*rds*`, `Deployment`
    /// or `apps/Deployment` (Kubernetes), `AWS::RDS::DBInstance` (CloudFormation), `compose:service`; `*` stands for anything.
    #[serde(default)]
    pub resource: OneOrMany<String>,
    /// Container images without registry and tag.
    #[serde(default)]
    pub image: Vec<String>,
    /// Actions that a workflow uses, without version.
    #[serde(default)]
    pub action: Vec<String>,
    /// Commands of CI pipelines, and of the tasks and scripts that they lead to.
    #[serde(default)]
    pub command: Vec<Pattern>,
    /// What CI pipelines run, whatever the command: the purposes of the `ci` check.
    #[serde(default = "nothing")]
    pub runs: OneOrMany<Purpose>,
    /// Events of which one must start what is asked for by `runs`; `!` in front takes away.
    #[serde(default)]
    pub on: Vec<String>,
    /// Packages of which a manifest must name one for the signal to count: a call may mean something only in their company.
    #[serde(default)]
    pub with: BTreeMap<String, OneOrMany<String>>,
    /// Files that prove the signal: path and text. A test looks at each by itself, beside the manifests that `with` asks for.
    #[serde(default)]
    pub example: BTreeMap<String, String>,
    /// What it looks for, compiled when it is first asked.
    #[serde(skip)]
    pub(super) compiled: Once<Compiled>,
}

/// A key of YAML, JSON, TOML, HCL or properties files. Without a comparison it is enough that it has a value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingSignal {
    /// In which files.
    #[serde(rename = "in")]
    pub files: Globs,
    /// Paths to the value, such as `spring.datasource.hikari.maximum-pool-size`; a key that is written with dots counts as
    /// nested, and a list stands for each of its items.
    pub query: OneOrMany<Steps>,
    /// The value, as text, matches this regex.
    #[serde(default)]
    pub matches: Option<OneOrMany<Pattern>>,
    /// The value is this.
    #[serde(default)]
    pub equals: Option<Value>,
    /// The value is one of these.
    #[serde(default)]
    pub one_of: Option<Vec<Value>>,
}

const fn nothing() -> OneOrMany<Purpose> {
    OneOrMany(Vec::new())
}

/// Text in files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigSignal {
    /// In which files.
    #[serde(rename = "in")]
    pub files: Globs,
    /// What they hold.
    pub matches: Pattern,
    /// Classes of files that count: product, test and other, unless told otherwise.
    #[serde(default)]
    pub classes: Vec<Class>,
}

/// Pieces of proof that are told of one capability.
const MAX_BECAUSE: usize = 5;

impl Capability {
    /// The grades that its signals can prove, weakest first.
    pub fn grades(&self) -> Vec<Grade> {
        let grades: std::collections::BTreeSet<Grade> =
            self.signals.iter().map(|signal| signal.grade).collect();
        grades.into_iter().collect()
    }

    /// States what its signals need.
    pub fn needs(&self, needs: &mut Needs) {
        for signal in &self.signals {
            signal.needs(needs);
        }
    }
}

/// What was proved of the capabilities of a catalogue in one tree: looked up once, however many rules ask.
#[derive(Debug, Default)]
pub struct Proofs(Vec<OnceLock<Vec<Because>>>);

impl Proofs {
    /// Room for a catalogue of so many capabilities.
    pub fn new(capabilities: usize) -> Self {
        Self((0..capabilities).map(|_| OnceLock::new()).collect())
    }
}

impl View<'_> {
    /// The proof that the tree has the capability of this id: graded, strongest first, at most five pieces. Empty
    /// when it has not; none where the catalogue does not know it.
    pub fn proof(&self, id: &str) -> Option<Cow<'_, [Because]>> {
        let place = self.capabilities.iter().position(|capability| capability.id == id)?;
        let capability = self.capabilities.get(place)?;
        Some(match self.proofs.0.get(place) {
            Some(proof) => Cow::Borrowed(proof.get_or_init(|| found(capability, self))),
            None => Cow::Owned(found(capability, self)),
        })
    }
}

fn found(capability: &Capability, view: &View<'_>) -> Vec<Because> {
    let mut all: Vec<Because> = Vec::new();
    for signal in &capability.signals {
        for because in signal.found(view) {
            let because = because.graded(signal.grade);
            let because = match &signal.name {
                Some(name) => because.noted(name),
                None => because,
            };
            if !all.contains(&because) {
                all.push(because);
            }
        }
    }
    // Stable: signals in the catalogue's order, files in order of path.
    all.sort_by_key(|because| std::cmp::Reverse(because.grade));
    all.truncate(MAX_BECAUSE);
    all
}

/// Every capability that the tree has, with its strongest grade and the proof.
pub fn inventory(view: &View<'_>) -> Vec<(String, Grade, Vec<Because>)> {
    let mut all: Vec<_> = view
        .capabilities
        .iter()
        .filter_map(|capability| {
            let because = view.proof(&capability.id)?;
            let grade = because.first()?.grade?;
            Some((capability.id.clone(), grade, because.into_owned()))
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}
