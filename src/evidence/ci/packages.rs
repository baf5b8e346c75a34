//! Commands that run scripts of `package.json`, in one package or in all of a workspace.

use super::call::{Arguments, Call};
use crate::evidence::tasks::Runner;

/// Programs that run one script.
const MANAGERS: [&str; 4] = ["npm", "pnpm", "yarn", "bun"];
/// Programs that run several, in one package.
const SEVERAL: [&str; 5] = ["npm-run-all", "npm-run-all2", "run-s", "run-p", "wireit"];
/// Programs that run tasks of all packages.
const WORKSPACES: [&str; 5] = ["turbo", "nx", "lerna", "rush", "moon"];
/// Words before the name of the script.
const VERBS: [&str; 12] = [
    "run",
    "run-script",
    "run-many",
    "affected",
    "exec",
    "workspaces",
    "foreach",
    "rum",
    "recursive",
    "multi",
    "m",
    "ci",
];
/// What a package manager does by itself.
const BUILT_IN: [&str; 20] = [
    "install", "i", "add", "audit", "publish", "pack", "link", "config", "cache", "version", "init",
    "create", "up", "update", "remove", "dlx", "why", "outdated", "fetch", "dedupe",
];

/// The call that a command of a package manager or a task runner is.
pub(super) fn call(program: &str, words: &[String], arguments: &Arguments<'_>) -> Option<Call> {
    let names = if WORKSPACES.contains(&program) {
        workspace_names(program, words, &arguments.plain)
    } else if SEVERAL.contains(&program) {
        arguments.plain.iter().map(|name| (*name).to_owned()).collect()
    } else if MANAGERS.contains(&program) {
        one_name(program, &arguments.plain)
    } else {
        return None;
    };
    let spread = [
        "-r",
        "--recursive",
        "--filter",
        "-F",
        "--workspaces",
        "-ws",
        "-w",
        "--workspace",
        "workspaces",
        "workspace",
    ];
    let spreads =
        |word: &String| spread.iter().any(|flag| word == flag || word.starts_with(&format!("{flag}=")));
    Some(Call {
        runner: Runner::Npm,
        names,
        files: vec!["package.json".to_owned(), "project.json".to_owned()],
        folder: arguments.folder.clone(),
        everywhere: WORKSPACES.contains(&program) || words.iter().any(spreads),
    })
}

/// The script that `npm run x`, `yarn x`, `yarn workspace a x` names.
fn one_name(program: &str, plain: &[&str]) -> Vec<String> {
    let plain = plain.strip_prefix(&["workspace"]).map_or(plain, |rest| rest.get(1..).unwrap_or_default());
    if program == "npm" && plain == ["ci"] {
        return Vec::new();
    }
    // Behind `run` any word is a script's name, `ci` too.
    let run = plain.first().is_some_and(|word| matches!(*word, "run" | "run-script" | "rum"));
    let named = plain.get(1).filter(|_| run);
    let name = named.or_else(|| plain.iter().find(|word| !VERBS.contains(word))).copied();
    match name {
        Some(name) if BUILT_IN.contains(&name) && plain.first() == Some(&name) => Vec::new(),
        Some("t" | "tst") => vec!["test".to_owned()],
        Some(name) => vec![name.to_owned()],
        None => Vec::new(),
    }
}

/// The tasks that a task runner of a workspace is asked for.
fn workspace_names(program: &str, words: &[String], plain: &[&str]) -> Vec<String> {
    let flags = ["--target", "--targets", "-t"];
    let valued =
        words.iter().filter_map(|word| word.split_once('=')).filter(|(flag, _)| flags.contains(flag));
    let names =
        valued.flat_map(|(_, value)| value.split(',')).chain(plain.iter().flat_map(|name| name.split(',')));
    // `package#task` everywhere, `project:task` where a project is named in front; a colon may as well be part of the task.
    let projects = matches!(program, "nx" | "moon");
    let meant = |name: &str| {
        let name = name.rsplit('#').next().unwrap_or(name).to_owned();
        let task = name.split_once(':').filter(|_| projects).map(|(_, task)| task.to_owned());
        std::iter::once(name).chain(task).collect::<Vec<_>>()
    };
    names.filter(|name| !VERBS.contains(name)).flat_map(meant).collect()
}

/// Whether a name given on the command line means this script: `test:*` is all with that start, and what npm runs
/// before and after a script belongs to it.
pub(super) fn means(wanted: &str, name: &str) -> bool {
    let around = |prefix: &str| name.strip_prefix(prefix) == Some(wanted);
    wanted.split_once('*').map_or(wanted == name, |(start, _)| name.starts_with(start))
        || around("pre")
        || around("post")
}
