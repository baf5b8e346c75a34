//! Every integration test, in one binary. Table of contents:

mod check;
mod checks;
mod generated;
mod layers;
mod support;
