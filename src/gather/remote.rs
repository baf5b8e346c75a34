//! Where the repository came from, as far as its report may say so.

use gix::bstr::ByteSlice;

/// The remote `origin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Host name, e.g. `github.com`.
    pub host: String,
    /// `owner/name`.
    pub repository: String,
}

/// The remote `origin` of a repository, where its URL has the form of a forge.
pub(super) fn origin(repo: &gix::Repository) -> Option<Remote> {
    let url = repo.config_snapshot().string("remote.origin.url")?;
    parse(&url)
}

/// Takes host and path out of a URL; user and password stay behind.
fn parse(url: &[u8]) -> Option<Remote> {
    let url = gix::url::parse(url.as_bstr()).ok()?;
    let path = url.path.to_str().ok()?.trim_matches('/');
    let (owner, name) = path.strip_suffix(".git").unwrap_or(path).split_once('/')?;
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let host = url.host()?.to_ascii_lowercase();
    (plain(owner) && plain(name) && plain(&host))
        .then(|| Remote { host, repository: format!("{owner}/{name}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_gives_host_and_repository_and_no_secret() {
        let cases = [
            ("https://github.com/acme/shop.git", Some("github.com acme/shop")),
            ("https://x-access-token:ghs_secret@github.com/acme/shop", Some("github.com acme/shop")),
            ("git@ghe.acme.example:acme/shop.git", Some("ghe.acme.example acme/shop")),
            ("ssh://git@ghe.acme.example:2222/acme/shop.git/", Some("ghe.acme.example acme/shop")),
            ("/srv/git/shop.git", None),
            ("https://github.com/acme", None),
            ("https://github.com/acme/shop/more", None),
            ("https://github.com/ac%0ame/shop\u{202e}", None),
            ("", None),
        ];
        for (url, expected) in cases {
            let found = parse(url.as_bytes()).map(|remote| format!("{} {}", remote.host, remote.repository));
            assert_eq!(found.as_deref(), expected, "{url}");
        }
    }
}
