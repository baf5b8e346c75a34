//! What a branch demands of changes: rulesets of repository and organization, and what a reader sees of classic protection.
//!
//! One query of GraphQL holds both. A server whose schema lacks a part of it is asked by REST, for rulesets alone.

use super::api::{Api, Ask, Graph, path_part};
use super::error::ApiError;
use super::hosted::{number, odd, place};
use super::payload::{at, text};
use crate::evidence::{BranchRules, Fact};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What it is about, for errors.
const WHAT: &str = "the rules of the branch";

/// Rules of one branch that are read at most.
const RULES: usize = 300;

/// The query. A hundred rules are what one page holds; more than that are asked for by REST.
const QUERY: &str = "\
query($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $ref) {
      rules(first: 100) {
        pageInfo { hasNextPage }
        nodes {
          type
          parameters {
            __typename
            ... on PullRequestParameters {
              requiredApprovingReviewCount requireCodeOwnerReview dismissStaleReviewsOnPush
            }
            ... on RequiredStatusChecksParameters { requiredStatusChecks { context } }
          }
        }
      }
      refUpdateRule { requiredApprovingReviewCount requiresCodeOwnerReviews requiredStatusCheckContexts }
    }
  }
}";

/// The rules in force on a branch.
pub(super) fn rules(api: &dyn Api, branch: &str) -> Result<BranchRules, ApiError> {
    let (owner, name) = api.repository().split_once('/').unwrap_or_default();
    let variables = json!({ "owner": owner, "name": name, "ref": format!("refs/heads/{branch}") });
    let ask = Ask { what: WHAT, path: "", permission: Fact::Branch.permission() };
    match api.graphql(ask, QUERY, &variables).map(|graph| by_graph(branch, &graph)) {
        Ok(Some(rules)) => Ok(rules),
        // The branch is not there yet, a part could not be read, or the schema is an older one.
        Ok(None) | Err(ApiError::Rejected { .. } | ApiError::Refused { .. }) => by_rest(api, branch),
        Err(error) => Err(error),
    }
}

fn by_graph(branch: &str, graph: &Graph) -> Option<BranchRules> {
    let found = at(&graph.data, "/repository/ref")?;
    if !graph.errors.is_empty() || at(found, "/rules/pageInfo/hasNextPage")?.as_bool()? {
        return None;
    }
    let mut rules = Gathering::of(branch);
    for rule in at(found, "/rules/nodes")?.as_array()? {
        let parameters = at(rule, "/parameters");
        match text(rule, "/type")? {
            "PULL_REQUEST" => rules.pull_request(
                parameters,
                ["/requiredApprovingReviewCount", "/requireCodeOwnerReview", "/dismissStaleReviewsOnPush"],
            ),
            "REQUIRED_STATUS_CHECKS" => {
                rules.required(parameters.and_then(|found| at(found, "/requiredStatusChecks")), "/context");
            }
            _ => {}
        }
    }
    match at(found, "/refUpdateRule") {
        Some(classic) => {
            // A count, even of 0, says that pull requests are demanded.
            if at(classic, "/requiredApprovingReviewCount").is_some() {
                let pointers = ["/requiredApprovingReviewCount", "/requiresCodeOwnerReviews", "/-"];
                rules.pull_request(Some(classic), pointers);
            }
            rules.required(at(classic, "/requiredStatusCheckContexts"), "");
            // The one thing of it that is shown to administrators alone.
            rules.found.dismiss_stale = rules.found.dismiss_stale.filter(|stale| *stale);
        }
        // Null where there is no classic protection, or where this kind of viewer is not shown it (github-facts 13).
        None => rules.found.hidden = Some(CLASSIC.to_owned()),
    }
    Some(rules.done())
}

/// Why there may be more than was seen.
const CLASSIC: &str = "classic branch protection is not visible to every token: it takes a GitHub App or a personal token with \
                       `administration: read`, or a ruleset in its place";

/// By REST, for rulesets alone: active rules, those of the organization too; the branch need not exist.
fn by_rest(api: &dyn Api, branch: &str) -> Result<BranchRules, ApiError> {
    let path = place(api, &format!("rules/branches/{}", path_part(branch)));
    let ask = Ask { what: WHAT, path: &path, permission: Fact::Branch.permission() };
    let mut rules = Gathering::of(branch);
    for rule in api.get_all(ask, None, RULES)? {
        let parameters = at(&rule, "/parameters");
        match text(&rule, "/type").ok_or_else(|| odd(WHAT))? {
            "pull_request" => rules.pull_request(
                parameters,
                [
                    "/required_approving_review_count",
                    "/require_code_owner_review",
                    "/dismiss_stale_reviews_on_push",
                ],
            ),
            "required_status_checks" => {
                rules.required(parameters.and_then(|found| at(found, "/required_status_checks")), "/context");
            }
            _ => {}
        }
    }
    rules.found.hidden = Some(CLASSIC.to_owned());
    Ok(rules.done())
}

/// Rules are joined: of two the stricter counts.
struct Gathering {
    found: BranchRules,
    checks: BTreeSet<String>,
}

impl Gathering {
    fn of(branch: &str) -> Self {
        Self {
            found: BranchRules {
                name: branch.to_owned(),
                dismiss_stale: Some(false),
                ..BranchRules::default()
            },
            checks: BTreeSet::new(),
        }
    }

    /// A demand for pull requests: how many reviews, by code owners, dismissed by new commits.
    fn pull_request(&mut self, parameters: Option<&Value>, [count, owners, stale]: [&str; 3]) {
        let flag = |pointer| parameters.and_then(|found| at(found, pointer)?.as_bool()).unwrap_or(false);
        let found = &mut self.found;
        found.pull_request = true;
        found.reviews = found.reviews.max(parameters.map_or(0, |parameters| number(parameters, count)));
        found.code_owners |= flag(owners);
        found.dismiss_stale = Some(flag(stale) || found.dismiss_stale == Some(true));
    }

    fn required(&mut self, checks: Option<&Value>, name: &str) {
        let names = checks.and_then(Value::as_array).into_iter().flatten();
        self.checks.extend(names.filter_map(|check| text(check, name)).map(str::to_owned));
    }

    fn done(self) -> BranchRules {
        BranchRules { checks: self.checks.into_iter().collect(), ..self.found }
    }
}
