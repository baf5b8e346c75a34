//! Task files: npm scripts, make and just recipes, tox and nox, rake, composer and mix, gradle, aliases of cargo, images, shell
//! scripts. Only what a command of a pipeline leads to; nothing is expanded.

mod documents;
mod images;
mod programs;
mod python;
mod recipes;

use super::ci::{Command, commands};
use super::file_text::FileText;
use crate::document::{Format, Node};

/// The program that runs a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Runner {
    /// npm, pnpm, yarn, bun: `package.json`.
    Npm,
    /// make.
    Make,
    /// just.
    Just,
    /// go-task.
    Taskfile,
    /// tox: environments.
    Tox,
    /// nox: sessions.
    Nox,
    /// composer.
    Composer,
    /// mix aliases.
    Mix,
    /// Scripts of `pyproject.toml`: poe, pdm, hatch, pixi.
    Python,
    /// deno.
    Deno,
    /// Aliases of cargo.
    Cargo,
    /// rake.
    Rake,
    /// Tasks that gradle is taught.
    Gradle,
    /// skaffold: what it runs for `test` and `verify`.
    Skaffold,
    /// mise: tasks of its configuration, and files of its folder.
    Mise,
    /// Services of a compose file.
    Compose,
    /// Stages of a Dockerfile.
    Image,
    /// A script of its own: the whole file.
    Script,
}

/// A named list of commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Who runs it.
    pub runner: Runner,
    /// Its name; empty for scripts.
    pub name: String,
    /// Where it is written.
    pub line: u32,
    /// What it runs.
    pub commands: Vec<Command>,
    /// Tasks of the same file that run first.
    pub needs: Vec<String>,
}

/// Paths of task files.
pub(super) const TASK_FILES: [&str; 33] = [
    "**/package.json",
    "**/project.json",
    "**/.cargo/config{,.toml}",
    "**/Rakefile",
    "**/*.rake",
    "**/build.gradle{,.kts}",
    "**/*{docker-compose,compose}*.{yml,yaml}",
    "**/{*.,}{Dockerfile,Containerfile}{,.*}",
    ".buildkite/**",
    "**/{GNUmakefile,Makefile,makefile,*.mk}",
    "**/{justfile,Justfile,JUSTFILE,.justfile,.Justfile}",
    "**/*.just",
    "**/{Taskfile,taskfile}.{yml,yaml}",
    "**/skaffold*.{yml,yaml}",
    "**/{,.}mise{,.*}.toml",
    "**/{mise,.mise,mise-tasks,.mise-tasks}/**",
    "**/tox.ini",
    "**/noxfile.py",
    "**/composer.json",
    "**/mix.exs",
    "**/pyproject.toml",
    "**/deno.{json,jsonc}",
    "**/*.{sh,bash}",
    "script/*",
    "scripts/**",
    "bin/*",
    "ci/**",
    ".ci/**",
    ".github/**/*.sh",
    ".travis/*",
    "tools/*",
    "hack/*",
    "**/scripts/*",
];

impl Task {
    /// A task with nothing in it yet.
    fn new(runner: Runner, name: impl Into<String>, line: u32) -> Self {
        Self { runner, name: name.into(), line, commands: Vec::new(), needs: Vec::new() }
    }
}

/// The tasks of a file; none where it is no task file.
pub(super) fn read_tasks(file: &FileText<'_>) -> Vec<Task> {
    let FileText { path, text, .. } = *file;
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    let parsed = |format, read: fn(&Node) -> Vec<Task>| {
        let one = file.document_as(format);
        one.map(|node| read(&node)).unwrap_or_default()
    };
    match name {
        "package.json" => parsed(Format::Json, documents::npm),
        "project.json" => parsed(Format::Json, documents::nx),
        "deno.json" | "deno.jsonc" => parsed(Format::Json, documents::deno),
        "composer.json" => parsed(Format::Json, documents::composer),
        "pyproject.toml" => parsed(Format::Toml, documents::python),
        "config.toml" if path.ends_with("mise/config.toml") => parsed(Format::Toml, documents::mise),
        _ if has_extension(name, "toml") && name.trim_start_matches('.').starts_with("mise.") => {
            parsed(Format::Toml, documents::mise)
        }
        "config.toml" | "config" => parsed(Format::Toml, documents::cargo),
        "tox.ini" => python::tox(text),
        "noxfile.py" => python::nox(text),
        "mix.exs" => programs::mix(text),
        "build.gradle" | "build.gradle.kts" => programs::gradle(text),
        _ if lower.trim_start_matches('.') == "justfile" || has_extension(name, "just") => {
            recipes::recipes(text, Runner::Just)
        }
        _ if lower == "rakefile" || has_extension(name, "rake") => programs::rake(text),
        _ if lower.ends_with("makefile") || has_extension(name, "mk") => recipes::recipes(text, Runner::Make),
        _ if lower.starts_with("taskfile.") => parsed(Format::Yaml, documents::taskfile),
        _ if lower.starts_with("skaffold") => {
            let all = file.documents().and_then(|documents| documents.as_ref().ok());
            all.map(|all| documents::skaffold(all)).unwrap_or_default()
        }
        _ if lower.contains("compose") && lower.ends_with("ml") => parsed(Format::Yaml, images::compose),
        _ if lower.contains("dockerfile") || lower.contains("containerfile") => images::image(text),
        _ if text.starts_with("#!") && shell_line(text) && mise_name(path).is_some() => {
            vec![Task {
                commands: commands(text, 1),
                ..Task::new(Runner::Mise, mise_name(path).unwrap_or_default(), 1)
            }]
        }
        _ if text.starts_with("#!") && shell_line(text)
            || has_extension(name, "sh")
            || has_extension(name, "bash") =>
        {
            vec![Task { commands: commands(text, 1), ..Task::new(Runner::Script, "", 1) }]
        }
        _ => Vec::new(),
    }
}

/// The name of a task of mise that is a file: `lint:go` for `.mise/tasks/lint/go.sh`.
fn mise_name(path: &str) -> Option<String> {
    let folders = ["mise-tasks/", "mise/tasks/"];
    let (at, folder) = folders.iter().find_map(|folder| Some((path.rfind(folder)?, folder)))?;
    let name = path[at + folder.len()..].replace('/', ":");
    Some(name.trim_end_matches(".sh").trim_end_matches(".bash").trim_end_matches(":_default").to_owned())
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, last)| last.eq_ignore_ascii_case(extension))
}

fn shell_line(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.trim_end().ends_with("sh") || first.contains("sh -") || first.contains("bash ")
}

/// The texts in double or single quotes.
pub(super) fn quoted(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find(['"', '\'']) {
        let quote = rest[start..].chars().next().unwrap_or('"');
        let body = &rest[start + 1..];
        let Some(end) = body.find(quote) else { break };
        found.push(body[..end].to_owned());
        rest = &body[end + 1..];
    }
    found
}
