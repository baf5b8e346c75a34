//! Every integration test, in one binary so that it links once. Table of contents:

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod action;
mod action_channels;
mod action_runs;
mod behaviour;
mod calls;
mod check;
mod checks;
mod comment_faults;
mod comments;
mod environments;
mod evidence;
mod faults;
mod forks;
mod garbage;
mod gather;
mod generated;
mod github;
mod github_writes;
mod hosted;
mod hostile;
mod hostile_documents;
mod hub;
mod hub_facts;
mod layers;
mod machines;
mod policy;
mod properties;
mod publishing;
mod repo;
mod reports;
mod roadmap;
mod runner;
mod said;
mod samples;
mod seams;
mod secrets;
mod support;
mod world;
