//! Task files that are programs: mix, rake and gradle. Read by their lines; what they compute is not known.

use super::{Runner, Task, quoted};
use crate::evidence::ci::{Command, commands};

/// Aliases of a `mix.exs`: `name: ["task a", "task b"]` or `"name": [...]`.
pub(super) fn mix(source: &str) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut inside = false;
    for (number, line) in (1_u32..).zip(source.lines()) {
        let code = line.split(" #").next().unwrap_or(line).trim();
        if code.starts_with("def") {
            inside = code.contains("aliases");
        } else if inside
            && let Some((name, rest)) = code.split_once(": ").filter(|(name, _)| !name.contains(' '))
        {
            let commands = mix_commands(rest, number);
            let name = name.trim_matches('"').to_owned();
            tasks.push(Task { commands, ..Task::new(Runner::Mix, name, number) });
        } else if inside && let Some(task) = tasks.last_mut() {
            task.commands.extend(mix_commands(code, number));
        }
    }
    tasks
}

fn mix_commands(code: &str, line: u32) -> Vec<Command> {
    quoted(code).iter().flat_map(|task| commands(&format!("mix {task}"), line)).collect()
}

/// Classes of rake tasks, with the name they take by themselves and what they run.
const RAKE_CLASSES: [(&str, &str, &str); 7] = [
    ("RSpec::Core::RakeTask", "spec", "rspec"),
    ("Rake::TestTask", "test", "ruby -Itest"),
    ("Minitest::TestTask", "test", "minitest"),
    ("Cucumber::Rake::Task", "cucumber", "cucumber"),
    ("RuboCop::RakeTask", "rubocop", "rubocop"),
    ("Bundler::Audit::Task", "bundle:audit", "bundle-audit check"),
    ("Brakeman::RakeTask", "brakeman", "brakeman"),
];

/// `task :name => [...] do` with `sh "..."`, and tasks made by classes; Rails tests by default.
pub(super) fn rake(source: &str) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut spaces: Vec<(usize, String)> = Vec::new();
    if source.contains(".load_tasks") {
        tasks.push(Task { commands: commands("rails test", 1), ..Task::new(Runner::Rake, "default", 1) });
    }
    for (number, line) in (1_u32..).zip(source.lines()) {
        let code = line.split(" # ").next().unwrap_or(line);
        let bare = code.trim();
        let depth = code.len() - code.trim_start().len();
        if bare.starts_with('#') {
            continue;
        }
        if !bare.is_empty() {
            spaces.retain(|(outer, _)| *outer < depth);
        }
        let path = |name: &str| {
            spaces.iter().map(|(_, space)| format!("{space}:")).chain([name.to_owned()]).collect::<String>()
        };
        if let Some(name) = bare.strip_prefix("namespace ") {
            spaces.extend(words(name).first().map(|name| (depth, name.clone())));
        } else if let Some(rest) = bare.strip_prefix("task ").or_else(|| bare.strip_prefix("task(")) {
            let mut names = words(rest.split(" do").next().unwrap_or(rest)).into_iter();
            if let Some(name) = names.next() {
                let mut task = Task::new(Runner::Rake, path(&name), number);
                task.needs = names.flat_map(|need| [path(&need), need]).collect();
                task.needs.dedup();
                tasks.push(task);
            }
        } else if let Some((class, own, run)) =
            RAKE_CLASSES.iter().find(|(class, ..)| bare.starts_with(&format!("{class}.new")))
        {
            let given = words(
                bare.trim_start_matches(class)
                    .trim_start_matches(".new")
                    .split([' ', '{'])
                    .next()
                    .unwrap_or_default(),
            );
            let name = given.first().map_or(*own, String::as_str);
            tasks.push(Task {
                commands: commands(run, number),
                ..Task::new(Runner::Rake, path(name), number)
            });
        } else if let Some(task) = tasks.last_mut() {
            task.commands.extend(ruby_commands(bare, number));
        }
    }
    tasks
}

/// The commands of a line of Ruby: `sh "..."`, `system(...)`, `Rake::Task["x"].invoke`.
fn ruby_commands(line: &str, number: u32) -> Vec<Command> {
    let called = |name: &str| {
        line.split_once(name).filter(|(before, _)| !before.ends_with(|last: char| last.is_alphanumeric()))
    };
    if let Some((_, rest)) = called("Rake::Task[") {
        return quoted(rest)
            .first()
            .map(|name| commands(&format!("rake {name}"), number))
            .unwrap_or_default();
    }
    let Some((_, rest)) = ["sh ", "sh(", "system ", "system(", "ruby "].iter().find_map(|name| called(name))
    else {
        return Vec::new();
    };
    match &quoted(rest)[..] {
        [one] => commands(one, number),
        several => vec![Command::plain(several.to_vec(), number)],
    }
}

/// Symbols and strings of a line of Ruby, in order: `spec: [:a, "b"]`, `%w[a b]`.
fn words(code: &str) -> Vec<String> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-');
    let all = code.split(|c: char| !part(c)).map(|word| word.trim_matches(':'));
    let known =
        |word: &&str| !word.is_empty() && !matches!(*word, "w" | "i" | "W" | "I" | "do" | "args" | "t");
    all.filter(known).map(str::to_owned).collect()
}

/// Tasks that a build of gradle defines or teaches to need others.
pub(super) fn gradle(source: &str) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut open: Option<Task> = None;
    for (number, line) in (1_u32..).zip(source.lines()) {
        let bare = line.trim();
        let defined = ["tasks.register", "task ", "tasks.create", "tasks.named"]
            .iter()
            .find_map(|start| bare.strip_prefix(start));
        if let Some(rest) = defined {
            tasks.extend(open.take());
            let name = quoted(rest)
                .first()
                .cloned()
                .unwrap_or_else(|| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            open = Some(Task::new(Runner::Gradle, name, number));
        }
        if let (Some(task), Some((_, needs))) = (open.as_mut(), bare.split_once("dependsOn")) {
            let names = quoted(needs);
            let bare = needs
                .split([',', '(', ')', '[', ']', ' '])
                .filter(|word| !word.is_empty() && !word.contains(['"', '\'', '{', '}', ':']));
            let needed = if names.is_empty() { bare.map(str::to_owned).collect() } else { names };
            task.commands.extend(
                needed.iter().map(|name| Command::plain(vec!["gradle".into(), name.clone()], number)),
            );
        }
        if line == "}" {
            tasks.extend(open.take());
        }
    }
    tasks.extend(open);
    tasks.retain(|task| !task.name.is_empty() && !task.commands.is_empty());
    tasks
}
