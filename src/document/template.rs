//! Templates (Go, Jinja, ERB) that would be YAML once they are rendered, read without rendering them.
//!
//! A value that a template gives becomes a text: the template. A line that is nothing but template becomes a key that is
//! the template, without a value, where it gives something ([`is_template`] knows it), and blank where it does not.
//! Of `if` and `else` the first counts.

use super::node::{Node, ParseError};
use super::yaml::parse_yaml_all;
use std::fmt::Write as _;

/// Parses every document of a YAML text; where it is none because it is a template, as far as that can be read.
pub fn parse_templated(text: &str) -> Result<Vec<Node>, ParseError> {
    parse_yaml_all(text).or_else(|error| {
        if !["{{", "{%", "<%"].iter().any(|open| text.contains(open)) {
            return Err(error);
        }
        let marked = parse_yaml_all(&without_templates(text, true));
        marked.or_else(|_| parse_yaml_all(&without_templates(text, false))).map_err(|_| error)
    })
}

/// Whether the text is, or holds, something that is not known before a template or an expression is evaluated.
pub fn is_template(text: &str) -> bool {
    ["{{", "{%", "<%", "${"].iter().any(|open| text.contains(open))
}

/// The text with what is template taken out. Lines keep their numbers.
fn without_templates(text: &str, marked: bool) -> String {
    let mut reader = Reader { marked, ..Reader::default() };
    for (number, line) in (1..).zip(text.lines()) {
        reader.line(number, line);
        reader.out.push('\n');
    }
    reader.out
}

/// A block that is open: what `.` stands for in it, and whether it is the other branch of an `if`.
#[derive(Default)]
struct Block {
    scope: Option<String>,
    left_out: bool,
}

#[derive(Default)]
struct Reader {
    out: String,
    marked: bool,
    /// Inside of a template that started on an earlier line.
    open: bool,
    blocks: Vec<Block>,
    /// Something of the current document was written.
    begun: bool,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        let trimmed = line.trim();
        if trimmed.starts_with("---") {
            self.begun = false;
        }
        let starts = ["{{", "{%", "<%"].iter().any(|open| trimmed.starts_with(open));
        let ends = ["}}", "%}", "%>"].iter().any(|close| trimmed.ends_with(close));
        if self.open {
            self.open = !ends && !trimmed.contains("}}");
        } else if starts && ends && trimmed.matches("{{").count() <= 1 {
            self.alone(number, line, trimmed);
        } else if starts && !trimmed.contains("}}") && !trimmed.contains("%>") {
            self.open = true;
        } else if !self.left_out() {
            let rest = self.inline(line);
            self.begun |= !trimmed.is_empty() && !trimmed.starts_with(['#', '-']);
            self.out.push_str(&rest);
        }
    }

    fn left_out(&self) -> bool {
        self.blocks.iter().any(|block| block.left_out)
    }

    /// A line that is nothing but one template.
    fn alone(&mut self, number: usize, line: &str, trimmed: &str) {
        let Some(inner) = trimmed.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) else { return };
        let inner = inner.trim_matches(['-', ' ', '\t']);
        let (word, rest) = inner.split_once([' ', '\t']).unwrap_or((inner, ""));
        match word {
            "if" | "range" | "with" | "define" | "block" => {
                // What the whole document depends on.
                let whole = word == "if" && self.blocks.is_empty() && !self.begun;
                let scope = (word == "with").then(|| self.scoped(rest.trim()));
                self.blocks.push(Block { scope, left_out: word == "define" });
                if whole {
                    self.mark(0, inner, number);
                }
            }
            "else" => {
                if let Some(block) = self.blocks.last_mut() {
                    block.left_out = true;
                }
            }
            "end" => drop(self.blocks.pop()),
            _ if inner.starts_with("/*") || inner.contains(":=") || inner.starts_with('$') => {}
            _ if self.left_out() => {}
            _ => {
                let indent = line.len() - line.trim_start().len();
                let indent = inner
                    .rsplit("indent ")
                    .next()
                    .and_then(|number| number.trim().parse().ok())
                    .unwrap_or(indent);
                let scoped = self.scoped(inner);
                self.mark(indent.min(200), &scoped, number);
            }
        }
    }

    fn mark(&mut self, indent: usize, inner: &str, number: usize) {
        if self.marked {
            let inner = inner.replace('\'', "\"");
            // The number keeps keys apart.
            let _ = write!(self.out, "{}'{{{{{inner}}}}}@{number}':", " ".repeat(indent));
        }
    }

    /// A value that is, or holds, a template, in quotes.
    fn inline(&self, line: &str) -> String {
        let Some(open) = ["{{", "<%", "{%"].iter().filter_map(|open| line.find(open)).min() else {
            return line.to_owned();
        };
        let value = line.find(": ").map_or_else(|| line.find("- ").map(|at| at + 2), |at| Some(at + 2));
        let Some(value) = value.filter(|at| open >= *at) else {
            return line.replace("{{", "").replace("}}", "").replace('"', "");
        };
        let (before, rest) = line.split_at(value);
        let plain = rest.trim().trim_matches(['"', '\'']).replace('\'', "\"");
        format!("{before}'{}'", self.scoped(&plain))
    }

    /// The template with `.` written out inside of a `with`.
    fn scoped(&self, inner: &str) -> String {
        const ROOTS: [&str; 6] = ["Values", "Release", "Chart", "Capabilities", "Template", "Files"];
        let inner = inner.replace("$.", ".");
        let Some(scope) = self.blocks.iter().rev().find_map(|block| block.scope.as_ref()) else {
            return inner;
        };
        let words = inner.split(' ').map(|word| {
            let name =
                word.strip_prefix('.').map(|rest| rest.split(['.', ')', '}']).next().unwrap_or_default());
            match name {
                Some("") if word == "." => scope.clone(),
                Some(name) if !name.is_empty() && !ROOTS.contains(&name) => format!("{scope}{word}"),
                _ => word.to_owned(),
            }
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_stand_as_texts_and_keys() {
        let text = "\
{{- if .Values.on }}
{{- $name := 1 }}
a: {{ .Values.a }}
labels:
  {{- include \"x.labels\" . | nindent 2 }}
{{- if .v2 }}
version: 2
{{- else }}
version: 1
{{- end }}
{{- with .Values.sec }}
sec:
  {{- toYaml . | nindent 2 }}
  user: \"{{ .user }}\"
{{- end }}
list:
  - 'x{{ $.Values.b }}'
{{- end }}
";
        let shown = parse_templated(text).unwrap()[0].to_json();
        let expected = serde_json::json!({
            "{{if .Values.on}}@1": null,
            "a": "{{ .Values.a }}",
            "labels": { "{{include \"x.labels\" . | nindent 2}}@5": null },
            "version": 2,
            "sec": { "{{toYaml .Values.sec | nindent 2}}@13": null, "user": "{{ .Values.sec.user }}" },
            "list": ["x{{ .Values.b }}"],
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn other_templates_are_left_out() {
        let text = "<% if a %>\nx: <%= ENV.fetch('A') { 5 } %>\n<% end %>\n{% if b %}\ny: 1\n{% endif %}\n";
        let shown = parse_templated(text).unwrap()[0].to_json();
        assert_eq!(shown, serde_json::json!({ "x": "<%= ENV.fetch(\"A\") { 5 } %>", "y": 1 }));
        assert!(parse_templated("a: [").is_err());
        assert!(parse_templated("a: [\n{{ b }}\nc: d").is_err());
    }
}
