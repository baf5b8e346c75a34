//! "did you mean": the nearest of the words that are known.

/// The least likeness (0 to 1) at which a word is offered.
const LIKENESS: f64 = 0.78;

/// Most words that are listed.
const LISTED: usize = 24;

/// The known word that is most like this one, where one is.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The measure is quadratic, and a key can be a megabyte.
    if word.len() > 100 {
        return None;
    }
    let likeness = |other: &str| strsim::jaro_winkler(&word.to_lowercase(), &other.to_lowercase());
    let scored = known.into_iter().map(|other| (likeness(other), other));
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    (best.0 >= LIKENESS).then_some(best.1)
}

/// "did you mean `x`?", else the list of what is known (`what` names it: `keys`, `stages`, ...).
pub fn hint<'a>(word: &str, what: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(best) = closest(word, known.iter().copied()) {
        return Some(format!("did you mean `{best}`?"));
    }
    let listed: Vec<String> = known.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
    let more = if known.len() > LISTED { ", ..." } else { "" };
    (!listed.is_empty()).then(|| format!("{what}: {}{more}", listed.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_offered_and_far_ones_listed() {
        let known = ["severity", "stage", "since"];
        assert_eq!(closest("sevrity", known), Some("severity"));
        assert_eq!(closest("Stage", known), Some("stage"));
        assert_eq!(closest("owner", known), None);
        assert_eq!(hint("owner", "keys", known).unwrap(), "keys: `severity`, `stage`, `since`");
        assert_eq!(closest(&"s".repeat(200), known), None);
    }
}
