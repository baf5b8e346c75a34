//! Look-ups in the JSON of an event or a reply: lenient about what is missing, null or of another type.

use crate::evidence::PullRequest;
use crate::words::{Known, Unknown};
use serde_json::Value;

/// The value under a JSON pointer, unless it is null.
pub(super) fn at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    value.pointer(pointer).filter(|found| !found.is_null())
}

/// The text under a JSON pointer.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    at(value, pointer)?.as_str()
}

/// The commit id under a JSON pointer; text of any other form counts as missing.
pub(super) fn commit_id(value: &Value, pointer: &str) -> Option<String> {
    let id = text(value, pointer)?;
    is_commit_id(id).then(|| id.to_ascii_lowercase())
}

/// Whether this is a full object id, SHA-1 or SHA-256.
pub fn is_commit_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `owner/name` of a repository, if it has that form; only such a name may become part of a URL.
pub(super) fn repository_name(text: &str) -> Option<String> {
    let legal = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let (owner, name) = text.split_once('/')?;
    (legal(owner) && legal(name)).then(|| text.to_owned())
}

/// A pull request object, from a payload or from the API. Commits and approvals are not part of it.
///
/// Without a number it is none.
pub(super) fn pull_request(pull: &Value, repository: Option<&str>) -> Option<PullRequest> {
    let owned = |pointer: &str| text(pull, pointer).unwrap_or_default().to_owned();
    let mut labels: Vec<String> = at(pull, "/labels")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|label| text(label, "/name"))
        .map(str::to_owned)
        .collect();
    labels.sort();
    labels.dedup();
    let not_asked = || Unknown::because("it is only read from the platform when a rule asks for it");
    Some(PullRequest {
        number: at(pull, "/number")?.as_u64()?,
        title: owned("/title"),
        body: owned("/body"),
        head_ref: owned("/head/ref"),
        base_ref: owned("/base/ref"),
        labels,
        author: owned("/user/login"),
        bot: text(pull, "/user/type") == Some("Bot"),
        draft: at(pull, "/draft").and_then(Value::as_bool).unwrap_or(false),
        fork: is_fork(pull, repository),
        commits: Known::Unknown(not_asked()),
        approvals: Known::Unknown(not_asked()),
    })
}

/// The fork test of github-facts 5: another repository, or one that is gone (`head.repo` is null then).
fn is_fork(pull: &Value, repository: Option<&str>) -> bool {
    let base = text(pull, "/base/repo/full_name").or(repository);
    text(pull, "/head/repo/full_name").is_none_or(|head| base.is_some_and(|base| base != head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_and_ids_have_their_form() {
        for (text, legal) in [
            ("acme/app", true),
            ("a-b/c.d_e", true),
            ("acme", false),
            ("acme/..", false),
            ("acme/app/x", false),
            ("acme/app?x=1", false),
        ] {
            assert_eq!(repository_name(text).is_some(), legal, "{text}");
        }
        assert!(is_commit_id(&"a1".repeat(20)));
        assert!(!is_commit_id("HEAD"));
    }

    #[test]
    fn a_pull_request_of_a_lost_fork_is_a_fork() {
        let cases = [
            (json!({"number": 1, "head": {"repo": null}}), true),
            (json!({"number": 1, "head": {"repo": {"full_name": "acme/app"}}}), false),
            (json!({"number": 1, "head": {"repo": {"full_name": "eve/app"}}}), true),
        ];
        for (pull, fork) in cases {
            assert_eq!(pull_request(&pull, Some("acme/app")).unwrap().fork, fork, "{pull}");
        }
    }

    #[test]
    fn missing_null_and_foreign_types_are_borne() {
        let pull =
            json!({"number": 7, "title": null, "labels": [{"name": "b"}, 3, {"name": "a"}], "draft": "yes"});
        let read = pull_request(&pull, None).unwrap();
        assert_eq!((read.title.as_str(), read.draft), ("", false));
        assert_eq!(read.labels, ["a", "b"]);
        assert!(pull_request(&json!({"title": "x"}), None).is_none());
    }
}
