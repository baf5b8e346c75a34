//! What is built into the program: policies, the catalogue and tables of data, as `build.rs` made them of `policies/`.
//!
//! A run reads the JSON; the YAML is what people wrote, for places and messages. Must not know what the files mean.

use serde::de::DeserializeOwned;

/// A file under `policies/`.
#[derive(Debug)]
pub(crate) struct File {
    /// Its path from there.
    pub(crate) path: &'static str,
    /// Its values, merge keys put in.
    pub(crate) json: &'static str,
    /// As it is written.
    pub(crate) yaml: &'static str,
    /// The digest of that, as `sha256:...`.
    pub(crate) digest: &'static str,
}

/// All of them, in order of path.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The file at this path.
pub(crate) fn file(path: &str) -> Option<&'static File> {
    FILES.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| &FILES[at])
}

/// The files of a folder and the folders in it, in order of path.
pub(crate) fn folder(path: &str) -> impl Iterator<Item = &'static File> {
    FILES.iter().filter(move |file| file.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
}

/// The table of data of this name.
pub(crate) fn table<T: DeserializeOwned>(name: &str) -> Result<T, String> {
    let file = file(&format!("data/{name}.yml")).ok_or("there is no such table")?;
    serde_json::from_str(file.json).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_path_and_folder() {
        assert!(FILES.is_sorted_by(|a, b| a.path < b.path));
        assert_eq!(file("roadmap/core.yml").map(|file| file.path), Some("roadmap/core.yml"));
        assert!(file("roadmap/none.yml").is_none());
        assert!(folder("capabilities").count() > 50);
        assert!(folder("capabilit").next().is_none());
    }

    #[test]
    fn values_are_those_of_the_yaml() {
        for file in FILES {
            let mut yaml: serde_yaml::Value = serde_yaml::from_str(file.yaml).unwrap();
            yaml.apply_merge().unwrap();
            let json: serde_yaml::Value = serde_json::from_str(file.json).unwrap();
            assert_eq!(json, yaml, "{}", file.path);
        }
    }
}
