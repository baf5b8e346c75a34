//! What sort of content a file holds, told by its path alone.
//!
//! The globs are data: `policies/data/classes.yml` and `policies/data/languages.yml`.

use super::paths::PathSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What sort of content a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Code of the product.
    Product,
    /// Code that tests the product.
    Test,
    /// Documents for people.
    Docs,
    /// Configuration, data and everything else.
    Other,
    /// A lock file: made by a tool, but it is evidence.
    Lock,
    /// Data of tests.
    Fixture,
    /// Examples and samples that are not run in production.
    Example,
    /// Somebody else's code, copied in.
    Vendored,
    /// Made by a tool.
    Generated,
    /// Named in the policy's `ignore`.
    Ignored,
}

impl Class {
    /// Whether checks leave such files out unless they ask for the class by name.
    pub const fn ignored(self) -> bool {
        matches!(self, Self::Fixture | Self::Example | Self::Vendored | Self::Generated | Self::Ignored)
    }
}

/// Tells the class and the language of paths.
#[derive(Debug)]
pub struct Classes {
    ignore: PathSet,
}

impl Classes {
    /// The built-in classes with what the policy ignores on top.
    pub fn new(ignore: PathSet) -> Self {
        Self { ignore }
    }

    /// The class of a path and, for code, the id of its language.
    pub fn of(&self, path: &str) -> (Class, Option<&'static str>) {
        if self.ignore.contains(path) { (Class::Ignored, None) } else { (Class::Other, None) }
    }
}
