//! GitHub: the event and the inputs of a run, and the few questions that are asked of its API.
//!
//! The only place where tokio and octocrab live; from outside everything here blocks. It must not judge, and
//! it must not read the process's environment except in [`Environment::of_process`]. Everything that comes from
//! a payload or a reply is an outsider's text.

mod client;
mod environment;
mod error;
mod event;
mod facts;
mod inputs;
mod payload;
mod platform;
mod retry;
mod settings;
mod token;

pub use client::{Client, Clock, SystemClock};
pub use environment::Environment;
pub use error::ApiError;
pub use event::{Context, EventError, Trigger};
pub use facts::{connect, facts, refresh};
pub use inputs::{InputError, Inputs};
pub use platform::Platform;
pub use settings::{Limits, Settings};
pub use token::Token;
