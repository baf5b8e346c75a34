//! Which texts have to stand in a file before a regex can match in it, so that most regexes are never run.
//!
//! Must only ever say too little of them: whatever is blanked out of a text, a regex that matches has one.
//! `build.rs` asks it too.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A shorter text stands in nearly every file, and tells nothing.
const SHORTEST: usize = 3;
/// A choice among more texts is not looked at.
const MOST: usize = 100;
/// Length from which a longer text is no better.
const LONG: usize = 8;
/// Characters of a class that is written out, ten digits at most, and texts that come of it.
const FEW: usize = 10;
const MOST_RUNS: usize = 16;
/// Choices that are kept of one regex.
const CHOICES: usize = 3;
/// Texts that stand in most files of some language tell hardly more than none.
const COMMON: [&str; 34] = [
    "and", "any", "assert", "async", "await", "class", "client", "config", "const", "def", "django",
    "export", "false", "for", "from", "func", "function", "get", "http", "import", "include", "name", "new",
    "not", "package", "public", "require", "return", "self", "static", "string", "test", "true", "use",
];
/// What matches `(?i)s` and `(?i)k` beside these letters: nobody writes them so.
const FOLDED: [u32; 2] = [0x17f, 0x212a];

/// Texts of which one stands in everything that a regex matches, in small ASCII letters.
type Texts = Vec<Vec<u8>>;

/// The choices of texts of each of which one stands in every match of the regex, the most telling first. None where there are
/// no such texts, or no telling ones.
pub(super) fn required(regex: &str) -> Vec<Texts> {
    let parsed = ParserBuilder::new().multi_line(true).crlf(true).build().parse(regex);
    parsed.map(|hir| of(&hir)).unwrap_or_default()
}

fn of(hir: &Hir) -> Vec<Texts> {
    match hir.kind() {
        HirKind::Literal(literal) => best(pieces(&[literal.0.to_ascii_lowercase()])),
        HirKind::Repetition(repetition) if repetition.min > 0 => of(&repetition.sub),
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Alternation(branches) => of_branches(&branches.iter().map(of).collect::<Vec<_>>()),
        HirKind::Concat(parts) => best(of_concat(parts)),
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) | HirKind::Repetition(_) => Vec::new(),
    }
}

/// One branch matches: one text of the first choice of any, and of the second, as far as every branch has one.
fn of_branches(branches: &[Vec<Texts>]) -> Vec<Texts> {
    let choice = |place: usize| -> Option<Texts> {
        let each = branches.iter().map(|choices| choices.get(place).cloned());
        let mut texts = each.collect::<Option<Vec<_>>>()?.concat();
        texts.sort_unstable();
        texts.dedup();
        (texts.len() <= MOST).then_some(texts)
    };
    best((0..CHOICES).filter_map(choice).collect())
}

/// The texts of each part, where a choice of few characters is part of the text around it.
fn of_concat(parts: &[Hir]) -> Vec<Texts> {
    let (mut all, mut runs) = (Vec::new(), vec![Vec::new()]);
    for part in parts {
        let next: Option<Texts> = match part.kind() {
            HirKind::Literal(literal) => Some(vec![literal.0.to_ascii_lowercase()]),
            HirKind::Class(class) => few(class).filter(|few| few.len() * runs.len() <= MOST_RUNS),
            _ => None,
        };
        if let Some(next) = next {
            runs = runs.iter().flat_map(|run| next.iter().map(|text| [&**run, text].concat())).collect();
        } else {
            all.extend(pieces(&std::mem::replace(&mut runs, vec![Vec::new()])));
            all.extend(of(part));
        }
    }
    all.extend(pieces(&runs));
    all
}

/// What stands between the blanks of texts of the same form. Blanks may stand where something was blanked out, so no text has one.
fn pieces(runs: &[Vec<u8>]) -> Vec<Texts> {
    let split: Vec<Vec<&[u8]>> =
        runs.iter().map(|run| run.split(u8::is_ascii_whitespace).collect()).collect();
    let of = |place: usize| -> Option<Texts> {
        let mut texts: Texts =
            split.iter().map(|pieces| Some(pieces.get(place)?.to_vec())).collect::<Option<_>>()?;
        texts.sort_unstable();
        texts.dedup();
        texts.iter().all(|text| text.len() >= SHORTEST).then_some(texts)
    };
    (0..split.first().map_or(0, Vec::len)).filter_map(of).collect()
}

/// The most telling of them: the rarest, the longest, and then the fewest.
fn best(mut all: Vec<Texts>) -> Vec<Texts> {
    all.sort_by_key(|texts| {
        let common = texts.iter().any(|text| COMMON.iter().any(|common| common.as_bytes() == text));
        let shortest = texts.iter().map(Vec::len).min().unwrap_or_default();
        (common, std::cmp::Reverse(shortest.min(LONG)), texts.len())
    });
    all.dedup();
    all.truncate(CHOICES);
    all
}

/// The few characters of which the class is one, in small letters.
fn few(class: &Class) -> Option<Texts> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
    };
    let one = |code: u32| u8::try_from(code).ok().filter(u8::is_ascii_graphic);
    let short =
        ranges.len() <= 2 * FEW && ranges.iter().all(|(start, end)| ((end - start) as usize) < 2 * FEW);
    let codes = ranges.iter().filter(|_| short).flat_map(|(start, end)| *start..=*end);
    let codes = codes.filter(|code| !FOLDED.contains(code));
    let bytes = codes.map(|code| Some(vec![one(code)?.to_ascii_lowercase()]));
    let mut bytes: Texts = bytes.collect::<Option<_>>()?;
    bytes.sort_unstable();
    bytes.dedup();
    (1..=FEW).contains(&bytes.len()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(regex: &str) -> String {
        let show = |texts: &Texts| {
            let texts = texts.iter().map(|text| String::from_utf8_lossy(text).into_owned());
            texts.collect::<Vec<_>>().join(" ")
        };
        required(regex).iter().map(show).collect::<Vec<_>>().join(" & ")
    }

    #[test]
    fn the_most_telling_texts_are_required() {
        let cases = [
            (r"^\s*(?:import|from)\s+sentry_sdk\b", "sentry_sdk & from import"),
            (r"^import (?:a_thing|another)|^from (?:third)", "a_thing another third & from import"),
            (r"(?i)api[_-]?version", "version & api"),
            (r"^from\s+locust|^import\s+molotov", "locust molotov & from import"),
            (r"x[0-9]Q~", "x0q~ x1q~ x2q~ x3q~ x4q~ x5q~ x6q~ x7q~ x8q~ x9q~"),
            (r"[Rr]edis\.", "redis."),
            (r"\b(?:DSN_URL|TRACE_URL)\b", "dsn_url trace_url"),
            (r"\b40[13]\b", "401 403"),
            (r"[cC]ode [A-D]\d", "code"),
            (r"a[xy]b c[12]d", "axb ayb & c1d c2d"),
            (r"(?:Sentry)+\(", "sentry"),
            (r"(?:Sentry)*\(", ""),
            (r"(?:sentry|x)\(", ""),
            (r"FROM  *alpine", "alpine & from"),
            (r"a\nlonger b", "longer"),
            (r"\w+\.(get|post)", "get post"),
            (r"one.{9}three.two2.four", "three & two2 & four"),
            (r"", ""),
            (r"(", ""),
            (r"é{2}", ""),
        ];
        for (regex, expected) in cases {
            assert_eq!(shown(regex), expected, "{regex}");
        }
    }
}
