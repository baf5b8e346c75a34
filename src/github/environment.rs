//! The environment variables of a run, as plain data, so that tests can hand in their own.

use super::token::Token;
use std::collections::BTreeMap;
use std::fmt;

/// Environment variables. Their values may be secrets: `Debug` shows names only.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variables of this process; those that are not UTF-8 are left out. Nothing else in the crate reads them.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The value without surrounding blanks; an empty value counts as none.
    ///
    /// An input that `action.yml` declares without a default arrives as an empty string, and the toolkit trims
    /// values (github-facts 1, "Inputs").
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The same, with one variable set.
    #[must_use]
    pub fn with(&self, name: &str, value: String) -> Self {
        let mut changed = self.clone();
        changed.0.insert(name.to_owned(), value);
        changed
    }

    /// The token of the API: `GITHUB_TOKEN`, else `GH_TOKEN`. For runs outside an action, where it is no input.
    pub fn token(&self) -> Option<Token> {
        ["GITHUB_TOKEN", "GH_TOKEN"].iter().find_map(|name| Token::new(self.get(name)?).ok())
    }

    /// Whether this is a job of GitHub Actions.
    pub fn in_action(&self) -> bool {
        self.get("GITHUB_ACTIONS") == Some("true")
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_unset_and_values_are_never_shown() {
        let env: Environment = [("A", " x "), ("B", "  "), ("GH_TOKEN", "s3cret")].into_iter().collect();
        assert_eq!((env.get("A"), env.get("B"), env.get("C")), (Some("x"), None, None));
        assert_eq!(env.token().as_ref().map(Token::expose), Some("s3cret"));
        assert_eq!(format!("{env:?}"), r#"{"A", "B", "GH_TOKEN"}"#);
    }
}
