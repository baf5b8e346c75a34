//! Stdout, files, and the files by which a job talks to its runner.
//!
//! Renders nothing and decides nothing. Only stdout has to work: what another channel could not take becomes a
//! line for the log and never changes the verdict (github-facts 0).

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

/// A larger step summary is dropped as a whole by the runner (github-facts 2, "Sizes").
const MAX_SUMMARY: u64 = 1 << 20;

/// What tells a reader that a summary was shortened.
const CUT: &str = "\n\n*The rest did not fit into the summary; the log has the whole report.*\n";

/// Everything that a run delivers.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    /// The report, and annotations, for stdout.
    pub stdout: String,
    /// Reports for files.
    pub files: Vec<FileReport>,
    /// The job summary: the runner's file, and what is appended to it.
    pub summary: Option<(PathBuf, String)>,
    /// The step's outputs: the runner's file, and names with values.
    pub outputs: Option<(PathBuf, Vec<(String, String)>)>,
}

/// A report for a file.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// The folder that a relative path starts from.
    pub root: PathBuf,
    /// The file.
    pub path: PathBuf,
    /// Whether the file may only lie below `root`, links included: the content of `root` is an outsider's.
    pub confined: bool,
    /// The step's output that names this file; it stays empty where the file could not be written.
    pub output: Option<&'static str>,
    /// Its content.
    pub text: String,
}

/// Why a channel could not be used.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The path names no file below its root.
    #[error("cannot write {}: {reason}", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An output would break the runner's file.
    #[error("the output `{name}` cannot be set: {reason}")]
    Output {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Delivers everything. The error is stdout's; what the other channels could not take is returned, for the log.
pub fn deliver(delivery: &Delivery, stdout: &mut dyn Write) -> io::Result<Vec<String>> {
    let mut troubles = Vec::new();
    let mut lost = Vec::new();
    for report in &delivery.files {
        let failed = report.write().err();
        lost.extend(report.output.filter(|_| failed.is_some()));
        troubles.extend(failed);
    }
    if let Some((path, text)) = &delivery.summary {
        troubles.extend(append_summary(path, text).err());
    }
    if let Some((path, outputs)) = &delivery.outputs {
        let mut outputs = outputs.clone();
        for (_, value) in outputs.iter_mut().filter(|(name, _)| lost.contains(&name.as_str())) {
            value.clear();
        }
        troubles.extend(write_outputs(path, &outputs).err());
    }
    stdout.write_all(delivery.stdout.as_bytes())?;
    stdout.flush()?;
    Ok(troubles.iter().map(ToString::to_string).collect())
}

impl FileReport {
    /// Writes the file whole or not at all; folders on the way are made.
    pub fn write(&self) -> Result<(), PublishError> {
        let path = self.path.strip_prefix(&self.root).unwrap_or(&self.path);
        let bad = |reason| PublishError::Path { path: self.path.clone(), reason };
        let name = path.file_name().ok_or_else(|| bad("it names no file"))?;
        let parent = path.parent().unwrap_or(Path::new(""));
        let folder = if self.confined && !path.is_absolute() {
            let inside =
                parent.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
            if !inside {
                return Err(bad("it leaves the folder that it must stay in"));
            }
            open_below(&self.root, parent)
        } else {
            let parent = self.root.join(parent);
            fs::create_dir_all(&parent).and_then(|()| Dir::open_ambient_dir(&parent, ambient_authority()))
        };
        let written = folder.and_then(|folder| write_whole(&folder, Path::new(name), &self.text));
        written.map_err(|source| PublishError::Write { path: self.path.clone(), source })
    }
}

/// A folder below another, made where it is missing, through no link that leads out of it.
fn open_below(root: &Path, folder: &Path) -> io::Result<Dir> {
    let root = Dir::open_ambient_dir(root, ambient_authority())?;
    if folder.as_os_str().is_empty() {
        return Ok(root);
    }
    root.create_dir_all(folder)?;
    root.open_dir(folder)
}

/// Writes beside the file, then renames: nobody ever sees half a report, and a link in its place is replaced.
fn write_whole(folder: &Dir, name: &Path, text: &str) -> io::Result<()> {
    let draft = format!(".roadworthy-{:016x}.tmp", random());
    let written = folder
        .open_with(&draft, OpenOptions::new().write(true).create_new(true))
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| folder.rename(&draft, folder, name));
    if written.is_err() {
        // Nothing more can be done about a draft that cannot be removed.
        drop(folder.remove_file(&draft));
    }
    written
}

/// Appends to the job summary, cut at a line where it would be too large.
pub fn append_summary(path: &Path, text: &str) -> Result<(), PublishError> {
    let failed = |source| PublishError::Write { path: path.to_owned(), source };
    let mut file = fs::OpenOptions::new().append(true).create(true).open(path).map_err(failed)?;
    let there = file.metadata().map_err(failed)?.len();
    let room = usize::try_from(MAX_SUMMARY.saturating_sub(there)).unwrap_or(usize::MAX);
    match fitting(text, room) {
        Some(text) => file.write_all(text.as_bytes()).map_err(failed),
        None => Err(failed(io::Error::other("earlier summaries of this step left no room"))),
    }
}

/// The text, or its first lines and a note, in so many bytes.
fn fitting(text: &str, room: usize) -> Option<String> {
    if text.len() <= room {
        return Some(text.to_owned());
    }
    let head = text.floor_char_boundary(room.checked_sub(CUT.len())?);
    let end = text[..head].rfind('\n')?;
    Some(format!("{}{CUT}", &text[..end]))
}

/// Sets outputs of the step.
pub fn write_outputs(path: &Path, outputs: &[(String, String)]) -> Result<(), PublishError> {
    let delimiter = format!("roadworthy_{:016x}{:016x}", random(), random());
    let text = outputs_text(outputs, &delimiter)?;
    let file = fs::OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|source| PublishError::Write { path: path.to_owned(), source })
}

/// Always the form with a delimiter: in the short one a newline in a value would make a new output (github-facts 2).
fn outputs_text(outputs: &[(String, String)], delimiter: &str) -> Result<String, PublishError> {
    let mut text = String::new();
    for (name, value) in outputs {
        let refused = |reason| PublishError::Output { name: name.clone(), reason };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
            return Err(refused("its name is not kebab-case"));
        }
        if value.contains(delimiter) {
            return Err(refused("its value holds the delimiter"));
        }
        // A lone CR also ends a line for the runner.
        let value = value.replace('\r', " ");
        text.extend([name, "<<", delimiter, "\n", &value, "\n", delimiter, "\n"]);
    }
    Ok(text)
}

/// Not guessable from outside; the standard library seeds its hash maps from the system's randomness.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn report(root: &Path, path: &str, confined: bool) -> FileReport {
        FileReport {
            root: root.to_owned(),
            path: path.into(),
            confined,
            output: None,
            text: "new".to_owned(),
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_written_whole_and_folders_made() {
        let root = TempDir::new().unwrap();
        fs::write(root.path().join("a.json"), "old and longer").unwrap();
        let absolute = root.path().join("c.json");
        for path in ["a.json", "./new/deep/b.json", absolute.to_str().unwrap()] {
            for confined in [true, false] {
                report(root.path(), path, confined).write().unwrap();
            }
        }
        assert_eq!(fs::read_to_string(root.path().join("a.json")).unwrap(), "new");
        assert_eq!(names(root.path()), ["a.json", "c.json", "new"]);
        assert_eq!(names(&root.path().join("new/deep")), ["b.json"]);
    }

    #[test]
    fn a_confined_file_never_leaves_its_root() {
        let (root, outside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        fs::write(outside.path().join("kept"), "kept").unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("out")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("kept"), root.path().join("link.json")).unwrap();
        for path in ["../x.json", "out/x.json", "out/kept", "", "a/.."] {
            assert!(report(root.path(), path, true).write().is_err(), "{path}");
        }
        report(root.path(), "link.json", true).write().unwrap();
        assert_eq!(fs::read_to_string(root.path().join("link.json")).unwrap(), "new");
        assert_eq!(names(outside.path()), ["kept"]);
        assert_eq!(fs::read_to_string(outside.path().join("kept")).unwrap(), "kept");
    }

    #[test]
    fn a_failed_write_leaves_nothing_behind() {
        let root = TempDir::new().unwrap();
        fs::create_dir_all(root.path().join("taken/full")).unwrap();
        let error = report(root.path(), "taken", true).write().unwrap_err().to_string();
        assert!(error.starts_with("cannot write taken: "), "{error}");
        assert_eq!(names(root.path()), ["taken"]);
    }

    #[test]
    fn outputs_cannot_smuggle_others() {
        let pair = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let text = outputs_text(&pair("json-file", "a\nverdict=pass\rb"), "D").unwrap();
        assert_eq!(text, "json-file<<D\na\nverdict=pass b\nD\n");
        for (name, value) in [("verdict", "x\nD\ny"), ("a=b", "x"), ("a\nb", "x"), ("", "x")] {
            assert!(outputs_text(&pair(name, value), "D").is_err(), "{name:?} {value:?}");
        }
    }

    #[test]
    fn the_summary_stays_under_the_limit_with_what_is_there() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let line = "ä line of the report\n";
        let text = line.repeat(40_000);
        append_summary(file.path(), &text).unwrap();
        let first = fs::read_to_string(file.path()).unwrap();
        assert_eq!(first.len(), text.len());
        append_summary(file.path(), &text).unwrap();
        let second = fs::read_to_string(file.path()).unwrap();
        assert!(second.len() as u64 <= MAX_SUMMARY && second.ends_with(CUT));
        assert!(second[..second.len() - CUT.len()].ends_with("report"));
        assert!(append_summary(file.path(), &text).is_err());
    }

    #[test]
    fn only_stdout_has_to_work() {
        let nowhere = PathBuf::from("/nowhere/at/all");
        let delivery = Delivery {
            stdout: "report".to_owned(),
            files: vec![report(Path::new("/nowhere"), "a.json", true)],
            summary: Some((nowhere.clone(), "text".to_owned())),
            outputs: Some((nowhere, vec![("verdict".to_owned(), "pass".to_owned())])),
        };
        let mut stdout = Vec::new();
        let troubles = deliver(&delivery, &mut stdout).unwrap();
        assert_eq!(stdout, b"report");
        assert_eq!(troubles.len(), 3, "{troubles:?}");
    }
}
