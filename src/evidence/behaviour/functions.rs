//! How long the functions of a text are, told by their indentation.

use super::lines::Source;
use super::table::Rules;
use std::collections::BTreeMap;

/// A function that is longer than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grown {
    /// Its name.
    pub name: Box<str>,
    /// Where it begins at the head.
    pub line: u32,
    /// Its lines of code before; none when it is new.
    pub before: Option<u32>,
    /// Its lines of code now.
    pub after: u32,
}

struct Function<'a> {
    name: &'a str,
    line: usize,
    length: u32,
}

/// Functions that are longer than before, or new, in order of line.
pub(super) fn grown(rules: &Rules, old: &Source, new: &Source) -> Vec<Grown> {
    let mut before: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for function in functions(rules, old) {
        before.entry(function.name).or_default().push(function.length);
    }
    // Of several with one name the order tells which is which.
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for function in functions(rules, new) {
        let at = seen.entry(function.name).or_default();
        let was = before.get(function.name).and_then(|lengths| lengths.get(*at)).copied();
        *at += 1;
        if was.is_none_or(|was| was < function.length) {
            let line = u32::try_from(function.line).unwrap_or(u32::MAX).saturating_add(1);
            found.push(Grown { name: function.name.into(), line, before: was, after: function.length });
        }
    }
    found
}

/// Functions with the lines of code from their first to the one that closes them. Those inside of others count for both.
fn functions<'a>(rules: &Rules, source: &'a Source) -> Vec<Function<'a>> {
    let mut done = Vec::new();
    let mut open: Vec<(usize, Function<'a>)> = Vec::new();
    for line in 0..source.len() {
        let (full, code) = source.line(line);
        let full = full.trim_end();
        if full.trim().is_empty() {
            continue;
        }
        let width = full.len() - full.trim_start().len();
        // A line that closes the signature or the body still belongs to it.
        let closes = full.trim_start().starts_with([')', '}', ']', '{'])
            || matches!(full.trim(), "end" | "do" | "begin");
        for (_, function) in &mut open {
            function.length += 1;
        }
        while let Some((_, function)) = open.pop_if(|(indent, _)| width <= *indent && !closes) {
            done.push(Function { length: function.length - 1, ..function });
        }
        if let Some(name) = rules.function(code.trim_end()) {
            open.push((width, Function { name, line, length: 1 }));
        }
    }
    done.extend(open.into_iter().map(|(_, function)| function));
    done.sort_by_key(|function| function.line);
    done
}
