//! The reference of checks as Markdown, made from the registry: `docs/checks.md`.

use super::{Kind, REGISTRY};
use schemars::SchemaGenerator;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// The whole reference. A test keeps the committed copy equal to it.
pub fn reference() -> String {
    let mut text = String::from(
        "# Checks\n\n<!-- Made from src/checks by `UPDATE=1 cargo test`. Do not edit. -->\n\n\
         A condition is a tree of checks joined by `all`, `any` and `not`; several keys in one mapping must all hold.\n\
         Globs are anchored at the root, `*` stays in its folder, `**` crosses folders, `!` takes away, and letters match in either case.\n\
         Where a parameter takes a list, one value without brackets is a list of one.\n",
    );
    for kind in REGISTRY {
        entry(kind, &mut text);
    }
    text
}

fn entry(kind: &Kind, text: &mut String) {
    let mut generator = SchemaGenerator::default();
    let schema = (kind.schema)(&mut generator).to_value();
    let definitions = Value::Object(generator.take_definitions(true));
    let _ = write!(
        text,
        "\n## `{}`\n\n{}\n\n```yaml\n{}\n```\n\n{}\n",
        kind.name, kind.summary, kind.example, kind.details
    );
    let parameters = parameters(&schema, &definitions);
    if parameters.is_empty() {
        return;
    }
    text.push_str("\n| parameter | meaning |\n| --- | --- |\n");
    for (name, schema) in parameters {
        let meaning = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(text, "| `{name}` | {} |", meaning.replace('\n', " ").replace('|', "\\|"));
    }
}

/// The parameters of a check, whichever of its forms has them.
fn parameters(schema: &Value, definitions: &Value) -> Map<String, Value> {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return definitions.get(name).map(|schema| parameters(schema, definitions)).unwrap_or_default();
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        return properties.clone();
    }
    let forms = ["anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    forms.flat_map(|form| parameters(form, definitions)).collect()
}
