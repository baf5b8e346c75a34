//! Every integration test, in one binary so that it links once. Table of contents:

mod check;
mod checks;
mod generated;
mod layers;
mod reports;
mod samples;
mod support;
mod policy;
//! Everything that is tested from outside, in one binary: it links once. The list is the table of contents.
mod gather;
mod repo;
