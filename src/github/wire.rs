//! One request and its reply: octocrab over reqwest, bounded in size and time. No retries, no judgement.

use super::retry::Answer;
use http_body_util::{BodyExt as _, Limited};
use octocrab::Octocrab;
use reqwest::header::{HeaderMap, HeaderValue, IF_NONE_MATCH};
use serde_json::Value;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Largest reply that is read.
const MAX_REPLY: usize = 16 << 20;

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

/// A request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outgoing<'a> {
    pub(super) verb: Verb,
    /// Path and query below the base.
    pub(super) path: &'a str,
    pub(super) body: Option<&'a Value>,
    /// The `ETag` of an earlier reply, which is answered by 304 where nothing changed.
    pub(super) etag: Option<&'a str>,
}

/// How much longer than its own limit a request may take.
const GRACE: Duration = Duration::from_secs(1);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Sends the request and reads the whole reply.
pub(super) fn exchange(
    runtime: &Runtime,
    crab: &Octocrab,
    out: Outgoing<'_>,
    limit: Duration,
) -> Result<Answer, Failure> {
    // reqwest has this limit too; what octocrab does around it has none.
    let limit = limit.saturating_add(GRACE);
    runtime.block_on(async move { tokio::time::timeout(limit, send(crab, out)).await? })
}

async fn send(crab: &Octocrab, out: Outgoing<'_>) -> Result<Answer, Failure> {
    let response = match out.verb {
        Verb::Get => crab._get_with_headers(out.path, condition(out.etag)?).await?,
        Verb::Post => crab._post(out.path, out.body).await?,
        Verb::Patch => crab._patch(out.path, out.body).await?,
        Verb::Put => crab._put(out.path, out.body).await?,
        Verb::Delete => crab._delete(out.path, out.body).await?,
    };
    let (parts, body) = response.into_parts();
    let header = |name: &str| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
    Ok(Answer {
        status: parts.status.as_u16(),
        retry_after: header("retry-after"),
        remaining: header("x-ratelimit-remaining"),
        reset: header("x-ratelimit-reset"),
        accepted: header("x-accepted-github-permissions"),
        next: header("link").as_deref().and_then(next_page),
        etag: header("etag"),
        content_type: header("content-type"),
        body: Limited::new(body, MAX_REPLY).collect().await?.to_bytes().to_vec(),
    })
}

fn condition(etag: Option<&str>) -> Result<Option<HeaderMap>, Failure> {
    let Some(etag) = etag else { return Ok(None) };
    Ok(Some(HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_str(etag)?)])))
}

/// `<https://api.github.com/…?page=2>; rel="next", <…>; rel="last"` -> the next page's address.
fn next_page(links: &str) -> Option<String> {
    let next = links.split(',').find(|link| {
        link.split(';').skip(1).any(|part| matches!(part.trim(), "rel=\"next\"" | "rel=next"))
    })?;
    let address = next.split(';').next()?.trim().strip_prefix('<')?.strip_suffix('>')?;
    Some(address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_links() {
        for (links, expected) in [
            (
                "<https://h/x?page=2>; rel=\"next\", <https://h/x?page=9>; rel=\"last\"",
                Some("https://h/x?page=2"),
            ),
            (
                "<https://h/x?page=1>; rel=\"prev\", <https://h/x?page=3>; rel=\"next\"",
                Some("https://h/x?page=3"),
            ),
            ("<https://h/x?page=1>; rel=\"first\"", None),
            ("https://h/x; rel=\"next\"", None),
            ("", None),
        ] {
            assert_eq!(next_page(links).as_deref(), expected, "{links}");
        }
    }
}
