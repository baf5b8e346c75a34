//! What a secret looks like: the table of their forms, and how to tell a real one from a word that stands in for it.
//!
//! The table is data, `policies/data/secrets.yml`. Pure: text in, answers out. Must not say where in a repository a secret
//! matters (that is the check's), and must never hand out a whole secret to be printed: see [`conceal`].

mod issued;
mod table;

pub use issued::{Form, genuine};
pub use table::{Replaced, SecretKind, SecretSort, secret_kinds};

use std::collections::BTreeMap;

/// Most characters that are shown of either end of a secret.
const SHOWN: usize = 4;

/// Shannon entropy in bits for each character.
#[allow(clippy::cast_precision_loss)] // At most a few hundred characters.
pub fn entropy(text: &str) -> f64 {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    text.chars().for_each(|char| *counts.entry(char).or_default() += 1);
    let total = counts.values().sum::<usize>() as f64;
    -counts.values().map(|count| *count as f64 / total).map(|share| share * share.log2()).sum::<f64>()
}

/// Whether the value only stands where a secret will be: a word that says so, a reference, or the same few signs again.
pub fn stands_in(value: &str) -> bool {
    let mut letters: Vec<char> = value.chars().filter(char::is_ascii_alphanumeric).collect();
    let lower = value.to_ascii_lowercase();
    let counted = ["12345678", "abcdefgh", "87654321", "deadbeef"];
    letters.sort_unstable();
    letters.dedup();
    letters.len() < 4
        || counted.iter().any(|text| lower.contains(text))
        || issued::encodes_words(value)
        || table::placeholders().iter().any(|regex| regex.is_match(value))
}

/// The secret with its middle left out: enough to find it, not enough to use it.
pub fn conceal(secret: &str) -> String {
    let chars: Vec<char> = secret.chars().collect();
    let shown = (chars.len() / 5).min(SHOWN);
    let part =
        |range: std::ops::Range<usize>| chars.get(range).unwrap_or_default().iter().collect::<String>();
    format!("{}...{}", part(0..shown), part(chars.len() - shown..chars.len()))
}

/// A line in which the secret is concealed wherever it stands, and where only its first part fits the line.
pub fn concealed(line: &str, secret: &str) -> String {
    let told = conceal(secret);
    if secret.is_empty() {
        return line.to_owned();
    }
    if line.contains(secret) {
        return line.replace(secret, &told);
    }
    // Both were cut at the same length, so that the line may end inside the secret.
    let ends = secret.char_indices().map(|(at, _)| at).skip(1).collect::<Vec<_>>();
    let cut = ends.iter().rev().find(|end| line.ends_with(&secret[..**end]));
    cut.map_or_else(|| line.to_owned(), |end| format!("{}{told}", &line[..line.len() - end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_text_carries_more_than_words() {
        assert!(entropy("aaaaaaaa") < 0.1);
        assert!((entropy("abcdefgh") - 3.0).abs() < 0.01);
        assert!(entropy("") < 0.1);
    }

    #[test]
    fn no_secret_is_told_whole() {
        let cases = [
            ("abcdefghijklmnopqrstuvwxyz", "abcd...wxyz"),
            ("hunter22", "h...2"),
            ("abc", "..."),
            ("", "..."),
            ("éééééééééé", "éé...éé"),
        ];
        for (secret, expected) in cases {
            assert_eq!(conceal(secret), expected, "{secret}");
        }
        assert_eq!(concealed("a = 'hunter22' # hunter22", "hunter22"), "a = 'h...2' # h...2");
        assert_eq!(concealed("a = 'hunt", "hunter22"), "a = 'h...2");
        assert_eq!(concealed("nothing", "hunter22"), "nothing");
        assert_eq!(concealed("a", ""), "a");
    }

    #[test]
    fn words_and_references_stand_in_for_secrets() {
        let stand_ins = [
            "changeme",
            "change-this-now",
            "ChangeItInProduction",
            "your-api-key",
            "<token>",
            "${TOKEN}",
            "{{ token }}",
            "xxxxxxxxxxxx",
            "********",
            "0000000000000000",
            "example-key-1",
            "test_key_123",
            "12345678",
            "....",
            "",
            "$(cat secret)",
            "%env(KEY)%",
            "!!insert_secret",
            "process.env.KEY",
            "REPLACE_WITH_KEY",
            "arn:aws:secretsmanager:eu:1:secret",
            "<%= ENV['A'] %>",
            "cG9zdGdyZXNwYXNzd29yZA==",
        ];
        let real = [
            "hunter22",
            "superSecret",
            "k3J9x!pQ7vL2mZ8wR4tY",
            "b7e1f09c42a85d36e19f7c08ab54d2e3",
            "Passw0rd",
            "keyboard cat",
        ];
        for value in stand_ins {
            assert!(stands_in(value), "{value}");
        }
        for value in real {
            assert!(!stands_in(value), "{value}");
        }
    }
}
