//! `operated`: what the change deploys for the first time comes with what it takes to run it.

use super::owners::codeowners;
use super::{Check, Kind, build, schema};
use crate::document::{Node, Scalar, Value};
use crate::evidence::{
    Deployables, Facet, Needs, Tree, View, deployables, established, needs_of_deployables, new_technologies,
    technologies,
};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "operated",
    summary: "What the change deploys for the first time comes with what it takes to run it.",
    details: "\
Counts what is deployed on both sides, as the check `deployables` does, and looks at what only the head has, beside what was there before. For each `parts` says what there must be: \
`health` (a probe, a health check of the image or of compose, a health route), `metrics` (or traces), `alert` (an alert or a check from outside), `owner` (a line of CODEOWNERS), `runbook` (a document whose \
name or heading speaks of it), and for a new data store `backup`. What stands below its folder, speaks of it by name, or stands in a place that belongs to no single program counts.

False with one place for each new deployable, which lists what it lacks. True where nothing new is deployed, where nothing was deployed before, and where there is no change; unknown where the base could not be read.",
    example: "operated: { parts: [health, metrics, alert, owner, runbook, backup] }",
    schema: schema::<Operated>,
    build: build::<Operated>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Operated {
    /// What there must be.
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Part {
    /// Something tells whether it is well.
    Health,
    /// Something measures it.
    Metrics,
    /// Somebody is woken up.
    Alert,
    /// Somebody owns it.
    Owner,
    /// A document says what to do.
    Runbook,
    /// Its data is saved.
    Backup,
}

/// Capabilities of which a new technology holds data that somebody has to save.
const STORES: [&str; 8] = [
    "postgresql",
    "database-server",
    "document-database",
    "graph-database",
    "search-engine",
    "time-series-database",
    "vector-database",
    "analytics-database",
];

impl Part {
    const fn title(self) -> &'static str {
        match self {
            Self::Health => "health check",
            Self::Metrics => "metrics",
            Self::Alert => "alert",
            Self::Owner => "owner",
            Self::Runbook => "runbook",
            Self::Backup => "backup",
        }
    }

    /// Capabilities that are it.
    const fn capabilities(self) -> &'static [&'static str] {
        match self {
            Self::Health => &["health-endpoint"],
            Self::Metrics => &["metrics", "tracing", "application-monitoring", "profiling"],
            Self::Alert => &["alerting", "uptime-monitoring", "on-call"],
            Self::Backup => &["backups"],
            Self::Owner | Self::Runbook => &[],
        }
    }
}

impl Check for Operated {
    fn needs(&self, needs: &mut Needs) {
        needs_of_deployables(needs);
        needs.facets.extend([Facet::Owners, Facet::Outlines]);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        view.base.judge(Judgement::yes, |base| {
            let before = View { tree: base, ..*view };
            let (was, is) = (deployables(&before), deployables(view));
            let mut new: Vec<Because> = Vec::new();
            if !was.units.is_empty() {
                for (name, place) in is.units.iter().filter(|(name, place)| fresh(name, place, &was, view)) {
                    let unit = Unit { name: last(name), folder: folder(name, place), all: &is };
                    let lacks = self.lacks(&unit, place, view);
                    new.push(told(place, &format!("`{}`", unit.name), &lacks));
                }
            }
            if established(base) && self.parts.contains(&Part::Backup) {
                new.extend(stores(view, &before));
            }
            let lacking: Vec<Because> =
                new.iter().filter(|because| because.note.is_some()).cloned().collect();
            match (new.is_empty(), lacking.is_empty()) {
                (true, _) => Judgement::yes(vec![Because::note("the change deploys nothing new")]),
                (false, true) => Judgement::yes(
                    new.into_iter()
                        .map(|because| because.noted("comes with what it takes to run it"))
                        .collect(),
                ),
                (false, false) => Judgement::no(lacking),
            }
        })
    }
}

/// Something that is deployed.
struct Unit<'a> {
    name: &'a str,
    /// Where it stands; empty for the root.
    folder: String,
    all: &'a Deployables,
}

/// Whether the change brings it.
fn fresh(name: &str, place: &Because, was: &Deployables, view: &View<'_>) -> bool {
    let known = was.units.keys().any(|old| last(old) == last(name));
    let changed = place.path.as_deref().and_then(|path| view.change.known()?.file(path));
    !known
        && changed.is_some_and(|file| {
            place.line.is_none_or(|line| file.added.contains(line)) && file.old_path.is_none()
        })
}

fn told(place: &Because, what: &str, lacks: &[&str]) -> Because {
    let mut place = place.clone();
    place.note = (!lacks.is_empty())
        .then(|| format!("{what} is deployed for the first time, without {}", lacks.join(", ")));
    place
}

/// New data stores that nothing saves.
fn stores(view: &View<'_>, before: &View<'_>) -> Vec<Because> {
    let of = |id: &&str| view.capabilities.iter().find(move |capability| capability.id == **id);
    let declared = |place: &Because| {
        let file = place.path.as_deref().and_then(|path| view.tree.file(path));
        file.and_then(|file| file.facts.as_ref()).is_some_and(|facts| facts.infra.is_some())
    };
    let saved = view.proof("backups").is_some_and(|proof| !proof.is_empty());
    let mut found: Vec<Because> = Vec::new();
    for capability in STORES.iter().filter_map(of) {
        for (name, place) in
            new_technologies(capability, view, before).into_iter().filter(|(_, place)| declared(place))
        {
            if !found.iter().any(|other| other.path == place.path && other.line == place.line) {
                found.push(told(&place, &name, if saved { &[] } else { &["backup"] }));
            }
        }
    }
    found
}

impl Operated {
    fn lacks(&self, unit: &Unit<'_>, place: &Because, view: &View<'_>) -> Vec<&'static str> {
        let has = |part: Part| match part {
            Part::Owner => place.path.as_deref().is_some_and(|path| {
                codeowners(view.tree)
                    .is_some_and(|(_, owners)| owners.is_none_or(|owners| owners.owned(path)))
            }),
            Part::Runbook => runbook(unit, view.tree),
            // What holds data is told by itself.
            Part::Backup => true,
            Part::Health if probed(unit, view.tree) => true,
            _ => part.capabilities().iter().any(|id| unit.proved(id, view)),
        };
        self.parts.iter().filter(|part| !has(**part)).map(|part| part.title()).collect()
    }
}

impl Unit<'_> {
    /// Whether the capability is seen in its folder, by its name, or where it can be meant for all.
    fn proved(&self, id: &str, view: &View<'_>) -> bool {
        let capability = view.capabilities.iter().find(|capability| capability.id == id);
        let found = capability.map(|capability| technologies(capability, view)).unwrap_or_default();
        found.values().any(|because| {
            let path = because.path.as_deref().unwrap_or_default();
            self.owns(path)
                || self.speaks(path)
                || because.text.as_deref().is_some_and(|text| self.speaks(text))
                || self.shared(path)
        })
    }

    fn owns(&self, path: &str) -> bool {
        self.folder.is_empty()
            || path.strip_prefix(self.folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }

    fn speaks(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        !self.name.is_empty()
            && text
                .split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '-' | '_'))
                .any(|word| word == self.name)
    }

    /// Whether the path lies in the folder of no other unit.
    fn shared(&self, path: &str) -> bool {
        let path = path.to_lowercase();
        let others = self.all.units.iter().map(|(name, place)| folder(name, place));
        !others
            .filter(|other| !other.is_empty() && *other != self.folder)
            .any(|other| path.starts_with(&format!("{other}/")))
    }
}

/// The folder of a unit: the one of the file that tells of it, without what only holds such files.
fn folder(name: &str, place: &Because) -> String {
    let path = place.path.as_deref().unwrap_or_default().to_lowercase();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    match parts.iter().position(|part| *part == last(name)) {
        Some(at) => parts.truncate(at + 1),
        None => return if name.contains('/') { name.to_owned() } else { folder.to_owned() },
    }
    parts.join("/")
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Whether infrastructure asks how it is.
fn probed(unit: &Unit<'_>, tree: &Tree) -> bool {
    tree.infra().any(|(file, infra)| {
        let mut resources = infra
            .resources
            .iter()
            .filter(|one| one.name.to_lowercase() == unit.name || runs(&one.attributes, unit, 0));
        let stages = infra.dockerfile.iter().flat_map(|image| &image.stages);
        let image =
            unit.owns(&file.path.to_lowercase()) && stages.into_iter().any(|stage| stage.health.is_some());
        image || resources.any(|one| asks(&one.attributes, 0))
    })
}

/// Deepest value that is looked into.
const MAX_DEPTH: usize = 24;

fn entries(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let entries = if let Value::Map(entries) = &node.value { entries.as_slice() } else { &[] };
    entries.iter().map(|(key, value)| (text(key), value))
}

fn text(node: &Node) -> &str {
    if let Value::Scalar(Scalar::Text(text)) = &node.value { text } else { "" }
}

fn children(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
        Value::List(items) => items.iter().collect(),
        Value::Scalar(_) => Vec::new(),
    }
}

/// Whether the resource runs the image of the unit.
fn runs(node: &Node, unit: &Unit<'_>, depth: usize) -> bool {
    let image = |(key, value): (&str, &Node)| {
        let name = last(text(value)).split([':', '@']).next().unwrap_or_default();
        key == "image" && name.eq_ignore_ascii_case(unit.name)
    };
    depth < MAX_DEPTH
        && (entries(node).any(image) || children(node).into_iter().any(|child| runs(child, unit, depth + 1)))
}

fn asks(node: &Node, depth: usize) -> bool {
    const KEYS: [&str; 8] = [
        "livenessProbe",
        "readinessProbe",
        "startupProbe",
        "healthcheck",
        "health_check",
        "liveness_probe",
        "healthCheck",
        "http_checks",
    ];
    depth < MAX_DEPTH
        && (entries(node).any(|(key, _)| KEYS.contains(&key))
            || children(node).into_iter().any(|child| asks(child, depth + 1)))
}

/// Whether a document for whoever is on call speaks of it.
fn runbook(unit: &Unit<'_>, tree: &Tree) -> bool {
    const WORDS: [&str; 6] = ["runbook", "playbook", "on-call", "oncall", "operations", "incident"];
    let says = |text: &str| WORDS.iter().any(|word| text.to_lowercase().contains(word));
    tree.files().iter().any(|file| {
        let Some(outline) = file.facts.as_ref().and_then(|facts| facts.outline.as_deref()) else {
            return false;
        };
        let heading =
            |test: &dyn Fn(&str) -> bool| outline.headings.iter().any(|heading| test(&heading.text));
        let about_running = says(&file.path) || heading(&says);
        let about_it = unit.owns(&file.path.to_lowercase())
            || unit.speaks(&file.path)
            || heading(&|text| unit.speaks(text));
        about_running && about_it
    })
}
