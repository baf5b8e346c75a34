//! Which commit a change is measured from, and which one's policy binds it.
//!
//! What is checked out is decided by a workflow, and partly by the author of a pull request; what the platform says
//! (`GITHUB_SHA`, the payload) is trusted, the shape of commits is not.

use super::action::{Base, HeadCommit, History, PolicyFrom, RunError};
use crate::github::{Context, Environment, Inputs};

/// What base and policy of a run are found from.
pub(super) struct Ground<'a> {
    pub(super) env: &'a Environment,
    pub(super) inputs: &'a Inputs,
    pub(super) history: &'a dyn History,
    pub(super) context: &'a Context,
}

impl Ground<'_> {
    pub(super) fn pull_request(
        &self,
        at: &HeadCommit,
        tip: &str,
        base: Option<&str>,
        target: bool,
    ) -> Result<(Base, PolicyFrom), RunError> {
        // First of all the head itself: its author may have made it a merge commit that looks like the test merge.
        if at.id == tip {
            return self.by_payload(at, tip, base);
        }
        let [base_tip, merged] = at.parents.as_slice() else { return Err(other_checkout(at, tip, target)) };
        if merged != tip {
            return Err(other_checkout(at, tip, target));
        }
        // Whoever can push to the branch that is checked out can make a commit with these parents. It is the test
        // merge only if the platform says so: by its id, or because it was made onto the base of the payload.
        let vouched = (!target && self.env.get("GITHUB_SHA") == Some(&at.id)) || base == Some(base_tip);
        if vouched { self.onto(base_tip, 2, Base::Commit) } else { self.by_payload(at, tip, base) }
    }

    fn by_payload(
        &self,
        at: &HeadCommit,
        tip: &str,
        base: Option<&str>,
    ) -> Result<(Base, PolicyFrom), RunError> {
        let base = base.ok_or_else(|| other_checkout(at, tip, false))?;
        self.onto(base, 0, Base::MergeBase)
    }

    pub(super) fn merge_group(
        &self,
        at: &HeadCommit,
        tip: &str,
        base: &str,
    ) -> Result<(Base, PolicyFrom), RunError> {
        if at.id != tip {
            let help = "let `actions/checkout` choose what to check out: no `ref` input";
            return Err(RunError::OtherCheckout { found: at.id.clone(), wanted: tip.to_owned(), help });
        }
        // The group's parent may be queued itself. Its policy still is trusted ground: it passed this gate in a
        // group of its own, and this group is only merged after it.
        self.onto(base, 0, Base::MergeBase)
    }

    /// Base and policy from the same commit. A policy that is built in needs no commit; the delta is unknown then.
    fn onto(
        &self,
        commit: &str,
        depth: u8,
        base: impl Fn(String) -> Base,
    ) -> Result<(Base, PolicyFrom), RunError> {
        let policy_from = PolicyFrom::Commit(commit.to_owned());
        if self.history.has(commit) {
            return Ok((base(commit.to_owned()), policy_from));
        }
        let in_files = |source: &String| !source.starts_with("builtin:") && !source.starts_with("github:");
        if self.inputs.policy.as_ref().is_none_or(in_files) {
            return Err(RunError::NoTrustedPolicy { commit: commit.to_owned(), depth });
        }
        Ok((not_here(commit, depth), policy_from))
    }

    pub(super) fn pushed(&self, at: &HeadCommit, before: Option<&str>, after: &str, reference: &str) -> Base {
        if at.id != after {
            return Base::Unknown(format!("the checkout is at {}, not at the pushed commit {after}", at.id));
        }
        match before {
            Some(before) if self.history.has(before) => Base::MergeBase(before.to_owned()),
            Some(before) => not_here(before, 0),
            None => match &self.context.default_branch {
                Some(branch) if *reference != format!("refs/heads/{branch}") => Base::Branch(branch.clone()),
                _ => Base::None("the pushed ref is new".to_owned()),
            },
        }
    }
}

fn not_here(commit: &str, depth: u8) -> Base {
    Base::Unknown(format!(
        "the commit {commit} is not in this checkout; give `actions/checkout` the input `fetch-depth: {depth}`"
    ))
}

fn other_checkout(at: &HeadCommit, tip: &str, target: bool) -> RunError {
    let help = if target {
        // Its checkout is the default branch; the pull request would have to be read by the API (github-facts 5).
        "on `pull_request_target` the pull request is not checked out but read by the API, which takes the input `token`"
    } else {
        "let `actions/checkout` choose what to check out: no `ref` input"
    };
    RunError::OtherCheckout { found: at.id.clone(), wanted: tip.to_owned(), help }
}
