//! `Gemfile` and gemspecs, by their calls; groups as blocks or options.

use super::model::is_dev;
use super::tokens::{Kind, Token, argument, inside, tokens, values};
use super::{DependencyScope, InLock, Manifest};
use crate::evidence::lexer::masked;
use crate::evidence::needs::Mask;

/// What an open block means for the gems inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    /// A group that the product runs without.
    Dev,
    /// They may be meant or not, or come from elsewhere.
    Maybe,
    Plain,
}

pub(super) fn read(source: &str) -> Manifest {
    let mut manifest = Manifest::of("bundler", "rubygems");
    let code = masked(Some("ruby"), source, Mask::Comments);
    let tokens = tokens(&code);
    let mut blocks: Vec<Block> = Vec::new();
    for line in lines(&tokens) {
        match line.first().filter(|head| head.kind == Kind::Word).map(|head| head.text) {
            Some("gemspec") => manifest.library = Some(true),
            Some("gem") => gem(line, &blocks, &mut manifest),
            Some("end") => {
                blocks.pop();
            }
            _ => {}
        }
        if let Some(block) = opens(line) {
            blocks.push(block);
        }
    }
    manifest
}

/// Lines of code; one that ends with a comma or an open bracket goes on.
fn lines<'a, 'b>(tokens: &'b [Token<'a>]) -> Vec<&'b [Token<'a>]> {
    let (mut found, mut start) = (Vec::new(), 0);
    for at in 1..=tokens.len() {
        let more = [",", "(", "[", "{", "|", "\\"].iter().any(|mark| tokens[at - 1].is(mark));
        if at == tokens.len() || tokens[at].first && !more {
            found.push(&tokens[start..at]);
            start = at;
        }
    }
    found
}

/// The block that the line opens, if it does.
fn opens(line: &[Token<'_>]) -> Option<Block> {
    let head = line.first()?;
    let does = line.iter().rev().take(4).any(|token| token.word("do"))
        && !line.iter().any(|token| token.word("end"));
    let condition = matches!(head.text, "if" | "unless" | "case" | "begin" | "while" | "until" | "def");
    if condition && head.kind == Kind::Word {
        return (!line.iter().any(|token| token.word("end"))).then_some(Block::Maybe);
    }
    does.then(|| match head.text {
        "group" if dev_only(&groups(&line[1..])) => Block::Dev,
        "group" | "source" => Block::Plain,
        _ => Block::Maybe,
    })
}

fn groups<'a>(tokens: &[Token<'a>]) -> Vec<&'a str> {
    let end =
        tokens.iter().position(|token| token.word("do") || token.word("optional")).unwrap_or(tokens.len());
    tokens[..end].iter().filter(|token| token.kind != Kind::Mark).map(|token| token.text).collect()
}

fn dev_only(groups: &[&str]) -> bool {
    !groups.is_empty() && groups.iter().all(|group| is_dev(group))
}

fn gem(line: &[Token<'_>], blocks: &[Block], manifest: &mut Manifest) {
    let list = match line.get(1) {
        Some(open) if open.is("(") => inside(line, 1),
        Some(_) => &line[1..],
        None => return,
    };
    let Some(name) = list.first().filter(|name| name.kind == Kind::Text && !name.text.contains("#{")) else {
        return;
    };
    let version = list.get(2).filter(|version| {
        version.kind == Kind::Text
            && version.text.starts_with(|first: char| first.is_ascii_digit() || "~><=!".contains(first))
    });
    // `group: :test`, `:group => :test`, in the singular and the plural.
    let group = ["group", "groups"].iter().find_map(|name| argument(list, name));
    let dev = blocks.contains(&Block::Dev) || group.is_some_and(|value| dev_only(&values(value)));
    let scope = if dev { DependencyScope::Dev } else { DependencyScope::Runtime };
    let elsewhere =
        ["path", "git", "github", "gist", "bitbucket", "platform", "platforms", "install_if", "source"];
    let conditional = blocks.contains(&Block::Maybe)
        || elsewhere.iter().any(|name| argument(list, name).is_some())
        || line.iter().any(|token| token.word("if") || token.word("unless"));
    if let Some(one) =
        manifest.add(name.text, version.map(|version| version.text.to_owned()), scope, name.line)
        && conditional
    {
        one.lock = InLock::May;
    }
}

/// `spec.add_dependency "rack", "~> 3"`.
pub(super) fn gemspec(source: &str) -> Manifest {
    let mut manifest = Manifest::of("gemspec", "rubygems");
    manifest.library = Some(true);
    let code = masked(Some("ruby"), source, Mask::Comments);
    for line in lines(&tokens(&code)) {
        let Some(at) =
            line.iter().position(|token| token.kind == Kind::Word && token.text.starts_with("add_"))
        else {
            if let [.., key, equals, name] = line
                && key.word("name")
                && equals.is("=")
                && name.kind == Kind::Text
            {
                manifest.name = Some(name.text.to_owned());
            }
            continue;
        };
        let scope = match line[at].text {
            "add_dependency" | "add_runtime_dependency" => DependencyScope::Runtime,
            "add_development_dependency" => DependencyScope::Dev,
            _ => continue,
        };
        let mut texts = line[at..].iter().filter(|token| token.kind == Kind::Text);
        if let Some(name) = texts.next() {
            manifest.add(name.text, texts.next().map(|version| version.text.to_owned()), scope, name.line);
        }
    }
    manifest
}
