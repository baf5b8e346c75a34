//! Whether a version says that clients have to change something.

use crate::document::Node;

/// What `info.version` says of the step from one description to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// A new major version (or, before 1.0, a new minor one).
    Announced(String),
    /// The same major version.
    Unannounced(String),
}

/// Compares `info.version` of both sides.
pub fn announced(base: &Node, head: &Node) -> Announcement {
    let version =
        |node: &Node| node.get("info").and_then(|info| info.get("version")).map(ToString::to_string);
    let (before, after) = (version(base).unwrap_or_default(), version(head).unwrap_or_default());
    let step = format!("info.version {before} -> {after}");
    let (old, new) = (numbers(&before), numbers(&after));
    let major = match (old.first(), new.first()) {
        (Some(0), Some(0)) => new.get(1) > old.get(1),
        (Some(old), Some(new)) => new > old,
        _ => false,
    };
    if major { Announcement::Announced(step) } else { Announcement::Unannounced(step) }
}

/// The numbers at the start: `v2.1.0-beta` is 2, 1, 0.
fn numbers(version: &str) -> Vec<u64> {
    let digits = version.trim().trim_start_matches(['v', 'V']);
    digits.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse_yaml;

    #[test]
    fn a_new_major_version_announces() {
        let node = |version: &str| parse_yaml(&format!("info: {{ version: {version} }}")).unwrap();
        let cases = [
            ("1.2.0", "2.0.0", true),
            ("1.2.0", "1.3.0", false),
            ("v1", "v2", true),
            ("0.2.0", "0.3.0", true),
            ("0.2.0", "0.2.1", false),
            ("0.9.0", "1.0.0", true),
            ("2.0.0", "1.0.0", false),
            ("2024-01-01", "2025-01-01", true),
            ("x", "y", false),
        ];
        for (before, after, expected) in cases {
            let found = announced(&node(before), &node(after));
            assert_eq!(matches!(found, Announcement::Announced(_)), expected, "{before} {after}");
        }
    }
}
