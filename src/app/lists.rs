//! `roadworthy rules`: what a policy asks for; and the tables of every list.

use super::source::Located;
use super::{Error, Output};
use crate::cli::{ListArgs, ListFormat};
use crate::gather::Place;
use crate::policy::Policy;
use crate::text::{cut_columns, markdown_cell};
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;

/// The rules, in policy order.
pub(super) fn rules(args: &ListArgs) -> Result<Output, Error> {
    let policy = load(args)?;
    let rows = policy.rules.iter().map(|rule| {
        [rule.id.clone(), rule.stage.name().to_owned(), rule.severity.name().to_owned(), rule.title.clone()]
    });
    Ok(Output::text(table(["id", "stage", "severity", "title"], &rows.collect::<Vec<_>>(), args.format)))
}

pub(super) fn load(args: &ListArgs) -> Result<Policy, Error> {
    let place = Place::open(Path::new("."))?;
    Located::typed(&place, args.policy.as_deref())?.load()
}

/// A table in the format that was asked for.
pub(super) fn table<const N: usize>(heads: [&str; N], rows: &[[String; N]], format: ListFormat) -> String {
    match format {
        ListFormat::Json => {
            let items: Vec<_> = rows
                .iter()
                .map(|row| {
                    heads.iter().zip(row).map(|(head, cell)| ((*head).to_owned(), json!(cell))).collect()
                })
                .map(serde_json::Value::Object)
                .collect();
            format!("{:#}\n", json!(items))
        }
        ListFormat::Markdown => {
            let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
            let mut text = line(heads.map(str::to_owned).to_vec()) + &line(vec!["---".to_owned(); N]);
            for row in rows {
                text.push_str(&line(row.iter().map(|cell| markdown_cell(cell)).collect()));
            }
            text
        }
        ListFormat::Terminal => columns(heads, rows),
    }
}

/// Columns as wide as their widest cell; the last takes what is left of 80.
fn columns<const N: usize>(heads: [&str; N], rows: &[[String; N]]) -> String {
    let widths: Vec<usize> = (0..N)
        .map(|at| rows.iter().map(|row| row[at].chars().count()).chain([heads[at].len()]).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in std::iter::once(&heads.map(str::to_owned)).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        let _ = writeln!(text, "{}", cut_columns(line.trim_end(), 80));
    }
    text
}
