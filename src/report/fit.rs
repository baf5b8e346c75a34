//! A Markdown text within a limit of bytes, cut only between whole pieces.

use std::fmt::Write;

/// Bytes kept for a sentence that tells what is left out.
const NOTICE: usize = 120;

/// Part of a document: items that may be left out one by one, between an opening and a closing.
pub(super) struct Section {
    open: String,
    items: Vec<String>,
    close: &'static str,
    kept: bool,
}

impl Section {
    /// Items under a heading.
    pub(super) fn new(open: impl Into<String>, items: Vec<String>) -> Self {
        Self { open: open.into(), items, close: "", kept: false }
    }

    /// Items that are folded away; `summary` is HTML and must be the program's own words.
    pub(super) fn folded(summary: &str, items: Vec<String>) -> Self {
        let open = format!("<details>\n<summary>{summary}</summary>\n\n");
        Self { open, items, close: "\n</details>\n", kept: false }
    }

    /// A short text that earlier sections leave room for.
    pub(super) fn kept(text: String) -> Self {
        Self { open: text, items: Vec::new(), close: "", kept: true }
    }

    fn len(&self) -> usize {
        self.open.len() + self.items.iter().map(String::len).sum::<usize>() + self.close.len()
    }

    /// The section within `room` bytes, and how many items that leaves out.
    fn fit(&self, room: usize) -> (String, usize) {
        let cut = self.len() > room;
        let room = if cut { room.saturating_sub(NOTICE) } else { room };
        let mut out = self.open.clone();
        let mut missing = 0;
        for item in &self.items {
            // One that is too long for the page must not hide those behind it.
            if out.len() + item.len() + self.close.len() > room {
                missing += 1;
            } else {
                out.push_str(item);
            }
        }
        if cut && missing == self.items.len() {
            return (String::new(), missing.max(1));
        }
        if missing > 0 {
            // Writing into a `String` cannot fail.
            let _ = writeln!(out, "\n{missing} more left out here: the page is full.");
        }
        out.push_str(self.close);
        (out, missing)
    }
}

/// Head, as much of the sections as fits, and foot, in at most `limit` bytes. Where not even head and foot fit,
/// the head is all, or nothing.
pub(super) fn fit(head: &str, sections: &[Section], foot: &str, limit: usize) -> String {
    if head.len() > limit {
        return String::new();
    }
    let mut out = head.to_owned();
    if head.len() + foot.len() + NOTICE > limit {
        return out;
    }
    let mut promised: usize =
        sections.iter().filter(|section| section.kept).map(|section| section.len() + 1).sum();
    let mut missing = 0;
    for section in sections {
        if section.kept {
            promised -= section.len() + 1;
        }
        let spent = out.len() + foot.len() + NOTICE + promised + 1;
        let (text, left) = section.fit(limit.saturating_sub(spent));
        if !text.is_empty() {
            out.push('\n');
        }
        out.push_str(&text);
        missing += left;
    }
    if missing > 0 {
        let _ =
            writeln!(out, "\n**{missing} entries are left out of this page; the JSON report has them all.**");
    }
    out.push_str(foot);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections() -> Vec<Section> {
        let items = |count: usize| (0..count).map(|index| format!("- entry {index}\n")).collect();
        vec![
            Section::new("### Open\n\n", items(30)),
            Section::kept("### Kept\n".to_owned()),
            Section::folded("Folded", items(30)),
        ]
    }

    #[test]
    fn everything_is_there_when_it_fits() {
        let text = fit("head\n", &sections(), "\nfoot\n", 10_000);
        assert!(
            text.contains("- entry 29\n\n### Kept\n\n<details>")
                && text.ends_with("- entry 29\n\n</details>\n\nfoot\n")
        );
        assert!(!text.contains("left out"));
    }

    #[test]
    fn what_is_too_long_for_the_page_hides_nothing_behind_it() {
        let items = vec!["- small\n".to_owned(), "x".repeat(2000), "- last\n".to_owned()];
        let text = fit("head\n", &[Section::new("### Open\n\n", items)], "\nfoot\n", 1000);
        assert!(text.contains("- small\n- last\n\n1 more left out here"), "{text}");
    }

    #[test]
    fn whatever_the_limit_is_it_holds_and_no_piece_is_cut() {
        for limit in 0..1200 {
            let text = fit("head\n", &sections(), "\nfoot\n", limit);
            assert!(text.len() <= limit, "{limit}: {text}");
            assert_eq!(text.matches("<details>").count(), text.matches("</details>").count(), "{text}");
            for line in text.lines().filter(|line| line.starts_with("- ")) {
                assert!(line.strip_prefix("- entry ").is_some_and(|rest| rest.parse::<u32>().is_ok()));
            }
            let kept = text.matches("- entry").count();
            if limit >= 250 {
                assert!(text.contains("### Kept") && text.ends_with("foot\n"), "{limit}: {text}");
                assert!(kept == 60 || text.contains("left out"), "{limit}: {text}");
            }
        }
    }
}
