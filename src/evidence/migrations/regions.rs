//! Parts of a migration: what only leads back, and what a new table is made of. Steps there do no harm.

use super::Source;
use super::table::Framework;
use std::ops::Range;

/// The text with the way back blanked out.
pub(super) fn without_down(framework: &Framework, text: &str) -> String {
    let Some(down) = &framework.down else { return text.to_owned() };
    // A mark ends where the mark of the way up comes, which no framework puts behind it: at the end.
    let Some(found) = down.find(text) else { return text.to_owned() };
    text.get(..found.start()).unwrap_or_default().to_owned()
}

/// Parts in which no step is judged.
pub(super) fn safe(source: &Source<'_>) -> Vec<Range<usize>> {
    let framework = source.framework;
    let mut found = Vec::new();
    for start in framework.down.iter().flat_map(|down| down.find_iter(source.code)).map(|found| found.start())
    {
        found.push(start..block(source, start));
    }
    for start in
        framework.created.iter().flat_map(|created| created.find_iter(source.code)).map(|found| found.start())
    {
        found.push(start..creation(source, start));
    }
    found
}

/// Names of the tables that the migration makes, in small letters.
pub(super) fn new_tables(source: &Source<'_>) -> Vec<String> {
    let Some(created) = &source.framework.created else { return Vec::new() };
    created
        .captures_iter(source.code)
        .filter_map(|found| Some(found.get(1)?.as_str().to_lowercase()))
        .collect()
}

/// The end of a method that starts here.
fn block(source: &Source<'_>, start: usize) -> usize {
    match source.framework.language.as_str() {
        "ruby" | "elixir" => ended(source, start),
        "python" => dedented(source, start),
        "html" => element(source, start),
        _ => braces(source.bare, start, b'{', b'}'),
    }
}

/// The end of what makes a table.
fn creation(source: &Source<'_>, start: usize) -> usize {
    match source.framework.language.as_str() {
        "ruby" | "elixir"
            if line(source.bare, start).trim_end().ends_with(" do")
                || line(source.bare, start).contains(" do |") =>
        {
            ended(source, start)
        }
        "html" => element(source, start),
        _ => braces(source.bare, start, b'(', b')'),
    }
}

fn line(text: &str, start: usize) -> &str {
    text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

fn indentation(text: &str, at: usize) -> usize {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    text.get(start..).unwrap_or_default().chars().take_while(|letter| matches!(letter, ' ' | '\t')).count()
}

/// The first line from here on for which it holds, by its start; else the end.
fn line_where(text: &str, start: usize, holds: impl Fn(&str) -> bool) -> usize {
    let mut at = start;
    for (number, one) in text.get(start..).unwrap_or_default().split_inclusive('\n').enumerate() {
        if number > 0 && holds(one) {
            return at;
        }
        at += one.len();
    }
    text.len()
}

/// `end` that stands as far in as the start's line.
fn ended(source: &Source<'_>, start: usize) -> usize {
    let first = start + line(source.bare, start).len() - line(source.bare, start).trim_start().len();
    let depth = indentation(source.bare, first);
    line_where(source.bare, start, |line| {
        let bare = line.trim_start();
        line.len() - bare.len() <= depth && bare.starts_with("end")
    })
}

/// A line that stands as far in as the start's line, or less.
fn dedented(source: &Source<'_>, start: usize) -> usize {
    let depth = indentation(source.bare, start);
    line_where(source.bare, start, |line| {
        let bare = line.trim_start();
        !bare.trim().is_empty() && line.len() - bare.len() <= depth
    })
}

/// The end of an XML element: `/>`, or the tag that closes it.
fn element(source: &Source<'_>, start: usize) -> usize {
    let rest = source.code.get(start..).unwrap_or_default();
    let name: String = rest.chars().skip(1).take_while(char::is_ascii_alphanumeric).collect();
    let tag = rest.find('>').map_or(rest.len(), |end| end + 1);
    if rest.get(..tag).is_some_and(|tag| tag.ends_with("/>")) {
        return start + tag;
    }
    rest.find(&format!("</{name}")).map_or(source.code.len(), |end| start + end)
}

/// Behind the bracket that closes the first one from here on.
pub(super) fn braces(bare: &str, start: usize, open: u8, close: u8) -> usize {
    let mut depth = 0_u32;
    for (at, byte) in bare.bytes().enumerate().skip(start) {
        if byte == open {
            depth += 1;
        } else if byte == close && depth > 0 {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    bare.len()
}

/// Behind a call that starts at `start` and whose name ends at `name_end`: its brackets, or its lines.
pub(super) fn call_end(source: &Source<'_>, start: usize, name_end: usize) -> usize {
    if source.framework.element {
        return element(source, start);
    }
    let rest = source.bare.get(name_end..).unwrap_or_default();
    let inside = source.bare.get(start..name_end).unwrap_or_default().contains('(');
    if inside || rest.trim_start_matches([' ', '\t']).starts_with('(') {
        return braces(source.bare, start, b'(', b')');
    }
    // Without brackets it goes on where a line ends in a comma.
    let mut end = name_end;
    for line in rest.split_inclusive('\n') {
        end += line.len();
        if !line.trim_end().ends_with([',', '\\']) {
            break;
        }
    }
    end
}
