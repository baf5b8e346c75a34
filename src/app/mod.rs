//! The commands: one file each. Nothing here prints; [`run`] returns what is to be printed and the exit code.

mod act;
pub mod action;
pub mod capabilities;
mod channels;
pub mod check;
mod compare;
mod deliver;
mod error;
pub mod examples;
mod explain;
mod ground;
mod history;
mod hosted;
mod inventory;
mod lists;
pub mod policy;
mod progress;
mod relay;
mod source;

pub use error::Error;

use crate::cli::{Cli, Color, Command, PolicyCommand};
use crate::github::{Environment, Network};
use chrono::NaiveDate;

/// What a command has to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// For stdout.
    pub stdout: String,
    /// For stderr.
    pub stderr: String,
    /// The exit code.
    pub code: u8,
}

impl Output {
    /// Text for stdout, and success.
    pub fn text(stdout: impl Into<String>) -> Self {
        Self { stdout: stdout.into(), ..Self::default() }
    }
}

/// What the program knows of its surroundings; handed in, so that a run depends on nothing else.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Environment variables.
    pub environment: Environment,
    /// The day by the system's clock (UTC).
    pub today: NaiveDate,
    /// Whether stdout is a terminal that wants colour.
    pub colour: bool,
    /// Whether stderr is a terminal, so that somebody watches.
    pub watched: bool,
    /// The clock and the bounds of the network.
    pub network: Network,
}

/// Carries out the command.
pub fn run(cli: Cli, surroundings: &Surroundings) -> Result<Output, Error> {
    let colour = |wanted: bool| match cli.color {
        Color::Auto => wanted,
        Color::Always => true,
        Color::Never => false,
    };
    let colour = colour(surroundings.colour);
    match cli.command {
        Some(Command::Check(args)) => check::run(&args, surroundings, colour, cli.verbose),
        Some(Command::Explain(args)) => explain::run(&args, surroundings),
        Some(Command::Rules(args)) => lists::rules(&args),
        Some(Command::Capabilities(args)) => capabilities::run(&args, surroundings),
        Some(Command::Policy(PolicyCommand::Schema)) => Ok(policy::schema()),
        Some(Command::Policy(PolicyCommand::Lint(args))) => policy::lint(&args),
        Some(Command::Policy(PolicyCommand::Show(args))) => policy::show(&args),
        Some(Command::Policy(PolicyCommand::Test(args))) => examples::run(&args),
        Some(Command::Action) | None => Ok(act::run(surroundings)),
    }
}
