//! What people type. Turns arguments into settings, and does nothing else.

use crate::report::Format;
use crate::words::{Enforce, Stage};
use chrono::NaiveDate;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A production-readiness gate for pull requests.
#[derive(Debug, Parser)]
#[command(name = "roadworthy", version, about, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 the gate passed, 1 the gate failed, 2 it could not decide.")]
pub struct Cli {
    /// What to do; inside a GitHub Action, none means `action`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Tell on stderr what is going on.
    #[arg(long, short, global = true)]
    pub verbose: bool,
    /// Colour in the terminal report.
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    pub color: Color,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// Where a terminal wants it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a repository and its change: the gate, local
    Check(CheckArgs),
    /// Run as a GitHub Action: read inputs and event, check, publish
    Action,
    /// Tell of one rule: why, how to fix, what was looked for, what was found here
    Explain(ExplainArgs),
    /// List the rules of a policy
    Rules(ListArgs),
    /// List the capabilities that a policy knows, or those found in a repository
    Capabilities(CapabilitiesArgs),
    /// Work on a policy
    #[command(subcommand)]
    Policy(PolicyCommand),
}

/// Commands on a policy.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Check a policy: every problem at once, with its place
    Lint(PolicyArgs),
    /// Print the policy with all that it extends merged in
    Show(PolicyArgs),
    /// Run the examples inside a policy
    Test(PolicyArgs),
    /// Print the JSON Schema of policies
    Schema,
}

/// Where a policy is.
#[derive(Debug, Clone, Args)]
pub struct PolicyArgs {
    /// File or builtin:NAME [default: .github/roadworthy.yml, roadworthy.yml, else builtin:roadmap]
    #[arg(value_name = "SOURCE")]
    pub policy: Option<String>,
}

/// What to judge, and by what.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// Repository or folder
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Judge a pull request of this repository on GitHub, without a checkout; the token is read from `GITHUB_TOKEN` or `GH_TOKEN`
    #[arg(long, value_name = "OWNER/NAME", requires = "pr", conflicts_with_all = ["base", "head", "offline"])]
    pub repo: Option<String>,
    /// The number of that pull request
    #[arg(long, value_name = "N", requires = "repo")]
    pub pr: Option<u64>,
    /// What decides how it is judged.
    #[command(flatten)]
    pub judge: JudgeArgs,
    /// Report on stdout
    #[arg(long, value_name = "FORMAT", default_value = "terminal", value_parser = report_format())]
    pub format: Format,
    /// One more report, written to a file; repeatable
    #[arg(long, value_name = "FORMAT=FILE")]
    pub output: Vec<String>,
}

/// What decides how a tree is judged.
#[derive(Debug, Clone, Default, Args)]
pub struct JudgeArgs {
    /// File or builtin:NAME [default: .github/roadworthy.yml, roadworthy.yml, else builtin:roadmap]
    #[arg(long, value_name = "SOURCE")]
    pub policy: Option<String>,
    /// Compare with the merge base of this revision [default: the default branch, when there is one]
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Judge this committed tree instead of the work tree
    #[arg(long, value_name = "REV")]
    pub head: Option<String>,
    /// Stage that must be met, instead of the policy's
    #[arg(long, value_name = "NAME")]
    pub stage: Option<Stage>,
    /// Which failures block, instead of the policy's choice
    #[arg(long, value_name = "WHICH")]
    pub enforce: Option<Enforce>,
    /// The day that counts as today
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<NaiveDate>,
    /// Ask nothing of the network
    #[arg(long)]
    pub offline: bool,
}

/// One rule, and what it is explained on.
#[derive(Debug, Clone, Args)]
pub struct ExplainArgs {
    /// Id of the rule
    pub rule: String,
    /// Repository or folder
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// What decides how it is judged.
    #[command(flatten)]
    pub judge: JudgeArgs,
}

/// A list, and how it is written.
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    /// File or builtin:NAME [default: .github/roadworthy.yml, roadworthy.yml, else builtin:roadmap]
    #[arg(long, value_name = "SOURCE")]
    pub policy: Option<String>,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: ListFormat,
}

/// Which capabilities, and how they are written.
#[derive(Debug, Clone, Args)]
pub struct CapabilitiesArgs {
    /// Repository or folder: what it has of them, and because of what [default: the whole catalogue]
    pub path: Option<PathBuf>,
    /// How they are written.
    #[command(flatten)]
    pub list: ListArgs,
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people.
    Terminal,
    /// For programs.
    Json,
    /// For documents.
    Markdown,
}

/// The formats of a report, by the names that the report itself gives them.
fn report_format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|name| name.parse::<Format>())
}

impl ValueEnum for Stage {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for Enforce {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::New, Self::Always]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}
