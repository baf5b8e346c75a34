//! Policies: bad ones with the problems they have to show (`tests/cases/policies`), hostile ones, and what good
//! ones come to. `UPDATE=1 cargo test` writes the expected texts and the JSON Schema anew.

use roadworthy::document::Problems;
use roadworthy::policy::{self, Expect, Files};
use roadworthy::words::{Severity, Stage};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The folder of cases.
struct Cases;

impl Files for Cases {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(fs::read(root("tests/cases/policies").join(path)).ok())
    }
}

/// Files in memory; a file `link` cannot be read.
#[derive(Default)]
struct Memory(BTreeMap<String, Vec<u8>>);

impl Memory {
    fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        Self(files.into_iter().map(|(path, text)| (path.into(), text.into())).collect())
    }
}

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        if path == "link.yml" {
            return Err("it is a symbolic link".into());
        }
        Ok(self.0.get(path).cloned())
    }

    fn commit(&self) -> Option<String> {
        Some("c0ffee".into())
    }
}

/// Compares with a committed text, or writes it.
fn compare(path: &Path, actual: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, actual).expect("the expected text can be written");
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(actual, expected, "{}: run UPDATE=1 cargo test and read the difference", path.display());
}

fn problems(source: &str, files: &dyn Files) -> Problems {
    policy::load(source, files).map(|policy| policy.name).expect_err("the policy has a mistake")
}

#[test]
fn bad_policies_show_all_their_problems() {
    let mut cases: Vec<PathBuf> =
        fs::read_dir(root("tests/cases/policies")).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|end| end == "yml"));
    cases.sort();
    assert!(cases.len() > 15);
    for case in cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        compare(&case.with_extension("txt"), &problems(name, &Cases).render(false));
    }
}

#[test]
fn the_committed_schema_is_current() {
    compare(&root("policies/schema.json"), &format!("{:#}\n", policy::json_schema()));
}

#[test]
fn the_schema_accepts_good_policies_and_refuses_bad_ones() {
    let schema = jsonschema::validator_for(&policy::json_schema()).unwrap();
    let valid = |name: &str| {
        let text = fs::read_to_string(root("tests/cases/policies").join(name)).unwrap();
        schema.is_valid(&serde_yaml::from_str(&text).unwrap())
    };
    assert!(valid("parts/base.yml"));
    for name in
        ["unknown-key.yml", "unknown-check.yml", "wrong-types.yml", "empty-extends.yml", "next-version.yml"]
    {
        assert!(!valid(name), "{name}");
    }
}

#[test]
fn the_built_in_policies_and_capabilities_are_valid() {
    for name in policy::builtin_names() {
        let loaded = policy::load(&format!("builtin:{name}"), &Memory::default());
        assert!(loaded.is_ok(), "{}", loaded.unwrap_err());
    }
    assert!(policy::catalogue().is_ok());
    assert!(policy::lint_builtin().is_empty(), "{}", policy::lint_builtin());
}

#[test]
fn hostile_policies_are_refused() {
    let alias =
        |level: usize| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", "));
    let bomb: String = (1..12).map(alias).collect();
    let many = format!("a: &a [{}]\nb: [{}]\n", ["x"; 1000].join(","), vec!["*a"; 40_000].join(","));
    let cases = [
        (format!("version: 1\nrules: {}", "[".repeat(50_000)).into_bytes(), "nested more than 64 deep"),
        (format!("version: 1\nrules: {}", "{a: ".repeat(50_000)).into_bytes(), "nested more than 64 deep"),
        ("- ".repeat(50_000).into_bytes(), "nested more than 64 deep"),
        (format!("a0: &a0 [x, x]\n{bomb}").into_bytes(), "aliases repeat more than a document may hold"),
        (many.into_bytes(), "aliases repeat more than a document may hold"),
        (b"version: 1\nname: \xff\xfe\n".to_vec(), "this is not UTF-8 text\n --> p.yml:2:7"),
        (vec![b' '; (1 << 20) + 1], "this policy is larger than 1024 KiB"),
        (b"version: 1\0".to_vec(), "p.yml"),
    ];
    for (bytes, expected) in cases {
        let files = Memory([("p.yml".to_owned(), bytes)].into());
        let text = problems("p.yml", &files).render(false);
        assert!(text.contains(expected), "{expected}:\n{text}");
        assert!(text.len() < 2000, "{expected}: {} bytes", text.len());
    }
}

#[test]
fn a_policy_that_is_not_there_is_told() {
    let cases = [
        ("missing.yml", "there is no file `missing.yml`"),
        ("link.yml", "`link.yml` cannot be read: it is a symbolic link"),
        ("../up.yml", "out of the repository"),
        ("builtin:foundtion", "there is no built-in policy `foundtion`"),
        ("ftp://x/y", "`ftp:` is not a source of policies"),
    ];
    for (source, expected) in cases {
        let text = problems(source, &Memory::default()).render(false);
        assert!(text.contains(expected), "{source}: {text}");
    }
}

#[test]
fn a_policy_that_follows_links_is_refused_at_the_link() {
    let files = Memory::of([("p.yml", "version: 1\nextends: [link.yml]\n")]);
    let text = problems("p.yml", &files).render(false);
    assert!(text.contains("cannot be read: it is a symbolic link") && text.contains("p.yml:2:11"), "{text}");
}

#[test]
fn policies_stand_behind_one_another_up_to_ten_deep() {
    let chain = |length: usize| {
        let text = |at: usize| {
            if at == length {
                "version: 1\n".into()
            } else {
                format!("version: 1\nextends: [{}.yml]\n", at + 1)
            }
        };
        Memory((0..=length).map(|at| (format!("{at}.yml"), text(at).into_bytes())).collect())
    };
    assert_eq!(policy::load("0.yml", &chain(10)).unwrap().sources.len(), 11);
    let text = problems("0.yml", &chain(11)).render(false);
    assert!(text.contains("more than 10 policies behind one another: 0.yml -> 1.yml"), "{text}");
}

#[test]
fn there_are_at_most_two_thousand_rules() {
    let rule =
        |id: usize| format!("  r{id}: {{ title: t, stage: core, require: {{ file: a }}, why: w, fix: f }}\n");
    let text = |rules: std::ops::Range<usize>| {
        format!("version: 1\nrules:\n{}", rules.map(rule).collect::<String>())
    };
    let (half, other, rest) = (text(0..1000), text(1000..2000), text(2000..2001));
    let all = "version: 1\nextends: [a.yml, b.yml]\n";
    let files = Memory::of([("p.yml", all), ("a.yml", &half), ("b.yml", &other)]);
    assert_eq!(policy::load("p.yml", &files).unwrap().rules.len(), 2000);
    let more = format!("{rest}extends: [a.yml, b.yml]\n");
    let files = Memory::of([("p.yml", &more), ("a.yml", &half), ("b.yml", &other)]);
    assert!(problems("p.yml", &files).render(false).contains("2001 rules, at most 2000"));
}

const BASE: &str = "
version: 1
name: base
stage: core
ignore: [a/**]
capabilities: { paging: { signals: [{ grade: declared }] } }
rules:
  first: { title: First, stage: core, require: { file: a }, why: w, fix: f, since: 2027-01-15 }
  second: { title: Second, stage: scale, require: { file: b }, why: w, fix: f }
  third: { title: Third, stage: scale, require: { file: c }, why: w, fix: f }
";

const OVER: &str = "
version: 1
extends: [./base.yml]
ignore: [b/**]
capabilities: { paging: { signals: [{ grade: wired }] } }
rules:
  second: { forbid: { file: x }, severity: warning, signs: [friction] }
  third: { severity: off }
  fourth:
    title: Fourth
    stage: foundation
    require: { any: [{ file: a }, { not: { file: b } }] }
    why: w
    fix: |
      Two

      lines.
    tests:
      - { name: none, files: { x: 'y' }, expect: not_applicable }
";

#[test]
fn policies_merge_by_id_and_by_key() {
    let files = Memory::of([("dir/base.yml", BASE), ("dir/p.yml", OVER)]);
    let policy = policy::load("./dir/p.yml", &files).unwrap();
    let ids: Vec<&str> = policy.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["first", "second", "fourth"]);
    assert_eq!((policy.name.as_str(), policy.stage), ("base", Stage::Core));
    assert_eq!(policy.ignore, ["a/**", "b/**"]);
    let second = &policy.rules[1];
    assert!(matches!(second.demand, policy::Demand::Forbid(_)));
    assert_eq!((second.title.as_str(), second.severity), ("Second", Severity::Warning));
    assert_eq!(policy.rules[0].since.unwrap().to_string(), "2027-01-15");
    assert_eq!(policy.rules[2].examples[0].expect, Expect::NotApplicable);
    let paging = policy.capabilities.iter().find(|capability| capability.id == "paging").unwrap();
    assert_eq!(paging.signals.len(), 2);
    let sources: Vec<&str> = policy.sources.iter().map(|source| source.source.as_str()).collect();
    assert_eq!(sources, ["dir/base.yml", "dir/p.yml"]);
    assert_eq!(policy.sources[0].commit.as_deref(), Some("c0ffee"));
    assert!(policy.unsupported().is_empty());
}

#[test]
fn the_digest_follows_every_source() {
    let digest = |base: &str| {
        policy::load("p.yml", &Memory::of([("base.yml", base), ("p.yml", OVER)])).unwrap().digest
    };
    assert_eq!(digest(BASE), digest(BASE));
    assert_ne!(digest(BASE), digest(&format!("{BASE}# more\n")));
    assert!(digest(BASE).starts_with("sha256:"));
}

#[test]
fn a_shared_base_counts_once_at_its_first_place() {
    let (a, b) = (
        "version: 1\nextends: [base.yml]\nrules: { second: { severity: notice } }\n",
        "version: 1\nextends: [base.yml]\n",
    );
    let all = "version: 1\nextends: [a.yml, b.yml]\n";
    let policy =
        policy::load("p.yml", &Memory::of([("base.yml", BASE), ("a.yml", a), ("b.yml", b), ("p.yml", all)]))
            .unwrap();
    assert_eq!(policy.rules[1].severity, Severity::Notice);
    assert_eq!(policy.sources.len(), 4);
}

#[test]
fn what_is_shown_is_a_policy_that_means_the_same() {
    let files = Memory::of([("base.yml", BASE), ("p.yml", OVER)]);
    let shown = policy::show(&policy::resolve("p.yml", &files).unwrap());
    assert!(shown.contains("\n  # from base.yml, changed by p.yml\n  second:\n"), "{shown}");
    let again = policy::load("p.yml", &Memory::of([("p.yml", &shown)])).unwrap();
    let first = policy::load("p.yml", &files).unwrap();
    assert_eq!(format!("{:?}", again.rules), format!("{:?}", first.rules));
    assert_eq!(again.capabilities, first.capabilities);
    assert!(again.rules[2].fix == "Two\n\nlines.\n");
}

#[test]
fn what_is_not_supported_yet_is_valid_and_told_at_its_place() {
    let text = "version: 1
extends: ['github:acme/policies//readiness.yml@v3', base.yml]
services:
  - { name: api, path: services/api, stage: core }
locked: [first]
rules:
  first: { locked: true, scope: service }
  from-elsewhere: { severity: warning }
waivers:
  - { rule: from-elsewhere, reason: r, owner: o, until: 2027-03-01, paths: services/** }
";
    let files = Memory::of([("base.yml", BASE), ("p.yml", text)]);
    let policy = policy::load("p.yml", &files).unwrap();
    let told: Vec<String> = policy
        .unsupported()
        .iter()
        .map(|problem| format!("{} {}", problem.place(), problem.message))
        .collect();
    let expected = [
        "p.yml:2:11 policies from another repository are not supported yet: `github:acme/policies//readiness.yml@v3`",
        "p.yml:3:1 services are not supported yet",
        "p.yml:9:1 waivers are not supported yet",
        "p.yml:5:1 locked rules are not supported yet",
        "p.yml:7:12 locked rules are not supported yet",
        "p.yml:7:33 rules for services are not supported yet",
    ];
    assert_eq!(told, expected);
    assert_eq!((policy.services.len(), policy.waivers.len(), policy.rules.len()), (1, 1, 3));
    let repo = crate::repo::Repo::folder();
    repo.write_all(&[("base.yml", BASE), ("p.yml", text)]);
    let lint = repo.roadworthy(&["policy", "lint", "p.yml"]);
    assert_eq!(lint.code, 0, "{}", lint.stderr);
    assert!(lint.stdout.contains("note: p.yml:3:1: services are not supported yet"), "{}", lint.stdout);
    let check = repo.roadworthy(&["check", "--policy", "p.yml"]);
    assert_eq!((check.code, check.stdout.as_str()), (2, ""));
    assert!(check.stderr.contains("services are not supported yet"), "{}", check.stderr);
}

#[test]
fn lint_tells_problems_on_stderr_and_cannot_decide() {
    let repo = crate::repo::Repo::folder();
    repo.write_all(&[("p.yml", "version: 1\nrules:\n  a: { severty: error }\n")]);
    for command in [&["policy", "lint", "p.yml"][..], &["check", "--policy", "p.yml"]] {
        let run = repo.roadworthy(command);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{command:?}");
        assert!(
            run.stderr.contains("p.yml:3:8") && run.stderr.contains("did you mean `severity`?"),
            "{}",
            run.stderr
        );
    }
}
