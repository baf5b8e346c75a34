//! How large a regex becomes, told without compiling it.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Bound on the compiled size of one regex, in bytes.
pub(crate) const MOST_BYTES: usize = 1 << 20;

/// Whether the text is a regex that is certain to stay far below the bound.
pub(super) fn small(text: &str) -> bool {
    let parsed = ParserBuilder::new().multi_line(true).build().parse(text);
    parsed.is_ok_and(|hir| size(&hir) <= MOST_BYTES / 2)
}

/// At most about so many bytes when compiled. Counts a range of characters as if it were encoded on its own.
fn size(hir: &Hir) -> usize {
    const STATE: usize = 64;
    const RANGE: usize = 200;
    let sum = |parts: &[Hir]| parts.iter().map(size).fold(0, usize::saturating_add);
    let inside = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len() * STATE,
        HirKind::Class(Class::Unicode(class)) => STATE * 32 + class.ranges().len() * RANGE,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() * RANGE,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            size(&repetition.sub).saturating_mul(usize::try_from(times).unwrap_or(usize::MAX))
        }
        HirKind::Capture(capture) => size(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts),
    };
    inside.saturating_add(STATE)
}
