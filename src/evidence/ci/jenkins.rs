//! Jenkinsfiles: programs, of which only the literal shell commands are understood.

use super::model::{Job, Pipeline, Step, System, Text, Trigger};

/// Steps that run a command given as their first string.
const STEPS: [&str; 4] = ["sh", "bat", "powershell", "pwsh"];

pub(super) fn read(text: &str) -> Pipeline {
    let mut steps = Vec::new();
    for (line, step, script) in literals(text) {
        if STEPS.contains(&step.as_str()) {
            steps.push(Step { line, scripts: vec![Text { text: script, line }], ..Step::default() });
        }
    }
    Pipeline {
        triggers: vec![Trigger::plain("push", 1), Trigger::plain("pull_request", 1)],
        jobs: vec![Job { id: "pipeline".into(), line: 1, steps, ..Job::default() }],
        outside: vec!["a Jenkinsfile is a program that is not run here".into()],
        ..Pipeline::of(System::Jenkins)
    }
}

/// Every string literal with its line and the last word before it: `sh 'make test'`, `sh(script: "...")`.
fn literals(text: &str) -> Vec<(u32, String, String)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut word, mut line, mut at) = (Vec::new(), String::new(), 1_u32, 0);
    let mut step = String::new();
    while let Some(&letter) = chars.get(at) {
        let rest = &chars[at..];
        if letter == '\n' {
            line += 1;
        }
        if rest.starts_with(&['/', '/']) {
            at += rest.iter().position(|letter| *letter == '\n').unwrap_or(rest.len());
            continue;
        }
        if letter == '\'' || letter == '"' {
            let triple = rest.starts_with(&[letter; 3]);
            let width = if triple { 3 } else { 1 };
            let start = at + width;
            let length = end_of(&chars[start..], letter, triple);
            let literal: String = chars[start..start + length].iter().collect();
            let lines = literal.matches('\n').count();
            found.push((line, step.clone(), literal));
            line += u32::try_from(lines).unwrap_or(0);
            at = (start + length + width).min(chars.len());
            continue;
        }
        if letter.is_alphanumeric() || letter == '_' {
            word.push(letter);
        } else if !word.is_empty() {
            // Names of parameters stand between the step and its string.
            if !matches!(
                word.as_str(),
                "script" | "label" | "returnStatus" | "returnStdout" | "true" | "false"
            ) {
                step.clone_from(&word);
            }
            word.clear();
        }
        at += 1;
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
