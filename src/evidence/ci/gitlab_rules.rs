//! Conditions of GitLab's rules: what `$CI_COMMIT_BRANCH == "main"` comes to when a pipeline is started by a merge request.

/// What starts a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// A merge request.
    MergeRequest,
    /// A push to a branch that is not the default one.
    Branch,
    /// A push to the default branch.
    DefaultBranch,
    /// A tag.
    Tag,
    /// A schedule.
    Schedule,
    /// Somebody in the browser.
    Web,
}

/// Three-valued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    Unknown,
}

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// It is not set.
    Null,
    /// A text.
    Text(String),
    /// The name of the default branch, whatever that is.
    Default,
    /// Some text, of which it is known that it is none of the usual long-lived branches.
    Feature,
    /// It is set.
    Some,
    /// Only the run knows.
    Unknown,
}

/// Branches that live long.
const LONG: [&str; 8] =
    ["main", "master", "develop", "development", "staging", "production", "trunk", "release"];
/// Nested brackets.
const MAX_DEPTH: usize = 20;

impl Known {
    /// Whether a name under `only` or `except` means this.
    pub(super) fn is_ref(self, name: &str) -> bool {
        match (self, name) {
            (Self::MergeRequest, "merge_requests" | "external_pull_requests")
            | (Self::Branch | Self::DefaultBranch | Self::Schedule | Self::Web, "branches")
            | (Self::Branch | Self::DefaultBranch | Self::Tag, "pushes")
            | (Self::Tag, "tags")
            | (Self::Schedule, "schedules")
            | (Self::Web, "web") => true,
            // Sorts of pipelines that this is none of.
            (
                _,
                "merge_requests"
                | "external_pull_requests"
                | "branches"
                | "pushes"
                | "tags"
                | "schedules"
                | "web"
                | "api"
                | "triggers"
                | "pipelines"
                | "external"
                | "chat"
                | "bridges",
            )
            | (Self::MergeRequest, _) => false,
            // A regex may fit any branch; a name is that of one that lives long.
            (Self::Branch, _) => name.starts_with('/') && !LONG.iter().any(|long| name.contains(long)),
            (Self::DefaultBranch | Self::Schedule | Self::Web, _) => true,
            (Self::Tag, _) => name.starts_with('/'),
        }
    }

    fn variable(self, name: &str) -> Value {
        let text = |text: &str| Value::Text(text.to_owned());
        match name {
            "CI_PIPELINE_SOURCE" => text(match self {
                Self::MergeRequest => "merge_request_event",
                Self::Schedule => "schedule",
                Self::Web => "web",
                _ => "push",
            }),
            "CI_DEFAULT_BRANCH" | "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
                if name.contains("DEFAULT") || self == Self::MergeRequest =>
            {
                Value::Default
            }
            "CI_COMMIT_BRANCH" => match self {
                Self::MergeRequest | Self::Tag => Value::Null,
                Self::Branch => Value::Feature,
                _ => Value::Default,
            },
            "CI_COMMIT_REF_NAME" | "CI_COMMIT_REF_SLUG" | "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME" => match self
            {
                Self::MergeRequest | Self::Branch => Value::Feature,
                Self::Tag => Value::Some,
                _ => Value::Default,
            },
            "CI_COMMIT_TAG" => {
                if self == Self::Tag {
                    Value::Some
                } else {
                    Value::Null
                }
            }
            "CI_OPEN_MERGE_REQUESTS" => {
                if self == Self::Branch {
                    Value::Some
                } else {
                    Value::Null
                }
            }
            "CI_COMMIT_REF_PROTECTED" if self == Self::DefaultBranch => text("true"),
            _ if name.starts_with("CI_MERGE_REQUEST_") => {
                if self == Self::MergeRequest {
                    Value::Some
                } else {
                    Value::Null
                }
            }
            _ => Value::Unknown,
        }
    }
}

/// Whether the condition holds.
pub(super) fn holds(condition: &str, known: Known) -> Truth {
    let tokens = tokens(condition);
    let mut reader = Reader { tokens: &tokens, at: 0, known };
    let truth = reader.any(0);
    if reader.at == tokens.len() { truth } else { Truth::Unknown }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Value(String),
    Variable(String),
    Regex(String),
    Sign(&'static str),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let sign =
            ["&&", "||", "==", "!=", "=~", "!~", "(", ")"].into_iter().find(|sign| rest.starts_with(sign));
        if let Some(sign) = sign {
            found.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else if matches!(first, '"' | '\'' | '/') {
            let inside = &rest[1..];
            let end = inside.find(first).unwrap_or(inside.len());
            let value = inside[..end].to_owned();
            found.push(if first == '/' { Token::Regex(value) } else { Token::Value(value) });
            rest = inside
                .get(end + 1..)
                .unwrap_or_default()
                .trim_start_matches(|c: char| first == '/' && c == 'i');
        } else {
            let name = rest.trim_start_matches(['$', '{']);
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
            let (word, after) = name.split_at(end);
            found.push(if first == '$' {
                Token::Variable(word.to_owned())
            } else {
                Token::Value(word.to_owned())
            });
            let skip = usize::from(end == 0 && after.chars().next().is_some());
            rest = after.trim_start_matches('}');
            rest = if skip == 1 {
                rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default()
            } else {
                rest
            };
        }
        rest = rest.trim_start();
    }
    found
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    known: Known,
}

impl Reader<'_> {
    fn sign(&mut self, sign: &str) -> bool {
        let found =
            self.tokens.get(self.at).is_some_and(|token| matches!(token, Token::Sign(one) if *one == sign));
        self.at += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Truth {
        let mut truth = self.all(depth);
        while self.sign("||") {
            truth = match (truth, self.all(depth)) {
                (Truth::True, _) | (_, Truth::True) => Truth::True,
                (Truth::False, Truth::False) => Truth::False,
                _ => Truth::Unknown,
            };
        }
        truth
    }

    fn all(&mut self, depth: usize) -> Truth {
        let mut truth = self.one(depth);
        while self.sign("&&") {
            truth = match (truth, self.one(depth)) {
                (Truth::False, _) | (_, Truth::False) => Truth::False,
                (Truth::True, Truth::True) => Truth::True,
                _ => Truth::Unknown,
            };
        }
        truth
    }

    fn one(&mut self, depth: usize) -> Truth {
        if depth < MAX_DEPTH && self.sign("(") {
            let truth = self.any(depth + 1);
            return if self.sign(")") { truth } else { Truth::Unknown };
        }
        let left = self.value();
        let signs = ["==", "!=", "=~", "!~"];
        let Some(sign) = signs.into_iter().find(|sign| self.sign(sign)) else { return set(&left) };
        let regex = match self.tokens.get(self.at) {
            Some(Token::Regex(regex)) => Some(regex.clone()),
            _ => None,
        };
        let right = self.value();
        let truth = match (sign, regex) {
            ("=~" | "!~", Some(regex)) => matches(&left, &regex),
            ("=~" | "!~", None) => Truth::Unknown,
            _ => equal(&left, &right),
        };
        if sign.starts_with('!') { not(truth) } else { truth }
    }

    fn value(&mut self) -> Value {
        let token = self.tokens.get(self.at);
        self.at += usize::from(token.is_some());
        match token {
            Some(Token::Value(text)) if text == "null" => Value::Null,
            Some(Token::Value(text)) => Value::Text(text.clone()),
            Some(Token::Variable(name)) => self.known.variable(name),
            _ => Value::Unknown,
        }
    }
}

fn not(truth: Truth) -> Truth {
    match truth {
        Truth::True => Truth::False,
        Truth::False => Truth::True,
        Truth::Unknown => Truth::Unknown,
    }
}

fn from(value: bool) -> Truth {
    if value { Truth::True } else { Truth::False }
}

fn set(value: &Value) -> Truth {
    match value {
        Value::Null => Truth::False,
        Value::Text(text) => from(!text.is_empty()),
        Value::Unknown => Truth::Unknown,
        _ => Truth::True,
    }
}

fn equal(left: &Value, right: &Value) -> Truth {
    match (left, right) {
        (Value::Unknown, _) | (_, Value::Unknown) => Truth::Unknown,
        (Value::Null, other) | (other, Value::Null) => from(*other == Value::Null),
        (Value::Text(a), Value::Text(b)) => from(a == b),
        (Value::Default, Value::Default) => Truth::True,
        (Value::Feature, Value::Default | Value::Text(_))
        | (Value::Default | Value::Text(_), Value::Feature) => Truth::False,
        // Most call it so; a branch of another name is another branch.
        (Value::Default, Value::Text(name)) | (Value::Text(name), Value::Default) => {
            from(matches!(name.as_str(), "main" | "master" | "trunk" | "develop"))
        }
        _ => Truth::Unknown,
    }
}

fn matches(value: &Value, regex: &str) -> Truth {
    match value {
        Value::Null => Truth::False,
        Value::Text(text) => {
            regex::Regex::new(regex).map_or(Truth::Unknown, |regex| from(regex.is_match(text)))
        }
        Value::Feature if LONG.iter().any(|long| regex.contains(long)) => Truth::False,
        _ => Truth::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_depend_on_what_starts_the_pipeline() {
        use Known::{Branch, DefaultBranch, MergeRequest, Schedule, Tag};
        use Truth::{False, True, Unknown};
        let cases = [
            ("$CI_PIPELINE_SOURCE == \"merge_request_event\"", MergeRequest, True),
            ("$CI_PIPELINE_SOURCE == 'merge_request_event'", Branch, False),
            ("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", Branch, False),
            ("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", DefaultBranch, True),
            ("$CI_COMMIT_BRANCH == \"main\" || $CI_MERGE_REQUEST_IID", MergeRequest, True),
            ("$CI_COMMIT_TAG =~ /^v\\d+/ && $CI_COMMIT_BRANCH == null", Tag, Unknown),
            ("$CI_COMMIT_TAG", Branch, False),
            ("$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS", Branch, True),
            (
                "($RUN_TESTS == \"yes\" || $CI_PIPELINE_SOURCE =~ /^sched/) && $CI_COMMIT_REF_NAME != \"x\"",
                Schedule,
                True,
            ),
            ("${RUN} == 'yes'", Branch, Unknown),
            ("$CI_COMMIT_REF_NAME =~ /^(main|release.*)$/", MergeRequest, False),
            ("!!! (", Branch, Unknown),
            ("", Branch, Unknown),
        ];
        for (condition, known, expected) in cases {
            assert_eq!(holds(condition, known), expected, "{condition} for {known:?}");
        }
    }
}
