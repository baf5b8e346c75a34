//! What the repository on GitHub holds, and what each address answers.

use super::server::{Incoming, Reply};
use super::{git, graph};
use base64::Engine as _;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::LazyLock;

/// Replies of the least size that GitHub's description allows, by kind.
static REPLIES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../cases/github/replies.json")).unwrap());

/// A reply of this kind with some of its parts set.
fn made(kind: &str, parts: Value) -> Value {
    let mut reply = REPLIES[kind].clone();
    assert!(!reply.is_null(), "there is no reply of the kind {kind}");
    lay_over(&mut reply, parts);
    reply
}

fn lay_over(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                lay_over(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

/// A login, as an account.
pub(crate) fn account(login: &str, kind: &str) -> Value {
    made("user", json!({ "login": login, "type": kind }))
}

/// What the repository on GitHub holds.
pub(crate) struct State {
    pub(crate) repo: Option<PathBuf>,
    pub(crate) pull: Value,
    /// Id and message.
    pub(crate) commits: Vec<(String, String)>,
    /// Login and state.
    pub(crate) reviews: Vec<(String, String)>,
    pub(crate) comments: Vec<Value>,
    pub(crate) check_runs: Vec<Value>,
    pub(crate) statuses: Vec<Value>,
    /// Rules in force on every branch.
    pub(crate) rules: Vec<Value>,
    /// Classic protection, as a reader sees it by GraphQL.
    pub(crate) classic: Value,
    pub(crate) environments: Vec<Value>,
    pub(crate) dependabot: Vec<Value>,
    pub(crate) code_scanning: Vec<Value>,
    /// None without a CODEOWNERS file.
    pub(crate) owners_errors: Option<Vec<Value>>,
    pub(crate) properties: Value,
    /// Entries of a page of a list, whatever the client asks for.
    pub(crate) page: usize,
    /// Largest recursive listing of a tree before it is cut.
    pub(crate) tree_limit: usize,
    next_id: u64,
}

impl State {
    pub(super) fn new(repo: Option<PathBuf>) -> Self {
        let repository =
            made("repository", json!({ "full_name": "acme/app", "name": "app", "default_branch": "main" }));
        let side = |name: &str| json!({ "ref": name, "sha": "0".repeat(40), "repo": repository });
        let pull = made(
            "pull",
            json!({
                "number": 7, "title": "Fix it", "state": "open", "draft": false, "user": account("alice", "User"),
                "head": side("fix"), "base": side("main"),
            }),
        );
        Self {
            repo,
            pull,
            commits: Vec::new(),
            reviews: Vec::new(),
            comments: Vec::new(),
            check_runs: Vec::new(),
            statuses: Vec::new(),
            rules: Vec::new(),
            classic: Value::Null,
            environments: Vec::new(),
            dependabot: Vec::new(),
            code_scanning: Vec::new(),
            owners_errors: None,
            properties: json!({}),
            page: 100,
            tree_limit: usize::MAX,
            next_id: 1000,
        }
    }

    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Adds a comment of this account to the pull request; its id.
    pub(crate) fn comment(&mut self, login: &str, kind: &str, body: &str) -> u64 {
        let id = self.id();
        let parts = json!({
            "id": id, "node_id": format!("IC_{id}"), "body": body, "user": account(login, kind),
            "author_association": "NONE",
        });
        self.comments.push(made("comment", parts));
        id
    }

    /// An environment with so many reviewers.
    pub(crate) fn environment(&mut self, name: &str, reviewers: usize) {
        let reviewer = json!({ "type": "User", "reviewer": account("ann", "User") });
        let rule = json!({ "id": 1, "node_id": "x", "type": "required_reviewers", "reviewers": vec![reviewer; reviewers] });
        let rules = if reviewers > 0 { vec![rule] } else { Vec::new() };
        self.environments.push(made("environment", json!({ "name": name, "protection_rules": rules })));
    }

    /// An open alert of Dependabot.
    pub(crate) fn vulnerable(&mut self, package: &str, severity: &str) {
        let number = self.id();
        let parts = json!({
            "number": number, "state": "open", "security_advisory": { "severity": severity },
            "security_vulnerability": { "severity": severity, "package": { "name": package } },
        });
        self.dependabot.push(made("dependabot_alert", parts));
    }

    /// An open alert of code scanning.
    pub(crate) fn flawed(&mut self, rule: &str, severity: &str) {
        let number = self.id();
        let parts =
            json!({ "number": number, "state": "open", "rule": { "id": rule, "severity": severity } });
        self.code_scanning.push(made("code_alert", parts));
    }

    /// The answer to a request.
    pub(super) fn answer(&mut self, incoming: &Incoming) -> Reply {
        let parts = incoming.parts();
        let reply = match (incoming.method.as_str(), parts.as_slice()) {
            ("POST", ["graphql"]) => return graph::answer(self, &incoming.body),
            ("POST", ["app", "installations", _, "access_tokens"]) => {
                Reply::json(201, made("installation_token", json!({ "token": crate::runner::TOKEN })))
            }
            ("GET", ["repos", "acme", "app", rest @ ..]) => self.read(rest, incoming),
            (_, ["repos", "acme", "app", rest @ ..]) => self.write(rest, incoming),
            _ => not_found(),
        };
        let etag = format!("W/\"{:x}\"", crc32fast::hash(&reply.body));
        if incoming.method == "GET" && incoming.header("if-none-match") == Some(&etag) {
            return Reply::json(304, Value::Null);
        }
        if incoming.method == "GET" { reply.with("etag", etag) } else { reply }
    }

    fn read(&mut self, rest: &[&str], incoming: &Incoming) -> Reply {
        let page = |entries: Vec<Value>| self.page_of(entries, None, incoming);
        match rest {
            ["pulls", "7"] => Reply::json(200, self.pull.clone()),
            ["pulls", "7", "commits"] => page(self.commits.iter().map(commit).collect()),
            ["pulls", "7", "reviews"] => page(self.reviews.iter().map(review).collect()),
            ["issues", "7", "comments"] => page(self.comments.clone()),
            ["rules", "branches", _] => page(self.rules.clone()),
            ["environments"] => self.page_of(self.environments.clone(), Some("environments"), incoming),
            ["dependabot", "alerts"] => page(self.dependabot.clone()),
            ["code-scanning", "alerts"] => page(self.code_scanning.clone()),
            ["codeowners", "errors"] => match &self.owners_errors {
                Some(errors) => Reply::json(200, json!({ "errors": errors })),
                None => not_found(),
            },
            ["properties", "values"] => {
                let entry = |(name, value): (&String, &Value)| {
                    made("property", json!({ "property_name": name, "value": value }))
                };
                Reply::json(200, self.properties.as_object().unwrap().iter().map(entry).collect::<Vec<_>>())
            }
            ["commits", sha, "check-runs"] => {
                let named = incoming.parameter("check_name");
                let runs = self.check_runs.iter().filter(|run| {
                    run["head_sha"] == *sha
                        && named.is_none_or(|name| run["name"] == name.replace("%20", " "))
                });
                self.page_of(runs.cloned().collect(), Some("check_runs"), incoming)
            }
            ["installation"] => Reply::json(200, made("installation", json!({ "id": 5 }))),
            ["git", "trees", sha] => self.tree(sha, incoming.parameter("recursive").is_some()),
            ["git", "blobs", sha] => self.blob(sha),
            ["compare", range] => self.compare(range),
            _ => not_found(),
        }
    }

    fn tree(&self, sha: &str, recursive: bool) -> Reply {
        let Some((sha, mut entries)) = self.repo.as_deref().and_then(|repo| git::tree(repo, sha, recursive))
        else {
            return not_found();
        };
        let truncated = recursive && entries.len() > self.tree_limit;
        if truncated {
            entries.truncate(self.tree_limit);
        }
        Reply::json(200, made("tree", json!({ "sha": sha, "tree": entries, "truncated": truncated })))
    }

    fn blob(&self, sha: &str) -> Reply {
        let Some(bytes) = self.repo.as_deref().and_then(|repo| git::blob(repo, sha)) else {
            return not_found();
        };
        // In lines, as GitHub does it.
        let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let lines: Vec<&str> =
            text.as_bytes().chunks(60).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let parts = json!({ "sha": sha, "size": bytes.len(), "encoding": "base64", "content": lines.join("\n") + "\n" });
        Reply::json(200, made("blob", parts))
    }

    fn compare(&self, range: &str) -> Reply {
        let found = range
            .split_once("...")
            .and_then(|(base, head)| git::merge_base(self.repo.as_deref()?, base, head));
        let Some(sha) = found else { return not_found() };
        Reply::json(200, made("compare", json!({ "merge_base_commit": { "sha": sha } })))
    }

    fn write(&mut self, rest: &[&str], incoming: &Incoming) -> Reply {
        let body = &incoming.body;
        match (incoming.method.as_str(), rest) {
            ("POST", ["issues", "7", "comments"]) => {
                let Some(text) = body["body"].as_str() else { return invalid("body is missing") };
                if text.chars().count() > 65_536 {
                    return invalid("body is too long (maximum is 65536 characters)");
                }
                self.comment("github-actions[bot]", "Bot", text);
                Reply::json(201, self.comments.last().unwrap().clone())
            }
            ("PATCH", ["issues", "comments", id]) => {
                let comment = self.comments.iter_mut().find(|comment| written(&comment["id"], id));
                let Some(comment) = comment else { return not_found() };
                comment["body"] = body["body"].clone();
                Reply::json(200, comment.clone())
            }
            ("DELETE", ["issues", "comments", id]) => {
                self.comments.retain(|comment| !written(&comment["id"], id));
                Reply::json(204, Value::Null)
            }
            ("POST", ["check-runs"]) => {
                let id = self.id();
                let mut run = made("check_run", json!({ "id": id, "output": { "annotations_count": 0 } }));
                run["annotations"] = json!([]);
                self.check_runs.push(run);
                self.run(&id.to_string(), 201, body)
            }
            ("PATCH", ["check-runs", id]) => self.run(id, 200, body),
            ("POST", ["statuses", sha]) => {
                let text = body["description"].as_str().unwrap_or_default();
                if text.chars().count() > 140 {
                    return invalid("description is too long (maximum is 140 characters)");
                }
                let mut status = made("status", json!({ "id": self.id() }));
                for field in ["state", "context", "description", "target_url"] {
                    status[field] = body.get(field).cloned().unwrap_or_default();
                }
                let kept = json!({ "sha": sha, "state": status["state"], "context": status["context"], "description": text });
                self.statuses.push(kept);
                Reply::json(201, status)
            }
            _ => not_found(),
        }
    }

    /// Changes a check run; annotations are added to those that are there.
    fn run(&mut self, id: &str, status: u16, body: &Value) -> Reply {
        let Some(run) = self.check_runs.iter_mut().find(|run| written(&run["id"], id)) else {
            return not_found();
        };
        let annotations =
            body.pointer("/output/annotations").and_then(Value::as_array).cloned().unwrap_or_default();
        if annotations.len() > 50 {
            return invalid("no more than 50 annotations");
        }
        for field in ["name", "head_sha", "status", "conclusion", "external_id"] {
            if let Some(value) = body.get(field) {
                run[field] = value.clone();
            }
        }
        if !run["conclusion"].is_null() {
            run["status"] = "completed".into();
        }
        for field in ["title", "summary", "text"] {
            if let Some(value) = body.pointer(&format!("/output/{field}")) {
                run["output"][field] = value.clone();
            }
        }
        let kept = run["annotations"].as_array_mut().unwrap();
        kept.extend(annotations);
        let count = kept.len();
        run["output"]["annotations_count"] = count.into();
        let mut shown = run.clone();
        shown.as_object_mut().unwrap().remove("annotations");
        Reply::json(status, shown)
    }

    /// One page of a list, with the address of the next.
    fn page_of(&self, entries: Vec<Value>, inside: Option<&str>, incoming: &Incoming) -> Reply {
        let number = |name: &str| incoming.parameter(name).and_then(|text| text.parse::<usize>().ok());
        let size = number("per_page").unwrap_or(30).min(self.page);
        let page = number("page").unwrap_or(1);
        let total = entries.len();
        let shown: Vec<Value> = entries.into_iter().skip((page - 1) * size).take(size).collect();
        let reply = match inside {
            Some(field) => Reply::json(200, json!({ "total_count": total, field: shown })),
            None => Reply::json(200, shown),
        };
        if page * size >= total {
            return reply;
        }
        let path = incoming.path.split('?').next().unwrap();
        let next = format!("http://{}/api/v3{path}?per_page={size}&page={}", incoming.host, page + 1);
        reply.with("link", format!("<{next}>; rel=\"next\""))
    }

    /// The branch as GraphQL shows it, made of the rules that REST shows.
    pub(super) fn branch_graph(&self) -> Value {
        let nodes = self.rules.iter().map(|rule| {
            let parameters = &rule["parameters"];
            match rule["type"].as_str().unwrap() {
                "pull_request" => json!({ "type": "PULL_REQUEST", "parameters": {
                    "__typename": "PullRequestParameters",
                    "requiredApprovingReviewCount": parameters["required_approving_review_count"],
                    "requireCodeOwnerReview": parameters["require_code_owner_review"],
                    "dismissStaleReviewsOnPush": parameters["dismiss_stale_reviews_on_push"],
                } }),
                "required_status_checks" => json!({ "type": "REQUIRED_STATUS_CHECKS", "parameters": {
                    "__typename": "RequiredStatusChecksParameters",
                    "requiredStatusChecks": parameters["required_status_checks"],
                } }),
                other => json!({ "type": other.to_uppercase(), "parameters": null }),
            }
        });
        json!({
            "rules": { "pageInfo": { "hasNextPage": false }, "nodes": nodes.collect::<Vec<_>>() },
            "refUpdateRule": self.classic,
        })
    }
}

fn commit((id, message): &(String, String)) -> Value {
    made("commit", json!({ "sha": id, "commit": { "message": message } }))
}

fn review((login, state): &(String, String)) -> Value {
    made("review", json!({ "user": account(login, "User"), "state": state }))
}

fn not_found() -> Reply {
    Reply::json(
        404,
        json!({ "message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404" }),
    )
}

fn invalid(message: &str) -> Reply {
    let error = json!({ "resource": "IssueComment", "field": "body", "code": "custom", "message": message });
    let documentation = "https://docs.github.com/rest";
    Reply::json(
        422,
        json!({ "message": "Validation Failed", "documentation_url": documentation, "errors": [error] }),
    )
}

/// A ruleset's demand for reviews.
pub(crate) fn reviews_rule(count: u32, owners: bool) -> Value {
    json!({
        "type": "pull_request", "ruleset_source_type": "Repository", "ruleset_source": "acme/app", "ruleset_id": 1,
        "parameters": {
            "required_approving_review_count": count, "require_code_owner_review": owners,
            "dismiss_stale_reviews_on_push": true, "require_last_push_approval": false,
            "required_review_thread_resolution": false,
        },
    })
}

/// A ruleset's demand for these checks.
pub(crate) fn checks_rule(names: &[&str]) -> Value {
    let checks: Vec<Value> = names.iter().map(|name| json!({ "context": name })).collect();
    json!({
        "type": "required_status_checks", "ruleset_source_type": "Organization", "ruleset_source": "acme", "ruleset_id": 2,
        "parameters": { "required_status_checks": checks, "strict_required_status_checks_policy": false },
    })
}

/// Whether this is the number that stands in a path.
fn written(number: &Value, text: &str) -> bool {
    text.parse().is_ok_and(|id: u64| number.as_u64() == Some(id))
}
