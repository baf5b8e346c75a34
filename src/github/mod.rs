//! GitHub: the event and the inputs of a run, and everything that is asked of its API.
//!
//! The only place where tokio and octocrab live; from outside everything here blocks. It must not judge, and
//! it must not read the process's environment except in [`Environment::of_process`]. Everything that comes from
//! a payload or a reply is an outsider's text.

mod api;
mod app;
mod branch;
mod client;
mod clock;
mod environment;
mod error;
mod event;
mod facts;
mod hosted;
mod inputs;
mod objects;
mod payload;
mod platform;
mod reply;
mod retry;
mod settings;
mod token;
mod wire;
mod workflow_run;

pub use api::{Api, Ask, Graph, GraphError, Method, path_part};
pub use app::App;
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use environment::Environment;
pub use error::ApiError;
pub use event::{Context, EventError, Trigger};
pub use facts::{Network, connect, facts, refresh};
pub use hosted::hosted;
pub use inputs::{CommentMode, InputError, Inputs};
pub use objects::{BLOBS, TreeEntry, blob, merge_base, texts, tree};
pub use payload::is_commit_id;
pub use platform::Platform;
pub use settings::{Credentials, Limits, Settings};
pub use token::Token;
pub use workflow_run::WorkflowRun;
