//! The comment on a pull request, as somebody on a phone meets it.

use crate::samples;
use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};
use roadworthy::report::{
    COMMENT_LIMIT, Links, Options, Report, Thread, all_clear, comment, comment_start, same_comment,
    wants_comment,
};

const HEAD: &str = "2222222222222222222222222222222222222222";
const FILES: &str = "https://github.com/acme/shop/blob/2222222222222222222222222222222222222222/";
const RUN: &str = "https://github.com/acme/shop/actions/runs/42";

fn options() -> Options {
    let links = Links::new("https://github.com", "acme/shop", Some(HEAD), Some(42));
    Options { links, permissions: vec!["pull-requests: write"], ..Options::default() }
}

fn thread(previous: Option<&str>) -> Thread<'_> {
    Thread { id: "", previous }
}

fn on_pull_request(mut report: Report) -> Report {
    report.subject.pull_request = Some(samples::pull_request(HEAD));
    report
}

fn written(report: Report, previous: Option<&str>) -> String {
    comment(&on_pull_request(report), &options(), thread(previous))
}

fn samples() -> Vec<(&'static str, Report)> {
    vec![
        ("several", samples::several()),
        ("hundred-findings", samples::many(100)),
        ("hostile", samples::hostile()),
        ("only-existing", samples::only_existing()),
        ("always", samples::always()),
        ("undecided", samples::undecided()),
        ("unknown-permissions", samples::unknown_permissions()),
        ("no-base", samples::no_base()),
        ("with-code", samples::with_code()),
        ("clean", samples::clean()),
    ]
}

#[test]
fn comments_for_people() {
    for (name, report) in samples() {
        insta::assert_snapshot!(format!("{name}.comment"), written(report, None));
    }
    insta::assert_snapshot!("repaired.comment", all_clear(&samples::repaired(), thread(None)));
}

#[test]
fn after_a_push_the_difference_is_told() {
    let first = written(samples::several(), None);
    let pushed = samples::pushed();
    let second = comment(&pushed, &options(), thread(Some(&first)));
    assert!(second.contains("Since the last push: 1 fixed, 1 new.\n"), "{second}");
    // Run again, the comment keeps its news and its bytes.
    assert_eq!(comment(&pushed, &options(), thread(Some(&second))), second);
    // A comment that somebody made unreadable costs the difference, and nothing else.
    let broken = second.replacen("open=", "open=@team,", 1);
    let third = comment(&pushed, &options(), thread(Some(&broken)));
    assert!(!third.contains("Since the last"), "{third}");
}

#[test]
fn what_could_not_be_judged_is_not_told_as_fixed() {
    let first = written(samples::several(), None);
    let undecided = written(samples::undecided(), Some(&first));
    assert!(!undecided.contains("Since the last"), "{undecided}");
    let third = comment(&samples::pushed(), &options(), thread(Some(&undecided)));
    assert!(third.contains("Since the last push: 1 fixed, 1 new.\n"), "{third}");
}

#[test]
fn too_many_points_to_remember_tell_no_difference() {
    let before = written(samples::many(10_000), None);
    let after = comment(&samples::pushed(), &options(), thread(Some(&before)));
    assert!(!after.contains("Since the last"), "{after}");
}

#[test]
fn an_all_clear_is_the_same_after_every_push() {
    let mut report = samples::repaired();
    let first = all_clear(&report, thread(None));
    report.subject.head = Some("4".repeat(40));
    report.date = "2027-02-01".to_owned();
    assert_eq!(all_clear(&report, thread(Some(&first))), first);
    assert!(first.starts_with(&comment_start("")));
}

#[test]
fn a_comment_is_wanted_where_somebody_must_act() {
    for (report, wanted) in [
        (samples::several(), true),
        (samples::undecided(), true),
        (samples::only_existing(), false),
        (samples::clean(), false),
    ] {
        assert_eq!(wants_comment(&report), wanted);
    }
}

#[test]
fn another_run_alone_is_no_news() {
    let one = written(samples::several(), None);
    let other = one.replace("/runs/42", "/runs/43").replace('\n', "\r\n");
    assert!(one.contains(RUN) && same_comment(&one, &other));
    assert!(!same_comment(&one, &one.replace("pay.rs:214", "pay.rs:215")));
    assert!(!same_comment(&one, ""));
}

#[test]
fn comments_of_different_jobs_are_told_apart() {
    assert_ne!(comment_start(""), comment_start("services/api"));
    assert!(!comment_start("").starts_with(&comment_start("services/api")));
}

#[test]
fn a_comment_never_grows_too_long_and_keeps_marker_verdict_and_link() {
    for report in
        [samples::many(10_000), samples::many_rules(2_000), samples::hostile(), samples::with_code()]
    {
        let text = written(report, None);
        assert!(text.len() <= COMMENT_LIMIT && text.starts_with(&comment_start("")), "{}", text.len());
        assert!(text.lines().nth(1).is_some_and(|line| line.starts_with("### ✗ ")), "{text}");
        assert!(text.ends_with(&format!("[The whole report]({RUN})\n")), "{text}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count() - decoys(&text));
    }
}

/// `</details>` inside of code is text.
fn decoys(text: &str) -> usize {
    text.lines().filter(|line| line.contains("</details>") && line.trim() != "</details>").count()
}

#[test]
fn nothing_in_a_comment_mentions_refers_or_forges() {
    for (name, report) in samples() {
        let text = written(report, None);
        assert_eq!(text.matches("<!--").count(), 1, "{name}: {text}");
        for event in Parser::new_ext(&text, Extensions::all()) {
            match event {
                Event::Html(html) | Event::InlineHtml(html) => assert!(is_ours(&html), "{name}: {html}"),
                Event::Start(Tag::Link { dest_url, .. }) => assert!(
                    dest_url.starts_with(FILES)
                        || *dest_url == *RUN
                        || dest_url.starts_with("https://handbook.example/"),
                    "{name}: {dest_url}"
                ),
                Event::Start(Tag::Image { .. }) => panic!("{name}: an image"),
                Event::Text(text) => {
                    assert!(
                        !text.contains("@acme") && !text.contains("#1") && !text.contains("://"),
                        "{name}: {text}"
                    );
                }
                _ => {}
            }
        }
    }
}

fn is_ours(html: &str) -> bool {
    let html = html.trim();
    html.starts_with("<!-- roadworthy:comment id=")
        || ["<details>", "</details>", "<br>"].contains(&html)
        || (html.starts_with("<summary>") && html.ends_with("</summary>"))
        || (html.starts_with("<details><summary>Show it (") && html.ends_with("</summary>"))
}
