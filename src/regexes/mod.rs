//! What can be told of a regex without compiling it, which is slow, and done only for those that are run.
//!
//! `build.rs` works it out for the regexes that are built in: they are looked up in a table. Must not search anything.

mod ascii;
mod late;
mod required;
mod size;

pub(crate) use ascii::ascii;
pub(crate) use late::Late;
pub(crate) use size::MOST_BYTES;

mod table {
    include!(concat!(env!("OUT_DIR"), "/regexes.rs"));
}

/// Choices of texts, in small ASCII letters: of each one text stands in every match of a regex.
pub(crate) type Texts = Vec<Vec<Vec<u8>>>;

/// What a built-in regex needs, where it is known.
fn known(regex: &str) -> Option<&'static [&'static [&'static [u8]]]> {
    let found = table::REGEXES.binary_search_by(|(known, _)| (*known).cmp(regex)).ok()?;
    Some(table::REGEXES[found].1)
}

/// Whether the text is a regex that is certain to stay below [`MOST_BYTES`] when it is compiled.
pub(crate) fn small(regex: &str) -> bool {
    known(regex).is_some() || size::small(regex)
}

/// The choices of texts that a regex needs, the most telling first.
pub(crate) fn required(regex: &str) -> Texts {
    let own = |texts: &&[&[u8]]| texts.iter().map(|text| text.to_vec()).collect();
    known(regex).map_or_else(|| required::required(regex), |choices| choices.iter().map(own).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::RegexBuilder;

    #[test]
    fn the_table_says_what_would_be_worked_out() {
        assert!(table::REGEXES.len() > 1000);
        for (regex, _) in table::REGEXES {
            let built = RegexBuilder::new(regex).size_limit(MOST_BYTES).multi_line(true).crlf(true).build();
            assert!(built.is_ok(), "{regex}: {built:?}");
            assert_eq!(required(regex), required::required(regex), "{regex}");
        }
    }
}
