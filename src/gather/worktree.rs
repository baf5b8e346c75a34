//! Lists a git work tree: what is tracked and still there, and what is neither tracked nor ignored.
//!
//! Says of each tracked file whether it still is what the index holds. Line endings are compared as git does it;
//! filter programs are never run. A file whose time stamp tells nothing is hashed for that, here and only here.

use super::GatherError;
use super::folder::kind_of as kind_on_disk;
use super::git::broken;
use super::listing::{Entry, MAX_ENTRIES, Origin, of_tree, sorted};
use super::reports::Left;
use crate::evidence::FileKind;
use crate::plan::ReportPaths;
use cap_std::fs::Dir;
use gix::bstr::{BStr, ByteSlice};
use gix::dir::entry::{Kind as DiskKind, Status};
use gix::dir::walk::EmissionMode;
use gix::index::entry::{Flags, Mode, Stage};
use gix::progress::Discard;
use gix::status::index_worktree::Item;
use gix::status::plumbing::index_as_worktree::{Change, EntryStatus};
use gix::status::{Submodule, UntrackedFiles};
use gix::{Repository, submodule};
use std::collections::HashMap;

/// What became of a tracked file.
enum Fate {
    Gone,
    /// Another content, or another sort of entry.
    Other,
    /// The executable bit alone.
    Mode,
}

/// What differs between index and work tree.
#[derive(Default)]
struct Differences {
    tracked: HashMap<usize, Fate>,
    untracked: Vec<Entry>,
    left: Vec<Left>,
}

/// Lists the work tree, which `dir` is, and what lies beside it where reports can lie. A report that nobody tracks is no part
/// of the tree: it was made from it.
pub(super) fn list(
    repo: &Repository,
    dir: &Dir,
    reports: &ReportPaths,
) -> Result<(Vec<Entry>, Vec<Left>), GatherError> {
    let index = repo.index_or_empty().map_err(|error| broken(repo, &error))?;
    if index.entries().len() > MAX_ENTRIES {
        return Err(GatherError::TooMany { limit: MAX_ENTRIES });
    }
    let Differences { tracked, untracked, mut left } = differences(repo, dir, reports)?;
    left.sort();
    let mut entries = untracked;
    for (at, tracked_entry) in index.entries().iter().enumerate() {
        let name = tracked_entry.path(&index);
        if tracked_entry.mode.is_sparse() {
            entries.extend(of_tree(repo, tracked_entry.id, name)?);
        } else {
            let fate = match tracked_entry.stage() {
                Stage::Unconflicted => tracked.get(&at),
                // Which side wins is open: what lies in the work tree counts, once.
                _ => Some(&Fate::Other),
            };
            entries.extend(entry(tracked_entry, name, fate, dir));
        }
    }
    Ok((sorted(entries), left))
}

fn entry(tracked: &gix::index::Entry, name: &BStr, fate: Option<&Fate>, dir: &Dir) -> Option<Entry> {
    let kind = if tracked.mode.contains(Mode::COMMIT) {
        FileKind::Submodule
    } else if tracked.mode.contains(Mode::SYMLINK) {
        FileKind::Symlink
    } else {
        FileKind::Regular
    };
    let executable = tracked.mode == Mode::FILE_EXECUTABLE;
    // Not checked out on purpose: the content is still part of the project.
    let origin = if tracked.flags.contains(Flags::SKIP_WORKTREE) { Origin::Object } else { Origin::Disk };
    let same = Entry {
        executable,
        id: Some(tracked.id),
        size: u64::from(tracked.stat.size),
        ..Entry::new(name, kind, origin)
    };
    match fate {
        None => Some(same),
        Some(Fate::Gone) => None,
        Some(Fate::Mode) => Some(Entry { executable: !executable, ..same }),
        Some(Fate::Other) => on_disk(name, dir),
    }
}

/// What lies in the work tree under this name; a folder is not an entry.
fn on_disk(name: &BStr, dir: &Dir) -> Option<Entry> {
    let entry = Entry::new(name, FileKind::Special, Origin::Disk);
    let metadata = dir.symlink_metadata(entry.disk_path()?).ok()?;
    if metadata.is_dir() {
        return None;
    }
    let kind = kind_on_disk(metadata.is_file(), metadata.is_symlink());
    Some(Entry { kind, executable: executable(&metadata), size: metadata.len(), ..entry })
}

#[cfg(unix)]
fn executable(metadata: &cap_std::fs::Metadata) -> bool {
    use cap_std::fs::MetadataExt;
    metadata.is_file() && metadata.mode() & 0o100 != 0
}

#[cfg(not(unix))]
const fn executable(_: &cap_std::fs::Metadata) -> bool {
    false
}

fn differences(repo: &Repository, dir: &Dir, reports: &ReportPaths) -> Result<Differences, GatherError> {
    let changes = repo
        .status(Discard)
        .map(|status| {
            status
                .index_worktree_submodules(Submodule::Given {
                    ignore: submodule::config::Ignore::All,
                    check_dirty: false,
                })
                .index_worktree_rewrites(None)
                .untracked_files(UntrackedFiles::Files)
                .dirwalk_options(|options| {
                    options.emit_ignored((!reports.is_empty()).then_some(EmissionMode::Matching))
                })
        })
        .and_then(|status| status.into_index_worktree_iter(Vec::new()))
        .map_err(|error| broken(repo, &error))?;
    let mut found = Differences::default();
    for item in changes {
        match item.map_err(|error| broken(repo, &error))? {
            Item::Modification { entry_index, status, .. } => {
                if let Some(fate) = fate(&status) {
                    found.tracked.insert(entry_index, fate);
                }
            }
            Item::DirectoryContents { entry, .. } if entry.status == Status::Untracked => {
                let path = entry.rela_path.to_str_lossy();
                if reports.contains(&path) && entry.disk_kind == Some(DiskKind::File) {
                    found.left.push(Left { path: path.into_owned(), folder: false });
                } else {
                    found.untracked.extend(untracked(entry.rela_path.as_bstr(), entry.disk_kind, dir));
                }
            }
            Item::DirectoryContents { entry, .. } if matches!(entry.status, Status::Ignored(_)) => {
                let folder = match entry.disk_kind {
                    Some(DiskKind::File) => false,
                    Some(DiskKind::Directory) => true,
                    _ => continue,
                };
                let path = entry.rela_path.to_str_lossy().into_owned();
                if folder || reports.contains(&path) {
                    found.left.push(Left { path, folder });
                }
            }
            Item::DirectoryContents { .. } | Item::Rewrite { .. } => {}
        }
        if found.untracked.len() + found.left.len() > MAX_ENTRIES {
            return Err(GatherError::TooMany { limit: MAX_ENTRIES });
        }
    }
    Ok(found)
}

fn fate<T, U>(status: &EntryStatus<T, U>) -> Option<Fate> {
    match status {
        EntryStatus::NeedsUpdate(_) | EntryStatus::Change(Change::SubmoduleModification(_)) => None,
        EntryStatus::Change(Change::Removed) => Some(Fate::Gone),
        EntryStatus::Change(Change::Modification {
            content_change: None, executable_bit_changed, ..
        }) => executable_bit_changed.then_some(Fate::Mode),
        EntryStatus::Conflict { .. }
        | EntryStatus::IntentToAdd
        | EntryStatus::Change(Change::Type { .. } | Change::Modification { .. }) => Some(Fate::Other),
    }
}

fn untracked(name: &BStr, kind: Option<DiskKind>, dir: &Dir) -> Option<Entry> {
    match kind {
        // Another repository inside this one: git would track its commit, not its files.
        Some(DiskKind::Repository) => Some(Entry::new(name, FileKind::Submodule, Origin::Disk)),
        _ => on_disk(name, dir),
    }
}
