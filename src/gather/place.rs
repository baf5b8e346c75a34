//! Where the project is: a folder, or a git repository. Found once; all else starts from here.

use super::{Base, CommitFiles, FolderFiles, GatherError, Head, git, remote};
use crate::words::Known;
use gix::{ObjectId, ThreadSafeRepository};
use std::path::{Path, PathBuf};

/// A folder that is judged, with the repository that holds it.
#[derive(Debug)]
pub struct Place {
    /// The folder that is the root of all paths: of the repository's work tree, where there is one.
    root: PathBuf,
    repository: Option<ThreadSafeRepository>,
    notes: Vec<String>,
}

/// The commits that are compared.
#[derive(Debug)]
pub(super) struct Commits {
    /// The merge base.
    pub(super) base: Known<ObjectId>,
    /// The head, or what is checked out; none before the first commit and without git.
    pub(super) head: Option<ObjectId>,
}

impl Place {
    /// Finds out what is at the path. Inside a repository the whole repository is judged, unless it tracks nothing
    /// below the path: then the path is a folder that happens to lie there.
    pub fn open(path: &Path) -> Result<Self, GatherError> {
        let shown = || path.display().to_string();
        let folder = std::fs::canonicalize(path)
            .map_err(|error| GatherError::Path { path: shown(), reason: error.to_string() })?;
        if !folder.is_dir() {
            return Err(GatherError::NotAFolder { path: shown() });
        }
        let Ok((found, _)) = gix::discover::upwards(&folder) else {
            let broken = folder.join(".git").symlink_metadata().is_ok();
            let note =
                "`.git` is not a repository that can be read: the folder is judged without its history";
            return Ok(Self::folder(folder, broken.then(|| note.to_owned())));
        };
        let (git_dir, _) = found.into_repository_and_work_tree_directories();
        let repository = git::open(&git_dir)?;
        let repo = git::local(&repository);
        let Some(root) = repo.workdir() else {
            return Ok(Self { root: folder, repository: Some(repository), notes: Vec::new() });
        };
        let root = std::fs::canonicalize(root)
            .map_err(|error| GatherError::Path { path: shown(), reason: error.to_string() })?;
        let mut notes = Vec::new();
        if let Ok(below) = folder.strip_prefix(&root)
            && !below.as_os_str().is_empty()
        {
            if !tracks(&repo, below)? {
                return Ok(Self::folder(folder, None));
            }
            notes.push(format!("`{}` is part of a repository, which is judged as a whole", below.display()));
        }
        Ok(Self { root, repository: Some(repository), notes })
    }

    fn folder(root: PathBuf, note: Option<String>) -> Self {
        Self { root, repository: None, notes: note.into_iter().collect() }
    }

    /// The folder that all paths start from.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether there is a git repository.
    pub const fn is_git(&self) -> bool {
        self.repository.is_some()
    }

    /// The files of the folder or work tree, to read a policy from.
    pub fn files(&self) -> Result<FolderFiles, GatherError> {
        FolderFiles::open(&self.root)
    }

    /// The files of a commit, to read a policy from.
    pub fn files_at(&self, revision: &str) -> Result<CommitFiles, GatherError> {
        let repository = self.repository_for(revision)?;
        let repo = git::local(repository);
        let commit = git::commit(&repo, revision)?;
        Ok(CommitFiles::new(repository.clone(), commit, git::tree(&repo, commit)?))
    }

    /// The id of the commit that a revision names.
    pub fn resolve_commit(&self, revision: &str) -> Result<String, GatherError> {
        let repo = git::local(self.repository_for(revision)?);
        git::commit(&repo, revision).map(|id| id.to_string())
    }

    /// The ids of the parents of a commit, whether or not this clone has them.
    pub fn commit_parents(&self, revision: &str) -> Result<Vec<String>, GatherError> {
        let repo = git::local(self.repository_for(revision)?);
        let parents = git::parents(&repo, git::commit(&repo, revision)?)?;
        Ok(parents.iter().map(ToString::to_string).collect())
    }

    /// Host and `owner/name` of the remote `origin`, without credentials.
    pub fn remote(&self) -> Option<super::Remote> {
        remote::origin(&git::local(self.repository.as_ref()?))
    }

    pub(super) const fn repository(&self) -> Option<&ThreadSafeRepository> {
        self.repository.as_ref()
    }

    pub(super) fn notes(&self) -> &[String] {
        &self.notes
    }

    fn repository_for(&self, revision: &str) -> Result<&ThreadSafeRepository, GatherError> {
        self.repository.as_ref().ok_or_else(|| GatherError::NoRepository {
            path: self.root.display().to_string(),
            revision: revision.to_owned(),
        })
    }

    /// The commits that are compared when these are asked for.
    pub(super) fn commits(&self, base: &Base, head: &Head) -> Result<Commits, GatherError> {
        let asked = match (head, base) {
            (Head::Revision(revision), _) | (_, Base::Revision(revision)) => Some(revision.as_str()),
            (Head::WorkTree, Base::Default | Base::None) => None,
        };
        let Some(repository) = &self.repository else {
            return match asked {
                Some(revision) => self.repository_for(revision).map(|_| no_git()),
                None => Ok(no_git()),
            };
        };
        let repo = git::local(repository);
        let head = match head {
            Head::Revision(revision) => Some(git::commit(&repo, revision)?),
            Head::WorkTree if repo.workdir().is_none() => {
                return Err(GatherError::Bare { path: self.root.display().to_string() });
            }
            Head::WorkTree => git::head(&repo)?,
        };
        Ok(Commits { base: merge_base(&repo, base, head)?, head })
    }
}

fn no_git() -> Commits {
    Commits { base: Known::Absent("this folder is not a git repository".to_owned()), head: None }
}

fn merge_base(
    repo: &gix::Repository,
    base: &Base,
    head: Option<ObjectId>,
) -> Result<Known<ObjectId>, GatherError> {
    let (base, named) = match base {
        Base::None => return Ok(Known::Absent("no base was asked for".to_owned())),
        Base::Revision(revision) => match git::commit(repo, revision) {
            // The id is right, but the clone is cut before it.
            Err(GatherError::Revision { shallow: true, .. }) if is_id(revision) => {
                return Ok(Known::Unknown(git::cut()));
            }
            found => (found?, revision.clone()),
        },
        Base::Default => match git::default_branch(repo) {
            Some(found) => found,
            None if head.is_none() => {
                return Ok(Known::Absent("the repository has no commits yet".to_owned()));
            }
            None => {
                let text =
                    "there is no default branch to compare with (no `origin/HEAD`, `main` or `master`)";
                return Ok(Known::Absent(text.to_owned()));
            }
        },
    };
    match head {
        Some(head) => git::merge_base(repo, base, &named, head),
        None => Err(GatherError::Unrelated { base: named }),
    }
}

fn is_id(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether the index has an entry below the folder.
fn tracks(repo: &gix::Repository, below: &Path) -> Result<bool, GatherError> {
    let Ok(prefix) = gix::path::into_bstr(below) else { return Ok(false) };
    let mut prefix = gix::path::to_unix_separators_on_windows(prefix).into_owned();
    prefix.push(b'/');
    let index = repo.index_or_empty().map_err(|error| git::broken(repo, &error))?;
    Ok(index.prefixed_entries(prefix.as_ref()).is_some_and(|entries| !entries.is_empty()))
}
