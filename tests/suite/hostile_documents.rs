//! Documents that are deep, large, broken or explode, where the built-in policy reads them.

use crate::garbage::Garbage;
use crate::hostile::{judged, write};
use crate::repo::Repo;

const DEEP: usize = 50_000;

fn nest(open: &str, middle: &str, close: &str) -> String {
    format!("{}{middle}{}", open.repeat(DEEP), close.repeat(DEEP))
}

/// YAML in which aliases of aliases stand for 3^29 values, merged and in place.
fn bomb() -> String {
    let levels = (1..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, level| {
        let before = level - 1;
        text + &format!("a{level}: &a{level} [*a{before}, *a{before}, *a{before}]\n")
    });
    format!("{levels}jobs:\n  <<: *a29\non: *a29\n")
}

/// Names of files that one parser reads, and texts for it.
type Kind = (&'static [&'static str], Vec<String>);

fn kinds() -> [Kind; 5] {
    let lists = nest("[", "", "]");
    let maps = (0..2000).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "a:\n");
    let xml = nest("<dependencies>", "x", "</dependencies>");
    let code = nest("(", "x", ")");
    [
        (
            &[
                "package.json",
                "package-lock.json",
                "tsconfig.json",
                "composer.json",
                "app.json",
                "a/deno.json",
            ],
            vec![nest("{\"dependencies\":", "1", "}"), lists.clone()],
        ),
        (
            &[
                ".github/workflows/ci.yml",
                ".gitlab-ci.yml",
                "compose.yaml",
                "pnpm-lock.yaml",
                "k8s/deploy.yaml",
                "openapi.yaml",
                ".pre-commit-config.yaml",
            ],
            vec![lists.clone(), "- ".repeat(DEEP) + "x", maps, bomb()],
        ),
        (
            &["pyproject.toml", "Cargo.toml", "Cargo.lock", "poetry.lock", "fly.toml"],
            vec![format!("[project]\nx = {lists}\n"), format!("[a{}]\nx = 1\n", ".a".repeat(DEEP))],
        ),
        (&["pom.xml", "App/App.csproj", "Directory.Packages.props"], vec![xml.clone(), code.clone()]),
        (
            &["src/app.py", "src/app.js", "src/main.rs", "src/App.java", "go.mod", "main.tf", "README.md"],
            vec![code, lists, xml],
        ),
    ]
}

#[test]
fn documents_that_are_deep_or_explode_are_refused() {
    let kinds = kinds();
    for turn in 0..4 {
        let repo = Repo::with(&[]);
        repo.branch("deep");
        for (names, texts) in &kinds {
            for name in *names {
                write(repo.path(), name, texts[turn % texts.len()].as_bytes());
            }
        }
        judged(repo.path(), "builtin:roadmap");
    }
}

#[test]
fn long_lines_large_locks_and_garbage_are_read_without_harm() {
    let names = Garbage::NAMES;
    for seed in 1..=4 {
        let mut garbage = Garbage::seeded(seed);
        let repo = Repo::with(&[]);
        repo.branch("garbage");
        for name in names {
            write(repo.path(), name, &garbage.file());
        }
        if seed == 1 {
            write(repo.path(), "web/bundle.js", "let a=require('x');".repeat(55_000).as_bytes());
            let entry =
                "    \"node_modules/x\": { \"version\": \"1.0.0\", \"integrity\": \"sha512-AAAA\" },\n";
            let lock = format!("{{\n  \"packages\": {{\n{}  \"\": {{}} }}\n}}\n", entry.repeat(65_000));
            write(repo.path(), "package-lock.json", lock.as_bytes());
        }
        judged(repo.path(), "builtin:roadmap");
    }
}
