//! Org: titles with stars, blocks between `#+begin_` and `#+end_`.

use super::Outline;
use super::draft::{Draft, names_file, number};

/// Reads the document.
pub(super) fn read(text: &str) -> Outline {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut draft = Draft::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let here = number(at);
        at += 1;
        let trimmed = line.trim_start();
        let lower = trimmed.to_ascii_lowercase();
        if let Some(rest) = lower.strip_prefix("#+begin_") {
            let length = lines[at..]
                .iter()
                .position(|line| line.trim_start().to_ascii_lowercase().starts_with("#+end_"));
            let to = at + length.unwrap_or(lines.len() - at);
            let (kind, language) = rest.split_once(' ').unwrap_or((rest, ""));
            if matches!(kind, "src" | "example") {
                draft.block(language.split_whitespace().next(), number(at), &lines[at..to]);
                at = to + 1;
            }
        } else if let Some(title) = lower.strip_prefix("#+title:") {
            draft.heading(1, here, &trimmed[trimmed.len() - title.len()..]);
        } else if trimmed.starts_with('#') {
            // A keyword or a comment.
        } else if let Some(code) = trimmed.strip_prefix(": ") {
            draft.code(None, here, code);
        } else if let Some((level, title)) = marked(line) {
            draft.heading(level, here, title);
        } else {
            prose(&mut draft, here, trimmed);
        }
    }
    draft.done()
}

fn marked(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'*').count();
    line.get(level..)?.strip_prefix(' ').filter(|_| level > 0).map(|title| (level, title))
}

fn prose(draft: &mut Draft, line: u32, text: &str) {
    for rest in text.split("[[").skip(1) {
        let target = rest.split(']').next().unwrap_or_default();
        draft.link(line, target.strip_prefix("file:").unwrap_or(target));
    }
    let item = text.trim_start_matches(['-', '+']).trim_start();
    if item.len() == text.len() || !names_file(item.trim_start_matches(['~', '='])) {
        draft.line(line, text, "~");
    }
}
