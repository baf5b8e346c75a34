//! `secret`: a secret stands in the tree.

use super::select::{Lines, Paths};
use super::{Check, Kind, build, schema};
use crate::evidence::{
    Class, File, Hit, Keep, Mask, Needs, OneOrMany, Pattern, PatternNeed, SecretKind, SecretSort, Selection,
    View, concealed, genuine, secret_kinds,
};
use crate::words::{Because, Judgement, Known};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "secret",
    summary: "A secret stands in a file.",
    details: "\
Looks for the kinds of secrets of a built-in table, each by its form, its place and the randomness of its text; tokens with a checksum, signed tokens \
and addresses are checked further. Each secret is a place; its middle is left out wherever it is told.

Sorts of secrets (`sorts`, all where nothing is said):

* `issued`: the form tells who issued it (cloud keys, tokens of GitHub, Slack, Stripe ..., signed tokens, addresses of databases elsewhere with a password).
* `key`: a private key with its content.
* `assigned`: a random literal that is assigned to what is called a secret, in code or configuration.
* `default`: a literal that signs tokens or sessions, or that is used where the environment names no secret.
* `loaded`: a value in an environment file, in the configuration of production, or in another file that secrets are loaded from.

Words that stand in for a secret (`changeme`, `your-key`, `<token>`, `${TOKEN}`), tests, fixtures, examples and documents do not count, nor, except for `issued`, files \
that are named after development, tests or samples. `lines: added` looks only at lines that the change adds. A file that cannot be read is left out.",
    example: "secret: { sorts: [issued, key], in: [\"**\", \"!legacy/**\"] }",
    schema: schema::<Secret>,
    build: build::<Secret>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Secret {
    /// Sorts that count.
    #[serde(default)]
    sorts: Vec<SecretSort>,
    /// Globs of the files; all where nothing is said.
    #[serde(default)]
    r#in: Option<Paths>,
    /// Which lines are searched.
    #[serde(default)]
    lines: Lines,
    /// Regexes on the line: such a secret does not count.
    #[serde(default)]
    except: Option<OneOrMany<Pattern>>,
}

/// Where the tests of a Rust file begin.
fn rust_tests() -> PatternNeed {
    PatternNeed {
        files: Selection { globs: vec!["**/*.rs".into()], classes: vec![Class::Product, Class::Other] },
        regex: r"^[ \t]*#\[cfg\(test\)\]".into(),
        mask: Mask::Comments,
        keep: Keep::All,
    }
}

/// A secret in a file.
struct Found<'a> {
    kind: &'static SecretKind,
    hit: &'a Hit,
}

/// Secrets by path and line.
type Secrets<'a> = BTreeMap<(&'a str, u32), Vec<Found<'a>>>;

impl Secret {
    fn kinds(&self) -> impl Iterator<Item = &'static SecretKind> {
        secret_kinds().iter().filter(|kind| self.sorts.is_empty() || self.sorts.contains(&kind.sort))
    }

    fn counts(&self, kind: &SecretKind, file: &File, hit: &Hit, view: &View<'_>) -> bool {
        self.r#in.as_ref().is_none_or(|paths| paths.set.contains(&file.path))
            && kind.counts(&hit.text, &hit.matched)
            && kind.form.is_none_or(|form| genuine(form, &hit.matched, view.today))
            && !self.except.iter().flat_map(|except| &except.0).any(|regex| regex.is_match(&hit.text))
    }

    fn found<'a>(&self, view: &View<'a>) -> Secrets<'a> {
        let tests = hits(view, &rust_tests()).map(|(file, hits)| (&*file.path, hits[0].line));
        let tests: BTreeMap<&str, u32> = tests.collect();
        let mut found: Secrets<'a> = BTreeMap::new();
        for kind in self.kinds() {
            if kind.replaced.as_ref().is_some_and(|replaced| hits(view, &replaced.need()).next().is_some()) {
                continue;
            }
            for need in kind.needs(self.lines.keep()) {
                for (file, hits) in hits(view, &need) {
                    let product = |line: u32| tests.get(&*file.path).is_none_or(|first| line < *first);
                    let counted =
                        hits.iter().filter(|hit| product(hit.line) && self.counts(kind, file, hit, view));
                    for hit in counted {
                        found.entry((&*file.path, hit.line)).or_default().push(Found { kind, hit });
                    }
                }
            }
        }
        found
    }
}

fn hits<'a>(view: &View<'a>, need: &PatternNeed) -> impl Iterator<Item = (&'a File, &'a [Hit])> + use<'a> {
    let number = view.patterns.get(need);
    let tree = view.tree;
    number.into_iter().flat_map(|number| tree.hits(number))
}

/// One place for a line, however many kinds see a secret there; no secret of the line is told.
fn place(path: &str, line: u32, secrets: &[Found<'_>]) -> Option<Because> {
    let Found { kind, hit } = secrets.first()?;
    let text =
        secrets.iter().fold(hit.text.to_string(), |text, secret| concealed(&text, &secret.hit.matched));
    Some(Because {
        column: Some(hit.column),
        end_line: Some(hit.end_line),
        ..Because::line(path, line, &text).noted(kind.title.clone())
    })
}

impl Check for Secret {
    fn needs(&self, needs: &mut Needs) {
        for kind in self.kinds() {
            needs.patterns.extend(kind.needs(self.lines.keep()));
            needs.patterns.extend(kind.replaced.as_ref().map(crate::evidence::Replaced::need));
        }
        needs.patterns.insert(rust_tests());
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        if self.lines == Lines::Added {
            match view.change {
                Known::Known(_) => {}
                Known::Absent(reason) => return Judgement::no(vec![Because::note(reason.clone())]),
                Known::Unknown(unknown) => return Judgement::unknown(unknown.clone()),
            }
        }
        let because: Vec<Because> = self
            .found(view)
            .iter()
            .filter_map(|((path, line), secrets)| place(path, *line, secrets))
            .collect();
        if because.is_empty() {
            return Judgement::no(vec![Because::note("no file holds a secret of a known form")]);
        }
        Judgement::yes(because)
    }
}
