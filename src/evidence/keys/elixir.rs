//! Keys of Ecto's migrations.

use super::lines::{names, statements};
use super::{Key, Keys};
use crate::regexes::Late;

static TABLE: Late = Late::of(r#"^(?:create|alter)(?:_if_not_exists)?[ (]+table\(\s*[:"](\w+)"#);
static REFERENCE: Late = Late::of(r"^(?:add|modify)(?:_if_not_exists)?[ (]+:(\w+)\s*,\s*references\b");
static INDEX: Late =
    Late::of(r#"^create(?:_if_not_exists)?[ (]+(?:unique_)?index\(\s*[:"](\w+)"?\s*,\s*(\[[^\]]*\]|:\w+)"#);

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
        if let Some(found) = TABLE.captures(&statement.text) {
            table = Some((found[1].to_owned(), statement.depth));
        } else if let Some(found) = INDEX.captures(&statement.text) {
            keys.indexes.push(key(&found[1], names(&found[2])));
        } else if let (Some((table, _)), Some(found)) = (&table, REFERENCE.captures(&statement.text)) {
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
