//! Many globs, and which of them match a path: looked up by name, extension or folder, so that few are tried.

use super::braces::written_out;
use super::wild::{Handle, Wild};
use super::{anchored, compile, lowercase};
use globset::{GlobSet, GlobSetBuilder};
use std::collections::HashMap;

/// Globs by their numbers, in small letters.
#[derive(Debug, Clone, Default)]
pub(crate) struct GlobTable {
    wilds: Vec<(Wild, u32)>,
    by_name: HashMap<Box<[u8]>, Vec<u32>>,
    by_extension: HashMap<Box<[u8]>, Vec<u32>>,
    by_folder: HashMap<Box<[u8]>, Vec<u32>>,
    by_start: HashMap<u8, Vec<u32>>,
    top: Vec<u32>,
    others: Vec<u32>,
    /// What is no plain glob.
    odd: GlobSet,
    odd_numbers: Vec<u32>,
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
        Ok(table)
    }

    fn add(&mut self, wild: Wild, number: u32) {
        let place = u32::try_from(self.wilds.len()).unwrap_or(u32::MAX);
        let places = match wild.handle() {
            Handle::Name(name) => self.by_name.entry(name.into()).or_default(),
            Handle::Extension(extension) => self.by_extension.entry(extension.into()).or_default(),
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

    /// By what its globs can be looked up; none where there is one that only a regex tells.
    pub(super) fn handles(&self) -> Option<impl Iterator<Item = Handle<'_>>> {
        self.odd.is_empty().then(|| self.wilds.iter().map(|(wild, _)| wild.handle()))
    }

    /// Whether there is no glob.
    pub(crate) fn is_empty(&self) -> bool {
        self.wilds.is_empty() && self.odd.is_empty()
    }

    fn plain<'a>(&'a self, path: &'a str) -> impl Iterator<Item = u32> + 'a {
        let name = path.rsplit('/').next().unwrap_or(path);
        let look = |map: &'a HashMap<Box<[u8]>, Vec<u32>>, key: &str| {
            if map.is_empty() { &[][..] } else { map.get(key.as_bytes()).map_or(&[][..], Vec::as_slice) }
        };
        let by_name = look(&self.by_name, name);
        let by_extension = name.rsplit_once('.').map_or(&[][..], |(_, last)| look(&self.by_extension, last));
        let folders = &path[..path.len() - name.len()];
        let top = if folders.is_empty() { self.top.as_slice() } else { &[] };
        let first = name.bytes().next().filter(|_| !self.by_start.is_empty());
        let by_start = first.and_then(|first| self.by_start.get(&first)).map_or(&[][..], Vec::as_slice);
        let folders = if self.by_folder.is_empty() { "" } else { folders };
        let by_folder = folders.split_terminator('/').flat_map(move |folder| look(&self.by_folder, folder));
        let places = by_name.iter().chain(by_extension).chain(top).chain(by_start).chain(&self.others);
        let places = places.chain(by_folder);
        places.filter_map(move |place| {
            let (wild, number) = &self.wilds[*place as usize];
            wild.matches(path, name).then_some(*number)
        })
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
