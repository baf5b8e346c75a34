//! Which test is about which code, by their names and places; and where a test would stand that is not there yet.
//!
//! A look-up in a tree: names only, no content.

use super::class::Class;
use super::tree::{File, Tree};

/// The name of what a file is about: `user` for `user.rb`, `user_spec.rb`, `UserTest.java`, `test_user.py`.
pub fn subject(path: &str) -> String {
    let stem = stem(path);
    let stem = ["test_", "test-"].iter().find_map(|prefix| stem.strip_prefix(prefix)).unwrap_or(&stem);
    let suffixes = ["_test", "-test", "_tests", "_spec", "-spec", "tests", "test", "spec"];
    let kept = |suffix: &str| stem.strip_suffix(suffix).filter(|rest| !rest.is_empty());
    suffixes.into_iter().find_map(kept).unwrap_or(stem).to_owned()
}

/// The name of a file up to its first dot, in small letters; `user.test.ts` keeps what makes it a test.
pub fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    name.replace(".test.", "_test.")
        .replace(".spec.", "_spec.")
        .split('.')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// The test of a file of product code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedTest {
    /// Its path.
    pub path: String,
    /// Whether it is there.
    pub exists: bool,
}

/// Where the test of this code stands, or would stand by the habits of the tree, else of the language.
pub fn expected_test(tree: &Tree, path: &str, language: &str) -> Option<ExpectedTest> {
    let tests: Vec<&File> = tree
        .files()
        .iter()
        .filter(|file| file.class == Class::Test && kin(file.language) == kin(Some(language)))
        .collect();
    let wanted = subject(path);
    let near = |file: &&&File| (shared(&file.path, path), std::cmp::Reverse(file.path.clone()));
    let about = |file: &&&File| {
        stem(&file.path) != subject(&file.path)
            && subject(&file.path) == wanted
            && beside(&file.path, path, language)
    };
    let of_it = tests.iter().filter(about);
    if let Some(test) = of_it.max_by_key(near) {
        return Some(ExpectedTest { path: test.path.to_string(), exists: true });
    }
    // Tests of a crate stand in its files, unless one of its own says otherwise.
    if language == "rust" {
        return None;
    }
    // A neighbour shows how tests are named here, and where they stand.
    let named = tests.iter().filter(|file| affixes(&file.path).is_some());
    let neighbour = named.max_by_key(near).and_then(|test| like(&test.path, path));
    let path = neighbour.or_else(|| by_language(path, language))?;
    let exists = tree.file(&path).is_some();
    Some(ExpectedTest { path, exists })
}

/// Whether a test stands where one of this code can: in its folder, in one of tests below it or above it, or in one that
/// mirrors it.
fn beside(test: &str, path: &str, language: &str) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let (test, code) = (folder(test), folder(path));
    if language == "go" || test == code {
        return test == code;
    }
    let last = code.rsplit('/').next().unwrap_or_default();
    if test.split('/').any(|part| part == last) {
        return true;
    }
    let parts: Vec<&str> = test.split('/').collect();
    let flat = parts.iter().rev().take_while(|part| of_tests(part)).count();
    let above = parts[..parts.len() - flat].join("/");
    flat > 0 && (above.is_empty() || code == above || code.starts_with(&format!("{above}/")))
}

/// Folders that hold nothing but tests.
fn of_tests(part: &str) -> bool {
    matches!(part, "test" | "tests" | "spec" | "specs" | "__tests__" | "Tests" | "unit")
}

/// Languages whose tests may be written in one another.
fn kin(language: Option<&str>) -> Option<&str> {
    match language {
        Some("javascript" | "vue") => Some("typescript"),
        Some("cpp") => Some("c"),
        other => other,
    }
}

/// Folders that two paths share at the front.
fn shared(one: &str, other: &str) -> usize {
    let folders = one.split('/').zip(other.split('/'));
    folders.take_while(|(one, other)| one == other).count()
}

/// What stands in front of the subject in the name of a test, and behind it: `("", ".test.ts")`, `("test_", ".py")`.
fn affixes(path: &str) -> Option<(&str, &str)> {
    let name = path.rsplit('/').next()?;
    let (from, length) = (name.to_lowercase().find(&subject(path))?, subject(path).len());
    let affixes = (name.get(..from)?, name.get(from + length..)?);
    let (front, back) = (affixes.0, affixes.1.rsplit_once('.').map_or(affixes.1, |(back, _)| back));
    (!front.is_empty() || !back.is_empty()).then_some(affixes)
}

/// The path of a test of `path` that is made like another test.
fn like(test: &str, path: &str) -> Option<String> {
    let (front, back) = affixes(test)?;
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.split('.').next()?;
    let (test_folder, _) = test.rsplit_once('/').unwrap_or(("", test));
    let (ending, own) = (back.rsplit_once('.')?, file.rsplit_once('.')?.1);
    // `.test.tsx` beside `.ts`: the ending is that of the code, where it is of the same family.
    let back = if ending.1 == own || !matches!(own, "ts" | "tsx" | "js" | "jsx" | "mjs") {
        back.to_owned()
    } else {
        format!("{}.{own}", ending.0)
    };
    let name = format!("{front}{stem}{back}");
    if test_folder.ends_with("__tests__") {
        return Some(joined(&joined(folder, "__tests__"), &name));
    }
    let Some(at) = test_folder.split('/').position(of_tests) else {
        return Some(joined(folder, &name));
    };
    let root: Vec<&str> = test_folder.split('/').take(at + 1).collect();
    let depth = at.min(shared(test, path));
    // The folders of the code without those above the tests and without its own root.
    let below: Vec<&str> = folder.split('/').skip(depth).collect();
    let sources = ["src", "app", "lib", "source", "main", "pkg"];
    let below = match below.first() {
        Some(first) if sources.contains(first) => &below[1..],
        _ => &below[..],
    };
    let mirrored = test_folder.split('/').count() > at + 1;
    let below = if mirrored || root.last() == Some(&"spec") { below.join("/") } else { String::new() };
    Some(joined(&joined(&root.join("/"), &below), &name))
}

fn joined(folder: &str, name: &str) -> String {
    match (folder.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => folder.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}

/// The path of a test by the habits of a language.
fn by_language(path: &str, language: &str) -> Option<String> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, ending) = file.rsplit_once('.')?;
    let to = |from: &str, to: &str, name: String| {
        let below = folder.strip_prefix(from).map(|rest| rest.trim_start_matches('/'));
        joined(&below.map_or_else(|| to.to_owned(), |below| joined(to, below)), &name)
    };
    let jvm = |name: String| joined(&folder.replacen("src/main/", "src/test/", 1), &name);
    Some(match language {
        "go" => joined(folder, &format!("{stem}_test.go")),
        "python" => format!("tests/test_{stem}.py"),
        "ruby" => to("app", "test", format!("{stem}_test.rb")),
        "elixir" => to("lib", "test", format!("{stem}_test.exs")),
        "javascript" | "typescript" => joined(folder, &format!("{stem}.test.{ending}")),
        "vue" => joined(folder, &format!("{stem}.test.ts")),
        "java" | "kotlin" | "groovy" => jvm(format!("{stem}Test.{ending}")),
        "scala" => jvm(format!("{stem}Spec.scala")),
        "php" => format!("tests/{stem}Test.php"),
        "csharp" | "swift" => format!("tests/{stem}Tests.{ending}"),
        "dart" => to("lib", "test", format!("{stem}_test.dart")),
        "clojure" => to("src", "test", format!("{stem}_test.{ending}")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_named_after_its_subject() {
        for path in
            ["user.rb", "user_spec.rb", "UserTest.java", "test_user.py", "user.test.ts", "a/user_test.go"]
        {
            assert_eq!(subject(path), "user", "{path}");
        }
        assert_eq!(subject("test.py"), "test");
    }

    #[test]
    fn a_test_stands_beside_or_above_its_code() {
        let cases = [
            ("a/b_test.go", "a/b.go", "go", true),
            ("c/b_test.go", "a/b.go", "go", false),
            ("tests/unit/test_b.py", "src/a/b.py", "python", true),
            ("other/tests/test_b.py", "app/b.py", "python", false),
            ("app/tests/test_b.py", "app/c/b.py", "python", true),
            ("spec/models/b_spec.rb", "app/models/b.rb", "ruby", true),
        ];
        for (test, path, language, expected) in cases {
            assert_eq!(beside(test, path, language), expected, "{test} {path}");
        }
    }

    #[test]
    fn a_new_test_is_made_like_its_neighbours() {
        let cases = [
            ("src/b/c.test.tsx", "src/a/d.ts", "src/a/d.test.ts"),
            ("spec/models/user_spec.rb", "app/models/order.rb", "spec/models/order_spec.rb"),
            ("tests/test_user.py", "app/services/order.py", "tests/test_order.py"),
            ("api/tests/unit/test_user.py", "api/app/order.py", "api/tests/test_order.py"),
            ("src/a/__tests__/b.test.js", "src/a/c.js", "src/a/__tests__/c.test.js"),
            ("test/app/user_test.exs", "lib/app/order.ex", "test/app/order_test.exs"),
            ("pkg/a/b_test.go", "pkg/c/d.go", "pkg/c/d_test.go"),
        ];
        for (test, path, expected) in cases {
            assert_eq!(like(test, path).as_deref(), Some(expected), "{test} {path}");
        }
    }
}
