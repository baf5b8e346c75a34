//! Whom to ask and how: addresses, certificates, timeouts, and the octocrab that is made of them.

use super::app::App;
use super::client::innermost;
use super::environment::Environment;
use super::error::ApiError;
use super::token::Token;
use octocrab::service::middleware::auth_header::AuthHeaderLayer;
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use reqwest::header::{ACCEPT, HeaderValue, USER_AGENT};
use reqwest::{Certificate, redirect};
use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Largest file of certificates that is read.
const MAX_ROOTS: u64 = 16 << 20;

/// Whom to ask, and as whom.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Base of the REST API.
    pub api_url: String,
    /// Address of the GraphQL API.
    pub graphql_url: String,
    /// `owner/name`.
    pub repository: String,
    /// Who asks.
    pub credentials: Credentials,
    /// Certificates to trust besides the built-in roots, as a PEM file.
    pub roots: Option<String>,
    /// Bounds on time.
    pub limits: Limits,
}

/// Who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Nobody in particular: 60 requests an hour (github-facts 7).
    #[default]
    Anonymous,
    /// The bearer of a token.
    Token(Token),
    /// A GitHub App, by a token of its installation that is made before the first request.
    App(Box<App>),
}

/// Bounds on time.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// To connect.
    pub connect: Duration,
    /// Between two pieces of a reply.
    pub read: Duration,
    /// For one request.
    pub request: Duration,
    /// For all requests and waits of the run together; no request starts after it.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let [connect, read, request, total] = [10, 15, 30, 180].map(Duration::from_secs);
        Self { connect, read, request, total }
    }
}

impl Settings {
    /// The settings of an environment: `GITHUB_API_URL` (an enterprise server's ends in `/api/v3`),
    /// `GITHUB_GRAPHQL_URL`, `SSL_CERT_FILE` (github-facts 7).
    pub fn new(env: &Environment, repository: &str, credentials: Credentials, limits: Limits) -> Self {
        let api_url = env.get("GITHUB_API_URL").unwrap_or("https://api.github.com").to_owned();
        let graphql_url = env.get("GITHUB_GRAPHQL_URL").map_or_else(|| graphql_of(&api_url), str::to_owned);
        Self {
            api_url,
            graphql_url,
            repository: repository.to_owned(),
            credentials,
            roots: env.get("SSL_CERT_FILE").map(str::to_owned),
            limits,
        }
    }
}

/// Where GraphQL is, by the address of REST: `https://host/api/v3` -> `https://host/api/graphql`.
fn graphql_of(api_url: &str) -> String {
    let base = api_url.trim_end_matches('/');
    format!("{}/graphql", base.strip_suffix("/v3").unwrap_or(base))
}

/// The two octocrabs of one token. REST and GraphQL have bases of their own on an enterprise server, and octocrab joins
/// a GraphQL path to the base of REST.
#[derive(Debug)]
pub(super) struct Crabs {
    pub(super) rest: Octocrab,
    pub(super) graphql: Octocrab,
    /// What stands after the base of GraphQL: `/graphql`.
    pub(super) graphql_path: String,
    /// The base of REST, to recognise addresses by.
    pub(super) base: reqwest::Url,
    /// Whether a write is on its way, whose method a redirect must not change.
    pub(super) writing: Arc<AtomicBool>,
}

/// Octocrabs with these settings and this token; to be built inside of a runtime.
pub(super) fn build(settings: &Settings, token: Option<&Token>) -> Result<Crabs, ApiError> {
    let base = address("GITHUB_API_URL", &settings.api_url)?;
    let graphql = address("GITHUB_GRAPHQL_URL", &settings.graphql_url)?;
    let (graphql_base, last) =
        graphql.as_str().rsplit_once('/').ok_or_else(|| not_an_address("GITHUB_GRAPHQL_URL"))?;
    let writing = Arc::new(AtomicBool::new(false));
    // Fails only when it was done before.
    drop(rustls::crypto::ring::default_provider().install_default());
    let limits = settings.limits;
    let seen = Arc::clone(&writing);
    let http = reqwest::Client::builder()
        .tls_certs_only(roots(settings.roots.as_deref())?)
        .redirect(redirect::Policy::custom(move |attempt| stay_home(attempt, seen.load(Ordering::Relaxed))))
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.request)
        .build()
        .map_err(setup)?;
    let crab = |base: &str| octocrab(http.clone(), base, token);
    Ok(Crabs {
        rest: crab(base.as_str().trim_end_matches('/'))?,
        graphql: crab(graphql_base)?,
        graphql_path: format!("/{last}"),
        base,
        writing,
    })
}

fn octocrab(http: reqwest::Client, base: &str, token: Option<&Token>) -> Result<Octocrab, ApiError> {
    // octocrab's own builder would send its user agent beside ours. The API version it adds to every request itself:
    // `2022-11-28`, the one that github-facts 7 asks for; a test notices when that changes.
    let headers = vec![
        (USER_AGENT, HeaderValue::from_static(concat!("roadworthy/", env!("CARGO_PKG_VERSION")))),
        // The second is what GitHub's own description calls its replies.
        (ACCEPT, HeaderValue::from_static("application/vnd.github+json, application/json;q=0.9")),
    ];
    let credentials = token.map(authorization).transpose()?;
    let authorize =
        AuthHeaderLayer::new(credentials, base.parse().map_err(setup)?, base.parse().map_err(setup)?);
    let crab = OctocrabBuilder::new_empty()
        .with_service(ReqwestConnector::new(http))
        .with_layer(&ExtraHeadersLayer::new(Arc::new(headers)))
        .with_layer(&BaseUriLayer::new(base.parse().map_err(setup)?))
        .with_layer(&authorize)
        .with_auth(AuthState::None)
        .build();
    crab.map_err(|never| match never {})
}

fn address(name: &'static str, text: &str) -> Result<reqwest::Url, ApiError> {
    let url = reqwest::Url::parse(text.trim_end_matches('/')).map_err(|_| not_an_address(name))?;
    let legal = matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.username().is_empty()
        && url.query().is_none();
    if legal { Ok(url) } else { Err(not_an_address(name)) }
}

fn not_an_address(name: &str) -> ApiError {
    ApiError::Setup(format!("{name} is not an http(s) address"))
}

fn authorization(token: &Token) -> Result<HeaderValue, ApiError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
        .map_err(|_| ApiError::Setup("the token cannot be sent in a header".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// A renamed repository redirects on the same host; the token goes to no other. Of a write only the redirects that keep
/// its method are followed: the others would turn it into a read that succeeds.
fn stay_home(attempt: redirect::Attempt<'_>, writing: bool) -> redirect::Action {
    let home = attempt.previous().first().map(reqwest::Url::origin);
    let keeps = !writing || matches!(attempt.status().as_u16(), 307 | 308);
    if keeps && home == Some(attempt.url().origin()) && attempt.previous().len() <= 3 {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

/// Mozilla's roots from inside the binary (the image has none), joined with those of `SSL_CERT_FILE`: an enterprise
/// server's own authority is not handed to containers by the runner (github-facts 1).
fn roots(file: Option<&str>) -> Result<Vec<Certificate>, ApiError> {
    let built_in = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|der| Certificate::from_der(der));
    let mut roots = built_in.collect::<Result<Vec<_>, _>>().map_err(setup)?;
    if let Some(path) = file {
        let bad = |reason: String| ApiError::Setup(format!("SSL_CERT_FILE {path}: {reason}"));
        let mut pem = Vec::new();
        let read = std::fs::File::open(path).and_then(|file| file.take(MAX_ROOTS).read_to_end(&mut pem));
        read.map_err(|error| bad(error.to_string()))?;
        let more = Certificate::from_pem_bundle(&pem).map_err(|error| bad(innermost(&error)))?;
        if more.is_empty() {
            return Err(bad("it holds no certificate".to_owned()));
        }
        roots.extend(more);
    }
    Ok(roots)
}

/// Why no client could be built.
pub(super) fn setup(error: impl fmt::Display) -> ApiError {
    ApiError::Setup(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::api::{Api as _, Ask};
    use super::super::client::Client;
    use super::super::clock::SystemClock;
    use super::*;

    #[test]
    fn graphql_lives_beside_rest() {
        for (api, graphql) in [
            ("https://api.github.com", "https://api.github.com/graphql"),
            ("https://ghe.example/api/v3/", "https://ghe.example/api/graphql"),
        ] {
            assert_eq!(graphql_of(api), graphql);
        }
    }

    #[test]
    fn what_cannot_be_asked_is_said_without_the_token() {
        let settings = |url: &str, repository: &str, roots: Option<&str>| Settings {
            api_url: url.to_owned(),
            repository: repository.to_owned(),
            graphql_url: graphql_of(url),
            credentials: Credentials::Token(Token::new("ghs_secret").unwrap()),
            roots: roots.map(str::to_owned),
            limits: Limits::default(),
        };
        for (settings, expected) in [
            (settings("ftp://x", "acme/app", None), "GITHUB_API_URL"),
            (settings("https://user@host", "acme/app", None), "GITHUB_API_URL"),
            (settings("https://host", "acme/../app", None), "owner/name"),
            (settings("https://host", "acme/app", Some("/nowhere.pem")), "SSL_CERT_FILE /nowhere.pem"),
            (settings("https://host", "acme/app", Some("/dev/null")), "holds no certificate"),
        ] {
            let client = Client::new(settings, Box::new(SystemClock));
            let ask = Ask { what: "it", path: "/x", permission: "" };
            let error = client.and_then(|client| client.get(ask)).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("ghs_secret"), "{error}");
        }
    }
}
