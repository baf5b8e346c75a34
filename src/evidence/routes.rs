//! Routes of HTTP that stand in the code as literals: `policies/data/routes.yml`.
//!
//! Where a router is mounted is not followed: whoever compares finds the prefix by routes that both sides have.

use super::Class;
use super::needs::{Keep, Mask, PatternNeed, Selection};
use super::terms::OneOrMany;
use super::tree::Tree;
use crate::embedded;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    routes: BTreeMap<String, Vec<String>>,
    generators: BTreeMap<String, OneOrMany<String>>,
}

/// The table is ours and a test reads it; should it break all the same, no route is known.
static TABLE: LazyLock<Table> = LazyLock::new(|| embedded::table("routes").unwrap_or_default());

/// What finds the literals; group 1 is the path.
pub fn route_needs() -> impl Iterator<Item = PatternNeed> {
    TABLE.routes.iter().flat_map(|(glob, regexes)| {
        regexes.iter().map(move |regex| PatternNeed {
            files: Selection { globs: vec![glob.clone()], classes: vec![Class::Product] },
            regex: crate::regexes::ascii(regex),
            mask: Mask::Comments,
            keep: Keep::All,
        })
    })
}

/// The package that writes a description from the code, where a manifest names one.
pub fn describes_itself(tree: &Tree) -> Option<String> {
    tree.declares(&TABLE.generators).map(|(_, one)| one.name.clone())
}

/// The parts of a path; whatever stands for a value is `{}`.
pub fn route_parts(path: &str) -> Vec<String> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let value =
                part.starts_with([':', '*', '{', '<', '[']) || part.contains('{') || part.contains('<');
            if value { "{}".to_owned() } else { part.to_owned() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::RegexBuilder;

    #[test]
    fn literals_are_found_in_each_language() {
        let cases = [
            ("a.ts", "router.get('/orders/:id', show)", "/orders/:id"),
            ("a.ts", "  @Get(':id')", ":id"),
            ("a.py", "@app.route(\"/orders/<int:id>\")", "/orders/<int:id>"),
            ("a.go", "r.GET(\"/orders\", list)", "/orders"),
            ("a.go", "mux.HandleFunc(\"GET /orders/{id}\", show)", "/orders/{id}"),
            ("a.rb", "  get '/orders/:id', to: 'orders#show'", "/orders/:id"),
            ("a.java", "@GetMapping(\"/orders\")", "/orders"),
            ("a.php", "Route::post('orders', 'store');", "orders"),
            ("a.cs", "app.MapGet(\"/orders/{id}\", Show);", "/orders/{id}"),
            ("a.rs", ".route(\"/orders/:id\", get(show))", "/orders/:id"),
            ("a.ex", "    get \"/orders\", OrderController, :index", "/orders"),
        ];
        for (file, line, expected) in cases {
            let found = route_needs()
                .filter(|need| super::super::PathSet::new(&need.files.globs).unwrap().contains(file))
                .find_map(|need| {
                    let regex = RegexBuilder::new(&need.regex).multi_line(true).build().unwrap();
                    Some(regex.captures(line)?.get(1)?.as_str().to_owned())
                });
            assert_eq!(found.as_deref(), Some(expected), "{line}");
        }
        assert!(embedded::table::<Table>("routes").is_ok());
    }

    #[test]
    fn values_in_paths_are_alike_however_they_are_written() {
        for path in ["/a/:id", "a/{id}/", "/a/<int:id>", "/a/{id:[0-9]+}?x=1", "/a/*"] {
            assert_eq!(route_parts(path), ["a", "{}"], "{path}");
        }
    }
}
