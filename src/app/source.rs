//! Finds the policy: where its files are, and which of them it is.

use super::Error;
use crate::document::Problems;
use crate::gather::{FolderFiles, Place};
use crate::policy::{self, Files, Policy};
use std::path::{Path, PathBuf};

/// Where a policy is looked for when none is named.
const DEFAULT_FILES: [&str; 2] = [".github/roadworthy.yml", "roadworthy.yml"];
/// What is used when there is none of these.
const BUILTIN: &str = "builtin:roadmap";

/// A policy's name, and the files that it may consist of.
pub(super) struct Located {
    pub(super) source: String,
    pub(super) files: Box<dyn Files>,
    asked: Asked,
}

/// What was asked for, so that the same can be looked for on the other side of a change.
enum Asked {
    /// Whatever is there by default.
    Default,
    /// This one.
    Named(String),
    /// One that is not in the repository: no change of it can edit that.
    Elsewhere,
}

impl Located {
    /// The policy of this name among these files; none named means the default.
    pub(super) fn among(files: Box<dyn Files>, named: Option<&str>) -> Result<Self, Error> {
        let source = match named {
            Some(name) => name.to_owned(),
            None => default(&*files)?,
        };
        let asked = named.map_or(Asked::Default, |name| Asked::Named(name.to_owned()));
        Ok(Self { source, files, asked })
    }

    /// The policy that a person names on the command line: a path from where they stand. Inside the judged folder it
    /// may extend everything there, elsewhere what lies beside it.
    pub(super) fn typed(place: &Place, named: Option<&str>) -> Result<Self, Error> {
        let root = || -> Result<Box<dyn Files>, Error> {
            if place.has_files() {
                Ok(Box::new(place.files()?))
            } else {
                Ok(Box::new(place.files_at("HEAD")?))
            }
        };
        let path = match named {
            Some(name) if !name.contains(':') => std::fs::canonicalize(name).ok(),
            _ => return Self::among(root()?, named),
        };
        let Some(path) = path.filter(|path| path.is_file()) else {
            // Not a file from here; perhaps a path from the root, and else the loader says that it is missing.
            return Self::among(root()?, named);
        };
        if let Some(inside) = place.has_files().then(|| below(&path, place.root())).flatten() {
            return Self::among(root()?, Some(&inside));
        }
        let (folder, name) = apart(&path);
        let files = Box::new(FolderFiles::open(&folder)?);
        Ok(Self { source: name, files, asked: Asked::Elsewhere })
    }

    /// The same policy among other files: on the other side of a change.
    pub(super) fn elsewhere(&self, files: Box<dyn Files>) -> Option<Result<Self, Error>> {
        match &self.asked {
            Asked::Default => Some(Self::among(files, None)),
            Asked::Named(name) => Some(Self::among(files, Some(name))),
            Asked::Elsewhere => None,
        }
    }

    /// Loads it; what this version cannot honour yet is an error of its own.
    pub(super) fn load(&self) -> Result<Policy, Error> {
        let policy = policy::load(&self.source, &*self.files)?;
        match policy.unsupported() {
            [] => Ok(policy),
            pending => Err(Error::Unsupported(Problems(pending.to_vec()))),
        }
    }
}

fn default(files: &dyn Files) -> Result<String, Error> {
    for name in DEFAULT_FILES {
        let found = files.read(name).map_err(|reason| Error::Usage {
            message: format!("the policy `{name}` cannot be read: {reason}"),
            help: "Make it a file, or name another policy with --policy.".to_owned(),
        })?;
        if found.is_some() {
            return Ok(name.to_owned());
        }
    }
    Ok(BUILTIN.to_owned())
}

fn below(path: &Path, root: &Path) -> Option<String> {
    let inside = path.strip_prefix(root).ok()?.to_str()?;
    Some(inside.replace(std::path::MAIN_SEPARATOR, "/"))
}

fn apart(path: &Path) -> (PathBuf, String) {
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    (folder, path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()))
}
