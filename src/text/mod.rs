//! Making hostile text safe for each place it is printed. One function per place.
//!
//! Everything of a repository or a pull request is hostile until it went through one of these. They never
//! fail, never drop a character in silence, and know nothing of reports.

mod fences;
mod html;
mod markdown;
mod plain;
mod workflow;
mod wrap;

pub use fences::{Part, parts, without_code};
pub use html::html;
pub use markdown::{markdown, markdown_block, markdown_cell, markdown_code, markdown_prose, web_address};
pub use plain::{aligned, counted, cut, hex, one_line, terminal, visible};
pub use workflow::{defuse, log_line, workflow_data, workflow_property};
pub use wrap::{cut_columns, width, wrap};

#[cfg(test)]
mod hostile;
