//! Text inside GitHub Markdown: a summary, a comment.
//!
//! A backslash does not stop a mention, and code spans do (github-facts section 8), so names of files belong
//! into [`markdown_code`], and prose has its mentions, references and addresses broken by a zero-width space.

use super::plain::{one_line, visible};
use std::fmt::Write;

/// Stands inside of what must not be understood as a mention, a reference, an address or a comment.
const BREAK: char = '\u{200b}';

/// Inline text: shown as it is, obeyed in nothing.
pub fn markdown(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len() + 16);
    for (index, character) in text.char_indices() {
        let before = &text[..index];
        let after = &text[index + character.len_utf8()..];
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // An entity, because a pipe ends a table's cell even inside a code span.
            '|' => out.push_str("&#124;"),
            '$' => out.push_str("&#36;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' => {
                out.push('\\');
                out.push(character);
            }
            '@' => push_broken(&mut out, "@"),
            '#' => push_broken(&mut out, "\\#"),
            ':' if after.starts_with("//") => push_broken(&mut out, ":"),
            '.' if ends_with_ignore_case(before, "www") => push_broken(&mut out, "\\."),
            '-' if ends_with_ignore_case(before, "gh") => push_broken(&mut out, "\\-"),
            '-' | '+' | '=' if before.trim().is_empty() => {
                out.push('\\');
                out.push(character);
            }
            '.' | ')' if is_number(before) => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

fn push_broken(out: &mut String, text: &str) {
    out.push_str(text);
    out.push(BREAK);
}

fn ends_with_ignore_case(text: &str, end: &str) -> bool {
    let start = text.len().checked_sub(end.len());
    start.and_then(|start| text.get(start..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// What Markdown would take for the number of a list's entry. It reads nine digits at most.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start();
    (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A code span: for paths, names, commands. Not inside a table, where pipes would end the cell.
pub fn markdown_code(text: &str) -> String {
    // The source itself must not hold a comment, or it could pass for the marker of our own comment.
    let text = visible(text).replace("<!--", "<!\u{200b}--").replace("-->", "--\u{200b}>");
    // Printed to a log, the page must not be a command there; a code span has no escapes.
    let text = text.replace("##[", "##\u{200b}[");
    if text.is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let tight = !(text.starts_with([' ', '`']) || text.ends_with([' ', '`']));
    let pad = if tight || text.trim().is_empty() { "" } else { " " };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A block of code; `language` must be a plain word. Its lines keep their tabs, because some formats mean them.
pub fn markdown_block(language: &str, lines: &[String]) -> String {
    let inert = |line: &String| {
        let line: Vec<String> = line.split('\t').map(visible).collect();
        // As in a code span: no comment that could pass for our own, and no command where the page is printed to a log.
        let line = line.join("\t").replace("<!--", "<!\u{200b}--").replace("-->", "--\u{200b}>");
        let line = line.replace("##[", "##\u{200b}[");
        if line.trim_start().starts_with("::") { line.replacen("::", ":\u{200b}:", 1) } else { line }
    };
    let lines: Vec<String> = lines.iter().map(inert).collect();
    let longest = lines.iter().map(|line| longest_run(line, '`')).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut out = format!("{fence}{language}\n");
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
    out + &fence + "\n"
}

fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// One cell of a table: one line, and no pipe.
pub fn markdown_cell(text: &str) -> String {
    markdown(&one_line(text, usize::MAX))
}

/// A policy's prose as one paragraph: `code spans` stay, all else is text.
pub fn markdown_prose(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, inside, after)) = code_span(rest) {
        // Writing into a `String` cannot fail.
        let _ = write!(out, "{}{}", markdown(before), markdown_code(inside));
        rest = after;
    }
    out.push_str(&markdown(rest));
    out
}

/// Text before, inside and behind the first pair of single backticks.
fn code_span(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (inside, after) = rest.split_once('`')?;
    (!inside.is_empty() && !after.starts_with('`')).then_some((before, inside, after))
}

/// An address that may stand in `[text](address)`: http or https, a host, and nothing that ends the link.
pub fn web_address(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"<>()[]\"'`|\\".contains(&byte);
    // A name before `@` makes one host look like another.
    let honest = !host.is_empty() && !host.contains('@');
    (honest && text.len() <= 2000 && text.bytes().all(plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::super::hostile;
    use super::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    /// What GitHub reads, and a little more.
    fn extensions() -> Options {
        Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_GFM
            | Options::ENABLE_MATH
    }

    /// What a renderer makes of it: the shown text, if there is nothing but text and code.
    fn shown(source: &str) -> Option<String> {
        let mut text = String::new();
        for event in Parser::new_ext(source, extensions()) {
            match event {
                Event::Text(part) | Event::Code(part) => text.push_str(&part),
                Event::Start(Tag::Paragraph) | Event::End(_) => {}
                _ => return None,
            }
        }
        Some(text.replace(BREAK, ""))
    }

    /// As the renderer trims and joins it.
    fn expected(text: &str) -> String {
        visible(text).trim().to_owned()
    }

    #[test]
    fn inline_text_is_only_ever_text() {
        for text in hostile::all() {
            let source = markdown(&text);
            assert_eq!(shown(&source).as_deref(), Some(expected(&text).as_str()), "{source}");
            assert!(!source.contains("<!--") && !source.contains('|'), "{source}");
        }
    }

    #[test]
    fn mentions_references_and_addresses_are_broken() {
        for (text, source) in [
            ("@acme/team", "@\u{200b}acme/team"),
            ("fixes #1", "fixes \\#\u{200b}1"),
            ("owner/repo#1", "owner/repo\\#\u{200b}1"),
            ("GH-12", "GH\\-\u{200b}12"),
            ("https://x.example", "https:\u{200b}//x.example"),
            ("www.x.example", "www\\.\u{200b}x.example"),
            ("<!-- x -->", "&lt;!-- x --&gt;"),
            ("a|b", "a&#124;b"),
            ("1. x", "1\\. x"),
            ("- x", "\\- x"),
            ("\u{202e}x", "\\\\u{202e}x"),
            ("snake_case", "snake\\_case"),
        ] {
            assert_eq!(markdown(text), source);
        }
    }

    #[test]
    fn a_code_span_holds_whatever_it_is_given() {
        for (text, source) in [
            ("src/a.rs:3", "`src/a.rs:3`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("``` x", "```` ``` x ````"),
            (" x ", "`  x  `"),
            ("", "` `"),
            ("<!-- x -->", "`<!\u{200b}-- x --\u{200b}>`"),
            ("a\nb", "`a\\nb`"),
        ] {
            assert_eq!(markdown_code(text), source);
        }
        for text in hostile::all() {
            let source = markdown_code(&text);
            let code: Vec<_> = Parser::new_ext(&source, extensions())
                .filter(|event| !matches!(event, Event::Start(Tag::Paragraph) | Event::End(_)))
                .collect();
            assert!(matches!(code.as_slice(), [Event::Code(_)]), "{source}: {code:?}");
            assert!(!source.contains("<!--"), "{source}");
        }
    }

    #[test]
    fn a_block_of_code_is_nothing_but_code() {
        let lines: Vec<String> =
            hostile::all().iter().flat_map(|text| text.lines().map(str::to_owned)).collect();
        let source = markdown_block("yaml", &lines);
        let events: Vec<_> = Parser::new_ext(&source, extensions()).collect();
        assert!(matches!(events.first(), Some(Event::Start(Tag::CodeBlock(_)))), "{source}");
        let inside = events.iter().skip(1).take(events.len() - 2);
        assert!(inside.into_iter().all(|event| matches!(event, Event::Text(_))), "{source}");
        assert!(!source.contains("<!--") && !source.contains("##["), "{source}");
        assert!(!source.lines().any(|line| line.trim_start().starts_with("::")), "{source}");
        assert_eq!(markdown_block("", &["a\tb".to_owned()]), "```\na\tb\n```\n");
    }

    #[test]
    fn a_cell_stays_one_cell() {
        for text in hostile::all() {
            let table = format!("| a | b |\n| - | - |\n| {} | y |\n", markdown_cell(&text));
            let cells: Vec<_> = Parser::new_ext(&table, extensions())
                .filter(|event| matches!(event, Event::Start(Tag::TableCell)))
                .collect();
            assert_eq!(cells.len(), 4, "{table}");
        }
    }

    #[test]
    fn prose_keeps_its_code_spans() {
        for (text, source) in [
            ("Run `cargo test`\nnow.", "Run `cargo test` now."),
            ("Ask `@acme/team` or @acme", "Ask `@acme/team` or @\u{200b}acme"),
            ("one ` alone", "one \\` alone"),
            ("``` fence", "\\`\\`\\` fence"),
            ("`a|b`", "`a|b`"),
        ] {
            assert_eq!(markdown_prose(text), source);
        }
        for text in hostile::all() {
            let source = markdown_prose(&text);
            assert!(shown(&source).is_some() && !source.contains("<!--"), "{source}");
        }
    }

    #[test]
    fn only_plain_web_addresses_become_links() {
        for good in ["https://example.org/a?b=c#d", "http://localhost:80/x"] {
            assert_eq!(web_address(good), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https://good.example@evil.example/",
            "https://a.example/) [x](y",
            "https://a.example/ b",
            "https://a.example/\u{202e}",
            "//a.example",
            "HTTPS://a.example",
            "",
        ] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
    }
}
