//! Every integration test, in one binary. Table of contents:

mod check;
mod layers;
mod support;
