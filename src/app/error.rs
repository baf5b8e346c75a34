//! Why a command could not do its work, for people. The exit code is 2.

use super::action::RunError;
use crate::document::Problems;
use crate::gather::GatherError;
use crate::publish::PublishError;
use crate::text::terminal;
use std::fmt::Write as _;
use thiserror::Error as ThisError;

/// Why a command could not do its work.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The policy is wrong; each problem is drawn at its place.
    #[error("the policy cannot be used")]
    Policy(Problems),
    /// The policy asks for what this version cannot do.
    #[error("the policy needs what is not supported yet")]
    Unsupported(Problems),
    /// Nothing could be gathered.
    #[error(transparent)]
    Gather(#[from] GatherError),
    /// The action cannot say what is to be judged.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A report could not be written.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// Something that was asked for makes no sense.
    #[error("{message}")]
    Usage {
        /// What.
        message: String,
        /// What to do instead.
        help: String,
    },
}

impl Error {
    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Usage { help, .. } => Some(help),
            Self::Gather(error) => Some(error.help()),
            Self::Unsupported(_) => {
                Some("`roadworthy policy lint` names it too; take it out, or use a later version.")
            }
            Self::Policy(_) | Self::Publish(_) | Self::Run(_) => None,
        }
    }

    /// The whole message: problems first, then what it comes to, then the help.
    pub fn render(&self, colour: bool) -> String {
        let mut text = match self {
            Self::Policy(problems) | Self::Unsupported(problems) => problems.render(colour),
            _ => String::new(),
        };
        // Writing into a `String` cannot fail.
        let _ = writeln!(text, "error: {}", terminal(&self.to_string()));
        if let Some(help) = self.help() {
            let _ = writeln!(text, "help: {}", terminal(help));
        }
        text
    }
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        Self::Policy(problems)
    }
}
