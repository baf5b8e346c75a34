//! The integration tests, in one binary because that links fast. The list is the table of contents.

// Clippy knows tests only by their attribute; here everything is one.
#![allow(clippy::unwrap_used)]

mod action;
mod github;
