//! Every integration test, in one binary so that it links once. Table of contents:

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod action;
mod check;
mod checks;
mod evidence;
mod gather;
mod generated;
mod github;
mod layers;
mod policy;
mod properties;
mod repo;
mod reports;
mod roadmap;
mod samples;
mod support;
mod world;
