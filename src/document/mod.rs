//! YAML, JSON, TOML, HCL and Java properties as one tree of values in which every value knows its place.
//!
//! Bounds come before parsing: size, depth, count, aliases. Knows nothing of policies or rules.

mod bounds;
mod hcl;
mod json;
mod lines;
mod nested;
mod node;
mod problem;
mod properties;
mod query;
mod schema;
mod schema_rules;
mod suggest;
mod template;
mod toml;
mod yaml;
mod yaml_scalar;

pub use bounds::{MAX_BYTES, MAX_DEPTH, MAX_NODES};
pub use hcl::parse_hcl;
pub use json::parse_json;
pub use node::{Node, ParseError, Pos, Scalar, Value};
pub use problem::{Problem, Problems};
pub use properties::parse_properties;
pub use query::{Query, QueryError};
pub use schema::{Fault, Format as TextFormat, KEYS, validate};
pub use suggest::{closest, hint};
pub use template::{is_template, parse_templated};
pub use toml::parse_toml;
pub use yaml::{parse_yaml, parse_yaml_all};

/// A data format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// YAML 1.2 with merge keys.
    Yaml,
    /// JSON, comments and trailing commas allowed.
    Json,
    /// TOML.
    Toml,
    /// HCL, as Terraform has it.
    Hcl,
    /// Java properties.
    Properties,
}

impl Format {
    /// The format that the path's extension names.
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next()?;
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "yml" | "yaml" => Some(Self::Yaml),
            "json" | "jsonc" | "json5" => Some(Self::Json),
            "toml" => Some(Self::Toml),
            "tf" | "tofu" | "tfvars" | "hcl" | "nomad" => Some(Self::Hcl),
            "properties" => Some(Self::Properties),
            _ => None,
        }
    }
}

/// Parses a text that is one document. An empty one is null.
pub fn parse(format: Format, text: &str) -> Result<Node, ParseError> {
    match format {
        Format::Yaml => parse_yaml(text),
        Format::Json => parse_json(text),
        Format::Toml => parse_toml(text),
        Format::Hcl => parse_hcl(text),
        Format::Properties => parse_properties(text),
    }
}

/// Parses a text that may hold several documents; only YAML can.
pub fn parse_all(format: Format, text: &str) -> Result<Vec<Node>, ParseError> {
    match format {
        Format::Yaml => parse_yaml_all(text),
        Format::Json | Format::Toml | Format::Hcl | Format::Properties => {
            parse(format, text).map(|node| vec![node])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_format() {
        let cases = [
            ("a/b.yml", Some(Format::Yaml)),
            ("B.YAML", Some(Format::Yaml)),
            ("tsconfig.json", Some(Format::Json)),
            ("Cargo.toml", Some(Format::Toml)),
            ("infra/main.tf", Some(Format::Hcl)),
            ("application.properties", Some(Format::Properties)),
            ("a.yml/b", None),
            ("Makefile", None),
        ];
        for (path, format) in cases {
            assert_eq!(Format::of_path(path), format, "{path}");
        }
    }

    #[test]
    fn the_three_formats_give_the_same_values() {
        let texts = [
            (Format::Yaml, "a:\n  b: [1, 2.5, x, true]\n"),
            (Format::Json, "{\"a\": {\"b\": [1, 2.5, \"x\", true,]}} // done"),
            (Format::Toml, "[a]\nb = [1, 2.5, 'x', true]\n"),
        ];
        for (format, text) in texts {
            let value = parse(format, text).unwrap().to_json();
            assert_eq!(value, serde_json::json!({ "a": { "b": [1, 2.5, "x", true] } }), "{format:?}");
        }
    }

    #[test]
    fn deep_texts_are_refused_at_their_place() {
        let deep = |open: &str| open.repeat(50_000);
        let texts = [
            (Format::Yaml, deep("[")),
            (Format::Yaml, deep("{a: ")),
            (Format::Yaml, deep("- ")),
            (Format::Yaml, deep("? ")),
            (Format::Json, deep("[")),
            (Format::Json, deep("{\"a\":")),
            (Format::Toml, format!("a = {}", deep("["))),
            (Format::Toml, format!("a = {}", deep("{a = "))),
            (Format::Toml, format!("{}a = 1", deep("a."))),
            (Format::Toml, format!("[{}a]", deep("a."))),
            (Format::Toml, format!("{}a = 1", deep("[a]\n[[a.b]]\n"))),
            (Format::Toml, format!("b = {}", format!("{{{}a = ", "a.".repeat(70)).repeat(70))),
        ];
        for (format, text) in texts {
            let error = parse(format, &text).unwrap_err();
            assert!(error.pos.line > 0, "{format:?} {error}");
        }
    }
}
