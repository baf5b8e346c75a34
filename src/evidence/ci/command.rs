//! Whether a single command or action serves a purpose, by the words it is made of.

use super::purpose::{ActionEntry, Entry, Purpose, table};

/// Whether the command itself, wrappers aside, serves the purpose.
#[cfg(test)]
pub(super) fn serves(words: &[String], purpose: Purpose) -> bool {
    serving(words, purpose).is_some()
}

/// The entry of the table that says that the command serves the purpose.
pub(super) fn serving(words: &[String], purpose: Purpose) -> Option<&'static Entry> {
    let uses = table().purposes.get(purpose.name())?;
    unwrapped(words).iter().find_map(|words| {
        let own = uses.commands.get(&program(words.first()?)).into_iter().flatten();
        let of_any = uses.commands.get("*").into_iter().flatten();
        own.chain(of_any).find(|entry| entry.matches(words))
    })
}

/// Whether the job runs this command to start a cluster that it throws away again.
pub(super) fn starts_throwaway(words: &[String]) -> bool {
    let throwaway = &table().throwaway.commands;
    unwrapped(words).iter().any(|words| throwaway.iter().any(|entry| entry.matches(words)))
}

/// The entry that says that an action with these parameters does by itself what the purpose asks.
pub(super) fn action_serves(action: &str, with: &[(String, String)], purpose: Purpose) -> bool {
    let entries = table().purposes.get(purpose.name()).map_or(&[][..], |uses| &uses.actions);
    entries.iter().any(|entry| entry.matches(action, with))
}

/// Whether the table knows the action for the purpose, whatever its parameters say.
pub(super) fn action_known(action: &str, purpose: Purpose) -> bool {
    let entries = table().purposes.get(purpose.name()).map_or(&[][..], |uses| &uses.actions);
    let name = action_name(action);
    entries.iter().any(|entry| crate::evidence::signals::name_matches(&entry.uses, &name))
}

/// The name of an action without its version, in small letters.
pub(super) fn action_name(uses: &str) -> String {
    uses.split('@').next().unwrap_or(uses).to_ascii_lowercase()
}

/// Whether a permission that a workflow of another repository is given says that it serves the purpose.
pub(super) fn permission_says(scope: &str, purpose: Purpose) -> bool {
    let known = table().purposes.get(purpose.name()).map_or(&[][..], |uses| &uses.permissions);
    known.iter().any(|known| known == scope)
}

/// Whether the name of a task says that it serves the purpose: `test`, `test:unit`, `run-tests`.
pub(super) fn task_says(name: &str, purpose: Purpose) -> bool {
    let known = table().purposes.get(purpose.name()).map_or(&[][..], |uses| &uses.tasks);
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let first_two: Vec<&str> = words.by_ref().take(2).collect();
    first_two.iter().any(|word| known.iter().any(|known| known == word))
        && !["lint", "build", "compile", "clean", "types", "typecheck"].iter().any(|word| name.contains(word))
}

impl ActionEntry {
    pub(super) fn matches(&self, action: &str, with: &[(String, String)]) -> bool {
        let value = |key: &str| {
            with.iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key))
                .map_or("", |(_, value)| value.as_str())
        };
        crate::evidence::signals::name_matches(&self.uses, &action_name(action))
            && (self.with.is_empty() || self.with.iter().any(|(key, pattern)| pattern.is_match(value(key))))
            && !self.unless.iter().any(|(key, pattern)| pattern.is_match(value(key)))
    }
}

impl Entry {
    pub(super) fn matches(&self, words: &[String]) -> bool {
        let mut wanted = self.run.split(' ');
        let Some(program) = words.first().map(|word| program(word)) else { return false };
        if wanted.next().is_none_or(|wanted| wanted != program && wanted != "*") {
            return false;
        }
        let line = format!(" {} ", words.join(" "));
        let has = |word: &String| line.contains(&format!(" {word} "));
        if self.unless.iter().any(has)
            || !self.with.is_empty() && !self.with.iter().any(has)
            || self.matching.as_ref().is_some_and(|pattern| !pattern.is_match(line.trim()))
            || self.not.as_ref().is_some_and(|pattern| pattern.is_match(line.trim()))
        {
            return false;
        }
        let mut rest = &words[1..];
        if self.bare && rest.iter().any(|word| !word.starts_with('-')) {
            return false;
        }
        if self.anywhere {
            return wanted.all(|goal| rest.iter().any(|word| is_goal(&program, word, goal)));
        }
        for word in wanted {
            match argument(rest, word) {
                Some(at) => rest = &rest[at + 1..],
                None => return false,
            }
        }
        true
    }
}

/// Whether the word means this goal of a build tool: `:app:test` is the `test` of a part, `jib:build` the `build` of a plugin.
fn is_goal(program: &str, word: &str, goal: &str) -> bool {
    let of_part = word.strip_suffix(goal).is_some_and(|before| before.ends_with([':', '.', '/']));
    word == goal || of_part && (program != "mvn" || goal.contains(':'))
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
    // `jest@29` is jest.
    let name = name.split_once('@').map_or(name, |(name, _)| if name.is_empty() { word } else { name });
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
        for wrapper in table().wrappers.get(&first).into_iter().flatten() {
            let mut rest = &words[1..];
            let follows = wrapper.run.split(' ').skip(1).all(|part| {
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
            // `env $(cat .env | xargs) pytest`: what the shell puts in may be assignments.
            let substituted = word.starts_with("$(") || word.starts_with('`');
            if !after_flag && !substituted {
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
    fn commands_are_told_by_what_they_come_to() {
        let cases = [
            ("deploy", "kubectl -n prod apply -f k8s/", true),
            ("deploy", "kubectl apply -f k8s --dry-run=client", false),
            ("deploy", "docker push localhost:5000/app", false),
            ("deploy", "docker push ghcr.io/acme/app:1", true),
            ("deploy", "docker buildx build --push -t a .", true),
            ("deploy", "docker build -t a .", false),
            ("deploy", "/kaniko/executor --context . --destination r/a", true),
            ("deploy", "goreleaser release --snapshot --clean", false),
            ("deploy", "goreleaser release --clean", true),
            ("deploy", "npm publish --dry-run", false),
            ("deploy", "terraform -chdir=infra apply -auto-approve", true),
            ("deploy", "terraform plan", false),
            ("deploy", "flyctl deploy --remote-only", true),
            ("deploy", "./mvnw -B compile jib:build", true),
            ("deploy", "mvn spring-boot:build-image", false),
            ("deploy", "./gradlew :app:jib", true),
            ("deploy", "bundle exec cap production deploy", true),
            ("deploy", "echo docker push", false),
            ("deploy", "uv run fastapi deploy", true),
            ("deploy", "mike deploy 1.0", false),
            ("deploy", "cat deploy", false),
            ("security_scan", "cargo deny check bans licenses", false),
            ("security_scan", "cargo deny check advisories", true),
            ("security_scan", "cargo deny --all-features check", true),
            ("security_scan", "bundle exec brakeman -q", true),
            ("security_scan", "pip install bandit", false),
            ("security_scan", "uvx bandit -r src", true),
            ("security_scan", "semgrep --test rules/", false),
            ("security_scan", "semgrep ci", true),
            ("security_scan", "trivy image --download-db-only", false),
            ("security_scan", "npm audit --omit=dev", true),
            ("security_scan", "npm audit signatures", false),
            ("security_scan", "ruff check --select E,S .", true),
            ("security_scan", "ruff check .", false),
            ("security_scan", "dotnet list package --vulnerable", true),
            ("security_scan", "mix deps.audit", true),
            ("security_scan", "go run golang.org/x/vuln/cmd/govulncheck@latest ./...", true),
            ("security_scan", "zizmor .github", false),
            ("rollback", "helm upgrade --install --atomic a ./a", true),
            ("rollback", "helm upgrade a ./a", false),
            ("dependency_update", "npx npm-check-updates -u", true),
        ];
        for (purpose, line, expected) in cases {
            let command = commands(line, 1).remove(0);
            assert_eq!(serves(&command.words, Purpose::of(purpose).unwrap()), expected, "{purpose}: {line}");
        }
    }

    #[test]
    fn actions_are_told_by_their_parameters() {
        type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], bool);
        let cases: [Case<'_>; 8] = [
            ("deploy", "docker/build-push-action@v6", &[("push", "true")], true),
            ("deploy", "docker/build-push-action@v6", &[("push", "false")], false),
            ("deploy", "docker/build-push-action@v6", &[("tags", "a")], false),
            ("deploy", "goreleaser/goreleaser-action@v6", &[("args", "release --snapshot")], false),
            ("deploy", "Cloudflare/wrangler-action@v3", &[], true),
            ("security_scan", "github/codeql-action/analyze@v3", &[], true),
            ("security_scan", "github/codeql-action/upload-sarif@v3", &[], false),
            ("security_scan", "Jobs/SAST.gitlab-ci.yml", &[], true),
        ];
        for (purpose, action, with, expected) in cases {
            let with: Vec<_> =
                with.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
            assert_eq!(
                action_serves(action, &with, Purpose::of(purpose).unwrap()),
                expected,
                "{purpose}: {action}"
            );
        }
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
            assert_eq!(serves(&command.words, Purpose::TESTS), expected, "{line}");
        }
    }
}
