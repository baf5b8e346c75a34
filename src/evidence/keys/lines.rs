//! Statements of languages that end them with their lines: lines are joined while brackets are open or a comma ends them.

/// Longest statement, in lines.
const MAX_LINES: usize = 60;

/// A statement: its first line, how far it stands in, and its text in one line.
pub(super) struct Statement {
    pub(super) line: u32,
    pub(super) depth: usize,
    pub(super) text: String,
    /// The first line as it stands.
    pub(super) first: String,
}

/// The statements of a text without comments.
pub(super) fn statements(code: &str) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    let (mut open, mut joined) = (0_i32, 0);
    for (number, line) in (1_u32..).zip(code.lines()) {
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        let goes_on = joined > 0 && joined < MAX_LINES;
        if let Some(last) = found.last_mut().filter(|_| goes_on) {
            last.text.push(' ');
            last.text.push_str(text);
        } else {
            open = 0;
            let depth = line.len() - line.trim_start().len();
            found.push(Statement { line: number, depth, text: text.to_owned(), first: text.to_owned() });
        }
        for byte in text.bytes() {
            match byte {
                b'(' | b'[' | b'{' => open += 1,
                b')' | b']' | b'}' => open -= 1,
                _ => {}
            }
        }
        joined = if open > 0 || text.ends_with([',', '\\']) { joined + 1 } else { 0 };
    }
    found
}

/// The names in a list such as `[:a, "b"]`, or the single one.
pub(super) fn names(list: &str) -> Vec<String> {
    list.split(',').map(super::bare).filter(|name| !name.is_empty()).collect()
}
