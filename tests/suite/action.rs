//! From an event and a checkout to what is judged against what, and by whose policy.

use roadworthy::app::action::{self, Base, HeadCommit, History, PolicyFrom, Run, RunError};
use roadworthy::gather::Place;
use roadworthy::github::{Context, Environment, Inputs};
use roadworthy::words::{Stage, Verdict};
use std::fs;
use std::path::{Path, PathBuf};

/// The ids of `tests/cases/events`: the head of the pull request, group or push; its base; anything else.
const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const BASE: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const MERGE: &str = "cccccccccccccccccccccccccccccccccccccccc";
const OTHER: &str = "dddddddddddddddddddddddddddddddddddddddd";

struct FakeHistory {
    head: Option<HeadCommit>,
    there: &'static [&'static str],
}

impl History for FakeHistory {
    fn head(&self) -> Option<HeadCommit> {
        self.head.clone()
    }

    fn has(&self, commit: &str) -> bool {
        self.there.contains(&commit)
    }
}

/// A checkout at a commit with these parents, that has these other commits.
fn checkout(id: &str, parents: &[&str], there: &'static [&'static str]) -> FakeHistory {
    let parents = parents.iter().map(ToString::to_string).collect();
    FakeHistory { head: Some(HeadCommit { id: id.to_owned(), parents }), there }
}

fn event(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/events").join(file)
}

fn environment(name: &str, file: &str, more: &[(&str, &str)]) -> Environment {
    let event = event(file);
    let runner = [("GITHUB_EVENT_NAME", name), ("GITHUB_EVENT_PATH", event.to_str().unwrap())];
    runner.iter().chain(more).copied().collect()
}

fn describe(name: &str, file: &str, more: &[(&str, &str)], history: &FakeHistory) -> Result<Run, RunError> {
    let env = environment(name, file, more);
    let inputs = Inputs::read(&env).unwrap();
    let context = Context::read(&env)?;
    action::describe(&env, &inputs, context, PathBuf::from("/w"), history)
}

/// Base and policy of a run, or the error's text.
fn ground(result: Result<Run, RunError>) -> Result<(Base, PolicyFrom), String> {
    result.map(|run| (run.base, run.policy_from)).map_err(|error| error.to_string())
}

fn commit(id: &str) -> PolicyFrom {
    PolicyFrom::Commit(id.to_owned())
}

#[test]
fn the_test_merge_is_judged_against_its_first_parent() {
    let merge = checkout(MERGE, &[OTHER, HEAD], &[OTHER]);
    let run = describe("pull_request", "pull_request.json", &[("GITHUB_SHA", MERGE)], &merge).unwrap();
    assert_eq!((run.base, run.policy_from), (Base::Commit(OTHER.to_owned()), commit(OTHER)));
    assert_eq!((run.head.as_deref(), run.repository.as_deref()), (Some(MERGE), Some("acme/app")));
    let pull = run.pull_request.unwrap();
    assert_eq!((pull.number, pull.author.as_str(), pull.fork), (7, "alice", true));
    assert_eq!(pull.labels, ["a", "b"]);
    assert!(!run.rerun);
}

#[test]
fn a_checkout_of_the_head_is_judged_against_the_merge_base() {
    for parents in [&[OTHER][..], &[OTHER, HEAD], &[]] {
        let head = checkout(HEAD, parents, &[OTHER, BASE]);
        let run = describe("pull_request", "pull_request.json", &[("GITHUB_SHA", MERGE)], &head);
        assert_eq!(ground(run), Ok((Base::MergeBase(BASE.to_owned()), commit(BASE))), "{parents:?}");
    }
}

/// A pull request's author can push a commit whose parents look like those of the test merge, the first one with a
/// policy of theirs. Where a workflow checks out a branch by name, that commit is what it finds.
#[test]
fn a_forged_test_merge_does_not_choose_the_policy() {
    let forged = checkout(MERGE, &[OTHER, HEAD], &[OTHER, BASE]);
    let run = describe("pull_request", "pull_request.json", &[("GITHUB_SHA", HEAD)], &forged);
    assert_eq!(ground(run), Ok((Base::MergeBase(BASE.to_owned()), commit(BASE))));
    // On pull_request_target GITHUB_SHA says nothing about the pull request.
    let run = describe("pull_request_target", "pull_request.json", &[("GITHUB_SHA", MERGE)], &forged);
    assert_eq!(ground(run), Ok((Base::MergeBase(BASE.to_owned()), commit(BASE))));
}

#[test]
fn a_shallow_checkout_has_no_trusted_policy() {
    let merge = checkout(MERGE, &[OTHER, HEAD], &[]);
    let sha = ("GITHUB_SHA", MERGE);
    let error = ground(describe("pull_request", "pull_request.json", &[sha], &merge)).unwrap_err();
    assert!(error.contains(OTHER) && error.ends_with("`fetch-depth: 2`"), "{error}");
    let head = checkout(HEAD, &[OTHER], &[]);
    let error = ground(describe("pull_request", "pull_request.json", &[sha], &head)).unwrap_err();
    assert!(error.contains(BASE) && error.ends_with("`fetch-depth: 0`"), "{error}");
    // A built-in policy is trusted anywhere; only the delta is lost.
    let built_in = [sha, ("INPUT_POLICY", "builtin:roadmap")];
    let (base, _) = ground(describe("pull_request", "pull_request.json", &built_in, &merge)).unwrap();
    assert!(matches!(base, Base::Unknown(reason) if reason.contains("fetch-depth: 2")));
}

#[test]
fn a_foreign_checkout_is_an_error_with_help() {
    let cases = [
        ("pull_request", "pull_request.json", checkout(OTHER, &[BASE], &[BASE]), "no `ref` input"),
        ("pull_request", "pull_request.json", checkout(MERGE, &[BASE, OTHER], &[BASE]), "no `ref` input"),
        ("pull_request", "pull_request_sparse.json", checkout(HEAD, &[], &[]), "no `ref` input"),
        (
            "pull_request_target",
            "pull_request.json",
            checkout(BASE, &[], &[]),
            "read by the API, which takes the input `token`",
        ),
        ("merge_group", "merge_group.json", checkout(OTHER, &[BASE], &[BASE]), "no `ref` input"),
        ("push", "push.json", FakeHistory { head: None, there: &[] }, "no checkout in /w"),
        ("pull_request", "push.json", checkout(HEAD, &[], &[]), "no usable `pull_request`"),
    ];
    for (name, file, history, expected) in cases {
        let error = ground(describe(name, file, &[], &history)).unwrap_err();
        assert!(error.contains(expected), "{name} {file}: {error}");
    }
}

#[test]
fn pull_request_target_with_the_head_checked_out_is_judged() {
    let head = checkout(HEAD, &[OTHER], &[BASE]);
    let run = describe("pull_request_target", "pull_request.json", &[("GITHUB_SHA", OTHER)], &head);
    assert_eq!(ground(run), Ok((Base::MergeBase(BASE.to_owned()), commit(BASE))));
}

#[test]
fn groups_and_pushes_know_what_was_before() {
    let tree = PolicyFrom::WorkTree;
    let at_head = |there| checkout(HEAD, &[BASE], there);
    let cases = [
        ("merge_group", "merge_group.json", at_head(&[BASE]), Base::MergeBase(BASE.to_owned()), commit(BASE)),
        ("push", "push.json", at_head(&[BASE]), Base::MergeBase(BASE.to_owned()), tree.clone()),
        ("push", "push_new_branch.json", at_head(&[]), Base::Branch("main".to_owned()), tree.clone()),
        (
            "push",
            "push_deleted.json",
            at_head(&[]),
            Base::None("the event is not about a change".to_owned()),
            tree,
        ),
    ];
    for (name, file, history, base, policy_from) in cases {
        assert_eq!(ground(describe(name, file, &[], &history)), Ok((base, policy_from)), "{file}");
    }
    for history in [at_head(&[]), checkout(OTHER, &[], &[BASE])] {
        let (base, _) = ground(describe("push", "push.json", &[], &history)).unwrap();
        assert!(matches!(base, Base::Unknown(_)), "{base:?}");
    }
}

#[test]
fn scheduled_runs_judge_the_whole_tree_even_without_git() {
    let nothing = FakeHistory { head: None, there: &[] };
    for name in ["schedule", "workflow_dispatch"] {
        let more = [("GITHUB_REPOSITORY", "acme/app"), ("GITHUB_RUN_ATTEMPT", "2")];
        let run = describe(name, &format!("{name}.json"), &more, &nothing).unwrap();
        assert!(matches!(run.base, Base::None(_)) && run.policy_from == PolicyFrom::WorkTree && run.rerun);
        assert_eq!(run.repository.as_deref(), Some("acme/app"));
    }
}

#[test]
fn the_folder_to_judge_stays_in_the_workspace() {
    let (workspace, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::create_dir_all(workspace.path().join("services/api")).unwrap();
    fs::write(workspace.path().join("file"), "").unwrap();
    std::os::unix::fs::symlink(outside.path(), workspace.path().join("link")).unwrap();
    let root = |folder: &str| {
        let env: Environment =
            [("GITHUB_WORKSPACE", workspace.path().to_str().unwrap()), ("INPUT_WORKING-DIRECTORY", folder)]
                .into_iter()
                .collect();
        action::root(&env, &Inputs::read(&env).unwrap())
    };
    let api = workspace.path().canonicalize().unwrap().join("services/api");
    assert_eq!(root("").unwrap(), workspace.path());
    assert_eq!(root("services/api").unwrap(), api);
    assert_eq!(root(workspace.path().join("services/api").to_str().unwrap()).unwrap(), api);
    for bad in ["..", "services/../..", "link", "file", "nothing", outside.path().to_str().unwrap()] {
        let error = root(bad).unwrap_err().to_string();
        assert!(error.starts_with("input `working-directory`: "), "{bad}: {error}");
    }
}

#[test]
fn a_real_checkout_tells_its_commits() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Place::open(folder.path()).unwrap().head(), None);
    let repository = gix::init(folder.path()).unwrap();
    let checkout = Place::open(folder.path()).unwrap();
    assert_eq!(checkout.head(), None);
    let signature =
        gix::actor::SignatureRef { name: "a".into(), email: "a@example.org".into(), time: "0 +0000" };
    let tree = repository.empty_tree().id;
    let commit = |message: &str, parents: Vec<gix::ObjectId>| {
        let commit = repository.new_commit_as(signature, signature, message, tree, parents).unwrap();
        commit.id().detach()
    };
    let base = commit("base", vec![]);
    let topic = commit("topic", vec![base]);
    let merge = commit("merge", vec![base, topic]);
    fs::write(folder.path().join(".git/HEAD"), format!("{merge}\n")).unwrap();
    let head = checkout.head().unwrap();
    assert_eq!(head.id, merge.to_string());
    assert_eq!(head.parents, [base.to_string(), topic.to_string()]);
    assert!(checkout.has(&base.to_string()) && !checkout.has(OTHER) && !checkout.has("HEAD"));

    // What a shallow clone does: the parent is named, and not there.
    let base = base.to_string();
    fs::remove_file(folder.path().join(".git/objects").join(&base[..2]).join(&base[2..])).unwrap();
    fs::write(folder.path().join(".git/shallow"), format!("{merge}\n")).unwrap();
    let shallow = Place::open(folder.path()).unwrap();
    assert_eq!(shallow.head().unwrap().parents.first(), Some(&base));
    assert!(!shallow.has(&base));
}

#[test]
fn the_verdict_is_the_exit_code() {
    assert_eq!(action::exit_code(Verdict::Pass, true), (0, None));
    assert_eq!(action::exit_code(Verdict::Fail, false), (1, None));
    assert_eq!(action::exit_code(Verdict::Undecided, true), (2, None));
    let (code, notice) = action::exit_code(Verdict::Undecided, false);
    assert_eq!(code, 0);
    assert!(notice.unwrap().contains("could not decide"));
}

#[test]
fn every_output_of_the_action_is_set() {
    let outputs = action::outputs(Verdict::Fail, 2, 3, Some(Stage::Core));
    let expected = [("verdict", "fail"), ("blocking", "2"), ("failed", "3"), ("stage-reached", "core")];
    let outputs: Vec<(&str, &str)> =
        outputs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(outputs, expected);
}

/// `action.yml` declares what the code reads and writes, and nothing else.
#[test]
fn the_action_file_declares_the_inputs_and_outputs() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).unwrap();
    let action: serde_json::Value = serde_yaml::from_str(&text).unwrap();
    let keys = |part: &str| -> Vec<String> {
        let mut keys: Vec<String> = action[part].as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    let mut outputs: Vec<String> = action::no_outputs().into_iter().map(|(name, _)| name).collect();
    outputs.sort();
    assert_eq!(keys("outputs"), outputs);
    let inputs = keys("inputs");
    assert_eq!(inputs.len(), 17);
    // A default must be a value that the code takes, and mean the same as no input at all.
    let variables = inputs.iter().map(|name| {
        let default = action["inputs"][name]["default"].as_str().unwrap();
        let default = if default.contains("${{") { "" } else { default };
        (format!("INPUT_{}", name.to_ascii_uppercase()), default.to_owned())
    });
    let env: Environment = variables.collect();
    assert_eq!(Inputs::read(&env).unwrap(), Inputs::read(&Environment::default()).unwrap());
    // A value of every input changes what is read: none is declared that the code does not know.
    for name in &inputs {
        let variable = format!("INPUT_{}", name.to_ascii_uppercase());
        let read = |value: &str| Inputs::read(&[(variable.as_str(), value)].into_iter().collect());
        assert!(
            read("not a word").is_err() || read("not a word") != Inputs::read(&Environment::default()),
            "{name}"
        );
    }
    assert_eq!(action["runs"]["image"], "Dockerfile");
    assert_eq!(action["runs"]["entrypoint"], "/roadworthy");
}
