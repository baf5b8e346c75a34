//! YAML text -> [`Policy`]: read, validated, extended, merged; every problem with its place in the file.
//!
//! Must not judge anything, and must not read anything itself: the texts are handed in by [`Files`].
//!
//! A policy goes through one file after the other: `load` (text -> checked document), `extends` (all documents, in
//! the order they count), `merge` (one mapping), `validate` (what a schema cannot say), and out comes the model.

mod builtin;
mod compare;
mod conditions;
mod example;
mod extends;
mod load;
mod merge;
mod model;
mod raw;
mod reference;
mod resolve;
mod schema;
mod show;
mod validate;

pub use builtin::{builtin_names, catalogue, lint_builtin};
pub use compare::weakened;
pub use example::{Example, ExamplePlatform, ExamplePullRequest, Expect};
pub use load::Files;
pub use model::{Demand, Policy, Rule, Service, Source, Waiver};
pub use resolve::{Resolved, load, resolve};
pub use schema::json_schema;
pub use show::show;
