//! Every integration test, in one binary so that it links once. Table of contents:

mod check;
mod checks;
mod generated;
mod layers;
mod reports;
mod samples;
mod support;
mod policy;
