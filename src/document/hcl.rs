//! HCL -> [`Node`], in the shape that Terraform's JSON syntax gives it: `resource "t" "n" { a = 1 }` is
//! `{ resource: { t: { n: { a: 1 } } } }`; a block that stands there several times is a list.
//!
//! Nothing is evaluated: what is not written out is the text of the expression, as `${...}`.

use super::bounds::{self, Count, MAX_DEPTH};
use super::lines::Lines;
use super::nested;
use super::node::{Node, ParseError, Pos, Scalar, Value};
use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey, UnaryOperator};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::{Element, Template};
use std::ops::Range;

/// Functions that hand on what they are given, for all that is asked here.
const TRANSPARENT: [&str; 7] =
    ["jsonencode", "yamlencode", "toset", "tolist", "tostring", "tobool", "sensitive"];

/// Labels of a block that become keys.
const MAX_LABELS: usize = 4;

/// Parses an HCL text, such as a file of Terraform.
pub fn parse_hcl(text: &str) -> Result<Node, ParseError> {
    bounds::size(text)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines::new(text);
    let body = hcl_edit::parser::parse_body(text).map_err(|error| {
        let message = error.message().lines().next().unwrap_or_default().to_owned();
        ParseError::new(lines.pos(error.location().offset()), format!("this is not HCL: {message}"))
    })?;
    let mut reader = Reader { text, lines, count: Count::default() };
    let mut node = reader.body(&body, 1)?;
    (node.pos, node.end) = (Pos::START, reader.lines.pos(text.len()));
    Ok(node)
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines<'a>,
    count: Count,
}

impl Reader<'_> {
    fn body(&mut self, body: &Body, depth: usize) -> Result<Node, ParseError> {
        let mut entries = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let key = self.name(&attribute.key, attribute.key.span());
                    let value = self.expression(&attribute.value, depth + 1)?;
                    nested::insert(&mut entries, &[key], value);
                }
                Structure::Block(block) => self.block(block, &mut entries, depth)?,
            }
        }
        Ok(self.node(body.span(), Value::Map(entries)))
    }

    fn block(&mut self, block: &Block, into: &mut Vec<(Node, Node)>, depth: usize) -> Result<(), ParseError> {
        let start = self.place(block.span()).0;
        let labels = || block.labels.iter().take(MAX_LABELS).map(hcl_edit::structure::BlockLabel::as_str);
        // `dynamic "name" { content { ... } }` makes blocks called `name`.
        if block.ident.as_str() == "dynamic"
            && let Some(name) = labels().next()
            && let Some(content) = block.body.get_blocks("content").next()
        {
            let inner = self.body(&content.body, deeper(depth, 1, start)?)?;
            nested::insert(into, &[Node::text(start, start, name)], inner);
            return Ok(());
        }
        let path: Vec<Node> = std::iter::once(block.ident.as_str())
            .chain(labels())
            .map(|name| Node::text(start, start, name))
            .collect();
        let depth = deeper(depth, path.len(), start)?;
        let mut inner = self.body(&block.body, depth)?;
        (inner.pos, inner.end) = self.place(block.span());
        nested::insert(into, &path, inner);
        Ok(())
    }

    fn expression(&mut self, expression: &Expression, depth: usize) -> Result<Node, ParseError> {
        let span = expression.span();
        let pos = self.place(span.clone()).0;
        self.count.add(1, pos)?;
        let depth = deeper(depth, 1, pos)?;
        let value = match expression {
            Expression::Null(_) => Value::Scalar(Scalar::Null),
            Expression::Bool(value) => Value::Scalar(Scalar::Bool(**value)),
            Expression::Number(value) => number(value.as_i64(), value.as_f64()),
            Expression::String(value) => Value::Scalar(Scalar::Text(value.as_str().to_owned())),
            Expression::StringTemplate(template) => self.template(template),
            Expression::HeredocTemplate(heredoc) => self.template(&heredoc.template),
            Expression::Array(array) => {
                let items = array.iter().map(|item| self.expression(item, depth));
                Value::List(items.collect::<Result<_, _>>()?)
            }
            Expression::Object(object) => {
                let mut entries = Vec::new();
                for (key, value) in object {
                    let key = self.key(key);
                    let value = self.expression(value.expr(), depth)?;
                    nested::insert(&mut entries, &[key], value);
                }
                Value::Map(entries)
            }
            Expression::Parenthesis(inner) => return self.expression(inner.inner(), depth),
            Expression::UnaryOp(operation) if *operation.operator == UnaryOperator::Neg => {
                match self.expression(&operation.expr, depth)?.value {
                    Value::Scalar(Scalar::Integer(value)) => Value::Scalar(Scalar::Integer(-value)),
                    Value::Scalar(Scalar::Float(value)) => Value::Scalar(Scalar::Float(-value)),
                    _ => self.unresolved(span.clone()),
                }
            }
            Expression::FuncCall(call) if TRANSPARENT.contains(&call.name.name.as_str()) => {
                match call.args.iter().next() {
                    Some(argument) => return self.expression(argument, depth),
                    None => self.unresolved(span.clone()),
                }
            }
            _ => self.unresolved(span.clone()),
        };
        Ok(self.node(span, value))
    }

    fn key(&self, key: &ObjectKey) -> Node {
        match key {
            ObjectKey::Ident(name) => self.name(name, name.span()),
            ObjectKey::Expression(Expression::String(text)) => self.name(text, text.span()),
            ObjectKey::Expression(other) => self.node(other.span(), self.unresolved(other.span())),
        }
    }

    fn template(&self, template: &Template) -> Value {
        let mut text = String::new();
        for element in template {
            match element {
                Element::Literal(literal) => text.push_str(literal),
                Element::Interpolation(inner) => {
                    text.push_str("${");
                    text.push_str(self.source(inner.expr.span()));
                    text.push('}');
                }
                Element::Directive(_) => text.push_str("${...}"),
            }
        }
        Value::Scalar(Scalar::Text(text))
    }

    fn unresolved(&self, span: Option<Range<usize>>) -> Value {
        Value::Scalar(Scalar::Text(format!("${{{}}}", self.source(span))))
    }

    fn source(&self, span: Option<Range<usize>>) -> &str {
        span.and_then(|span| self.text.get(span)).unwrap_or("...").trim()
    }

    fn place(&self, span: Option<Range<usize>>) -> (Pos, Pos) {
        span.map_or((Pos::START, Pos::START), |span| (self.lines.pos(span.start), self.lines.pos(span.end)))
    }

    fn name(&self, text: &str, span: Option<Range<usize>>) -> Node {
        let (pos, end) = self.place(span);
        Node::text(pos, end, text)
    }

    fn node(&self, span: Option<Range<usize>>, value: Value) -> Node {
        let (pos, end) = self.place(span);
        Node { pos, end, value }
    }
}

fn deeper(depth: usize, by: usize, pos: Pos) -> Result<usize, ParseError> {
    if depth + by > MAX_DEPTH { Err(bounds::too_deep(pos)) } else { Ok(depth + by) }
}

fn number(whole: Option<i64>, float: Option<f64>) -> Value {
    Value::Scalar(match (whole, float) {
        (Some(value), _) => Scalar::Integer(value),
        (None, Some(value)) => Scalar::Float(value),
        (None, None) => Scalar::Null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blocks_and_expressions_become_values() {
        let text = r#"
# a comment
resource "aws_db_instance" "main" {
  storage_encrypted = true // yes
  size              = 20
  name              = "${var.prefix}-db"
  class             = var.class
  policy            = jsonencode({ Version = "1", "a:b" = [1, -2] })
  backup { days = 7 }
  backup { days = 8 }
  dynamic "tag" {
    for_each = var.tags
    content { key = tag.key }
  }
}
resource "aws_db_instance" "other" {}
module "db" { source = "terraform-aws-modules/rds/aws" }
"#;
        let value = parse_hcl(text).unwrap().to_json();
        let expected = json!({
            "resource": { "aws_db_instance": {
                "main": {
                    "storage_encrypted": true, "size": 20, "name": "${var.prefix}-db", "class": "${var.class}",
                    "policy": { "Version": "1", "a:b": [1, -2] }, "backup": [{ "days": 7 }, { "days": 8 }],
                    "tag": { "key": "${tag.key}" }
                },
                "other": {}
            } },
            "module": { "db": { "source": "terraform-aws-modules/rds/aws" } }
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn blocks_know_their_places() {
        let node = parse_hcl("\n  a \"b\" {\n  c = 1\n}\n").unwrap();
        let block = node.get("a").and_then(|node| node.get("b")).unwrap();
        assert_eq!((block.pos, block.get("c").unwrap().pos), (Pos::at(2, 3), Pos::at(3, 7)));
    }

    #[test]
    fn broken_and_deep_texts_are_refused() {
        let deep = [
            "a = ".to_owned() + &"[".repeat(50_000),
            "a {\n".repeat(50_000),
            format!("a = {}1{}", "[".repeat(63), "]".repeat(63)),
            format!("a = {}1", "-".repeat(50_000)),
            format!("{}{}", "a \"b\" \"c\" {\n".repeat(40), "}\n".repeat(40)),
        ];
        for text in deep.iter().map(String::as_str).chain(["a = ", "resource \"x\" {"]) {
            assert!(parse_hcl(text).unwrap_err().pos.line > 0);
        }
    }
}
