//! A Markdown text within a limit of bytes, cut only between whole pieces.

use std::fmt::Write;

/// Bytes kept for the sentence that tells what is left out.
const NOTICE: usize = 120;

/// Part of a document: items that may be left out one by one, from the last, between an opening and a closing.
#[derive(Default)]
pub(super) struct Section {
    open: String,
    items: Vec<String>,
    close: &'static str,
}

impl Section {
    /// Items under a heading or a first paragraph.
    pub(super) fn new(open: impl Into<String>, items: Vec<String>) -> Self {
        Self { open: open.into(), items, close: "" }
    }

    /// Items that are folded away; `summary` is HTML and must be the program's own words.
    pub(super) fn folded(summary: &str, items: Vec<String>) -> Self {
        let open = format!("<details>\n<summary>{summary}</summary>\n\n");
        Self { open, items, close: "\n</details>\n" }
    }

    /// The section within `room` bytes, and how many items that leaves out.
    fn fit(&self, room: usize) -> (String, usize) {
        let whole = self.open.len() + self.items.iter().map(String::len).sum::<usize>() + self.close.len();
        let (room, cut) = if whole <= room { (whole, false) } else { (room.saturating_sub(NOTICE), true) };
        let mut out = self.open.clone();
        let mut kept = 0;
        for item in &self.items {
            if out.len() + item.len() + self.close.len() > room {
                break;
            }
            out.push_str(item);
            kept += 1;
        }
        if kept == 0 && cut {
            return (String::new(), self.items.len().max(1));
        }
        let missing = self.items.len() - kept;
        if missing > 0 {
            // Writing into a `String` cannot fail.
            let _ = writeln!(out, "\n{missing} more left out: the limit of this page is reached.");
        }
        out.push_str(self.close);
        (out, missing)
    }
}

/// Head, as much of the sections as fits, and foot, in at most `limit` bytes. Head and foot are told first;
/// where even they do not fit, what does of them is all.
pub(super) fn fit(head: &str, sections: &[Section], foot: &str, limit: usize) -> String {
    let mut out = String::with_capacity(limit.min(64 * 1024));
    if head.len() > limit {
        return out;
    }
    out.push_str(head);
    if head.len() + foot.len() + 2 * NOTICE > limit {
        return out;
    }
    let mut missing = 0;
    for section in sections {
        let room = limit - out.len() - foot.len() - NOTICE - 1;
        let (text, left) = section.fit(room);
        if !text.is_empty() {
            out.push('\n');
        }
        out.push_str(&text);
        missing += left;
    }
    if missing > 0 {
        let _ = writeln!(out, "\n**{missing} entries are left out here; the JSON report has them all.**");
    }
    out.push_str(foot);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections() -> Vec<Section> {
        let items = |count: usize| (0..count).map(|index| format!("- entry {index}\n")).collect();
        vec![Section::new("### Open\n\n", items(30)), Section::folded("Folded", items(30))]
    }

    #[test]
    fn everything_is_there_when_it_fits() {
        let text = fit("head\n", &sections(), "\nfoot\n", 10_000);
        assert!(
            text.contains("- entry 29\n\n<details>") && text.ends_with("- entry 29\n\n</details>\n\nfoot\n")
        );
        assert!(!text.contains("left out"));
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
            assert!(kept == 60 || limit < 250 || text.contains("left out"), "{limit}: {text}");
        }
    }
}
