//! The inputs of the action: `INPUT_*` variables -> [`Inputs`], every problem at once.

use super::app::App;
use super::environment::Environment;
use super::settings::Credentials;
use super::token::Token;
use crate::words::{Enforce, Stage};

/// What the workflow asked for. `None` leaves it to the policy or to the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    /// Source of the policy.
    pub policy: Option<String>,
    /// Stage that must be met.
    pub stage: Option<Stage>,
    /// Which failures block.
    pub enforce: Option<Enforce>,
    /// Whether findings are shown as annotations.
    pub annotations: bool,
    /// When there is to be a comment.
    pub comment: CommentMode,
    /// Name of a check run that shows the report, where one is wanted.
    pub check_run: Option<String>,
    /// Whether a commit status is set where the job does not show at the commit.
    pub commit_status: bool,
    /// The report of another run that is published instead of judging, relative to the workspace.
    pub publish: Option<String>,
    /// Where the JSON report is written, relative to the workspace.
    pub json_file: Option<String>,
    /// Who asks the API: a GitHub App where one is given, else the token.
    pub credentials: Credentials,
    /// Certificates to trust besides the built-in roots: a PEM file.
    pub ca_file: Option<String>,
    /// Where the SARIF report is written, relative to the workspace.
    pub sarif_file: Option<String>,
    /// Folder to judge, relative to the workspace.
    pub working_directory: Option<String>,
    /// Whether an undecided verdict fails the job.
    pub fail_on_undecided: bool,
    /// What the reader of the log must know: inputs that have no effect yet.
    pub notices: Vec<String>,
}

/// When there is to be a comment on the pull request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CommentMode {
    /// When somebody must act; turned into an all clear once nobody must.
    #[default]
    OnFailure,
    /// On every pull request.
    Always,
    /// Never; the platform is not even asked whether there is one.
    Never,
}

/// An input that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("input `{name}`: {value:?} is not allowed; use {allowed}")]
pub struct InputError {
    /// Its name, as in the workflow.
    pub name: &'static str,
    /// What was given; never a token.
    pub value: String,
    /// What may be given.
    pub allowed: String,
}

/// Inputs of the design that have no effect yet, with the value that turns each off.
const NOT_YET: [(&str, &str); 1] = [("html-file", "")];

impl Inputs {
    /// Reads the inputs; the error holds every problem, in the order of the fields.
    pub fn read(env: &Environment) -> Result<Self, Vec<InputError>> {
        let mut reader = Reader { env, problems: Vec::new() };
        let inputs = Self {
            policy: reader.text("policy"),
            stage: reader.choice("stage", &Stage::ALL.map(|stage| (stage.name(), stage))),
            enforce: reader
                .choice("enforce", &[Enforce::New, Enforce::Always].map(|enforce| (enforce.name(), enforce))),
            annotations: reader.boolean("annotations", true),
            comment: reader
                .choice(
                    "comment",
                    &[
                        ("on-failure", CommentMode::OnFailure),
                        ("always", CommentMode::Always),
                        ("never", CommentMode::Never),
                    ],
                )
                .unwrap_or_default(),
            check_run: reader.check_run(),
            commit_status: reader
                .choice("commit-status", &[("auto", true), ("never", false)])
                .unwrap_or(true),
            publish: reader.text("publish"),
            json_file: reader.text("json-file"),
            credentials: reader.credentials(),
            ca_file: reader.text("ca-file"),
            sarif_file: reader.text("sarif-file"),
            working_directory: reader.text("working-directory"),
            fail_on_undecided: reader.boolean("fail-on-undecided", true),
            notices: reader.not_yet(),
        };
        if reader.problems.is_empty() { Ok(inputs) } else { Err(reader.problems) }
    }
}

struct Reader<'a> {
    env: &'a Environment,
    problems: Vec<InputError>,
}

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<String> {
        // Dashes stay, only spaces become `_` (github-facts 1, "Inputs").
        self.env.get(&format!("INPUT_{}", name.to_ascii_uppercase())).map(str::to_owned)
    }

    fn choice<T: Copy>(&mut self, name: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let value = self.text(name)?;
        let found = choices.iter().find(|(word, _)| *word == value).map(|(_, choice)| *choice);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.problem(name, &value, words.join(", "));
        }
        found
    }

    /// A name, or true for the usual one.
    fn check_run(&mut self) -> Option<String> {
        const NAME: &str = "roadworthy report";
        match self.text("check-run")?.as_str() {
            "true" | "True" | "TRUE" => Some(NAME.to_owned()),
            "false" | "False" | "FALSE" => None,
            name if name.len() <= 100 && !name.chars().any(char::is_control) => Some(name.to_owned()),
            name => {
                self.problem(
                    "check-run",
                    name,
                    "true, false, or a name of at most 100 characters".to_owned(),
                );
                None
            }
        }
    }

    fn boolean(&mut self, name: &'static str, default: bool) -> bool {
        // The spellings that GitHub's own helper takes, and no other (github-facts 1, "Inputs").
        let choices = [
            ("true", true),
            ("True", true),
            ("TRUE", true),
            ("false", false),
            ("False", false),
            ("FALSE", false),
        ];
        let Some(value) = self.text(name) else { return default };
        let found = choices.iter().find(|(word, _)| *word == value);
        if found.is_none() {
            self.problem(name, &value, "true or false".to_owned());
        }
        found.map_or(default, |(_, choice)| *choice)
    }

    fn credentials(&mut self) -> Credentials {
        let token = self.token();
        let installation = self.text("app-installation-id").and_then(|text| {
            let id = text.parse().ok();
            if id.is_none() {
                self.problem("app-installation-id", &text, "a number".to_owned());
            }
            id
        });
        match (self.text("app-id"), self.text("app-private-key")) {
            (Some(id), Some(key)) => match App::new(&id, &key, installation) {
                Ok(app) => return Credentials::App(Box::new(app)),
                // Which of the two is wrong stands in the reason; the key is never repeated.
                Err(reason) => self.problem("app-private-key", "***", reason.to_owned()),
            },
            (Some(id), None) => self.problem("app-id", &id, "it together with `app-private-key`".to_owned()),
            (None, Some(_)) => {
                self.problem("app-private-key", "***", "it together with `app-id`".to_owned());
            }
            (None, None) => {}
        }
        token.map_or(Credentials::Anonymous, Credentials::Token)
    }

    fn token(&mut self) -> Option<Token> {
        let value = self.text("token")?;
        match Token::new(value) {
            Ok(token) => Some(token),
            Err(reason) => {
                self.problem("token", "***", reason.to_owned());
                None
            }
        }
    }

    fn not_yet(&self) -> Vec<String> {
        let asked = NOT_YET.iter().filter(|(name, off)| self.text(name).is_some_and(|value| value != *off));
        asked.map(|(name, _)| format!("input `{name}` is not supported yet and has no effect")).collect()
    }

    fn problem(&mut self, name: &'static str, value: &str, allowed: String) {
        let value = value.chars().take(80).collect();
        self.problems.push(InputError { name, value, allowed });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Inputs, Vec<String>> {
        let env = pairs.iter().copied().collect();
        Inputs::read(&env).map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn empty_inputs_are_unset() {
        let inputs =
            read(&[("INPUT_STAGE", ""), ("INPUT_JSON-FILE", "  "), ("INPUT_ANNOTATIONS", "")]).unwrap();
        assert_eq!((inputs.stage, inputs.json_file, inputs.annotations), (None, None, true));
        assert!(inputs.fail_on_undecided && inputs.notices.is_empty());
    }

    #[test]
    fn dashes_stay_and_values_are_trimmed() {
        let inputs = read(&[
            ("INPUT_STAGE", " core\n"),
            ("INPUT_ENFORCE", "always"),
            ("INPUT_JSON-FILE", "out/report.json"),
            ("INPUT_FAIL-ON-UNDECIDED", "False"),
            ("INPUT_WORKING-DIRECTORY", "services/api"),
            ("INPUT_TOKEN", "ghs_x"),
        ])
        .unwrap();
        assert_eq!((inputs.stage, inputs.enforce), (Some(Stage::Core), Some(Enforce::Always)));
        assert_eq!(inputs.json_file.as_deref(), Some("out/report.json"));
        assert_eq!(inputs.working_directory.as_deref(), Some("services/api"));
        assert!(!inputs.fail_on_undecided);
        assert!(!format!("{inputs:?}").contains("ghs_x"));
    }

    #[test]
    fn every_problem_names_the_input_and_what_is_allowed() {
        let problems = read(&[
            ("INPUT_STAGE", "Core"),
            ("INPUT_ENFORCE", "strict"),
            ("INPUT_ANNOTATIONS", "yes"),
            ("INPUT_TOKEN", "two words"),
        ])
        .unwrap_err();
        assert_eq!(
            problems,
            [
                "input `stage`: \"Core\" is not allowed; use assessment, foundation, core, scale",
                "input `enforce`: \"strict\" is not allowed; use new, always",
                "input `annotations`: \"yes\" is not allowed; use true or false",
                "input `token`: \"***\" is not allowed; use visible ASCII without blanks",
            ]
        );
    }

    #[test]
    fn inputs_of_later_days_are_told_never_ignored() {
        let inputs = read(&[("INPUT_HTML-FILE", "x")]);
        assert_eq!(inputs.unwrap().notices, ["input `html-file` is not supported yet and has no effect"]);
    }

    #[test]
    fn a_check_run_has_the_usual_name_or_its_own() {
        for (value, name) in [
            ("", None),
            ("false", None),
            ("true", Some("roadworthy report")),
            ("readiness, told", Some("readiness, told")),
        ] {
            assert_eq!(read(&[("INPUT_CHECK-RUN", value)]).unwrap().check_run.as_deref(), name);
        }
        let long = "x".repeat(101);
        for bad in ["two\nlines", long.as_str()] {
            assert!(read(&[("INPUT_CHECK-RUN", bad)]).is_err());
        }
    }
}
