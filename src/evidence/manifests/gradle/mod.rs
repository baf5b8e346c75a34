//! Gradle build files in both languages, by their blocks and calls.
//!
//! They are programs: what they compute is not seen, what they write down is. Names from catalogues and constants
//! are kept as references, which `resolve` looks up.

mod calls;
mod catalogue;

pub(super) use catalogue::{properties, read as catalogue};

use super::extension;
use super::tokens::{Kind, Token, argument, inside, tokens};
use super::{DependencyScope, InLock, Manifest};
use crate::evidence::lexer::masked;
use crate::evidence::needs::Mask;
use calls::{arguments, bare, chain, scope, text};

/// What an open block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Dependencies,
    Plugins,
    /// What stands here declares nothing: constraints, plugin versions of all builds.
    Nothing,
    Other,
}

pub(super) fn read(path: &str, source: &str) -> Option<Manifest> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let tool = match file {
        "build.gradle" | "build.gradle.kts" => "gradle",
        _ if file.starts_with("settings.") => "gradle-settings",
        _ => "gradle-script",
    };
    let language = if matches!(extension(file), "kts" | "kt") { "kotlin" } else { "groovy" };
    let code = masked(Some(language), source, Mask::Comments);
    let tokens = tokens(&code);
    let mut script = Script { tokens: &tokens, blocks: Vec::new(), manifest: Manifest::of(tool, "maven") };
    calls::properties(&tokens, &mut script.manifest);
    script.run();
    if tool == "gradle-settings" {
        catalogue::in_settings(&tokens, &mut script.manifest);
    }
    let mut manifest = script.manifest;
    for one in &mut manifest.dependencies {
        let package = !one.name.starts_with("plugin:");
        one.lock = if package { InLock::May } else { InLock::Never };
    }
    // Sources of the build's own plugins that declare nothing are no manifests.
    let source = !file.contains(".gradle") && manifest.dependencies.is_empty() && manifest.managed.is_empty();
    (!source).then_some(manifest)
}

struct Script<'a, 'b> {
    tokens: &'b [Token<'a>],
    /// Open blocks, and whether each is for tests.
    blocks: Vec<(Block, bool)>,
    manifest: Manifest,
}

impl<'a> Script<'a, '_> {
    fn run(&mut self) {
        let (mut at, mut statement) = (0, 0);
        while let Some(token) = self.tokens.get(at) {
            if token.first {
                statement = at;
            }
            match (token.kind, token.text) {
                (Kind::Mark, "{") => {
                    let block = self.block(&self.tokens[statement..at]);
                    self.blocks.push(block);
                    statement = at + 1;
                }
                (Kind::Mark, "}") => {
                    self.blocks.pop();
                    statement = at + 1;
                }
                (Kind::Mark, ";") => statement = at + 1,
                (Kind::Word, "apply") => self.applied(at),
                _ if statement == at => {
                    let end = self.statement(at);
                    if end > at {
                        at = end;
                        continue;
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn block(&self, head: &[Token<'_>]) -> (Block, bool) {
        let outer = self.blocks.last().copied().unwrap_or((Block::Other, false));
        let last = head.iter().rev().find(|token| token.kind == Kind::Word).map_or("", |word| word.text);
        let within = |name| self.blocks.iter().any(|(block, _)| *block == name);
        let test = outer.1 || head.iter().any(|token| token.text.to_ascii_lowercase().contains("test"));
        let block = match last {
            "constraints" | "pluginManagement" | "versionCatalogs" | "dependencyManagement" => Block::Nothing,
            _ if within(Block::Nothing) => Block::Nothing,
            "dependencies" => Block::Dependencies,
            _ if outer.0 == Block::Dependencies
                && head.first().is_some_and(|first| matches!(first.text, "if" | "else" | "for")) =>
            {
                Block::Dependencies
            }
            "plugins" => Block::Plugins,
            _ => Block::Other,
        };
        (block, test)
    }

    /// What a statement declares; where it ends, if it does.
    fn statement(&mut self, at: usize) -> usize {
        let Some((block, test)) = self.blocks.last().copied() else { return at };
        let line = arguments(self.tokens, at + 1);
        let call = line.first().is_some_and(|first| first.kind != Kind::Mark || first.is("("));
        if !call || self.tokens[at].kind == Kind::Mark {
            return at;
        }
        let word = self.tokens[at].text;
        match block {
            Block::Plugins => self.plugin(word, line),
            Block::Dependencies => {
                // `add("implementation", ...)` and `"implementation"(...)`.
                let (configuration, list) = match bare(line) {
                    [name, comma, rest @ ..] if word == "add" && comma.is(",") => (name.text, rest),
                    list => (word, list),
                };
                let Some(scope) = scope(configuration) else { return at };
                self.packages(list, if test { DependencyScope::Dev } else { scope });
            }
            Block::Nothing | Block::Other => return at,
        }
        at + 1 + line.len()
    }

    fn plugin(&mut self, word: &str, list: &[Token<'_>]) {
        let Some(place) = list.iter().position(|token| token.kind != Kind::Mark) else { return };
        let first = &list[place];
        let version =
            list.iter().skip_while(|token| !token.word("version")).find(|token| token.kind == Kind::Text);
        let version = version.map(|version| version.text.to_owned());
        let line = first.line;
        match (word, first.kind) {
            ("id", Kind::Text) => self.add_plugin(first.text, version, line),
            ("kotlin", Kind::Text) => {
                self.add_plugin(&format!("org.jetbrains.kotlin.{}", first.text), version, line);
            }
            ("alias", Kind::Word) => {
                let key = chain(list, place).0;
                if let Some(one) =
                    self.manifest.add(&format!("plugin:{key}"), None, DependencyScope::Build, line)
                {
                    one.reference = Some(key);
                }
            }
            _ => {}
        }
    }

    fn add_plugin(&mut self, id: &str, version: Option<String>, line: u32) {
        self.manifest.add(&format!("plugin:{id}"), version, DependencyScope::Build, line);
    }

    /// `apply plugin: 'x'` and `apply(plugin = "x")`.
    fn applied(&mut self, at: usize) {
        let list = bare(arguments(self.tokens, at + 1));
        if let Some(id) =
            argument(list, "plugin").and_then(|value| value.first()).filter(|id| id.kind == Kind::Text)
        {
            self.add_plugin(id.text, None, id.line);
        }
    }

    fn packages(&mut self, list: &[Token<'a>], scope: DependencyScope) {
        if let Some(name) = text(list, "name") {
            let group = text(list, "group").map_or("", |group| group.text);
            let version = text(list, "version").map(|version| version.text.to_owned());
            self.manifest.add(&format!("{group}:{}", name.text), version, scope, name.line);
            return;
        }
        let mut at = 0;
        while let Some(token) = list.get(at) {
            let call = token.kind == Kind::Word && list.get(at + 1).is_some_and(|next| next.is("("));
            match token.kind {
                Kind::Word if call => {
                    let inner = inside(list, at + 1);
                    self.call(token, inner, scope);
                    at += inner.len() + 2;
                }
                Kind::Word => at = self.reference(list, at, scope),
                Kind::Text => self.coordinates(token, scope),
                Kind::Mark => {}
            }
            at += 1;
        }
    }

    fn call(&mut self, name: &Token<'_>, inner: &[Token<'a>], scope: DependencyScope) {
        match (name.text, inner.first()) {
            ("kotlin", Some(module)) if module.kind == Kind::Text => {
                let full = format!("org.jetbrains.kotlin:kotlin-{}", module.text);
                self.manifest.add(&full, None, scope, module.line);
            }
            // Other projects, files, and platforms, which are lists of versions.
            (
                "project" | "files" | "fileTree" | "gradleApi" | "localGroovy" | "gradleTestKit" | "npm"
                | "kotlin" | "platform" | "enforcedPlatform" | "testFixtures" | "projectDir" | "provider",
                _,
            ) => {}
            _ => self.packages(inner, scope),
        }
    }

    /// `libs.spring.web`, `Deps.ktor`, `libs.findLibrary("spring-web").get()`.
    fn reference(&mut self, list: &[Token<'_>], at: usize, scope: DependencyScope) -> usize {
        let (mut key, end) = chain(list, at);
        if matches!(list.get(at), Some(first) if first.word("projects") || first.word("project") || first.word("gradle"))
        {
            return end;
        }
        if let Some(catalogue) = key.strip_suffix(".findLibrary").or_else(|| key.strip_suffix(".findBundle"))
            && let Some(name) = list.get(end + 2).filter(|name| name.kind == Kind::Text)
        {
            key = format!("{catalogue}.{}", catalogue::accessor(name.text));
        }
        if key.contains('.')
            && let Some(one) = self.manifest.add(&key, None, scope, list[at].line)
        {
            one.reference = Some(key);
        }
        end
    }

    /// `group:name:version:classifier@type`.
    fn coordinates(&mut self, token: &Token<'_>, scope: DependencyScope) {
        let text = token.text.split('@').next().unwrap_or(token.text);
        let mut parts = text.split(':');
        if let (Some(group), Some(name)) = (parts.next(), parts.next())
            && !name.is_empty()
        {
            let version = parts.next().filter(|version| !version.is_empty()).map(str::to_owned);
            self.manifest.add(&format!("{group}:{name}"), version, scope, token.line);
        }
    }
}
