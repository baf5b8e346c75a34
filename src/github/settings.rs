//! Whom to ask and how: addresses, certificates, timeouts, and the octocrab that is made of them.

use super::client::innermost;
use super::environment::Environment;
use super::error::ApiError;
use super::token::Token;
use octocrab::service::middleware::auth_header::AuthHeaderLayer;
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use reqwest::header::{HeaderValue, USER_AGENT};
use reqwest::{Certificate, redirect};
use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

/// Largest file of certificates that is read.
const MAX_ROOTS: u64 = 16 << 20;

/// Whom to ask, and as whom.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Base of the REST API.
    pub api_url: String,
    /// `owner/name`.
    pub repository: String,
    /// Who asks; none asks anonymously.
    pub token: Option<Token>,
    /// Certificates to trust besides the built-in roots, as a PEM file.
    pub roots: Option<String>,
    /// Bounds on time.
    pub limits: Limits,
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
    /// The settings of an environment: `GITHUB_API_URL` (an enterprise server's ends in `/api/v3`), `SSL_CERT_FILE`.
    pub fn new(env: &Environment, repository: &str, token: Option<Token>) -> Self {
        Self {
            api_url: env.get("GITHUB_API_URL").unwrap_or("https://api.github.com").to_owned(),
            repository: repository.to_owned(),
            token,
            roots: env.get("SSL_CERT_FILE").map(str::to_owned),
            limits: Limits::default(),
        }
    }
}

/// An octocrab with these settings; to be built inside of a runtime.
pub(super) fn build(settings: &Settings) -> Result<Octocrab, ApiError> {
    let base = settings.api_url.trim_end_matches('/');
    let legal = reqwest::Url::parse(base).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.query().is_none()
    });
    if !legal {
        return Err(ApiError::Setup("GITHUB_API_URL is not an http(s) address".to_owned()));
    }
    // Fails only when it was done before.
    drop(rustls::crypto::ring::default_provider().install_default());
    let limits = settings.limits;
    let http = reqwest::Client::builder()
        .tls_certs_only(roots(settings.roots.as_deref())?)
        .redirect(redirect::Policy::custom(stay_home))
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.request)
        .build()
        .map_err(setup)?;
    // octocrab's own builder would send its user agent beside ours. The API version it adds to every request itself:
    // `2022-11-28`, the one that github-facts 7 asks for; a test notices when that changes.
    let headers =
        vec![(USER_AGENT, HeaderValue::from_static(concat!("roadworthy/", env!("CARGO_PKG_VERSION"))))];
    let credentials = settings.token.as_ref().map(authorization).transpose()?;
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

fn authorization(token: &Token) -> Result<HeaderValue, ApiError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
        .map_err(|_| ApiError::Setup("the token cannot be sent in a header".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// A renamed repository redirects on the same host; the token goes to no other.
fn stay_home(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let home = attempt.previous().first().map(reqwest::Url::origin);
    if home == Some(attempt.url().origin()) && attempt.previous().len() <= 3 {
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
    use super::super::client::{Client, SystemClock};
    use super::*;

    #[test]
    fn what_cannot_be_asked_is_said_without_the_token() {
        let settings = |url: &str, repository: &str, roots: Option<&str>| Settings {
            api_url: url.to_owned(),
            repository: repository.to_owned(),
            token: Some(Token::new("ghs_secret").unwrap()),
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
            let error = Client::new(settings, Box::new(SystemClock)).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("ghs_secret"), "{error}");
        }
    }
}
