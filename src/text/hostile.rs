//! What an attacker would name a file. Every place is tested against all of these.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Names, titles and contents that try to be more than text.
pub(super) fn all() -> Vec<String> {
    let mut inputs: Vec<String> = [
        "\u{1b}[2J\u{1b}[31mred\u{1b}[0m",
        "\u{1b}]8;;https://evil.example\u{7}click\u{1b}]8;;\u{7}",
        "\u{9b}2J C1",
        "\0null\u{7f}\u{85}",
        "one\rtwo",
        "one\ntwo\r\nthree",
        "::error file=a.rs::gotcha",
        "  ::add-mask::pass",
        "text\n::set-output name=verdict::pass",
        "##[set-output name=verdict]pass",
        "a ##[error]b ###[warning]c",
        "\u{202e}txt.exe\u{202c}\u{2066}x\u{2069}\u{200e}\u{200f}",
        "zero\u{200b}\u{200d}\u{feff}\u{2060}width",
        "tag\u{e0041}\u{e007f}",
        "``` code ``",
        "`",
        "a | b || c",
        "<!-- roadworthy --> <!--",
        "<script>alert(1)</script><img src=x onerror=y>",
        "@team @acme/platform a@b.example",
        "#123 owner/repo#1 GH-12 gh-7",
        "fixes #1, closes https://github.com/a/b/issues/1",
        "http://a.example www.evil.example HTTPS://X.example",
        "[link](javascript:alert(1)) ![img](https://x/y.png)",
        "**bold** _it_ ~~gone~~ $x^2$ # head",
        "- item",
        "1. item",
        "> quote",
        "&amp; &#64;team",
        "\\@team \\",
        "100%0A::error::x,y:z",
        "emoji 👍🏽 and 漢字",
        "",
        "   ",
    ]
    .iter()
    .map(ToString::to_string)
    .collect();
    inputs.push("n".repeat(4000));
    inputs.push(format!("{}::error::x", "w".repeat(78)));
    inputs.extend(mixed());
    inputs.push(String::from_utf8_lossy(b"bad \xff\xfe utf-8 \xc3").into_owned());
    inputs
}

/// Mixtures of what acts somewhere, the same on every run.
fn mixed() -> impl Iterator<Item = String> {
    const PIECES: &[&str] = &[
        "::", "##[", "]", "\n", "\r", " ", "\t", "\u{1b}[", "\u{9b}", "\u{202e}", "\u{200b}", "`", "```",
        "|", "\\", "<", ">", "<!--", "-->", "&", "#", "1", "@", "a", "GH-", "/", "http://", "www.", ".b",
        "[", "](", ")", "!", "*", "_", "~~", "$", "-", "+", "=", "%", "%0A", ",", ":", "é", "漢", "👍",
    ];
    let text =
        prop::collection::vec(prop_oneof![9 => select(PIECES).prop_map(str::to_owned), 1 => ".{0,3}"], 0..20);
    let mut runner = TestRunner::deterministic();
    (0..256).map(move |_| text.new_tree(&mut runner).unwrap().current().concat())
}
