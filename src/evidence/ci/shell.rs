//! Splits shell text into simple commands: words, operators, continuations, comments, here-documents.
//!
//! Not a shell: nothing is expanded and nothing is run. A substitution stays inside its word.

/// A simple command of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its words, quotes removed, without leading assignments and keywords.
    pub words: Vec<String>,
    /// Line of its first word, counted from the line the text started at.
    pub line: u32,
    /// What takes away its exit code, e.g. `|| true`.
    pub swallowed: Option<&'static str>,
}

impl Command {
    /// The command as one line, for people.
    pub fn text(&self) -> String {
        self.words.join(" ")
    }
}

/// Commands that are kept of one text.
const MAX_COMMANDS: usize = 2000;
/// Words that are kept of one command.
const MAX_WORDS: usize = 200;
/// Words of the grammar that stand before a command.
const KEYWORDS: [&str; 14] =
    ["if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}", "time", "exec"];

/// The simple commands of a text whose first line has the number `first_line`.
pub(in crate::evidence) fn commands(text: &str, first_line: u32) -> Vec<Command> {
    let tokens = Lexer { chars: text.chars().collect(), at: 0, line: first_line, heredocs: Vec::new() }.run();
    let mut found: Vec<Command> = Vec::new();
    let (mut words, mut line, mut after_or) = (Vec::new(), first_line, false);
    let mut no_exit = false;
    for token in tokens {
        match token {
            Token::Word(word, at) => {
                if words.is_empty() {
                    line = at;
                }
                if words.len() < MAX_WORDS {
                    words.push(word);
                }
            }
            Token::Operator(operator) => {
                if let Some(mut command) = simple(std::mem::take(&mut words), line) {
                    mark(&mut found, &mut command, after_or, &mut no_exit);
                    if found.len() < MAX_COMMANDS {
                        found.push(command);
                    }
                }
                after_or = operator == "||";
            }
        }
    }
    found
}

/// Records what swallows exit codes: `|| true` for the command before, `set +e` for all after.
fn mark(found: &mut [Command], command: &mut Command, after_or: bool, no_exit: &mut bool) {
    let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
    let harmless = matches!(words[..], ["true" | ":" | "echo" | "printf", ..] | ["exit", "0"]);
    if after_or
        && harmless
        && let Some(before) = found.last_mut()
    {
        before.swallowed = Some("|| true");
    }
    match words[..] {
        ["set", "+e", ..] => *no_exit = true,
        ["set", "-e" | "-eu" | "-euo" | "-ex" | "-exo", ..] => *no_exit = false,
        // A script that goes on to decide on its own exit code has taken the matter in hand.
        ["exit", code, ..] if *no_exit && code != "0" => {
            for before in found.iter_mut().filter(|before| before.swallowed == Some("set +e")) {
                before.swallowed = None;
            }
        }
        _ if *no_exit => command.swallowed = Some("set +e"),
        _ => {}
    }
}

fn simple(words: Vec<String>, line: u32) -> Option<Command> {
    let mut words: Vec<String> =
        words.into_iter().skip_while(|word| KEYWORDS.contains(&word.as_str()) || assignment(word)).collect();
    if words.first().is_some_and(|word| word.starts_with('@') || word.starts_with('-') && word.len() > 1) {
        // Prefixes of recipes in a Makefile.
        let bare = words[0].trim_start_matches(['@', '-']).to_owned();
        words[0] = bare;
    }
    words.retain(|word| !word.is_empty());
    (!words.is_empty()).then_some(Command { words, line, swallowed: None })
}

/// Whether the word is `NAME=value`.
pub(super) fn assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

enum Token {
    Word(String, u32),
    Operator(&'static str),
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: u32,
    /// Delimiters of here-documents whose bodies start on the next line.
    heredocs: Vec<String>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn run(mut self) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(letter) = self.peek(0) {
            let next = self.peek(1);
            match (letter, next) {
                ('\\', Some('\n')) | ('&', Some('>')) => self.step(2),
                ('\n', _) => {
                    tokens.push(Token::Operator("\n"));
                    self.step(1);
                    self.skip_heredocs();
                }
                ('#', _) => self.skip_line(),
                ('|', Some('|')) => self.operator(&mut tokens, "||", 2),
                ('&', Some('&')) => self.operator(&mut tokens, "&&", 2),
                ('|', _) => self.operator(&mut tokens, "|", 1),
                ('&' | ';' | '(' | ')', _) => self.operator(&mut tokens, ";", 1),
                ('<', Some('<')) => self.heredoc(),
                _ if letter.is_whitespace() => self.step(1),
                _ => {
                    let line = self.line;
                    let word = self.word();
                    tokens.push(Token::Word(word, line));
                }
            }
        }
        tokens.push(Token::Operator("\n"));
        tokens
    }

    fn step(&mut self, by: usize) {
        let end = (self.at + by).min(self.chars.len());
        let lines = self.chars[self.at..end].iter().filter(|letter| **letter == '\n').count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.at = end;
    }

    fn operator(&mut self, tokens: &mut Vec<Token>, operator: &'static str, length: usize) {
        tokens.push(Token::Operator(operator));
        self.step(length);
    }

    fn skip_line(&mut self) {
        while self.peek(0).is_some_and(|letter| letter != '\n') {
            self.step(1);
        }
    }

    fn heredoc(&mut self) {
        self.step(2);
        while self.peek(0).is_some_and(|letter| matches!(letter, '-' | '<' | ' ')) {
            self.step(1);
        }
        let word = self.word();
        if !word.is_empty() {
            self.heredocs.push(word);
        }
    }

    fn skip_heredocs(&mut self) {
        for delimiter in std::mem::take(&mut self.heredocs) {
            while self.at < self.chars.len() {
                let start = self.at;
                self.skip_line();
                let line: String = self.chars[start..self.at].iter().collect();
                self.step(1);
                if line.trim() == delimiter {
                    break;
                }
            }
        }
    }

    /// One word; quotes are taken off, `$(...)`, `${...}` and backquotes are kept whole.
    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(letter) = self.peek(0) {
            match letter {
                '\\' => {
                    if let Some(next) = self.peek(1).filter(|next| *next != '\n') {
                        word.push(next);
                    }
                    self.step(2);
                }
                '\'' | '"' | '`' => self.quoted(letter, &mut word),
                '$' if matches!(self.peek(1), Some('(' | '{')) => self.substitution(&mut word),
                '>' if self.peek(1) == Some('&') => self.step(2),
                '\n' | ';' | '&' | '|' | '(' | ')' => break,
                _ if letter.is_whitespace() => break,
                '<' if self.peek(1) == Some('<') => break,
                _ => {
                    word.push(letter);
                    self.step(1);
                }
            }
        }
        word
    }

    fn quoted(&mut self, quote: char, word: &mut String) {
        self.step(1);
        while let Some(letter) = self.peek(0) {
            match letter {
                '\\' if quote == '"' => {
                    if let Some(next) = self.peek(1) {
                        word.push(next);
                    }
                    self.step(2);
                }
                _ => {
                    self.step(1);
                    if letter == quote {
                        return;
                    }
                    word.push(letter);
                }
            }
        }
    }

    fn substitution(&mut self, word: &mut String) {
        let mut depth = 0_u32;
        while let Some(letter) = self.peek(0) {
            word.push(letter);
            self.step(1);
            match letter {
                '(' | '{' => depth += 1,
                ')' | '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 && letter != '$' {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |command: &Command| {
            let swallowed = command.swallowed.map(|how| format!(" [{how}]")).unwrap_or_default();
            format!("{}: {}{swallowed}", command.line, command.words.join("|"))
        };
        commands(text, 1).iter().map(show).collect()
    }

    #[test]
    fn scripts_are_split_into_commands() {
        let cases: [(&str, &[&str]); 13] = [
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
            ("(cd a && make)", &["1: cd|a", "1: make"]),
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
