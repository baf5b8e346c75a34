//! The simple commands of shell text: words, where they run, and what takes away their exit code.
//!
//! Not a shell: nothing is run, and only variables that the text itself sets are replaced.

use super::folder::Folder;
use super::lex::{Token, tokens};

/// A simple command of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its words, quotes removed, without leading assignments and keywords.
    pub words: Vec<String>,
    /// Line of its first word, counted from the line the text started at.
    pub line: u32,
    /// What takes away its exit code, e.g. `|| true`.
    pub swallowed: Option<&'static str>,
    /// Where it runs, by the `cd` before it; see [`super::folder`].
    pub folder: Folder,
}

impl Command {
    /// These words on this line, with nothing around them.
    pub(in crate::evidence) fn plain(words: Vec<String>, line: u32) -> Self {
        Self { words, line, swallowed: None, folder: Folder::default() }
    }

    /// The command as one line, for people.
    pub fn text(&self) -> String {
        self.words.join(" ")
    }
}

/// Commands that are kept of one text.
const MAX_COMMANDS: usize = 2000;
/// Words that are kept of one command.
const MAX_WORDS: usize = 200;
/// Variables that are remembered of one text.
const MAX_VARIABLES: usize = 100;
/// Programs that run what they read.
const SHELLS: [&str; 4] = ["bash", "sh", "zsh", "dash"];
/// Programs that start a shell with their last words.
const CARRIERS: [&str; 6] = ["sudo", "env", "timeout", "sshpass", "docker", "su"];
/// Words of the grammar that stand before a command.
const KEYWORDS: [&str; 14] =
    ["if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}", "time", "exec"];

/// The simple commands of a text whose first line has the number `first_line`.
pub(in crate::evidence) fn commands(text: &str, first_line: u32) -> Vec<Command> {
    let mut reader = Reader::default();
    for token in tokens(text, first_line) {
        match token {
            Token::Word(word, line) => reader.word(word, line),
            Token::Operator(operator) => reader.operator(operator),
            Token::Document(body) => reader.document(body),
        }
    }
    reader.found
}

#[derive(Default)]
struct Reader {
    found: Vec<Command>,
    words: Vec<String>,
    line: u32,
    after_or: bool,
    no_exit: bool,
    folder: Folder,
    /// Folders to go back to at the end of a subshell.
    outer: Vec<Folder>,
    variables: Vec<(String, String)>,
}

impl Reader {
    fn word(&mut self, word: String, line: u32) {
        if self.words.is_empty() {
            self.line = line;
        }
        if self.words.len() < MAX_WORDS {
            self.words.push(word);
        }
    }

    /// What a shell, here or on another machine, reads from a here-document, it runs; steps of a pipeline that a script prints
    /// are run by who reads them.
    fn document(&mut self, body: String) {
        if self.words.len() == 1 && self.words[0] == "cat" {
            self.printed(&body);
            return;
        }
        let name = |word: &String| word.rsplit('/').next().unwrap_or_default().to_owned();
        let shell = |word: &String| SHELLS.contains(&name(word).as_str());
        let Some(at) = self.words.iter().position(|word| shell(word) || name(word) == "ssh") else { return };
        let (before, after) = (&self.words[..at], &self.words[at + 1..]);
        let mut before =
            before.iter().skip_while(|word| KEYWORDS.contains(&word.as_str()) || assignment(word));
        if before.next().is_some_and(|word| !CARRIERS.contains(&word.as_str())) {
            return;
        }
        if !shell(&self.words[at]) {
            // `ssh host bash -s <<EOF`: the shell that reads it is no part of what it reads.
            let idle = |word: &String| {
                let mut parts = word.split_whitespace();
                parts.all(|part| part.starts_with('-') || part == "sudo" || SHELLS.contains(&part))
            };
            let kept = after.iter().rposition(|word| !idle(word)).map_or(0, |last| last + 1);
            self.words.truncate(at + 1 + kept);
            self.words.push(body);
        } else if after.iter().all(|word| word.starts_with('-')) {
            self.words.truncate(at + 1);
            self.words.extend(["-c".to_owned(), body]);
        }
    }

    fn printed(&mut self, body: &str) {
        let lines = || body.lines().map(|line| line.trim().trim_start_matches("- "));
        if !lines().any(|line| line.starts_with("label:") || line.starts_with("steps:")) {
            return;
        }
        for line in lines() {
            let Some(value) = line.strip_prefix("command:") else { continue };
            let script = value.trim().trim_matches(['"', '\'']);
            let left = MAX_COMMANDS.saturating_sub(self.found.len());
            self.found.extend(commands(script, self.line).into_iter().take(left));
        }
    }

    fn operator(&mut self, operator: &'static str) {
        let words = std::mem::take(&mut self.words);
        self.remember(&words);
        if let Some(words) = self.simple(words) {
            let mut command = Command { folder: self.folder.clone(), ..Command::plain(words, self.line) };
            self.mark(&mut command);
            self.folder = std::mem::take(&mut self.folder).after(&command.words);
            if self.found.len() < MAX_COMMANDS {
                self.found.push(command);
            }
        }
        self.after_or = operator == "||";
        match operator {
            "(" if self.outer.len() < MAX_WORDS => self.outer.push(self.folder.clone()),
            ")" => self.folder = self.outer.pop().unwrap_or_else(|| self.folder.clone()),
            _ => {}
        }
    }

    /// Keeps what a statement of nothing but assignments sets.
    fn remember(&mut self, words: &[String]) {
        let skip = usize::from(
            words.first().is_some_and(|word| matches!(word.as_str(), "export" | "local" | "readonly")),
        );
        let set = &words[skip.min(words.len())..];
        if set.iter().all(|word| assignment(word)) && self.variables.len() < MAX_VARIABLES {
            let known = set.iter().filter_map(|word| word.split_once('='));
            let known = known.filter(|(_, value)| !value.contains('$') && value.len() < 300);
            self.variables.extend(known.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
    }

    /// Records what swallows exit codes: `|| true` for the command before, `set +e` for all after.
    fn mark(&mut self, command: &mut Command) {
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        let harmless = matches!(words[..], ["true" | ":" | "echo" | "printf", ..] | ["exit", "0"]);
        if self.after_or
            && harmless
            && let Some(before) = self.found.last_mut()
        {
            before.swallowed = Some("|| true");
        }
        match words[..] {
            ["set", "+e", ..] => self.no_exit = true,
            ["set", "-e" | "-eu" | "-euo" | "-ex" | "-exo" | "-eux" | "-euxo", ..] => self.no_exit = false,
            // A script that goes on to decide on its own exit code has taken the matter in hand.
            ["exit", code, ..] if self.no_exit && code != "0" => {
                for before in self.found.iter_mut().filter(|before| before.swallowed == Some("set +e")) {
                    before.swallowed = None;
                }
            }
            _ if self.no_exit => command.swallowed = Some("set +e"),
            _ => {}
        }
    }

    fn simple(&self, words: Vec<String>) -> Option<Vec<String>> {
        let bare = words.into_iter().skip_while(|word| KEYWORDS.contains(&word.as_str()) || assignment(word));
        let mut words: Vec<String> = bare.flat_map(|word| self.expanded(word)).collect();
        if words.first().is_some_and(|word| word.starts_with('@') || word.starts_with('-') && word.len() > 1)
        {
            // Prefixes of recipes in a Makefile.
            let bare = words[0].trim_start_matches(['@', '-']).to_owned();
            words[0] = bare;
        }
        words.retain(|word| !word.is_empty());
        words.truncate(MAX_WORDS);
        (!words.is_empty()).then_some(words)
    }

    /// The words that a word with a variable stands for; its default where it is not set here.
    fn expanded(&self, word: String) -> Vec<String> {
        let Some(start) = word.find('$') else { return vec![word] };
        let rest = &word[start + 1..];
        let braced = rest.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let (name, after) = braced.unwrap_or_else(|| {
            let end =
                rest.find(|next: char| !next.is_ascii_alphanumeric() && next != '_').unwrap_or(rest.len());
            rest.split_at(end)
        });
        let (name, default) =
            name.split_once(":-").map_or((name, None), |(name, default)| (name, Some(default)));
        let set =
            self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let default = default.filter(|default| !default.is_empty() && !default.contains('$'));
        match set.or(default) {
            Some(value) if start == 0 && after.is_empty() => {
                value.split_whitespace().map(str::to_owned).collect()
            }
            Some(value) => vec![format!("{}{value}{after}", &word[..start])],
            None => vec![word],
        }
    }
}

/// Whether the word is `NAME=value`.
pub(super) fn assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |command: &Command| {
            let swallowed = command.swallowed.map(|how| format!(" [{how}]")).unwrap_or_default();
            let folder = match command.folder.at("", "") {
                Some(folder) if folder.is_empty() => String::new(),
                Some(folder) => format!(" @{folder}"),
                None => " @?".to_owned(),
            };
            format!("{}: {}{swallowed}{folder}", command.line, command.words.join("|"))
        };
        commands(text, 1).iter().map(show).collect()
    }

    #[test]
    fn scripts_are_split_into_commands() {
        let cases: [(&str, &[&str]); 22] = [
            ("cargo test --all", &["1: cargo|test|--all"]),
            ("a && b; c\nd", &["1: a", "1: b", "1: c", "2: d"]),
            ("# cargo test\nb # c", &["2: b"]),
            ("a \\\n  b", &["1: a|b"]),
            ("CI=1 npm test || true", &["1: npm|test [|| true]", "1: true"]),
            ("a || exit 1", &["1: a", "1: exit|1"]),
            ("bash -c 'cargo test && x'", &["1: bash|-c|cargo test && x"]),
            ("if ! make test; then\n  exit 1\nfi", &["1: make|test", "2: exit|1"]),
            ("cat <<EOF > x\ncargo test\nEOF\nb", &["1: cat|>|x", "4: b"]),
            ("set +e\npytest", &["1: set|+e", "2: pytest [set +e]"]),
            ("set +e\npytest\nexit $?", &["1: set|+e", "2: pytest", "3: exit|$?"]),
            ("x $(pytest; ls) y", &["1: x|$(pytest; ls)|y"]),
            ("(cd a && make); b", &["1: cd|a", "1: make @a", "1: b"]),
            ("cd web\nnpm test\ncd ..\nmake", &["1: cd|web", "2: npm|test @web", "3: cd|.. @web", "4: make"]),
            ("T='npm test'\n$T --all\nx ${T}", &["2: npm|test|--all", "3: x|npm|test"]),
            ("export A=b; $A$C ${D:-go} \"${E:-x y}\"", &["1: export|A=b", "1: b$C|go|x|y"]),
            ("pushd a; b; popd; c", &["1: pushd|a", "1: b @a", "1: popd @a", "1: c"]),
            ("cd $X && make", &["1: cd|$X", "1: make @?"]),
            ("sudo bash -e <<EOF\nmake\nEOF\nb", &["1: sudo|bash|-c|make\n", "4: b"]),
            (
                "ssh -i k u@h 'bash -s' << 'E' && x\ngit pull # now\nE\nb",
                &["1: ssh|-i|k|u@h|git pull # now\n", "1: x", "4: b"],
            ),
            ("cat bash <<EOF\nmake\nEOF", &["1: cat|bash"]),
            ("jq . <<< \"$X\"\nb", &["1: jq|.", "2: b"]),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn broken_text_is_no_panic() {
        for text in ["'", "\"\\", "$(", "<<", "<<EOF", "\\", "`", "||", "a ||", "${", ")(", "$()}"] {
            let _ = commands(text, 1);
        }
    }
}
