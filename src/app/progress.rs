//! Shows on a terminal how far a run is that takes its time: one line, gone again before the report.

use crate::gather::Progress;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Nobody needs to be told of less.
const PATIENCE: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_millis(200);
/// To the start of the line, and empties it.
const CLEAR: &str = "\r\x1b[2K";

/// Does the work, and shows how far it is where a terminal watches.
pub(super) fn shown<T>(watched: bool, progress: &Progress, work: impl FnOnce() -> T) -> T {
    if !watched {
        return work();
    }
    std::thread::scope(|scope| {
        let (working, done) = channel();
        scope.spawn(move || show(&done, progress, &mut io::stderr(), PATIENCE, EVERY));
        let result = work();
        drop(working);
        result
    })
}

/// Writes the line again and again until the other end is dropped. A terminal that cannot be written to is left alone.
fn show(done: &Receiver<()>, progress: &Progress, to: &mut impl Write, first: Duration, every: Duration) {
    let mut wait = first;
    let mut written = false;
    while done.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let text = format!("{CLEAR}{}", line(progress.seen()));
        if to.write_all(text.as_bytes()).and_then(|()| to.flush()).is_err() {
            return;
        }
        (wait, written) = (every, true);
    }
    if written {
        drop(to.write_all(CLEAR.as_bytes()).and_then(|()| to.flush()));
    }
}

fn line((done, total): (usize, usize)) -> String {
    match total {
        0 => "listing files".to_owned(),
        _ if done >= total => "judging".to_owned(),
        _ => format!("reading {} of {} files", grouped(done), grouped(total)),
    }
}

/// With a comma between thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::Sender;

    /// A terminal; the work is done when it has been told something.
    struct Terminal {
        text: String,
        working: Option<Sender<()>>,
    }

    impl Write for Terminal {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.text.push_str(std::str::from_utf8(bytes).unwrap());
            self.working = None;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_line_is_removed_and_a_short_run_shows_none() {
        let (working, done) = channel();
        let mut terminal = Terminal { text: String::new(), working: Some(working) };
        show(&done, &Progress::default(), &mut terminal, Duration::ZERO, PATIENCE);
        assert_eq!(terminal.text, format!("{CLEAR}listing files{CLEAR}"));
        terminal.text.clear();
        show(&done, &Progress::default(), &mut terminal, PATIENCE, PATIENCE);
        assert_eq!(terminal.text, "", "the work was done before");
    }

    #[test]
    fn the_line_says_how_far_it_is() {
        let cases = [
            ((0, 0), "listing files"),
            ((0, 7), "reading 0 of 7 files"),
            ((12_000, 100_000), "reading 12,000 of 100,000 files"),
            ((999, 1_234_567), "reading 999 of 1,234,567 files"),
            ((7, 7), "judging"),
        ];
        for (seen, expected) in cases {
            assert_eq!(line(seen), expected);
        }
    }
}
