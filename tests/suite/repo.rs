//! A temporary folder, and a git repository in it where a test wants one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A folder that goes away with the test.
pub(crate) struct Repo {
    dir: TempDir,
}

impl Repo {
    /// A folder without git.
    pub(crate) fn folder() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A repository without commits, on the branch `main`.
    pub(crate) fn git() -> Self {
        let repo = Self::folder();
        repo.run("init --quiet --initial-branch=main");
        repo
    }

    /// A repository whose first commit has these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let repo = Self::git();
        repo.write_all(files);
        repo.commit();
        repo
    }

    /// A clone of another repository, with more arguments for `git clone`.
    pub(crate) fn clone_of(other: &Self, arguments: &str) -> Self {
        let repo = Self::folder();
        let url = format!("file://{}", other.path().display());
        let mut words: Vec<&str> = vec!["clone", "--quiet"];
        words.extend(arguments.split_whitespace());
        words.extend([url.as_str(), "."]);
        repo.git_command(&words);
        repo
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    /// Writes a file and the folders that it needs.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn write_all(&self, files: &[(&str, &str)]) -> &Self {
        for (path, text) in files {
            self.write(path, text);
        }
        self
    }

    pub(crate) fn remove(&self, path: &str) -> &Self {
        std::fs::remove_file(self.at(path)).unwrap();
        self
    }

    /// A new branch from here on.
    pub(crate) fn branch(&self, name: &str) -> &Self {
        self.git_command(&["checkout", "--quiet", "-b", name]);
        self
    }

    /// Commits everything, also what is ignored, and gives the id.
    pub(crate) fn commit(&self) -> String {
        self.run("add --all --force .");
        self.run("commit --quiet --allow-empty --message=x");
        self.run("rev-parse HEAD")
    }

    /// Commits what is staged at this date of git.
    pub(crate) fn commit_at(&self, date: &str) {
        let output = Command::new("git")
            .args(["commit", "--quiet", "--message=x"])
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.path())
            .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")])
            .envs([
                ("GIT_AUTHOR_NAME", "A"),
                ("GIT_AUTHOR_EMAIL", "a@example.org"),
                ("GIT_AUTHOR_DATE", date),
            ])
            .envs([
                ("GIT_COMMITTER_NAME", "A"),
                ("GIT_COMMITTER_EMAIL", "a@example.org"),
                ("GIT_COMMITTER_DATE", date),
            ])
            .output()
            .unwrap();
        assert!(output.status.success());
    }

    /// Runs git here with these words and gives what it says.
    pub(crate) fn run(&self, words: &str) -> String {
        self.git_command(&words.split_whitespace().collect::<Vec<_>>())
    }

    pub(crate) fn git_command(&self, arguments: &[&str]) -> String {
        self.git_with(arguments, Stdio::null())
    }

    /// The same with a file for its standard input.
    pub(crate) fn run_with_input(&self, words: &str, path: &str) -> String {
        let input = std::fs::File::open(self.at(path)).unwrap();
        self.git_with(&words.split_whitespace().collect::<Vec<_>>(), input.into())
    }

    fn git_with(&self, arguments: &[&str], input: Stdio) -> String {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(self.path())
            .stdin(input)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.path())
            .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")])
            .envs([("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.org")])
            .envs([("GIT_COMMITTER_NAME", "A"), ("GIT_COMMITTER_EMAIL", "a@example.org")])
            .envs([("GIT_AUTHOR_DATE", "@1700000000 +0000"), ("GIT_COMMITTER_DATE", "@1700000000 +0000")])
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        assert!(output.status.success(), "git {arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }
}
