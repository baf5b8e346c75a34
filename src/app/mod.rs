//! One file per command. Each returns what is to be printed and the exit code; `publish` and `main` print.

pub mod policy;
