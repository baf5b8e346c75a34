//! Documents that are not Markdown, by lines: underlined or marked headings, indented or fenced code.

use super::{CodeBlock, Heading, Link, Outline, words};

/// Reads the document.
pub(super) fn read(text: &str) -> Outline {
    let lines: Vec<&str> = text.lines().collect();
    let front = Heading { level: 0, line: 1, text: String::new(), words: 0 };
    let mut outline = Outline { headings: vec![front], ..Outline::default() };
    let (mut fenced, mut after_blank) = (false, true);
    for (at, (number, line)) in (1_u32..).zip(&lines).enumerate() {
        let trimmed = line.trim();
        let next = lines.get(at + 1).map_or("", |next| next.trim());
        if trimmed == "----" && !is_underline(trimmed, at.checked_sub(1).map_or("", |at| lines[at].trim())) {
            fenced = !fenced;
            after_blank = true;
            continue;
        }
        let code = fenced || line.starts_with([' ', '\t']) && !trimmed.is_empty();
        if code {
            push_code(&mut outline, number, trimmed, after_blank);
        } else if let Some((level, title)) = marked(trimmed) {
            outline.headings.push(Heading { level, line: number, text: title.into(), words: 0 });
        } else if is_underline(next, trimmed) {
            outline.headings.push(Heading { level: 2, line: number, text: trimmed.into(), words: 0 });
        } else if let Some(heading) = outline.headings.last_mut() {
            heading.words = heading.words.saturating_add(words(trimmed));
        }
        outline.links.extend(links(trimmed).map(|target| Link { target: target.into(), line: number }));
        after_blank = !code;
    }
    outline
}

fn push_code(outline: &mut Outline, line: u32, text: &str, new: bool) {
    match outline.code.last_mut().filter(|_| !new) {
        Some(block) => {
            block.text.push_str(text);
            block.text.push('\n');
        }
        None => {
            outline.code.push(CodeBlock { language: None, line, text: format!("{text}\n"), inline: false });
        }
    }
}

/// `== Title`, as `AsciiDoc` marks it.
fn marked(line: &str) -> Option<(u8, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'=').count();
    let title = line.get(level..)?.strip_prefix(' ')?;
    (1..=6).contains(&level).then(|| (u8::try_from(level).unwrap_or(6), title.trim()))
}

/// A line of one sign, at least as long as the title above it.
fn is_underline(line: &str, title: &str) -> bool {
    let Some(first) = line.chars().next().filter(|sign| "=-~^\"'`#*+".contains(*sign)) else { return false };
    let length = line.chars().count();
    length >= 3
        && length >= title.chars().count()
        && !title.is_empty()
        && line.chars().all(|sign| sign == first)
}

/// Targets of `link:a[b]` and `` `b <a>`_ ``.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let adoc = line.split("link:").skip(1).filter_map(|rest| rest.split('[').next());
    let rst = line.split('<').skip(1).filter_map(|rest| rest.split_once(">`").map(|(target, _)| target));
    adoc.chain(rst).filter(|target| !target.is_empty() && !target.contains(' '))
}
