//! A token of the API, which no output may contain.

use std::fmt;

/// A token. `Debug` redacts it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes visible ASCII only: anything else cannot be sent in a header. The error does not repeat the text.
    pub fn new(text: impl Into<String>) -> Result<Self, &'static str> {
        let text = text.into();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("visible ASCII without blanks");
        }
        Ok(Self(text))
    }

    /// The token itself, for the request's header.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text without the token, should a server or proxy have echoed it.
    pub fn scrub(&self, text: &str) -> String {
        text.replace(&self.0, "***")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_shown() {
        let token = Token::new("ghs_abc").unwrap();
        assert_eq!(format!("{token:?}"), "Token(***)");
        assert_eq!(token.scrub("Bearer ghs_abc!"), "Bearer ***!");
        for bad in ["", "a b", "a\nb", "ä"] {
            assert!(Token::new(bad).is_err(), "{bad:?}");
        }
    }
}
