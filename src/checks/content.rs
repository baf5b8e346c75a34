//! `content`: text in files.

use super::select::{Lines, Paths};
use super::{Check, Kind, build, schema};
use crate::evidence::{
    Class, File, Hit, Mask, Needs, OneOrMany, Pattern, PatternNeed, Reading, View, entropy,
};
use crate::words::{Because, Judgement, Known, Truth, Unknown};
use regex::{Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "content",
    summary: "A text in the chosen files matches a regex.",
    details: "\
Searches the files of `in` for `matches`, one regex or several of which any counts. `^` and `$` match at lines. \
Where a regex has a group, the first group is the matched text.

* `lines: added` looks only at lines that the change adds; without a change it is false.
* `code: no_comments` blanks out comments, `code: code` the insides of strings too, where the language is known; `code: comments` keeps nothing but \
comments, and finds none where it is not.
* `except` names texts that do not count: regexes on the matched text, and on its whole line.
* `entropy` is the least number of bits that each character of the matched text must carry; made-up secrets carry few.
* `every: true` asks for a match in each chosen file, and each file without one is a place at fault.

Unknown where a chosen file could not be read (too large, say) and could turn the answer; `unread: skip` leaves it out.",
    example: "content: { in: \"src/**/*.rs\", matches: '\\bunsafe\\b', code: code, lines: added }",
    schema: schema::<Content>,
    build: build::<Content>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Content {
    /// Globs of the files.
    r#in: Paths,
    /// Regexes, of which any counts.
    matches: OneOrMany<Pattern>,
    /// Regexes on the matched text or its whole line: such a match does not count.
    #[serde(default)]
    except: Option<OneOrMany<Pattern>>,
    /// Which lines are searched.
    #[serde(default)]
    lines: Lines,
    /// Each chosen file must have a match.
    #[serde(default)]
    every: bool,
    /// Classes of files that count.
    #[serde(default)]
    classes: Vec<Class>,
    /// Which part of the text is searched.
    #[serde(default)]
    code: Part,
    /// Least entropy of the matched text, in bits for each character.
    #[serde(default)]
    entropy: Option<f64>,
    /// What a file means that could not be read.
    #[serde(default)]
    unread: Unread,
    #[serde(skip)]
    exceptions: OnceLock<Vec<Regex>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Part {
    /// The text as it stands.
    #[default]
    All,
    /// No comments, no insides of strings.
    Code,
    /// No comments.
    NoComments,
    /// Nothing but comments.
    Comments,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Unread {
    /// The answer may be unknown.
    #[default]
    Unknown,
    /// It is left out.
    Skip,
}

impl Content {
    fn patterns(&self) -> impl Iterator<Item = PatternNeed> {
        let mask = match self.code {
            Part::All => Mask::Nothing,
            Part::NoComments => Mask::Comments,
            Part::Code => Mask::CommentsAndStrings,
            Part::Comments => Mask::Code,
        };
        self.matches.0.iter().map(move |pattern| PatternNeed {
            files: self.r#in.selection(&self.classes),
            regex: pattern.0.clone(),
            mask,
            keep: self.lines.keep(),
        })
    }

    fn exceptions(&self) -> &[Regex] {
        self.exceptions.get_or_init(|| {
            let patterns = self.except.iter().flat_map(|except| &except.0);
            patterns
                .filter_map(|pattern| RegexBuilder::new(&pattern.0).multi_line(true).build().ok())
                .collect()
        })
    }

    fn counts(&self, hit: &Hit) -> bool {
        let excused = |regex: &Regex| regex.is_match(&hit.matched) || regex.is_match(&hit.text);
        !self.exceptions().iter().any(excused)
            && self.entropy.is_none_or(|least| entropy(&hit.matched) >= least)
    }

    /// Hits that count, by path; each place once.
    fn hits<'a>(&self, view: &View<'a>) -> BTreeMap<&'a str, Vec<&'a Hit>> {
        let mut found: BTreeMap<&str, Vec<&Hit>> = BTreeMap::new();
        for number in self.patterns().filter_map(|need| view.patterns.get(&need)) {
            for (file, hits) in view.tree.hits(number) {
                let hits = hits.iter().filter(|hit| self.counts(hit));
                found.entry(&*file.path).or_default().extend(hits);
            }
        }
        found.retain(|_, hits| {
            hits.sort_by_key(|hit| (hit.line, hit.column));
            hits.dedup_by_key(|hit| (hit.line, hit.column));
            !hits.is_empty()
        });
        found
    }

    /// Files that might hold a match but could not be read.
    fn unread(&self, view: &View<'_>) -> Vec<Unknown> {
        if self.unread == Unread::Skip {
            return Vec::new();
        }
        self.r#in.files(view.tree, &self.classes).filter_map(unread).collect()
    }
}

/// Why the content of a file is not known; a file that is not text holds none.
pub(super) fn unread(file: &File) -> Option<Unknown> {
    let reason = match &file.reading {
        Reading::TooLarge => "is too large to be read",
        Reading::Failed(reason) => reason,
        Reading::NotAsked | Reading::Read | Reading::Binary => return None,
    };
    Some(Unknown::because(format!("{}: {reason}", file.path)))
}

impl Check for Content {
    fn needs(&self, needs: &mut Needs) {
        needs.patterns.extend(self.patterns());
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        if self.lines == Lines::Added {
            match view.change {
                Known::Known(_) => {}
                Known::Absent(reason) => return Judgement::no(vec![Because::note(reason.clone())]),
                Known::Unknown(unknown) => return Judgement::unknown(unknown.clone()),
            }
        }
        let hits = self.hits(view);
        if self.every { self.judge_every(view, &hits) } else { self.judge_any(view, &hits) }
    }
}

impl Content {
    fn judge_any(&self, view: &View<'_>, hits: &BTreeMap<&str, Vec<&Hit>>) -> Judgement {
        let because: Vec<Because> =
            hits.iter().flat_map(|(path, hits)| hits.iter().map(|hit| place(path, hit))).collect();
        if !because.is_empty() {
            return Judgement::yes(because);
        }
        let unknown = self.unread(view);
        if !unknown.is_empty() {
            return Judgement { truth: Truth::Unknown, because: Vec::new(), unknown };
        }
        let added = if self.lines == Lines::Added { "added line" } else { "line" };
        let place = match self.r#in.shown() {
            all if all == "`**`" => String::new(),
            some => format!(" in {some}"),
        };
        Judgement::no(vec![Because::note(format!("no {added}{place} matches"))])
    }

    fn judge_every(&self, view: &View<'_>, hits: &BTreeMap<&str, Vec<&Hit>>) -> Judgement {
        let files = self.r#in.files(view.tree, &self.classes);
        let (mut without, mut unknown) = (Vec::new(), Vec::new());
        for file in files.filter(|file| !hits.contains_key(&*file.path)) {
            match unread(file) {
                Some(reason) if self.unread == Unread::Unknown => unknown.push(reason),
                Some(_) => {}
                None => without.push(Because::file(&*file.path).noted("holds no match")),
            }
        }
        if !without.is_empty() {
            return Judgement::no(without);
        }
        if !unknown.is_empty() {
            return Judgement { truth: Truth::Unknown, because: Vec::new(), unknown };
        }
        Judgement::yes(hits.iter().filter_map(|(path, hits)| Some(place(path, hits.first()?))).collect())
    }
}

fn place(path: &str, hit: &Hit) -> Because {
    Because {
        column: Some(hit.column),
        end_line: Some(hit.end_line),
        ..Because::line(path, hit.line, &hit.text)
    }
}
