//! A GitHub App's credentials: a signed word of the App buys a token of its installation, for one repository.
//!
//! Signed by ring, which TLS brings along: other ways to an RS256 signature either carry RUSTSEC-2023-0071 or a large
//! library in C. Nothing here is ever printed; the made token has to be masked by whoever uses it (github-facts 8).

use super::error::ApiError;
use super::payload::{at, text};
use super::settings::setup;
use super::token::Token;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use std::fmt;

/// Seconds that a signed word is good for; GitHub takes ten minutes at most, and clocks differ.
const LASTS: i64 = 540;

/// An App, and where it is installed.
#[derive(Clone, PartialEq, Eq)]
pub struct App {
    id: String,
    pem: String,
    installation: Option<u64>,
}

impl fmt::Debug for App {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("App").field("id", &self.id).finish_non_exhaustive()
    }
}

impl App {
    /// An App by its id (or client id) and private key, the PEM file that GitHub hands out. Without an installation the
    /// repository's is looked up. The error does not repeat the key.
    pub fn new(id: &str, pem: &str, installation: Option<u64>) -> Result<Self, &'static str> {
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.') {
            return Err("the App's id or client id");
        }
        // A secret that was stored on one line has its line breaks written out.
        let app = Self { id: id.to_owned(), pem: pem.replace("\\n", "\n"), installation };
        app.key().map_err(|_| "the App's private key, a PEM file of RSA")?;
        Ok(app)
    }

    /// The installation that is known beforehand.
    pub(super) const fn installation(&self) -> Option<u64> {
        self.installation
    }

    /// The signed word that the App shows at this second of the epoch: a JSON Web Token.
    pub(super) fn word(&self, now: i64) -> Result<Token, ApiError> {
        // A minute back, should this machine's clock be ahead of GitHub's.
        let claims = json!({ "iat": now - 60, "exp": now + LASTS, "iss": self.id });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&json!({ "alg": "RS256", "typ": "JWT" })), encode(&claims));
        let key = self.key().map_err(setup)?;
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(setup)?;
        Token::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&signature))).map_err(setup)
    }

    fn key(&self) -> Result<RsaKeyPair, String> {
        let der = PrivateKeyDer::from_pem_slice(self.pem.as_bytes()).map_err(|error| error.to_string())?;
        match &der {
            PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
            _ => return Err("not RSA".to_owned()),
        }
        .map_err(|error| error.to_string())
    }
}

/// The body that asks for a token that reaches this repository alone.
pub(super) fn for_repository(repository: &str) -> Value {
    let name = repository.split_once('/').map_or(repository, |(_, name)| name);
    json!({ "repositories": [name] })
}

/// The id in the reply about an installation.
pub(super) fn installation_id(reply: &Value) -> Option<u64> {
    at(reply, "/id")?.as_u64()
}

/// The token in the reply.
pub(super) fn token(reply: &Value) -> Option<Token> {
    Token::new(text(reply, "/token")?).ok()
}
