//! `links`: what files refer to is there.

use super::select::{Paths, few};
use super::{Check, Kind, build, schema};
use crate::evidence::{Class, File, Hit, Keep, Mask, Needs, Pattern, PatternNeed, Tree, View};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "links",
    summary: "A link that a regex finds in files leads somewhere.",
    details: "\
Searches the files of `in` for `matches`, comments left out; group 1, where the regex has one, is the link. A path, from the file's own folder or from the \
root, has to be in the tree. An address has to have a real host, which is not asked; an address of a file on the platform counts like any other, for it can belong to \
another repository. Templates are not resolved, and count.

True when there is a link that leads somewhere. With `broken: true` it is true when there is one that leads nowhere, and names each.",
    example: "links: { in: \"**/alerts/*.yml\", matches: 'runbook_url:\\s*(\\S+)', broken: true }",
    schema: schema::<Links>,
    build: build::<Links>,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Links {
    /// Globs of the files.
    r#in: Paths,
    /// Finds the links.
    matches: Pattern,
    /// Whether links are asked for that lead nowhere.
    #[serde(default)]
    broken: bool,
    /// Classes of files that count.
    #[serde(default)]
    classes: Vec<Class>,
}

impl Links {
    fn need(&self) -> PatternNeed {
        PatternNeed {
            files: self.r#in.selection(&self.classes),
            regex: self.matches.0.clone(),
            mask: Mask::Comments,
            keep: Keep::All,
        }
    }
}

impl Check for Links {
    fn needs(&self, needs: &mut Needs) {
        needs.patterns.insert(self.need());
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let number = view.patterns.get(&self.need());
        let all = number.into_iter().flat_map(|number| view.tree.hits(number));
        let all = all.flat_map(|(file, hits)| hits.iter().map(move |hit| (file, hit)));
        let wanted = |(file, hit): &(&File, &Hit)| leads(view.tree, &file.path, &hit.matched) != self.broken;
        let place = |(file, hit): (&File, &Hit)| {
            let place = Because::line(&*file.path, hit.line, &hit.text);
            if self.broken { place.noted("leads nowhere") } else { place }
        };
        let found: Vec<Because> = all.filter(wanted).map(place).collect();
        match (found.is_empty(), self.broken) {
            (true, true) => Judgement::no(vec![Because::note("every link leads somewhere")]),
            (true, false) => Judgement::no(vec![Because::note(format!("no link in {}", self.r#in.shown()))]),
            (false, true) => Judgement::yes(found),
            (false, false) => Judgement::yes(few(found, "links")),
        }
    }
}

/// Hosts that stand for another.
const MADE_UP: [&str; 6] =
    ["example.com", "example.org", "example.net", "localhost", "your-domain", "yourdomain"];

/// Whether the link leads to a file of the tree or to an address.
fn leads(tree: &Tree, from: &str, link: &str) -> bool {
    let link = link.trim_matches(['"', '\'', '<', '>', ',']);
    if link.contains(['{', '$', '%']) {
        return true;
    }
    if let Some((_, rest)) = link.split_once("://") {
        let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
        let made_up = |known: &&str| host == *known || host.ends_with(&format!(".{known}"));
        return !host.is_empty() && !host.contains("your-") && !MADE_UP.iter().any(made_up);
    }
    let there = |path: String| {
        let below = format!("{path}/");
        tree.file(&path).is_some() || tree.files().iter().any(|file| file.path.starts_with(&below))
    };
    !link.is_empty() && [from, ""].iter().filter_map(|from| resolve(from, link)).any(there)
}

/// The path that a link leads to; none when it leaves the tree.
pub(super) fn resolve(from: &str, target: &str) -> Option<String> {
    let target = target.split(['#', '?']).next().unwrap_or_default();
    // Many link to their own tree by its address on the platform.
    let (absolute, target) = match target.split_once("://") {
        Some((_, rest)) => {
            let parts: Vec<&str> = rest.splitn(6, '/').collect();
            let blob = parts.len() == 6 && matches!(parts[3], "blob" | "tree");
            (true, *parts.get(5).filter(|_| blob)?)
        }
        None => (target.starts_with('/'), target),
    };
    let mut path: Vec<&str> = if absolute { Vec::new() } else { from.split('/').collect() };
    path.pop();
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                path.pop()?;
            }
            segment => path.push(segment),
        }
    }
    Some(path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn links_lead_into_the_tree_or_nowhere() {
        let cases = [
            ("README.md", "docs/a.md#top", Some("docs/a.md")),
            ("docs/a.md", "../b.md", Some("b.md")),
            ("docs/a.md", "./b.md", Some("docs/b.md")),
            ("docs/a.md", "/b.md", Some("b.md")),
            ("README.md", "../b.md", None),
            ("a/README.md", "https://host/o/r/blob/main/docs/b.md", Some("docs/b.md")),
            ("README.md", "https://host/docs", None),
        ];
        for (from, target, expected) in cases {
            assert_eq!(resolve(from, target).as_deref(), expected, "{from} {target}");
        }
    }
}
