//! Coverage in text: lcov, and the profiles of Go.

use super::coverage::{Collector, Coverage};

/// Lines of one block of a Go profile.
const MAX_BLOCK: u32 = 20_000;

pub(super) fn read(text: &str) -> Result<Coverage, String> {
    if text.starts_with("mode:") {
        return go(text);
    }
    let known = text.lines().take(100).any(|line| line.starts_with("SF:") || line.starts_with("TN:"));
    if known { lcov(text) } else { Err("its format is not known".to_owned()) }
}

/// `SF:` opens a file, `DA:line,hits` tells of a line.
fn lcov(text: &str) -> Result<Coverage, String> {
    let mut found = Collector::default();
    let mut path = "";
    for line in text.lines() {
        let Some((key, value)) = line.trim_end().split_once(':') else { continue };
        match key {
            "SF" => {
                path = value.trim();
                found.file(path);
            }
            "DA" => {
                let mut parts = value.split(',');
                let numbers = parts.next().and_then(|line| line.trim().parse().ok()).zip(parts.next());
                let (line, hits) =
                    numbers.ok_or_else(|| format!("`DA:{}` is no line of lcov", cut(value)))?;
                found.line(path, line, ran(hits))?;
            }
            _ => {}
        }
    }
    Ok(found.finish())
}

/// Counts can be larger than any integer of ours, and some tools write them as `1e+10`.
fn ran(hits: &str) -> bool {
    hits.trim().parse::<f64>().is_ok_and(|hits| hits > 0.0)
}

/// `file:from.column,to.column statements hits`
fn go(text: &str) -> Result<Coverage, String> {
    let mut found = Collector::blocks();
    for line in text.lines().filter(|line| !line.starts_with("mode:") && !line.trim().is_empty()) {
        let (path, first, last, hits) =
            go_block(line).ok_or_else(|| format!("`{}` is no block of a Go profile", cut(line)))?;
        if last.saturating_sub(first) > MAX_BLOCK {
            continue;
        }
        for line in first..=last {
            found.line(path, line, ran(hits))?;
        }
    }
    Ok(found.finish())
}

fn go_block(line: &str) -> Option<(&str, u32, u32, &str)> {
    let (rest, hits) = line.trim_end().rsplit_once(' ')?;
    let (rest, _statements) = rest.rsplit_once(' ')?;
    let (path, range) = rest.rsplit_once(':')?;
    let (from, to) = range.split_once(',')?;
    let number = |place: &str| place.split('.').next()?.parse().ok();
    Some((path, number(from)?, number(to)?, hits))
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}
