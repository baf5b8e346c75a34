//! Dockerfiles -> stages with what they are built from and how they start. Nothing is built and no base image is known here.

use super::variables::{Variables, assignments};
use parse_dockerfile::{Command, Flag, HealthcheckArguments, Instruction, Source, parse_iter};

/// A Dockerfile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dockerfile {
    /// In the order of the text; the last one is built when nothing else is asked for.
    pub stages: Vec<BuildStage>,
    /// Why nothing, or only the beginning, could be read.
    pub error: Option<(u32, String)>,
}

/// A stage: everything from one `FROM` to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildStage {
    /// Its `AS` name, in small letters.
    pub name: Option<String>,
    /// Line of its `FROM`.
    pub line: u32,
    /// What it is built on.
    pub base: Base,
    /// The last `USER`, with its variables put in where their value is known.
    pub user: Option<Placed<String>>,
    /// The last `ENTRYPOINT`.
    pub entrypoint: Option<Placed<Start>>,
    /// The last `CMD`.
    pub command: Option<Placed<Start>>,
    /// The last `HEALTHCHECK`; nothing in it for `NONE`.
    pub health: Option<Placed<Option<Start>>>,
    /// `COPY` and `ADD`.
    pub copies: Vec<Placed<Copied>>,
    /// Shell texts of `RUN`, here-documents included.
    pub runs: Vec<Placed<String>>,
    /// `ARG` and `ENV` with their values.
    pub variables: Vec<Placed<Variable>>,
    /// Ports that it exposes.
    pub exposes: bool,
}

/// Something and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// What.
    pub value: T,
    /// Where.
    pub line: u32,
}

/// What a stage is built on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Base {
    /// Nothing.
    #[default]
    Scratch,
    /// An earlier stage.
    Stage(usize),
    /// An image, as it is written with defaults of its variables put in.
    Image(String),
}

/// A command that starts the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Its words; of a text for the shell, split at blanks.
    pub words: Vec<String>,
    /// Whether a shell reads it.
    pub shell: bool,
}

/// Files that come from somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Of `--from=`: a stage or an image.
    pub from: Option<String>,
    /// What.
    pub sources: Vec<String>,
    /// Where to.
    pub target: String,
}

/// A build argument or a variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value; none for an `ARG` without a default.
    pub value: Option<String>,
    /// `ENV`, not `ARG`.
    pub env: bool,
}

/// Instructions that one file may hold.
const MAX_INSTRUCTIONS: usize = 5000;

impl Dockerfile {
    /// The stage with this name or number.
    pub fn stage(&self, name: &str) -> Option<usize> {
        let lower = name.to_ascii_lowercase();
        let named = self.stages.iter().rposition(|stage| stage.name.as_deref() == Some(lower.as_str()));
        named.or_else(|| name.parse().ok().filter(|at| *at < self.stages.len()))
    }

    /// The stage and those that it is built on, itself first.
    pub fn chain(&self, stage: usize) -> impl Iterator<Item = &BuildStage> {
        std::iter::successors(self.stages.get(stage), |stage| match stage.base {
            Base::Stage(below) => self.stages.get(below),
            Base::Scratch | Base::Image(_) => None,
        })
    }

    /// The image that the stage is built on in the end; none for `scratch`.
    pub fn image(&self, stage: usize) -> Option<&str> {
        match &self.chain(stage).last()?.base {
            Base::Image(image) => Some(image),
            Base::Scratch | Base::Stage(_) => None,
        }
    }
}

/// Reads a Dockerfile as far as it can be read.
pub fn read_dockerfile(text: &str) -> Dockerfile {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader {
        text,
        file: Dockerfile::default(),
        global: Variables::default(),
        local: Variables::default(),
    };
    let instructions = match parse_iter(text) {
        Ok(instructions) => instructions,
        Err(error) => {
            reader.file.error = Some((number(error.line()), error.to_string()));
            return reader.file;
        }
    };
    for instruction in instructions.take(MAX_INSTRUCTIONS) {
        match instruction {
            Ok(instruction) => reader.instruction(&instruction),
            Err(error) => reader.file.error = Some((number(error.line()), error.to_string())),
        }
    }
    reader.file
}

fn number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX).max(1)
}

struct Reader<'a> {
    text: &'a str,
    file: Dockerfile,
    /// `ARG` before the first stage.
    global: Variables,
    /// Those of the current stage.
    local: Variables,
}

impl Reader<'_> {
    fn placed<T>(&self, offset: usize, value: T) -> Placed<T> {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        #[allow(clippy::naive_bytecount, reason = "short texts; not worth a dependency")]
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Placed { value, line: number(line) }
    }

    fn instruction(&mut self, instruction: &Instruction<'_>) {
        match instruction {
            Instruction::From(from) => {
                let placed = self.placed(from.from.span.start, ());
                let name = from.as_.as_ref().map(|(_, name)| name.value.to_ascii_lowercase());
                let image = self.global.expand(&from.image.value);
                let base = match self.file.stage(&image) {
                    _ if image.eq_ignore_ascii_case("scratch") => Base::Scratch,
                    // A number names a stage for COPY alone.
                    Some(stage) if image.parse::<usize>().is_err() => Base::Stage(stage),
                    _ => Base::Image(image),
                };
                self.local = match base {
                    Base::Stage(_) => self.local_of(&base),
                    Base::Scratch | Base::Image(_) => Variables::default(),
                };
                self.file.stages.push(BuildStage { name, line: placed.line, base, ..BuildStage::default() });
            }
            Instruction::Arg(arg) => self.variables(&arg.arguments.value, arg.arg.span.start, false),
            Instruction::Env(env) => self.variables(&env.arguments.value, env.env.span.start, true),
            other => self.within(other),
        }
    }

    /// `ENV` of the stages below; `ARG` ends with its stage.
    fn local_of(&self, base: &Base) -> Variables {
        let Base::Stage(below) = base else { return Variables::default() };
        let mut variables = Variables::default();
        let chain: Vec<&BuildStage> = self.file.chain(*below).collect();
        for variable in chain.iter().rev().flat_map(|stage| &stage.variables) {
            if let (true, Some(value)) = (variable.value.env, &variable.value.value) {
                variables.set(&variable.value.name, value.clone());
            }
        }
        variables
    }

    fn variables(&mut self, text: &str, offset: usize, env: bool) {
        for (name, value) in assignments(text, env) {
            let value = value.map(|value| self.local.or(&self.global, !env).expand(&value));
            let known = value.clone().or_else(|| self.global.get(&name).map(str::to_owned));
            let place = self.placed(offset, Variable { name: name.clone(), value, env });
            let scope = if self.file.stages.is_empty() { &mut self.global } else { &mut self.local };
            // ENV wins over ARG of the same name.
            if let Some(known) = known {
                scope.set(&name, known);
            }
            if let Some(stage) = self.file.stages.last_mut() {
                stage.variables.push(place);
            }
        }
    }

    fn within(&mut self, instruction: &Instruction<'_>) {
        let Some(at) = self.file.stages.len().checked_sub(1) else { return };
        match instruction {
            Instruction::User(user) => {
                let value = self.local.expand(&user.arguments.value);
                self.file.stages[at].user = Some(self.placed(user.user.span.start, value));
            }
            Instruction::Entrypoint(entry) => {
                self.file.stages[at].entrypoint =
                    Some(self.placed(entry.entrypoint.span.start, start(&entry.arguments)));
            }
            Instruction::Cmd(cmd) => {
                self.file.stages[at].command = Some(self.placed(cmd.cmd.span.start, start(&cmd.arguments)));
            }
            Instruction::Healthcheck(health) => {
                let runs = match &health.arguments {
                    HealthcheckArguments::Cmd { arguments, .. } => Some(start(arguments)),
                    _ => None,
                };
                self.file.stages[at].health = Some(self.placed(health.healthcheck.span.start, runs));
            }
            Instruction::Run(run) => {
                let mut shell = match &run.arguments {
                    // With its line breaks, behind which other commands stand.
                    Command::Shell(text) => text.value.to_owned(),
                    exec => start(exec).words.join(" "),
                };
                for here in &run.here_docs {
                    shell.push('\n');
                    shell.push_str(&here.value);
                }
                let placed = self.placed(run.run.span.start, shell);
                self.file.stages[at].runs.push(placed);
            }
            Instruction::Copy(copy) => {
                self.copied(at, copy.copy.span.start, &copy.options, &copy.src, &copy.dest.value);
            }
            Instruction::Add(add) => {
                self.copied(at, add.add.span.start, &add.options, &add.src, &add.dest.value);
            }
            Instruction::Expose(_) => self.file.stages[at].exposes = true,
            _ => {}
        }
    }

    fn copied(
        &mut self,
        at: usize,
        offset: usize,
        options: &[Flag<'_>],
        sources: &[Source<'_>],
        target: &str,
    ) {
        let from = options.iter().find(|flag| flag.name.value == "from").and_then(|flag| flag.value.as_ref());
        let from = from.map(|from| self.local.or(&self.global, true).expand(&from.value));
        let paths = sources.iter().filter_map(|source| match source {
            Source::Path(path) => Some(self.local.expand(&path.value)),
            _ => None,
        });
        let copied = Copied { from, sources: paths.collect(), target: self.local.expand(target) };
        let placed = self.placed(offset, copied);
        self.file.stages[at].copies.push(placed);
    }
}

fn start(command: &Command<'_>) -> Start {
    match command {
        Command::Exec(words) => Start {
            words: words.value.iter().map(|word| word.value.clone().into_owned()).collect(),
            shell: false,
        },
        Command::Shell(text) => {
            Start { words: text.value.split_whitespace().map(str::to_owned).collect(), shell: true }
        }
        _ => Start { words: Vec::new(), shell: true },
    }
}
