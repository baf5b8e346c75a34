//! Recipes of make and just.

use super::{Runner, Task};
use crate::evidence::ci::commands;

/// Directives of make that stand at the margin inside a recipe.
const CONDITIONALS: [&str; 6] = ["ifdef", "ifndef", "ifeq", "ifneq", "else", "endif"];

/// Recipes of make and just: a head at the margin, indented commands below.
pub(super) fn recipes(source: &str, runner: Runner) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut open = 0..0;
    let mut continued = String::new();
    let variables = variables(source);
    for (number, line) in (1_u32..).zip(source.lines()) {
        if line.starts_with('\t')
            || line.starts_with("    ")
            || line.starts_with("  ") && runner == Runner::Just
        {
            let body = line.trim().trim_start_matches(['@', '-', '+']);
            if let Some(part) = body.strip_suffix('\\') {
                continued.push_str(part);
                continue;
            }
            let ignored = line.trim_start().starts_with(['-']) || line.trim_start().starts_with("@-");
            let script = std::mem::take(&mut continued) + &make_words(body, &variables);
            for task in &mut tasks[open.clone()] {
                task.commands.extend(commands(&script, number).into_iter().map(|mut command| {
                    command.swallowed = command.swallowed.or(ignored.then_some("a leading `-`"));
                    command
                }));
            }
        } else if let Some((names, needs)) = head(line, runner) {
            let first = tasks.len();
            tasks.extend(names.into_iter().map(|name| Task {
                runner,
                name,
                line: number,
                commands: vec![],
                needs: needs.clone(),
            }));
            open = first..tasks.len();
            continued.clear();
        } else if !line.trim().is_empty()
            && !line.starts_with('#')
            && !CONDITIONALS.iter().any(|word| line.starts_with(word))
        {
            open = 0..0;
        }
    }
    tasks
}

/// Variables that are remembered of one file.
const MAX_VARIABLES: usize = 200;
/// Longest line that variables are put into.
const MAX_LINE: usize = 4000;

/// `NAME = value` in all its forms; the first counts, as it does for `?=`.
fn variables(source: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in source.lines().filter(|line| !line.starts_with(['\t', ' ', '#'])) {
        let Some((name, value)) = line.split_once('=') else { continue };
        let name = name.trim_end_matches([':', '?', '+']).trim().trim_start_matches("export ").trim();
        let word =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        let value = value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']);
        if word && value.len() < 300 && found.len() < MAX_VARIABLES {
            found.push((name.to_owned(), looked_up(value).unwrap_or(value).to_owned()));
        }
    }
    found
}

/// The program that a variable looks up on the path: `go` of `$(shell command -v go 2> /dev/null)`.
fn looked_up(value: &str) -> Option<&str> {
    let question = value.strip_prefix("$(shell ")?.strip_suffix(')')?.trim();
    let rest = ["command -v ", "which ", "type -P ", "type -p "]
        .iter()
        .find_map(|lookup| question.strip_prefix(lookup))?;
    let (program, then) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    let silent = then.is_empty() || then.contains("/dev/null");
    let plain = program.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
    (silent && plain && !program.is_empty()).then_some(program)
}

/// `$(NAME)` of make and `{{ name }}` of just with the values that the file gives, and programs by their usual names.
fn make_words(line: &str, variables: &[(String, String)]) -> String {
    let mut line = line.to_owned();
    let programs = [
        "MAKE",
        "GO",
        "CARGO",
        "PYTHON",
        "PYTEST",
        "NPM",
        "YARN",
        "GRADLE",
        "MVN",
        "DOCKER",
        "DOCKER_COMPOSE",
        "POETRY",
        "UV",
        "BASH",
    ];
    let usual = programs.iter().map(|name| ((*name).to_owned(), name.to_ascii_lowercase().replace('_', "-")));
    let all: Vec<(String, String)> = variables.iter().cloned().chain(usual).collect();
    // Twice: a value can name another variable.
    for _ in 0..2 {
        for (name, value) in &all {
            if !line.contains(['$', '{']) || line.len() > MAX_LINE {
                break;
            }
            let forms = [
                format!("$({name})"),
                format!("${{{name}}}"),
                format!("{{{{{name}}}}}"),
                format!("{{{{ {name} }}}}"),
            ];
            for form in forms {
                line = line.replace(&form, value);
            }
            line = line.replace(&format!("${name} "), &format!("{value} "));
        }
    }
    line
}

fn head(line: &str, runner: Runner) -> Option<(Vec<String>, Vec<String>)> {
    if runner == Runner::Just { recipe(line) } else { rule(line) }
}

/// The targets of a rule of make, and what they need.
fn rule(line: &str) -> Option<(Vec<String>, Vec<String>)> {
    let line = line.split('#').next()?.trim_end();
    let (names, rest) = line.split_once(':')?;
    let first = names.chars().next()?;
    // `name := value` and `name ::= value` are variables, not recipes.
    if first.is_whitespace()
        || rest.starts_with('=')
        || rest.starts_with(":=")
        || names.contains(['=', '"', '('])
    {
        return None;
    }
    let names: Vec<String> =
        names.split_whitespace().map(|name| name.trim_start_matches('@').to_owned()).collect();
    if names.iter().any(|name| name == ".PHONY") {
        return None;
    }
    let needs =
        rest.trim_start_matches(':').split(';').next()?.split_whitespace().map(str::to_owned).collect();
    Some((names, needs))
}

/// The name of a recipe of just, behind which stand parameters with defaults of any sort, and what runs before and after it.
fn recipe(line: &str) -> Option<(Vec<String>, Vec<String>)> {
    let line = line.strip_prefix('@').unwrap_or(line);
    if !line.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        return None;
    }
    if let Some((name, target)) = line.strip_prefix("alias ").and_then(|alias| alias.split_once(":=")) {
        return Some((vec![name.trim().to_owned()], vec![last_part(target.trim())]));
    }
    let (names, rest) = line.split_at(bare_colon(line)?);
    let name = names.split_whitespace().next().filter(|name| !name.contains('='))?;
    let rest = rest[1..].split('#').next().filter(|rest| !rest.starts_with('='))?;
    let needs = rest.split_whitespace().map(|need| last_part(need.trim_matches(['(', ')'])));
    Some((vec![name.to_owned()], needs.collect()))
}

/// `testing::unit` as `unit`.
fn last_part(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

/// The first colon outside of quotes and brackets.
fn bare_colon(line: &str) -> Option<usize> {
    let (mut quote, mut depth) = (None, 0_usize);
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            (Some(open), _) => quote = quote.filter(|_| letter != open),
            (None, '"' | '\'' | '`') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ':') if depth == 0 => return Some(at),
            (None, _) => {}
        }
    }
    None
}
