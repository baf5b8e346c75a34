//! Prose with code in it: the fenced blocks of a policy's texts, told from what stands around them.

/// Part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Lines of prose.
    Prose(String),
    /// A block of code, without its fences.
    Code {
        /// The word behind the fence; letters, digits, `+` and `-` only.
        language: String,
        /// Its lines, as far to the left as the fence stands.
        lines: Vec<String>,
    },
}

/// The parts of a text. A fence that nothing closes is prose.
pub fn parts(text: &str) -> Vec<Part> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut parts, mut prose) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < lines.len() {
        if let Some((code, length)) = block(&lines[at..]) {
            push_prose(&mut parts, &mut prose);
            parts.push(code);
            at += length;
        } else {
            prose.push(lines[at]);
            at += 1;
        }
    }
    push_prose(&mut parts, &mut prose);
    parts
}

/// The prose alone, for places that take a few words.
pub fn without_code(text: &str) -> String {
    let prose = |part| match part {
        Part::Prose(text) => Some(text),
        Part::Code { .. } => None,
    };
    parts(text).into_iter().filter_map(prose).collect::<Vec<_>>().join("\n")
}

fn push_prose(parts: &mut Vec<Part>, prose: &mut Vec<&str>) {
    let text = prose.join("\n");
    prose.clear();
    if !text.trim().is_empty() {
        parts.push(Part::Prose(text));
    }
}

/// The block that begins with the first line, and how many lines it takes with its fences.
fn block(lines: &[&str]) -> Option<(Part, usize)> {
    let open = lines.first()?;
    let indent = open.len() - open.trim_start().len();
    let (ticks, language) = fence(open)?;
    let end = lines
        .iter()
        .skip(1)
        .position(|line| fence(line).is_some_and(|(n, word)| n >= ticks && word.is_empty()))?;
    let outdent = |line: &&str| {
        let blank = line.len() - line.trim_start_matches(' ').len();
        line[blank.min(indent)..].to_owned()
    };
    let lines: Vec<String> = lines[1..=end].iter().map(outdent).collect();
    let length = lines.len() + 2;
    Some((Part::Code { language: language.to_owned(), lines }, length))
}

fn fence(line: &str) -> Option<(usize, &str)> {
    let line = line.trim();
    let word = line.trim_start_matches('`');
    let ticks = line.len() - word.len();
    let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-".contains(&byte));
    (ticks >= 3 && plain && word.len() <= 20).then_some((ticks, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let show = |part: &Part| match part {
            Part::Prose(text) => format!("prose {text:?}"),
            Part::Code { language, lines } => format!("{language} {lines:?}"),
        };
        parts(text).iter().map(show).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn code_is_told_from_prose() {
        for (text, expected) in [
            ("", ""),
            ("one\ntwo", r#"prose "one\ntwo""#),
            (
                "Add:\n```yaml\na:\n  b: 1\n```\nThen go.",
                r#"prose "Add:" | yaml ["a:", "  b: 1"] | prose "Then go.""#,
            ),
            ("  ```\n  x\n y\n  ```", r#" ["x", "y"]"#),
            ("````\n```\n````", r#" ["```"]"#),
            ("```sh\nnever closed", r#"prose "```sh\nnever closed""#),
            ("``` not a fence\nx\n```", r#"prose "``` not a fence\nx\n```""#),
            ("```\n```", " []"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
        assert_eq!(without_code("Add:\n```\nx\n```\nThen go."), "Add:\nThen go.");
    }
}
