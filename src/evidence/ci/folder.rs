//! Where a command runs: the folders that a script goes through with `cd`.

/// A folder, told relative to where the script starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    from: From,
    path: String,
    /// Folders to go back to with `popd`.
    stack: Vec<Self>,
}

/// What a folder is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// Where the script was started.
    Start,
    /// The root of the repository.
    Root,
    /// The folder of the script itself.
    Script,
    /// Only the run knows.
    Nowhere,
}

impl Default for Folder {
    fn default() -> Self {
        Self { from: From::Start, path: String::new(), stack: Vec::new() }
    }
}

impl Folder {
    /// The folder after this command.
    pub(super) fn after(mut self, words: &[String]) -> Self {
        let to = words.iter().skip(1).find(|word| !word.starts_with('-'));
        match (words.first().map(String::as_str), to) {
            (Some("cd"), Some(to)) => {
                self.enter(to);
                self
            }
            (Some("pushd"), Some(to)) if self.stack.len() < 20 => {
                let before = Self { stack: Vec::new(), ..self.clone() };
                self.stack.push(before);
                self.enter(to);
                self
            }
            (Some("popd"), _) => match self.stack.pop() {
                Some(before) => Self { stack: self.stack, ..before },
                None => self,
            },
            _ => self,
        }
    }

    fn enter(&mut self, to: &str) {
        const ROOTS: [&str; 6] = [
            "$(git rev-parse --show-toplevel)",
            "$GITHUB_WORKSPACE",
            "${GITHUB_WORKSPACE}",
            "${{ github.workspace }}",
            "$CI_PROJECT_DIR",
            "$(Build.SourcesDirectory)",
        ];
        let script = ["$(dirname $0)", "$(dirname ${BASH_SOURCE[0]})", "$(dirname $BASH_SOURCE)", "${0%/*}"];
        let behind = |marks: &[&str]| marks.iter().find_map(|mark| to.strip_prefix(mark).map(str::to_owned));
        let (from, rest) = if let Some(rest) = behind(&ROOTS) {
            (From::Root, rest)
        } else if let Some(rest) = behind(&script) {
            (From::Script, rest)
        } else if to.contains(['$', '`', '~', '*']) || to.starts_with('/') || to == "-" {
            (From::Nowhere, String::new())
        } else {
            (self.from, format!("{}/{to}", self.path))
        };
        self.from = from;
        self.path = rest;
    }

    /// The path from the root, for a script that starts in one folder and lies in another; none where only the run knows.
    pub(in crate::evidence) fn at(&self, start: &str, script: &str) -> Option<String> {
        let from = match self.from {
            From::Start => start,
            From::Root => "",
            From::Script => script,
            From::Nowhere => return None,
        };
        Some(normal(&format!("{from}/{}", self.path)))
    }
}

/// A path without `.`, `..` and needless slashes; what would lead out of the root stays in it.
pub(super) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_follow_cd() {
        let cases = [
            (&["cd a/b", "cd .."][..], Some("start/a")),
            (&["cd a", "cd $(dirname $0)/.."], Some("tools")),
            (&["cd $(git rev-parse --show-toplevel)/web"], Some("web")),
            (&["cd /tmp"], None),
            (&["cd /tmp", "cd $GITHUB_WORKSPACE"], Some("")),
            (&["pushd a", "cd b", "popd"], Some("start")),
            (&["cd"], Some("start")),
        ];
        for (lines, expected) in cases {
            let words = |line: &str| line.splitn(2, ' ').map(str::to_owned).collect::<Vec<_>>();
            let folder = lines.iter().fold(Folder::default(), |folder, line| folder.after(&words(line)));
            assert_eq!(folder.at("start", "tools/ci").as_deref(), expected, "{lines:?}");
        }
    }
}
