//! Many globs, and which of them match a path: looked up by name, extension or folder, so that few are tried.

use super::braces::written_out;
use super::wild::{Handle, Wild};
use super::{anchored, compile, lowercase};
use aho_corasick::AhoCorasick;
use globset::{GlobSet, GlobSetBuilder};
use std::collections::{BTreeMap, HashMap};

/// Globs in one list from which on they are looked up by their texts.
const MANY: usize = 8;
/// Bytes of such a text: shorter ones stand in most paths.
const TELLING: usize = 3;

/// Globs by their numbers, in small letters.
#[derive(Debug, Clone, Default)]
pub(crate) struct GlobTable {
    wilds: Vec<(Wild, u32)>,
    by_name: HashMap<Box<[u8]>, Vec<u32>>,
    by_extension: HashMap<Box<[u8]>, Extension>,
    by_folder: HashMap<Box<[u8]>, Vec<u32>>,
    by_start: HashMap<u8, Vec<u32>>,
    top: Vec<u32>,
    others: Vec<u32>,
    /// Where many of the others share the way: those that a text in the path stands for.
    pieces: Option<Pieces>,
    /// What is no plain glob.
    odd: GlobSet,
    odd_numbers: Vec<u32>,
}

/// Globs by a text that stands in every path that they match.
#[derive(Debug, Clone)]
struct Pieces {
    texts: AhoCorasick,
    /// For each of the texts.
    globs: Vec<Vec<u32>>,
}

/// The globs whose names end with this extension.
#[derive(Debug, Clone, Default)]
struct Extension {
    /// What names have to end with, and the globs that ask for nothing else: most of them.
    endings: Vec<(Box<[u8]>, Vec<u32>)>,
    others: Vec<u32>,
}

impl GlobTable {
    /// A table of these globs, each with its number. The text of the error says what is wrong with which glob.
    pub(crate) fn new<'a>(globs: impl IntoIterator<Item = (&'a str, u32)>) -> Result<Self, String> {
        Self::build(globs, true)
    }

    /// The same where small and large letters differ, in globs and paths.
    pub(crate) fn exact<'a>(globs: impl IntoIterator<Item = (&'a str, u32)>) -> Result<Self, String> {
        Self::build(globs, false)
    }

    fn build<'a>(globs: impl IntoIterator<Item = (&'a str, u32)>, any_case: bool) -> Result<Self, String> {
        let (mut table, mut odd) = (Self::default(), GlobSetBuilder::new());
        for (glob, number) in globs {
            let written = if any_case { written_out(&lowercase(glob)) } else { written_out(glob) };
            let wilds = written.iter().map(|one| Wild::new(anchored(one))).collect::<Option<Vec<_>>>();
            if let Some(wilds) = wilds {
                for wild in wilds {
                    table.add(wild, number);
                }
            } else {
                odd.add(compile(glob, any_case)?);
                table.odd_numbers.push(number);
            }
        }
        table.odd = odd.build().map_err(|error| error.to_string())?;
        table.gather_pieces()?;
        Ok(table)
    }

    /// Takes what would be tried on many paths out of the lists, and looks it up by its text.
    fn gather_pieces(&mut self) -> Result<(), String> {
        let lists = self.by_extension.values_mut().map(|extension| &mut extension.others);
        let lists: Vec<&mut Vec<u32>> =
            lists.chain([&mut self.others]).filter(|list| list.len() >= MANY).collect();
        let mut by_text: BTreeMap<&[u8], Vec<u32>> = BTreeMap::new();
        for list in lists {
            list.retain(|place| {
                let piece = self.wilds[*place as usize].0.piece();
                let telling = piece.len() >= TELLING;
                if telling {
                    by_text.entry(piece).or_default().push(*place);
                }
                !telling
            });
        }
        if !by_text.is_empty() {
            let texts = AhoCorasick::builder().prefilter(false).build(by_text.keys());
            let texts = texts.map_err(|error| error.to_string())?;
            self.pieces = Some(Pieces { texts, globs: by_text.into_values().collect() });
        }
        Ok(())
    }

    fn add(&mut self, wild: Wild, number: u32) {
        let place = u32::try_from(self.wilds.len()).unwrap_or(u32::MAX);
        let places = match wild.handle() {
            Handle::Name(name) => self.by_name.entry(name.into()).or_default(),
            Handle::Extension(extension) => {
                let extension = self.by_extension.entry(extension.into()).or_default();
                match wild.any_ending() {
                    Some(ending) => extension.ending(ending),
                    None => &mut extension.others,
                }
            }
            Handle::Folder(folder) => self.by_folder.entry(folder.into()).or_default(),
            Handle::Top => &mut self.top,
            Handle::Start(first) => self.by_start.entry(first).or_default(),
            Handle::None => &mut self.others,
        };
        places.push(place);
        self.wilds.push((wild, number));
    }

    /// Whether one of the globs matches the path, which is in small letters.
    pub(crate) fn is_match(&self, path: &str) -> bool {
        self.plain(path).next().is_some() || (!self.odd.is_empty() && self.odd.is_match(path))
    }

    /// The numbers of the globs that match the path, which is in small letters: in order, each once.
    pub(crate) fn matches(&self, path: &str) -> Vec<u32> {
        let mut found: Vec<u32> = self.plain(path).collect();
        if !self.odd.is_empty() {
            found.extend(self.odd.matches(path).into_iter().map(|at| self.odd_numbers[at]));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Its globs, where all of them are plain.
    pub(super) fn wilds(&self) -> impl Iterator<Item = &Wild> {
        self.wilds.iter().map(|(wild, _)| wild)
    }

    /// Whether it is quicker to ask it of each path than to look up the paths of each glob.
    pub(super) fn tried_on_all(&self) -> bool {
        !self.odd.is_empty() || self.wilds().filter(|wild| wild.handle() == Handle::None).count() >= MANY
    }

    /// Whether there is no glob.
    pub(crate) fn is_empty(&self) -> bool {
        self.wilds.is_empty() && self.odd.is_empty()
    }

    fn plain<'a>(&'a self, path: &'a str) -> impl Iterator<Item = u32> + 'a {
        let name = path.rsplit('/').next().unwrap_or(path);
        let folders = &path[..path.len() - name.len()];
        let by_name = look(&self.by_name, name).into_iter().flatten();
        let extension = name.rsplit_once('.').and_then(|(_, last)| look(&self.by_extension, last));
        let by_extension = extension.into_iter().flat_map(|extension| &extension.others);
        let top = folders.is_empty().then_some(&self.top).into_iter().flatten();
        let first = name.bytes().next().filter(|_| !self.by_start.is_empty());
        let by_start = first.and_then(|first| self.by_start.get(&first)).into_iter().flatten();
        let folders = if self.by_folder.is_empty() { "" } else { folders };
        let by_folder =
            folders.split_terminator('/').filter_map(move |folder| look(&self.by_folder, folder)).flatten();
        let pieces = self.pieces.iter().flat_map(move |pieces| pieces.in_path(path));
        let by_name = by_name.chain(pieces);
        let places =
            by_name.chain(by_extension).chain(top).chain(by_start).chain(&self.others).chain(by_folder);
        let ending = extension.into_iter().flat_map(move |extension| extension.endings_of(name));
        ending.map(|place| self.wilds[*place as usize].1).chain(places.filter_map(move |place| {
            let (wild, number) = &self.wilds[*place as usize];
            wild.matches(path, name).then_some(*number)
        }))
    }
}

fn look<'a, T>(map: &'a HashMap<Box<[u8]>, T>, key: &str) -> Option<&'a T> {
    if map.is_empty() { None } else { map.get(key.as_bytes()) }
}

impl Pieces {
    fn in_path<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a u32> {
        self.texts.find_overlapping_iter(path).flat_map(|found| &self.globs[found.pattern().as_usize()])
    }
}

impl Extension {
    /// The globs that ask for this ending alone.
    fn ending(&mut self, ending: &[u8]) -> &mut Vec<u32> {
        let known = self.endings.iter().position(|(known, _)| **known == *ending);
        let at = known.unwrap_or(self.endings.len());
        if known.is_none() {
            self.endings.push((ending.into(), Vec::new()));
        }
        &mut self.endings[at].1
    }

    fn endings_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a u32> {
        let fitting = self.endings.iter().filter(|(ending, _)| name.as_bytes().ends_with(ending));
        fitting.flat_map(|(_, places)| places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn alternatives_mean_what_globset_means(
            glob in r"(\{\*\*/,\}|\*\*/)?((a|b|\{a,b\}|\{,b/\}|\{\*\*/,a/\}|\*)/?){1,4}",
            path in "([ab]{1,2}/){0,4}[ab]{1,3}",
        ) {
            let Ok(built) = compile(&glob, false) else { return Ok(()) };
            let table = GlobTable::new([(glob.as_str(), 7)]).unwrap();
            let expected = built.compile_matcher().is_match(&path);
            prop_assert_eq!(table.is_match(&path), expected, "{} {}", glob, path);
            prop_assert_eq!(table.matches(&path), if expected { vec![7] } else { Vec::new() });
        }
    }

    proptest! {
        #[test]
        fn what_is_looked_up_by_its_text_is_what_matches(
            globs in prop::collection::vec(r"\*\*/(\*[ab]{2,4}\*/\*\*|\*[ab]{2,4}\*|\*[ab]{2,4}\*\.a|[ab]{1,2}\*\.a)", 12..30),
            path in "([ab]{1,6}/){0,3}[ab]{1,6}(\\.a)?",
        ) {
            let numbered = || globs.iter().map(String::as_str).zip(0..);
            let alone = |glob| GlobTable::new([(glob, 0)]).unwrap().is_match(&path);
            let expected: Vec<u32> = numbered().filter(|(glob, _)| alone(*glob)).map(|(_, at)| at).collect();
            prop_assert_eq!(GlobTable::new(numbered()).unwrap().matches(&path), expected);
        }
    }

    #[test]
    fn numbers_of_all_globs_that_match_are_found() {
        let globs = ["**/*.{rs,py}", "src/**", "**/*[._-]test.*", "**", "**/{a,b}{,.md}", "Src/*.RS"];
        let table = GlobTable::new(globs.into_iter().zip(0..)).unwrap();
        let cases: [(&str, &[u32]); 5] = [
            ("src/a.rs", &[0, 1, 3, 5]),
            ("b/a_test.py", &[0, 2, 3]),
            ("x/a.md", &[3, 4]),
            ("b", &[3, 4]),
            ("src/b/c", &[1, 3]),
        ];
        for (path, expected) in cases {
            assert_eq!(table.matches(path), expected, "{path}");
            assert!(table.is_match(path), "{path}");
        }
        let error = GlobTable::new([("a{b", 0)]).unwrap_err();
        assert!(error.contains("`a{b` is not a glob"), "{error}");
    }
}
