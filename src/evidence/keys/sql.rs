//! Keys of SQL, by the tolerant parser of PostgreSQL.

use super::{Key, Keys, bare};
use crate::evidence::migrations::readable;
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SourceFile, SyntaxNode};

/// Marks of MySQL, which indexes foreign keys by itself.
const MYSQL: [&str; 4] = ["engine=innodb", "engine = innodb", "auto_increment", "`"];

pub(super) fn read(text: &str) -> Keys {
    let lower = text.to_lowercase();
    if MYSQL.iter().any(|mark| lower.contains(mark)) {
        return Keys { dialect: Some("mysql"), ..Keys::default() };
    }
    let mut keys = Keys::default();
    if !readable(text) {
        return keys;
    }
    let parsed = SourceFile::parse(text);
    let mut reader = Reader { text, keys: &mut keys };
    for statement in parsed.tree().stmts() {
        match statement {
            ast::Stmt::CreateTable(table) => {
                let Some(name) = table.table_name().map(|name| named(name.syntax())) else { continue };
                for arg in table.table_arg_list().into_iter().flat_map(|list| list.args()) {
                    match arg {
                        ast::TableArg::Column(column) => {
                            let own = column.name().map(|name| named(name.syntax()));
                            reader.constraints(&name, own.as_deref(), column.syntax());
                        }
                        ast::TableArg::TableConstraint(constraint) => {
                            reader.constraints(&name, None, constraint.syntax());
                        }
                        ast::TableArg::LikeClause(_) => {}
                    }
                }
            }
            ast::Stmt::AlterTable(table) => {
                let Some(name) = relation(table.table_relation_name()) else {
                    continue;
                };
                for action in table.actions() {
                    match action {
                        ast::AlterTableAction::AddColumn(column) => {
                            let own = column.column_name().map(|name| named(name.syntax()));
                            reader.constraints(&name, own.as_deref(), column.syntax());
                        }
                        ast::AlterTableAction::AddConstraint(constraint) => {
                            reader.constraints(&name, None, constraint.syntax());
                        }
                        _ => {}
                    }
                }
            }
            ast::Stmt::CreateIndex(index) => reader.index(&index),
            _ => {}
        }
    }
    keys
}

struct Reader<'a> {
    text: &'a str,
    keys: &'a mut Keys,
}

impl Reader<'_> {
    /// Constraints below the node; `column` is the one that they stand at.
    fn constraints(&mut self, table: &str, column: Option<&str>, node: &SyntaxNode) {
        for below in node.descendants() {
            if let Some(foreign) = ast::ForeignKeyConstraint::cast(below.clone()) {
                let list = foreign.syntax().children().find_map(ast::ForeignKeyColumnList::cast);
                let columns = list.map(|list| columns(list.syntax())).unwrap_or_default();
                let key = self.key(table, columns, &below);
                self.keys.foreign.push(key);
            } else if ast::ReferencesConstraint::cast(below.clone()).is_some() {
                let key = self.key(table, column.map(str::to_owned).into_iter().collect(), node);
                self.keys.foreign.push(key);
            } else if ast::PrimaryKeyConstraint::can_cast(below.kind())
                || ast::UniqueConstraint::can_cast(below.kind())
            {
                let list = below.descendants().find_map(ast::ConstraintColumnRefList::cast);
                let own = || column.map(str::to_owned).into_iter().collect();
                let columns = list.map_or_else(own, |list| columns(list.syntax()));
                let key = self.key(table, columns, &below);
                self.keys.indexes.push(key);
            }
        }
    }

    /// An index on an expression finds nothing by the column alone.
    fn index(&mut self, index: &ast::CreateIndex) {
        let Some(table) = relation(index.table_relation_name()) else { return };
        let items = index.partition_item_list().into_iter().flat_map(|list| list.partition_items());
        let columns = items
            .map(|item| item.expr().map_or_else(String::new, |expr| bare(&expr.syntax().text().to_string())));
        let columns = columns.collect();
        let key = self.key(&table, columns, index.syntax());
        self.keys.indexes.push(key);
    }

    fn key(&self, table: &str, columns: Vec<String>, node: &SyntaxNode) -> Key {
        let range = node.text_range();
        let inside = self.text.get(range.start().into()..range.end().into()).unwrap_or_default();
        let start = usize::from(range.start()) + (inside.len() - inside.trim_start().len());
        let before = self.text.get(..start).unwrap_or_default();
        let line = u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX);
        let first = before.rfind('\n').map_or(0, |end| end + 1);
        let text = self.text.get(first..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        Key { table: table.to_owned(), columns, line, text: text.trim().to_owned() }
    }
}

/// The table without `ONLY` and `*`.
fn relation(name: Option<ast::TableRelationName>) -> Option<String> {
    Some(named(name?.table_name_ref()?.syntax()))
}

fn named(node: &SyntaxNode) -> String {
    bare(&node.text().to_string())
}

fn columns(list: &SyntaxNode) -> Vec<String> {
    list.children().filter_map(ast::ColumnNameRef::cast).map(|column| named(column.syntax())).collect()
}
