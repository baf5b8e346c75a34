//! Hand-built reports: what evaluation could have come to, in every shape that a reader may meet.

mod build;

use build::{failing, finding, report, rule};
use roadworthy::findings::{Finding, RuleResult, WaiverInfo};
use roadworthy::report::{PullRequestInfo, Report, Subject};
use roadworthy::words::{Delta, Enforce, Outcome, Severity, Stage, Unknown};

/// Everything holds.
pub(crate) fn clean() -> Report {
    let rules = vec![
        rule("setup-documented", "A newcomer can run and test it from the README", Stage::Assessment),
        rule("ci-runs-tests", "CI runs the tests on every pull request", Stage::Foundation),
        RuleResult {
            outcome: Outcome::NotApplicable,
            message: "There is no database.".to_owned(),
            because: Vec::new(),
            ..rule("migrations-versioned", "The schema changes by versioned migrations", Stage::Core)
        },
    ];
    report(rules, Vec::new(), &[])
}

fn secrets() -> RuleResult {
    RuleResult {
        docs: Some("https://handbook.example/secrets".to_owned()),
        ..failing(
            rule("secrets-not-committed", "No secret is in the tree or in the change", Stage::Foundation),
            Delta::Introduced,
            true,
            "Two secrets are in the tree.",
            "A secret in git is known to everybody who can read the repository, and stays in its history after \
             the file is gone.",
            "Revoke the key first. Then remove it from the file, and read it from the environment:\n  \
             export API_KEY=...\nList its name in `.env.example`.",
        )
    }
}

fn tests_with_code() -> RuleResult {
    failing(
        rule("tests-with-code", "Code changes come with tests", Stage::Assessment),
        Delta::Introduced,
        true,
        "src/pay.rs changes and no test does.",
        "Untested changes are how fragile systems are made.",
        "Add or change a test next to the code you touched.",
    )
}

fn pinned() -> RuleResult {
    RuleResult {
        severity: Severity::Warning,
        ..failing(
            rule("containers-pinned", "Images are built from pinned, minimal bases", Stage::Foundation),
            Delta::Introduced,
            false,
            "The base image moves under your feet.",
            "Two builds of the same commit should give the same image.",
            "Name a version or a digest instead of `latest`.",
        )
    }
}

fn existing(id: &str, title: &str) -> RuleResult {
    failing(
        rule(id, title, Stage::Foundation),
        Delta::Existing,
        false,
        "Nothing of it was found.",
        "What nobody watches breaks unseen.",
        "Start with one alert on the error rate, see `ops/alerts.yml`.",
    )
}

fn waived() -> RuleResult {
    RuleResult {
        outcome: Outcome::Waived,
        severity: Severity::Warning,
        waiver: Some(WaiverInfo {
            reason: "Internal API, no static assets".to_owned(),
            owner: "@acme/platform".to_owned(),
            until: "2027-03-01".to_owned(),
        }),
        ..rule("cdn", "Static assets are served by a CDN", Stage::Scale)
    }
}

fn unknown() -> RuleResult {
    RuleResult {
        outcome: Outcome::Unknown,
        because: Vec::new(),
        unknown: Some(Unknown {
            reason: "The token cannot see the reviews of this pull request.".to_owned(),
            permission: Some("pull-requests: read".to_owned()),
            outage: false,
        }),
        ..rule("access-controlled", "Who may change production is limited", Stage::Foundation)
    }
}

/// Of everything something, and two rules block.
pub(crate) fn several() -> Report {
    let (secrets, tests, pinned) = (secrets(), tests_with_code(), pinned());
    let alerting =
        existing("alerting", "Somebody is woken up when the service is down or its users see errors");
    let findings = vec![
        finding(&alerting, None, "Nothing of it was found."),
        finding(&pinned, Some(("deploy/Dockerfile", 1, 6)), "`FROM node:latest` names no version."),
        finding(
            &secrets,
            Some(("config/production.env", 3, 12)),
            "This looks like a key of a cloud provider.",
        ),
        finding(&secrets, Some(("src/pay.rs", 214, 1)), "A private key begins here."),
        Finding {
            delta: Delta::Existing,
            blocking: false,
            ..finding(&secrets, Some(("old/a.env", 1, 1)), "This looks like a token.")
        },
        finding(&tests, Some(("src/pay.rs", 10, 1)), "src/pay.rs changes and no test does."),
    ];
    let rules = vec![
        rule("setup-documented", "A newcomer can run and test it from the README", Stage::Assessment),
        tests,
        RuleResult {
            delta: Delta::Fixed,
            ..rule("dependencies-locked", "Every manifest has its lock file", Stage::Assessment)
        },
        secrets,
        pinned,
        alerting,
        unknown(),
        waived(),
    ];
    report(rules, findings, &[])
}

/// The same after a push: the first secret is gone, and another came.
pub(crate) fn pushed() -> Report {
    let mut report = several();
    for finding in &mut report.findings {
        if finding.path.as_deref() == Some("config/production.env") {
            finding.path = Some("config/staging.env".to_owned());
            finding.fingerprint.push_str("-moved");
        }
    }
    report.subject.pull_request = Some(pull_request("3333333333333333333333333333333333333333"));
    report
}

/// Nothing blocks any more, and a rule that failed at the merge base holds now.
pub(crate) fn repaired() -> Report {
    let fixed =
        RuleResult { delta: Delta::Fixed, ..rule("alerting", "Somebody is woken up", Stage::Foundation) };
    let mut rules = clean().rules;
    rules.push(fixed);
    report(rules, Vec::new(), &[])
}

/// A rule whose fix is a whole file, and its place a range of lines.
pub(crate) fn with_code() -> Report {
    let lines: Vec<String> = (1..=20).map(|line| format!("      - run: step {line}\n")).collect();
    let lines = lines.concat();
    let fix = format!(
        "Add this workflow:\n```yaml\n# .github/workflows/ci.yml\non: [pull_request]\njobs:\n  test:\n    steps:\n{lines}```\n\
         Then make the job `test` a required check:\n```sh\ngh ruleset list\n```\n"
    );
    let ci = failing(
        rule("ci-runs-tests", "CI runs the tests on every pull request", Stage::Foundation),
        Delta::Introduced,
        true,
        "No workflow runs them any more.",
        "Tests that nobody has to run are not run when it is urgent.",
        &fix,
    );
    let place = Finding {
        end_line: Some(9),
        ..finding(&ci, Some((".github/workflows/build and test.yml", 3, 1)), "The job is gone.")
    };
    report(vec![ci], vec![place], &[])
}

/// What could not be established for want of permissions, one of them beyond any workflow's token.
pub(crate) fn unknown_permissions() -> Report {
    let unseen = |id: &str, title: &str, permission: &str| RuleResult {
        id: id.to_owned(),
        title: title.to_owned(),
        unknown: Some(Unknown {
            reason: "The GitHub API did not show it (403: Resource not accessible by integration)."
                .to_owned(),
            permission: Some(permission.to_owned()),
            outage: false,
        }),
        ..unknown()
    };
    let rules = vec![
        unknown(),
        unseen(
            "alerts-handled",
            "No severe alert is left open",
            "vulnerability-alerts: read, security-events: read",
        ),
        unseen("admins-few", "Few people administer the repository", "administration: read"),
        RuleResult {
            blocking: true,
            ..unseen("deploys-reviewed", "Deployments are reviewed", "actions: read")
        },
    ];
    report(rules, Vec::new(), &[])
}

/// The pull request of a report, with this tip.
pub(crate) fn pull_request(head: &str) -> PullRequestInfo {
    PullRequestInfo { number: 7, head: Some(head.to_owned()) }
}

/// Only what was there before.
pub(crate) fn only_existing() -> Report {
    let rules = vec![
        rule("setup-documented", "A newcomer can run and test it from the README", Stage::Assessment),
        existing("alerting", "Somebody is woken up"),
        existing("metrics", "Performance is monitored"),
    ];
    let findings = vec![
        finding(&rules[1], None, "Nothing of it was found."),
        finding(&rules[2], Some(("src/a.rs", 1, 1)), "Nothing of it was found."),
        finding(&rules[2], Some(("src/b.rs", 1, 1)), "Nothing of it was found."),
    ];
    report(rules, findings, &[])
}

/// The same, where the policy holds everything against everybody.
pub(crate) fn always() -> Report {
    let mut report = only_existing();
    let rules =
        report.rules.into_iter().map(|rule| RuleResult { blocking: rule.outcome == Outcome::Fail, ..rule });
    let findings = report.findings.into_iter().map(|finding| Finding { blocking: true, ..finding });
    report = build::report(rules.collect(), findings.collect(), &[]);
    report.policy.enforce = Enforce::Always;
    report
}

/// The platform did not answer.
pub(crate) fn undecided() -> Report {
    let mut rules = clean().rules;
    rules.push(unknown());
    let broken =
        ["access-controlled: the platform answered 502 four times.", "The policy's base could not be read."];
    let mut report = report(rules, Vec::new(), &broken);
    report.notes.push("The merge base was found by the platform, because the clone is shallow.".to_owned());
    report
}

/// A laptop: no merge base, so nothing can be introduced.
pub(crate) fn no_base() -> Report {
    let mut rules = only_existing().rules;
    for rule in &mut rules {
        rule.delta = Delta::None;
    }
    let findings =
        only_existing().findings.into_iter().map(|finding| Finding { delta: Delta::None, ..finding });
    let mut report = report(rules.clone(), findings.collect(), &[]);
    report.subject = Subject::default();
    report.usage.files_too_large = 2;
    report.usage.files_failed = 1;
    report
}

/// An unknown outcome that the policy takes for a failure, and one of a later stage.
pub(crate) fn unknown_blocks() -> Report {
    let later = RuleResult {
        stage: Stage::Scale,
        ..failing(
            rule("pooling", "Connections are pooled", Stage::Scale),
            Delta::Introduced,
            false,
            "No pool is set up.",
            "",
            "Set `pool.max`.",
        )
    };
    let findings = vec![finding(&later, None, "No pool is set up.")];
    report(vec![RuleResult { blocking: true, ..unknown() }, later], findings, &[])
}

/// Texts of an attacker, one in every field that a repository or a pull request can fill.
pub(crate) fn hostile() -> Report {
    let name = "src/\u{1b}[31m\u{202e}##[set-output name=verdict]pass\n::error::`|<!--@team #1.rs";
    let rule = RuleResult {
        docs: Some("https://x.example/) [x](javascript:alert(1)".to_owned()),
        ..failing(
            rule("tests-with-code", "</details> @acme/team | **bold** ##[error]", Stage::Assessment),
            Delta::Introduced,
            true,
            "::error::fixes #1, owner/repo#2, see https://evil.example <script>alert(1)</script>",
            "::add-mask::a\r\n::stop-commands::x\n\n```\n</details>\n<!-- marker -->",
            "Run `rm -rf | cat`; ask @acme/team.\n| a | b |\n| - | - |\n- [x] done\n```yaml\n</details> <!-- roadworthy:comment -->\n````x\n::error::in code ##[error]\n```",
        )
    };
    let long = "n".repeat(4000);
    let findings = vec![
        finding(&rule, Some((name, 1, 1)), "\u{9b}2J ::warning::x\r##[add-mask]x"),
        finding(&rule, Some((&long, 7, 1)), "漢字の名前 and 👍🏽"),
        finding(&rule, Some(("::error::start", 2, 1)), "wrapped "),
    ];
    let mut report = report(vec![rule], findings, &[]);
    "Pwned\n::error::x ##[x] @team <b>".clone_into(&mut report.policy.name);
    report.notes.push("\u{1b}[2J::error::note".to_owned());
    report
}

/// A rule with this many places, and a few others.
pub(crate) fn many(count: u32) -> Report {
    let (tests, pinned) = (tests_with_code(), pinned());
    let mut findings: Vec<Finding> = (0..count)
        .map(|index| {
            finding(&tests, Some((&format!("src/file{index:05}.rs"), index + 1, 1)), "No test covers this.")
        })
        .collect();
    findings.extend(
        (0..count).map(|index| {
            finding(&pinned, Some((&format!("images/{index}/Dockerfile"), 1, 6)), "No version.")
        }),
    );
    report(vec![tests, secrets(), pinned], findings, &[])
}

/// This many rules that block, each with long texts: more than any page holds.
pub(crate) fn many_rules(count: usize) -> Report {
    let rules: Vec<_> = (0..count)
        .map(|index| RuleResult { id: format!("rule-{index}"), why: "why ".repeat(200), ..tests_with_code() })
        .collect();
    let findings = rules.iter().map(|rule| finding(rule, Some(("src/a.rs", 1, 1)), "Here.")).collect();
    report(rules, findings, &[])
}
