//! Repositories that mean harm, through the binary: any verdict is right, but no panic and nothing smuggled into a report.

use crate::repo::Repo;
use crate::runner::{Job, Origin};
use crate::support::Run;
use crate::support::roadworthy;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Finds a word in every line, in every file, and prints what it found.
const POLICY: &str = "version: 1
name: Hostile
rules:
  no-harm:
    title: Nothing says harm
    stage: assessment
    severity: error
    forbid: { content: { in: '**', matches: '.*harm.*' } }
    why: It is a word.
    fix: Use another.
  no-files:
    title: There is no such file
    stage: assessment
    severity: warning
    forbid: { file: '**/*harm*' }
    why: It is a name.
    fix: Use another.
";

/// Texts that would act on a runner, a terminal or a page.
const TEXTS: [&str; 12] = [
    "harm\n::error file=harm::owned",
    "::error::harm",
    "  ::stop-commands::harm",
    "##[set-output name=verdict]harm",
    "harm\r::set-output name=verdict::pass",
    "harm\u{1b}[2J\u{1b}]8;;https:harm\u{7}\u{9b}31m",
    "harm\u{202e}txt\u{2066}\u{200f}\u{e0041}\u{feff}",
    "harm%0A::error::owned,line=1",
    "harm`|<img src=x onerror=harm>[x](javascript:harm)@harm #1",
    "harm\"\\u001b\\\\ $(harm) ${{ harm }}",
    "harm --> <!-- </details></summary>",
    "\u{85}harm\u{2028}::error::owned\u{2029}",
];

const FORMATS: [&str; 4] = ["github", "json", "markdown", "terminal"];

/// Judges the folder, and holds every format against what it must not contain; the JSON report is returned.
pub(crate) fn judged(repository: &Path, policy: &str) -> String {
    let out = TempDir::new().unwrap();
    let mut command = roadworthy();
    command.args(["check", "--enforce", "always", "--policy", policy]).arg(repository).arg("--verbose");
    for format in FORMATS {
        command.arg("--output").arg(format!("{format}={}", out.path().join(format).display()));
    }
    let run = Run::of(&mut command);
    assert!((0..=2).contains(&run.code), "exit code {}: {}", run.code, run.stderr);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    let reports = FORMATS.map(|format| fs::read_to_string(out.path().join(format)).unwrap_or_default());
    let [_, json, ..] = &reports;
    assert!(!json.is_empty(), "nothing was judged: {}", run.stderr);
    assert!(!json.contains("an internal error"), "{json}");
    for text in reports.iter().chain([&run.stdout, &run.stderr]) {
        harmless(text);
    }
    serde_json::from_str::<serde_json::Value>(json).unwrap();
    json.clone()
}

/// Nothing in the text acts on a terminal or a runner, but for annotations that carry a title of ours.
fn harmless(text: &str) {
    for line in text.split('\n') {
        let acts = |character: char| {
            character.is_control()
                || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                || matches!(character, '\u{feff}' | '\u{e0000}'..='\u{e007f}')
        };
        assert!(!line.contains(acts), "a control character: {line:?}");
        assert!(!line.contains("##["), "a command: {line:?}");
        if line.trim_start().starts_with("::") {
            let ours = ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start));
            let properties = line[2..].split("::").next().unwrap_or_default();
            assert!(ours && properties.contains("title="), "a command: {line:?}");
        }
    }
}

pub(crate) fn write(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Every text as a name and as content, and a path of 4,000 characters.
fn harm() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = TEXTS
        .iter()
        .enumerate()
        .map(|(number, text)| (format!("{number}/{}", text.replace('/', "_")), format!("x\n{text}\n")))
        .collect();
    let deep = vec!["harm".repeat(60); 15].join("/");
    files.push((format!("{deep}/{}", "n".repeat(200)), "harm".repeat(100_000)));
    files
}

#[test]
fn names_and_lines_are_shown_and_never_obeyed() {
    let files = harm();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let repo = Repo::with(&[("policy.yml", POLICY)]);
    repo.branch("harm").write_all(&files);
    for _ in ["untracked", "committed"] {
        let json = judged(repo.path(), repo.path().join("policy.yml").to_str().unwrap());
        let report: serde_json::Value = serde_json::from_str(&json).unwrap();
        for (name, _) in &files {
            let found = |finding: &serde_json::Value| finding["path"] == *name;
            assert!(report["findings"].as_array().unwrap().iter().any(found), "{name:?} was not looked at");
        }
        repo.commit();
    }
}

#[test]
fn a_pull_request_cannot_talk_to_the_runner() {
    let files = harm();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let titled = "  titled:
    title: The title is a good one
    stage: assessment
    severity: error
    require: { pull_request: { title: '^good$', labels: [good] } }
    why: People read it.
    fix: Write one.
";
    let origin = Origin::with(&[("roadworthy.yml", &format!("{POLICY}{titled}"))], &files);
    for (annotations, text) in [("true", TEXTS[0]), ("false", TEXTS[3]), ("true", TEXTS[5])] {
        let mut payload = origin.payload();
        for field in ["title", "body"] {
            payload["pull_request"][field] = text.into();
        }
        payload["pull_request"]["labels"] = serde_json::json!([{ "name": text }]);
        payload["pull_request"]["user"]["login"] = text.into();
        payload["pull_request"]["head"]["ref"] = text.into();
        let mut job = Job::of_pull_request(&origin);
        let step = job.payload(&payload.to_string()).set("INPUT_ANNOTATIONS", annotations).run();
        assert_eq!((step.code, step.outputs["verdict"].as_str()), (1, "fail"), "{}", step.stdout);
        for channel in [&step.stdout, &step.stderr, &step.summary] {
            harmless(channel);
        }
        assert_eq!(step.outputs.len(), 6, "{:?}", step.outputs);
    }
}

#[test]
fn a_policy_of_the_repository_cannot_talk_to_the_runner() {
    for (number, text) in TEXTS.into_iter().enumerate() {
        let quoted = serde_json::to_string(text).unwrap();
        let policies = [
            POLICY.replace("It is a word.", &quoted).replace("Nothing says harm", &quoted),
            format!("version: 1\nname: {quoted}\nrules: {{ {quoted}: {{ {quoted}: [ }} }}\n"),
            format!("version: 1\n{text}\n"),
        ];
        let mut job = Job::of("schedule", &serde_json::json!({}));
        fs::write(job.path("work/roadworthy.yml"), &policies[number % policies.len()]).unwrap();
        fs::write(job.path("work/harm.txt"), "harm\n").unwrap();
        let step = job.set("INPUT_ENFORCE", "always").run();
        assert_ne!(step.code, 0, "{}", step.stdout);
        for channel in [&step.stdout, &step.stderr, &step.summary] {
            harmless(channel);
        }
    }
}

#[cfg(unix)]
#[test]
fn links_pipes_and_holes_are_not_followed_and_not_waited_for() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    let outside = TempDir::new().unwrap();
    write(outside.path(), "secret.txt", b"harm: secret of another folder\n");
    let repo = Repo::folder();
    let root = repo.path();
    repo.write_all(&[("policy.yml", POLICY), ("src/app.py", "import os\n"), ("sub/keep", "")]);
    let secret = outside.path().join("secret.txt");
    for name in ["package.json", "README.md", "Makefile", ".github/workflows/ci.yml", ".github/CODEOWNERS"] {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        symlink(&secret, root.join(name)).unwrap();
    }
    for (target, link) in
        [(".", "sub/here"), ("loop-b", "loop-a"), ("loop-a", "loop-b"), ("/", "everything"), ("..", "docs")]
    {
        symlink(target, root.join(link)).unwrap();
    }
    symlink(outside.path(), root.join("tests")).unwrap();
    for pipe in ["Dockerfile", "pyproject.toml"] {
        let made = std::process::Command::new("mkfifo").arg(root.join(pipe)).status().unwrap();
        assert!(made.success());
    }
    for hole in ["package-lock.json", "src/data.py"] {
        fs::File::create(root.join(hole)).unwrap().set_len(2 << 30).unwrap();
    }
    for bytes in [&b"bad-\xff\xfe.py"[..], b"\xc3.toml", b"src/\x80\x81"] {
        fs::write(root.join(std::ffi::OsStr::from_bytes(bytes)), b"harm \xff\xfe\xc3(\n").unwrap();
    }
    let mine = root.join("policy.yml");
    for git in [false, true] {
        if git {
            repo.git_command(&["init", "-q", "-b", "main"]);
            repo.git_command(&["add", "--", ".github", "loop-a", "everything", "tests", "src/app.py"]);
            repo.git_command(&["commit", "-q", "-m", "links"]);
        }
        for policy in ["builtin:roadmap", mine.to_str().unwrap()] {
            let json = judged(root, policy);
            assert!(!json.contains("secret of another folder"), "a link was followed");
        }
    }
}
