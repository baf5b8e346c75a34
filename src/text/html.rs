//! Text inside HTML, as content or as a quoted attribute.

use super::plain::visible;

/// The text with nothing in it that HTML would take for markup.
pub fn html(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::hostile;
    use super::*;

    #[test]
    fn markup_is_shown_and_not_obeyed() {
        for (text, expected) in [
            ("<b>", "&lt;b&gt;"),
            ("a & b", "a &amp; b"),
            ("\"x\" 'y'", "&quot;x&quot; &#39;y&#39;"),
            ("<!-- x -->", "&lt;!-- x --&gt;"),
            ("\u{202e}", "\\u{202e}"),
            ("&lt;", "&amp;lt;"),
        ] {
            assert_eq!(html(text), expected);
        }
        for text in hostile::all() {
            assert!(!html(&text).contains(['<', '>', '"', '\'', '\n', '\r']), "{text:?}");
        }
    }
}
