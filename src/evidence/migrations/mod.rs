//! Migrations of a database's schema: which steps of one can lock, lose or break something while the system runs.
//!
//! What each framework looks like is data, `policies/data/migrations.yml`. Reads text, and knows neither the database nor
//! how large its tables are: a step is told for the dialects that it concerns.

mod calls;
mod regions;
mod sql;
mod table;

pub(super) use sql::readable;
pub use table::{dialect_of, kind_says};

use super::lexer::masked;
use super::needs::Mask;
use table::{Framework, TABLE};

/// A migration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Migration {
    /// Id of the framework.
    pub framework: &'static str,
    /// Steps that can do harm, in order of their lines.
    pub risks: Vec<Harm>,
    /// Whether it says how to get back, where its framework has a place for that.
    pub reversible: Option<bool>,
    /// Why it could not be read.
    pub problem: Option<String>,
}

/// A step that can do harm.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Harm {
    /// Where it stands.
    pub line: u32,
    /// What it does: a kind of the table.
    pub kind: String,
    /// The step itself, its first line.
    pub text: String,
}

/// Globs of all migrations.
pub(super) fn migration_globs() -> Vec<&'static str> {
    TABLE.frameworks.iter().flat_map(|framework| &framework.files).map(String::as_str).collect()
}

/// Whether the path is a migration's.
pub fn is_migration(path: &str) -> bool {
    TABLE.frameworks.iter().any(|framework| framework.takes(path))
}

/// Id and language of the framework whose migration leads forward at this path.
pub(super) fn framework_of(path: &str, text: &str) -> Option<(&'static str, &'static str)> {
    let mut frameworks = TABLE.frameworks.iter().filter(|framework| framework.takes(path));
    let framework = frameworks.find(|framework| framework.fits(text))?;
    (!framework.leads_back(path)).then_some((framework.id.as_str(), framework.language.as_str()))
}

/// The text of a file in SQL with the way back blanked out.
pub(super) fn without_way_back(path: &str, text: &str) -> String {
    let framework =
        TABLE.frameworks.iter().find(|framework| framework.takes(path) && framework.language == "sql");
    framework.map_or_else(|| text.to_owned(), |framework| regions::without_down(framework, text))
}

/// Reads a migration; nothing where the path or the text is none's.
pub(super) fn read_migration(path: &str, text: &str) -> Option<Migration> {
    let framework =
        TABLE.frameworks.iter().find(|framework| framework.takes(path) && framework.fits(text))?;
    let mut migration = Migration { framework: &framework.id, ..Migration::default() };
    if framework.leads_back(path) {
        return Some(migration);
    }
    let code = masked(Some(&framework.language), text, Mask::Comments);
    let bare = masked(Some(&framework.language), text, Mask::CommentsAndStrings);
    let source = Source { framework, text, code: &code, bare: &bare };
    let online = framework.online.as_ref().is_some_and(|regex| regex.is_match(text));
    if framework.language == "sql" {
        let up = regions::without_down(framework, text);
        match sql::risks(&up, !online) {
            Ok(risks) => migration.risks = risks,
            Err(problem) => migration.problem = Some(problem),
        }
    } else {
        migration.risks = calls::risks(&source, online);
    }
    migration.risks.sort();
    migration.risks.dedup();
    migration.reversible = reversible(&source);
    Some(migration)
}

/// A migration's text in three forms of the same length: as it is, without comments, and without the insides of
/// strings too.
pub(super) struct Source<'a> {
    framework: &'static Framework,
    text: &'a str,
    code: &'a str,
    bare: &'a str,
}

impl Source<'_> {
    fn line(&self, at: usize) -> u32 {
        let lines = self.text.get(..at).unwrap_or_default().matches('\n').count();
        u32::try_from(lines + 1).unwrap_or(u32::MAX)
    }

    fn first_line(&self, at: usize) -> String {
        let start = self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim().to_owned()
    }
}

fn reversible(source: &Source<'_>) -> Option<bool> {
    let framework = source.framework;
    let none = framework.forward.as_ref().is_some_and(|regex| regex.is_match(source.code));
    if none {
        return Some(false);
    }
    framework.back.as_ref().map(|back| back.is_match(source.code))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
