//! The calls of a Gradle build file: their arguments, what a configuration is for, texts that are given to names.

use crate::evidence::manifests::tokens::{Kind, Token, argument, inside};
use crate::evidence::manifests::{DependencyScope, Manifest};

/// The rest of the statement from this place on: up to the end of the line, of several where brackets or commas join them.
pub(super) fn arguments<'a, 'b>(tokens: &'b [Token<'a>], at: usize) -> &'b [Token<'a>] {
    let rest = tokens.get(at..).unwrap_or_default();
    let mut depth = 0_usize;
    let end = rest.iter().enumerate().position(|(place, token)| {
        let goes_on = depth > 0 || place > 0 && rest[place - 1].is(",");
        if token.is("(") || token.is("[") {
            depth += 1;
        } else if token.is(")") || token.is("]") {
            depth = depth.saturating_sub(1);
        }
        token.first && !goes_on || token.is("{") || token.is("}") || token.is(";")
    });
    &rest[..end.unwrap_or(rest.len())]
}

/// The list without the brackets around it.
pub(super) fn bare<'a, 'b>(list: &'b [Token<'a>]) -> &'b [Token<'a>] {
    if list.first().is_some_and(|open| open.is("(")) { inside(list, 0) } else { list }
}

pub(super) fn text<'a>(list: &[Token<'a>], name: &str) -> Option<Token<'a>> {
    argument(list, name).and_then(|value| value.first()).filter(|value| value.kind == Kind::Text).copied()
}

/// `a.b.c` from this place on, and the place of its last word.
pub(super) fn chain(list: &[Token<'_>], at: usize) -> (String, usize) {
    let (mut words, mut end) = (Vec::new(), at);
    while let Some(word) = list.get(end).filter(|token| token.kind == Kind::Word) {
        words.push(word.text);
        if !list.get(end + 1).is_some_and(|dot| dot.is(".")) {
            break;
        }
        end += 2;
    }
    while words.len() > 1 && matches!(words.last(), Some(&("get" | "asProvider" | "toProvider"))) {
        words.pop();
    }
    (words.join("."), end)
}

/// The scope of a dependency configuration; none for words that are no configuration.
pub(super) fn scope(configuration: &str) -> Option<DependencyScope> {
    let lower = configuration.to_ascii_lowercase();
    let ends = |words: &[&str]| words.iter().any(|word| lower.ends_with(word));
    match lower.as_str() {
        "val" | "var" | "def" | "if" | "else" | "for" | "while" | "return" | "import" | "exclude"
        | "because" | "modules" | "components" | "println" | "ext" | "version" | "final" | "apply"
        | "with" => None,
        _ if [
            "test",
            "developmentonly",
            "debug",
            "jmh",
            "benchmark",
            "lint",
            "detekt",
            "checkstyle",
            "quarkusdev",
        ]
        .iter()
        .any(|word| lower.contains(word)) =>
        {
            Some(DependencyScope::Dev)
        }
        _ if ends(&["compileonly", "compileonlyapi", "processor", "kapt", "ksp", "classpath"]) => {
            Some(DependencyScope::Build)
        }
        _ if ends(&["implementation", "api", "compile", "runtimeonly", "runtime"]) => {
            Some(DependencyScope::Runtime)
        }
        // A configuration of the build's own, such as the agent that it packs.
        _ => Some(DependencyScope::Build),
    }
}

/// `x = "1"`, `ext["x"] = "1"`, `set("x", "1")`: texts that versions may name, and constants that stand for modules.
pub(super) fn properties(tokens: &[Token<'_>], manifest: &mut Manifest) {
    for four in tokens.windows(4) {
        let [a, b, c, d] = four else { continue };
        let (key, value) = if a.kind == Kind::Word && b.is("=") && c.kind == Kind::Text {
            (a, c)
        } else if a.kind == Kind::Text && (b.is("]") && c.is("=") || b.is(",")) && d.kind == Kind::Text {
            (a, d)
        } else if a.kind == Kind::Text && b.is(",") && c.kind == Kind::Text {
            (a, c)
        } else {
            continue;
        };
        let text = value.text;
        if let [group, name, ..] = text.split(':').collect::<Vec<_>>()[..]
            && group.contains('.')
            && !text.contains('/')
        {
            let version = text.split(':').nth(2).map(str::to_owned);
            manifest.manage(key.text, &format!("{group}:{name}"), version);
        }
        manifest.properties.insert(key.text.to_owned(), text.to_owned());
    }
}
