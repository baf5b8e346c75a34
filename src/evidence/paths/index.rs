//! The paths of a tree by name, extension and folder, so that a set of globs finds its files without trying all of them.

use super::lowercase;
use super::table::GlobTable;
use super::wild::{Handle, Wild};
use std::collections::HashMap;

/// Places of paths in a list.
type Places = HashMap<Box<[u8]>, Vec<u32>>;

/// A path in small letters.
#[derive(Debug)]
struct Path {
    text: Box<str>,
    /// Where its name starts.
    name: usize,
}

impl Path {
    fn name(&self) -> &str {
        &self.text[self.name..]
    }
}

/// The paths of a list.
#[derive(Debug, Default)]
pub(crate) struct PathIndex {
    paths: Vec<Path>,
    by_name: Places,
    by_extension: Places,
    by_folder: Places,
    /// By the first byte of the name.
    by_start: HashMap<u8, Vec<u32>>,
    /// Those that are in no folder.
    top: Vec<u32>,
}

impl PathIndex {
    /// The index of these paths; each is named by its place in the list.
    pub(crate) fn new<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut index = Self::default();
        for (place, path) in (0..).zip(paths) {
            let path = lowercase(path);
            let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let add = |places: &mut Places, key: &str| match places.get_mut(key.as_bytes()) {
                Some(known) if known.last() == Some(&place) => {}
                Some(known) => known.push(place),
                None => drop(places.insert(key.as_bytes().into(), vec![place])),
            };
            add(&mut index.by_name, name);
            if let Some((_, extension)) = name.rsplit_once('.') {
                add(&mut index.by_extension, extension);
            }
            folders
                .split('/')
                .filter(|_| !folders.is_empty())
                .for_each(|name| add(&mut index.by_folder, name));
            if let Some(first) = name.bytes().next() {
                index.by_start.entry(first).or_default().push(place);
            }
            if folders.is_empty() {
                index.top.push(place);
            }
            let start = path.len() - name.len();
            index.paths.push(Path { name: start, text: path.into() });
        }
        index
    }

    /// The places of the paths that the globs match, in order.
    pub(super) fn select(&self, globs: &GlobTable, unless: &GlobTable) -> Vec<u32> {
        let all = || (0..).zip(&self.paths);
        let mut places: Vec<u32> = Vec::new();
        if globs.tried_on_all() {
            places.extend(all().filter(|(_, path)| globs.is_match(&path.text)).map(|(place, _)| place));
        } else {
            for wild in globs.wilds() {
                let fits = |path: &Path| wild.matches(&path.text, path.name());
                match self.candidates(wild) {
                    Some(found) => {
                        places.extend(found.iter().filter(|place| fits(&self.paths[**place as usize])));
                    }
                    None => places.extend(all().filter(|(_, path)| fits(path)).map(|(place, _)| place)),
                }
            }
            places.sort_unstable();
            places.dedup();
        }
        if !unless.is_empty() {
            places.retain(|place| !unless.is_match(&self.paths[*place as usize].text));
        }
        places
    }

    /// Every place that the glob could match; none where that could be any.
    fn candidates(&self, wild: &Wild) -> Option<&[u32]> {
        let found = match wild.handle() {
            Handle::Name(name) => self.by_name.get(name),
            Handle::Extension(extension) => self.by_extension.get(extension),
            Handle::Folder(folder) => self.by_folder.get(folder),
            Handle::Top => Some(&self.top),
            Handle::Start(first) => self.by_start.get(&first),
            Handle::None => return None,
        };
        Some(found.map_or(&[], Vec::as_slice))
    }
}

#[cfg(test)]
mod tests {
    use super::super::PathSet;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_set_finds_what_it_contains(
            globs in prop::collection::vec(r"!?(\*\*/)?([ab.*]{1,3}/|\*\*/|\{a,b\}/){0,2}([ab.*]{1,3}|\[ab\]|\*\*)", 1..4),
            paths in prop::collection::btree_set("([aAb.]{1,2}/){0,3}[ab.]{1,3}", 0..12),
        ) {
            let index = PathIndex::new(paths.iter().map(String::as_str));
            let set = PathSet::new(&globs).unwrap();
            let expected: Vec<u32> =
                (0..).zip(&paths).filter(|(_, path)| set.contains(path)).map(|(place, _)| place).collect();
            prop_assert_eq!(set.select(&index), expected, "{:?}", globs);
        }
    }

    #[test]
    fn what_is_looked_up_is_what_matches() {
        let paths =
            ["README.md", "a/Dockerfile", "a/b/Dockerfile.dev", "a/b/c.tar.gz", "b/a/x", "b/x.gz", "c"];
        let index = PathIndex::new(paths.into_iter());
        let sets: [&[&str]; 10] = [
            &["readme*"],
            &["**/Dockerfile*", "!**/*.dev"],
            &["**/*.gz"],
            &["a/**"],
            &["**/a/*"],
            &["**/b/**", "c"],
            &["**"],
            &["**/*f*"],
            &["**/[ab]/x"],
            &[],
        ];
        for globs in sets {
            let set = PathSet::new(globs).unwrap();
            let expected: Vec<u32> =
                (0..).zip(paths).filter(|(_, path)| set.contains(path)).map(|(place, _)| place).collect();
            assert_eq!(set.select(&index), expected, "{globs:?}");
        }
    }
}
