//! Why nothing could be gathered, with what to do about it.

use crate::github::ApiError;
use thiserror::Error;

/// Why nothing could be gathered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GatherError {
    /// There is nothing at the path.
    #[error("`{path}` cannot be opened: {reason}")]
    Path {
        /// As it was given.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The path is a file.
    #[error("`{path}` is not a folder")]
    NotAFolder {
        /// As it was given.
        path: String,
    },
    /// Something was asked that only a git repository can answer.
    #[error("`{path}` is not in a git repository, so `{revision}` means nothing there")]
    NoRepository {
        /// The folder.
        path: String,
        /// The revision that was asked for.
        revision: String,
    },
    /// A repository without a work tree, and no `--head`.
    #[error("`{path}` is a repository without a work tree")]
    Bare {
        /// The folder.
        path: String,
    },
    /// The repository cannot be read at all.
    #[error("the repository at `{path}` cannot be read: {reason}")]
    Repository {
        /// The folder.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A revision that does not exist.
    #[error("there is no commit `{revision}` in this repository")]
    Revision {
        /// As it was given.
        revision: String,
        /// Whether the history is cut, which may be why.
        shallow: bool,
    },
    /// Two commits with nothing in common.
    #[error("`{base}` and the head have no common ancestor, so there is nothing to compare")]
    Unrelated {
        /// The base as it was given.
        base: String,
    },
    /// The platform did not answer what there is no judging without.
    #[error(transparent)]
    Platform(#[from] ApiError),
    /// More entries than can be judged in reasonable time.
    #[error("there are more than {limit} files here")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}

impl GatherError {
    /// What to do about it.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Path { .. } => "Give the path of a folder that exists and that you may read.",
            Self::NotAFolder { .. } => "Give the folder that holds the project, not a file in it.",
            Self::NoRepository { .. } => {
                "Leave out --base and --head to judge the folder alone, or give a path inside a git repository."
            }
            Self::Bare { .. } => "Say which commit is judged, for example: --head HEAD",
            Self::Repository { .. } => {
                "Check the repository with `git fsck`. Only repositories in the SHA-1 object format are read."
            }
            Self::Revision { shallow: true, .. } => {
                "The history of this clone is cut. Fetch it: with actions/checkout, set `fetch-depth: 0`."
            }
            Self::Revision { shallow: false, .. } => {
                "Check the spelling, or fetch it first: `git fetch origin BRANCH`, then `--base origin/BRANCH`."
            }
            Self::Unrelated { .. } => "Give a base from which the head was branched off.",
            Self::Platform(_) => {
                "A run without a checkout reads everything by the API, with a token that has `contents: read`. Where that does \
                 not do, check the pull request out."
            }
            Self::TooMany { .. } => {
                "Give a smaller folder, or take what is not part of the project out of it."
            }
        }
    }
}
