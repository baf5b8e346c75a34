//! The binary: parse arguments, call the app, print the error with its help, return the exit code.

use clap::{CommandFactory as _, Parser as _};
use roadworthy::app::{self, Surroundings};
use roadworthy::cli::Cli;
use roadworthy::github::{Environment, Network};
use std::io::{IsTerminal as _, Write as _};
use std::panic;
use std::process::ExitCode;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A fault of ours must not look like a verdict: 101 would read as "the gate failed".
    panic::catch_unwind(run).unwrap_or_else(|_| ExitCode::from(2))
}

fn run() -> ExitCode {
    let cli = Cli::parse();
    let environment = Environment::of_process();
    let in_action = environment.get("GITHUB_ACTIONS") == Some("true");
    log(cli.verbose || environment.get("RUNNER_DEBUG") == Some("1"));
    if cli.command.is_none() && !in_action {
        let shown = Cli::command().print_help();
        return ExitCode::from(if shown.is_ok() { 0 } else { 2 });
    }
    let surroundings = Surroundings {
        environment,
        today: chrono::Utc::now().date_naive(),
        colour: wants_colour(&std::io::stdout()),
        watched: std::io::stderr().is_terminal(),
        network: Network::default(),
    };
    match app::run(cli, &surroundings) {
        Ok(output) => {
            let printed = std::io::stdout().write_all(output.stdout.as_bytes());
            drop(std::io::stderr().write_all(output.stderr.as_bytes()));
            // A reader that has seen enough (`| head`) is no failure of the gate.
            match printed {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(2),
                _ => ExitCode::from(output.code),
            }
        }
        Err(error) => {
            drop(std::io::stderr().write_all(error.render(wants_colour(&std::io::stderr())).as_bytes()));
            ExitCode::from(2)
        }
    }
}

/// Whether the stream is a terminal that shows colours, by the conventions of `NO_COLOR`, `CLICOLOR` and `TERM`.
fn wants_colour(stream: &impl anstream::stream::RawStream) -> bool {
    anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never
}

/// Diagnostics go to stderr, so that stdout stays the report.
fn log(verbose: bool) {
    let level = if verbose { LevelFilter::DEBUG } else { LevelFilter::WARN };
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false).without_time();
    tracing_subscriber::registry().with(layer).with(Targets::new().with_target("roadworthy", level)).init();
}
