//! What readers see. Each snapshot is a page that somebody has to like.

use crate::samples;
use roadworthy::report::{Format, Options, Report, render};
use roadworthy::text;
use roadworthy::words::Enforce;

fn samples() -> Vec<(&'static str, Report)> {
    vec![
        ("clean", samples::clean()),
        ("several", samples::several()),
        ("only-existing", samples::only_existing()),
        ("always", samples::always()),
        ("undecided", samples::undecided()),
        ("no-base", samples::no_base()),
        ("unknown-blocks", samples::unknown_blocks()),
        ("hostile", samples::hostile()),
        ("hundred-findings", samples::many(100)),
        ("with-code", samples::with_code()),
        ("unknown-permissions", samples::unknown_permissions()),
    ]
}

/// A line of a log that the runner would obey (github-facts section 2).
fn acts(line: &str) -> bool {
    line.contains("##[") || line.trim_start().starts_with("::")
}

#[test]
fn pages_for_people() {
    for (name, report) in samples() {
        for format in [Format::Terminal, Format::Markdown, Format::Github] {
            let text = render(&report, format, &Options::default());
            insta::assert_snapshot!(format!("{name}.{format}", format = format.name()), text);
        }
    }
}

#[test]
fn the_verbose_page_tells_of_passes_too() {
    let options = Options { verbose: true, ..Options::default() };
    insta::assert_snapshot!(
        "several-verbose.terminal",
        render(&samples::several(), Format::Terminal, &options)
    );
}

#[test]
fn the_contract_for_programs() {
    let json = render(&samples::several(), Format::Json, &Options::default());
    insta::assert_snapshot!("several.json", json);
}

#[test]
fn json_is_json_and_acts_on_nothing() {
    for (name, report) in samples() {
        let json = render(&report, Format::Json, &Options::default());
        assert!(json.ends_with("}\n") && !json.lines().any(acts), "{name}");
        let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let written = serde_json::to_value(&report).expect("a report is always JSON");
        assert_eq!(read, written, "{name}: escaping changed the meaning");
    }
}

#[test]
fn a_terminal_page_keeps_to_its_width_and_acts_on_nothing() {
    for (name, report) in samples() {
        for width in [40, 80, 120] {
            let page = render(&report, Format::Terminal, &Options { width, ..Options::default() });
            for line in page.lines() {
                assert!(text::width(line) <= width, "{name} at {width}: {line}");
                assert!(!acts(line) && text::visible(line) == line, "{name}: {line:?}");
            }
        }
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    for (name, report) in samples() {
        let plain = render(&report, Format::Terminal, &Options::default());
        let coloured = render(&report, Format::Terminal, &Options { colour: true, ..Options::default() });
        assert_ne!(plain, coloured);
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain, "{name}");
    }
}

#[test]
fn only_our_own_commands_act_in_a_workflow() {
    for (name, report) in samples() {
        let out = render(&report, Format::Github, &Options::default());
        let (commands, log): (Vec<_>, Vec<_>) = out.lines().partition(|line| line.starts_with("::"));
        assert!(!log.into_iter().any(acts), "{name}");
        for command in commands {
            let known =
                ["::error ", "::warning ", "::notice "].iter().any(|start| command.starts_with(start));
            assert!(
                known && !command.contains(['\r', '\u{1b}']) && !command.contains("##["),
                "{name}: {command}"
            );
        }
    }
}

#[test]
fn annotations_keep_to_the_limits_and_the_last_tells_of_the_rest() {
    let out = render(&samples::many(10_000), Format::Github, &Options::default());
    for (level, more) in [("error", "9991 more errors"), ("warning", "9990 more warnings")] {
        let start = format!("::{level} ");
        let lines: Vec<&str> = out.lines().filter(|line| line.starts_with(&start)).collect();
        assert_eq!(lines.len(), 10, "{level}");
        assert!(lines[9].contains(more), "{last}", last = lines[9]);
        for line in lines {
            let message =
                line.split_once("::").and_then(|(_, rest)| rest.split_once("::")).expect("a command").1;
            assert!(message.replace("%0A", "\n").encode_utf16().count() <= 4096);
        }
    }
}

#[test]
fn no_rule_hides_another_from_the_annotations() {
    let out = render(&samples::many(100), Format::Github, &Options::default());
    assert!(out.lines().take(2).any(|line| line.contains("secrets-not-committed")), "{out}");
}

#[test]
fn existing_failures_are_annotated_only_where_everything_is_enforced() {
    let mut report = samples::only_existing();
    let annotated =
        |report: &Report| render(report, Format::Github, &Options::default()).contains("::warning ");
    assert!(!annotated(&report));
    report.policy.enforce = Enforce::Always;
    assert!(annotated(&report));
}

#[test]
fn a_gate_that_cannot_block_says_how_it_could_where_it_runs() {
    let mut report = samples::no_base();
    let page = |report: &Report| render(report, Format::Terminal, &Options::default());
    assert!(page(&report).contains("`--base REV`"));
    report.subject.event = Some("pull_request".to_owned());
    assert!(page(&report).contains("`fetch-depth: 0`"));
    report.policy.enforce = Enforce::Always;
    assert!(!page(&report).contains("Nothing can block"));
}

#[test]
fn a_long_list_of_reasons_does_not_fill_the_summary() {
    let mut report = samples::undecided();
    report.undecided_because = (0..25).map(|index| format!("reason {index}")).collect();
    let page = render(&report, Format::Markdown, &Options::default());
    assert!(page.contains("- reason 9\n- 15 more in the JSON report\n"), "{page}");
}

#[test]
fn a_summary_keeps_to_its_limit_and_is_cut_at_safe_places() {
    let reports = [samples::many(10_000), samples::many_rules(2_000), samples::hostile(), samples::several()];
    for report in reports {
        for limit in [0, 100, 500, 1_000, 2_000, 5_000, 65_000, Options::SUMMARY_LIMIT] {
            let page = render(&report, Format::Markdown, &Options { limit, ..Options::default() });
            assert!(page.len() <= limit);
            let lines = |tag: &str| page.lines().filter(|line| *line == tag).count();
            assert_eq!(lines("<details>"), lines("</details>"));
            assert!(page.is_empty() || page.ends_with('\n'));
        }
    }
}

#[test]
fn a_cut_summary_keeps_verdict_and_ladder_and_says_what_is_missing() {
    let report = samples::many_rules(2_000);
    let page = render(&report, Format::Markdown, &Options { limit: 20_000, ..Options::default() });
    assert!(page.starts_with("## ✗ Fail: 2000 rules block this change\n"));
    assert!(page.contains("left out") && page.contains("| Stage |"), "{page}");
}

#[test]
fn nothing_in_a_summary_mentions_links_or_forges() {
    use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};
    let page = render(&samples::hostile(), Format::Markdown, &Options::default());
    assert!(!page.contains("<!--") && !page.contains("<script"), "{page}");
    for event in Parser::new_ext(&page, Extensions::all()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours =
                    ["<details>", "</details>", "<summary>", "<br>"].iter().any(|tag| html.starts_with(tag));
                assert!(ours, "{html}");
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                panic!("a link: {dest_url}")
            }
            Event::Text(text) => assert!(!text.contains("@acme") && !text.contains("#1"), "{text}"),
            _ => {}
        }
    }
}
