//! Commands that lead to a task of another file: `npm test`, `make check`, `./ci/test.sh`.

use super::command::program;
use crate::evidence::tasks::{Runner, Task};

/// Programs that run scripts of `package.json`.
const NPM: [&str; 11] =
    ["npm", "pnpm", "yarn", "bun", "turbo", "nx", "lerna", "npm-run-all", "run-s", "run-p", "wireit"];

/// A command that leads to a task of another file.
pub(super) struct Call {
    pub(super) runner: Runner,
    names: Vec<String>,
    /// File names it can be in; for scripts the path.
    files: Vec<String>,
    folder: String,
    /// Whether every folder counts: commands that run a task in all packages.
    everywhere: bool,
}

impl Call {
    pub(super) fn of(words: &[String], folder: &str) -> Option<Self> {
        let (first, rest) = words.split_first()?;
        let plain: Vec<&str> = rest
            .iter()
            .map(String::as_str)
            .filter(|word| !word.starts_with('-') && !word.contains('='))
            .collect();
        let name = program(first);
        let mut folder = folder.to_owned();
        for pair in
            rest.windows(2).filter(|pair| matches!(pair[0].as_str(), "-C" | "--prefix" | "--cwd" | "--dir"))
        {
            pair[1].trim_start_matches("./").trim_end_matches('/').clone_into(&mut folder);
        }
        let plain: Vec<&str> =
            plain.into_iter().filter(|word| *word != folder || folder.is_empty()).collect();
        let call = |runner, names: &[&str], files: &[&str]| {
            let list = |from: &[&str]| from.iter().map(|text| (*text).to_owned()).collect();
            Some(Self {
                runner,
                names: list(names),
                files: list(files),
                folder: folder.clone(),
                everywhere: false,
            })
        };
        match name.as_str() {
            _ if NPM.contains(&name.as_str()) => Some(Self::npm(&name, &plain, rest, folder)),
            "make" | "gmake" => call(Runner::Make, &plain, &["Makefile", "makefile", "GNUmakefile"]),
            "just" => call(Runner::Just, &plain, &["justfile", "Justfile", ".justfile"]),
            "task" => call(Runner::Taskfile, &plain, &["Taskfile.yml", "Taskfile.yaml", "taskfile.yml"]),
            "tox" => call(Runner::Tox, &environments(rest), &["tox.ini"]),
            "nox" => call(Runner::Nox, &environments(rest), &["noxfile.py"]),
            "composer" => call(Runner::Composer, &plain, &["composer.json"]),
            "mix" => call(Runner::Mix, plain.get(..1)?, &["mix.exs"]),
            "poe" | "pdm" | "hatch" | "pixi" => call(Runner::Python, &plain, &["pyproject.toml"]),
            "deno" => call(Runner::Deno, plain.get(1..)?, &["deno.json", "deno.jsonc"]),
            "bash" | "sh" | "zsh" | "source" | "." => call(Runner::Script, &[], plain.get(..1)?),
            _ if first.contains('/') => call(Runner::Script, &[], &[first.as_str()]),
            _ => None,
        }
    }

    /// Scripts of `package.json`, in one package or in all.
    fn npm(program: &str, plain: &[&str], words: &[String], folder: String) -> Self {
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
        Self {
            runner: Runner::Npm,
            names: npm_names(program, plain).into_iter().map(str::to_owned).collect(),
            files: vec!["package.json".to_owned()],
            folder,
            everywhere: matches!(program, "turbo" | "nx" | "lerna") || words.iter().any(spreads),
        }
    }

    pub(super) fn leads_to(&self, path: &str) -> bool {
        let (home, file) = path.rsplit_once('/').unwrap_or(("", path));
        if self.runner == Runner::Script {
            return self.files.iter().any(|script| {
                let script = script.trim_start_matches("./").trim_start_matches("../");
                let script = script.rsplit_once('}').map_or(script, |(_, rest)| rest.trim_start_matches('/'));
                !script.is_empty()
                    && (path == script || path.strip_suffix(script).is_some_and(|rest| rest.ends_with('/')))
            });
        }
        self.files.iter().any(|name| name == file)
            && (self.everywhere || home == self.folder || self.folder.contains("${{"))
    }

    /// The tasks of a file that are meant; the default one where none is named.
    pub(super) fn names(&self, tasks: &[Task]) -> Vec<String> {
        let own = tasks.iter().filter(|task| task.runner == self.runner);
        let names: Vec<String> = own.map(|task| task.name.clone()).collect();
        match self.runner {
            Runner::Script => vec![String::new()],
            Runner::Tox if !self.names.is_empty() => {
                let known = |name: &String| if names.contains(name) { name.clone() } else { String::new() };
                self.names.iter().map(known).collect()
            }
            Runner::Tox | Runner::Nox if self.names.is_empty() => names,
            Runner::Make | Runner::Just if self.names.is_empty() => {
                names.into_iter().filter(|name| !name.starts_with('.')).take(1).collect()
            }
            Runner::Npm => {
                names.into_iter().filter(|name| self.names.iter().any(|wanted| glob(wanted, name))).collect()
            }
            _ => self.names.clone(),
        }
    }
}

/// `test:*` of npm-run-all means all with that start.
fn glob(wanted: &str, name: &str) -> bool {
    wanted.split_once('*').map_or(wanted == name, |(start, _)| name.starts_with(start))
}

fn npm_names<'a>(program: &str, plain: &[&'a str]) -> Vec<&'a str> {
    let verbs =
        ["run", "run-script", "run-many", "affected", "exec", "workspaces", "foreach", "workspace", "rum"];
    let builtin = [
        "install", "ci", "i", "add", "audit", "publish", "pack", "link", "config", "cache", "version",
        "init", "create", "up", "update", "remove",
    ];
    let shorthand = |word: &&str| match (program, *word) {
        ("npm" | "pnpm", "t" | "tst") => Some("test"),
        _ => None,
    };
    let mut names: Vec<&str> = plain.iter().copied().skip_while(|word| verbs.contains(word)).collect();
    if names.first().is_some_and(|first| builtin.contains(first)) {
        return Vec::new();
    }
    if let Some(long) = names.first().and_then(shorthand) {
        names[0] = long;
    }
    names
}

/// What is named by `-e`, `-s` and their kin.
fn environments(words: &[String]) -> Vec<&str> {
    let flags = ["-e", "-s", "--session", "-m"];
    words
        .windows(2)
        .filter(|pair| flags.contains(&pair[0].as_str()))
        .flat_map(|pair| pair[1].split(','))
        .collect()
}
