//! What names of images and Dockerfiles tell. Data of ours, `policies/data/images.yml`.

use super::super::signals::name_matches;
use crate::embedded;
use serde::Deserialize;
use std::sync::LazyLock;

/// Who an image runs as when nobody says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaseUser {
    /// Root.
    Root,
    /// Somebody else.
    Other,
    /// Starts as root and goes on as somebody else.
    Drops,
    /// The platform chooses.
    Sandboxed,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) development: Vec<String>,
    pub(super) helper: Vec<String>,
    pub(super) production: Vec<String>,
    pub(super) jobs: Vec<String>,
    systems: Vec<String>,
    floating: Vec<String>,
    users: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    image: String,
    #[serde(default)]
    tag: Option<String>,
    user: BaseUser,
}

/// The table is ours and a test reads it; should it break all the same, no name tells anything.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| embedded::table("images").unwrap_or_default());

/// An image by its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageName<'a> {
    /// Registry and path, without Docker Hub's own names.
    pub repository: &'a str,
    /// Its tag.
    pub tag: Option<&'a str>,
    /// Its digest.
    pub digest: Option<&'a str>,
}

impl<'a> ImageName<'a> {
    /// Takes a name apart.
    pub fn of(text: &'a str) -> Self {
        let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
        let slash = rest.rfind('/').map_or(0, |at| at + 1);
        let (repository, tag) = match rest[slash..].find(':') {
            Some(colon) => (&rest[..slash + colon], Some(&rest[slash + colon + 1..])),
            None => (rest, None),
        };
        let hub = ["docker.io/", "index.docker.io/", "registry-1.docker.io/"];
        let short = hub.iter().find_map(|hub| repository.strip_prefix(hub)).unwrap_or(repository);
        Self { repository: short.strip_prefix("library/").unwrap_or(short), tag, digest }
    }

    /// The last part of its path.
    pub fn short(&self) -> &'a str {
        self.repository.rsplit('/').next().unwrap_or(self.repository)
    }

    /// Who it runs as, where that is known. The official images are known: those that the table does not name run as root.
    pub fn user(&self) -> Option<BaseUser> {
        let tag = self.tag.unwrap_or("latest");
        let fits = |entry: &&Entry| {
            name_matches(&entry.image, self.repository)
                && entry.tag.as_ref().is_none_or(|pattern| name_matches(pattern, tag))
        };
        let named = TABLE.users.iter().find(fits).map(|entry| entry.user);
        named.or_else(|| (!self.repository.contains(['/', '$'])).then_some(BaseUser::Root))
    }

    /// Whether it is an operating system without a program.
    pub fn is_system(&self) -> bool {
        TABLE.systems.iter().any(|system| name_matches(system, self.repository))
    }

    /// Why it can become another image under the same name; none where it cannot.
    pub fn floats(&self) -> Option<&'static str> {
        if self.digest.is_some() {
            return None;
        }
        let Some(tag) = self.tag else { return Some("it has neither a tag nor a digest") };
        let moving = tag.split(['-', '_']).all(|word| TABLE.floating.iter().any(|known| known == word));
        // Distroless images carry their version in the name.
        let versioned = self.short().rsplit('-').next().is_some_and(|last| {
            last.starts_with("debian") && last.ends_with(|char: char| char.is_ascii_digit())
        });
        let latest = tag.split('-').any(|word| word == "latest");
        match (latest, moving) {
            (true, _) if !versioned => Some("`latest` is another image after each release"),
            (_, true) if !versioned => Some("its tag names no version"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let table: Table = embedded::table("images").unwrap();
        assert!(table.users.len() > 80 && !table.floating.is_empty());
    }

    #[test]
    fn names_tell_the_user() {
        let cases = [
            ("node:22-alpine", Some(BaseUser::Root)),
            ("docker.io/library/python:3.12", Some(BaseUser::Root)),
            ("gcr.io/distroless/static-debian12:nonroot", Some(BaseUser::Other)),
            ("gcr.io/distroless/static-debian12", Some(BaseUser::Root)),
            ("cgr.dev/chainguard/static:latest", Some(BaseUser::Other)),
            ("bitnami/node:20", Some(BaseUser::Other)),
            ("nginxinc/nginx-unprivileged:1.27", Some(BaseUser::Other)),
            ("mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled", Some(BaseUser::Other)),
            ("mcr.microsoft.com/dotnet/aspnet:8.0", Some(BaseUser::Root)),
            ("postgres:16", Some(BaseUser::Drops)),
            ("registry.example.com:5000/base", None),
            ("${BASE}", None),
        ];
        for (image, user) in cases {
            assert_eq!(ImageName::of(image).user(), user, "{image}");
        }
    }

    #[test]
    fn tags_pin_or_float() {
        let floats = [
            "node",
            "node:latest",
            "node:lts-alpine",
            "node:alpine",
            "a/b:main",
            "gcr.io/distroless/static:nonroot",
            "r:5000/x",
            "x:latest-rust-1.95",
        ];
        let pinned = [
            "node:22",
            "debian:bookworm-slim",
            "node@sha256:00",
            "node:latest@sha256:00",
            "gcr.io/distroless/static-debian12:nonroot",
            "r:5000/x:v1",
            "a:${V}",
        ];
        for image in floats {
            assert!(ImageName::of(image).floats().is_some(), "{image}");
        }
        for image in pinned {
            assert!(ImageName::of(image).floats().is_none(), "{image}");
        }
    }
}
