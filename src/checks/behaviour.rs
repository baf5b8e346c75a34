//! `behaviour`: the change alters what the program does, and whether a test comes with it.

use super::select::{Paths, build_short, short_schema};
use super::{Check, Kind};
use crate::evidence::{
    Altered, Behaviour, Change, ChangeKind, ChangedFile, Class, Needs, Pattern, View, altered, expected_test,
};
use crate::text::counted;
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::Path;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "behaviour",
    summary: "The change alters what the program does.",
    details: "\
Looks at the lines that the change adds to product code in `paths` (all by default; a text or a list is short for it), and leaves out those that alter nothing: comments and \
formatting, imports, declarations of types and fields, names that were only given anew, code that only moved (from one file to another, too), constants and entries of tables, \
texts for people, lines of the log, markup, and the tests that stand beside the code. What is only deleted alters nothing either, and generated and vendored files do not count.

With `tested: false` it is true only where no test comes with it: no line of a test, of its data or of its snapshots is new (or, where more code goes than comes, another). Each place then names the test that was left alone, or the \
path where one would stand by the habits of the repository.

A pull request whose title matches one of `except_titled` (`refactor: ...`) is taken at its word; without a pull request there is no title.

False where there is no change, unknown where there is one that could not be read.",
    example: "behaviour: { paths: [\"**\", \"!scripts/**\"], tested: false }",
    schema: short_schema::<BehaviourCheck>,
    build: |value| build_short::<BehaviourCheck>("paths", value),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BehaviourCheck {
    /// Globs of the files; all by default.
    #[serde(default)]
    paths: Paths,
    /// Regexes on the title of the pull request: such a change alters nothing on purpose.
    #[serde(default)]
    except_titled: Vec<Pattern>,
    /// Whether a test comes with it; either by default.
    #[serde(default)]
    tested: Option<bool>,
}

/// Places that are told: those with most lines.
const TOLD: usize = 5;

impl Check for BehaviourCheck {
    fn needs(&self, _: &mut Needs) {}

    fn judge(&self, view: &View<'_>) -> Judgement {
        view.change.judge(Judgement::no, |change| {
            let here = |one: &Altered<'_>| {
                self.paths.set.contains(&one.file.path)
                    && one.file.old_path.as_deref().is_none_or(|old| self.paths.set.contains(old))
            };
            if let Some(title) = self.excused(view) {
                return Judgement::no(vec![Because::note(format!(
                    "the title says that it alters nothing: {title}"
                ))]);
            }
            let mut found: Vec<Altered<'_>> = altered(change).into_iter().filter(here).collect();
            if found.is_empty() {
                return Judgement::no(vec![Because::note(
                    "no line of the change alters what the program does",
                )]);
            }
            let new: usize = found.iter().map(|one| one.lines.len()).sum();
            let gone: usize =
                change.files.iter().filter_map(|file| file.behaviour.as_ref()).map(Behaviour::gone).sum();
            // Where more goes than comes, the tests shrink with it.
            let shrunk = |file: &&ChangedFile| {
                gone > new && file.class == Class::Test && file.code_differs != Some(false)
            };
            let mut files = change.files.iter();
            let test = files.clone().find(|file| tests(file)).or_else(|| files.find(shrunk));
            let Some(tested) = self.tested else {
                return Judgement::yes(found.iter().filter_map(|one| place(one, "")).collect());
            };
            if let (Some(test), false) = (test, tested) {
                let line = test.added.first();
                return Judgement::no(vec![
                    Because { line, ..Because::file(&test.path) }.noted("a test comes with it"),
                ]);
            }
            if tested {
                return Judgement::new(
                    test.is_some(),
                    found.iter().filter_map(|one| place(one, "")).collect(),
                );
            }
            found.sort_by_key(|one| std::cmp::Reverse(one.lines.len()));
            Judgement::yes(
                found.iter().take(TOLD).filter_map(|one| place(one, &untested(view, change, one))).collect(),
            )
        })
    }
}

impl BehaviourCheck {
    /// The title of the pull request, where there is one that says that nothing is altered.
    fn excused<'a>(&self, view: &View<'a>) -> Option<&'a str> {
        let title = view.pull_request.known()?.title.as_str();
        self.except_titled.iter().any(|pattern| pattern.is_match(title)).then_some(title)
    }
}

/// Whether something of a test is new in the file.
fn tests(file: &ChangedFile) -> bool {
    let snapshot = Path::new(&file.path).extension().is_some_and(|ending| ending == "snap")
        || file.path.contains("__snapshots__/");
    let test = matches!(file.class, Class::Test | Class::Fixture) || snapshot;
    let new = file.kind != ChangeKind::Deleted && (file.binary || !file.added.is_empty());
    test && new && file.code_differs != Some(false) || file.behaviour.as_ref().is_some_and(|one| one.tests)
}

/// The file at the first line that alters something.
fn place(one: &Altered<'_>, told: &str) -> Option<Because> {
    let first = one.lines.first()?;
    let because = Because::line(&one.file.path, first.number, &first.text);
    let lines = counted(one.lines.len(), "line");
    Some(because.noted(format!("{lines} of new behaviour{told}")))
}

/// What to do about it: the test that there is, or where one would stand.
fn untested(view: &View<'_>, change: &Change, one: &Altered<'_>) -> String {
    let language = view.tree.file(&one.file.path).and_then(|file| file.language).unwrap_or_default();
    let deleted = |path: &str| change.file(path).is_some_and(|file| file.kind == ChangeKind::Deleted);
    match expected_test(view.tree, &one.file.path, language).filter(|test| !deleted(&test.path)) {
        Some(test) if test.exists => format!(" and no test; `{}` is the place", test.path),
        Some(test) => format!(" and no test; it would stand in `{}`", test.path),
        None if language == "rust" => {
            " and no test; it would stand in a module `tests` of this file".to_owned()
        }
        None => " and no test".to_owned(),
    }
}
