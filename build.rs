//! Turns what is under `policies/` into what a run reads: YAML into JSON, which is read several times faster and needs no look
//! at its bounds, with the digest of each file; and what can be told of each regex there, which is slow to find out.

#[path = "src/regexes/ascii.rs"]
mod ascii;
#[path = "src/regexes/required.rs"]
mod required;

use regex_syntax::ParserBuilder;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Keys of texts for people and of examples: no regex is among them.
const PROSE: [&str; 9] = ["title", "name", "why", "fix", "fix_for", "docs", "tests", "example", "decoy"];
/// How deep parts of regexes can stand in parts.
const MAX_DEPTH: usize = 4;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=policies");
    println!("cargo::rerun-if-changed=src/regexes");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let policies = root.join("policies");
    let mut paths = Vec::new();
    list(&policies, &mut paths)?;
    let name =
        |path: &Path| path.strip_prefix(&policies).unwrap_or(path).to_string_lossy().replace('\\', "/");
    paths.sort_by_key(|path| name(path));
    let (mut files, mut regexes) = (String::from("&[\n"), BTreeSet::new());
    for (number, path) in paths.iter().enumerate() {
        let yaml = fs::read(path)?;
        let mut value: serde_yaml::Value =
            serde_yaml::from_slice(&yaml).map_err(|error| told(path, &error))?;
        value.apply_merge().map_err(|error| told(path, &error))?;
        let json = serde_json::to_value(value).map_err(|error| told(path, &error))?;
        collect(&json, &BTreeMap::new(), &mut regexes);
        let to = out.join(format!("{number}.json"));
        fs::write(&to, serde_json::to_string(&json)?)?;
        let name = name(path);
        let digest = Sha256::digest(&yaml).iter().fold("sha256:".to_owned(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        // As literals of Rust: quoted, whatever the path holds.
        let (yaml, json) = (path.display().to_string(), to.display().to_string());
        writeln!(
            files,
            "File {{ path: {name:?}, json: include_str!({json:?}), yaml: include_str!({yaml:?}), digest: {digest:?} }},"
        )?;
    }
    fs::write(out.join("embedded.rs"), files + "]\n")?;
    fs::write(out.join("regexes.rs"), table(&regexes)?)?;
    Ok(())
}

fn told(path: &Path, error: &dyn Error) -> String {
    format!("{}: {error}", path.display())
}

fn list(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "yml") {
            found.push(path);
        }
    }
    Ok(())
}

/// Every text that may be a regex, as it will be asked for: as it stands, in ASCII, before and after the parts of its capability are put in.
fn collect(value: &Value, parts: &BTreeMap<&str, &str>, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            found.insert(text.clone());
            let text = ascii::ascii(text);
            let mut filled = text.clone();
            for _ in 0..MAX_DEPTH {
                for (name, part) in parts {
                    filled = filled.replace(&format!("<{name}>"), &format!("(?:{part})"));
                }
            }
            found.extend([text, filled]);
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, parts, found)),
        Value::Object(entries) => {
            let own = entries.get("parts").and_then(Value::as_object);
            let own =
                own.map(|own| own.iter().filter_map(|(name, part)| Some((name.as_str(), part.as_str()?))));
            let own: Option<BTreeMap<&str, &str>> = own.map(Iterator::collect);
            for (_, value) in entries.iter().filter(|(key, _)| !PROSE.contains(&key.as_str())) {
                collect(value, own.as_ref().unwrap_or(parts), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_regex(text: &str) -> bool {
    ParserBuilder::new().multi_line(true).build().parse(text).is_ok()
}

/// What is a regex, in order, each with what it needs. That none is too large is for a test to tell.
fn table(regexes: &BTreeSet<String>) -> Result<String, Box<dyn Error>> {
    let mut table = String::from("pub(super) static REGEXES: &[(&str, &[&[&[u8]]])] = &[\n");
    for regex in regexes.iter().filter(|regex| is_regex(regex)) {
        write!(table, "({regex:?}, &[")?;
        for texts in required::required(regex) {
            write!(table, "&[")?;
            for text in texts {
                write!(table, "b\"{}\", ", text.escape_ascii())?;
            }
            write!(table, "], ")?;
        }
        writeln!(table, "]),")?;
    }
    table.push_str("];\n");
    Ok(table)
}
