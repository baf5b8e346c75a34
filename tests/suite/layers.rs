//! The folders show the data's way: a module imports only from those before it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From the leaf to the top. `main.rs` and `lib.rs` stand above all.
const LAYERS: &[&str] = &[
    "words", "text", "document", "evidence", "checks", "policy", "plan", "github", "gather", "findings",
    "evaluate", "verdict", "report", "publish", "cli", "app",
];

#[test]
fn a_module_imports_only_downwards() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for file in rust_files(&source) {
        let relative = file.strip_prefix(&source).unwrap().to_str().unwrap().to_owned();
        let module = relative.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        if module == "main" || module == "lib" {
            continue;
        }
        let level = LAYERS.iter().position(|layer| *layer == module);
        let level =
            level.unwrap_or_else(|| panic!("{relative}: `{module}` is in no layer; add it to LAYERS"));
        for used in imports(&fs::read_to_string(&file).unwrap()) {
            let below = LAYERS.iter().position(|layer| *layer == used);
            if used != module && below.is_some_and(|below| below > level) {
                wrong.push(format!("{relative} imports `{used}`, which lies above `{module}`"));
            }
            if used != module {
                seen.insert(used);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen.contains("words") && seen.contains("evidence"), "the test no longer sees imports: {seen:?}");
}

/// The top-level modules that a file names as `crate::NAME`.
fn imports(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1).map(str::to_owned).collect::<Vec<_>>())
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
