//! Reads the content of an entry, wherever it is. Bounded in size, never through a link, never anything but a file.

use super::Progress;
use super::git;
use super::hosted::Blobs;
use super::listing::{Entry, Origin};
use crate::evidence::FileKind;
use cap_std::fs::{Dir, OpenOptions};
use gix::{Repository, ThreadSafeRepository};
use std::cell::OnceCell;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// How much of a file is looked at to tell whether it is text: what git looks at.
const SNIFFED: usize = 8 << 10;

/// What became of reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// The bytes of a text, whatever its encoding.
    Text(Vec<u8>),
    /// Not text.
    Binary(Vec<u8>),
    /// Over the limit, and not read; how large.
    TooLarge(u64),
    /// Could not be read, and why.
    Failed(String),
}

impl Content {
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        let binary = bytes[..bytes.len().min(SNIFFED)].contains(&0);
        if binary { Self::Binary(bytes) } else { Self::Text(bytes) }
    }

    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(bytes) | Self::Binary(bytes) => Some(bytes),
            Self::TooLarge(_) | Self::Failed(_) => None,
        }
    }

    pub(super) fn size(&self) -> Option<u64> {
        match self {
            Self::TooLarge(size) => Some(*size),
            Self::Failed(_) => None,
            Self::Text(bytes) | Self::Binary(bytes) => Some(bytes.len() as u64),
        }
    }
}

/// Where entries are read from.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) dir: Option<Dir>,
    pub(super) objects: Option<ThreadSafeRepository>,
    /// Contents that were read beforehand, where no repository is here.
    pub(super) blobs: Option<Blobs>,
    /// Largest file that is read.
    pub(super) limit: u64,
    pub(super) progress: Arc<Progress>,
}

impl Source {
    /// A reader for one thread.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { source: self, repo: OnceCell::new() }
    }
}

/// Reads entries in one thread.
pub(super) struct Reader<'a> {
    source: &'a Source,
    repo: OnceCell<Repository>,
}

impl Reader<'_> {
    /// Reads a regular file.
    pub(super) fn read(&self, entry: &Entry) -> Content {
        match (&entry.origin, &self.source.dir) {
            _ if entry.kind != FileKind::Regular => Content::Failed("it is not a regular file".to_owned()),
            (Origin::Memory(_), _) if entry.size > self.source.limit => Content::TooLarge(entry.size),
            (Origin::Memory(text), _) => Content::of(text.as_bytes().to_vec()),
            (Origin::Object, _) => match &self.source.blobs {
                Some(blobs) => self.blob(entry, blobs),
                None => self.object(entry),
            },
            (Origin::Disk, Some(dir)) => {
                let content = entry
                    .disk_path()
                    .ok_or_else(|| "its name cannot be used on this system".to_owned())
                    .and_then(|path| read(dir, &path, self.source.limit).map_err(|error| error.to_string()))
                    .unwrap_or_else(Content::Failed);
                self.as_committed(entry, content)
            }
            (Origin::Disk, None) => Content::Failed("there is no work tree".to_owned()),
        }
    }

    fn repo(&self) -> Option<&Repository> {
        let objects = self.source.objects.as_ref()?;
        Some(self.repo.get_or_init(|| git::local(objects)))
    }

    fn blob(&self, entry: &Entry, blobs: &Blobs) -> Content {
        if entry.size > self.source.limit {
            return Content::TooLarge(entry.size);
        }
        match entry.id.and_then(|id| blobs.get(&id)) {
            Some(Ok(bytes)) => Content::of(bytes.clone()),
            Some(Err(reason)) => Content::Failed(reason.clone()),
            None => Content::Failed("its content was not asked for".to_owned()),
        }
    }

    fn object(&self, entry: &Entry) -> Content {
        let (Some(repo), Some(id)) = (self.repo(), entry.id) else {
            return Content::Failed("there is no repository".to_owned());
        };
        match repo.try_find_header(id) {
            Ok(Some(header)) if header.size() > self.source.limit => Content::TooLarge(header.size()),
            Ok(Some(_)) => match repo.find_blob(id) {
                Ok(mut blob) => Content::of(blob.take_data()),
                Err(error) => Content::Failed(error.to_string()),
            },
            Ok(None) => Content::Failed("this clone does not have its content".to_owned()),
            Err(error) => Content::Failed(error.to_string()),
        }
    }

    /// What git would commit for a file that changed on disk: line endings that it converts are no change.
    fn as_committed(&self, entry: &Entry, content: Content) -> Content {
        let Content::Text(bytes) = &content else { return content };
        if entry.id.is_some() || memchr::memmem::find(bytes, b"\r\n").is_none() {
            return content;
        }
        self.converted(entry, bytes).map_or(content, Content::of)
    }

    fn converted(&self, entry: &Entry, bytes: &[u8]) -> Option<Vec<u8>> {
        let (mut pipeline, index) = self.repo()?.filter_pipeline(None).ok()?;
        let mut outcome = pipeline.convert_to_git(bytes, &entry.disk_path()?, &index).ok()?;
        let mut converted = Vec::with_capacity(bytes.len());
        outcome.read_to_end(&mut converted).ok()?;
        Some(converted)
    }
}

/// Reads a file of the folder, at most so many bytes.
pub(super) fn read(dir: &Dir, path: &Path, limit: u64) -> io::Result<Content> {
    let file = dir.open_with(path, &options())?;
    // Asked of what is open, not of the name: that may mean something else by now.
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    if metadata.len() > limit {
        return Ok(Content::TooLarge(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
    let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes)? as u64;
    Ok(if read > limit { Content::TooLarge(read) } else { Content::of(bytes) })
}

/// For reading; a link is an error, and a FIFO does not block.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt;
        use rustix::fs::OFlags;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    options
}
