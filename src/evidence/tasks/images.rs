//! What the build of an image and the services of a compose file run.

use super::{Runner, Task};
use crate::document::Node;
use crate::evidence::ci::{Command, commands};
use crate::evidence::infra::{Base, read_dockerfile};
use crate::evidence::nodes::{entries, get, is_map, plain, text, texts};

/// Services of a compose file: their commands, and the builds of their images.
pub(super) fn compose(node: &Node) -> Vec<Task> {
    let service = |(name, body): (&Node, &Node)| {
        let mut task = Task::new(Runner::Compose, text(name)?, name.pos.line);
        for key in ["entrypoint", "command"] {
            let Some(value) = get(body, key) else { continue };
            match text(value) {
                Some(script) => task.commands.extend(commands(script, value.pos.line)),
                None => task.commands.push(Command::plain(
                    texts(value).into_iter().map(|(word, _)| word).collect(),
                    value.pos.line,
                )),
            }
        }
        if let Some(build) = get(body, "build") {
            let part = |key| if is_map(build) { get(build, key).and_then(plain) } else { None };
            let context = part("context").or_else(|| plain(build)).unwrap_or_else(|| ".".into());
            let mut words: Vec<String> = ["docker", "build"].map(str::to_owned).to_vec();
            for (flag, value) in [
                ("-f", part("dockerfile").map(|file| format!("{context}/{file}"))),
                ("--target", part("target")),
            ] {
                words.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
            }
            words.push(context);
            task.commands.push(Command::plain(words, build.pos.line));
        }
        Some(task)
    };
    get(node, "services").into_iter().flat_map(entries).filter_map(service).collect()
}

/// Stages of a Dockerfile with what their builds run; the last one also without its name, as it is built when none is asked
/// for. A stage that no other needs is not built.
pub(super) fn image(source: &str) -> Vec<Task> {
    let file = read_dockerfile(source);
    let name = |at: usize| file.stages[at].name.clone().unwrap_or_else(|| at.to_string());
    let mut tasks: Vec<Task> = Vec::new();
    for (at, stage) in file.stages.iter().enumerate() {
        let mut task = Task::new(Runner::Image, name(at), stage.line);
        if let Base::Stage(below) = stage.base {
            task.needs.push(name(below));
        }
        let copied = stage.copies.iter().filter_map(|copy| file.stage(copy.value.from.as_deref()?));
        task.needs.extend(copied.filter(|below| *below < at).map(name));
        task.commands = stage.runs.iter().flat_map(|run| commands(&run.value, run.line)).collect();
        tasks.push(task);
    }
    if let Some(last) = tasks.last().cloned() {
        tasks.push(Task { name: String::new(), ..last });
    }
    tasks
}
