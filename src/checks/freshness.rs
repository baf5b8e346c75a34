//! `freshness`: when documents were last changed.

use super::select::Paths;
use super::{Check, Kind, build, schema};
use crate::evidence::{File, History, HistoryNeed, Needs, View};
use crate::words::{Because, Judgement, Known, Truth, Unknown};
use chrono::{DateTime, NaiveDate};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "freshness",
    summary: "The chosen documents were changed lately, or no earlier than what they describe.",
    details: "\
Asks the history of git when each file of `in` was last changed; merges are not looked at, and a file that nobody committed yet is new.

* `days: 365`: at most so many days before the day of the run.
* `covers: GLOBS`: no earlier than the last change of one of these files; with `days`, at most so many days earlier.

Each document that is too old is a place. True where there is no such document (ask `file` for it) and without git; unknown where the history of the clone is cut before the answer. \
A document that was too old at the merge base already is not held against the change.",
    example: "freshness: { in: docs/runbooks/**, days: 365 }",
    schema: schema::<Freshness>,
    build: build::<Freshness>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Freshness {
    /// Globs of documents.
    r#in: Paths,
    /// Most days since the last change.
    days: Option<u32>,
    /// Globs of what the documents describe.
    covers: Option<Paths>,
}

impl Check for Freshness {
    fn needs(&self, needs: &mut Needs) {
        needs.history.insert(self.documents());
        needs.history.extend(self.covered());
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let files: Vec<&File> = self.r#in.files(view.tree, &[]).collect();
        if files.is_empty() {
            return Judgement::yes(vec![Because::note(format!("there is no {}", self.r#in.shown()))]);
        }
        let history = match &view.tree.history {
            Known::Known(history) => history,
            Known::Absent(reason) => return Judgement::yes(vec![Because::note(reason)]),
            Known::Unknown(unknown) => return Judgement::unknown(unknown.clone()),
        };
        let (limit, why) = match self.limit(view.today, history) {
            Ok(limit) => limit,
            Err(judgement) => return judgement,
        };
        let (mut old, mut fresh, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for file in files {
            let path = &*file.path;
            match history.dates.get(path).map(|time| day(*time)) {
                _ if history.uncommitted.contains(path) => fresh.push(Because::file(path).noted("is new")),
                Some(changed) if changed < limit => {
                    old.push(Because::file(path).noted(format!("was last changed on {changed}, {why}")));
                }
                Some(changed) => fresh.push(Because::file(path).noted(format!("was last changed on {changed}"))),
                None => unknown.push(Unknown::because(format!(
                    "the history of this clone is cut before the last change of {path}; with actions/checkout set `fetch-depth: 0`"
                ))),
            }
        }
        if !old.is_empty() {
            return Judgement::no(old);
        }
        if !unknown.is_empty() {
            return Judgement { truth: Truth::Unknown, because: fresh, unknown };
        }
        Judgement::yes(fresh)
    }
}

impl Freshness {
    fn documents(&self) -> HistoryNeed {
        HistoryNeed { globs: self.r#in.globs.clone(), each: true }
    }

    fn covered(&self) -> Option<HistoryNeed> {
        self.covers.as_ref().map(|covers| HistoryNeed { globs: covers.globs.clone(), each: false })
    }

    /// The first day that is good enough, and what a document before it missed.
    fn limit(&self, today: NaiveDate, history: &History) -> Result<(NaiveDate, String), Judgement> {
        let days = chrono::Days::new(u64::from(self.days.unwrap_or(0)));
        let Some(covers) = &self.covers else {
            let days_told = self.days.unwrap_or(365);
            let days = chrono::Days::new(u64::from(days_told));
            let limit = today.checked_sub_days(days).unwrap_or(NaiveDate::MIN);
            return Ok((limit, format!("more than {days_told} days ago")));
        };
        let newest = match history.newest.get(&covers.globs) {
            _ if history.uncommitted.iter().any(|path| covers.set.contains(path)) => {
                (String::from("the work tree"), today)
            }
            Some((path, time)) => (path.clone(), day(*time)),
            None if history.cut => {
                let reason = format!(
                    "the history of this clone is cut before the last change of {}; with actions/checkout set `fetch-depth: 0`",
                    covers.shown()
                );
                return Err(Judgement::unknown(Unknown::because(reason)));
            }
            None => {
                return Err(Judgement::yes(vec![Because::note(format!("there is no {}", covers.shown()))]));
            }
        };
        let limit = newest.1.checked_sub_days(days).unwrap_or(NaiveDate::MIN);
        Ok((limit, format!("and what it describes on {} ({})", newest.1, newest.0)))
    }
}

fn day(time: i64) -> NaiveDate {
    DateTime::from_timestamp(time, 0).map_or(NaiveDate::MIN, |time| time.date_naive())
}
