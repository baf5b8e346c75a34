//! Keys of Rails: migrations and `schema.rb`.

use super::lines::{Statement, names, statements};
use super::{Key, Keys};
use crate::regexes::Late;

static TABLE: Late = Late::of(r#"^(?:create_table|change_table)[ (]+[:"'](\w+)"#);
static IN_TABLE: Late =
    Late::of(r#"^\w+\.(references|belongs_to|index|foreign_key|\w+)[ (]+(\[[^\]]*\]|[:"']\w+["']?)(.*)$"#);
static CALL: Late = Late::of(
    r#"^(add_reference|add_belongs_to|add_index|add_foreign_key|add_column)[ (]+[:"'](\w+)["']?\s*,\s*(\[[^\]]*\]|[:"']\w+["']?)(.*)$"#,
);
static COLUMN: Late = Late::of(r#"\bcolumn(?::|"?\s*=>)\s*(\[[^\]]*\]|[:"']\w+)"#);
static NO_INDEX: Late = Late::of(r"\bindex(?::|\s*=>)\s*(?:false|nil)\b");
static WITH_INDEX: Late = Late::of(r"\bindex(?::|\s*=>)\s*(?:true\b|\{)|\bprimary_key(?::|\s*=>)\s*true\b");

pub(super) fn read(code: &str) -> Keys {
    let mut keys =
        Keys { dialect: code.contains("enable_extension").then_some("postgresql"), ..Keys::default() };
    // The table whose block is open, and where the way back stands, by how far they stand in.
    let (mut table, mut down): (Option<(String, usize)>, Option<usize>) = (None, None);
    for statement in statements(code) {
        let ends = statement.text == "end" || statement.text.starts_with("end ");
        if ends {
            table = table.filter(|(_, depth)| statement.depth > *depth);
            down = down.filter(|depth| statement.depth > *depth);
        } else if statement.text.starts_with("def down") || statement.text.starts_with("def self.down") {
            down = Some(statement.depth);
        }
        if down.is_some() {
            continue;
        }
        if let Some(name) = first(&TABLE, &statement.text) {
            if statement.text.contains(" do") {
                table = Some((name, statement.depth));
            }
        } else if let Some((name, _)) = &table {
            in_table(name, &statement, &mut keys);
        } else {
            call(&statement, &mut keys);
        }
    }
    keys
}

fn in_table(table: &str, statement: &Statement, keys: &mut Keys) {
    let Some(found) = IN_TABLE.captures(&statement.text) else { return };
    let (what, subject, rest) = (&found[1], names(&found[2]), &found[3]);
    match what {
        "references" | "belongs_to" => reference(table, &subject, rest, statement, keys),
        "index" => keys.indexes.push(key(table, subject, statement)),
        "foreign_key" => foreign(table, &subject, rest, statement, keys),
        _ if WITH_INDEX.is_match(rest) => keys.indexes.push(key(table, subject, statement)),
        _ => {}
    }
}

fn call(statement: &Statement, keys: &mut Keys) {
    let Some(found) = CALL.captures(&statement.text) else { return };
    let (table, subject, rest) = (super::bare(&found[2]), names(&found[3]), &found[4]);
    match &found[1] {
        "add_reference" | "add_belongs_to" => reference(&table, &subject, rest, statement, keys),
        "add_index" => keys.indexes.push(key(&table, subject, statement)),
        "add_foreign_key" => foreign(&table, &subject, rest, statement, keys),
        _ if WITH_INDEX.is_match(rest) => keys.indexes.push(key(&table, subject, statement)),
        _ => {}
    }
}

/// References bring their index with them, unless they say that they do not. A polymorphic one is looked up by two columns.
fn reference(table: &str, names: &[String], rest: &str, statement: &Statement, keys: &mut Keys) {
    for name in names {
        let key = key(table, vec![format!("{name}_id")], statement);
        if NO_INDEX.is_match(rest) && !rest.contains("polymorphic") {
            keys.foreign.push(key);
        } else {
            keys.indexes.push(key);
        }
    }
}

/// The column is named after the other table; where that name is no plain plural, nothing is said.
fn foreign(table: &str, to: &[String], rest: &str, statement: &Statement, keys: &mut Keys) {
    let named = COLUMN.captures(rest).map(|found| names(&found[1]));
    let columns = named.or_else(|| Some(vec![format!("{}_id", singular(to.first()?)?)]));
    if let Some(columns) = columns {
        keys.foreign.push(key(table, columns, statement));
    }
}

fn singular(table: &str) -> Option<String> {
    let stem = |ending: &str| table.strip_suffix(ending);
    if let Some(stem) = stem("ies") {
        return Some(format!("{stem}y"));
    }
    if ["sses", "xes", "ches", "shes"].iter().any(|ending| table.ends_with(ending)) {
        return stem("es").map(str::to_owned);
    }
    let irregular = ["ss", "us", "is", "ses", "ves", "news", "series", "species"];
    if irregular.iter().any(|ending| table.ends_with(ending)) {
        return None;
    }
    stem("s").map(str::to_owned)
}

fn key(table: &str, columns: Vec<String>, statement: &Statement) -> Key {
    Key { table: table.to_lowercase(), columns, line: statement.line, text: statement.first.clone() }
}

fn first(regex: &Late, text: &str) -> Option<String> {
    let found = regex.captures(text)?;
    Some(found.get(1)?.as_str().to_lowercase())
}
