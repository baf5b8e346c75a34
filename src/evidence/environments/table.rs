//! The ways to keep configuration apart, by `policies/data/environments.yml`: which files and which parts of files are for
//! which environment.

use super::Environment;
use crate::embedded;
use crate::evidence::paths::{PathSet, lowercase};
use crate::regexes::Late;
use globset::GlobBuilder;
use regex::bytes;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    names: BTreeMap<Environment, Vec<String>>,
    layouts: Vec<RawLayout>,
    debug: Vec<RawDebug>,
    secrets: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLayout {
    title: String,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    sections: Vec<RawSection>,
    #[serde(default)]
    default: Vec<String>,
    default_is: Option<Environment>,
    #[serde(default)]
    also: BTreeMap<Environment, Vec<String>>,
    #[serde(default)]
    shared: bool,
    #[serde(default)]
    flat: bool,
    #[serde(default)]
    example: BTreeMap<String, String>,
    #[serde(default)]
    decoy: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSection {
    #[serde(rename = "in")]
    globs: Vec<String>,
    matches: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDebug {
    key: String,
    unless: Option<String>,
    value: String,
}

/// A way to keep configuration apart.
#[derive(Debug)]
pub struct Layout {
    /// What people call it.
    pub title: String,
    /// Whose configuration it is that is read where no environment is named.
    pub default_is: Environment,
    /// One place serves the whole repository.
    pub shared: bool,
    /// Its files are lists of keys that can be compared.
    pub flat: bool,
    /// Files that keep two environments apart.
    pub example: BTreeMap<String, String>,
    /// Files that do not.
    pub decoy: BTreeMap<String, String>,
    files: Vec<(Environment, Late<bytes::Regex>)>,
    not: PathSet,
    default: PathSet,
    pub(super) sections: Vec<Section>,
}

/// Parts of files that are for one environment.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) files: PathSet,
    pub(super) starts: Vec<(Environment, Late)>,
}

/// A setting that has no place in production.
#[derive(Debug)]
struct Debug {
    key: Late,
    unless: Option<Late>,
    value: Late,
}

/// The table, compiled.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) layouts: Vec<Layout>,
    /// Globs of every file that can be read for it.
    pub(super) globs: Vec<String>,
    words: Option<Late>,
    debug: Vec<Debug>,
    secrets: Option<Late>,
}

/// The table is ours and a test reads it; should it break all the same, no way to keep configuration apart is known.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| parse().unwrap_or_default());

fn parse() -> Result<Table, String> {
    let raw: RawTable = embedded::table("environments")?;
    let mut globs = Vec::new();
    let mut words: Vec<&String> = raw.names.values().flatten().collect();
    words.extend(raw.layouts.iter().flat_map(|layout| layout.also.values().flatten()));
    let any = words.iter().map(|word| word.as_str()).collect::<Vec<_>>().join("|");
    let layouts =
        raw.layouts.iter().map(|layout| compile(layout, &raw.names, &mut globs)).collect::<Result<_, _>>()?;
    let debug = raw.debug.iter().map(|debug| {
        let unless = debug.unless.as_deref().map(regex);
        Debug { key: regex(&debug.key), unless, value: regex(&debug.value) }
    });
    Ok(Table {
        layouts,
        globs,
        words: Some(regex(&format!("(?:^|[/._-])(?:{any})(?:[/._-]|$)"))),
        debug: debug.collect(),
        secrets: Some(regex(&raw.secrets)),
    })
}

fn regex(text: &str) -> Late {
    Late::new(text)
}

type Names = BTreeMap<Environment, Vec<String>>;

fn compile(raw: &RawLayout, names: &Names, globs: &mut Vec<String>) -> Result<Layout, String> {
    let words = |environment: Environment| -> Vec<&str> {
        let lists = [names.get(&environment), raw.also.get(&environment)];
        lists.into_iter().flatten().flatten().map(String::as_str).collect()
    };
    let (mut files, mut sections, mut not) = (Vec::new(), Vec::new(), Vec::new());
    for glob in &raw.files {
        if let Some(glob) = glob.strip_prefix('!') {
            not.push(glob);
            continue;
        }
        for environment in Environment::ALL {
            files.push((environment, path_regex(glob, &words(environment))?));
        }
        globs.push(expanded(glob));
    }
    for section in &raw.sections {
        let start = |environment| {
            let text = section.matches.replace("{env}", &format!("(?:{})", words(environment).join("|")));
            (environment, regex(&format!("(?m){text}")))
        };
        sections.push(Section {
            files: PathSet::new(&section.globs)?,
            starts: Environment::ALL.into_iter().map(start).collect(),
        });
        globs.extend(section.globs.iter().filter(|glob| !glob.starts_with('!')).cloned());
    }
    Ok(Layout {
        title: raw.title.clone(),
        default_is: raw.default_is.unwrap_or(Environment::Development),
        shared: raw.shared,
        flat: raw.flat,
        example: raw.example.clone(),
        decoy: raw.decoy.clone(),
        files,
        not: PathSet::new(&not)?,
        default: PathSet::new(&raw.default)?,
        sections,
    })
}

/// Words of small letters only, so that a glob takes them as they are.
const EXACT: &str = "environmentexact";
const WITHIN: &str = "environmentwithin";

/// The glob as a regex on a path in small letters, with the names of one environment put in.
fn path_regex(glob: &str, words: &[&str]) -> Result<Late<bytes::Regex>, String> {
    let marked = glob.replace("{env*}", WITHIN).replace("{env}", EXACT).to_ascii_lowercase();
    let built = GlobBuilder::new(&marked).literal_separator(true).empty_alternates(true).build();
    let text = built.map_err(|error| error.to_string())?.regex().to_owned();
    let names = format!("(?:{})", words.join("|"));
    let text = text
        .replace(WITHIN, &format!("(?:[a-z0-9.]+[-_.])*?{names}(?:[-_.][a-z0-9.-]+)*?"))
        .replace(EXACT, &names);
    Ok(Late::new(text))
}

/// The glob for files of any environment: more than are meant, which the path's name then tells.
fn expanded(glob: &str) -> String {
    glob.replace("{env*}", "*").replace("{env}", "*")
}

impl Table {
    /// The ways in which the path's name says whose configuration it is.
    pub(super) fn places(&self, path: &str) -> Vec<(usize, Environment)> {
        let path = lowercase(path);
        if !self.words.as_ref().is_some_and(|words| words.is_match(&path)) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (number, layout) in self.layouts.iter().enumerate() {
            let named = layout.files.iter().find(|(_, regex)| regex.is_match(path.as_bytes()));
            let named = named.filter(|_| !layout.not.contains_lowercase(&path));
            found.extend(named.map(|(environment, _)| (number, *environment)));
        }
        found
    }

    /// The ways in which the path is read where no environment is named.
    pub(super) fn defaults(&self, path: &str) -> impl Iterator<Item = usize> {
        let path = lowercase(path);
        let numbered = self.layouts.iter().enumerate();
        numbered.filter(move |(_, layout)| layout.default.contains_lowercase(&path)).map(|(number, _)| number)
    }

    /// Whether a setting shows to users what only developers should see.
    pub(super) fn debugs(&self, key: &str, value: &str) -> bool {
        self.debug.iter().any(|debug| {
            debug.key.is_match(key)
                && !debug.unless.as_ref().is_some_and(|unless| unless.is_match(key))
                && debug.value.is_match(value)
        })
    }

    /// Whether the key is called a secret.
    pub(super) fn secret(&self, key: &str) -> bool {
        self.secrets.as_ref().is_some_and(|secrets| secrets.is_match(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_each_way_has_both_sides() {
        let table = parse().unwrap_or_else(|error| panic!("{error}"));
        for layout in &table.layouts {
            assert!(!layout.example.is_empty() && !layout.decoy.is_empty(), "{}", layout.title);
            assert!(layout.files.iter().all(|(_, regex)| regex.get().is_some()), "{}", layout.title);
            let mut starts = layout.sections.iter().flat_map(|section| &section.starts);
            assert!(starts.all(|(_, regex)| regex.get().is_some()), "{}", layout.title);
        }
        assert!(table.words.iter().chain(&table.secrets).all(|regex| regex.get().is_some()));
        let debug = |one: &Debug| one.key.get().is_some() && one.value.get().is_some();
        assert!(
            table.debug.iter().all(|one| debug(one) && one.unless.iter().all(|regex| regex.get().is_some()))
        );
        PathSet::new(&table.globs).unwrap();
    }

    #[test]
    fn paths_name_environments() {
        use Environment::{Development, Production, Staging};
        let cases = [
            ("config/environments/production.rb", Some(Production)),
            ("src/main/resources/application-prod.yml", Some(Production)),
            ("src/main/resources/application-dev-mysql.yml", Some(Development)),
            ("deploy/overlays/eu-prod/a.yaml", Some(Production)),
            ("terraform/environments/staging/main.tf", Some(Staging)),
            (".env.production.example", Some(Production)),
            ("docker-compose.override.yml", Some(Development)),
            ("src/product/config.yml", None),
            ("config/webpack/production.js", None),
            ("src/environments.ts", None),
            ("web/device/config.json", None),
            ("Dockerfile.prod", None),
            ("Procfile.dev", None),
        ];
        for (path, expected) in cases {
            let found = TABLE.places(path).first().map(|(_, environment)| *environment);
            assert_eq!(found, expected, "{path}: {:?}", TABLE.places(path));
        }
    }
}
