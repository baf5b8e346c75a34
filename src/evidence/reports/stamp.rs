//! Time stamps of reports, in seconds. Where a stamp names no zone, the latest instant that it can mean counts, so that
//! nothing is called old that may be new.

use chrono::{DateTime, NaiveDateTime};

/// How far the clocks of the world lag behind UTC at most.
const FURTHEST_WEST: i64 = 12 * 60 * 60;
/// Numbers above are milliseconds: in seconds they would lie thousands of years ahead.
const MILLISECONDS: i64 = 100_000_000_000;

/// A number of seconds or milliseconds since 1970.
pub(super) fn epoch(number: i64) -> Option<i64> {
    let seconds = if number > MILLISECONDS { number / 1000 } else { number };
    (seconds > 0).then_some(seconds)
}

/// A number or a date with a time.
pub(super) fn stamp(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        #[allow(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
        return epoch(number as i64);
    }
    if let Ok(zoned) = DateTime::parse_from_rfc3339(text) {
        return Some(zoned.timestamp());
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    Some(local.and_utc().timestamp().saturating_add(FURTHEST_WEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_the_latest_instant_that_it_can_mean() {
        let cases = [
            ("1700000000", Some(1_700_000_000)),
            ("1700000000123", Some(1_700_000_000)),
            ("1700000000.5", Some(1_700_000_000)),
            ("2023-11-14T22:13:20Z", Some(1_700_000_000)),
            ("2023-11-14T23:13:20.25+01:00", Some(1_700_000_000)),
            ("2023-11-14T22:13:20", Some(1_700_043_200)),
            ("2023-11-14 22:13:20.123", Some(1_700_043_200)),
            ("0", None),
            ("yesterday", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(stamp(text), expected, "{text}");
        }
    }
}
