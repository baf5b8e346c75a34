//! YAML, JSON and TOML as one tree of values in which every value knows its place.
//!
//! Bounds come before parsing: size, depth, count, aliases. Knows nothing of policies or rules.

mod node;

pub use node::{Node, ParseError, Pos, Scalar, Value};
