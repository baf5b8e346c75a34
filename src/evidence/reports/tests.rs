//! Every format on a small report, and what is none.

use super::*;

fn coverage(text: &str) -> Coverage {
    match read(text) {
        Ok((ReportBody::Coverage(coverage), _)) => coverage,
        other => panic!("{other:?}"),
    }
}

/// `path: covered lines / lines that were missed`.
fn lines(coverage: &Coverage) -> Vec<String> {
    let list = |file: &CoveredFile, wanted: bool| {
        let lines = file.lines.iter().filter(|(_, ran)| **ran == wanted).map(|(line, _)| line.to_string());
        lines.collect::<Vec<_>>().join(" ")
    };
    coverage
        .files
        .iter()
        .map(|file| format!("{}: {} / {}", file.path, list(file, true), list(file, false)))
        .collect()
}

#[test]
fn every_format_of_coverage_tells_its_lines() {
    let cases = [
        (
            "TN:\nSF:src/a.ts\nFN:1,f\nDA:1,3\nDA:2,0\nDA:3,1e+10\nLF:3\nend_of_record\nSF:b.ts\nend_of_record\n",
            "b.ts:  / |src/a.ts: 1 3 / 2",
        ),
        (
            "mode: atomic\nacme.io/app/a.go:3.10,5.2 2 1\nacme.io/app/a.go:7.5,8.3 1 0\n",
            "acme.io/app/a.go: 3 4 5 / 7 8",
        ),
        (
            "<?xml version=\"1.0\"?><!DOCTYPE coverage SYSTEM \"x.dtd\"><coverage line-rate=\"0.5\" timestamp=\"1700000000123\"><sources><source>/app/src</source></sources>\
             <packages><package name=\"p\"><classes><class name=\"a\" filename=\"p/a.py\"><methods><method name=\"f\"><lines><line number=\"1\" hits=\"1\"/></lines></method></methods>\
             <lines><line number=\"1\" hits=\"1\"/><line number=\"2\" hits=\"0\" branch=\"true\"/></lines></class></classes></package></packages></coverage>",
            "p/a.py: 1 / 2",
        ),
        (
            "<report name=\"a\"><sessioninfo id=\"x\" start=\"1\" dump=\"1700000000123\"/><package name=\"com/acme\"><class name=\"com/acme/A\" sourcefilename=\"A.java\"><counter type=\"LINE\" missed=\"1\" covered=\"1\"/></class>\
             <sourcefile name=\"A.java\"><line nr=\"3\" mi=\"0\" ci=\"4\" mb=\"0\" cb=\"0\"/><line nr=\"4\" mi=\"2\" ci=\"0\" mb=\"0\" cb=\"0\"/></sourcefile></package></report>",
            "com/acme/A.java: 3 / 4",
        ),
        (
            "<coverage generated=\"1700000000\"><project timestamp=\"1700000000\"><file name=\"/app/src/A.php\"><line num=\"5\" type=\"stmt\" count=\"0\"/><line num=\"6\" type=\"stmt\" count=\"2\"/></file></project></coverage>",
            "/app/src/A.php: 6 / 5",
        ),
        (
            r#"{"/w/a.js":{"path":"/w/a.js","statementMap":{"0":{"start":{"line":1,"column":0},"end":{"line":1,"column":5}},"1":{"start":{"line":4,"column":0},"end":{"line":9,"column":null}}},"fnMap":{},"branchMap":{},"s":{"0":1,"1":0},"f":{},"b":{}}}"#,
            "/w/a.js: 1 / 4",
        ),
        (
            r#"{"meta":{"version":"7.6","timestamp":"2023-11-14T22:13:20.5","branch_coverage":false},"files":{"a.py":{"executed_lines":[1,2],"missing_lines":[4],"excluded_lines":[],"summary":{}}},"totals":{}}"#,
            "a.py: 1 2 / 4",
        ),
        (
            r#"{"RSpec":{"coverage":{"/w/a.rb":{"lines":[1,null,0,"ignored"],"branches":{}}},"timestamp":1700000000},"Cucumber":{"coverage":{"/w/a.rb":{"lines":[0,null,2,null]}},"timestamp":1700000001}}"#,
            "/w/a.rb: 1 3 / ",
        ),
        (
            r#"{"meta":{"simplecov_version":"0.22"},"coverage":{"/w/a.rb":{"lines":[0,null]}},"groups":{}}"#,
            "/w/a.rb:  / 1",
        ),
        (r#"{"RSpec":{"coverage":{"/w/a.rb":[null,5]},"timestamp":1700000000}}"#, "/w/a.rb: 2 / "),
    ];
    for (text, expected) in cases {
        assert_eq!(lines(&coverage(text)).join("|"), expected, "{text}");
    }
    let summary = r#"{"total":{"lines":{"total":10,"covered":8,"skipped":0,"pct":80},"statements":{}},"/w/a.js":{"lines":{"total":10,"covered":8}}}"#;
    assert_eq!(coverage(summary).total, Some((8, 10)));
}

#[test]
fn reports_tell_when_they_were_made() {
    let cases = [
        ("<coverage timestamp=\"1700000000123\"/>", Some(1_700_000_000)),
        (
            "<report name=\"a\"><sessioninfo id=\"x\" start=\"1\" dump=\"1700000000123\"/><group name=\"g\"/></report>",
            Some(1_700_000_000),
        ),
        (
            r#"{"meta":{"timestamp":"2023-11-14T22:13:20"},"files":{"a":{"executed_lines":[],"missing_lines":[]}}}"#,
            Some(1_700_043_200),
        ),
        ("<testsuites><testsuite timestamp=\"2023-11-14T22:13:20Z\"/></testsuites>", Some(1_700_000_000)),
        (
            r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"invocations":[{"endTimeUtc":"2023-11-14T22:13:20Z"}]}]}"#,
            Some(1_700_000_000),
        ),
        ("SF:a\nend_of_record", None),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text).unwrap().1, expected, "{text}");
    }
}

#[test]
fn suites_nest_and_tests_that_are_tried_again_are_flaky() {
    let text = r#"<testsuites tests="99"><testsuite name="a" file="tests/a.py"><testsuite name="inner">
        <testcase classname="A" name="passes" file="x.py" line="7"/>
        <testcase classname="A" name="fails"><failure message="1 &lt; 2&#10;more">text</failure></testcase>
        <testcase classname="A" name="breaks"><error>

            boom
        </error></testcase>
        <testcase classname="A" name="skipped"><skipped/></testcase>
        <testcase classname="A" name="flaky"><flakyFailure message="once"/></testcase>
        <testcase classname="A" name="rerun"><failure message="again"/><rerunFailure message="x"/></testcase>
        <testcase classname="B" name="twice"><failure message="first"/></testcase>
        <testcase classname="B" name="twice"/>
        <testcase name="bare"><failure message="first"/></testcase>
        <testcase name="bare"/>
      </testsuite></testsuite></testsuites>"#;
    let Ok((ReportBody::Tests(report), _)) = read(text) else { panic!("no tests") };
    let found: Vec<String> = report
        .cases
        .iter()
        .map(|case| format!("{} {:?} {}", case.name, case.outcome, case.message))
        .collect();
    let expected = [
        "passes Passed ",
        "fails Failed 1 < 2",
        "breaks Failed boom",
        "skipped Skipped ",
        "flaky Flaky ",
        "rerun Failed again",
        "twice Flaky ",
        "bare Failed first",
        "bare Passed ",
    ];
    assert_eq!(found, expected);
    assert_eq!((report.cases[0].file.as_deref(), report.cases[0].line), (Some("x.py"), Some(7)));
    assert_eq!(report.cases[1].file.as_deref(), Some("tests/a.py"));
}

#[test]
fn results_of_an_analysis_have_level_and_place() {
    let text = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Scan","rules":[{"id":"r1","defaultConfiguration":{"level":"error"}},{"id":"r2"}]}},
        "originalUriBaseIds":{"SRC":{"uri":"file:///home/runner/work/a/a/"}},"artifacts":[{"location":{"uri":"src/b.py"}}],
        "results":[
          {"ruleId":"r1","ruleIndex":0,"message":{"text":"bad\nvery"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/a%20b.py","uriBaseId":"SRC"},"region":{"startLine":3,"endLine":4}}}]},
          {"ruleId":"r2","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"index":0},"region":{"startLine":1}}}]},
          {"rule":{"index":0},"level":"note","message":{"text":"n"}},
          {"ruleId":"r1","kind":"pass","message":{"text":"p"}},
          {"ruleId":"r1","suppressions":[{"kind":"inSource"}],"message":{"text":"s"}},
          {"ruleId":"r1/sub","suppressions":[{"kind":"external","status":"rejected"}],"message":{"text":"x"}},
          {"ruleId":"r1","baselineState":"absent","message":{"text":"gone"}}]}]}"#;
    let Ok((ReportBody::Sarif(sarif), _)) = read(text) else { panic!("no SARIF") };
    let found: Vec<_> = sarif
        .results
        .iter()
        .map(|one| (one.rule.as_str(), one.level, one.path.as_deref(), one.line, one.message.as_str()))
        .collect();
    let expected = [
        ("r1", SarifLevel::Error, Some("file:///home/runner/work/a/a/src/a b.py"), Some(3), "bad"),
        ("r2", SarifLevel::Warning, Some("src/b.py"), Some(1), "m"),
        ("r1", SarifLevel::Note, None, None, "n"),
        ("r1/sub", SarifLevel::Error, None, None, "x"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn load_tests_tell_times_rates_and_thresholds() {
    let exported = r#"{"root_group":{},"metrics":{"http_req_duration":{"avg":50.5,"p(95)":210.2,"p(99.9)":300,"thresholds":{"p(95)<200":true}},"http_req_failed":{"passes":1,"fails":99,"value":0.01,"thresholds":{"rate<0.05":false}},"http_reqs":{"count":100,"rate":12.5},"vus":{"value":1,"min":1,"max":1}}}"#;
    let handled = r#"{"metrics":{"http_req_duration":{"type":"trend","contains":"time","values":{"avg":50.5,"p(95)":210.2,"p(99.9)":300},"thresholds":{"p(95)<200":{"ok":false}}},"http_req_failed":{"type":"rate","contains":"default","values":{"rate":0.01,"passes":1,"fails":99},"thresholds":{"rate<0.05":{"ok":true}}},"http_reqs":{"type":"counter","contains":"default","values":{"count":100,"rate":12.5}}},"state":{"isStdErrTTY":false}}"#;
    for text in [exported, handled] {
        let Ok((ReportBody::Load(load), _)) = read(text) else { panic!("no load test") };
        assert_eq!(load.percentiles.get("95"), Some(&210.2), "{text}");
        assert_eq!(
            (load.error_rate, load.requests_per_second, load.mean),
            (Some(1.0), Some(12.5), Some(50.5))
        );
        let met: Vec<_> = load.thresholds.iter().map(|one| (one.says.as_str(), one.passed)).collect();
        assert_eq!(met, [("http_req_duration: p(95)<200", false), ("http_req_failed: rate<0.05", true)]);
    }
    let stats = r#"{"name":"All Requests","numberOfRequests":{"total":200,"ok":190,"ko":10},"meanResponseTime":{"total":80,"ok":80,"ko":"-"},"percentiles1":{"total":70},"percentiles3":{"total":"150","ok":"150","ko":"-"},"percentiles4":{"total":220},"meanNumberOfRequestsPerSecond":{"total":33.3,"ok":30,"ko":3.3}}"#;
    for text in [
        stats.to_owned(),
        format!("{{\"type\":\"GROUP\",\"name\":\"All Requests\",\"stats\":{stats},\"contents\":{{}}}}"),
    ] {
        let Ok((ReportBody::Load(load), _)) = read(&text) else { panic!("{text}") };
        assert_eq!(load.percentiles.get("95"), Some(&150.0));
        assert_eq!((load.error_rate, load.requests_per_second), (Some(5.0), Some(33.3)));
    }
}

#[test]
fn what_is_no_report_says_so() {
    let cases = [
        "",
        "hello\n",
        "<html></html>",
        "<coverage>",
        "{",
        "{}",
        "[]",
        "SF:a\nDA:x,y\n",
        "mode: set\nnonsense\n",
        r#"{"coverage": 5}"#,
        r#"{"runs":1,"version":"2.1.0"}"#,
        r#"{"metrics":[]}"#,
        "<report><a/></report>",
    ];
    for text in cases {
        assert!(read(text).is_err(), "{text}: {:?}", read(text));
    }
}

#[test]
fn a_report_is_stale_by_its_own_time_or_by_the_change() {
    use crate::evidence::{ChangeKind, ChangedFile, Class, LineSet};
    let report = |made, tracked| Report { path: "a.info".into(), tracked, made, body: Err(String::new()) };
    let touched = ChangedFile {
        path: "a.info".into(),
        old_path: None,
        kind: ChangeKind::Modified,
        class: Class::Other,
        added: LineSet::default(),
        removed: 0,
        binary: false,
        code_differs: None,
        behaviour: None,
        guard: None,
    };
    let (empty, with) = (Change::default(), Change { files: vec![touched] });
    let cases = [
        (Some(9), false, Some(10), None, true),
        (Some(10), false, Some(10), None, false),
        (Some(9), false, None, None, false),
        (None, false, Some(10), Some(&empty), false),
        (None, true, Some(10), Some(&empty), true),
        (None, true, Some(10), Some(&with), false),
        (None, true, Some(10), None, false),
    ];
    for (made, tracked, head, change, expected) in cases {
        let reports = Reports { files: Vec::new(), head };
        assert_eq!(
            reports.stale(&report(made, tracked), change).is_some(),
            expected,
            "{made:?} {tracked} {head:?}"
        );
    }
}

/// Reports of `paths` at `report` in a tree of `files`; `-` is nowhere, `?` ambiguous.
fn located(files: &[&str], report: &str, roots: &[&str], paths: &[&str]) -> String {
    use crate::evidence::{Class, Counts, File, FileKind, Reading, Tree};
    let file = |path: &&str| File {
        path: (*path).into(),
        kind: FileKind::Regular,
        size: 0,
        class: Class::Product,
        language: None,
        reading: Reading::NotAsked,
        facts: None,
    };
    let tree = Tree::new(files.iter().map(file).collect(), 0, Counts::default());
    let roots: Vec<String> = roots.iter().map(ToString::to_string).collect();
    let found = Locator::new(&tree).all(report, &roots, paths);
    let told = found.iter().map(|one| match one {
        Located::File(file) => *file,
        Located::Ambiguous => "?",
        Located::Nowhere => "-",
    });
    told.collect::<Vec<_>>().join(" ")
}

#[test]
fn paths_of_reports_find_their_files() {
    let go = ["a.go", "internal/a.go", "cmd/main.go"];
    assert_eq!(
        located(&go, "coverage.out", &[], &["acme.io/app/internal/a.go", "acme.io/app/a.go"]),
        "internal/a.go a.go"
    );
    let mono = ["api/src/index.ts", "web/src/index.ts", "web/src/b.ts"];
    assert_eq!(
        located(&mono, "coverage/lcov.info", &[], &["/app/src/index.ts", "/app/src/b.ts"]),
        "? web/src/b.ts"
    );
    assert_eq!(
        located(&mono, "web/coverage/lcov.info", &[], &["/app/src/index.ts", "src/index.ts"]),
        "web/src/index.ts web/src/index.ts"
    );
    let actions = ["src/utils/index.js", "src/a.js"];
    let paths =
        ["/github/workspace/src/a.js", "/github/workspace/lib/utils/index.js", "/w/node_modules/x/src/a.js"];
    assert_eq!(located(&actions, "coverage/lcov.info", &[], &paths), "src/a.js - -");
    let java = [
        "app/src/main/java/com/acme/A.java",
        "lib/src/main/java/com/acme/B.java",
        "lib/src/test/java/com/acme/A.java",
    ];
    assert_eq!(
        located(
            &java,
            "app/target/site/jacoco/jacoco.xml",
            &[],
            &["com/acme/A.java", "com/acme/B.java", "com/acme/C.java"]
        ),
        "app/src/main/java/com/acme/A.java lib/src/main/java/com/acme/B.java -"
    );
    let python = ["a.py", "src/a.py"];
    assert_eq!(located(&python, "coverage.xml", &["/home/x/repo/src"], &["a.py"]), "src/a.py");
    assert_eq!(located(&python, "coverage.xml", &[], &["a.py", "/usr/lib/python3/other/a.pyx"]), "a.py -");
    assert_eq!(
        located(&["src/a b.cs"], "c.xml", &[], &["C:\\work\\repo\\src\\a b.cs", "..\\src\\a b.cs", ""]),
        "src/a b.cs src/a b.cs -"
    );
}
