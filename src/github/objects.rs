//! Trees and blobs of a repository by the API, for runs without a checkout.
//!
//! Never the tarball: it honours `export-ignore`, by which a pull request could hide files (github-facts 4). Everything is
//! asked for by object id, which never changes its meaning.

use super::api::{Api, Ask, path_part};
use super::error::ApiError;
use super::payload::{at, commit_id, is_commit_id, text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What reading needs.
const PERMISSION: &str = "contents: read";

/// Blobs of one query; a hundred are what GitHub answers within its time (github-facts 4).
pub const BLOBS: usize = 100;

/// Listings that one tree may take.
const LISTINGS: usize = 500;

/// Entries of one tree that are listed at most.
const ENTRIES: usize = 1_000_000;

/// An entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// Path from the root.
    pub path: String,
    /// As git writes it: `100644`, `100755`, `120000` for a link, `160000` for a submodule.
    pub mode: String,
    /// Object id.
    pub id: String,
    /// Size of a blob in bytes.
    pub size: u64,
}

/// Everything in the tree of a commit, folders left out. A listing that is cut is made whole folder by folder.
pub fn tree(api: &dyn Api, commit: &str) -> Result<Vec<TreeEntry>, ApiError> {
    let what = "the files of the commit";
    let mut found = Vec::new();
    let mut todo = vec![(commit.to_owned(), String::new(), true)];
    for _ in 0..LISTINGS {
        let Some((id, prefix, deep)) = todo.pop() else { return Ok(found) };
        let query = if deep { "?recursive=1" } else { "" };
        let path = format!("/repos/{}/git/trees/{}{query}", api.repository(), path_part(&id));
        let reply = api.get(Ask { what, path: &path, permission: PERMISSION })?;
        if at(&reply, "/truncated").and_then(Value::as_bool).unwrap_or(false) {
            if !deep {
                return Err(odd(what, "a single folder is too large to be listed"));
            }
            todo.push((id, prefix, false));
            continue;
        }
        let entries = at(&reply, "/tree").and_then(Value::as_array).ok_or_else(|| odd(what, "no tree"))?;
        for entry in entries {
            let entry = read(entry, &prefix).ok_or_else(|| odd(what, "an entry without path, mode or id"))?;
            match (entry.mode.as_str(), deep) {
                ("040000", true) => {}
                ("040000", false) => todo.push((entry.id, format!("{}/", entry.path), true)),
                _ => found.push(entry),
            }
        }
        if found.len() > ENTRIES {
            return Err(ApiError::TooMany { what, limit: ENTRIES });
        }
    }
    Err(odd(what, "the tree takes too many listings"))
}

fn read(entry: &Value, prefix: &str) -> Option<TreeEntry> {
    Some(TreeEntry {
        path: format!("{prefix}{}", text(entry, "/path")?),
        mode: text(entry, "/mode")?.to_owned(),
        id: commit_id(entry, "/sha")?,
        size: at(entry, "/size").and_then(Value::as_u64).unwrap_or(0),
    })
}

/// The texts of at most [`BLOBS`] blobs in one query, by id. What is binary, cut or not to be had is left out: [`blob`]
/// has it. A text is what GitHub made of the bytes; whoever needs to be sure compares the id.
pub fn texts(api: &dyn Api, ids: &[&str]) -> Result<BTreeMap<String, String>, ApiError> {
    let what = "the content of files";
    let (owner, name) = api.repository().split_once('/').unwrap_or_default();
    let mut fields = String::new();
    for (place, id) in ids.iter().enumerate().filter(|(_, id)| is_commit_id(id)) {
        // Writing to a string does not fail.
        let _ = writeln!(fields, "    f{place}: object(oid: \"{id}\") {{ ...b }}");
    }
    let query = format!(
        "query($owner: String!, $name: String!) {{\n  repository(owner: $owner, name: $name) {{\n{fields}  }}\n}}\n\
         fragment b on GitObject {{ __typename ... on Blob {{ isBinary isTruncated text }} }}"
    );
    let ask = Ask { what, path: "", permission: PERMISSION };
    let graph = api.graphql(ask, &query, &json!({ "owner": owner, "name": name }))?;
    if let (true, Some(error)) = (at(&graph.data, "/repository").is_none(), graph.errors.first()) {
        return Err(error.told(what, PERMISSION));
    }
    let mut found = BTreeMap::new();
    for (place, id) in ids.iter().enumerate() {
        let Some(blob) = at(&graph.data, &format!("/repository/f{place}")) else { continue };
        let flag = |pointer| at(blob, pointer).and_then(Value::as_bool);
        let whole = flag("/isBinary") == Some(false) && flag("/isTruncated") == Some(false);
        if let Some(text) = text(blob, "/text").filter(|_| whole) {
            found.insert((*id).to_owned(), text.to_owned());
        }
    }
    Ok(found)
}

/// The bytes of a blob.
pub fn blob(api: &dyn Api, id: &str) -> Result<Vec<u8>, ApiError> {
    let what = "the content of a file";
    let path = format!("/repos/{}/git/blobs/{}", api.repository(), path_part(id));
    let reply = api.get(Ask { what, path: &path, permission: PERMISSION })?;
    let encoded = text(&reply, "/content").filter(|_| text(&reply, "/encoding") == Some("base64"));
    let encoded = encoded.ok_or_else(|| odd(what, "not base64"))?;
    let joined: String = encoded.split_ascii_whitespace().collect();
    STANDARD.decode(joined).map_err(|error| odd(what, &error.to_string()))
}

/// The commit from which two others branched off; across forks too, by their commits.
pub fn merge_base(api: &dyn Api, base: &str, head: &str) -> Result<String, ApiError> {
    let what = "the merge base";
    // Commits and files of the comparison are not looked at; one entry is the least that can be asked for.
    let path =
        format!("/repos/{}/compare/{}...{}?per_page=1", api.repository(), path_part(base), path_part(head));
    let reply = api.get(Ask { what, path: &path, permission: PERMISSION })?;
    commit_id(&reply, "/merge_base_commit/sha").ok_or_else(|| odd(what, "no commit"))
}

fn odd(what: &'static str, detail: &str) -> ApiError {
    ApiError::Malformed { what, detail: detail.to_owned() }
}
