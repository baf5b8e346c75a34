//! Two contents of a file -> what differs, line by line.

use super::diff;
use super::extract::text;
use super::source::Content;
use crate::evidence::{ChangedFile, Class, behaviour, code_differs, guard};

/// What is not there.
pub(super) static EMPTY: Content = Content::Text(Vec::new());

/// What a tool made describes no behaviour of its own.
pub(super) fn set_class(changed: &mut ChangedFile, class: Class) {
    changed.class = class;
    changed.behaviour = changed.behaviour.take().filter(|_| class == Class::Product);
    changed.guard = changed.guard.take().filter(|_| class != Class::Generated);
}

/// Fills in what differs; false where that cannot be told. What is not a regular file has no lines.
pub(super) fn compare(
    changed: &mut ChangedFile,
    language: Option<&str>,
    old: Option<&Content>,
    new: Option<&Content>,
) -> bool {
    let (old, new) = (old.unwrap_or(&EMPTY), new.unwrap_or(&EMPTY));
    match (old, new) {
        (Content::Text(old), Content::Text(new)) => {
            let hunks = diff::hunks(old, new);
            (changed.added, changed.removed) = diff::lines(&hunks);
            let (old, new) = (text(old), text(new));
            changed.code_differs = code_differs(language, &old, &new);
            changed.guard = guard(&changed.path, language, changed.class, &old, &new);
            if changed.code_differs == Some(true) {
                changed.behaviour = behaviour(language, changed.class, &old, &new, &hunks);
            }
            true
        }
        (Content::Binary(_), _) | (_, Content::Binary(_)) => {
            changed.binary = true;
            true
        }
        (Content::TooLarge(_) | Content::Failed(_), _) | (_, Content::TooLarge(_) | Content::Failed(_)) => {
            false
        }
    }
}
