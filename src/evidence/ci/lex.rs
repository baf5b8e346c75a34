//! Splits shell text into words and operators: quotes, continuations, comments, here-documents.
//!
//! Not a shell: nothing is expanded. A substitution stays inside its word.

/// A piece of shell text.
pub(super) enum Token {
    /// A word without its quotes, and its line.
    Word(String, u32),
    /// What stands between commands.
    Operator(&'static str),
    /// A here-document.
    Document(String),
}

/// Bytes that are kept of one here-document.
const MAX_DOCUMENT: usize = 4000;

/// The tokens of a text whose first line has the number `line`.
pub(super) fn tokens(text: &str, line: u32) -> Vec<Token> {
    Lexer { chars: text.chars().collect(), at: 0, line, heredocs: Vec::new() }.run()
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: u32,
    /// Delimiters of here-documents whose bodies start on the next line, and where their tokens wait for them.
    heredocs: Vec<(String, usize)>,
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
                    self.heredocs(&mut tokens);
                }
                ('#', _) => self.skip_line(),
                ('|', Some('|')) => self.operator(&mut tokens, "||", 2),
                ('&', Some('&')) => self.operator(&mut tokens, "&&", 2),
                ('|', _) => self.operator(&mut tokens, "|", 1),
                ('(', _) => self.operator(&mut tokens, "(", 1),
                (')', _) => self.operator(&mut tokens, ")", 1),
                ('&' | ';', _) => self.operator(&mut tokens, ";", 1),
                ('<', Some('<')) => self.heredoc(&mut tokens),
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

    fn heredoc(&mut self, tokens: &mut Vec<Token>) {
        // `<<<` is a text, not a document.
        let text = self.peek(2) == Some('<');
        self.step(2);
        while self.peek(0).is_some_and(|letter| matches!(letter, '-' | '<' | ' ')) {
            self.step(1);
        }
        let word = self.word();
        if !word.is_empty() && !text {
            self.heredocs.push((word, tokens.len()));
            tokens.push(Token::Document(String::new()));
        }
    }

    fn heredocs(&mut self, tokens: &mut [Token]) {
        for (delimiter, token) in std::mem::take(&mut self.heredocs) {
            let mut body = String::new();
            while self.at < self.chars.len() {
                let start = self.at;
                self.skip_line();
                let line: String = self.chars[start..self.at].iter().collect();
                self.step(1);
                if line.trim() == delimiter {
                    break;
                }
                if body.len() + line.len() < MAX_DOCUMENT {
                    body.push_str(&line);
                    body.push('\n');
                }
            }
            if let Some(token) = tokens.get_mut(token) {
                *token = Token::Document(body);
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
