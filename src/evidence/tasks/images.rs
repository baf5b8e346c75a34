//! What the build of an image and the services of a compose file run.

use super::{Runner, Task};
use crate::document::Node;
use crate::evidence::ci::{Command, commands};
use crate::evidence::nodes::{entries, get, is_map, plain, text, texts};
use parse_dockerfile::{Command as Arguments, Instruction, parse_iter};

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

/// Instructions of a Dockerfile that are looked at.
const MAX_INSTRUCTIONS: usize = 2000;

/// Stages of a Dockerfile with what their builds run; the last one also without its name, as it is built when none is asked
/// for. A stage that no other needs is not built.
pub(super) fn image(source: &str) -> Vec<Task> {
    let mut stages: Vec<Task> = Vec::new();
    let Ok(instructions) = parse_iter(source) else { return stages };
    for instruction in instructions.flatten().take(MAX_INSTRUCTIONS) {
        match &instruction {
            Instruction::From(from) => {
                let line = line_of(source, from.from.span.start);
                let name = from.as_.as_ref().map(|(_, name)| name.value.to_string());
                let mut stage =
                    Task::new(Runner::Image, name.unwrap_or_else(|| stages.len().to_string()), line);
                stage.needs.push(from.image.value.to_string());
                stages.push(stage);
            }
            Instruction::Copy(copy) => {
                let from = copy
                    .options
                    .iter()
                    .find(|flag| flag.name.value == "from")
                    .and_then(|flag| flag.value.as_ref());
                if let (Some(stage), Some(from)) = (stages.last_mut(), from) {
                    stage.needs.push(from.value.to_string());
                }
            }
            Instruction::Run(run) => {
                let line = line_of(source, run.run.span.start);
                let text = match &run.arguments {
                    Arguments::Shell(text) => text.value.to_string(),
                    Arguments::Exec(words) => {
                        words.value.iter().map(|word| &*word.value).collect::<Vec<_>>().join(" ")
                    }
                    _ => String::new(),
                };
                let inner = run.here_docs.iter().map(|here| &*here.value);
                let script = std::iter::once(&*text).chain(inner).collect::<Vec<_>>().join("\n");
                if let Some(stage) = stages.last_mut() {
                    stage.commands.extend(commands(&script, line));
                }
            }
            _ => {}
        }
    }
    let names: Vec<String> = stages.iter().map(|stage| stage.name.clone()).collect();
    for stage in &mut stages {
        stage.needs.retain(|need| names.contains(need));
    }
    if let Some(last) = stages.last().cloned() {
        stages.push(Task { name: String::new(), ..last });
    }
    stages
}

fn line_of(source: &str, offset: usize) -> u32 {
    let before = source.as_bytes().get(..offset).unwrap_or_default();
    #[allow(clippy::naive_bytecount, reason = "short texts; not worth a dependency")]
    let lines = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    u32::try_from(lines).unwrap_or(u32::MAX)
}
