//! Recipes of make and just.

use super::ci::commands;
use super::tasks::{Runner, Task};

/// Directives of make that stand at the margin inside a recipe.
const CONDITIONALS: [&str; 6] = ["ifdef", "ifndef", "ifeq", "ifneq", "else", "endif"];

/// Recipes of make and just: a head at the margin, indented commands below.
pub(super) fn recipes(source: &str, runner: Runner) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut open = 0..0;
    let mut continued = String::new();
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
            let script = std::mem::take(&mut continued) + &make_words(body);
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

/// `$(MAKE)` and `$(GO)` stand for the program of that name.
fn make_words(line: &str) -> String {
    let mut line = line.to_owned();
    for name in [
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
    ] {
        let program = name.to_ascii_lowercase().replace('_', "-");
        for form in [format!("$({name})"), format!("${{{name}}}"), format!("${name} ")] {
            if line.contains(&form) {
                let tail = if form.ends_with(' ') { " " } else { "" };
                line = line.replace(&form, &format!("{program}{tail}"));
            }
        }
    }
    line
}

fn head(line: &str, runner: Runner) -> Option<(Vec<String>, Vec<String>)> {
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
    let mut names: Vec<String> =
        names.split_whitespace().map(|name| name.trim_start_matches('@').to_owned()).collect();
    if runner == Runner::Just {
        names.truncate(1);
    }
    if names.iter().any(|name| name == ".PHONY") {
        return None;
    }
    let needs =
        rest.trim_start_matches(':').split(';').next()?.split_whitespace().map(str::to_owned).collect();
    Some((names, needs))
}
