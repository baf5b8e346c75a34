//! What loses its owner.

use super::super::owners::codeowners;
use crate::evidence::Tree;
use crate::words::Because;

/// Files that are named one by one.
const NAMED: usize = 3;

/// What had an owner and has none any more, the gate's own files one by one.
pub(super) fn lost(head: &Tree, base: &Tree) -> Vec<Because> {
    let Some((file, Some(before))) = codeowners(base) else { return Vec::new() };
    let Some((new, after)) = codeowners(head) else {
        return vec![Because::file(&*file.path).noted("CODEOWNERS is deleted")];
    };
    let owned = |path: &str| after.is_none_or(|owners| owners.owned(path));
    let lost = head.files().iter().map(|file| &*file.path).filter(|path| before.owned(path) && !owned(path));
    let (guarded, others): (Vec<&str>, Vec<&str>) = lost.partition(|path| is_guarded(path));
    let mut found: Vec<Because> =
        guarded.into_iter().map(|path| Because::file(path).noted("had an owner and has none now")).collect();
    let others: Vec<&str> = others.into_iter().filter(|path| base.file(path).is_some()).collect();
    if !others.is_empty() {
        let named: Vec<String> = others.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
        let more = others.len().saturating_sub(named.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        found.push(
            Because::file(&*new.path).noted(format!("nobody owns {}{more} any more", named.join(", "))),
        );
    }
    found
}

fn is_guarded(path: &str) -> bool {
    path.starts_with(".github/workflows/") || path.ends_with("roadworthy.yml") || path.ends_with("CODEOWNERS")
}
