//! Texts nobody thought of, for everything of ours that reads hostile text. The same texts on every run;
//! `PROPTEST_CASES=10000 cargo test properties` looks further. What is printed is tested in `src/text`.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use roadworthy::document::{Format, Node, Pos, Query, Value, parse, parse_all};
use roadworthy::evidence::{
    Facet, Facts, FileText, LineSet, Mask, Report, code_differs, masked, name_matches, read_facets,
    read_manifest, read_outline, read_owners, read_pipeline,
};
use roadworthy::report::{self, Options, Thread, comment, comment_start, render};
use std::fmt::Debug;

/// Holds a property against few texts, so that the suite stays quick.
fn always<S: Strategy<Value: Debug>>(texts: S, holds: impl Fn(S::Value) -> TestCaseResult) {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { 64 };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner.run(&texts, holds).unwrap_or_else(|error| panic!("{error}"));
}

/// What means something to any of the languages and formats.
const PIECES: &[&str] = &[
    "\n",
    "\n",
    "\n  ",
    "\n    ",
    " ",
    "\t",
    "\r\n",
    "a",
    "b",
    "1",
    "-1.5e3",
    "true",
    "null",
    "é",
    "漢",
    "\u{feff}",
    "\0",
    "\u{85}",
    ":",
    ": ",
    "- ",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
    "%",
    "---\n",
    "...\n",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "`",
    "```",
    "~~~",
    "\\",
    "\\u",
    "/*",
    "*/",
    "//",
    "#",
    "# ",
    "## ",
    "===",
    "r#\"",
    "<<~A",
    "<<<A\n",
    "\nA\n",
    "~s(",
    "%w[",
    "$\"",
    "$$\"\"\"",
    "<a>",
    "</a>",
    "<?php ",
    "?>",
    "#{",
    "${",
    "$(",
    "=",
    "==",
    "=>",
    "~=",
    "^",
    ">=",
    "<",
    ">",
    "<!--",
    "-->",
    "</a>",
    "<a>",
    "<dependency>",
    "[a](b)",
    "[a]: b",
    "![",
    "](",
    "@a ",
    "@a/b ",
    "*",
    "**",
    "/",
    "/a/",
    "..",
    ".",
    "!",
    ";",
    "&&",
    "||",
    "EOF",
    "<<EOF",
    "@",
    "dependencies",
    "dependencies:",
    "[dependencies]",
    "[tool.",
    "require ",
    "gem 'a'",
    "implementation(",
    "on:",
    "jobs:",
    "steps:",
    "run: ",
    "uses: ",
    "script:",
    "include:",
    "extends: ",
    "stages:",
    "sh '",
    "node {",
    "make a",
    "npm test",
    "if: ",
    "{{",
    "}}",
    "resource \"a\" \"b\" {\n",
    "apiVersion: v1\n",
    "kind: A\n",
    "Resources:",
    "Type: A::B\n",
    "services:",
    "FROM a\n",
    "USER ",
];

fn mixture() -> impl Strategy<Value = String> {
    let piece = prop_oneof![12 => select(PIECES).prop_map(str::to_owned), 1 => "\\PC{0,4}", 1 => ".{0,4}"];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// A place is the one of a character of the text, or of the end of one of its lines.
fn inside(format: Format, text: &str, pos: Pos) -> bool {
    // In YAML a lone carriage return ends a line too.
    let text =
        if format == Format::Yaml { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.into() };
    let line = text.split('\n').nth((pos.line as usize).wrapping_sub(1));
    line.is_some_and(|line| (1..=line.chars().count() + 1).contains(&(pos.column as usize)))
}

fn places(node: &Node) -> Vec<Pos> {
    let below: Vec<Pos> = match &node.value {
        Value::Scalar(_) => Vec::new(),
        Value::List(items) => items.iter().flat_map(places).collect(),
        Value::Map(entries) => {
            entries.iter().flat_map(|(key, value)| [places(key), places(value)].concat()).collect()
        }
    };
    [vec![node.pos, node.end], below].concat()
}

#[test]
fn documents_and_their_problems_have_places_inside_the_text() {
    for format in [Format::Yaml, Format::Json, Format::Toml, Format::Hcl, Format::Properties] {
        always(mixture(), |text| {
            let found = match parse(format, &text) {
                Ok(node) => places(&node),
                Err(error) => vec![error.pos],
            };
            let _ = parse_all(format, &text);
            for pos in found {
                prop_assert!(inside(format, &text, pos), "{format:?}: {pos:?}");
            }
            Ok(())
        });
    }
}

#[test]
fn masks_blank_characters_and_keep_every_place() {
    const LANGUAGES: &[&str] = &[
        "javascript",
        "python",
        "rust",
        "ruby",
        "elixir",
        "kotlin",
        "swift",
        "yaml",
        "php",
        "vue",
        "csharp",
        "go",
        "java",
        "c",
        "shell",
        "none",
    ];
    always((select(LANGUAGES), mixture(), mixture()), |(language, text, other)| {
        for mask in [Mask::Nothing, Mask::Comments, Mask::CommentsAndStrings, Mask::Code] {
            let kept = masked(Some(language), &text, mask);
            prop_assert_eq!(kept.len(), text.len());
            for (before, after) in text.bytes().zip(kept.bytes()) {
                prop_assert!(before == after || after == b' ' && before != b'\n', "{kept:?}");
            }
        }
        prop_assert_ne!(code_differs(Some(language), &text, &text), Some(true));
        prop_assert_eq!(
            code_differs(Some(language), &text, &other),
            code_differs(Some(language), &other, &text)
        );
        Ok(())
    });
}

#[test]
fn a_set_of_lines_is_what_was_put_in() {
    let ranges = prop::collection::vec((0_u32..4, 0_u32..4), 0..12);
    always(ranges, |steps| {
        let (mut set, mut lines, mut next) = (LineSet::default(), std::collections::BTreeSet::new(), 1);
        for (gap, length) in steps {
            let first = next + gap;
            set.push(first, first + length);
            lines.extend(first..=first + length);
            next = first + length + 1;
        }
        prop_assert_eq!(set.len() as usize, lines.len());
        prop_assert_eq!(set.first(), lines.first().copied());
        prop_assert!(set.ranges().windows(2).all(|two| two[0].1 + 1 < two[1].0), "ranges do not touch");
        for line in 0..next + 2 {
            prop_assert_eq!(set.contains(line), lines.contains(&line));
            prop_assert_eq!(set.touches(line, line + 2), lines.range(line..=line + 2).next().is_some());
        }
        Ok(())
    });
}

#[test]
fn queries_are_compiled_or_refused_at_a_place() {
    let pieces = select(
        &["a", ".", "..", "*", "**", "[", "]", "[*]", "[0]", "[-1]", "\"", "'", "\\", " ", "é", "?", "=="][..],
    );
    let query = prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat());
    always((query, mixture()), |(query, text)| {
        match (Query::new(&query), parse(Format::Yaml, &text)) {
            (Err(error), _) => prop_assert!((1..=query.chars().count() + 1).contains(&error.at), "{error}"),
            (Ok(query), Ok(node)) => {
                prop_assert!(query.select(&node).len() <= places(&node).len());
            }
            _ => {}
        }
        Ok(())
    });
}

/// Files that our own parsers read, one of each way to read.
const FILES: &[&str] = &[
    "CODEOWNERS",
    "README.md",
    "README",
    "docs/a.rst",
    "docs/a.adoc",
    "docs/a.org",
    "docs/a.puml",
    "package.json",
    "Cargo.toml",
    "pyproject.toml",
    "requirements.txt",
    "setup.cfg",
    "Pipfile",
    "go.mod",
    "Gemfile",
    "a.gemspec",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "libs.versions.toml",
    "composer.json",
    "a.csproj",
    "packages.config",
    "Directory.Packages.props",
    "pnpm-workspace.yaml",
    "deno.json",
    "environment.yml",
    "settings.gradle",
    "gradle.properties",
    "build.sbt",
    "mix.exs",
    "pubspec.yaml",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "uv.lock",
    "Pipfile.lock",
    "go.sum",
    "Gemfile.lock",
    "composer.lock",
    "mix.lock",
    "pubspec.lock",
    "packages.lock.json",
    "Package.resolved",
    "gradle.lockfile",
    "Package.swift",
    "Makefile",
    "justfile",
    "tox.ini",
    "noxfile.py",
    "Taskfile.yml",
    "a.sh",
    ".github/workflows/a.yml",
    "a/action.yml",
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    ".travis.yml",
    "azure-pipelines.yml",
    ".buildkite/pipeline.yml",
    "Jenkinsfile",
    "a.tf",
    "a.tf.json",
    "k8s/a.yaml",
    "template.json",
    "Dockerfile",
    "chart/values.yaml",
    "chart/templates/a.yaml",
    "a.nomad",
    "terraform.tfvars",
    "fly.toml",
    "app.json",
    "a.service",
    "Procfile",
    "main.bicep",
    "roles/a/tasks/main.yml",
    "db/migrate/1_a.rb",
    "prisma/schema.prisma",
    "migrations/versions/a.py",
    "priv/repo/migrations/a.exs",
    "migrations/1.sql",
];

#[test]
fn every_reader_reads_every_text() {
    let facets = [
        Facet::Manifests,
        Facet::Ci,
        Facet::Owners,
        Facet::Outlines,
        Facet::Environments,
        Facet::Infra,
        Facet::Debt,
        Facet::Keys,
    ];
    for path in FILES {
        always(mixture(), |text| {
            let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
            let file = FileText::new(path, &text);
            if let Some(manifest) = read_manifest(path, &text) {
                for one in manifest.dependencies {
                    prop_assert!((1..=lines.max(1)).contains(&one.line), "{path}: {one:?}");
                    prop_assert!(name_matches(&one.name, &one.name) || one.name.contains('*'));
                }
            }
            let _ = read_pipeline(&file);
            let _ = read_outline(path, &text);
            let owners = read_owners(&text);
            let _ = (owners.owned(path), owners.names_somebody());
            read_facets(&file, true, &facets, &mut Facts::default());
            Ok(())
        });
    }
}

#[test]
fn every_report_is_read_or_refused() {
    let starts = [
        "",
        "SF:a\nDA:1,",
        "mode: set\na.go:1.1,",
        "<coverage><class filename=\"a\"><line number=\"",
        "<testsuite><testcase name=\"",
        "{\"runs\": [",
        "{\"metrics\": {",
        "{\"coverage\": ",
    ];
    for start in starts {
        always(mixture(), |text| {
            let text = format!("{start}{text}");
            let report = Report::new("a".into(), Ok(&text), false, None);
            prop_assert!(report.body.is_ok() || !report.body.unwrap_err().is_empty());
            Ok(())
        });
    }
}

/// A comment that somebody edited costs the difference to it, and nothing else.
#[test]
fn every_earlier_comment_is_read_or_forgotten() {
    let report = crate::samples::several();
    let start = comment_start("");
    let first = comment(&report, &Options::default(), Thread { id: "", previous: None });
    let marker = first.lines().next().unwrap().to_owned();
    let cut = (0..marker.len()).collect::<Vec<_>>();
    always((select(cut), mixture()), |(cut, text)| {
        let (before, after) = marker.split_at(cut);
        for previous in [format!("{before}{text}{after}"), format!("{start}{text}"), text] {
            let thread = Thread { id: "", previous: Some(&previous) };
            let next = comment(&report, &Options::default(), thread);
            prop_assert!(next.starts_with(&start) && next.matches("<!--").count() == 1, "{next}");
        }
        Ok(())
    });
}

#[test]
fn every_report_of_ours_is_read_back_or_refused() {
    let good = render(&crate::samples::clean(), report::Format::Json, &Options::default());
    assert!(report::read(good.as_bytes()).is_ok());
    let cut = (0..good.len()).filter(|at| good.is_char_boundary(*at)).collect::<Vec<_>>();
    always((select(cut), mixture()), |(cut, text)| {
        let (before, after) = good.split_at(cut);
        for forged in [format!("{before}{text}{after}"), text] {
            if let Ok(read) = report::read(forged.as_bytes()) {
                // What is accepted can be told.
                let page = comment(&read, &Options::default(), Thread { id: "", previous: None });
                prop_assert!(page.matches("<!--").count() == 1, "{page}");
            }
        }
        Ok(())
    });
}
