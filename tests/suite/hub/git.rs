//! Objects of a repository, as GitHub shows them.

use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

fn git(repo: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(repo).args(arguments).output().unwrap();
    output.status.success().then_some(output.stdout)
}

fn line(repo: &Path, arguments: &[&str]) -> Option<String> {
    Some(String::from_utf8(git(repo, arguments)?).unwrap().trim().to_owned())
}

/// The entries of a tree, by the id of a commit or tree.
pub(super) fn tree(repo: &Path, id: &str, recursive: bool) -> Option<(String, Vec<Value>)> {
    let sha = line(repo, &["rev-parse", "--verify", "-q", &format!("{id}^{{tree}}")])?;
    let deep: &[&str] = if recursive { &["-r", "-t"] } else { &[] };
    let listing = git(repo, &[&["ls-tree", "-z", "-l"], deep, &[sha.as_str()]].concat())?;
    let entries = listing.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()).map(|entry| {
        let entry = String::from_utf8_lossy(entry);
        let (head, path) = entry.split_once('\t').unwrap();
        let words: Vec<&str> = head.split_whitespace().collect();
        let mut entry = json!({ "path": path, "mode": words[0], "type": words[1], "sha": words[2] });
        if let Ok(size) = words[3].parse::<u64>() {
            entry["size"] = size.into();
        }
        entry
    });
    Some((sha, entries.collect()))
}

/// The content of a blob.
pub(super) fn blob(repo: &Path, id: &str) -> Option<Vec<u8>> {
    git(repo, &["cat-file", "blob", id])
}

/// The id that `commit:path` stands for.
pub(super) fn resolve(repo: &Path, expression: &str) -> Option<String> {
    line(repo, &["rev-parse", "--verify", "-q", expression])
}

/// The merge base of two commits.
pub(super) fn merge_base(repo: &Path, base: &str, head: &str) -> Option<String> {
    line(repo, &["merge-base", base, head])
}
