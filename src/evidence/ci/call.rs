//! Commands that lead to a task of another file: `npm test`, `make check`, `./ci/test.sh`.

use super::command::program;
use super::folder::normal;
use super::packages;
use crate::evidence::tasks::{Runner, Task};

/// Flags that name the folder to work in.
const FOLDERS: [&str; 7] =
    ["-C", "--prefix", "--cwd", "--dir", "--directory", "--working-dir", "--project-directory"];
/// Flags whose value is no name of a task.
const VALUED: [&str; 13] = [
    "-f",
    "--file",
    "--filename",
    "--makefile",
    "--justfile",
    "--taskfile",
    "-d",
    "-j",
    "--filter",
    "-F",
    "--workspace",
    "--scope",
    "--concurrency",
];

/// Folders of programs that are installed, and no scripts of the tree.
const INSTALLED: [&str; 5] = ["node_modules/.bin/", "vendor/bin/", "venv/bin/", "/usr/", "/opt/"];

/// A command that leads to a task of another file.
pub(super) struct Call {
    pub(super) runner: Runner,
    pub(super) names: Vec<String>,
    /// File names it can be in; for scripts the path.
    pub(super) files: Vec<String>,
    /// The folder that it works in; none where only the run knows.
    pub(super) folder: Option<String>,
    /// Whether every folder counts: commands that run a task in all packages.
    pub(super) everywhere: bool,
}

/// The arguments of a command: what it names, and where it works.
pub(super) struct Arguments<'a> {
    pub(super) plain: Vec<&'a str>,
    pub(super) folder: Option<String>,
    /// The files named by `-f` and its kin.
    named: Vec<&'a str>,
    target: Option<&'a str>,
}

impl<'a> Arguments<'a> {
    fn of(words: &'a [String], folder: Option<&str>) -> Self {
        let mut found =
            Self { plain: Vec::new(), folder: folder.map(str::to_owned), named: Vec::new(), target: None };
        let mut words = words.iter().map(String::as_str).take_while(|word| *word != "--").peekable();
        while let Some(word) = words.next() {
            let (flag, value) = match word.split_once('=') {
                Some((flag, value)) if word.starts_with('-') => (flag, Some(value)),
                _ => (word, None),
            };
            if FOLDERS.contains(&flag) {
                if let Some(to) = value.or_else(|| words.next()) {
                    found.folder = found.folder.map(|folder| normal(&format!("{folder}/{to}")));
                }
            } else if flag == "--target" {
                found.target = value.or_else(|| words.next());
            } else if VALUED.contains(&flag) {
                let value = value.or_else(|| words.next());
                if matches!(flag, "-f" | "--file" | "--filename" | "--makefile" | "--justfile" | "--taskfile")
                {
                    found.named.extend(value);
                }
            } else if !word.starts_with('-') && !super::shell::assignment(word) {
                found.plain.push(word);
            }
        }
        found
    }
}

impl Call {
    pub(super) fn of(words: &[String], folder: Option<&str>) -> Option<Self> {
        let (first, rest) = words.split_first()?;
        let name = program(first);
        let arguments = Arguments::of(rest, folder);
        if let Some(call) = packages::call(&name, rest, &arguments) {
            return Some(call);
        }
        let plain = &arguments.plain[..];
        let call = |runner, names: &[&str], files: &[&str]| Some(Self::new(runner, names, files, &arguments));
        match name.as_str() {
            "make" | "gmake" => call(Runner::Make, plain, &["Makefile", "makefile", "GNUmakefile"]),
            "just" => {
                call(Runner::Just, plain, &["justfile", "Justfile", "JUSTFILE", ".justfile", ".Justfile"])
            }
            "task" | "go-task" => call(
                Runner::Taskfile,
                plain,
                &["Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "Taskfile.dist.yml"],
            ),
            "tox" => call(Runner::Tox, &environments(rest), &["tox.ini", "pyproject.toml"]),
            "nox" => call(Runner::Nox, &environments(rest), &["noxfile.py"]),
            "composer" => {
                let plain = if let ["run" | "run-script", rest @ ..] = plain { rest } else { plain };
                call(Runner::Composer, plain.get(..1)?, &["composer.json"])
            }
            "mix" => call(Runner::Mix, plain.get(..1)?, &["mix.exs"]),
            "poe" | "pdm" | "hatch" | "pixi" | "rye" => call(Runner::Python, plain, &["pyproject.toml"]),
            "deno" => call(Runner::Deno, plain.get(1..)?, &["deno.json", "deno.jsonc"]),
            "cargo" => call(Runner::Cargo, plain.get(..1)?, &["config.toml", "config"]).map(Self::anywhere),
            "rake" => call(Runner::Rake, plain, &["Rakefile", "rakefile", "*.rake"]).map(Self::anywhere),
            "gradle" => call(Runner::Gradle, &last_parts(plain), &["build.gradle", "build.gradle.kts"])
                .map(Self::anywhere),
            "mise" | "rtx" => mise(plain, &arguments),
            "skaffold" if matches!(plain.first(), Some(&("test" | "verify"))) => {
                call(Runner::Skaffold, &plain[..1], &["skaffold.yaml", "skaffold.yml"])
            }
            "docker" | "nerdctl" | "buildah" => Self::container(first, &arguments),
            "bash" | "sh" | "zsh" | "source" | "." | "dash" => {
                let script = rest.iter().find(|word| !word.starts_with(['-', '+']))?;
                call(Runner::Script, &[], &[script])
            }
            // A script of a folder that the run looks for programs in.
            _ if ends_in(first, "sh") && !first.contains(['/', '$']) => {
                call(Runner::Script, &[], &[first.as_str()])
            }
            _ if first.contains('/') && !INSTALLED.iter().any(|folder| first.contains(folder)) => {
                call(Runner::Script, &[], &[first.as_str()])
            }
            _ => None,
        }
    }

    fn new(runner: Runner, names: &[&str], files: &[&str], arguments: &Arguments<'_>) -> Self {
        let list = |from: &[&str]| from.iter().map(|text| (*text).to_owned()).collect();
        let given: Vec<&str> =
            arguments.named.iter().map(|file| file.rsplit('/').next().unwrap_or(file)).collect();
        let home =
            arguments.named.first().and_then(|file| file.rsplit_once('/')).map_or("", |(home, _)| home);
        Self {
            runner,
            names: list(names),
            files: list(if given.is_empty() { files } else { &given }),
            folder: arguments.folder.as_ref().map(|folder| normal(&format!("{folder}/{home}"))),
            everywhere: false,
        }
    }

    /// The build of an image, or the services of a compose file.
    fn container(program: &str, arguments: &Arguments<'_>) -> Option<Self> {
        let plain = &arguments.plain[..];
        let composed =
            program.ends_with("docker-compose").then_some(plain).or_else(|| plain.strip_prefix(&["compose"]));
        let (runner, names, mut files, home) = if let Some(plain) = composed {
            let names = match plain {
                ["up" | "build", services @ ..] => services.to_vec(),
                ["run", service, ..] => vec![*service],
                _ => return None,
            };
            let files = ["docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"];
            (Runner::Compose, names, files.to_vec(), ".")
        } else {
            let plain = plain.strip_prefix(&["buildx"]).unwrap_or(plain);
            let (["build" | "bud" | "b", rest @ ..], context) = (plain, plain.last()?) else { return None };
            let context = if rest.is_empty() { "." } else { context };
            (
                Runner::Image,
                arguments.target.into_iter().collect(),
                vec!["Dockerfile", "Containerfile"],
                context,
            )
        };
        let mut home = home.to_owned();
        if let Some(first) = arguments.named.first() {
            files = arguments.named.iter().map(|file| file.rsplit('/').next().unwrap_or(file)).collect();
            first.rsplit_once('/').map_or(".", |(home, _)| home).clone_into(&mut home);
        }
        let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
        let folder = arguments.folder.as_ref().filter(|_| !home.contains('$'));
        Some(Self {
            runner,
            names: owned(names),
            files: owned(files),
            folder: folder.map(|folder| normal(&format!("{folder}/{home}"))),
            everywhere: false,
        })
    }

    fn anywhere(self) -> Self {
        Self { everywhere: true, ..self }
    }

    /// Whether the call can lead to the file of this path, the name of which fits.
    pub(super) fn leads_to(&self, path: &str) -> bool {
        let home = path.rsplit_once('/').map_or("", |(home, _)| home);
        if self.runner == Runner::Script {
            return self.files.iter().any(|script| {
                let script = script.trim_start_matches("./").trim_start_matches("../");
                let script = script.rsplit_once('}').map_or(script, |(_, rest)| rest.trim_start_matches('/'));
                !script.is_empty()
                    && (path == script || path.strip_suffix(script).is_some_and(|rest| rest.ends_with('/')))
            });
        }
        self.everywhere || self.folder.as_ref().is_none_or(|folder| home == folder)
    }

    /// The path that a script has by the folder it is called from.
    pub(super) fn exact(&self) -> Option<String> {
        let script = (self.runner == Runner::Script).then(|| self.files.first())??;
        Some(normal(&format!("{}/{script}", self.folder.as_ref()?)))
    }

    /// The tasks of a file that are meant; the default one where none is named.
    pub(super) fn names_in(&self, tasks: &[Task]) -> Vec<String> {
        let own = tasks.iter().filter(|task| task.runner == self.runner);
        let names: Vec<String> = own.map(|task| task.name.clone()).collect();
        match self.runner {
            Runner::Script => vec![String::new()],
            Runner::Tox if !self.names.is_empty() => {
                let known = |name: &String| if names.contains(name) { name.clone() } else { String::new() };
                self.names.iter().map(known).collect()
            }
            Runner::Tox | Runner::Nox | Runner::Compose if self.names.is_empty() => names,
            Runner::Make | Runner::Just if self.names.is_empty() => {
                let first = |name: &String| !name.starts_with(['.', '_']) && !name.contains('%');
                names.into_iter().filter(first).take(1).collect()
            }
            Runner::Image if self.names.is_empty() => vec![String::new()],
            Runner::Image => self.names.iter().map(|name| name.to_ascii_lowercase()).collect(),
            Runner::Taskfile | Runner::Rake if self.names.is_empty() => vec!["default".to_owned()],
            Runner::Npm => names
                .into_iter()
                .filter(|name| self.names.iter().any(|wanted| packages::means(wanted, name)))
                .collect(),
            _ => self.names.clone(),
        }
    }
}

/// `mise run a ::: b`, `mise a`: tasks of its configuration, or files that are called so. It looks in the folders above too.
fn mise(plain: &[&str], arguments: &Arguments<'_>) -> Option<Call> {
    let plain = match plain {
        ["tasks" | "task", "run" | "r", rest @ ..] | ["run" | "r" | "watch", rest @ ..] => rest,
        _ => plain,
    };
    let starts = plain.split(|word| *word == ":::").filter_map(|part| part.first());
    let names: Vec<&str> = starts.copied().collect();
    let mut files = vec!["mise.toml".to_owned(), ".mise.toml".to_owned(), "config.toml".to_owned()];
    for name in &names {
        let last = name.rsplit(':').next().unwrap_or(name);
        files.extend([last.to_owned(), format!("{last}.sh"), "_default".to_owned()]);
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    (!names.is_empty()).then(|| Call::new(Runner::Mise, &names, &files, arguments).anywhere())
}

/// What is named by `-e`, `-s` and their kin.
fn environments(words: &[String]) -> Vec<&str> {
    let flags = ["-e", "-s", "--session", "--sessions", "-m", "--env"];
    let values = words.iter().enumerate().filter_map(|(at, word)| match word.split_once('=') {
        Some((flag, value)) => flags.contains(&flag).then_some(value),
        None => flags.contains(&word.as_str()).then(|| words.get(at + 1).map(String::as_str))?,
    });
    values.flat_map(|value| value.split(',')).collect()
}

/// Whether a file name has this extension.
pub(super) fn ends_in(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, last)| last == extension)
}

/// `:app:test` as `test`.
fn last_parts<'a>(names: &[&'a str]) -> Vec<&'a str> {
    names.iter().map(|name| name.rsplit(':').next().unwrap_or(name)).collect()
}
