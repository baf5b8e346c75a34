//! The binary: parse arguments, call the app, print the error with its help, return the exit code.

fn main() {}
