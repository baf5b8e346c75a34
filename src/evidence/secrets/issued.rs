//! Secrets whose form can be checked: tokens with a checksum, signed tokens, addresses with a password.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDate};
use serde::Deserialize;
use serde_json::Value;
use std::net::Ipv4Addr;

/// A form that can be checked further than a regex can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Ends in the checksum of what stands between its prefix and there, as the tokens of GitHub and npm do.
    Checksum,
    /// A JSON Web Token.
    Jwt,
    /// An address with user and password.
    Address,
    /// Base 64 of a text that is no word.
    Encoded,
}

/// Whether the text can be a secret that works: what fails its own check, has expired or opens nothing outside this machine is none.
pub fn genuine(form: Form, text: &str, today: NaiveDate) -> bool {
    match form {
        Form::Checksum => checksum(text),
        Form::Jwt => jwt(text, today).unwrap_or(false),
        Form::Address => address(text).unwrap_or(false),
        Form::Encoded => encoded(text).unwrap_or(false),
    }
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Characters of the checksum.
const CHECKED: usize = 6;

/// `prefix_` + payload + CRC32 of the payload in base 62.
fn checksum(token: &str) -> bool {
    let Some((_, rest)) = token.split_once('_').filter(|(_, rest)| rest.is_ascii()) else { return false };
    let Some(at) = rest.len().checked_sub(CHECKED) else { return false };
    let (payload, told) = rest.split_at(at);
    let mut sum = crc32fast::hash(payload.as_bytes()) as usize;
    let mut expected = [b'0'; CHECKED];
    for digit in expected.iter_mut().rev() {
        *digit = BASE62[sum % 62];
        sum /= 62;
    }
    told.as_bytes() == expected
}

fn jwt(token: &str, today: NaiveDate) -> Option<bool> {
    let mut parts = token.split('.');
    let mut part = || -> Option<Value> {
        let bytes = URL_SAFE_NO_PAD.decode(parts.next()?.trim_end_matches('=')).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let (header, claims) = (part()?, part()?);
    let signed = header.get("alg")?.as_str()? != "none" && parts.next().is_some_and(|part| part.len() >= 20);
    let claim = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    // The one of jwt.io, those of published demonstrations, and keys that are meant for browsers.
    let shown = claim("sub") == "1234567890" || claim("iss").contains("demo") || claim("role") == "anon";
    let expiry = claims.get("exp").and_then(Value::as_i64).and_then(|at| DateTime::from_timestamp(at, 0));
    let expired = expiry.is_some_and(|at| at.date_naive() < today);
    Some(signed && !shown && !expired)
}

/// Least length and entropy of an encoded text that is a secret.
const ENCODED: (usize, f64) = (8, 3.0);

fn encoded(text: &str) -> Option<bool> {
    let inside = plain(text)?;
    let (length, entropy) = ENCODED;
    Some(
        inside.len() >= length
            && !word(&inside)
            && !super::stands_in(&inside)
            && super::entropy(&inside) >= entropy,
    )
}

/// The printable text of which this is the base 64.
fn plain(text: &str) -> Option<String> {
    let inside = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    inside.chars().all(|char| !char.is_control() || char == '\n').then_some(inside)
}

/// Whether the text is the base 64 of words.
pub(super) fn encodes_words(text: &str) -> bool {
    plain(text).is_some_and(|inside| inside.len() >= ENCODED.0 && word(inside.trim_end()))
}

fn word(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b':' | b' '))
}

/// Passwords that people give to a database on their own machine.
const OPEN: [&str; 14] = [
    "password", "passwd", "pass", "secret", "root", "admin", "user", "username", "postgres", "mysql",
    "mongo", "guest", "redis", "pw",
];

fn address(text: &str) -> Option<bool> {
    let rest = text.split_once("://")?.1;
    let (login, host) = rest.rsplit_once('@')?;
    let (user, password) = login.split_once(':')?;
    let host = host.split(['/', '?', ':', ',']).next()?.to_ascii_lowercase();
    let lower = password.to_ascii_lowercase();
    let open = password.len() < 4 || password == user || OPEN.contains(&lower.as_str());
    Some(!open && !super::stands_in(password) && far(&host))
}

/// Endings of names that no public name server knows.
const NEAR: [&str; 12] = [
    "local",
    "localhost",
    "internal",
    "test",
    "example",
    "invalid",
    "lan",
    "home",
    "intranet",
    "localdomain",
    "svc",
    "corp",
];

/// Whether the host is somewhere else than on this machine, in this network or in an example.
fn far(host: &str) -> bool {
    if let Ok(ip) = host.parse::<Ipv4Addr>() {
        return !(ip.is_private()
            || ip.is_loopback()
            || ip.is_unspecified()
            || ip.is_link_local()
            || ip.is_documentation());
    }
    let Some((front, end)) = host.rsplit_once('.') else { return false };
    let domain = front.rsplit('.').next().unwrap_or(front);
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let public = end.len() >= 2 && end.bytes().all(|byte| byte.is_ascii_alphabetic()) && word(domain);
    let named = |name: &str| host.split('.').any(|part| part == name);
    public
        && !NEAR.contains(&end)
        && !["example", "domain", "yourdomain", "mydomain", "host", "svc", "docker"]
            .iter()
            .any(|name| named(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(prefix: &str, payload: &str) -> String {
        let mut sum = crc32fast::hash(payload.as_bytes()) as usize;
        let mut digits = String::new();
        for _ in 0..CHECKED {
            digits.insert(0, char::from(BASE62[sum % 62]));
            sum /= 62;
        }
        format!("{prefix}_{payload}{digits}")
    }

    #[test]
    fn a_token_has_the_checksum_of_its_payload() {
        let today = NaiveDate::default();
        let payload = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ";
        // From the description of the format that its maker published.
        assert_eq!(token("ghp", payload), format!("ghp_{payload}0mLq17"));
        assert!(genuine(Form::Checksum, &token("ghp", payload), today));
        for wrong in ["ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ000000", "ghp", "ghp_", "ghp_abc", "", "ghp_é"] {
            assert!(!genuine(Form::Checksum, wrong, today), "{wrong}");
        }
    }

    #[test]
    fn a_signed_token_is_a_secret_until_it_expires() {
        let token = |header: &str, claims: &str, signature: &str| {
            format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
        };
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let header = r#"{"alg":"HS256"}"#;
        let cases = [
            (token(header, r#"{"sub":"service","role":"service_role"}"#, signature), true),
            (token(header, r#"{"sub":"service","exp":4102444800}"#, signature), true),
            (token(header, r#"{"sub":"service","exp":1}"#, signature), false),
            (token(header, r#"{"sub":"1234567890","name":"John Doe"}"#, signature), false),
            (token(header, r#"{"role":"anon"}"#, signature), false),
            (token(header, r#"{"iss":"supabase-demo","role":"service_role"}"#, signature), false),
            (token(r#"{"alg":"none"}"#, r#"{"sub":"service"}"#, signature), false),
            (token(header, r#"{"sub":"service"}"#, ""), false),
            ("eyJ.eyJ.x".into(), false),
            (String::new(), false),
        ];
        for (token, expected) in cases {
            assert_eq!(
                genuine(Form::Jwt, &token, NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()),
                expected,
                "{token}"
            );
        }
    }

    #[test]
    fn an_address_is_a_secret_where_it_opens_something_elsewhere() {
        let cases = [
            ("postgres://app:k2Jq9vXm@db.acme.io/app", true),
            ("mongodb+srv://app:k2Jq9vXm@cluster0.ab1cd.mongodb.net", true),
            ("redis://u:k2Jq9vXm@8.8.4.4:6379", true),
            ("postgres://app:k2Jq9vXm@localhost/app", false),
            ("postgres://app:k2Jq9vXm@db/app", false),
            ("postgres://app:k2Jq9vXm@10.1.2.3/app", false),
            ("postgres://app:k2Jq9vXm@db.default.svc.cluster.local", false),
            ("postgres://user:password@db.acme.io/app", false),
            ("postgres://app:${PASSWORD}@db.acme.io/app", false),
            ("https://user:k2Jq9vXm@example.com", false),
            ("https://app:k2Jq9vXm@", false),
            ("://", false),
        ];
        for (text, expected) in cases {
            assert_eq!(genuine(Form::Address, text, NaiveDate::default()), expected, "{text}");
        }
    }
}
