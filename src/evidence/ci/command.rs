//! What a single command is for. The table is data: `policies/data/commands.yml`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a command of a pipeline does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Runs tests.
    Tests,
    /// Looks for faults without running the code.
    Lint,
    /// Builds it.
    Build,
    /// Brings it to people: deploys or publishes.
    Deploy,
}

impl Purpose {
    /// What a pipeline runs, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tests => "tests",
            Self::Lint => "a linter",
            Self::Build => "a build",
            Self::Deploy => "a deployment",
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    purposes: BTreeMap<Purpose, Purposes>,
    wrappers: Vec<Wrapper>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Purposes {
    #[serde(default)]
    commands: Vec<Entry>,
    /// Actions that do it by themselves, without version.
    #[serde(default)]
    actions: Vec<String>,
    /// Names of tasks that say it, where what they run is not known.
    #[serde(default)]
    tasks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    run: String,
    /// Words that turn it off.
    #[serde(default)]
    unless: Vec<String>,
    /// The words may stand anywhere: goals and tasks of build tools.
    #[serde(default)]
    anywhere: bool,
    /// Nothing but flags may follow.
    #[serde(default)]
    bare: bool,
}

/// A program that runs the command in its arguments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapper {
    run: String,
    /// Words between its flags and the command, such as the name of a container.
    #[serde(default)]
    skip: usize,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    // A test reads the file; a table that does not parse cannot be built into a release.
    TABLE.get_or_init(|| {
        serde_yaml::from_str(include_str!("../../../policies/data/commands.yml")).unwrap_or_default()
    })
}

/// Whether the command itself, wrappers aside, serves the purpose.
pub(super) fn serves(words: &[String], purpose: Purpose) -> bool {
    let Some(entries) = table().purposes.get(&purpose) else { return false };
    unwrapped(words).iter().any(|words| entries.commands.iter().any(|entry| entry.matches(words)))
}

/// Whether the action does by itself what the purpose asks.
pub(super) fn action_serves(action: &str, purpose: Purpose) -> bool {
    let name = action.split('@').next().unwrap_or(action);
    let actions = table().purposes.get(&purpose).map_or(&[][..], |entries| &entries.actions);
    actions.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether the name of a task says that it serves the purpose: `test`, `test:unit`, `run-tests`.
pub(super) fn task_says(name: &str, purpose: Purpose) -> bool {
    let known = table().purposes.get(&purpose).map_or(&[][..], |entries| &entries.tasks);
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let first_two: Vec<&str> = words.by_ref().take(2).collect();
    first_two.iter().any(|word| known.iter().any(|known| known == word))
        && !["lint", "build", "compile", "clean", "types", "typecheck"].iter().any(|word| name.contains(word))
}

impl Entry {
    fn matches(&self, words: &[String]) -> bool {
        let mut wanted = self.run.split(' ');
        let Some(program) = words.first().map(|word| program(word)) else { return false };
        if wanted.next() != Some(program.as_str()) {
            return false;
        }
        let line = format!(" {} ", words.join(" "));
        if self.unless.iter().any(|word| line.contains(&format!(" {word} "))) {
            return false;
        }
        let rest = &words[1..];
        if self.bare && rest.iter().any(|word| !word.starts_with('-')) {
            return false;
        }
        if self.anywhere {
            return wanted.all(|goal| rest.iter().any(|word| word.rsplit(':').next() == Some(goal)));
        }
        let mut rest = rest;
        for word in wanted {
            match argument(rest, word) {
                Some(at) => rest = &rest[at + 1..],
                None => return false,
            }
        }
        true
    }
}

/// The place of the first argument, if it is this one; flags and their values are passed over.
fn argument(words: &[String], wanted: &str) -> Option<usize> {
    let mut after_flag = false;
    for (at, word) in words.iter().enumerate() {
        if word == wanted {
            return Some(at);
        }
        let flag = word.starts_with('-') || word.starts_with('+');
        if !flag && !after_flag {
            return None;
        }
        after_flag = flag && !word.contains('=');
    }
    None
}

/// The program of a command by one name: no folder, no suffix, wrappers of build tools as the tool.
pub(super) fn program(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let name = name
        .strip_suffix(".cmd")
        .or_else(|| name.strip_suffix(".bat"))
        .or_else(|| name.strip_suffix(".exe"))
        .unwrap_or(name);
    match name {
        "gradlew" => "gradle".into(),
        "mvnw" | "mvnd" => "mvn".into(),
        "docker-compose" | "podman" => "docker".into(),
        "sbtx" | "sbtn" => "sbt".into(),
        "bazelisk" => "bazel".into(),
        _ if name.starts_with("python")
            && name[6..].chars().all(|letter| letter.is_ascii_digit() || letter == '.') =>
        {
            "python".into()
        }
        _ => name.to_owned(),
    }
}

/// The command, and what it is without the programs wrapped around it; several where flags may have values.
pub(super) fn unwrapped(words: &[String]) -> Vec<&[String]> {
    let mut found: Vec<&[String]> = vec![words];
    let mut next = 0;
    while next < found.len() && found.len() < 32 {
        let words = found[next];
        next += 1;
        let Some(first) = words.first() else { continue };
        let first = program(first);
        for wrapper in &table().wrappers {
            let parts: Vec<&str> = wrapper.run.split(' ').collect();
            if parts[0] != first {
                continue;
            }
            let mut rest = &words[1..];
            let follows = parts[1..].iter().all(|part| {
                let at = argument(rest, part);
                rest = at.map_or(rest, |at| &rest[at + 1..]);
                at.is_some()
            });
            if follows {
                found.extend(starts(rest, wrapper.skip));
            }
        }
    }
    found
}

/// Where the wrapped command may start: behind flags, their values, assignments, and the skipped words.
fn starts(words: &[String], skip: usize) -> Vec<&[String]> {
    let (mut found, mut skipped, mut after_flag) = (Vec::new(), 0, false);
    for (at, word) in words.iter().enumerate() {
        let flag = word.starts_with('-') || super::shell::assignment(word);
        if flag {
            after_flag = word.starts_with('-') && !word.contains('=') && word != "--";
            continue;
        }
        if skipped >= skip {
            found.push(&words[at..]);
            if !after_flag {
                break;
            }
        } else if !after_flag {
            skipped += 1;
        } else {
            // A value of a flag or the skipped word: both readings are tried.
            found.extend(words.get(at + 1..).filter(|rest| !rest.is_empty()));
        }
        after_flag = false;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::shell::commands;
    use super::*;

    #[test]
    fn the_table_parses_and_has_every_purpose() {
        let table: Table = serde_yaml::from_str(include_str!("../../../policies/data/commands.yml")).unwrap();
        assert_eq!(table.purposes.len(), 4);
    }

    #[test]
    fn commands_that_test_are_told_from_those_that_only_name_tests() {
        let cases = [
            ("cargo test --all", true),
            ("cargo +nightly test", true),
            ("cargo test --no-run", false),
            ("cargo install cargo-nextest", false),
            ("cargo nextest run", true),
            ("go test ./...", true),
            ("go build ./test", false),
            ("./gradlew :app:check --info", true),
            ("./gradlew build -x test", false),
            ("./mvnw -B verify", true),
            ("mvn package -DskipTests", false),
            ("pip install pytest", false),
            ("uv run --group dev pytest -x", true),
            ("uv pip install pytest", false),
            ("poetry run pytest", true),
            ("python3 -m pytest", true),
            ("python -m pip install pytest", false),
            ("coverage run -m pytest tests", true),
            ("docker compose run --rm -e A=b backend pytest", true),
            ("docker compose exec -T backend pytest", true),
            ("docker build -t test .", false),
            ("bundle exec rspec", true),
            ("bin/rails test", true),
            ("vendor/bin/phpunit", true),
            ("php artisan test --parallel", true),
            ("npx playwright install", false),
            ("npx playwright test", true),
            ("dotnet test src/x.csproj", true),
            ("dotnet vstest x", true),
            ("mix test --cover", true),
            ("swift test", true),
            ("sbt clean coverage test", true),
            ("bazel test //...", true),
            ("sudo -E xvfb-run npx cypress run", true),
            ("echo cargo test", false),
        ];
        for (line, expected) in cases {
            let command = commands(line, 1).remove(0);
            assert_eq!(serves(&command.words, Purpose::Tests), expected, "{line}");
        }
    }
}
