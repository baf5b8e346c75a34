//! CODEOWNERS, as the platform reads it: the last line that matches a path says who owns it.
//!
//! Its patterns look like those of `.gitignore` and are not: `docs/*` does not reach into folders below, and there
//! are neither classes nor negation.

/// Where the file may be; the first that exists is the one that counts.
pub const CODEOWNERS: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// Who owns what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owners {
    /// Lines that give paths to owners, or take them away.
    pub lines: Vec<OwnerLine>,
    /// Lines that the platform skips, with the reason.
    pub errors: Vec<(u32, String)>,
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerLine {
    /// Line number from 1.
    pub line: u32,
    /// The pattern as written.
    pub pattern: String,
    /// The owners; none means that nobody owns these paths.
    pub owners: Vec<String>,
}

impl Owners {
    /// The line that decides about the path.
    pub fn line_for(&self, path: &str) -> Option<&OwnerLine> {
        self.lines.iter().rev().find(|line| matches(&line.pattern, path))
    }

    /// Whether somebody owns the path.
    pub fn owned(&self, path: &str) -> bool {
        self.line_for(path).is_some_and(|line| !line.owners.is_empty())
    }

    /// Whether any line names an owner.
    pub fn names_somebody(&self) -> bool {
        self.lines.iter().any(|line| !line.owners.is_empty())
    }
}

/// Reads a CODEOWNERS file.
pub fn read_owners(text: &str) -> Owners {
    let mut owners = Owners::default();
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut words = words(line).into_iter();
        let Some(pattern) = words.next() else { continue };
        match read_line(&pattern, words) {
            Ok(names) => owners.lines.push(OwnerLine { line: number, pattern, owners: names }),
            Err(reason) => owners.errors.push((number, reason)),
        }
    }
    owners
}

/// Words of a line; a backslash keeps a blank, `#` opens a comment.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut chars) = (Vec::new(), String::new(), line.chars());
    while let Some(char) = chars.next() {
        match char {
            '\\' => word.extend(chars.next()),
            '#' if word.is_empty() => break,
            char if char.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            char => word.push(char),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn read_line(pattern: &str, names: impl Iterator<Item = String>) -> Result<Vec<String>, String> {
    if pattern.starts_with('!') {
        return Err("a pattern cannot start with `!`".into());
    }
    if pattern.contains(['[', ']']) {
        return Err("a pattern cannot hold `[` or `]`".into());
    }
    names.map(|name| if is_owner(&name) { Ok(name) } else { Err(format!("`{name}` is no owner")) }).collect()
}

/// `@user`, `@org/team`, or an address.
fn is_owner(name: &str) -> bool {
    let simple = |part: &str| {
        !part.is_empty() && part.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.'))
    };
    match name.strip_prefix('@') {
        Some(rest) => rest.splitn(2, '/').all(simple),
        None => name.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.')),
    }
}

/// Whether the pattern takes the path.
fn matches(pattern: &str, path: &str) -> bool {
    let folder = pattern.ends_with('/');
    let inner = pattern.trim_start_matches('/').trim_end_matches('/');
    let anchored = pattern.starts_with('/') || inner.contains('/');
    let mut wanted: Vec<&str> = inner.split('/').filter(|segment| !segment.is_empty()).collect();
    if !anchored {
        wanted.insert(0, "**");
    }
    let segments: Vec<&str> = path.split('/').collect();
    // `docs/*` stays in its folder; `docs` and `docs/` take everything below.
    let below = !(anchored && wanted.last() == Some(&"*"));
    reaches(&wanted, &segments, folder, below)
}

/// Tries the pattern on the path, one row of places at a time: no backtracking, whatever the pattern.
fn reaches(wanted: &[&str], segments: &[&str], folder: bool, below: bool) -> bool {
    let mut places = vec![false; segments.len() + 1];
    places[0] = true;
    for want in wanted {
        let mut next = vec![false; segments.len() + 1];
        for (at, _) in places.iter().enumerate().filter(|(_, here)| **here) {
            if *want == "**" {
                next[at..].fill(true);
                break;
            }
            if segments.get(at).is_some_and(|segment| wildcard(want.as_bytes(), segment.as_bytes())) {
                next[at + 1] = true;
            }
        }
        places = next;
    }
    let whole = places[segments.len()] && !folder;
    whole
        || below && places[..segments.len()].iter().skip(1).any(|here| *here) && !wanted.is_empty()
        || wanted == ["**"]
}

/// `*` and `?` within one segment.
fn wildcard(want: &[u8], text: &[u8]) -> bool {
    let (mut at, mut in_text, mut star) = (0, 0, None);
    while in_text < text.len() {
        match want.get(at) {
            Some(b'*') => {
                star = Some((at, in_text));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[in_text] => {
                at += 1;
                in_text += 1;
            }
            _ => {
                let Some((from, tried)) = star else { return false };
                star = Some((from, tried + 1));
                at = from + 1;
                in_text = tried + 1;
            }
        }
    }
    want[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_the_platform_says() {
        let cases = [
            ("*", "a/b.rs", true),
            ("*.js", "a/b.js", true),
            ("*.js", "a/b.jsx", false),
            ("docs/*", "docs/a.md", true),
            ("docs/*", "docs/b/c.md", false),
            ("apps/", "x/apps/y", true),
            ("apps/", "apps", false),
            ("/docs/", "docs/b/c.md", true),
            ("/docs/", "x/docs/a.md", false),
            ("/apps/github", "apps/github/a", true),
            ("apps/github", "x/apps/github/a", false),
            ("**/logs", "build/logs/a", true),
            ("**/logs", "logs/a/b", true),
            ("/scripts/**", "scripts/a/b", true),
            ("src/*/x", "src/a/x/deep", true),
            ("README.md", "a/README.md", true),
            ("/README.md", "a/README.md", false),
            ("a?c", "abc", true),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn the_last_line_decides_and_bad_lines_are_told() {
        let owners = read_owners(
            "# all\n* @acme/all # rest\n\n/docs/ docs@acme.org\n/docs/api/\n!x @a\n[ab] @a\n/z somebody\n",
        );
        assert_eq!(owners.lines.len(), 3);
        let lines: Vec<u32> = owners.errors.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [6, 7, 8]);
        assert!(owners.owned("src/a.rs") && owners.owned("docs/a.md"));
        assert!(!owners.owned("docs/api/a.md"), "a line without owners takes them away");
        assert_eq!(owners.line_for("docs/a.md").map(|line| line.line), Some(4));
    }

    #[test]
    fn a_hostile_pattern_ends() {
        let pattern = "**/".repeat(200) + &"*a".repeat(200);
        assert!(!matches(&pattern, &"a/".repeat(400)));
    }
}
