//! Lists a folder that is not a git repository: every file in it counts, because nothing tells what is not shipped.
//!
//! `.gitignore` is not honoured. Dependencies that are installed in the folder are listed like everything else, their
//! class says that they are vendored, and so nobody reads them. Only `.git` is left out.

use super::GatherError;
use super::listing::{Entry, MAX_ENTRIES, Origin, sorted};
use crate::evidence::FileKind;
use gix::path::into_bstr;
use ignore::{DirEntry, WalkBuilder, WalkState};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Entries, and how many folders could not be listed with the first reason.
pub(super) struct Walked {
    pub(super) entries: Vec<Entry>,
    pub(super) failures: usize,
    pub(super) failure: String,
}

/// Lists the folder. Links are listed, never followed.
pub(super) fn list(root: &Path) -> Result<Walked, GatherError> {
    let found = Mutex::new(Walked { entries: Vec::new(), failures: 0, failure: String::new() });
    let walk = WalkBuilder::new(root)
        .standard_filters(false)
        .follow_links(false)
        .filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git")
        .build_parallel();
    walk.run(|| {
        Box::new(|item| {
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            match item {
                Ok(item) => found.entries.extend(entry(root, &item)),
                Err(error) => {
                    // The smallest text, so that the same folder always gives the same note.
                    let text = reason(&error);
                    if found.failures == 0 || text < found.failure {
                        found.failure = text;
                    }
                    found.failures += 1;
                }
            }
            if found.entries.len() > MAX_ENTRIES { WalkState::Quit } else { WalkState::Continue }
        })
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    if found.entries.len() > MAX_ENTRIES {
        return Err(GatherError::TooMany { limit: MAX_ENTRIES });
    }
    found.entries = sorted(found.entries);
    Ok(found)
}

fn entry(root: &Path, item: &DirEntry) -> Option<Entry> {
    let kind = item.file_type()?;
    if kind.is_dir() {
        return None;
    }
    let below = item.path().strip_prefix(root).ok()?;
    let name = gix::path::to_unix_separators_on_windows(into_bstr(below).ok()?);
    Some(Entry::new(&name, kind_of(kind.is_file(), kind.is_symlink()), Origin::Disk))
}

/// What an entry is that is no folder.
pub(super) const fn kind_of(file: bool, symlink: bool) -> FileKind {
    match (file, symlink) {
        (true, _) => FileKind::Regular,
        (false, true) => FileKind::Symlink,
        (false, false) => FileKind::Special,
    }
}

/// Without the path, which is an outsider's text and may be very long.
fn reason(error: &ignore::Error) -> String {
    error.io_error().map_or_else(|| "it changed while it was listed".to_owned(), ToString::to_string)
}
