//! Jenkinsfiles: programs, of which the literal shell commands are understood, with the stage conditions around them.

use super::model::{Forgiving, Job, Only, Pipeline, Step, System, Text, Trigger};

/// Steps that run a command given as their first string.
const STEPS: [&str; 4] = ["sh", "bat", "powershell", "pwsh"];
/// Nested blocks.
const MAX_DEPTH: usize = 60;

pub(super) fn read(text: &str) -> Pipeline {
    let mut reader = Reader { frames: vec![Frame::default()], ..Reader::default() };
    for (line, piece) in pieces(text) {
        reader.piece(line, piece);
    }
    let mut pipeline = Pipeline {
        triggers: ["push", "pull_request", "tag"].map(|event| Trigger::plain(event, 1)).to_vec(),
        ..Pipeline::of(System::Jenkins)
    };
    if reader.jobs.is_empty() || reader.library {
        pipeline
            .outside
            .push("a Jenkinsfile is a program, and what it leaves to a library cannot be seen".into());
    }
    pipeline.jobs = reader.jobs;
    pipeline
}

/// A block in braces.
#[derive(Debug, Clone, Default)]
struct Frame {
    name: String,
    only: Option<Only>,
    forgiving: bool,
    /// Whether its conditions are turned round or of which any will do.
    open: bool,
}

#[derive(Default)]
struct Reader {
    frames: Vec<Frame>,
    /// Blocks beyond the depth that is followed.
    deeper: usize,
    /// What was called last.
    call: String,
    /// Calls whose arguments are being read.
    calls: Vec<String>,
    jobs: Vec<Job>,
    library: bool,
}

impl Reader {
    fn piece(&mut self, line: u32, piece: Piece) {
        match piece {
            Piece::Word(word) => {
                self.library |= matches!(word.as_str(), "Library" | "library" | "load");
                if word == "changeRequest" {
                    self.condition(vec!["pull_request"], "when: changeRequest");
                } else if word == "buildingTag" {
                    self.condition(vec!["tag"], "when: buildingTag");
                } else if word == "returnStatus"
                    && let Some(job) = self.jobs.last_mut().filter(|job| job.line == line)
                {
                    job.forgiving = Some(Forgiving { told: "returnStatus: true".into(), when: None });
                }
                // Names of parameters stand between a step and its string.
                if !matches!(
                    word.as_str(),
                    "script" | "label" | "returnStatus" | "returnStdout" | "true" | "false"
                ) {
                    self.call.clone_from(&word);
                }
            }
            Piece::Text(text) => self.text(line, &text),
            Piece::Arguments if self.calls.len() < MAX_DEPTH => self.calls.push(self.call.clone()),
            Piece::End => self.call = self.calls.pop().unwrap_or_default(),
            Piece::Open if self.frames.len() >= MAX_DEPTH => self.deeper += 1,
            Piece::Open => {
                let name = std::mem::take(&mut self.call);
                let outer = self.frames.last().cloned().unwrap_or_default();
                self.frames.push(Frame {
                    forgiving: outer.forgiving || matches!(name.as_str(), "catchError" | "warnError"),
                    open: outer.open && outer.name != "stage" || matches!(name.as_str(), "not" | "anyOf"),
                    only: outer.only,
                    name,
                });
            }
            Piece::Close if self.deeper > 0 => self.deeper -= 1,
            Piece::Close if self.frames.len() > 1 => {
                let done = self.frames.pop();
                // What `when` says is for the stage around it.
                let conditions = ["when", "allOf", "beforeAgent"];
                if let (Some(done), Some(outer)) = (done, self.frames.last_mut())
                    && conditions.contains(&done.name.as_str())
                {
                    outer.only = done.only;
                }
            }
            Piece::Close | Piece::Arguments => {}
        }
    }

    fn text(&mut self, line: u32, text: &str) {
        if STEPS.contains(&self.call.as_str()) {
            let frame = self.frames.last().cloned().unwrap_or_default();
            let script = Text { text: text.to_owned(), line };
            self.jobs.push(Job {
                id: "pipeline".into(),
                line,
                only: frame.only,
                forgiving: frame.forgiving.then(|| Forgiving { told: "catchError".into(), when: None }),
                steps: vec![Step { line, scripts: vec![script], ..Step::default() }],
                ..Job::default()
            });
            self.call.clear();
        } else if self.call == "branch" {
            self.condition(vec!["push"], &format!("when: branch {text}"));
        } else if self.call == "tag" {
            self.condition(vec!["tag"], &format!("when: tag {text}"));
        }
    }

    /// Keeps a condition of the block `when` that stands inside.
    fn condition(&mut self, events: Vec<&'static str>, told: &str) {
        let inside = self.frames.iter().any(|frame| frame.name == "when");
        if let Some(frame) = self.frames.last_mut().filter(|frame| inside && !frame.open) {
            frame.only = Some((events, told.to_owned()));
        }
    }
}

/// A piece of a program in Groovy.
enum Piece {
    Word(String),
    Text(String),
    Open,
    Close,
    Arguments,
    End,
}

/// Words, strings and braces, with their lines; comments are left out.
fn pieces(text: &str) -> Vec<(u32, Piece)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut line, mut at) = (Vec::new(), 1_u32, 0);
    while let Some(&letter) = chars.get(at) {
        let rest = &chars[at..];
        let length = match letter {
            '/' if rest.starts_with(&['/', '/']) => {
                rest.iter().position(|letter| *letter == '\n').unwrap_or(rest.len())
            }
            '/' if rest.starts_with(&['/', '*']) => {
                rest.windows(2).position(|pair| pair == ['*', '/']).map_or(rest.len(), |end| end + 2)
            }
            '\'' | '"' => {
                let triple = rest.starts_with(&[letter; 3]);
                let width = if triple { 3 } else { 1 };
                let inside = &rest[width.min(rest.len())..];
                let end = end_of(inside, letter, triple);
                found.push((line, Piece::Text(inside[..end].iter().collect())));
                (end + 2 * width).min(rest.len())
            }
            '{' | '}' | '(' | ')' => {
                let piece = match letter {
                    '{' => Piece::Open,
                    '}' => Piece::Close,
                    '(' => Piece::Arguments,
                    _ => Piece::End,
                };
                found.push((line, piece));
                1
            }
            _ if letter.is_alphanumeric() || letter == '_' => {
                let end = rest.iter().position(|c| !c.is_alphanumeric() && *c != '_').unwrap_or(rest.len());
                found.push((line, Piece::Word(rest[..end].iter().collect())));
                end
            }
            _ => 1,
        };
        let lines = rest[..length].iter().filter(|letter| **letter == '\n').count();
        line = line.saturating_add(u32::try_from(lines).unwrap_or(0));
        at += length;
    }
    found
}

fn end_of(chars: &[char], quote: char, triple: bool) -> usize {
    let mut at = 0;
    while let Some(&letter) = chars.get(at) {
        match letter {
            '\\' => at += 2,
            _ if letter == quote && (!triple || chars[at..].starts_with(&[quote; 3])) => return at,
            '\n' if !triple => return at,
            _ => at += 1,
        }
    }
    chars.len()
}
