//! A check run of our own with annotations, beside the job's: up to a hundred of them instead of the job's ten of a kind.

use crate::github::{Api, ApiError, Ask, Method};
use crate::report::{Annotated, CheckPage};
use serde_json::{Map, Value, json};

/// Annotations that one request takes (github-facts 3).
const BATCH: usize = 50;

/// Annotations in all: two requests. Who has more to mend than these does not mend it by annotations.
pub const MAX_ANNOTATIONS: usize = 2 * BATCH;

const PERMISSION: &str = "checks: write";
const WHAT: &str = "the check run";

/// A check run to be created.
#[derive(Debug, Clone)]
pub struct CheckRun<'a> {
    /// Its name. Not the job's: a name that stands for two checks cannot be required (github-facts 11).
    pub name: &'a str,
    /// The commit: of a pull request its head, never the test merge (github-facts 11).
    pub commit: &'a str,
    /// `success`, `failure`, `neutral`, `action_required`.
    pub conclusion: &'static str,
    /// `<run id>/<attempt>`.
    pub external_id: Option<String>,
    /// The page of the run.
    pub details: Option<&'a str>,
    /// What it shows.
    pub page: &'a CheckPage,
}

impl CheckRun<'_> {
    /// Creates it, complete from the first moment, and appends the second batch of annotations. What is appended is never
    /// sent twice: a repeated request would show each annotation twice (github-facts 3).
    pub fn publish(&self, api: &dyn Api) -> Result<(), ApiError> {
        let annotations: Vec<Value> =
            self.page.annotations.iter().take(MAX_ANNOTATIONS).map(annotation).collect();
        let mut batches = annotations.chunks(BATCH);
        let mut body = json!({
            "name": self.name,
            "head_sha": self.commit,
            "status": "completed",
            "conclusion": self.conclusion,
            "output": self.output(batches.next().unwrap_or_default()),
        });
        if let Some(object) = body.as_object_mut() {
            object.extend(self.external_id.as_ref().map(|id| ("external_id".to_owned(), id.as_str().into())));
            object.extend(self.details.map(|address| ("details_url".to_owned(), address.into())));
        }
        let path = format!("/repos/{}/check-runs", api.repository());
        let reply = api.send(Method::Post, ask(&path), &body)?;
        let id = super::id(WHAT, &reply)?;
        for batch in batches {
            let path = format!("/repos/{}/check-runs/{id}", api.repository());
            api.send(Method::Append, ask(&path), &json!({ "output": self.output(batch) }))?;
        }
        Ok(())
    }

    fn output(&self, annotations: &[Value]) -> Value {
        json!({ "title": self.page.title, "summary": self.page.summary, "annotations": annotations })
    }
}

fn annotation(one: &Annotated) -> Value {
    let mut object = Map::new();
    object.insert("path".to_owned(), one.path.as_str().into());
    object.insert("start_line".to_owned(), one.line.into());
    object.insert("end_line".to_owned(), one.end_line.into());
    if let Some(column) = one.column.filter(|_| one.line == one.end_line) {
        // Columns only within one line (github-facts 3).
        object.insert("start_column".to_owned(), column.into());
        object.insert("end_column".to_owned(), column.into());
    }
    object.insert("annotation_level".to_owned(), one.level.into());
    object.insert("title".to_owned(), one.title.as_str().into());
    object.insert("message".to_owned(), one.message.as_str().into());
    Value::Object(object)
}

fn ask(path: &str) -> Ask<'_> {
    Ask { what: WHAT, path, permission: PERMISSION }
}
