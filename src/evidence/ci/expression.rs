//! Expressions of GitHub Actions: where they stand in a text, and what a condition comes to for an event.
//!
//! Three-valued: what only the run knows is none, and never guessed.

use super::scope::Scope;
use github_actions_expressions::call::{Call, Function};
use github_actions_expressions::context::Context;
use github_actions_expressions::literal::Literal;
use github_actions_expressions::op::{BinExpr, BinOp};
use github_actions_expressions::{Evaluation, Expr, SpannedExpr};
use std::ops::Range;

/// Longest expression that is read.
const MAX_LENGTH: usize = 10_000;
/// How far values lead to other expressions.
const MAX_DEPTH: usize = 4;

/// Parts of the payload that only these events bring.
const PAYLOAD: [(&str, &[&str]); 9] = [
    (
        "pull_request",
        &["pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"],
    ),
    ("head_commit", &["push"]),
    ("commits", &["push"]),
    ("release", &["release"]),
    ("inputs", &["workflow_dispatch"]),
    ("issue", &["issues", "issue_comment"]),
    ("comment", &["issue_comment", "pull_request_review_comment", "commit_comment", "discussion_comment"]),
    ("schedule", &["schedule"]),
    ("workflow_run", &["workflow_run"]),
];

/// What is known of the event that starts a run.
pub(super) struct Facts<'a> {
    /// Its name.
    pub(super) event: &'a str,
    /// Kinds that the trigger is limited to.
    pub(super) types: &'a [String],
    /// Values of variables and inputs.
    pub(super) scope: &'a Scope,
}

/// Places of `${{ ... }}` in a text, and what stands inside.
pub(super) fn expressions(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("${{")).map(|at| from + at) {
        let inside = &text[start + 3..];
        let mut quoted = false;
        let end = inside.bytes().enumerate().find(|(at, byte)| {
            quoted ^= *byte == b'\'';
            !quoted && *byte == b'}' && inside.as_bytes().get(at + 1) == Some(&b'}')
        });
        let Some((length, _)) = end else { break };
        from = start + 3 + length + 2;
        if length <= MAX_LENGTH {
            found.push((start..from, inside[..length].trim()));
        }
    }
    found
}

/// The names of a context, in small letters: `github`, `event`, `pull_request`, `title`.
pub(super) fn path(context: &Context<'_>) -> Option<Vec<String>> {
    context.parts.iter().map(|part| part_name(part)).collect()
}

fn part_name(part: &Expr<'_>) -> Option<String> {
    match part {
        Expr::Identifier(name) => Some(name.as_str().to_ascii_lowercase()),
        Expr::Star => Some("*".into()),
        Expr::Index(index) => match &index.inner {
            Expr::Literal(literal) => Some(literal.as_str().to_ascii_lowercase()),
            Expr::Star => Some("*".into()),
            _ => None,
        },
        _ => None,
    }
}

impl Facts<'_> {
    /// Whether a condition holds; none where only the run knows.
    pub(super) fn holds(&self, condition: &str) -> Option<bool> {
        self.text(condition, true, 0).map(|value| value.as_boolean())
    }

    /// The value of a text that may be an expression; a condition is one without its marks, too.
    fn text(&self, text: &str, condition: bool, depth: usize) -> Option<Evaluation> {
        let bare = text.trim();
        let inner = match &expressions(bare)[..] {
            [] if condition => bare,
            [] => return Some(constant(bare)),
            [(place, inner)] if *place == (0..bare.len()) => inner,
            _ => return None,
        };
        if depth > MAX_DEPTH || inner.len() > MAX_LENGTH {
            return None;
        }
        self.value(&Expr::parse(inner).ok()?, depth)
    }

    fn value(&self, expr: &SpannedExpr<'_>, depth: usize) -> Option<Evaluation> {
        match &expr.inner {
            Expr::Literal(literal) => Some(match literal {
                Literal::Number(number) => Evaluation::Number(*number),
                Literal::String(text) => Evaluation::String(text.to_string()),
                Literal::Boolean(value) => Evaluation::Boolean(*value),
                Literal::Null => Evaluation::Null,
            }),
            Expr::Call(call) => self.call(call, depth),
            Expr::Context(context) => self.context(&path(context)?, depth),
            Expr::UnExpr { expr, .. } => {
                self.value(expr, depth).map(|value| Evaluation::Boolean(!value.as_boolean()))
            }
            Expr::BinExpr(binary) => self.binary(binary, depth),
            _ => None,
        }
    }

    fn binary(&self, binary: &BinExpr<'_>, depth: usize) -> Option<Evaluation> {
        let (left, right) = (self.value(&binary.lhs, depth), self.value(&binary.rhs, depth));
        let is = |value: &Option<Evaluation>, truth| {
            value.as_ref().is_some_and(|value| value.as_boolean() == truth)
        };
        match binary.op {
            BinOp::And if is(&left, false) => left,
            BinOp::And if is(&left, true) => right,
            BinOp::And => is(&right, false).then_some(Evaluation::Boolean(false)),
            BinOp::Or if is(&left, true) => left,
            BinOp::Or if is(&left, false) => right,
            BinOp::Or => is(&right, true).then_some(Evaluation::Boolean(true)),
            BinOp::Eq => Some(Evaluation::Boolean(equal(&left?, &right?))),
            BinOp::Neq => Some(Evaluation::Boolean(!equal(&left?, &right?))),
            _ => None,
        }
    }

    fn call(&self, call: &Call<'_>, depth: usize) -> Option<Evaluation> {
        let mut values = call.args.iter().map(|arg| self.value(arg, depth));
        let mut next = || values.next().flatten();
        let lower = |value: &Evaluation| value.sema().to_string().to_ascii_lowercase();
        match call.func {
            Function::Success | Function::Always => Some(Evaluation::Boolean(true)),
            Function::Failure | Function::Cancelled => Some(Evaluation::Boolean(false)),
            Function::FromJSON => {
                let text = next()?.sema().to_string();
                serde_json::from_str::<serde_json::Value>(&text).ok()?.try_into().ok()
            }
            Function::Contains => {
                let (all, one) = (next()?, next()?);
                Some(Evaluation::Boolean(match &all {
                    Evaluation::Array(items) => items.iter().any(|item| equal(item, &one)),
                    _ => lower(&all).contains(&lower(&one)),
                }))
            }
            Function::StartsWith => Some(Evaluation::Boolean(lower(&next()?).starts_with(&lower(&next()?)))),
            Function::EndsWith => Some(Evaluation::Boolean(lower(&next()?).ends_with(&lower(&next()?)))),
            _ => None,
        }
    }

    fn context(&self, path: &[String], depth: usize) -> Option<Evaluation> {
        let text = |text: &str| Some(Evaluation::String(text.to_owned()));
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let pull = self.event == "pull_request";
        match names[..] {
            ["github", "event_name"] => text(self.event),
            ["github", "ref"] if pull => text("refs/pull/1/merge"),
            ["github", "ref_name"] if pull => text("1/merge"),
            ["github", "ref_type"] if pull => text("branch"),
            ["github", "base_ref" | "head_ref"] if !self.event.starts_with("pull_request") => text(""),
            ["github", "event", "pull_request", "merged"]
                if pull && !self.types.iter().any(|kind| kind == "closed") =>
            {
                Some(Evaluation::Boolean(false))
            }
            ["github", "event", "action"] if self.types.len() == 1 => text(&self.types[0]),
            ["github", "event", "inputs", name] if self.event == "workflow_dispatch" => {
                self.input(name, depth)
            }
            ["github", "event", part, ..] => {
                let events = PAYLOAD.iter().find(|(known, _)| *known == part)?.1;
                (!events.contains(&self.event)).then_some(Evaluation::Null)
            }
            ["inputs", name] => self.input(name, depth),
            ["env", name] => self.text(self.scope.variable(name)?, false, depth + 1),
            _ => None,
        }
    }

    fn input(&self, name: &str, depth: usize) -> Option<Evaluation> {
        match self.scope.input(name) {
            Some(value) if self.scope.called => self.text(value, false, depth + 1),
            // A default can be overridden by whoever starts it.
            _ if self.scope.called || self.event == "workflow_dispatch" => None,
            _ => Some(Evaluation::Null),
        }
    }
}

/// A plain text of YAML as the value it stands for.
fn constant(text: &str) -> Evaluation {
    match text {
        "true" => Evaluation::Boolean(true),
        "false" => Evaluation::Boolean(false),
        _ => Evaluation::String(text.to_owned()),
    }
}

/// Equal as GitHub compares; a boolean and its name are the same, since inputs come as either.
fn equal(left: &Evaluation, right: &Evaluation) -> bool {
    match (left, right) {
        (Evaluation::Boolean(value), Evaluation::String(text))
        | (Evaluation::String(text), Evaluation::Boolean(value))
            if matches!(text.as_str(), "true" | "false") =>
        {
            *text == value.to_string()
        }
        _ => left.sema() == right.sema(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_three_valued() {
        let scope = Scope {
            inputs: vec![("push".into(), "${{ github.event_name == 'push' }}".into())],
            env: vec![("ON".into(), "yes".into())],
            called: true,
            ..Scope::default()
        };
        let cases = [
            ("github.event_name == 'push'", "push", Some(true)),
            ("github.event_name == 'push'", "pull_request", Some(false)),
            ("${{ github.event_name != 'PULL_REQUEST' }}", "pull_request", Some(false)),
            ("github.ref == 'refs/heads/main'", "pull_request", Some(false)),
            ("github.ref == 'refs/heads/main'", "push", None),
            ("startsWith(github.ref, 'refs/tags/') && vars.X", "pull_request", Some(false)),
            ("github.event.pull_request.merged == true", "pull_request", Some(false)),
            ("github.event.pull_request.draft == false", "pull_request", None),
            ("github.event.pull_request", "push", Some(false)),
            ("contains(fromJSON('[\"push\", \"schedule\"]'), github.event_name)", "schedule", Some(true)),
            ("!contains(github.event.head_commit.message, 'skip')", "pull_request", Some(true)),
            ("github.actor != 'dependabot[bot]' || failure()", "push", None),
            ("false", "push", Some(false)),
            ("always()", "push", Some(true)),
            ("inputs.push", "push", Some(true)),
            ("inputs.push == 'true'", "pull_request", Some(false)),
            ("env.ON == 'yes'", "push", Some(true)),
            ("needs.changes.outputs.code == 'true'", "push", None),
            ("secrets.TOKEN != '' && (", "push", None),
        ];
        for (condition, event, expected) in cases {
            let facts = Facts { event, types: &[], scope: &scope };
            assert_eq!(facts.holds(condition), expected, "{condition} on {event}");
        }
    }

    #[test]
    fn expressions_end_outside_of_strings() {
        let found: Vec<&str> =
            expressions("a ${{ b }} ${{ format('}}', c) }} ${{ d").iter().map(|one| one.1).collect();
        assert_eq!(found, ["b", "format('}}', c)"]);
    }
}
