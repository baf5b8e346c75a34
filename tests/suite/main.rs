//! Every integration test, in one binary. Table of contents:

mod layers;
