//! `decision`: a decision is written down.

use super::select::Paths;
use super::{Check, Kind, build, schema};
use crate::evidence::{
    Facet, File, Hit, Keep, Mask, Needs, OUTLINES, OneOrMany, Outline, Pattern, PatternNeed, Selection, View,
};
use crate::words::{Because, Judgement};
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::LazyLock;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "decision",
    summary: "A decision record talks of something.",
    details: "\
A decision record is a document in a folder such as `docs/adr` or `docs/decisions`, one whose name says so (`ADR-0001.md`), or one with headings for a decision and its \
context, status or consequences. What stands below a heading such as \"Decisions\" or \"Why PostgreSQL\" of any other document counts too. Records that say that they \
are rejected or superseded, and templates, do not.

`about` holds regexes, of which any counts; letters match in either case. With `new: true` only lines count that the change adds. Never unknown.",
    example: "decision: { about: '\\bkubernetes\\b|\\bk8s\\b' }",
    schema: schema::<Decision>,
    build: build::<Decision>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// What it talks of.
    about: OneOrMany<Pattern>,
    /// Only what the change adds.
    #[serde(default)]
    new: bool,
}

/// Records by their place.
static RECORDS: LazyLock<Paths> = LazyLock::new(|| {
    let globs = [
        "**/{adr,adrs,decisions,decision,decision-records,decision_records,architecture-decisions,architecture_decisions,architecture-decision-records,decision-log}/**",
        "**/{adr,adrs}[-_]*",
        "**/*.adr.*",
        "**/{decisions,decision-log,decision_log,adr,adrs}.*",
        "!**/*template*",
    ];
    Paths::new(globs.iter().map(ToString::to_string).collect()).unwrap_or_default()
});
static DECISION: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r"^(?:\d+[.):]?\s*)?(?:the )?(?:decision|decision outcome)$"));
static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"^(?:\d+[.):]?\s*)?(?:context|status|consequences|considered options|decision drivers|problem|context and problem statement)\b",
    )
});
static SECTION: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r"\b(?:decisions?|rationale|trade-?offs?|adrs?)\b|^(?:\d+[.):]?\s*)?why\b"));
/// A record that holds no more.
const VOID: &str =
    r"(?i)^[\s>*#_|-]*status[\s*_:|=-]*\n*[\s>*#_-]*(?:rejected|superseded|deprecated|withdrawn|abandoned)\b";

fn regex(text: &str) -> Option<Regex> {
    regex::RegexBuilder::new(text).case_insensitive(true).build().ok()
}

fn matches(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text.trim()))
}

impl Decision {
    fn need(&self) -> PatternNeed {
        let about: Vec<&str> = self.about.0.iter().map(|pattern| pattern.0.as_str()).collect();
        let regex = format!("(?i){}", about.join("|"));
        PatternNeed {
            files: Selection::of(OUTLINES),
            regex,
            mask: Mask::Nothing,
            keep: if self.new { Keep::Added } else { Keep::All },
        }
    }
}

fn void() -> PatternNeed {
    PatternNeed { files: Selection::of(OUTLINES), regex: VOID.into(), mask: Mask::Nothing, keep: Keep::All }
}

impl Check for Decision {
    fn needs(&self, needs: &mut Needs) {
        needs.facets.insert(Facet::Outlines);
        needs.patterns.extend([self.need(), void()]);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let hits = |need: &PatternNeed| {
            let number = view.patterns.get(need);
            number.into_iter().flat_map(|number| view.tree.hits(number)).collect::<Vec<_>>()
        };
        let void: Vec<&str> = hits(&void()).iter().map(|(file, _)| &*file.path).collect();
        let found: Vec<Because> = hits(&self.need())
            .into_iter()
            .filter(|(file, _)| !void.contains(&&*file.path))
            .filter_map(|(file, hits)| decided(file, hits))
            .collect();
        if found.is_empty() {
            let when = if self.new { "of the change " } else { "" };
            return Judgement::no(vec![Because::note(format!("no decision record {when}talks of it"))]);
        }
        Judgement::yes(found)
    }
}

/// The first hit of a document that is part of a decision.
fn decided(file: &File, hits: &[Hit]) -> Option<Because> {
    let outline = file.facts.as_ref()?.outline.as_deref()?;
    let whole = RECORDS.set.contains(&file.path) || record(outline);
    let hit = hits.iter().find(|hit| whole || below_a_decision(outline, hit.line))?;
    Some(Because::line(&*file.path, hit.line, &hit.text))
}

/// Whether the headings are those of a record.
fn record(outline: &Outline) -> bool {
    let any = |regex| outline.headings.iter().any(|heading| matches(regex, &heading.text));
    any(&DECISION) && any(&PART)
}

/// Whether the line stands below a heading that speaks of decisions, or is one.
fn below_a_decision(outline: &Outline, line: u32) -> bool {
    let mut level = u8::MAX;
    for heading in outline.headings.iter().rev().filter(|heading| heading.line <= line) {
        if heading.level < level {
            if matches(&SECTION, &heading.text) {
                return true;
            }
            level = heading.level;
        }
    }
    false
}
