//! What a file of CI configuration says, whichever system it is for. Plain data.

/// The system that runs a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    /// GitHub Actions, and the forges that speak its language.
    GitHubWorkflow,
    /// A composite action of the repository.
    GitHubAction,
    /// GitLab CI.
    GitLab,
    /// Jenkins: a program, of which only the shell commands are understood.
    Jenkins,
    /// Any other.
    Other,
}

/// The event of a pipeline whose start is set outside of the repository.
pub(super) const EXTERNAL: &str = "external";

/// One file of CI configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Whose it is.
    pub system: System,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// What starts it.
    pub triggers: Vec<Trigger>,
    /// What it lets the token of its jobs do.
    pub permissions: Option<Permissions>,
    /// Variables of all its jobs.
    pub env: Vec<(String, String)>,
    /// Inputs that it takes, with their defaults.
    pub inputs: Vec<(String, Option<String>)>,
    /// What it does.
    pub jobs: Vec<Job>,
    /// Jobs that only run as part of others.
    pub templates: Vec<Job>,
    /// Files of the repository that are part of it.
    pub includes: Vec<String>,
    /// Parts that the file takes from elsewhere and that cannot be seen here.
    pub outside: Vec<String>,
    /// Why the file could not be read.
    pub problem: Option<String>,
}

/// An event that starts a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trigger {
    /// `push`, `pull_request`, `schedule`, ...
    pub event: String,
    /// Where it is written.
    pub line: u32,
    /// Branches that it is limited to, as they are written.
    pub branches: Vec<String>,
    /// Whether it is for tags only.
    pub tags: bool,
    /// Whether it is limited to some paths.
    pub paths: bool,
    /// Kinds of the event that it is limited to.
    pub types: Vec<String>,
}

/// A text with its line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// The line it starts at.
    pub line: u32,
}

/// What the token of a job may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Where it is written.
    pub line: u32,
    /// `write-all` or `read-all`.
    pub all: Option<Access>,
    /// Each scope that is named.
    pub scopes: Vec<(Text, Access)>,
}

/// What a token may do with a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Nothing.
    None,
    /// Read it.
    Read,
    /// Change it.
    Write,
}

/// Why a failure does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgiving {
    /// The setting, for people.
    pub told: String,
    /// The expression that it depends on.
    pub when: Option<String>,
}

/// The events on which something runs, and how the file says so.
pub type Only = (Vec<&'static str>, String);

/// A job of a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// Its key.
    pub id: String,
    /// Which of several workflows of the file it is part of: a job needs those of its own.
    pub group: usize,
    /// Where it is written.
    pub line: u32,
    /// Its `if:`.
    pub condition: Option<Text>,
    /// Events that it is limited to by other means than `if:`.
    pub only: Option<Only>,
    /// Whether its failure does not count.
    pub forgiving: Option<Forgiving>,
    /// Jobs that must have succeeded.
    pub needs: Vec<String>,
    /// The reusable workflow that it calls.
    pub uses: Option<Text>,
    /// What it hands to that workflow.
    pub with: Vec<(String, Text)>,
    /// Name of the deployment environment.
    pub environment: Option<Text>,
    /// What its token may do.
    pub permissions: Option<Permissions>,
    /// Its variables.
    pub env: Vec<(String, String)>,
    /// Keys of its matrix, each with one of its values; `$KEY` where it is a variable of the shell.
    pub matrix: Vec<(String, String)>,
    /// Labels of the machine it runs on.
    pub runs_on: Vec<Text>,
    /// Templates of other files that it gets its steps from.
    pub extends: Vec<String>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// Where it is written.
    pub line: u32,
    /// Its name, for people.
    pub name: String,
    /// Its `if:`.
    pub condition: Option<Text>,
    /// Events that it is limited to by other means than `if:`.
    pub only: Option<Only>,
    /// Whether its failure does not count.
    pub forgiving: Option<Forgiving>,
    /// The action it uses.
    pub uses: Option<Text>,
    /// Parameters of the action.
    pub with: Vec<(String, Text)>,
    /// The shell scripts it runs, as they are written.
    pub scripts: Vec<Text>,
    /// Its variables.
    pub env: Vec<(String, String)>,
    /// Folder it runs in, relative to the root; empty for the root.
    pub folder: String,
}

impl Pipeline {
    /// Nothing yet, for this system.
    pub(super) fn of(system: System) -> Self {
        Self {
            system,
            name: None,
            triggers: Vec::new(),
            permissions: None,
            env: Vec::new(),
            inputs: Vec::new(),
            jobs: Vec::new(),
            templates: Vec::new(),
            includes: Vec::new(),
            outside: Vec::new(),
            problem: None,
        }
    }

    /// Whether this event starts it.
    pub fn starts_on(&self, event: &str) -> bool {
        self.triggers.iter().any(|trigger| trigger.event == event)
    }
}

impl Permissions {
    /// What the token may do with this scope.
    pub fn of(&self, scope: &str) -> Access {
        let named = self.scopes.iter().find(|(name, _)| name.text == scope).map(|(_, access)| *access);
        named.or(self.all).unwrap_or(Access::None)
    }
}

impl Trigger {
    /// An event without limits.
    pub(super) fn plain(event: &str, line: u32) -> Self {
        Self { event: event.to_owned(), line, ..Self::default() }
    }
}

impl Step {
    /// The parameter of the action.
    pub fn parameter(&self, key: &str) -> Option<&str> {
        self.with.iter().find(|(name, _)| name == key).map(|(_, value)| value.text.as_str())
    }
}
