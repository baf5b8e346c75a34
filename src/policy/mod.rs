//! YAML text -> [`Policy`]: read, validated, extended, merged; every problem with its place in the file.
//!
//! Must not judge anything, and must not read anything itself: the texts are handed in.

mod compare;
mod model;

pub use compare::weakened;
pub use model::{Demand, Policy, Rule, Service, Source, Waiver};
