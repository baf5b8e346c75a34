//! What is left of the behaviour that a change alters when all its files are looked at together: code that only moved
//! from one place to another, and names that were only given anew, are taken away.

use super::Line;
use crate::evidence::change::{Change, ChangeKind, ChangedFile};
use std::collections::{BTreeSet, HashMap};

/// A file whose behaviour is another, with the lines that make it so: one at least.
#[derive(Debug, Clone)]
pub struct Altered<'a> {
    /// The file.
    pub file: &'a ChangedFile,
    /// Lines of the head, in order.
    pub lines: Vec<&'a Line>,
}

/// The files of the change that alter what the program does, in order of path.
pub fn altered(change: &Change) -> Vec<Altered<'_>> {
    let behaviours = || change.files.iter().filter_map(|file| Some((file, file.behaviour.as_ref()?)));
    let mut gone: HashMap<&str, usize> = HashMap::new();
    for form in behaviours().flat_map(|(_, behaviour)| &behaviour.gone) {
        *gone.entry(form).or_default() += 1;
    }
    let mut renamed: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (from, to) in behaviours().flat_map(|(_, behaviour)| &behaviour.renamed) {
        renamed.insert((from, to));
    }
    for file in change.files.iter().filter(|file| file.kind == ChangeKind::Renamed) {
        renamed.extend(file.old_path.as_deref().map(|old| (stem(old), stem(&file.path))));
    }
    let mut counts = |line: &&Line| {
        if let Some(left) = gone.get_mut(&*line.form).filter(|left| **left > 0) {
            *left -= 1;
            return false;
        }
        let mut names = line.renames.iter();
        line.renames.is_empty() || !names.all(|(from, to)| renamed.contains(&(&**from, &**to)))
    };
    let files = behaviours().map(|(file, behaviour)| Altered {
        file,
        lines: behaviour.lines.iter().filter(&mut counts).collect(),
    });
    files.filter(|altered| !altered.lines.is_empty()).collect()
}

/// The name of a file up to its first dot.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}
