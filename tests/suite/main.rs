//! Everything that is tested from outside, in one binary: it links once. The list is the table of contents.

mod gather;
mod repo;
