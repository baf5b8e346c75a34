//! Keys of Ecto's migrations.

use super::lines::{names, statements};
use super::{Key, Keys};
use regex::Regex;
use std::sync::LazyLock;

static TABLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^(?:create|alter)(?:_if_not_exists)?[ (]+table\(\s*[:"](\w+)"#).ok());
static REFERENCE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:add|modify)(?:_if_not_exists)?[ (]+:(\w+)\s*,\s*references\b").ok());
static INDEX: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^create(?:_if_not_exists)?[ (]+(?:unique_)?index\(\s*[:"](\w+)"?\s*,\s*(\[[^\]]*\]|:\w+)"#)
        .ok()
});

pub(super) fn read(code: &str) -> Keys {
    let mut keys = Keys::default();
    let (mut table, mut down): (Option<(String, usize)>, Option<usize>) = (None, None);
    for statement in statements(code) {
        if statement.text == "end" {
            table = table.filter(|(_, depth)| statement.depth > *depth);
            down = down.filter(|depth| statement.depth > *depth);
        } else if statement.text.starts_with("def down") {
            down = Some(statement.depth);
        }
        if down.is_some() {
            continue;
        }
        let key = |table: &str, columns| Key {
            table: table.to_lowercase(),
            columns,
            line: statement.line,
            text: statement.first.clone(),
        };
        let captures = |regex: &'static LazyLock<Option<Regex>>| regex.as_ref()?.captures(&statement.text);
        if let Some(found) = captures(&TABLE) {
            table = Some((found[1].to_owned(), statement.depth));
        } else if let Some(found) = captures(&INDEX) {
            keys.indexes.push(key(&found[1], names(&found[2])));
        } else if let (Some((table, _)), Some(found)) = (&table, captures(&REFERENCE)) {
            let key = key(table, vec![found[1].to_lowercase()]);
            if statement.text.contains("primary_key: true") {
                keys.indexes.push(key);
            } else {
                keys.foreign.push(key);
            }
        }
    }
    keys
}
