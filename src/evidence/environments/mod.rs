//! Configuration for each environment: which files and which parts of them are for development, staging and production, and what they set.
//!
//! Pure: path and text in, model out. Must not judge what is enough; that is the check's.

mod groups;
mod settings;
mod table;

pub use groups::{Group, environment_file, groups, serve_enough};
pub use settings::{Part, Setting};
pub use table::Layout;

use super::file_text::FileText;
use super::needs::Mask;
use super::paths::lowercase;
use schemars::JsonSchema;
use serde::Deserialize;
use table::TABLE;

/// An environment that a program runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Where users are.
    Production,
    /// Where a release is tried.
    Staging,
    /// Where the program is written.
    Development,
    /// Where it is tested.
    Test,
}

impl Environment {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Production, Self::Staging, Self::Development, Self::Test];

    /// The environment as people type it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
            Self::Development => "development",
            Self::Test => "test",
        }
    }
}

/// What a file of configuration holds for environments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvironmentFile {
    /// Parts that are for one environment.
    pub parts: Vec<Part>,
    /// What it sets.
    pub settings: Vec<Setting>,
}

/// Every way to keep configuration apart that is known.
pub fn layouts() -> &'static [Layout] {
    &TABLE.layouts
}

/// Globs of the files that are read for it.
pub(super) fn environment_globs() -> Vec<&'static str> {
    TABLE.globs.iter().map(String::as_str).collect()
}

/// The ways (by place in [`layouts`]) in which the path says whose configuration it is.
pub fn environments_of(path: &str) -> Vec<(usize, Environment)> {
    TABLE.places(path)
}

/// The ways in which the path is what is read where no environment is named.
pub fn defaults_of(path: &str) -> impl Iterator<Item = usize> {
    TABLE.defaults(path)
}

/// Whether a setting shows to users what only developers should see.
pub fn debugs(key: &str, value: &str) -> bool {
    TABLE.debugs(key, value)
}

/// Whether the key is called a secret.
pub fn names_secret(key: &str) -> bool {
    TABLE.secret(key)
}

/// Reads a file that is for some environment, or parts of which are.
pub fn read_environment(file: &FileText<'_>) -> Option<EnvironmentFile> {
    let named = !TABLE.places(file.path).is_empty();
    let path = lowercase(file.path);
    let mut parts = Vec::new();
    for (number, layout) in TABLE.layouts.iter().enumerate() {
        for section in layout.sections.iter().filter(|section| section.files.contains_lowercase(&path)) {
            parts.extend(settings::parts(number, &section.starts, file.masks.get(Mask::Comments)));
        }
    }
    if !named && parts.is_empty() {
        return None;
    }
    Some(EnvironmentFile { settings: settings::settings(file), parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_file_have_their_settings() {
        let text = "class Base:\n    DEBUG = False\n\nclass ProductionConfig(Base):\n    DEBUG = True\n    A = 'b'\n\nclass Other:\n    C = 1\n";
        let file = read_environment(&FileText::new("app/config.py", text)).unwrap();
        let parts: Vec<_> = file.parts.iter().map(|part| (part.environment, part.line, part.end)).collect();
        assert_eq!(parts, [(Environment::Production, 4, 7)]);
        let settings: Vec<_> = file.settings.iter().map(|one| (&*one.key, &*one.value, one.line)).collect();
        assert_eq!(settings, [("DEBUG", "False", 2), ("DEBUG", "True", 5), ("A", "b", 6), ("C", "1", 9)]);
        assert_eq!(read_environment(&FileText::new("app/config.py", "DEBUG = True\n")), None);
    }
}
