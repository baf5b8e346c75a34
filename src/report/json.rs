//! The contract `roadworthy/report/v1` as JSON, for programs.

use super::model::Report;
use crate::text;
use serde::Serialize;
use std::fmt::Write;

/// Pretty-printed, with a newline at the end; the same report gives the same bytes.
pub(super) fn render(report: &Report) -> String {
    written(report)
}

/// Any data as JSON that acts on nothing.
pub(super) fn written(data: &impl Serialize) -> String {
    // Structs, lists and strings; none of these can fail to become JSON.
    let json = serde_json::to_string_pretty(data).unwrap_or_default();
    let mut out = escape(&json);
    out.push('\n');
    out
}

/// JSON may end in a workflow's log or on a terminal too. What would act there can only stand inside of
/// strings, where an escape means the same.
fn escape(json: &str) -> String {
    let json = json.replace("##[", "##\\u005b");
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        let mut buffer = [0; 4];
        // The printer's own line breaks stand between strings; those inside are escaped already.
        if character == '\n' || text::visible(character.encode_utf8(&mut buffer)).chars().eq([character]) {
            out.push(character);
            continue;
        }
        // Writing into a `String` cannot fail.
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_is_escaped_and_means_the_same() {
        for (text, written) in [
            ("plain 漢字", r#""plain 漢字""#),
            ("\u{1b}[1m", r#""\u001b[1m""#),
            ("\u{9b}x\u{7f}", r#""\u009bx\u007f""#),
            ("\u{202e}x", r#""\u202ex""#),
            ("\u{e0041}", r#""\udb40\udc41""#),
            ("a ##[error]", r#""a ##\u005berror]""#),
            ("a\nb", r#""a\nb""#),
        ] {
            let json = escape(&serde_json::to_string(text).expect("a string"));
            assert_eq!(json, written);
            assert_eq!(serde_json::from_str::<String>(&json).expect("still JSON"), text);
        }
    }
}
