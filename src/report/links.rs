//! Where the places of a report can be looked at on the platform. Only addresses of the platform itself are made here.

use crate::findings::Finding;
use crate::text;
use std::fmt::Write;

/// A longer path makes no address that anybody could follow.
const MAX_PATH: usize = 1024;

/// Addresses on the platform; none where it is not known, as on a laptop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// What stands before the path of a file, with `/` at its end.
    files: Option<String>,
    /// The page of the run.
    run: Option<String>,
}

impl Links {
    /// Addresses below `server`, in `repository` (`owner/name`), of the files of `commit` and of the page of `run`.
    pub fn new(server: &str, repository: &str, commit: Option<&str>, run: Option<u64>) -> Self {
        let Some(server) = text::web_address(server.trim_end_matches('/')) else { return Self::default() };
        let files = commit.map(|commit| format!("{server}/{repository}/blob/{commit}/"));
        let run = run.map(|run| format!("{server}/{repository}/actions/runs/{run}"));
        let plain = |address: &String| text::web_address(address).is_some();
        Self { files: files.filter(plain), run: run.filter(plain) }
    }

    /// The page of the run, with its summary.
    pub fn run(&self) -> Option<&str> {
        self.run.as_deref()
    }

    /// The lines of a finding.
    pub(super) fn place(&self, finding: &Finding) -> Option<String> {
        let path = finding.path.as_deref().filter(|path| path.len() <= MAX_PATH)?;
        let mut out = self.files.clone()?;
        out.push_str(&encoded(path));
        // Writing into a `String` cannot fail.
        if let Some(line) = finding.line {
            let _ = write!(out, "#L{line}");
            if let Some(end) = finding.end_line.filter(|end| *end > line) {
                let _ = write!(out, "-L{end}");
            }
        }
        Some(out)
    }
}

/// A path as part of an address: everything but the plainest characters as `%41`.
pub(super) fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Delta;

    fn finding(path: Option<&str>, line: Option<u32>, end_line: Option<u32>) -> Finding {
        Finding {
            rule: String::new(),
            path: path.map(str::to_owned),
            line,
            end_line,
            column: None,
            message: String::new(),
            delta: Delta::None,
            blocking: false,
            fingerprint: String::new(),
        }
    }

    #[test]
    fn a_place_is_an_address_of_the_platform_and_nothing_else() {
        let links = Links::new("https://github.com", "acme/app", Some("abc"), Some(7));
        for (path, line, end, expected) in [
            ("src/a.rs", Some(3), None, "src/a.rs#L3"),
            ("src/a.rs", Some(3), Some(5), "src/a.rs#L3-L5"),
            ("a b/(x)[y].md", None, Some(5), "a%20b/%28x%29%5By%5D.md"),
            ("#L1\n?q=%", Some(1), Some(1), "%23L1%0A%3Fq%3D%25#L1"),
            ("ä.rs", None, None, "%C3%A4.rs"),
        ] {
            let address = links.place(&finding(Some(path), line, end)).unwrap();
            assert_eq!(address, format!("https://github.com/acme/app/blob/abc/{expected}"));
            assert_eq!(text::web_address(&address), Some(address.as_str()));
        }
        assert_eq!(links.place(&finding(None, None, None)), None);
        assert_eq!(links.place(&finding(Some(&"x".repeat(2000)), None, None)), None);
        assert_eq!(links.run(), Some("https://github.com/acme/app/actions/runs/7"));
    }

    #[test]
    fn without_a_platform_there_are_no_addresses() {
        for links in [
            Links::default(),
            Links::new("javascript:x", "acme/app", Some("abc"), Some(1)),
            Links::new("https://a.example", "acme/app) [x](y", Some("abc"), Some(1)),
        ] {
            assert_eq!(links.place(&finding(Some("a"), None, None)), None);
            assert_eq!(links.run(), None);
        }
    }
}
