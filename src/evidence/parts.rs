//! Parts of regexes that a capability names once: `<name>` in a regex of its signals stands for one.
//!
//! What stays in angle brackets without being named is text, as in any regex.

use super::catalogue::{Capability, Signal};
use super::terms::{Pattern, valid_regex};
use std::collections::{BTreeMap, BTreeSet};

/// How deep parts can stand in parts.
const MAX_DEPTH: usize = 4;

impl Capability {
    /// The capability with its parts put in. The error says which part or regex is wrong, and how.
    pub fn whole(mut self) -> Result<Self, String> {
        if self.parts.is_empty() {
            return Ok(self);
        }
        let mut used = BTreeSet::new();
        for pattern in self.signals.iter_mut().flat_map(patterns) {
            let text = filled(&pattern.0, &self.parts, &mut used);
            if text != pattern.0 {
                valid_regex(&text).map_err(|error| format!("`{}`: `{}`: {error}", self.id, pattern.0))?;
                pattern.0 = text;
            }
        }
        match self.parts.keys().find(|name| !used.contains(*name)) {
            Some(name) => Err(format!("`{}`: no signal uses the part `<{name}>`", self.id)),
            None => Ok(self),
        }
    }
}

fn patterns(signal: &mut Signal) -> impl Iterator<Item = &mut Pattern> {
    let by_language = [&mut signal.import, &mut signal.call, &mut signal.code, &mut signal.outside];
    let code = by_language.into_iter().flat_map(|map| map.values_mut()).flat_map(|list| &mut list.0);
    let settings = signal.setting.0.iter_mut().filter_map(|setting| setting.matches.as_mut());
    code.chain(signal.config.iter_mut().map(|config| &mut config.matches))
        .chain(&mut signal.command)
        .chain(settings.flat_map(|list| &mut list.0))
}

fn filled<'a>(text: &str, parts: &'a BTreeMap<String, String>, used: &mut BTreeSet<&'a String>) -> String {
    let mut text = text.to_owned();
    for _ in 0..MAX_DEPTH {
        for (name, part) in parts {
            let mark = format!("<{name}>");
            if text.contains(&mark) {
                used.insert(name);
                text = text.replace(&mark, &format!("(?:{part})"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capability(yaml: &str) -> Result<Capability, String> {
        serde_yaml::from_str::<Capability>(yaml).unwrap().whole()
    }

    #[test]
    fn parts_are_put_in_wherever_a_regex_names_them() {
        let text = "parts: { path: '/<word>', word: 'a|b' }\nsignals:\n- { grade: wired, code: { go: '\"<path>\"', rust: '<x>' }, config: { in: a, matches: '<word>' } }";
        let whole = capability(text).unwrap();
        let signal = &whole.signals[0];
        assert_eq!(signal.code["go"].0[0].0, r#""(?:/(?:a|b))""#);
        assert_eq!(signal.code["rust"].0[0].0, "<x>");
        assert_eq!(signal.config.as_ref().unwrap().matches.0, "(?:a|b)");
    }

    #[test]
    fn a_part_that_is_wrong_or_of_no_use_is_told() {
        let unused = capability("parts: { path: a }\nsignals: []").unwrap_err();
        assert!(unused.contains("`<path>`"), "{unused}");
        let wrong = capability("parts: { path: '(' }\nsignals:\n- { grade: wired, code: { go: '<path>' } }")
            .unwrap_err();
        assert!(wrong.contains("regex"), "{wrong}");
    }
}
