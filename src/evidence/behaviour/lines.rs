//! Which lines of a text count: those that are no statement, block or line of the table.

use super::table::Rules;
use std::borrow::Cow;
use std::ops::Range;

/// A text without comments and without tests, with and without the insides of its strings.
pub(super) struct Source {
    full: String,
    code: String,
    /// Where each line lies.
    lines: Vec<Range<usize>>,
}

impl Source {
    pub(super) fn new(full: &str, code: &str) -> Self {
        let mut at = 0;
        let lines = full.split_inclusive('\n').map(|line| {
            let range = at..at + line.len();
            at = range.end;
            range
        });
        Self { lines: lines.collect(), full: full.to_owned(), code: code.to_owned() }
    }

    /// A line as it is, and without the insides of its strings; both are as long, where the line is known.
    pub(super) fn line(&self, line: usize) -> (&str, &str) {
        let range = self.lines.get(line).cloned().unwrap_or_default();
        (self.full.get(range.clone()).unwrap_or_default(), self.code.get(range).unwrap_or_default())
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// How many of them hold code.
    pub(super) fn lines_of_code(&self) -> u32 {
        let held = (0..self.len()).filter(|line| !self.line(*line).0.trim().is_empty());
        u32::try_from(held.count()).unwrap_or(u32::MAX)
    }

    /// The lines without blanks, commas and semicolons: what formatting moves about.
    pub(super) fn squeezed(&self, lines: &Range<u32>) -> String {
        let texts = lines.clone().map(|line| self.line(line as usize).0);
        texts
            .flat_map(str::chars)
            .filter(|letter| !letter.is_whitespace() && !matches!(letter, ',' | ';'))
            .collect()
    }
}

/// Lines of one statement that is left out; what is longer has lost its end.
const LONGEST: u32 = 600;

/// What is being left out, and how many brackets and braces are open in it.
struct Open {
    brackets: i32,
    braces: i32,
    body: bool,
    lines: u32,
}

/// For each line whether it counts.
pub(super) fn counting(rules: &Rules, source: &Source) -> Vec<bool> {
    let mut open: Option<Open> = None;
    (0..source.lines.len())
        .map(|line| {
            let (full, code) = source.line(line);
            let (full, code) = (full.trim(), code.trim());
            if code.is_empty() && full.is_empty() {
                return false;
            }
            let began = open.is_some();
            if !began {
                let body = rules.blocks.is_match(code);
                if !body && !rules.statements.is_match(code) {
                    return !rules.lines.is_match(full);
                }
                open = Some(Open { brackets: 0, braces: 0, body, lines: 0 });
            }
            let Some(state) = open.as_mut() else { return true };
            let inside = state.body && (state.braces > 1 || state.braces == 1 && began && code.contains('{'));
            state.step(code);
            if state.closed(code) {
                open = None;
            }
            inside && !rules.lines.is_match(full)
        })
        .collect()
}

impl Open {
    fn step(&mut self, code: &str) {
        self.lines += 1;
        for byte in code.bytes() {
            match byte {
                b'(' | b'[' => self.brackets += 1,
                b')' | b']' => self.brackets -= 1,
                b'{' => self.braces += 1,
                b'}' => self.braces -= 1,
                _ => {}
            }
        }
    }

    fn closed(&self, code: &str) -> bool {
        let goes_on = code.ends_with(['=', '\\', ',', '|']);
        let body_to_come = self.body && self.lines == 1 && self.braces == 0 && !code.ends_with([';', '}']);
        self.lines >= LONGEST || self.brackets + self.braces <= 0 && !goes_on && !body_to_come
    }
}

/// Of files that hold a template and a script the script alone; what stands around it is blanked out.
pub(super) fn script<'a>(language: &str, text: &'a str) -> Cow<'a, str> {
    if language != "vue" {
        return Cow::Borrowed(text);
    }
    let mut bytes: Vec<u8> =
        text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { byte } else { b' ' }).collect();
    for range in scripts(text) {
        if let (Some(kept), Some(from)) = (bytes.get_mut(range.clone()), text.as_bytes().get(range)) {
            kept.copy_from_slice(from);
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn scripts(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if let Some(end) = text.strip_prefix("---\n").and_then(|rest| rest.find("\n---")) {
        found.push(4..4 + end);
    }
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find("<script")).map(|start| at + start) {
        let Some(open) = text.get(start..).and_then(|rest| rest.find('>')).map(|open| start + open + 1)
        else {
            break;
        };
        let end =
            text.get(open..).and_then(|rest| rest.find("</script")).map_or(text.len(), |end| open + end);
        found.push(open..end);
        at = end;
    }
    found
}
