//! What a document may cost, whoever wrote it.

use super::node::{ParseError, Pos};

/// Longest text that is parsed, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Deepest nesting.
pub const MAX_DEPTH: usize = 64;

/// Most values in one text, those that aliases repeat counted again.
pub const MAX_NODES: usize = 200_000;

/// Most bytes of text that aliases may repeat.
pub(super) const MAX_REPEATED: usize = 4 << 20;

pub(super) fn size(text: &str) -> Result<(), ParseError> {
    if text.len() > MAX_BYTES {
        return Err(ParseError::new(Pos::START, format!("larger than {} KiB", MAX_BYTES / 1024)));
    }
    Ok(())
}

pub(super) fn too_deep(pos: Pos) -> ParseError {
    ParseError::new(pos, format!("nested more than {MAX_DEPTH} deep"))
}

/// Counts values as they come, and stops at the limit.
#[derive(Debug, Default)]
pub(super) struct Count(usize);

impl Count {
    pub(super) fn add(&mut self, nodes: usize, pos: Pos) -> Result<(), ParseError> {
        self.0 = self.0.saturating_add(nodes);
        if self.0 > MAX_NODES {
            return Err(ParseError::new(pos, format!("more than {MAX_NODES} values")));
        }
        Ok(())
    }
}
