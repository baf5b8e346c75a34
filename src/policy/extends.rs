//! Follows `extends`: all documents of a policy, in the order in which they count.
//!
//! A document that is reached on several ways counts once, at its first place: so two extended policies that share
//! a third one change it one after the other, and neither undoes the other.

use super::builtin::{Builtin, builtin, builtin_names};
use super::load::{Document, Files};
use super::reference::Reference;
use crate::document::{Node, Problem, Problems, hint};
use serde_json::Value as Json;

/// How many documents may stand behind one another.
pub(super) const MAX_DEPTH: usize = 10;

/// How many documents a policy may have.
const MAX_DOCUMENTS: usize = 200;

/// What following came to.
#[derive(Debug, Default)]
pub(super) struct Family {
    /// The least important first, the policy itself last.
    pub(super) documents: Vec<Document>,
    /// Everything that is wrong.
    pub(super) problems: Problems,
    /// Sources that are named rightly and cannot be read yet.
    pub(super) unsupported: Vec<Problem>,
    /// Whether a document could not be read, so that what it defines is not known.
    pub(super) incomplete: bool,
}

/// Reads the policy of this name and all that it extends.
pub(super) fn follow(source: &str, files: &dyn Files, schema: &Json) -> Family {
    let mut walk = Walk { files, schema, chain: Vec::new(), seen: Vec::new(), family: Family::default() };
    match Reference::new(source, "") {
        Ok(reference) => walk.visit(&reference, &Problem::of_source(source, "")),
        Err(message) => walk.fail(Problem::of_source(source, message)),
    }
    walk.family
}

/// A document's text.
enum Text {
    /// Built in.
    Ours(Builtin),
    /// Whoever's it is.
    Theirs(Vec<u8>),
}

struct Walk<'a> {
    files: &'a dyn Files,
    schema: &'a Json,
    /// From the policy to the document that is being followed.
    chain: Vec<String>,
    seen: Vec<String>,
    family: Family,
}

impl Walk<'_> {
    fn fail(&mut self, problem: Problem) {
        self.family.incomplete = true;
        self.family.problems.push(problem);
    }

    /// `place` is where the document is asked for: a problem that has no message yet.
    fn visit(&mut self, reference: &Reference, place: &Problem) {
        let name = reference.name();
        let at_place = |message: String| Problem { message, ..place.clone() };
        let chain = |chain: &[String]| [chain, std::slice::from_ref(&name)].concat().join(" -> ");
        if self.chain.contains(&name) {
            return self.fail(at_place(format!("this policy extends itself: {}", chain(&self.chain))));
        }
        if self.chain.len() > MAX_DEPTH {
            let message =
                format!("more than {MAX_DEPTH} policies behind one another: {}", chain(&self.chain));
            return self.fail(at_place(message));
        }
        if self.seen.contains(&name) {
            return;
        }
        if self.seen.len() >= MAX_DOCUMENTS {
            return self.fail(at_place(format!("more than {MAX_DOCUMENTS} documents in one policy")));
        }
        self.seen.push(name.clone());
        let found = match self.read(reference, place) {
            Ok(Some(Text::Ours(text))) => Document::builtin(name.clone(), &text, &mut self.family.problems),
            Ok(Some(Text::Theirs(bytes))) => {
                Document::new(name.clone(), &bytes, self.schema, &mut self.family.problems)
            }
            Ok(None) => return,
            Err(problem) => return self.fail(problem),
        };
        let Some(mut document) = found else {
            self.family.incomplete = true;
            return;
        };
        if matches!(reference, Reference::Path(_)) {
            document.commit = self.files.commit();
        }
        self.chain.push(name);
        self.extended(&document);
        self.chain.pop();
        self.family.documents.push(document);
    }

    /// Follows what a document extends.
    fn extended(&mut self, document: &Document) {
        for item in document.items("extends") {
            // What is no text, or no source by its form, is told by the schema.
            let Some(text) = item.as_str().filter(|text| super::reference::valid(text).is_ok()) else {
                self.family.incomplete = true;
                continue;
            };
            match reference(document, item, text) {
                Ok(reference) => self.visit(&reference, &document.problem(item, "")),
                Err(problem) => self.fail(problem),
            }
        }
    }

    fn read(&mut self, reference: &Reference, place: &Problem) -> Result<Option<Text>, Problem> {
        let at_place = |message: String| Problem { message, ..place.clone() };
        match reference {
            Reference::Builtin(name) => match builtin(name) {
                Some(text) => Ok(Some(Text::Ours(text))),
                None => Err(at_place(format!("there is no built-in policy `{name}`")).hinted(hint(
                    name,
                    "built in",
                    builtin_names(),
                ))),
            },
            Reference::GitHub(name) => {
                let message = format!("policies from another repository are not supported yet: `{name}`");
                self.family.unsupported.push(at_place(message));
                self.family.incomplete = true;
                Ok(None)
            }
            Reference::Path(path) => match self.files.read(path) {
                Ok(Some(bytes)) => Ok(Some(Text::Theirs(bytes))),
                Ok(None) => Err(at_place(format!("there is no file `{path}`"))),
                Err(error) => Err(at_place(format!("`{path}` cannot be read: {error}"))),
            },
        }
    }
}

fn reference(document: &Document, item: &Node, text: &str) -> Result<Reference, Problem> {
    let reference = Reference::new(text, &document.source).map_err(|error| document.problem(item, error))?;
    let foreign = document.source.contains(':') && matches!(reference, Reference::Path(_));
    if foreign {
        Err(document.problem(item, "a built-in policy has no files beside it"))
    } else {
        Ok(reference)
    }
}
