//! The binary, with an environment of its own.

use crate::repo::Repo;
use assert_cmd::Command;
use serde_json::Value;

/// A day on which every run of these tests takes place.
pub(crate) const DAY: &str = "2026-03-02";

impl Repo {
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
