//! Foreign keys and indexes of a database's schema, as migrations and schema files declare them.
//!
//! Reads SQL, Rails, Prisma, Alembic and Ecto; Django indexes foreign keys by itself. Must not judge, and knows nothing of
//! which of the migrations ran: an index that any of them makes is taken to be there.

mod elixir;
mod lines;
mod prisma;
mod python;
mod ruby;
mod sql;

use super::lexer::masked;
use super::migrations::{framework_of, without_way_back};
use super::needs::Mask;
use super::paths::PathSet;
use std::sync::LazyLock;

/// Files that hold the whole schema.
const SCHEMAS: [&str; 4] = ["**/db/*schema.rb", "**/db/*structure.sql", "**/schema.sql", "**/*.prisma"];

/// What one file says of keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// Columns that refer to other tables.
    pub foreign: Vec<Key>,
    /// Columns that an index, a unique constraint or a primary key starts with.
    pub indexes: Vec<Key>,
    /// The database, where the file names it.
    pub dialect: Option<&'static str>,
    /// Whether it is the schema as a whole, and not a step towards it.
    pub schema: bool,
}

/// Columns of a table; names in small letters and without quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The table.
    pub table: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Where it stands.
    pub line: u32,
    /// The text there.
    pub text: String,
}

impl Key {
    /// Whether an index with these columns finds rows by the columns of the key.
    pub fn served_by(&self, index: &Self) -> bool {
        let start = index.columns.get(..self.columns.len());
        self.table == index.table
            && !self.columns.is_empty()
            && start.is_some_and(|start| self.columns.iter().all(|column| start.contains(column)))
    }
}

static SCHEMA_FILES: LazyLock<PathSet> = LazyLock::new(|| PathSet::new(&SCHEMAS).unwrap_or_default());

/// Globs of the files that say something of keys.
pub(super) fn key_globs() -> Vec<&'static str> {
    super::migrations::migration_globs().into_iter().chain(SCHEMAS).collect()
}

/// Reads the keys of a migration or schema; none where the path is none's or its language is not read.
pub(super) fn read_keys(path: &str, text: &str) -> Option<Keys> {
    let schema = SCHEMA_FILES.contains(path);
    let (framework, language) = match framework_of(path, text) {
        Some((id, language)) if !schema => (id, language),
        _ if schema => ("", path.rsplit('.').next()?),
        _ => return None,
    };
    let keys = match (framework, language) {
        (_, "prisma") => prisma::read(&masked(Some("prisma"), text, Mask::Comments)),
        (_, "sql") => sql::read(&without_way_back(path, text)),
        ("rails" | "", "ruby" | "rb") => ruby::read(&masked(Some("ruby"), text, Mask::Comments)),
        ("alembic", _) => python::read(&masked(Some("python"), text, Mask::Comments)),
        ("ecto", _) => elixir::read(&masked(Some("elixir"), text, Mask::Comments)),
        _ => return None,
    };
    let named = keys.dialect.or_else(|| by_folder(path));
    Some(Keys { schema, dialect: named, ..keys })
}

/// The database that a folder or the file is named after, where a project has a schema for each.
fn by_folder(path: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 10] = [
        ("postgres", "postgresql"),
        ("postgresql", "postgresql"),
        ("supabase", "postgresql"),
        ("mysql", "mysql"),
        ("mariadb", "mysql"),
        ("h2", "h2"),
        ("hsqldb", "hsqldb"),
        ("sqlite", "sqlite"),
        ("mssql", "sqlserver"),
        ("sqlserver", "sqlserver"),
    ];
    let lower = path.to_ascii_lowercase();
    let mut parts = lower.split(['/', '.', '-', '_']);
    parts.find_map(|part| NAMES.iter().find(|(name, _)| *name == part).map(|(_, dialect)| *dialect))
}

/// A name without quotes and schema, in small letters.
fn bare(name: &str) -> String {
    let last = name.trim().rsplit('.').next().unwrap_or_default();
    last.trim_matches(|letter: char| {
        matches!(letter, '"' | '`' | '\'' | ':' | '[' | ']') || letter.is_whitespace()
    })
    .to_lowercase()
}

#[cfg(test)]
mod tests;
