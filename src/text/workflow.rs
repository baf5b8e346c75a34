//! Text for the log of a workflow run, where a line can be a command to the runner.
//!
//! github-facts section 2: `::command::` acts at the start of a line after trimming; the legacy `##[command]`
//! acts anywhere in a line, on stdout and stderr; a bare CR ends a line too.

use super::plain::visible;

/// One line whose invisible characters are spelled out already, so that it cannot act as a command.
pub fn defuse(line: &str) -> String {
    let line = line.replace("##[", "## [");
    let start = line.len() - line.trim_start().len();
    if line[start..].starts_with("::") {
        format!("{indent}: {rest}", indent = &line[..start], rest = &line[start + 1..])
    } else {
        line
    }
}

/// Any text as one line of a log.
pub fn log_line(text: &str) -> String {
    defuse(&visible(text))
}

/// The message of a workflow command. Line breaks stay line breaks, in the runner's escaping.
pub fn workflow_data(text: &str) -> String {
    // Percent first, or the escapes would be escaped [actions/toolkit, command.ts].
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| log_line(line.strip_suffix('\r').unwrap_or(line)).replace('%', "%25"))
        .collect();
    lines.join("%0A")
}

/// A property of a workflow command, such as a file or a title.
pub fn workflow_property(text: &str) -> String {
    // The legacy form is matched anywhere, so it must not stand in a property either.
    visible(text).replace("##[", "## [").replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::hostile;
    use super::*;

    /// What the runner would take a line for.
    fn acts(line: &str) -> bool {
        line.contains("##[") || line.trim_start().starts_with("::") || line.contains(['\r', '\n'])
    }

    #[test]
    fn a_log_line_is_never_a_command() {
        for (text, expected) in [
            ("::error::x", ": :error::x"),
            ("  ::error::x", "  : :error::x"),
            ("std::io::Error", "std::io::Error"),
            ("##[error]x", "## [error]x"),
            ("a ###[x] ##[y]", "a ### [x] ## [y]"),
            ("a\r::error::x", "a\\r::error::x"),
            ("a\n##[x]", "a\\n## [x]"),
            ("#[derive(Debug)]", "#[derive(Debug)]"),
        ] {
            assert_eq!(log_line(text), expected);
        }
        for text in hostile::all() {
            assert!(!acts(&log_line(&text)), "{text:?}");
        }
    }

    #[test]
    fn a_message_stays_inside_its_command() {
        for (text, expected) in [
            ("100%", "100%25"),
            ("one\ntwo", "one%0Atwo"),
            ("one\r\ntwo", "one%0Atwo"),
            ("one\rtwo", "one\\rtwo"),
            ("%0A::error::x", "%250A::error::x"),
            ("a: b, c", "a: b, c"),
            ("##[set-output name=verdict]pass", "## [set-output name=verdict]pass"),
        ] {
            assert_eq!(workflow_data(text), expected);
        }
        for text in hostile::all() {
            assert!(!acts(&format!("::error::{}", workflow_data(&text))[2..]), "{text:?}");
        }
    }

    #[test]
    fn a_property_ends_neither_itself_nor_its_command() {
        for (text, expected) in [
            ("a,line=1", "a%2Cline=1"),
            ("x::y", "x%3A%3Ay"),
            ("50%", "50%25"),
            ("a\nb", "a\\nb"),
            ("##[x]", "## [x]"),
        ] {
            assert_eq!(workflow_property(text), expected);
        }
        for text in hostile::all() {
            let property = workflow_property(&text);
            assert!(!acts(&property) && !property.contains([',', ':']), "{text:?} became {property:?}");
        }
    }
}
