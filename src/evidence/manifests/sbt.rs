//! sbt: `"org.typelevel" %% "cats-core" % "2.0" % Test`, in build files and in the objects that they use.

use super::extension;
use super::model::is_dev;
use super::tokens::{Kind, Token, tokens};
use super::{DependencyScope, InLock, Manifest};
use crate::evidence::lexer::masked;
use crate::evidence::needs::Mask;
use std::collections::BTreeSet;

/// Libraries that test; an object of dependencies often leaves the scope to the build that uses it.
const TESTS: [&str; 12] = [
    "scalatest",
    "scalatestplus",
    "munit",
    "specs2",
    "scalacheck",
    "scalamock",
    "mockito",
    "weaver",
    "testcontainers",
    "junit",
    "utest",
    "testkit",
];

/// The version of Scala is no part of the name.
pub(super) fn read(path: &str, source: &str) -> Manifest {
    let mut manifest = Manifest::of("sbt", "maven");
    let code = masked(Some("scala"), source, Mask::Comments);
    let tokens = tokens(&code);
    let tested = tested(&tokens);
    let (mut at, mut open) = (0, Vec::new());
    while let Some(token) = tokens.get(at) {
        if token.is("(") {
            open.push(manifest.dependencies.len());
        }
        if token.is(")") {
            let first = open.pop().unwrap_or_default();
            // `Seq(...).map(_ % Test)`
            if mapped_to_test(&tokens[at..]) {
                manifest.dependencies.iter_mut().skip(first).for_each(|one| one.scope = DependencyScope::Dev);
            }
        }
        let Some(found) = module(&tokens, at) else {
            at += 1;
            continue;
        };
        let before = |back: usize| at.checked_sub(back).map(|at| &tokens[at]);
        let value =
            before(1).filter(|mark| mark.is("=")).and_then(|_| before(2)).map_or("", |name| name.text);
        let plugin = before(2).is_some_and(|call| call.word("addSbtPlugin"));
        let declared = extension(path) == "scala" && TESTS.iter().any(|test| found.name.contains(test));
        let scope = if plugin {
            DependencyScope::Build
        } else if found.config.is_some_and(test) || tested.contains(value) || declared {
            DependencyScope::Dev
        } else {
            DependencyScope::Runtime
        };
        if let Some(one) = manifest.add(&found.name, found.version, scope, token.line) {
            one.lock = InLock::Never;
        }
        at = found.end;
    }
    manifest
}

struct Module<'a> {
    name: String,
    version: Option<String>,
    config: Option<&'a str>,
    end: usize,
}

/// The module that stands at this place.
fn module<'a>(tokens: &[Token<'a>], at: usize) -> Option<Module<'a>> {
    let text = |at: usize| tokens.get(at).filter(|token| token.kind == Kind::Text);
    let percents = |at: usize| tokens.iter().skip(at).take(3).take_while(|token| token.is("%")).count();
    let group = text(at)?;
    let first = percents(at + 1);
    let artifact = text(at + 1 + first).filter(|_| first > 0)?;
    let mut end = at + 2 + first;
    let mut parts: Vec<&Token<'a>> = Vec::new();
    while parts.len() < 2 && percents(end) == 1 {
        let Some(part) = tokens.get(end + 1).filter(|token| token.kind != Kind::Mark) else { break };
        parts.push(part);
        end += 2;
        // `Versions.cats`
        while tokens.get(end).is_some_and(|token| token.is(".")) {
            end += 2;
        }
    }
    let version = parts.first()?;
    Some(Module {
        name: format!("{}:{}", group.text, artifact.text),
        version: (version.kind == Kind::Text).then(|| version.text.to_owned()),
        config: parts.get(1).map(|config| config.text),
        end,
    })
}

fn test(config: &str) -> bool {
    let word = config.split([',', ';', '-']).next().unwrap_or(config);
    is_dev(word) || matches!(word, "it" | "IntegrationTest" | "Test")
}

/// Names that are used with `% Test`.
fn tested<'a>(tokens: &[Token<'a>]) -> BTreeSet<&'a str> {
    let used = tokens.windows(3).filter_map(|three| match three {
        [name, percent, config] if name.kind == Kind::Word && percent.is("%") && test(config.text) => {
            Some(name.text)
        }
        _ => None,
    });
    used.filter(|name| *name != "_").collect()
}

fn mapped_to_test(tokens: &[Token<'_>]) -> bool {
    let mut rest = tokens.iter().skip(1).filter(|token| !token.is(".") && !token.is("("));
    rest.next().is_some_and(|map| map.word("map"))
        && rest.next().is_some_and(|name| name.word("_"))
        && rest.next().is_some_and(|percent| percent.is("%"))
        && rest.next().is_some_and(|config| test(config.text))
}
