//! Templates that would be YAML once they are rendered.

use super::node::{Node, ParseError};
use super::yaml::parse_yaml_all;

/// Parses every document of a YAML text. Where it is none because it is a template (Go, Jinja, ERB), the templates in it
/// count as texts, and lines that are nothing but template count as blank.
pub fn parse_templated(text: &str) -> Result<Vec<Node>, ParseError> {
    parse_yaml_all(text).or_else(|error| {
        let template = ["{{", "{%", "<%"].iter().any(|open| text.contains(open));
        if template { parse_yaml_all(&without_templates(text)).map_err(|_| error) } else { Err(error) }
    })
}

/// The text with what is template taken out: lines that are nothing else become blank, elsewhere it becomes a text.
/// Lines keep their numbers.
fn without_templates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Inside of a `{{ ... }}` that started on an earlier line.
    let mut open = false;
    for line in text.lines() {
        let trimmed = line.trim();
        let opened =
            open || trimmed.starts_with("{{") || trimmed.starts_with("{%") || trimmed.starts_with("<%");
        let closed = trimmed.ends_with("}}") || trimmed.ends_with("%}") || trimmed.ends_with("%>");
        if opened && (open || closed || !trimmed.contains("}}")) && !trimmed.contains("}}:") {
            open = !closed;
        } else {
            open = false;
            out.push_str(&inline(line));
        }
        out.push('\n');
    }
    out
}

/// A value that is, or holds, a template, in quotes.
fn inline(line: &str) -> String {
    if !line.contains("{{") {
        return line.to_owned();
    }
    let value = line.find(": ").map_or_else(|| line.find("- ").map(|at| at + 2), |at| Some(at + 2));
    let Some(value) = value.filter(|at| line.find("{{").is_some_and(|open| open >= *at)) else {
        return line.replace("{{", "").replace("}}", "").replace('"', "");
    };
    let (before, rest) = line.split_at(value);
    let plain = rest.trim().trim_matches(['"', '\'']).replace('\'', "\"");
    format!("{before}'{plain}'")
}
