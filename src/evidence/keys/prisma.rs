//! Keys of a Prisma schema. Prisma adds no index for a relation on PostgreSQL and SQLite; MySQL does.

use super::lines::names;
use super::{Key, Keys};
use crate::regexes::Late;

static PROVIDER: Late =
    Late::of(r#"^provider\s*=\s*"(postgresql|postgres|cockroachdb|mysql|sqlite|sqlserver|mongodb)""#);
static FIELDS: Late = Late::of(r"@relation\([^)]*\bfields:\s*\[([^\]]*)\]");
static BLOCK: Late = Late::of(r"^@@(?:index|unique|id|fulltext)\(\s*(?:fields:\s*)?\[([^\]]*)\]");

pub(super) fn read(code: &str) -> Keys {
    let mut keys = Keys::default();
    let mut block: Option<(String, String)> = None;
    for (number, line) in (1_u32..).zip(code.lines()) {
        let text = line.trim();
        if let Some((kind, name)) = opened(text) {
            block = Some((kind.to_owned(), name.to_lowercase()));
            continue;
        }
        if text == "}" {
            block = None;
        }
        match &block {
            Some((kind, _)) if kind == "datasource" => {
                if let Some(found) = PROVIDER.captures(text) {
                    keys.dialect = Some(match &found[1] {
                        "mysql" => "mysql",
                        "sqlite" => "sqlite",
                        "mongodb" => "mongodb",
                        "sqlserver" => "sqlserver",
                        _ => "postgresql",
                    });
                }
            }
            Some((kind, model)) if kind == "model" => field(model, number, text, &mut keys),
            _ => {}
        }
    }
    keys
}

fn opened(text: &str) -> Option<(&str, &str)> {
    let mut words = text.strip_suffix('{')?.split_whitespace();
    let (kind, name) = (words.next()?, words.next()?);
    words.next().is_none().then_some((kind, name))
}

fn field(model: &str, line: u32, text: &str, keys: &mut Keys) {
    let key = |columns| Key { table: model.to_owned(), columns, line, text: text.to_owned() };
    if let Some(found) = BLOCK.captures(text) {
        // `userId(sort: Desc)` is the column all the same.
        let plain = |column: String| column.split('(').next().unwrap_or_default().trim().to_owned();
        keys.indexes.push(key(names(&found[1]).into_iter().map(plain).collect()));
    } else if let Some(found) = FIELDS.captures(text) {
        keys.foreign.push(key(names(&found[1])));
    } else if text.split_whitespace().any(|word| {
        word == "@id" || word == "@unique" || word.starts_with("@id(") || word.starts_with("@unique(")
    }) {
        let name = text.split_whitespace().next().unwrap_or_default().to_lowercase();
        keys.indexes.push(key(vec![name]));
    }
}
