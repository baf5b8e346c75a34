//! Keys of Alembic's migrations.

use super::lines::names;
use super::{Key, Keys};
use crate::regexes::Late;
use regex::Match;
use std::ops::Range;

static DOWN: Late = Late::of(r"(?m)^def\s+downgrade\b");
static TABLE: Late =
    Late::of(r#"\bop\.(?:create_table|add_column)\s*\(\s*(?:table_name\s*=\s*)?["'](\w+)["']"#);
static BATCH: Late = Late::of(r#"\bop\.batch_alter_table\s*\(\s*(?:table_name\s*=\s*)?["'](\w+)["']"#);
static COLUMN: Late = Late::of(r#"\b(?:sa\.)?Column\s*\(\s*["'](\w+)["']"#);
static LISTED: Late = Late::of(r"\bForeignKeyConstraint\s*\(\s*(?:columns\s*=\s*)?[\[(]([^\])]*)[\])]");
static UNIQUE: Late =
    Late::of(r#"\b(?:PrimaryKeyConstraint|UniqueConstraint)\s*\(((?:\s*["']\w+["']\s*,?)+)"#);
static INDEXED: Late = Late::of(r"\b(?:index|unique|primary_key)\s*=\s*True\b");
/// Name, table and columns, whatever the keywords.
static FOREIGN: Late = Late::of(
    r#"\bop\.create_foreign_key\s*\(\s*(?:[\w.=]+\s*\(\s*["'][^"']*["']\s*\)|["'][^"']*["']|None|[\w.=]+None)\s*,\s*(?:source_table\s*=\s*)?["'](\w+)["']\s*,\s*(?:referent_table\s*=\s*)?["'][\w.]+["']\s*,\s*(?:local_cols\s*=\s*)?[\[(]([^\])]*)[\])]"#,
);
static BATCH_FOREIGN: Late = Late::of(
    r#"\bbatch_op\.create_foreign_key\s*\(\s*(?:[\w.=]+\s*\(\s*["'][^"']*["']\s*\)|["'][^"']*["']|None)\s*,\s*["'][\w.]+["']\s*,\s*[\[(]([^\])]*)[\])]"#,
);
static INDEX: Late = Late::of(
    r#"\bop\.create_(?:index|unique_constraint|primary_key)\s*\(\s*(?:op\.f\s*\(\s*["'][^"']*["']\s*\)|["'][^"']*["']|None)\s*,\s*(?:table_name\s*=\s*)?["'](\w+)["']\s*,\s*(?:columns\s*=\s*)?[\[(]([^\])]*)[\])]"#,
);
static BATCH_INDEX: Late = Late::of(
    r#"\bbatch_op\.create_(?:index|unique_constraint)\s*\(\s*(?:batch_op\.f\s*\(\s*["'][^"']*["']\s*\)|["'][^"']*["']|None)\s*,\s*[\[(]([^\])]*)[\])]"#,
);

pub(super) fn read(code: &str) -> Keys {
    let end = DOWN.find(code).map_or(code.len(), |found| found.start());
    let code = code.get(..end).unwrap_or_default();
    let mut reader = Reader { code, keys: Keys::default() };
    for (table, start, end) in calls(&TABLE, code) {
        reader.table(&table, start..end);
    }
    for (table, start, end) in batches(code) {
        reader.batch(&table, start..end);
    }
    for found in FOREIGN.captures_iter(code) {
        reader.foreign(&found[1], names(&found[2]), found.get(0));
    }
    for found in INDEX.captures_iter(code) {
        reader.index(&found[1], names(&found[2]), found.get(0));
    }
    reader.keys.foreign.sort_by_key(|key| key.line);
    reader.keys
}

struct Reader<'a> {
    code: &'a str,
    keys: Keys,
}

impl Reader<'_> {
    /// The columns and constraints among the arguments of a call.
    fn table(&mut self, table: &str, range: Range<usize>) {
        let inside = self.code.get(range.clone()).unwrap_or_default();
        for (column, start, end) in calls(&COLUMN, inside) {
            let call = inside.get(start..end).unwrap_or_default();
            let at = range.start + start;
            if INDEXED.is_match(call) {
                self.keys.indexes.push(self.key(table, vec![column.clone()], at));
            }
            if call.contains("ForeignKey(") {
                self.keys.foreign.push(self.key(table, vec![column], at));
            }
        }
        for found in LISTED.captures_iter(inside) {
            let at = range.start + found.get(0).map_or(0, |found| found.start());
            self.keys.foreign.push(self.key(table, names(&found[1]), at));
        }
        for found in UNIQUE.captures_iter(inside) {
            self.keys.indexes.push(self.key(table, names(&found[1]), range.start));
        }
    }

    fn batch(&mut self, table: &str, range: Range<usize>) {
        self.table(table, range.clone());
        let inside = self.code.get(range.clone()).unwrap_or_default();
        for found in BATCH_FOREIGN.captures_iter(inside) {
            let at = range.start + found.get(0).map_or(0, |found| found.start());
            self.keys.foreign.push(self.key(table, names(&found[1]), at));
        }
        for found in BATCH_INDEX.captures_iter(inside) {
            self.keys.indexes.push(self.key(table, names(&found[1]), range.start));
        }
    }

    fn foreign(&mut self, table: &str, columns: Vec<String>, at: Option<Match<'_>>) {
        let key = self.key(table, columns, at.map_or(0, |at| at.start()));
        self.keys.foreign.push(key);
    }

    fn index(&mut self, table: &str, columns: Vec<String>, at: Option<Match<'_>>) {
        let key = self.key(table, columns, at.map_or(0, |at| at.start()));
        self.keys.indexes.push(key);
    }

    fn key(&self, table: &str, columns: Vec<String>, at: usize) -> Key {
        let before = self.code.get(..at).unwrap_or_default();
        let first = before.rfind('\n').map_or(0, |end| end + 1);
        let text = self.code.get(first..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        Key {
            table: table.to_lowercase(),
            columns: columns.into_iter().map(|column| column.to_lowercase()).collect(),
            line: u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX),
            text: text.trim().to_owned(),
        }
    }
}

/// Calls with the name that they are about, their start and end.
fn calls(regex: &Late, code: &str) -> Vec<(String, usize, usize)> {
    let all = regex.captures_iter(code).take(2000);
    all.filter_map(|found| {
        let start = found.get(0)?.start();
        Some((found.get(1)?.as_str().to_lowercase(), start, closed(code, start)))
    })
    .collect()
}

/// What stands behind `with op.batch_alter_table(...)`, up to the next one.
fn batches(code: &str) -> Vec<(String, usize, usize)> {
    let starts = calls(&BATCH, code);
    let ends: Vec<usize> = starts.iter().skip(1).map(|(_, start, _)| *start).chain([code.len()]).collect();
    starts.into_iter().zip(ends).map(|((table, _, open), end)| (table, open.min(end), end)).collect()
}

/// Behind the bracket that closes the first one from here on.
fn closed(code: &str, start: usize) -> usize {
    let mut depth = 0_u32;
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' => depth += 1,
            b')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}
