//! A production-readiness gate for pull requests.
//!
//! ```text
//! policy + evidence  ->  findings  ->  verdict  ->  reports
//! ```
//!
//! [`policy`] says what must hold, [`plan`] what has to be read for it, [`gather`] reads it once into
//! [`evidence`], [`evaluate`] judges into [`findings`], [`verdict`] decides, [`report`] writes, `publish` delivers.
//! A module imports only from those listed before it here; `tests/suite/layers.rs` enforces that.

pub mod words;

pub mod text;

pub mod document;

mod embedded;

mod regexes;

pub mod evidence;

pub mod checks;

pub mod policy;

pub mod plan;

pub mod github;

pub mod gather;

pub mod findings;

pub mod evaluate;

pub mod verdict;

pub mod report;

pub mod publish;

pub mod cli;

pub mod app;
