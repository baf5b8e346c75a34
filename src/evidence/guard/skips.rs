//! Whether a test that is switched off was there before, and always runs into the switch.

use super::table::About;

/// Lines below a switch in which what it is about is looked for, and above it.
const FAR: usize = 8;

/// Whether what the switch on this line (from 1) is about stood in the old text.
pub(super) fn was_there(about: About, old: &str, new: &str, line: u32) -> bool {
    let lines: Vec<&str> = new.lines().collect();
    let at = (line as usize).saturating_sub(1);
    let Some(own) = lines.get(at) else { return false };
    let stood = |text: &str| text.trim().len() > 3 && old.lines().any(|other| other.trim() == text.trim());
    match about {
        About::Nothing => true,
        About::Name => names(own).any(|name| old.contains(name)),
        About::Next => {
            // For the whole module or file: `@moduletag :skip`.
            if own.trim_start().starts_with("@moduletag") {
                return true;
            }
            let below = lines.iter().skip(at + 1).take(FAR);
            let mut named = below.filter(|line| {
                let line = line.trim();
                !line.is_empty() && !line.starts_with(['@', '#', '[', '/', '*'])
            });
            named.next().copied().is_some_and(stood)
        }
        About::Around => around(&lines, at).is_some_and(stood),
    }
}

/// The texts between quotes, three letters long at least.
fn names(line: &str) -> impl Iterator<Item = &str> {
    let parts = line.split(['"', '\'', '`']).skip(1).step_by(2);
    parts.filter(|name| name.trim().len() >= 3)
}

/// The line that opens the block of this one, where the switch stands in no condition.
fn around<'a>(lines: &[&'a str], at: usize) -> Option<&'a str> {
    const CONDITIONS: [&str; 14] = [
        "if", "} else", "else", "case", "switch", "for", "select", "unless", "when", "try", "except",
        "catch", "elif", "default",
    ];
    let width = |line: &str| line.len() - line.trim_start().len();
    let own = width(lines.get(at)?);
    // `skip if windows?`
    let line = lines.get(at)?.trim_end();
    if [" if ", " unless ", " if(", " unless("].iter().any(|word| line.contains(word)) {
        return None;
    }
    let above = lines.iter().take(at).rev();
    let opening =
        above.filter(|line| !line.trim().is_empty()).find(|line| width(line) < own && !closes(line))?;
    let word = opening.trim_start();
    let conditional = CONDITIONS.iter().any(|start| {
        let rest = word.strip_prefix(start);
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_'))
    });
    (!conditional).then_some(opening)
}

/// `) {` on a line of its own ends the signature that began further up.
fn closes(line: &str) -> bool {
    let line = line.trim();
    line.chars().all(|letter| matches!(letter, '{' | ')' | ']' | ':' | ' '))
}
