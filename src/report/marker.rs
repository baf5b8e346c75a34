//! The hidden first line of our comment: whose it is, and what was open when it was written.
//!
//! It is found again by its start, so nothing else in a comment may look like it: all other text has its comments
//! broken. Read back it is an outsider's text, for whoever may edit a comment may write anything into it.

use super::model::Report;
use super::outline::Outline;
use crate::text;
use crate::words::Verdict;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;

const OPEN: &str = "<!-- roadworthy:comment id=";
const CLOSE: &str = " -->";
/// Hexadecimal digits of an id and of an open point: 48 bits are plenty for one pull request.
const DIGITS: usize = 12;
/// Open points that are kept; with more, the next comment tells of no difference.
const MAX_OPEN: usize = 400;
/// Bytes of a marker.
const MAX_MARKER: usize = 8 * 1024;

/// What the start of a comment with this id is.
pub(super) fn start(id: &str) -> String {
    format!("{OPEN}{} ", digits(&["id", id]))
}

/// What is open, and what changed since the comment before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct State {
    /// The head that was judged.
    head: String,
    /// Open points, each as its digits; none where they were too many.
    open: Option<BTreeSet<String>>,
    /// Points that were open in the comment before and are not now, and new ones.
    pub(super) since: Option<Since>,
}

/// The difference to the comment before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Since {
    pub(super) fixed: usize,
    pub(super) new: usize,
    /// Whether the head is the same: the run was repeated, or the title or a label was edited.
    pub(super) same_head: bool,
}

impl State {
    /// What is open by this report, compared with the comment before.
    pub(super) fn of(report: &Report, outline: &Outline<'_>, previous: Option<&str>) -> Self {
        let mut open = BTreeSet::new();
        for entry in outline.blocking.iter().chain(&outline.introduced) {
            if entry.findings.is_empty() {
                let service = entry.rule.service.as_deref().unwrap_or_default();
                open.insert(digits(&["rule", &entry.rule.id, service]));
            }
            open.extend(entry.findings.iter().map(|finding| digits(&["finding", &finding.fingerprint])));
        }
        let open = (open.len() <= MAX_OPEN).then_some(open);
        let head = head(report).unwrap_or_default().to_owned();
        let before = previous.and_then(parse);
        if report.verdict == Verdict::Undecided {
            // What could not be judged is not mended: what was open stays so.
            return Self { head, open: before.map_or(open, |before| before.open), since: None };
        }
        let since = before.and_then(|before| before.since(&head, open.as_ref()));
        Self { head, open, since }
    }

    fn since(&self, head: &str, now: Option<&BTreeSet<String>>) -> Option<Since> {
        let same_head = self.head == head;
        let (before, now) = (self.open.as_ref()?, now?);
        if same_head && before == now {
            // Nothing happened: what was said before still is the news, and the comment stays as it is.
            return self.since;
        }
        let (fixed, new) = (before.difference(now).count(), now.difference(before).count());
        Some(Since { fixed, new, same_head })
    }

    /// The marker, on a line of its own.
    pub(super) fn marker(&self, id: &str) -> String {
        let mut out = start(id);
        // Writing into a `String` cannot fail.
        let _ = write!(out, "head={} open=", if self.head.is_empty() { "-" } else { &self.head });
        match &self.open {
            Some(open) => out.push_str(&open.iter().map(String::as_str).collect::<Vec<_>>().join(",")),
            None => out.push('+'),
        }
        if let Some(Since { fixed, new, same_head }) = self.since {
            let what = if same_head { "run" } else { "push" };
            let _ = write!(out, " since={what},{fixed},{new}");
        }
        out.push_str(CLOSE);
        out.push('\n');
        out
    }
}

/// The marker of a comment that has nothing open, the same after every push.
pub(super) fn settled(id: &str) -> String {
    State { open: Some(BTreeSet::new()), ..State::default() }.marker(id)
}

/// The commit that a pull request is judged for.
pub(super) fn head(report: &Report) -> Option<&str> {
    let pull = report.subject.pull_request.as_ref().and_then(|pull| pull.head.as_deref());
    pull.or(report.subject.head.as_deref())
}

/// What a marker says; nothing, unless it has exactly the form in which it was written.
fn parse(body: &str) -> Option<State> {
    let line = body.lines().next()?.trim_end();
    let inside = line.strip_prefix(OPEN)?.strip_suffix(CLOSE)?;
    if line.len() > MAX_MARKER {
        return None;
    }
    let mut words = inside.split(' ');
    is_digits(words.next()?).then_some(())?;
    let head = words.next()?.strip_prefix("head=")?;
    let open = words.next()?.strip_prefix("open=")?;
    let since = match words.next() {
        Some(word) => Some(parse_since(word.strip_prefix("since=")?)?),
        None => None,
    };
    let legal = words.next().is_none() && head.len() <= 64 && (head == "-" || head.bytes().all(is_hex));
    let head = if head == "-" { String::new() } else { head.to_owned() };
    legal.then_some(State { head, open: parse_open(open)?, since })
}

#[allow(clippy::option_option, reason = "a list that was too long is not a list that is broken")]
fn parse_open(text: &str) -> Option<Option<BTreeSet<String>>> {
    match text {
        "+" => Some(None),
        "" => Some(Some(BTreeSet::new())),
        _ => {
            let open: BTreeSet<String> = text.split(',').map(str::to_owned).collect();
            (open.len() <= MAX_OPEN && open.iter().all(|one| is_digits(one))).then_some(Some(open))
        }
    }
}

fn parse_since(text: &str) -> Option<Since> {
    let (what, counts) = text.split_once(',')?;
    let (fixed, new) = counts.split_once(',')?;
    let number = |text: &str| text.parse::<usize>().ok().filter(|number| *number <= MAX_OPEN);
    let same_head = match what {
        "run" => true,
        "push" => false,
        _ => return None,
    };
    Some(Since { fixed: number(fixed)?, new: number(new)?, same_head })
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

fn is_digits(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(is_hex)
}

fn digits(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    text::hex(&hash.finalize()[..DIGITS / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(head: &str, open: &[&str], since: Option<Since>) -> State {
        State { head: head.to_owned(), open: Some(open.iter().map(|one| digits(&[one])).collect()), since }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let since = Some(Since { fixed: 2, new: 1, same_head: false });
        for state in [
            state("ab12", &["a", "b"], since),
            state("", &[], None),
            State { open: None, ..state("ab12", &[], None) },
        ] {
            let body = format!("{}\nand the rest", state.marker("job"));
            assert_eq!(parse(&body), Some(state));
        }
    }

    #[test]
    fn what_somebody_made_up_is_not_read() {
        let good = state("ab12", &["a"], None).marker("job");
        assert!(parse(&good).is_some());
        for bad in [
            String::new(),
            format!(" {good}"),
            good.replace("head=", "head=%"),
            good.replace("open=", "open=<script>,"),
            good.replace("open=", "open=,"),
            good.replace(" -->", " x=1 -->"),
            good.replace(" -->", " since=push,1 -->"),
            good.replace(" -->", " since=push,1,-1 -->"),
            good.replace(" -->", " since=push,1,99999999999999999999 -->"),
            good.replace(" -->", " since=@team,1,1 -->"),
            good.replace("open=", &format!("open={}", "0123456789ab,".repeat(100_000))),
            good.replace(" -->", ""),
        ] {
            assert_eq!(parse(&bad), None, "{}", bad.chars().take(200).collect::<String>());
        }
    }

    #[test]
    fn the_difference_is_by_open_points() {
        let before = state("aa", &["a", "b", "c"], None);
        let now = |open: &[&str]| state("", open, None).open;
        let since = |head: &str, open: &[&str]| before.since(head, now(open).as_ref());
        assert_eq!(since("bb", &["c", "d"]), Some(Since { fixed: 2, new: 1, same_head: false }));
        assert_eq!(since("bb", &["a", "b", "c"]), Some(Since { fixed: 0, new: 0, same_head: false }));
        assert_eq!(since("aa", &["a"]), Some(Since { fixed: 2, new: 0, same_head: true }));
        // The same head and the same points: the comment must come out as it was.
        assert_eq!(since("aa", &["a", "b", "c"]), None);
        let told = Some(Since { fixed: 4, new: 2, same_head: false });
        let before = state("aa", &["a"], told);
        assert_eq!(before.since("aa", now(&["a"]).as_ref()), told);
        // Lists that were too long say nothing.
        assert_eq!(before.since("bb", None), None);
    }

    #[test]
    fn ids_never_show_what_they_are_made_of() {
        let start = start("policy --> <script> @team");
        assert_eq!(start.len(), OPEN.len() + DIGITS + 1);
        assert!(state("", &[], None).marker("policy --> <script> @team").starts_with(&start));
    }
}
