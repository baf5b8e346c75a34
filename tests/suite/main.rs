//! Everything that is tested from outside, in one binary: it links once. The list is the table of contents.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod gather;
mod repo;
