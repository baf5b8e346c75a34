//! Temporary repositories, and the binary with an environment of its own.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A day on which every run of these tests takes place.
pub(crate) const DAY: &str = "2026-03-02";

/// A repository in a temporary folder.
pub(crate) struct Repo {
    folder: TempDir,
}

impl Repo {
    /// An empty folder, without git.
    pub(crate) fn plain() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// A repository with one commit on `main` that holds these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let repo = Self::plain();
        repo.git(&["init", "-q", "-b", "main"]);
        repo.write(files).commit("first");
        repo
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes files, with the folders they need.
    pub(crate) fn write(&self, files: &[(&str, &str)]) -> &Self {
        for (path, text) in files {
            let path = self.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        self
    }

    pub(crate) fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.path().join(path)).unwrap();
        self
    }

    /// Commits everything and returns the commit's id.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub(crate) fn branch(&self, name: &str) -> &Self {
        self.git(&["checkout", "-q", "-b", name]);
        self
    }

    /// Runs git here, with no configuration but its own, and returns what it prints.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = std::process::Command::new("git")
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// `roadworthy ARGS` in this folder.
    pub(crate) fn roadworthy(&self, args: &[&str]) -> Run {
        Run::of(roadworthy().current_dir(self.path()).args(args))
    }

    /// `roadworthy check --format json ARGS`, and the report.
    pub(crate) fn check(&self, args: &[&str]) -> Checked {
        let run = self.roadworthy(&[&["check", "--format", "json", "--date", DAY], args].concat());
        let report = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", run.stdout, run.stderr));
        Checked { code: run.code, report }
    }
}

/// The binary, with nothing of the surroundings in its environment.
pub(crate) fn roadworthy() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roadworthy"));
    command.env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

/// What a run came to.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A report and the exit code it came with.
pub(crate) struct Checked {
    pub(crate) code: i32,
    pub(crate) report: Value,
}

impl Checked {
    /// The result of a rule.
    pub(crate) fn rule(&self, id: &str) -> &Value {
        let rules = self.report["rules"].as_array().unwrap();
        rules.iter().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("no rule `{id}` in the report"))
    }

    /// `outcome/delta` of a rule.
    pub(crate) fn outcome(&self, id: &str) -> String {
        let rule = self.rule(id);
        format!("{}/{}", rule["outcome"].as_str().unwrap(), rule["delta"].as_str().unwrap())
    }

    /// `path:line delta` of each finding of a rule.
    pub(crate) fn findings(&self, id: &str) -> Vec<String> {
        let findings = self.report["findings"].as_array().unwrap();
        let mine = findings.iter().filter(|finding| finding["rule"] == id);
        mine.map(|finding| {
            let path = finding["path"].as_str().unwrap_or("-");
            let line = finding["line"].as_u64().map_or_else(String::new, |line| format!(":{line}"));
            format!("{path}{line} {}", finding["delta"].as_str().unwrap())
        })
        .collect()
    }
}

/// A folder under `tests/`.
pub(crate) fn cases(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder)
}
