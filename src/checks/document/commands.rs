//! Commands that a document shows, and whether the project has what they need.
//!
//! The table is data: `policies/data/documented-commands.yml`.

use crate::document::Value;
use crate::embedded;
use crate::evidence::{Keep, Mask, Needs, Outline, PathSet, PatternNeed, Selection, View};
use crate::regexes::Late;
use schemars::JsonSchema;
use serde::Deserialize;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Purpose {
    /// Starts the product.
    Run,
    /// Runs its tests.
    Test,
    /// Builds it.
    Build,
    /// Installs what it needs.
    Install,
}

impl Purpose {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Test => "test",
            Self::Build => "build",
            Self::Install => "install",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// On the whole command; group 1 names the script or target.
    command: String,
    /// What it is for; where a script is named, its name tells.
    purpose: Option<Purpose>,
    /// Globs of which a file must be in the tree.
    #[serde(default)]
    files: Vec<String>,
    /// Where the name has to be found.
    named: Option<Named>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Named {
    /// A script of `package.json` or `composer.json`.
    Script,
    /// A target of a Makefile, a recipe of a justfile, a task.
    Target,
    /// A file of this path.
    File,
}

struct Command {
    regex: Late,
    purpose: Option<Purpose>,
    files: Option<PathSet>,
    named: Option<Named>,
}

fn parse() -> Result<Vec<Command>, String> {
    let entries: Vec<Entry> = embedded::table("documented-commands")?;
    let compile = |entry: Entry| {
        let regex = Late::new(format!("^(?:{})", entry.command));
        let files = (!entry.files.is_empty()).then(|| PathSet::new(&entry.files)).transpose()?;
        Ok(Command { regex, purpose: entry.purpose, files, named: entry.named })
    };
    entries.into_iter().map(compile).collect()
}

static COMMANDS: LazyLock<Vec<Command>> = LazyLock::new(|| parse().unwrap_or_default());

fn targets() -> PatternNeed {
    PatternNeed {
        files: Selection::of([
            "**/{Makefile,GNUmakefile,makefile,justfile,Justfile,.justfile,Taskfile.yml,Taskfile.yaml}",
            "**/*.{mk,just}",
        ]),
        // Parameters of a recipe of just may have defaults.
        regex: r#"^ {0,2}@?([A-Za-z0-9_][A-Za-z0-9_./-]*)(?: +[^:=\n]*|(?: +[$*+]*[A-Za-z_][\w-]*(?:=(?:"[^"\n]*"|'[^'\n]*'|[^\s:"']+))?)*)?:(?:[^=]|$)"#
            .into(),
        mask: Mask::Nothing,
        keep: Keep::All,
    }
}

/// What has to be read to tell whether commands are backed.
pub(super) fn needs(needs: &mut Needs) {
    needs.patterns.insert(targets());
    needs.documents.extend([
        "**/package.json".to_owned(),
        "**/composer.json".to_owned(),
        "**/pyproject.toml".to_owned(),
    ]);
}

/// The project that commands are held against; each row of the table looks for its files once.
pub(super) struct Project<'a> {
    view: &'a View<'a>,
    present: Vec<OnceCell<bool>>,
}

impl<'a> Project<'a> {
    pub(super) fn new(view: &'a View<'a>) -> Self {
        Self { view, present: COMMANDS.iter().map(|_| OnceCell::new()).collect() }
    }

    fn has(&self, row: usize, files: &PathSet) -> bool {
        let look = || self.view.tree.matching(files).next().is_some();
        self.present.get(row).is_some_and(|present| *present.get_or_init(look))
    }
}

/// Commands of the document for these purposes that the project backs, with their lines.
pub(super) fn backed_commands(
    project: &Project<'_>,
    outline: &Outline,
    purposes: &[Purpose],
) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for block in &outline.code {
        for (offset, line) in (0_u32..).zip(block.text.lines()) {
            let backed = split(line).any(|command| is_backed(project, command, purposes));
            if backed {
                found.push((block.line.saturating_add(offset), line.trim().to_owned()));
            }
        }
    }
    found
}

/// The commands of a line of shell, without prompt and what comes before them.
fn split(line: &str) -> impl Iterator<Item = &str> {
    line.split("&&").flat_map(|part| part.split([';', '|'])).map(|command| {
        let typed = command.trim();
        let typed =
            typed.strip_prefix("PS ").and_then(|rest| rest.split_once("> ")).map_or(typed, |(_, rest)| rest);
        let mut command = typed.trim_start_matches(['$', '>', '%', '➜', '❯', 'λ']).trim_start();
        while let Some((word, rest)) = command.split_once(' ') {
            let setting = word.contains('=') && !word.starts_with('-');
            if !setting && !matches!(word, "sudo" | "time" | "exec" | "env") {
                break;
            }
            command = rest.trim_start();
        }
        command
    })
}

fn is_backed(project: &Project<'_>, command: &str, purposes: &[Purpose]) -> bool {
    COMMANDS.iter().enumerate().any(|(row, known)| {
        let Some(groups) = known.regex.get().and_then(|regex| regex.captures(command)) else { return false };
        let name = groups.get(1).map_or("", |group| group.as_str());
        let purpose = known.purpose.or_else(|| purpose_of(name));
        purpose.is_some_and(|purpose| purposes.contains(&purpose))
            && known.files.as_ref().is_none_or(|files| project.has(row, files))
            && known.named.is_none_or(|named| exists(project.view, named, name))
    })
}

/// What a script or target is for, by the words of its name.
fn purpose_of(name: &str) -> Option<Purpose> {
    let words: Vec<&str> = name.split(['-', '_', ':', '.', '/']).collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.to_lowercase().as_str()));
    if has(&["test", "tests", "check", "spec", "e2e", "unit", "verify", "testall"]) {
        Some(Purpose::Test)
    } else if has(&[
        "start",
        "run",
        "dev",
        "serve",
        "server",
        "up",
        "watch",
        "develop",
        "web",
        "app",
        "preview",
        "quickstart",
    ]) {
        Some(Purpose::Run)
    } else if has(&["build", "compile", "all", "dist", "package", "image", "docker"]) {
        Some(Purpose::Build)
    } else if has(&["install", "setup", "bootstrap", "init", "deps", "prepare"]) {
        Some(Purpose::Install)
    } else {
        None
    }
}

fn exists(view: &View<'_>, named: Named, name: &str) -> bool {
    match named {
        Named::Script => scripts(view).contains(name),
        Named::Target => {
            let number = view.patterns.get(&targets());
            let mut hits =
                number.into_iter().flat_map(|number| view.tree.hits(number)).flat_map(|(_, hits)| hits);
            hits.any(|hit| &*hit.matched == name)
        }
        Named::File => view.tree.file(name.trim_start_matches("./")).is_some(),
    }
}

/// Names of scripts in the manifests.
fn scripts<'a>(view: &View<'a>) -> BTreeSet<&'a str> {
    let documents = view.tree.documents().map(|(_, documents)| documents);
    let tables = documents
        .flatten()
        .filter_map(|root| root.get("scripts").or_else(|| root.get("tool")?.get("poe")?.get("tasks")));
    let entries = tables.filter_map(|table| match &table.value {
        Value::Map(entries) => Some(entries),
        Value::Scalar(_) | Value::List(_) => None,
    });
    entries.flatten().filter_map(|(key, _)| key.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses() {
        assert!(parse().unwrap().len() > 20);
    }

    #[test]
    fn a_line_of_shell_holds_several_commands() {
        let cases = [
            ("$ cd a && make run", vec!["cd a", "make run"]),
            ("A=1 sudo B=2 npm start", vec!["npm start"]),
            ("make test | tee log", vec!["make test", "tee log"]),
        ];
        for (line, expected) in cases {
            assert_eq!(split(line).collect::<Vec<_>>(), expected, "{line}");
        }
    }
}
